"""How a device stands at a given time: what it said last, and for how long that vouches for it. Pure.

Four things are heard: telemetry, "online", "offline" (from the device, or as its last will from the broker), and nothing. Their
order decides, with two rules: an old value is not a sign of life, and "online" without a single value is not a measurement.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Where a device stands. STALE: it was heard, but not lately enough. UNKNOWN: nothing that was heard says how it is."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    STALE = "stale"
    UNKNOWN = "unknown"


STALE_AFTER = 180.0
"""Seconds of silence after which a device is stale when its mapping does not say: three periods of one minute."""


@dataclass(slots=True)
class Signs:
    """What was heard of one device. Times are seconds since the epoch, None for never.

    ``measured_at`` is when its newest value was *measured* by the device's own time, or when it arrived.
    """

    measured_at: float | None = None
    online_at: float | None = None
    offline_at: float | None = None
    is_asking: bool = False
    was_heard: bool = False

    def telemetry(self, at: float) -> None:
        """A value that holds for ``at``."""
        self.was_heard = True
        self.measured_at = at if self.measured_at is None else max(at, self.measured_at)

    def old_telemetry(self) -> None:
        """A value of unknown age (retained, without a time of its own): no sign of life."""
        self.was_heard = True

    def online(self, at: float, *, is_asking: bool = False) -> None:
        """The device said that it is there."""
        self.was_heard = True
        self.is_asking = is_asking
        self.online_at = at if self.online_at is None else max(at, self.online_at)

    def offline(self, at: float) -> None:
        """The device, or the broker in its name, said that it is gone."""
        self.was_heard = True
        self.offline_at = at if self.offline_at is None else max(at, self.offline_at)

    def standing(self, at: float, stale_after: float) -> Standing:
        """Where the device stands at ``at``."""
        alive_at = self._alive_at()
        if self.offline_at is not None and (alive_at is None or self.offline_at >= alive_at):
            return Standing.DOWN
        if self.measured_at is None or alive_at is None:
            return Standing.UNKNOWN
        if at - alive_at > stale_after:
            return Standing.STALE
        return Standing.DEGRADED if self.is_asking else Standing.UP

    def _alive_at(self) -> float | None:
        signs = [each for each in (self.measured_at, self.online_at) if each is not None]
        return max(signs) if signs else None
