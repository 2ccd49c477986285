"""What must hold between keys and sections. Checked last, on whatever could be read.

A section with mistakes takes part with its sound keys; what has a mistake of its own is not judged again
(``Findings.is_sound``).
"""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType

from command_centre.config.durations import format_duration
from command_centre.config.geometry import WallGeometry, wall_geometry
from command_centre.config.mistakes import nearest, quoted
from command_centre.config.model import (
    HOTSPOT_KINDS,
    SITES_KIND,
    City,
    CollectorFrame,
    Demo,
    Inventory,
    Mode,
    Retention,
    Storage,
    Uplink,
    Wall,
    Web,
)
from command_centre.config.translate import Findings, Path

SCREENS: Mapping[str, bool] = MappingProxyType(
    {"ringkasan": False, "gangguan": True, "situs": True, "wifi": True, "layanan": True}
)
"""The pages of a wall: whether each exists in the full tier only (design notes, "Shedding")."""


def check_collectors(findings: Findings, frames: Mapping[int, CollectorFrame]) -> None:
    """A look ends before the next begins; one collector for each kind."""
    first: dict[str, int] = {}
    for index, each in frames.items():
        path = ("collectors", index)
        _check_pace(findings, path, each)
        if not findings.is_sound(*path, "kind"):
            continue
        if each.kind in first:
            findings.refuse((*path, "kind"), f"{quoted(each.kind)} is already collectors[{first[each.kind]}]")
        first.setdefault(each.kind, index)


def _check_pace(findings: Findings, path: Path, pace: CollectorFrame | Demo) -> None:
    if not (findings.is_sound(*path, "every") and findings.is_sound(*path, "timeout")):
        return
    whole = pace.retry_after + 2 * pace.timeout
    if pace.timeout > pace.every:
        findings.refuse(
            (*path, "timeout"),
            f"the timeout {format_duration(pace.timeout)} is longer than the interval {format_duration(pace.every)}",
        )
    elif isinstance(pace, CollectorFrame) and whole > pace.every and findings.is_sound(*path, "retry_after"):
        findings.warn(
            (*path, "retry_after"),
            f"a look and its retry take up to {format_duration(whole)}, more than the interval {format_duration(pace.every)}",
        )


def check_sections(
    findings: Findings,
    mode: Mode | None,
    city: City | None,
    retention: Retention | None,
    uplink: Uplink | None,
    demo: Demo | None,
) -> None:
    """What the mode asks for, and paces that do not fit together."""
    if mode is Mode.LIVE and city is not None and city.contact is None and findings.is_sound("city", "contact"):
        findings.refuse(("city",), "mode 'live' needs 'contact': who is asked when our visits disturb a site")
    if mode is Mode.LIVE and uplink is not None and not uplink.references and findings.is_sound("uplink", "references"):
        findings.warn(("uplink",), "without references a lost connection of our own looks like the failure of every site")
    if retention is not None:
        _check_retention(findings, retention)
    if demo is not None:
        _check_pace(findings, ("demo",), demo)


def check_web(findings: Findings, web: Web | None) -> None:
    """What other machines can reach travels where others may listen."""
    if web is not None and findings.is_sound("web", "host") and not _is_own_machine(web.host):
        findings.warn(
            ("web", "host"),
            f"{quoted(web.host)} can be reached from other machines: passwords would travel unencrypted; put a proxy with TLS "
            "before it, set access.behind_https, and write 127.0.0.1 here",
        )


def _is_own_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _check_retention(findings: Findings, retention: Retention) -> None:
    """The coarser the data, the longer it is kept: finer data must not outlive what it was rolled up into."""
    classes: tuple[tuple[str, timedelta | None], ...] = (
        ("raw", retention.raw),
        ("five_minutes", retention.five_minutes),
        ("hourly", retention.hourly),
        ("daily", retention.daily),
    )
    for (finer, finer_length), (coarser, coarser_length) in itertools.pairwise(classes):
        is_sound = findings.is_sound("retention", finer) and findings.is_sound("retention", coarser)
        if is_sound and coarser_length is not None and (finer_length is None or finer_length > coarser_length):
            kept = "forever" if finer_length is None else format_duration(finer_length)
            findings.refuse(
                ("retention", finer), f"'{finer}' is kept longer ({kept}) than '{coarser}' ({format_duration(coarser_length)})"
            )


def check_walls(findings: Findings, walls: Mapping[int, Wall], screens: Mapping[str, bool]) -> None:
    """Names that tell walls apart, pages that exist, text that can be read from where people stand."""
    first: dict[str, int] = {}
    for index, wall in walls.items():
        path = ("walls", index)
        if findings.is_sound(*path, "name"):
            if wall.name in first:
                findings.refuse((*path, "name"), f"{quoted(wall.name)} is already the name of walls[{first[wall.name]}]")
            first.setdefault(wall.name, index)
        if findings.is_sound(*path, "screens"):
            _check_screens(findings, path, wall, screens)


def _check_screens(findings: Findings, path: Path, wall: Wall, screens: Mapping[str, bool]) -> None:
    geometry = geometry_of(wall)
    is_measured = all(findings.is_sound(*path, key) for key in ("screen_diagonal", "resolution", "viewing_distance_m"))
    for index, screen in enumerate(wall.screens):
        place = (*path, "screens", index)
        if screen not in screens:
            findings.refuse(place, f"{quoted(screen)} is not a page (there are: {', '.join(screens)})", nearest(screen, screens))
        elif screen in wall.screens[:index]:
            findings.refuse(place, f"{quoted(screen)} is there twice")
        elif screens[screen] and is_measured and not geometry.is_full:
            findings.warn(place, _too_far(screen, wall, geometry))


def geometry_of(wall: Wall) -> WallGeometry:
    """What that wall can show."""
    return wall_geometry(wall.screen_diagonal, wall.pixels, wall.viewing_distance_m)


def _too_far(screen: str, wall: Wall, geometry: WallGeometry) -> str:
    return (
        f"page '{screen}' does not fit on wall {quoted(wall.name)} with letters of 16 minutes of arc at "
        f"{wall.viewing_distance_m:g} m (room for {geometry.width_rem:.0f} x {geometry.height_rem:.1f} rem of 61 x 34.3); "
        "take a larger screen or stand nearer"
    )


def check_inventory(
    findings: Findings, inventory: Inventory | None, collectors: Mapping[int, CollectorFrame], kinds: Collection[str]
) -> None:
    """A register that nobody looks at is probably a slip. ``kinds`` are the kinds of collectors there are to choose from."""
    if inventory is None:
        return
    used = {each.kind for each in collectors.values()}
    for key, name, lookers, what in (
        ("sites", inventory.sites, (SITES_KIND,), "sites"),
        ("hotspots", inventory.hotspots, HOTSPOT_KINDS, "hotspots"),
        ("services", inventory.services, ("e_services",), "services"),
    ):
        choice = [each for each in lookers if each in kinds]
        if name is not None and choice and used.isdisjoint(choice):
            wanted = " or ".join(f"'{each}'" for each in choice)
            findings.warn(("inventory", key), f"no collector of kind {wanted} looks at these {what}")


def check_secrets(findings: Findings, storage: Storage | None) -> None:
    """A reference that points at nothing stops the start later; better to hear it now. The value is not kept."""
    secret = storage.url.secret if storage is not None and findings.is_sound("storage", "url") else None
    if secret is not None and not secret.is_available():
        findings.warn(("storage", "url"), f"{secret.reference} is not set here; the start will stop on it")
