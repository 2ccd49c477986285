"""Duty watch: what the rota makes due by itself. Holes are announced days ahead, a shift that ends is handed over.

A chore of the recorder. It remembers nothing: every message has a key that names its week or its shift, and the outbox takes
each key once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from command_centre.domain.calendar import Interval
from command_centre.domain.notification import Message, NoticeKind, Why
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Reading
from command_centre.domain.rota import Rota, Stint, holes, stints, told_by
from command_centre.domain.rule import Severity
from command_centre.pipeline.duty_sentences import DutyWords
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.handover import is_enqueued, shift_facts
from command_centre.storage.outbox import enqueue

EVERY = timedelta(seconds=20)
ONE_WEEK = timedelta(days=7)
LATE_HANDOVER = timedelta(hours=1)
"""A handover that a restart made late by more than this tells the next person nothing that the walls do not."""

LONGEST_SHIFT = timedelta(days=32)
"""How far back the beginning of a shift is looked for."""


def duty_chore(*, english: bool = False, every: timedelta = EVERY) -> Chore:
    """The watch as a chore of the recorder."""

    def take_a_turn(connection: Connection, at: datetime, rulebook: Rulebook) -> Sequence[Reading]:
        watch_duty(connection, at, rulebook.orders, english=english)
        return ()

    return Chore("duty", every, take_a_turn)


def watch_duty(connection: Connection, at: datetime, orders: Orders, *, english: bool = False) -> int:
    """Make due what the rotas bring at ``at``; returns how many messages that made."""
    words = DutyWords(english, orders.zone, orders.parents)
    due = [each for rota in orders.rotas.values() for each in _due_of(connection, rota, at, orders, words)]
    return enqueue(connection, due, at) if due else 0


def _due_of(connection: Connection, rota: Rota, at: datetime, orders: Orders, words: DutyWords) -> Iterator[Message]:
    yield from _announcements(rota, at, orders, words)
    yield from _handovers(connection, rota, at, words)


def _announcements(rota: Rota, at: datetime, orders: Orders, words: DutyWords) -> Iterator[Message]:
    """The holes of a week are one message, due as soon as the first of them is near enough. Another hole makes it another one."""
    horizon = at + rota.announce
    week = _week_of(rota, at)
    while week.start <= horizon:
        found = holes(rota, week)
        if any(each.start <= horizon and each.end > at for each in found):
            yield from _hole_messages(rota, week, found, at, orders, words)
        week = _week_of(rota, week.end)


def _hole_messages(
    rota: Rota, week: Interval, found: Sequence[Interval], at: datetime, orders: Orders, words: DutyWords
) -> Iterator[Message]:
    written = ",".join(f"{each.start:%Y%m%dT%H%M%S}-{each.end:%Y%m%dT%H%M%S}" for each in found)
    mark = hashlib.sha256(written.encode()).hexdigest()[:12]
    receivers = rota.fallback or orders.everybody(at)
    ahead = [each for each in found if each.end > at]
    title, lines = words.holes_title(rota.name, ahead), words.holes_lines(ahead, receivers)
    due_at = orders.waits_until(Severity.WARNING, at) or at
    for name in receivers:
        key = f"rota-holes/{rota.name}/{week.start:%Y-%m-%d}/{mark}/{name}"
        yield Message(key, None, name, NoticeKind.DIGEST, Why.HOLE, Severity.WARNING, title, lines, at, due_at)


def _week_of(rota: Rota, at: datetime) -> Interval:
    """The week in which ``at`` lies, from Monday to Monday by the rota's wall clock."""
    local = at.astimezone(rota.zone)
    monday = local.date() - timedelta(days=local.weekday())
    start, end = (datetime.combine(day, time(), rota.zone).astimezone(UTC) for day in (monday, monday + ONE_WEEK))
    return Interval(start, end)


def _handovers(connection: Connection, rota: Rota, at: datetime, words: DutyWords) -> Iterator[Message]:
    ended = _shift_just_over(rota, at)
    if ended is None:
        return
    end = ended.during.end
    keys = {name: f"handover/{rota.name}/{int(end.timestamp())}/{name}" for name in told_by(rota, end)}
    due = {name: key for name, key in keys.items() if not is_enqueued(connection, key)}
    if not due:
        return
    title, lines = words.handover_title(rota.name, ended), words.handover_lines(shift_facts(connection, ended.during))
    for name, key in due.items():
        yield Message(key, None, name, NoticeKind.DIGEST, Why.HANDOVER, Severity.INFO, title, lines, end, at)


def _shift_just_over(rota: Rota, at: datetime) -> Stint | None:
    """The last shift that has ended, where that is not long ago. Where nobody was, it is a shift of nobody's."""
    begins = max(at - LATE_HANDOVER, rota.starts_at)
    if begins >= at:
        return None
    lately = stints(rota, Interval(begins, at + timedelta(seconds=1)))
    if len(lately) < 2:
        return None
    end = lately[-1].during.start
    length = min(rota.turn + timedelta(days=1), LONGEST_SHIFT)
    return stints(rota, Interval(max(end - length, rota.starts_at), end))[-1]
