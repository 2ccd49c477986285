"""What the addresses of the interface share: whose request it is, how a moment and a name may be written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

from fastapi import HTTPException, Query
from pydantic import AfterValidator, AwareDatetime, Field

from command_centre.app.guard import current_person
from command_centre.domain.calendar import Interval
from command_centre.domain.person import Person, Right

LONGEST_PERIOD = timedelta(days=3 * 366)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def _within_reason(at: datetime) -> datetime:
    if not EARLIEST <= at < LATEST:
        raise ValueError("must lie between the years 2000 and 2100")
    return at.astimezone(UTC)


def _no_control(text: str) -> str:
    if any(ord(each) < 32 or 0xD800 <= ord(each) < 0xE000 for each in text):
        raise ValueError("must be one line of text")
    return text


Moment: TypeAlias = Annotated[AwareDatetime, AfterValidator(_within_reason)]
OneLine: TypeAlias = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_no_control)]
From: TypeAlias = Annotated[Moment | None, Query(alias="from", description="Start, with zone; default: one day before the end")]
Until: TypeAlias = Annotated[Moment | None, Query(description="End (not included), with zone; default: now")]


def period(start: datetime | None, until: datetime | None, now: datetime, default: timedelta) -> Interval:
    """The half-open period that is asked for: until ``now`` and ``default`` long where nothing is said. Raises HTTPException."""
    end = now if until is None else until
    begin = end - default if start is None else start
    if begin >= end:
        raise HTTPException(400, "the period is empty: 'from' must lie before 'until'")
    if end - begin > LONGEST_PERIOD:
        raise HTTPException(400, f"a period has at most {LONGEST_PERIOD.days} days")
    return Interval(begin, end)


def needs(right: Right) -> Callable[[], Person]:
    """Who asks, if they have the right."""

    def person() -> Person:
        found = current_person()
        if found is None:
            raise HTTPException(401, "sign in first", headers={"WWW-Authenticate": "Bearer"})
        if not found.may(right):
            raise HTTPException(403, f"the role {found.role.value} may not do that")
        return found

    return person
