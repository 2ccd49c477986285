"""``alerts.deadlines`` in ``config.yaml``: the times of the year in which something matters more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from command_centre.config.mistakes import quoted
from command_centre.config.model import Line, Section
from command_centre.config.naming import Names
from command_centre.config.translate import Findings
from command_centre.config.windows import targets_meant
from command_centre.domain.calendar import Interval
from command_centre.domain.deadline import Deadline
from command_centre.domain.rule import Severity

LONGEST = timedelta(days=366)
"""What is urgent all the year round is a rule's severity, not a deadline."""


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - the city's own day; its zone is put to it
        except ValueError:
            pass
    raise ValueError("must be a day such as 2026-03-31")


def _raised(value: object) -> object:
    if value in (Severity.CRITICAL.value, Severity.WARNING.value):
        return value
    raise ValueError("must be critical or warning")


Day = Annotated[datetime, BeforeValidator(_day)]
Raised = Annotated[Severity, BeforeValidator(_raised)]


class DeadlineEntry(Section):
    """One such time: both days belong to it."""

    name: Line
    targets: tuple[Line, ...] = Field(min_length=1)
    from_: Day = Field(alias="from")
    until: Day
    raise_to: Raised = Severity.CRITICAL


def build_deadlines(entries: Sequence[DeadlineEntry], names: Names, zone: ZoneInfo, findings: Findings) -> tuple[Deadline, ...]:
    """The deadlines in force; every mistake is noted."""
    built: list[Deadline] = []
    written: set[str] = set()
    for index, entry in enumerate(entries):
        path = ("alerts", "deadlines", index)
        if entry.name in written:
            findings.refuse((*path, "name"), f"{quoted(entry.name)} is there twice")
        written.add(entry.name)
        if entry.until < entry.from_:
            findings.refuse((*path, "until"), "must not come before 'from'")
        elif entry.until - entry.from_ > LONGEST:
            findings.refuse((*path, "until"), "is more than a year later: give the rule another severity instead")
        targets = targets_meant(entry.targets, path, findings, names)
        during = Interval(_there(entry.from_, zone), _there(entry.until + timedelta(days=1), zone))
        if targets:
            built.append(Deadline(entry.name, targets, during, entry.raise_to))
    return tuple(built)


def _there(day: datetime, zone: ZoneInfo) -> datetime:
    return day.replace(tzinfo=zone).astimezone(UTC)
