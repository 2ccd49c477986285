"""Windows as written in ``config.yaml`` become windows of the domain: an end, known targets, the city's wall clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from command_centre.config.inventory import Sites
from command_centre.config.mistakes import nearest, quoted
from command_centre.config.model import FOREVER, WindowEntry
from command_centre.config.translate import Findings, Path
from command_centre.domain.calendar import OneOff, Recurrence, Weekly, Window
from command_centre.domain.target import TargetKey

DAYS: Mapping[str, int] = MappingProxyType(
    {"senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "jum'at": 4, "sabtu": 5, "minggu": 6, "ahad": 6}
)
"""Days of the week as people write them; 0 is Monday."""

_TIME = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(Z|[+-]\d{2}:\d{2})?")


def build_window(entry: WindowEntry, path: Path, findings: Findings, zone: ZoneInfo | None, sites: Sites) -> Window | None:
    """The window; None after every mistake in it was noted."""
    members = _members(entry, path, findings, sites)
    when = _when(entry, path, findings, zone)
    return Window(entry.name, members, when) if when is not None and members else None


def _members(entry: WindowEntry, path: Path, findings: Findings, sites: Sites) -> frozenset[TargetKey]:
    groups = {each.group for each in sites.targets}
    chosen: set[TargetKey] = set()
    for index, word in enumerate(entry.targets):
        if word in groups:
            chosen.update(each.key for each in sites.targets if each.group == word)
        elif word in sites.keys:
            chosen.add(TargetKey(word))
        elif sites.is_whole:  # of a register with mistakes it cannot be said what is not in it
            near = nearest(word, (*groups, *sites.keys))
            findings.refuse((*path, "targets", index), f"{quoted(word)} is neither a key nor a group of the register", near)
    return frozenset(chosen)


def _when(entry: WindowEntry, path: Path, findings: Findings, zone: ZoneInfo | None) -> Recurrence | None:
    if entry.until.lower() in (FOREVER, "selamanya", "never"):
        findings.refuse((*path, "until"), "every window has an end; 'forever' is not one")
        return None
    return _weekly(entry, path, findings) if entry.days else _one_off(entry, path, findings, zone)


def _weekly(entry: WindowEntry, path: Path, findings: Findings) -> Weekly | None:
    days = _days(entry.days, path, findings)
    start, end = (_time(text, (*path, key), findings) for key, text in (("from", entry.from_), ("until", entry.until)))
    if start is None or end is None or len(days) < len(set(entry.days)):
        return None
    if start == end and not (start == time(0) and entry.until.startswith("24")):
        findings.refuse((*path, "until"), "begins and ends at the same time; a whole day is from 00:00 until 24:00")
        return None
    return Weekly(days, start, end)


def _days(words: Iterable[str], path: Path, findings: Findings) -> frozenset[int]:
    days: set[int] = set()
    for index, word in enumerate(words):
        day = DAYS.get(word.lower())
        if day is None:
            findings.refuse((*path, "days", index), f"{quoted(word)} is not a day of the week", nearest(word, DAYS))
        else:
            days.add(day)
    return frozenset(days)


def _time(text: str, path: Path, findings: Findings) -> time | None:
    match = _TIME.fullmatch(text)
    hour, minute = (int(match.group(1)), int(match.group(2))) if match else (99, 0)
    if hour > 24 or (hour == 24 and (minute or path[-1] == "from")):
        findings.refuse(path, f"{quoted(text)} is not a time of day such as 22:00")
        return None
    return time(hour % 24, minute)


def _one_off(entry: WindowEntry, path: Path, findings: Findings, zone: ZoneInfo | None) -> OneOff | None:
    start, end = (_moment(text, (*path, key), findings, zone) for key, text in (("from", entry.from_), ("until", entry.until)))
    if start is None or end is None:
        return None
    if end <= start:
        findings.refuse((*path, "until"), "the window ends before it begins")
        return None
    return OneOff(start, end)


def _moment(text: str, path: Path, findings: Findings, zone: ZoneInfo | None) -> datetime | None:
    """Wall clock of the city unless an offset is written."""
    if _TIME.fullmatch(text):
        findings.refuse(path, f"{quoted(text)} is a time of day; write a date too, or 'days' for a window that comes every week")
        return None
    if not _MOMENT.fullmatch(text):
        findings.refuse(path, f"{quoted(text)} is not a date and time such as 2026-11-24 22:00")
        return None
    try:
        moment = datetime.fromisoformat(text)
        local = moment if moment.tzinfo else moment.replace(tzinfo=zone or UTC)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        findings.refuse(path, f"{quoted(text)} is not a day of the calendar")
        return None
