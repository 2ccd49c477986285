"""The scripts that come with the product: they fit the shipped register and show what the wall was designed for."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from command_centre.demo.faults import FaultKind
from command_centre.demo.script import Script, load_script
from command_centre.domain.target import Target
from tests.support.demo_city import site

ROOT = Path(__file__).resolve().parents[2]
DEMO_TIMEOUT = timedelta(seconds=4)

SERVED_ALL_THE_SAME = frozenset(
    {FaultKind.SLOW, FaultKind.MAINTENANCE, FaultKind.NEGLECTED, FaultKind.CERTIFICATE_EXPIRING, FaultKind.REDIRECT_FOREIGN}
)


def register() -> list[Target]:
    with (ROOT / "data" / "inventory" / "sites.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return [site(row["key"].removeprefix("situs:"), row["address"] or None) for row in rows]


def script_named(name: str) -> Script:
    return load_script(ROOT / "data" / "reference" / f"demo_{name}.yaml", register())


def moments(script: Script) -> Iterator[tuple[timedelta, Counter[FaultKind]]]:
    for step in range(int(script.loop / timedelta(seconds=5))):
        elapsed = step * timedelta(seconds=5)
        yield elapsed, Counter(fault.kind for fault in script.in_force(elapsed).values())


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
