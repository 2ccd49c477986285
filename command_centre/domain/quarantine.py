"""Quarantine: devices that speak and are in no register. They are never counted; a person decides what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StrangerState(StrEnum):
    """What has been decided. ADOPTED: somebody enters it in the register, and then it is a stranger no more."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Stranger:
    """What was heard of one of them since it was last told: ``messages`` between the two times, both aware and UTC.

    ``topic`` and ``sample`` are of its newest message; ``sample`` is its beginning, made printable.
    """

    device: str
    first_at: datetime
    last_at: datetime
    messages: int
    topic: str
    sample: str
