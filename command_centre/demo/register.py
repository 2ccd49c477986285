"""What the register and the calendar say in the simulated city only, where a newcomer shall see every state of a tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from command_centre.demo.hotspots import with_hotspot_addresses
from command_centre.demo.services import with_interface
from command_centre.domain.calendar import Weekly, Window
from command_centre.domain.target import Target, TargetKey, TargetKind

LEFT_UNMEASURED = frozenset(TargetKey(key) for key in ("situs:dspm", "situs:kel-bontang-lestari", "situs:kel-gunung-telihan"))
"""The three that even the published list gets wrong: a newcomer shall see what *expected, not measured* looks like."""

DOMAIN = "simulasi.test"
"""Reserved for testing (RFC 6761): it can never be somebody's real site."""


def with_simulated_addresses(targets: Sequence[Target]) -> tuple[Target, ...]:
    """The same register, in which nearly every site and service has an address and every hotspot speaks somehow.

    The real register stays as honest as it is.
    """
    hotspots = with_hotspot_addresses(targets)
    return tuple(hotspots.get(each.key) or with_interface(_with_address(each)) for each in targets)


def _with_address(target: Target) -> Target:
    if target.kind is not TargetKind.SITE or target.address is not None or target.key in LEFT_UNMEASURED:
        return target
    label = target.key.partition(":")[2]
    return replace(target, address=f"http://{label}.{DOMAIN}", source="simulasi")


def simulated_windows() -> tuple[Window, ...]:
    """Agreed planned time of the site that the scripts show in maintenance, from midnight to midnight."""
    every_day = Weekly(frozenset(range(7)), time(0), time(0))
    return (Window("Pemeliharaan e-SAKIP (simulasi)", frozenset({TargetKey("situs:e-sakip")}), every_day),)
