"""Teller: what has to be told about the stories that are open, as due notices in the outbox. A chore of the recorder.

It decides nothing itself (``domain.telling`` does) and sends nothing (the notifier does): it reads how each story is, asks, and
writes the answer, what is due and what was told, in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from command_centre.domain.calendar import Interval
from command_centre.domain.notification import Message, NoticeKind, Why
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Reading
from command_centre.domain.rule import Rule, Severity
from command_centre.domain.scoreboard import FLOOD_BEGINS, FLOOD_OVER
from command_centre.domain.silence import Silence, is_silenced
from command_centre.domain.telling import Member, Notice, Policy, Told, decide, next_due
from command_centre.pipeline.deadline_watch import deadline_of, raise_by_calendar
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.sentences import Words, deadline_line, facts_of, key_of, lines_of, title_of
from command_centre.pipeline.silence_watch import BLIND
from command_centre.storage import telling
from command_centre.storage.outbox import enqueue
from command_centre.storage.telling import Story

EVERY = timedelta(seconds=1)
MOST_ROUNDS = 20
FEWEST_TO_DAM = 3
"""Two things at once are still told one by one."""
MOST_IN_SUMMARY = 20
LONGEST_WINDOW = timedelta(days=8)
"""How far back the end of planned time is looked for that deserves a reminder."""


def telling_chore(words: Words, *, every: timedelta = EVERY) -> Chore:
    """The teller as a chore of the recorder."""

    def take_a_turn(connection: Connection, at: datetime, rulebook: Rulebook) -> Sequence[Reading]:
        tell(connection, at, rulebook, words)
        return ()

    return Chore("telling", every, take_a_turn)


def tell(connection: Connection, at: datetime, rulebook: Rulebook, words: Words) -> int:
    """Write every notice that is due at ``at``; returns how many messages that made."""
    raise_by_calendar(connection, at, rulebook.orders.deadlines)
    due = _digest(connection, at, rulebook.orders, words)
    active = telling.stories(connection)
    if active:
        due.extend(_due_of(connection, active, at, rulebook, words))
    return enqueue(connection, due, at) if due else 0


def _due_of(connection: Connection, active: Sequence[Story], at: datetime, rulebook: Rulebook, words: Words) -> list[Message]:
    silences = telling.silences_now(connection, at)
    rules = {each.id: each for each in rulebook.rules}
    explained = {each.target for each in active if each.is_open and _explains(rules.get(each.rule))}
    due: list[Message] = []
    for story in active:
        rule = rules.get(story.rule)
        is_explained = story.target in explained and story.group_key is None and not _explains(rule)
        member = _member(story, at, rulebook, silences, is_explained=is_explained)
        due.extend(_tell_story(connection, story, member, rule, at, rulebook.orders, words))
    return _dammed(connection, due, at, words)


def _explains(rule: Rule | None) -> bool:
    return rule is not None and rule.explains


def _tell_story(
    connection: Connection, story: Story, member: Member, rule: Rule | None, at: datetime, orders: Orders, words: Words
) -> list[Message]:
    """What is due about one story; what has been told of it is kept."""
    policy = orders.policy(() if rule is None else rule.receivers, at)
    told, notices = _settle(policy, story.told, member, at)
    due: list[Message] = []
    for number, notice in enumerate(notices, story.number + 1):
        due.extend(_messages(connection, story, notice, number, rule, orders, words, at))
    next_at = _next_look(policy, told, member, story, at)
    if notices or told != story.told or next_at is None:
        telling.keep_told(connection, story.id, told, story.number + len(notices), next_at)
    return due


def _dammed(connection: Connection, due: list[Message], at: datetime, words: Words) -> list[Message]:
    """In a flood the lesser news of one turn is one message to each receiver: nobody reads the eleventh page in ten minutes."""
    for kind, key in ((NoticeKind.FIRING, "flood"), (NoticeKind.RESOLVED, "flood_over")):
        lesser = [each for each in due if each.kind is kind and each.severity is not Severity.CRITICAL and each.due_at == at]
        count = len({each.incident for each in lesser})
        if count < FEWEST_TO_DAM or telling.told_lately(connection, at - FLOOD_OVER) + count <= FLOOD_BEGINS:
            continue
        due = [each for each in due if each not in lesser]
        for receiver in dict.fromkeys(each.receiver for each in lesser):
            own = [each for each in lesser if each.receiver == receiver]
            due.append(_summary(own, key, receiver, at, words))
    return due


def _summary(own: Sequence[Message], key: str, receiver: str, at: datetime, words: Words) -> Message:
    lines = tuple(each.title for each in own[:MOST_IN_SUMMARY])
    if len(own) > len(lines):
        lines = (*lines, words.say("and_more", more=len(own) - len(lines)))
    title = words.say(key, count=len(own))
    number = f"{key}/{int(at.timestamp() * 1000)}/{receiver}"
    why = Why.WIDER if key == "flood" else Why.RESOLVED
    return Message(number, None, receiver, NoticeKind.DIGEST, why, Severity.WARNING, title, lines, at, at)


def _next_look(policy: Policy, told: Told, member: Member, story: Story, at: datetime) -> datetime | None:
    """When to look again by the clock alone; None once everything is told. Until then a story is never lost sight of."""
    if told.is_over and story.resolved_at is not None:
        return None
    return next_due(policy, told, [member], at) or at + timedelta(days=1)


def _settle(policy: Policy, told: Told, member: Member, at: datetime) -> tuple[Told, list[Notice]]:
    """Decide until nothing more is due."""
    notices: list[Notice] = []
    for _ in range(MOST_ROUNDS):
        more, told = decide(policy, told, [member], at)
        notices.extend(more)
        if not more:
            break
    return told, notices


def _member(story: Story, at: datetime, rulebook: Rulebook, silences: Sequence[Silence], *, is_explained: bool) -> Member:
    labels = {
        "target": story.target,
        "rule": story.rule,
        "kind": story.target_kind,
        "severity": story.severity.value,
        "kelurahan": story.kelurahan or "",
        "group": story.group_key or "",
    }
    is_own = story.group_key is None
    is_planned = is_own and rulebook.is_planned(story.target, at)
    lasts = rulebook.orders.answer_lasts
    return Member(
        key="story",
        severity=story.severity,
        fired_at=story.fired_at,
        ready_at=story.fired_at,
        changed_at=story.fired_at,
        kind=NoticeKind.COLLECTOR_DOWN if story.group_kind == BLIND else NoticeKind.FIRING,
        is_held=story.parent is not None or is_explained or is_planned or is_silenced(silences, labels, at),
        is_flapping=story.is_flapping and story.resolved_at is None,
        acknowledged_at=story.acknowledged_at,
        answer_ends_at=None if story.acknowledged_at is None or lasts is None else story.acknowledged_at + lasts,
        ended_at=story.resolved_at,
        is_withdrawn=story.is_removed,
        resumed_at=_resumed_at(story, at, rulebook) if is_own and not is_planned else None,
    )


def _resumed_at(story: Story, at: datetime, rulebook: Rulebook) -> datetime | None:
    """When planned time last ended over a trouble that was known before it."""
    since = story.told.recalled_at
    if since is None:
        return None
    parts = rulebook.planned_for(story.target)(Interval(max(since, at - LONGEST_WINDOW), at))
    return max((each.end for each in parts), default=None)


def _messages(
    connection: Connection,
    story: Story,
    notice: Notice,
    number: int,
    rule: Rule | None,
    orders: Orders,
    words: Words,
    at: datetime,
) -> list[Message]:
    parent = None if story.group_key is None else orders.parents.get(story.group_key)
    deadline = deadline_of(story, at, orders.deadlines)
    areas = telling.areas_of(connection, story.id) if story.group_key is not None else {}
    count = story.scope or 1
    lines = (*deadline_line(words, deadline, orders.zone), *lines_of(story, words, rule, parent, areas))
    facts = facts_of(story, words, rule, parent, count) | ({} if deadline is None else {"deadline": deadline.name})
    return [
        Message(
            key=key_of(story.id, number, notice.kind, receiver),
            incident=story.id,
            receiver=receiver,
            kind=notice.kind,
            why=notice.why,
            severity=notice.severity,
            title=title_of(story, notice.kind, words, parent, count),
            lines=lines,
            event_at=notice.event_at,
            due_at=orders.waits_until(notice.severity, at) or at,
            facts=facts,
        )
        for receiver in notice.receivers
    ]


def _digest(connection: Connection, at: datetime, orders: Orders, words: Words) -> list[Message]:
    """Once a morning: what was too small to be told. Its key is the day, so it comes once however often this is asked."""
    local = at.astimezone(orders.zone)
    if (
        orders.digest_at is None
        or not orders.receivers
        or (local.hour, local.minute)
        != (
            orders.digest_at.hour,
            orders.digest_at.minute,
        )
    ):
        return []
    begun, lasting, named = telling.lesser_stories(connection, at - timedelta(days=1))
    if not begun and not lasting:
        return []
    title, lines = words.say("morning", begun=begun, lasting=lasting), (", ".join(named),) if named else ()
    due_at = local.replace(second=0, microsecond=0)
    return [
        Message(
            f"digest/{due_at:%Y-%m-%d}/{name}",
            None,
            name,
            NoticeKind.DIGEST,
            Why.MORNING,
            Severity.INFO,
            title,
            lines,
            due_at,
            due_at,
        )
        for name in orders.everybody(at)
    ]
