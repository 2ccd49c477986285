"""The burden of alarms on the people who answer them, after ISA-18.2 / EEMUA 191: how many, how often, how fast answered. Pure.

A *child* is an incident that another one explains: it is listed, told to nobody, and is no burden. Limits that come from the
standard name it; the others are this city's own aims and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from command_centre.domain.calendar import Interval

FLOOD_OVER = timedelta(minutes=10)
FLOOD_BEGINS = 10
"""ISA-18.2: a flood begins with ten alarms within ten minutes …"""
FLOOD_ENDS = 5
"""… and ends when fewer than five come within ten minutes."""
CHATTER_OVER = timedelta(hours=1)
CHATTERS = 3
"""Our own: three incidents of one rule on one target within an hour. (The standard's three a minute suits valves, not polls.)"""
STANDING = timedelta(hours=24)
"""ISA-18.2: an alarm that stands for longer than a day is stale."""
TOP = 10
TOP_SHARE = 0.05
"""ISA-18.2: the ten most frequent alarms should make up no more than 5 % of the load."""
MOST_PER_SHIFT = 12
"""Our own aim for one person on an eight-hour shift; the standard's "very likely acceptable" is six an hour."""
ANSWER_WITHIN = timedelta(minutes=10)
"""Our own aim: half of all incidents are taken within ten minutes."""

SHIFT_STARTS = (time(6), time(14), time(22))
"""When shifts begin, by the city's wall clock."""
NIGHT = (time(22), time(6))


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the scoreboard knows of one incident. ``is_child``: another incident explains it."""

    source: str
    rule: str
    opened_at: datetime
    resolved_at: datetime | None
    acknowledged_at: datetime | None
    is_child: bool


@dataclass(frozen=True, slots=True)
class Load:
    """The burden over one stretch of time. ``median_answer`` None: nothing was answered. ``unanswered``: nobody took it."""

    within: Interval
    actionable: int
    merged: int
    median_answer: timedelta | None
    unanswered: int
    chattering: tuple[str, ...]
    floods: tuple[Interval, ...]
    night_pages: int


@dataclass(frozen=True, slots=True)
class Frequent:
    """How often one source raised an alarm, and what share of all alarms that is."""

    source: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """The burden over some days: by shift (newest first), the most frequent sources, what stands for too long."""

    whole: Load
    shifts: tuple[Load, ...]
    frequent: tuple[Frequent, ...]
    top_share: float | None
    standing: tuple[Alarm, ...]


def shift_at(at: datetime, zone: ZoneInfo) -> Interval:
    """The shift that is on at a moment."""
    local = at.astimezone(zone)
    starts = [
        local.replace(hour=each.hour, minute=each.minute, second=0, microsecond=0) + timedelta(days=day)
        for day in (-1, 0, 1)
        for each in SHIFT_STARTS
    ]
    begun = max(each for each in starts if each <= local)
    return Interval(begun, min(each for each in starts if each > local))


def shifts_in(within: Interval, zone: ZoneInfo) -> tuple[Interval, ...]:
    """The shifts that touch ``within``, newest first; the oldest one from where ``within`` begins."""
    found = [shift_at(within.end - timedelta(microseconds=1), zone)]
    while found[-1].start > within.start:
        found.append(shift_at(found[-1].start - timedelta(microseconds=1), zone))
    oldest = found.pop()
    return (*found, Interval(max(oldest.start, within.start), oldest.end))


def load_of(alarms: Iterable[Alarm], pages: Iterable[datetime], within: Interval, zone: ZoneInfo) -> Load:
    """The burden of what began ``within``. ``pages``: when messages that may wake somebody were accepted."""
    mine = sorted((each for each in alarms if within.contains(each.opened_at)), key=lambda each: each.opened_at)
    own = [each for each in mine if not each.is_child]
    answers = [each.acknowledged_at - each.opened_at for each in own if each.acknowledged_at is not None]
    return Load(
        within=within,
        actionable=len(own),
        merged=len(mine) - len(own),
        median_answer=timedelta(seconds=median(each.total_seconds() for each in answers)) if answers else None,
        unanswered=len(own) - len(answers),
        chattering=chattering(own),
        floods=floods([each.opened_at for each in own]),
        night_pages=sum(within.contains(each) and is_night(each, zone) for each in pages),
    )


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    """Whether people sleep."""
    clock = at.astimezone(zone).time()
    return clock >= NIGHT[0] or clock < NIGHT[1]


def chattering(alarms: Sequence[Alarm]) -> tuple[str, ...]:
    """Sources with ``CHATTERS`` incidents of one rule within ``CHATTER_OVER``, in order of name. ``alarms`` in order of time."""
    times: dict[tuple[str, str], list[datetime]] = {}
    for each in alarms:
        times.setdefault((each.source, each.rule), []).append(each.opened_at)
    restless = {
        source
        for (source, _), at in times.items()
        if any(last - first <= CHATTER_OVER for first, last in zip(at, at[CHATTERS - 1 :], strict=False))
    }
    return tuple(sorted(restless))


def floods(times: Sequence[datetime]) -> tuple[Interval, ...]:
    """When alarms came faster than a person can take them. ``times`` in order."""
    found: list[Interval] = []
    begun: datetime | None = None
    for index, at in enumerate(times):
        recent = _within_ten_minutes(times, index)
        if begun is None and recent >= FLOOD_BEGINS:
            begun = times[index - FLOOD_BEGINS + 1]
        elif begun is not None and recent < FLOOD_ENDS:
            found.append(Interval(begun, times[index - 1]))
            begun = None
        if begun is not None and index == len(times) - 1:
            found.append(Interval(begun, at))
    return tuple(found)


def _within_ten_minutes(times: Sequence[datetime], index: int) -> int:
    """How many alarms came in the ten minutes that end with this one; no more than ``FLOOD_BEGINS`` are looked for."""
    first = max(index - FLOOD_BEGINS + 1, 0)
    return sum(times[index] - each < FLOOD_OVER for each in times[first : index + 1])


def score(alarms: Sequence[Alarm], pages: Sequence[datetime], within: Interval, zone: ZoneInfo) -> Scoreboard:
    """The scoreboard of the days ``within``."""
    own = [each for each in alarms if not each.is_child and within.contains(each.opened_at)]
    counts = Counter(each.source for each in own)
    frequent = tuple(Frequent(source, count, count / len(own)) for source, count in counts.most_common(TOP))
    open_long = (each for each in alarms if each.resolved_at is None and within.end - each.opened_at > STANDING)
    return Scoreboard(
        whole=load_of(alarms, pages, within, zone),
        shifts=tuple(load_of(alarms, pages, shift, zone) for shift in shifts_in(within, zone)),
        frequent=frequent,
        top_share=sum(each.share for each in frequent) if own else None,
        standing=tuple(sorted((each for each in open_long if not each.is_child), key=lambda each: each.opened_at)),
    )
