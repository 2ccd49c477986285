"""Enclosures: what a letter carries beside its text, made when it is sent from what is kept elsewhere: the outbox holds words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from command_centre.domain.notification import Message


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file: its name, what it is (``application/pdf``), its bytes."""

    name: str
    media_type: str
    data: bytes


Enclose: TypeAlias = Callable[[Message], tuple[Enclosure, ...]]
"""The files that belong to a message. Raises DeliveryError when they cannot be made."""


def nothing_enclosed(_: Message) -> tuple[Enclosure, ...]:
    """Most messages are words only."""
    return ()
