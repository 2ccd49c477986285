"""The scripts that come with the product: they fit the shipped register and show what the wall was designed for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest

from collectors import KINDS
from command_centre.config.loading import load
from command_centre.demo.faults import FaultKind
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.register import with_simulated_addresses
from command_centre.demo.script import Script, load_script, worst_of_each
from command_centre.domain.target import Target, TargetKey

ROOT = Path(__file__).resolve().parents[2]
DEMO_TIMEOUT = timedelta(seconds=4)

SERVED_ALL_THE_SAME = frozenset(
    {
        FaultKind.SLOW,
        FaultKind.MAINTENANCE,
        FaultKind.NEGLECTED,
        FaultKind.CERTIFICATE_EXPIRING,
        FaultKind.REDIRECT_FOREIGN,
        FaultKind.INJECTED,
        FaultKind.INJECTED_CLOAKED,
    }
)


@lru_cache(maxsize=1)
def register() -> tuple[Target, ...]:
    kinds = {name: kind.settings for name, kind in KINDS.items() if name != "uplink"}
    return with_simulated_addresses(load(ROOT / "config.yaml", kinds).targets)


def script_named(name: str) -> Script:
    return load_script(ROOT / "data" / "reference" / f"demo_{name}.yaml", register())


def moments(script: Script) -> Iterator[tuple[timedelta, Counter[FaultKind]]]:
    for step in range(int(script.loop / timedelta(seconds=5))):
        elapsed = step * timedelta(seconds=5)
        yield elapsed, Counter(fault.kind for key, fault in script.in_force(elapsed).items() if key.startswith("situs:"))


def down(kinds: Counter[FaultKind]) -> int:
    return sum(count for kind, count in kinds.items() if kind not in SERVED_ALL_THE_SAME)


@pytest.mark.parametrize("name", ["biasa", "krisis", "tenang"])
def test_a_shipped_script_fits_the_shipped_register(name: str) -> None:
    assert script_named(name).loop == timedelta(minutes=20)


def test_on_an_ordinary_day_about_three_sites_are_down_and_about_four_are_slow() -> None:
    for elapsed, kinds in moments(script_named("biasa")):
        assert 2 <= down(kinds) <= 4, elapsed
        assert 3 <= kinds[FaultKind.SLOW] <= 5, elapsed


def test_an_ordinary_day_shows_every_kind_of_fault() -> None:
    assert {each.fault.kind for each in script_named("biasa").faults} == set(FaultKind)


def test_a_newcomer_sees_something_break_and_something_heal_within_five_minutes() -> None:
    script = script_named("biasa")
    at_first, after_half_a_minute = script.in_force(timedelta(0)), script.in_force(timedelta(seconds=30))
    broken_soon = after_half_a_minute.keys() - at_first.keys()
    assert broken_soon
    assert broken_soon - script.in_force(timedelta(minutes=5)).keys()


def test_the_uplink_is_lost_for_twenty_seconds_once_per_loop() -> None:
    lost = [each.ends - each.begins for each in script_named("biasa").uplink_losses]
    assert lost == [timedelta(seconds=20)]


def test_a_slow_site_is_above_the_limit_and_still_answers_before_the_demo_gives_up() -> None:
    for name in ("biasa", "krisis"):
        for each in script_named(name).faults:
            if each.fault.kind is FaultKind.SLOW and each.fault.lasts is not None:
                assert timedelta(seconds=3) < each.fault.lasts * 0.97
                assert each.fault.lasts * 1.03 + timedelta(seconds=0.25) < DEMO_TIMEOUT


def test_a_crisis_is_worse_than_an_ordinary_day() -> None:
    worst_ordinary = max(down(kinds) for _, kinds in moments(script_named("biasa")))
    assert max(down(kinds) for _, kinds in moments(script_named("krisis"))) >= worst_ordinary + 5


def test_on_a_quiet_day_nothing_breaks() -> None:
    assert script_named("tenang").faults == ()


# --- Hotspots ----------------------------------------------------------------------------------------------------------

NO_PRAYER = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10.00 WITA
OUTAGE_BEGINS, OUTAGE_ENDS = timedelta(minutes=13, seconds=10), timedelta(minutes=16)
SOUTH = TargetKey("induk:penyedia-a-selatan")


def hotspot_moments(script: Script) -> Iterator[tuple[timedelta, dict[TargetKey, HotspotFault]]]:
    for step in range(int(script.loop / timedelta(seconds=5))):
        elapsed = step * timedelta(seconds=5)
        yield elapsed, worst_of_each(script.hotspots_in_force(elapsed, NO_PRAYER))


def dead(faults: dict[TargetKey, HotspotFault]) -> set[TargetKey]:
    return {key for key, fault in faults.items() if fault.is_dead}


def children_of(parent: TargetKey) -> set[TargetKey]:
    return {each.key for each in register() if parent in each.parents}


def test_an_ordinary_day_of_the_hotspots_is_near_the_picture_it_was_drawn_for() -> None:
    for elapsed, faults in hotspot_moments(script_named("biasa")):
        if OUTAGE_BEGINS <= elapsed < OUTAGE_ENDS:
            continue
        seen = Counter(faults.values())
        assert 8 <= len(dead(faults)) <= 24, elapsed
        assert 24 <= seen[HotspotFault.SLOW] <= 38, elapsed
        assert 17 <= seen[HotspotFault.FULL] <= 25, elapsed
        assert 6 <= seen[HotspotFault.SILENT] <= 12, elapsed
        assert 721 - len(faults) >= 620, elapsed


def test_once_per_loop_one_provider_fails_in_the_south_with_all_that_depend_on_it() -> None:
    children = children_of(SOUTH)
    assert len(children) == 262
    for elapsed, faults in hotspot_moments(script_named("biasa")):
        assert (children <= dead(faults)) is (OUTAGE_BEGINS <= elapsed < OUTAGE_ENDS), elapsed


def test_the_coast_loses_its_power_once_per_loop() -> None:
    coast = {each.key for each in register() if "settlement" in each.attributes}
    off = [
        sum(faults.get(key) is HotspotFault.POWER_CUT for key in coast) for _, faults in hotspot_moments(script_named("biasa"))
    ]
    assert max(off) == 6


def test_taman_adipura_is_crowded_all_day() -> None:
    parks = {each.key for each in register() if each.name.startswith("Taman Adipura")}
    assert len(parks) == 4
    for elapsed, faults in hotspot_moments(script_named("biasa")):
        assert {faults.get(key) for key in parks} == {HotspotFault.FULL}, elapsed


def test_an_ordinary_day_shows_every_kind_of_fault_of_a_hotspot() -> None:
    assert {each.fault for each in script_named("biasa").hotspots} == set(HotspotFault)


def test_in_the_crisis_262_hotspots_fail_at_once_when_the_demo_begins() -> None:
    faults = worst_of_each(script_named("krisis").hotspots_in_force(timedelta(0), NO_PRAYER))
    assert children_of(SOUTH) <= dead(faults)


@pytest.mark.parametrize("name", ["biasa", "krisis", "tenang"])
def test_places_of_worship_are_dark_at_noon_prayer(name: str) -> None:
    mosques = {each.key for each in register() if each.attributes.get("place_type") == "ibadah"}
    noon_prayer = datetime(2026, 11, 23, 4, 5, tzinfo=UTC)  # 12.05 WITA
    assert len(mosques) == 58
    assert mosques <= dead(worst_of_each(script_named(name).hotspots_in_force(timedelta(0), noon_prayer)))


def test_on_a_quiet_day_hotspots_are_off_for_prayer_and_for_nothing_else() -> None:
    assert all(not faults for _, faults in hotspot_moments(script_named("tenang")))
