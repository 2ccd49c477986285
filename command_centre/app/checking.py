"""``run.py check``: every mistake in the configuration and the registers, or a summary of what is in force."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from command_centre.app.configuring import read_configuration
from command_centre.config.checks import geometry_of
from command_centre.config.durations import format_duration
from command_centre.config.geometry import Tier
from command_centre.config.mistakes import ConfigError
from command_centre.config.model import Mode, Wall
from command_centre.config.sizes import format_size
from command_centre.domain.calendar import AroundPrayers, Monthly, OneOff, Recurrence, Weekly, Window
from command_centre.domain.target import ParentKind, TargetKind

if TYPE_CHECKING:
    from command_centre.config.model import Config, Retention

EXIT_FINE, EXIT_MISTAKES, EXIT_USAGE = 0, 2, 3
DEFAULT_CONFIG = Path("config.yaml")
SYNTHETIC = "sintetis"
USAGE = "run.py check [--config FILE]"
_TIERS: Mapping[Tier, str] = {
    Tier.FULL: "everything fits",
    Tier.T1: "without map and dimensions",
    Tier.T2: "verdict, numbers and four incidents only",
    Tier.T3: "verdict, numbers and two incidents only",
}


def run_check(argv: list[str]) -> int:
    """Check one configuration; returns the exit code: 0 fine (warnings allowed), 2 mistakes, 3 wrong usage."""
    path = _config_path(argv)
    if path is None:
        sys.stderr.write(f"run.py check: unknown option\n{USAGE}\n")
        return EXIT_USAGE
    try:
        config = read_configuration(path)
    except ConfigError as refused:
        count = len(refused.mistakes)
        sys.stdout.write(
            f"{refused}\n\n{count} {'mistake' if count == 1 else 'mistakes'}; nothing is started with this configuration\n"
        )
        return EXIT_MISTAKES
    sys.stdout.write("".join(f"{line}\n" for line in summary(config)))
    return EXIT_FINE


def _config_path(argv: Sequence[str]) -> Path | None:
    match list(argv):
        case []:
            return DEFAULT_CONFIG
        case ["--config", name]:
            return Path(name)
        case [option] if option.startswith("--config="):
            return Path(option.removeprefix("--config="))
        case _:
            return None


def summary(config: Config) -> Iterator[str]:
    """What is in force, in lines. Secrets appear as their references."""
    yield f"{config.source_path}: no mistakes"
    yield f"mode        {_mode(config)}"
    yield f"city        {config.city.name}, {config.city.timezone}, contact {config.city.contact or 'not given'}"
    yield f"web         http://{config.web.host}:{config.web.port}"
    yield f"storage     {config.storage.url}; kept: {_kept(config.retention)}"
    for each in config.collectors:
        yield (
            f"collector   {each.kind}: every {format_duration(each.every)}, timeout {format_duration(each.timeout)}, "
            f"{each.at_once} at once, one retry after {format_duration(each.retry_after)}"
        )
    references = ", ".join(config.uplink.references) or "no references"
    yield f"uplink      every {format_duration(config.uplink.every)}: {references}"
    yield from _sites(config)
    yield from _hotspots(config)
    for window in config.windows:
        yield f"window      {_window(window)}"
    for wall in config.walls:
        yield f"wall        {_wall(wall)}"
    yield f"hash        {config.config_hash[:16]}"
    for warning in config.warnings:
        yield f"warning     {warning}"


def _mode(config: Config) -> str:
    if config.mode is Mode.DEMO:
        return f"demo: the simulated city, script '{config.demo.script}'; no real host is contacted"
    return "live: the addresses of the register are visited"


def _kept(retention: Retention) -> str:
    lengths = (
        ("raw", retention.raw),
        ("5 minutes", retention.five_minutes),
        ("hourly", retention.hourly),
        ("daily", retention.daily),
    )
    kept = ", ".join(f"{name} {format_duration(length) if length else 'forever'}" for name, length in lengths)
    return kept if retention.most_bytes is None else f"{kept}; at most {format_size(retention.most_bytes)}"


def _sites(config: Config) -> Iterator[str]:
    sites = config.targets_of(TargetKind.SITE)
    total, known = len(sites), sum(each.address is not None for each in sites)
    yield f"sites       {total} registered, {known} with an address, {total - known} expected but not measured"
    for group in config.inventory.groups:
        members = [each for each in sites if each.group == group]
        measured = sum(each.address is not None for each in members)
        yield f"              {group:<20} {len(members):>4} registered {measured:>4} with an address"


def _hotspots(config: Config) -> Iterator[str]:
    hotspots = config.targets_of(TargetKind.HOTSPOT)
    if not hotspots:
        return
    asked = sum(each.address is not None for each in hotspots)
    nowhere = sum(each.place.latitude is None for each in hotspots)
    yield f"hotspots    {len(hotspots)} registered, {asked} with an address for SNMP, {nowhere} without coordinates"
    kecamatan = {each.kecamatan_code: each.kecamatan for each in config.kelurahan}
    yield _split("kecamatan", (kecamatan.get(each.place.kecamatan or "", "without location") for each in hotspots))
    yield _split("class", (f"{int(each.attributes['class_mbps']):>6} Mbps" for each in hotspots))
    yield _split("provider", (each.attributes["isp"] for each in hotspots))
    yield _split("place", (each.attributes["place_type"] for each in hotspots))
    if any(each.source == SYNTHETIC for each in hotspots):
        yield "              synthetic rows: they are not the city's list"
    if config.parents:
        kinds = Counter(each.kind for each in config.parents)
        yield f"parents     {kinds[ParentKind.UPLINK]} lines of providers, {kinds[ParentKind.POWER]} areas of electricity"


def _split(title: str, words: Iterable[str]) -> str:
    counted = sorted(Counter(words).items())
    return f"              {title:<20} " + ", ".join(f"{word.strip()} {count}" for word, count in counted)


def _window(window: Window) -> str:
    lasting = [f"{word} {day}" for word, day in (("from", window.first_day), ("to", window.last_day)) if day is not None]
    return ", ".join([f"{window.name}: {len(window.targets)} targets", _when(window.when), *lasting])


def _when(when: Recurrence) -> str:
    match when:
        case OneOff(start, end):
            return f"once for {format_duration(end - start)}"
        case Weekly(days):
            return f"{len(days)} days a week"
        case Monthly():
            return "on days of the month"
        case AroundPrayers(prayers=prayers):
            return f"around {len(prayers)} prayers a day"


def _wall(wall: Wall) -> str:
    geometry = geometry_of(wall)
    return (
        f"{wall.name}: {', '.join(wall.screens)} every {format_duration(wall.every)}, {wall.theme}; "
        f"smallest text {geometry.rem_px:.1f} px, capitals {geometry.capital_mm:.1f} mm = "
        f"{geometry.arc_minutes:.1f} minutes of arc at {wall.viewing_distance_m:g} m; {_TIERS[geometry.tier]}"
    )
