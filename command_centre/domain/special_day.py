"""Special days: what a city decides about its calendar beyond weekends and the holidays that everybody knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DayKind(StrEnum):
    """What the file says of a day."""

    HOLIDAY = "libur"
    JOINT_LEAVE = "cuti bersama"
    WORKING = "kerja"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One row of the file."""

    day: date
    name: str
    kind: DayKind
