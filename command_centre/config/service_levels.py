"""Service levels and opening hours as people write them: ``2×24 jam``, ``6 hari kerja``, ``Sen-Kam 07.30-16.00``.

The register keeps them as text; whoever counts reads them here, so that a text means the same thing everywhere.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from functools import lru_cache

from command_centre.domain.working_time import ALWAYS_OPEN, Counting, ServiceLevel, Shift

LONGEST_DAYS = 366
"""Nobody promises an answer later than in a year."""

_DAYS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            ("sen", "senin", "mon", "monday"),
            ("sel", "selasa", "tue", "tuesday"),
            ("rab", "rabu", "wed", "wednesday"),
            ("kam", "kamis", "thu", "thursday"),
            ("jum", "jumat", "jum'at", "fri", "friday"),
            ("sab", "sabtu", "sat", "saturday"),
            ("min", "minggu", "sun", "sunday"),
        )
    )
    for word in words
}
_WORKING_DAYS = re.compile(r"(\d{1,3}) (?:hari kerja|working days?)")
_WORKING_HOURS = re.compile(r"(\d{1,4}) (?:jam kerja|working hours?)")
_TIMES_24 = re.compile(r"(\d{1,3}) ?[x×*] ?24 (?:jam|hours?|h|j)")
_CLOCK = re.compile(r"(\d{1,5}) ?(menit|mnt|minutes?|min|m|jam|hours?|h|j|hari|days?|d)")
_MINUTES: Mapping[str, int] = {"m": 1, "j": 60, "h": 60, "d": 1440}
_SHIFT = re.compile(r"(\d{1,2})[.:](\d{2}) ?(?:-|–|s/d|s\.d\.) ?(\d{1,2})[.:](\d{2})")
_PIECE = re.compile(rf"(?:([a-z']+)(?: ?(?:-|–|s/d|s\.d\.) ?([a-z']+))? )?{_SHIFT.pattern}")
_ALWAYS = re.compile(r"24 ?(?:jam|hours?)|24 ?/ ?7")


@lru_cache(maxsize=256)  # a handful of texts, asked at every draw
def parse_service_level(text: str) -> ServiceLevel:
    """What was agreed. Raises ValueError with a sentence for the editor."""
    plain = _plain(text)
    if match := _WORKING_DAYS.fullmatch(plain):
        days = int(match.group(1))
        return ServiceLevel(Counting.WORKING_DAYS, days=_within(days, days))
    if match := _WORKING_HOURS.fullmatch(plain):
        hours = int(match.group(1))
        return ServiceLevel(Counting.WORKING_HOURS, timedelta(hours=_within(hours, hours / 8)))
    if match := _TIMES_24.fullmatch(plain):
        days = int(match.group(1))
        return ServiceLevel(Counting.CLOCK, timedelta(days=_within(days, days)))
    if match := _CLOCK.fullmatch(plain):
        minutes = int(match.group(1)) * _minutes(match.group(2))
        return ServiceLevel(Counting.CLOCK, timedelta(minutes=_within(minutes, minutes / 1440)))
    raise ValueError("is not a service level such as 1x24 jam, 6 hari kerja or 8 jam kerja")


def _within(amount: int, days: float) -> int:
    if not 0 < days <= LONGEST_DAYS:
        raise ValueError(f"must be more than nothing and at most {LONGEST_DAYS} days")
    return amount


def _minutes(unit: str) -> int:
    if unit == "hari":
        return 1440
    return _MINUTES[unit[0]]


@lru_cache(maxsize=256)
def parse_hours(text: str) -> Mapping[int, tuple[Shift, ...]]:
    """Opening hours by weekday (0 is Monday). Raises ValueError with a sentence for the editor."""
    plain = _plain(text)
    if _ALWAYS.fullmatch(plain):
        return ALWAYS_OPEN
    hours: dict[int, list[Shift]] = {}
    days: tuple[int, ...] = ()
    for piece in re.split(r"\s*[;,]\s*", plain):
        match = _PIECE.fullmatch(piece)
        if match is None:
            raise ValueError("is not opening hours such as 24 jam or Sen-Kam 07.30-16.00, Jum 07.30-11.30")
        days = _days(match.group(1), match.group(2)) if match.group(1) else days
        if not days:
            raise ValueError("must begin with a day, such as Sen-Jum 08.00-16.00")
        for day in days:
            hours.setdefault(day, []).append(_shift(match))
    for shifts in hours.values():
        _refuse_overlap(sorted(shifts))
    return {day: tuple(sorted(shifts)) for day, shifts in sorted(hours.items())}


def _days(first: str, last: str | None) -> tuple[int, ...]:
    for word in (first, last):
        if word is not None and word not in _DAYS:
            raise ValueError(f"'{word}' is not a day of the week")
    start, end = _DAYS[first], _DAYS[last or first]
    return tuple((start + each) % 7 for each in range((end - start) % 7 + 1))


def _shift(match: re.Match[str]) -> Shift:
    start_hour, start_minute, end_hour, end_minute = (int(each) for each in match.groups()[2:])
    try:
        start = time(start_hour, start_minute)
        end = time(0) if (end_hour, end_minute) == (24, 0) else time(end_hour, end_minute)
    except ValueError:
        raise ValueError("has an hour that no clock shows") from None
    if end <= start and end != time(0):
        raise ValueError("closes before it opens; hours over midnight are written as two, until 24.00 and from 00.00")
    return start, end


def _refuse_overlap(shifts: list[Shift]) -> None:
    for (_, end), (start, _) in itertools.pairwise(shifts):
        if end == time(0) or start < end:
            raise ValueError("has hours that overlap")


def parse_due(text: str) -> tuple[int | None, int, int]:
    """A day of submission: ``2026-11-30`` as (2026, 11, 30), or every year ``11-30`` as (None, 11, 30). Raises ValueError."""
    match = re.fullmatch(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})", text.strip())
    if match is None:
        raise ValueError("is not a day such as 2026-11-30, or 11-30 for every year")
    year, month, day = (None if each is None else int(each) for each in match.groups())
    assert month is not None
    assert day is not None
    try:
        date(2000 if year is None else year, month, day)
    except ValueError:
        raise ValueError("is a day that no calendar has") from None
    return year, month, day


def next_due(text: str, today: date) -> date | None:
    """The day of submission that is meant ``today``: the one that comes next, or the only one there is."""
    year, month, day = parse_due(text)
    if year is not None:
        return date(year, month, day)
    candidates = (_day_of(today.year + each, month, day) for each in range(9))
    return next((each for each in candidates if each is not None and each >= today), None)


def _day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None  # 29 February in a year without one


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip().lower())
