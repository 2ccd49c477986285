"""Replay: the stored past through other rules, on a clock that jumps from event to event.

The functions that decide are those of the live city (``write_batch``, the silence watch, the teller, the duty watch); they write
into a database that is thrown away. What is stored of the past is how each target was and when that changed, so every change is
one reading, and another where a rule's hold or recovery has passed.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from command_centre.domain.calendar import Interval
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Reading, Reason
from command_centre.domain.rule import Change, Rule, SilentFor, StatusIs, Threshold
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.duty_watch import watch_duty
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.sentences import Words
from command_centre.pipeline.silence_watch import SilenceWatch
from command_centre.pipeline.teller import tell
from command_centre.storage.replaying import Stretch, fall_silent, next_look

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOST_STEPS = 200_000


@dataclass(slots=True)
class Step:
    """What happens in one minute."""

    readings: list[Reading] = field(default_factory=list)
    silent: list[tuple[TargetKey, datetime]] = field(default_factory=list)


def left_out(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The rules that stretches cannot speak to: they are about values."""
    return tuple(each.id for each in rules if isinstance(each.condition, (Threshold, Change)))


def replay(
    connection: Connection,
    past: Iterable[Stretch],
    within: Interval,
    rulebook: Rulebook,
    words: Words,
    is_late: Callable[[], bool],
) -> datetime:
    """Play ``past`` into the (empty, migrated, synced) database behind ``connection``; returns how far it came.

    ``is_late`` ends it early: the caller's patience. A look that is a change tells nothing of restlessness, so nothing flaps.
    """
    calm = replace(rulebook, orders=replace(rulebook.orders, flap_limits=None))
    steps = _steps(past, within, calm)
    silence = SilenceWatch().chore()
    queue, queued = sorted(steps), set(steps)
    at = within.start
    for _ in range(MOST_STEPS):
        if not queue or is_late():
            break
        at = heapq.heappop(queue)
        step = steps.pop(at, None) or Step()
        write_batch(connection, sorted(step.readings, key=lambda each: each.taken_at), calm, at)
        for key, since in step.silent:
            fall_silent(connection, key, since)
        silence.do(connection, at, calm)
        told = tell(connection, at, calm, words)
        watch_duty(connection, at, calm.orders, english=words.english)
        waits = [at + calm.orders.wait] if step.readings or step.silent else []
        waits += [at + calm.orders.interval] if told else []
        for moment in _looks_again((*waits, next_look(connection)), at, within.end):
            if moment not in queued:
                queued.add(moment)
                heapq.heappush(queue, moment)
    return at if queue else within.end


def _looks_again(wanted: Iterable[datetime | None], at: datetime, end: datetime) -> Iterator[datetime]:
    """When the teller wants to look again: after the wait of a new trouble, the interval between notices, a step of the chain."""
    for each in wanted:
        moment = at if each is None else max(_minute(each), _minute(at + SECOND))
        if at < moment < end:
            yield moment


def _steps(past: Iterable[Stretch], within: Interval, rulebook: Rulebook) -> dict[datetime, Step]:
    steps: dict[datetime, Step] = defaultdict(Step)
    waits, patience = _waits(rulebook.rules), _patience(rulebook.rules)
    for each in past:
        if each.reason is Reason.SILENT:
            steps[_minute(each.since)].silent.append((each.target, each.since))
            for after in patience.get(each.kind, ()):
                _ = steps[_minute(each.since + after + MINUTE)]
            continue
        for moment in sorted({each.since, *(each.since + wait for wait in waits.get(each.kind, ()))}):
            if moment < each.until:
                steps[_minute(moment)].readings.append(Reading(each.target, moment, each.status, each.reason))
    for moment in _by_the_calendar(within, rulebook.orders):
        _ = steps[moment]
    return {moment: step for moment, step in steps.items() if moment <= within.end}


def _waits(rules: Iterable[Rule]) -> Mapping[TargetKind, set[timedelta]]:
    """For each kind, how long after a change something may follow from its lasting."""
    waits: dict[TargetKind, set[timedelta]] = defaultdict(set)
    for rule in rules:
        if isinstance(rule.condition, StatusIs):
            waits[rule.applies_to] |= {rule.hold, rule.recover}
    return waits


def _patience(rules: Iterable[Rule]) -> Mapping[TargetKind, set[timedelta]]:
    patience: dict[TargetKind, set[timedelta]] = defaultdict(set)
    for rule in rules:
        if isinstance(rule.condition, SilentFor):
            patience[rule.applies_to].add(rule.condition.after)
    return patience


def _by_the_calendar(within: Interval, orders: Orders) -> Iterator[datetime]:
    """The moments at which something is due although nothing happens: the digest, changes of the duty."""
    day = within.start.astimezone(orders.zone).date()
    while orders.digest_at is not None and day <= within.end.astimezone(orders.zone).date():
        moment = datetime.combine(day, orders.digest_at, orders.zone).astimezone(UTC)
        if within.start <= moment < within.end:
            yield moment
        day += DAY
    hour = within.start.replace(minute=0, second=0, microsecond=0) + HOUR
    while orders.rotas and hour < within.end:
        yield hour
        hour += HOUR


def _minute(at: datetime) -> datetime:
    """The full minute at or after ``at``."""
    begun = at.replace(second=0, microsecond=0)
    return begun if begun == at else begun + MINUTE
