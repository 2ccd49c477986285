"""Windows as written in ``config.yaml`` become windows of the domain: an end, known targets, the city's wall clock."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from command_centre.config.durations import format_duration
from command_centre.config.mistakes import nearest, quoted
from command_centre.config.model import FOREVER, City, PrayerEntry, WindowEntry
from command_centre.config.naming import Names
from command_centre.config.translate import Findings, Path
from command_centre.domain.calendar import EVERY_DAY, AroundPrayers, Monthly, OneOff, Recurrence, Weekly, Window
from command_centre.domain.prayer import Prayer
from command_centre.domain.target import TargetKey

DAYS: Mapping[str, int] = MappingProxyType(
    {"senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "jum'at": 4, "sabtu": 5, "minggu": 6, "ahad": 6}
)
"""Days of the week as people write them; 0 is Monday."""

MONTHS: Mapping[str, int] = MappingProxyType(
    {
        "januari": 1, "februari": 2, "pebruari": 2, "maret": 3, "april": 4, "mei": 5, "juni": 6,
        "juli": 7, "agustus": 8, "september": 9, "oktober": 10, "november": 11, "nopember": 11, "desember": 12,
    }
)  # fmt: skip

PRAYERS: Mapping[str, Prayer] = MappingProxyType(
    {
        **dict.fromkeys(("subuh", "shubuh", "fajar"), Prayer.FAJR),
        **dict.fromkeys(("zuhur", "dzuhur", "duhur", "lohor"), Prayer.DHUHR),
        **dict.fromkeys(("asar", "ashar"), Prayer.ASR),
        **dict.fromkeys(("magrib", "maghrib"), Prayer.MAGHRIB),
        **dict.fromkeys(("isya", "isya'", "isa"), Prayer.ISHA),
    }
)

LONGEST_AROUND_A_PRAYER = timedelta(hours=6)
"""What is planned around a prayer and lasts longer is meant for something else."""

ENDLESS = (FOREVER, "selamanya", "never")
NO_END = "every window has an end; 'forever' is not one"

_TIME = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(Z|[+-]\d{2}:\d{2})?")


def build_window(entry: WindowEntry, path: Path, findings: Findings, city: City | None, names: Names) -> Window | None:
    """The window; None after every mistake in it was noted, or when there is nothing now that it could be about."""
    members = targets_meant(entry.targets, path, findings, names)
    first_day, last_day = (
        _season(text, (*path, key), findings) for key, text in (("first_day", entry.first_day), ("last_day", entry.last_day))
    )
    if first_day and last_day and last_day < first_day:
        findings.refuse((*path, "last_day"), f"{last_day} is before the first_day {first_day}")
    when = _when(entry, path, findings, city or City())
    if isinstance(when, OneOff) and (entry.first_day or entry.last_day):
        key = "first_day" if entry.first_day else "last_day"
        findings.refuse((*path, key), "belongs to a window that comes again; this one happens once")
    return Window(entry.name, members, when, first_day, last_day) if when is not None and members else None


def targets_meant(words: Iterable[str], path: Path, findings: Findings, names: Names) -> frozenset[TargetKey]:
    """The targets that the words under ``targets`` mean; what means nothing is noted."""
    chosen: set[TargetKey] = set()
    for index, word in enumerate(words) if findings.is_sound(*path, "targets") else ():
        meant = names.meant_by(word)
        if meant is not None:
            chosen.update(meant)
        elif names.is_idle(word):
            findings.warn((*path, "targets", index), f"{quoted(word)} means nothing now: its register lists nothing")
        elif names.is_wrong(word):
            findings.refuse(
                (*path, "targets", index), f"{quoted(word)} is neither a key nor a group of the register", names.nearest(word)
            )
    return frozenset(chosen)


_SHAPE = ("days", "dates", "months", "prayer", "from", "until")
"""The keys that together say when."""


def _when(entry: WindowEntry, path: Path, findings: Findings, city: City) -> Recurrence | None:
    """None after every mistake in it was noted; a key with a mistake of its own is not judged again."""
    before = len(findings.mistakes)
    is_known = all(findings.is_sound(*path, key) for key in _SHAPE)
    _refuse_endless(entry, path, findings)
    if is_known:
        _refuse_misfits(entry, path, findings)
    if entry.prayer is not None:
        when: Recurrence | None = _around_prayers(entry, entry.prayer, path, findings, city)
    elif entry.days or entry.dates:
        when = _by_the_clock(entry, path, findings)
    else:
        when = _one_off(entry, path, findings, city.zone) if is_known and not entry.months else None
    return when if len(findings.mistakes) == before else None


def _refuse_endless(entry: WindowEntry, path: Path, findings: Findings) -> None:
    if entry.until is not None and entry.until.lower() in ENDLESS:
        findings.refuse((*path, "until"), NO_END)


def _refuse_misfits(entry: WindowEntry, path: Path, findings: Findings) -> None:
    """Keys that do not stand together, and keys that are not there."""
    kinds = [key for key in ("days", "dates", "prayer") if getattr(entry, key)]
    if "dates" in kinds and len(kinds) > 1:
        findings.refuse((*path, "dates"), f"stands beside '{next(each for each in kinds if each != 'dates')}'; write two windows")
    if entry.months and not entry.dates:
        findings.refuse((*path, "months"), "needs 'dates': the days of those months")
    if entry.prayer is None:
        missing = [key for key, text in (("from", entry.from_), ("until", entry.until)) if text is None]
        for key in missing:
            findings.refuse_missing((*path, key))


def _text_at(key: str, text: str | None, path: Path, findings: Findings) -> str | None:
    """What is written there, unless something was found to be wrong with it."""
    return text if findings.is_sound(*path, key) else None


# --- recurring -------------------------------------------------------------------------------------------------------


def _by_the_clock(entry: WindowEntry, path: Path, findings: Findings) -> Weekly | Monthly | None:
    clock = _clock(entry, path, findings)
    months = _months(entry.months, path, findings)
    days = _days(entry.days, path, findings) if entry.days else _dates(entry, path, findings)
    if clock is None or days is None:
        return None
    return Weekly(days, *clock) if entry.days else Monthly(days, *clock, months)


def _clock(entry: WindowEntry, path: Path, findings: Findings) -> tuple[time, time] | None:
    from_, until = _text_at("from", entry.from_, path, findings), _text_at("until", entry.until, path, findings)
    start = None if from_ is None else _time(from_, (*path, "from"), findings)
    end = None if until is None else _time(until, (*path, "until"), findings)
    if start is None or end is None or until is None:
        return None
    if start == end and not (start == time(0) and until.startswith("24")):
        findings.refuse((*path, "until"), "begins and ends at the same time; a whole day is from 00:00 until 24:00")
        return None
    return start, end


def _time(text: str, path: Path, findings: Findings) -> time | None:
    match = _TIME.fullmatch(text)
    hour, minute = (int(match.group(1)), int(match.group(2))) if match else (99, 0)
    if hour > 24 or (hour == 24 and (minute or path[-1] == "from")):
        findings.refuse(path, f"{quoted(text)} is not a time of day such as 22:00")
        return None
    return time(hour % 24, minute)


def _days(words: Iterable[str], path: Path, findings: Findings) -> frozenset[int] | None:
    return _numbers(words, DAYS, "a day of the week", (*path, "days"), findings)


def _months(words: Iterable[str], path: Path, findings: Findings) -> frozenset[int]:
    return _numbers(words, MONTHS, "a month", (*path, "months"), findings) or frozenset()


def _numbers(words: Iterable[str], known: Mapping[str, int], what: str, path: Path, findings: Findings) -> frozenset[int] | None:
    """The numbers that the words stand for; None when one stands for none."""
    numbers = [known.get(word.lower()) for word in words]
    for index, (word, number) in enumerate(zip(words, numbers, strict=True)):
        if number is None:
            findings.refuse((*path, index), f"{quoted(word)} is not {what}", nearest(word, known))
    good = frozenset(each for each in numbers if each is not None)
    return good if None not in numbers else None


def _dates(entry: WindowEntry, path: Path, findings: Findings) -> frozenset[int] | None:
    """Days of the month that some chosen month has: 29 February, but no 30th."""
    months = [number for word in entry.months if (number := MONTHS.get(word.lower())) is not None] or range(1, 13)
    longest = max(calendar.monthrange(2024, month)[1] for month in months)
    strangers = [index for index, day in enumerate(entry.dates) if not 1 <= abs(day) <= longest]
    for index in strangers:
        text = f"{entry.dates[index]} is not a day of such a month (1 to {longest}, or -1 for the last one)"
        findings.refuse((*path, "dates", index), text)
    return None if strangers else frozenset(entry.dates)


def _around_prayers(entry: WindowEntry, prayer: PrayerEntry, path: Path, findings: Findings, city: City) -> AroundPrayers | None:
    before_mistakes = len(findings.mistakes)
    for key, text in (("from", entry.from_), ("until", entry.until)):
        if text is not None:
            findings.refuse((*path, key), "a window around prayers moves with the sun; write 'before' and 'after' under 'prayer'")
    lengths = (("before", prayer.before), ("after", prayer.after), ("friday_after", prayer.friday_after))
    for key, length in lengths:
        if length is not None and length > LONGEST_AROUND_A_PRAYER:
            findings.refuse((*path, "prayer", key), f"is longer than {format_duration(LONGEST_AROUND_A_PRAYER)}")
    for index, word in enumerate(prayer.times):
        if word.lower() not in PRAYERS:
            findings.refuse((*path, "prayer", "times", index), f"{quoted(word)} is not a prayer", nearest(word, PRAYERS))
    days = _days(entry.days, path, findings) if entry.days else EVERY_DAY
    if days is None or len(findings.mistakes) > before_mistakes:
        return None
    prayers = frozenset(PRAYERS[word.lower()] for word in prayer.times)
    return AroundPrayers(prayers, prayer.before, prayer.after, city.latitude, city.longitude, prayer.friday_after, days)


def _season(text: str | None, path: Path, findings: Findings) -> date | None:
    """The first or the last day of a recurring window."""
    if text is None:
        return None
    if text.lower() in ENDLESS:
        findings.refuse(path, "is a day; without it the window comes again until it is taken out")
        return None
    if not _DAY.fullmatch(text):
        findings.refuse(path, f"{quoted(text)} is not a day such as 2026-11-24")
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        findings.refuse(path, f"{quoted(text)} is not a day of the calendar")
        return None


# --- once ------------------------------------------------------------------------------------------------------------


def _one_off(entry: WindowEntry, path: Path, findings: Findings, zone: ZoneInfo) -> OneOff | None:
    from_, until = _text_at("from", entry.from_, path, findings), _text_at("until", entry.until, path, findings)
    start = None if from_ is None else _moment(from_, (*path, "from"), findings, zone)
    end = None if until is None else _moment(until, (*path, "until"), findings, zone)
    if start is None or end is None:
        return None
    if end <= start:
        findings.refuse((*path, "until"), "the window ends before it begins")
        return None
    return OneOff(start, end)


def _moment(text: str, path: Path, findings: Findings, zone: ZoneInfo) -> datetime | None:
    """Wall clock of the city unless an offset is written; 24:00 is the end of its day."""
    if _TIME.fullmatch(text):
        findings.refuse(
            path, f"{quoted(text)} is a time of day; write a date too, or 'days' or 'dates' for a window that comes again"
        )
        return None
    match = _MOMENT.fullmatch(text)
    if not match:
        findings.refuse(path, f"{quoted(text)} is not a date and time such as 2026-11-24 22:00")
        return None
    is_end_of_day = match.group(2) == "24:00" and path[-1] == "until"
    try:
        moment = datetime.fromisoformat(text.replace("24:00", "00:00", 1) if is_end_of_day else text)
        local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return (local + timedelta(days=is_end_of_day)).astimezone(UTC)
    except (ValueError, OverflowError):
        findings.refuse(path, f"{quoted(text)} is not a day of the calendar")
        return None
