"""Targets for these tests."""

from __future__ import annotations

from datetime import timedelta

from command_centre.domain.target import Place, Target, TargetKey, TargetKind


def hotspot(address: str | None, **attributes: str) -> Target:
    """A hotspot at this address."""
    return Target(
        TargetKey("hotspot:uji"),
        TargetKind.HOTSPOT,
        "Taman Adipura",
        "Adipura",
        "Diskominfo",
        "taman",
        Place(),
        address,
        timedelta(seconds=60),
        attributes=attributes,
    )
