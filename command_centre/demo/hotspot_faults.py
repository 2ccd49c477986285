"""The closed list of what can go wrong with a simulated hotspot."""

from __future__ import annotations

from enum import StrEnum


class HotspotFault(StrEnum):
    """One way for a hotspot to fail, as the collectors meet it. Where several meet, the one that stands first here counts."""

    POWER_CUT = "power_cut"  # like down; when it comes back it has just started
    DOWN = "down"  # the agent is silent; the probe is cut off, so the broker tells its last will
    SILENT = "silent"  # nobody listens on the agent's port; the probe stays connected and says nothing
    NO_INTERNET = "no_internet"  # people are connected and get nowhere: only a probe can tell
    FULL = "full"  # as many devices as it takes
    SLOW = "slow"  # the line is used up; the probe's pings come back late

    @property
    def is_dead(self) -> bool:
        """Whether neither agent nor probe can be reached."""
        return self in (HotspotFault.POWER_CUT, HotspotFault.DOWN)


def worst(faults: set[HotspotFault]) -> HotspotFault:
    """The one that counts; ``faults`` is not empty."""
    return next(each for each in HotspotFault if each in faults)
