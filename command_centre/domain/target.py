"""Target: one thing we watch, with its owner, its place and its parents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NewType

TargetKey = NewType("TargetKey", str)
"""The stable name of a target, e.g. ``situs:diskominfo``. Renaming a target keeps its key and so its history."""


class TargetKind(StrEnum):
    """What sort of thing a target is."""

    SITE = "site"
    HOTSPOT = "hotspot"
    SERVICE = "service"
    SELF = "self"  # Command Centre is its own first target: uplink, database, walls


class Dimension(StrEnum):
    """The six dimensions in which the smart city is measured (DOMAIN: Gerakan Menuju Smart City)."""

    GOVERNANCE = "governance"
    ECONOMY = "economy"
    LIVING = "living"
    SOCIETY = "society"
    ENVIRONMENT = "environment"
    BRANDING = "branding"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target stands. ``kelurahan`` and ``kecamatan`` are Kemendagri codes (``64.74.01.1003``, ``64.74.01``).

    Absent means not known: Bontang lies at latitude 0.05 to 0.19, so 0 is a coordinate and never "missing".
    """

    kelurahan: str | None = None
    kecamatan: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One thing we watch.

    ``address`` is None where no address is known: the target stays in the register and counts as *expected, not measured*.
    ``expected_every`` is the interval at which a reading is due.
    ``parents`` are keys of targets, or of a ``Parent``, whose failure explains this one's.
    ``attributes`` are further register columns as text, for the collector that owns the kind (e.g. ``must_contain``).
    """

    key: TargetKey
    kind: TargetKind
    name: str
    short_name: str
    owner: str
    group: str
    place: Place
    address: str | None
    expected_every: timedelta
    dimension: Dimension | None = None
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    parents: tuple[TargetKey, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    def is_valid_on(self, day: date) -> bool:
        """Whether the register lists this target on ``day`` (both ends inclusive; an open end never closes)."""
        begun = self.valid_from is None or self.valid_from <= day
        ended = self.valid_to is not None and self.valid_to < day
        return begun and not ended


class ParentKind(StrEnum):
    """What sort of thing many targets share, so that one failure explains them all."""

    UPLINK = "uplink"  # a provider's line
    POWER = "power"  # an area that loses its electricity together


@dataclass(frozen=True, slots=True)
class Parent:
    """What several targets depend on and nobody looks at: not a target, so it counts in no total.

    Whether it fails is told by those that name it in ``Target.parents``. Parents of different kinds are each needed; parents of
    one kind stand in for each other (two uplinks). It may have ``parents`` itself; one level is looked up at a time.
    """

    key: TargetKey
    kind: ParentKind
    name: str
    short_name: str
    owner: str
    parents: tuple[TargetKey, ...] = ()
    source: str = ""
