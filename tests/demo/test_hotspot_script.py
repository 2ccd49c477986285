"""Hotspots in the script: how they are meant, when they are broken, and what the reader of a script is told of mistakes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from command_centre.demo.crowd import LATITUDE, LONGITUDE
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.register import with_simulated_addresses
from command_centre.demo.script import Script, ScriptError, load_script, worst_of_each
from command_centre.demo.selection import SelectionError, Selector
from command_centre.demo.state import CityState
from command_centre.domain.prayer import prayer_times
from command_centre.domain.target import TargetKey
from tests.support.demo_city import hotspot, site

TARGETS = with_simulated_addresses(
    [
        site("rsud"),
        *(hotspot(f"utara-{number:04}", parents=["induk:b-utara"], kelurahan="64.74.01.1003") for number in range(1, 6)),
        hotspot("utara-0009", mbps=20, place_type="kantor layanan", isp="Penyedia B", kelurahan="64.74.01.1006"),
        hotspot("selatan-0001", mbps=7, place_type="pesisir", settlement="Malahing", parents=["listrik:malahing"]),
        hotspot("selatan-0002", name="Taman Adipura 1", place_type="ruang publik"),
    ]
)
SELECTOR = Selector(TARGETS)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def written(folder: Path, *entries: str) -> Path:
    """A script of these entries; the first stands on line 3."""
    path = folder / "skrip.yaml"
    path.write_text("loop: 20m\nfaults:\n" + "".join(f"  - {each}\n" for each in entries), encoding="utf-8")
    return path


def short(keys: frozenset[TargetKey]) -> set[str]:
    return {key.removeprefix("wifi:") for key in keys}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("wifi:utara-0001", {"utara-0001"}),
        (["wifi:utara-0001", "wifi:selatan-0001"], {"utara-0001", "selatan-0001"}),
        ({"parent": "induk:b-utara"}, {f"utara-000{number}" for number in range(1, 6)}),
        ({"kelurahan": "64.74.01.1006"}, {"utara-0009"}),
        ({"kecamatan": "64.74.01", "isp": "Penyedia B"}, {"utara-0009"}),
        ({"settlement": "Malahing"}, {"selatan-0001"}),
        ({"class_mbps": 7}, {"selatan-0001"}),
        ({"place_type": "ruang publik"}, {"selatan-0002"}),
        ({"name": "Taman Adipura"}, {"selatan-0002"}),
    ],
)
def test_hotspots_are_meant_by_what_they_have_in_common(wanted: object, found: set[str]) -> None:
    assert short(SELECTOR.find(wanted)) == found


def test_some_of_many_are_always_the_same_ones() -> None:
    three = SELECTOR.find({"parent": "induk:b-utara"}, 3)
    assert len(three) == 3
    assert SELECTOR.find({"parent": "induk:b-utara"}, 3) == three
    assert SELECTOR.find({"parent": "induk:b-utara"}, 4) > three


@pytest.mark.parametrize(
    ("wanted", "some", "sentence"),
    [
        ("wifi:utara-0091", None, "'wifi:utara-0091' is not a hotspot of the register; did you mean 'wifi:utara-0009'?"),
        ("situs:rsud", None, "'situs:rsud' is not a hotspot of the register"),
        ([], None, "hotspots are meant by a key, a list of keys, or a mapping such as {isp: Penyedia A}"),
        (None, None, "hotspots are meant by a key"),
        ({}, None, "an empty selection"),
        ({"clas_mbps": 7}, None, "'clas_mbps' is nothing that hotspots have in common; did you mean 'class_mbps'?"),
        ({"isp": "Penyedia C"}, None, "no hotspot has isp 'Penyedia C'; did you mean 'Penyedia"),
        ({"name": "Taman Kota"}, None, "no hotspot's name begins with 'Taman Kota'"),
        ({"name": ""}, None, "no hotspot's name begins with ''"),
        ({"isp": "Penyedia B", "class_mbps": 7}, None, "no hotspot has all of isp Penyedia B, class_mbps 7"),
        ({"class_mbps": 7}, 2, "'some' is a number from 1 to 1, for so many hotspots are meant"),
        ({"class_mbps": 7}, 0, "'some' is a number from 1 to 1"),
        ({"class_mbps": 7}, True, "'some' is a number"),
        ({"class_mbps": 7}, "1", "'some' is a number"),
    ],
)
def test_a_selection_that_means_nothing_is_refused_with_the_reason(wanted: object, some: object, sentence: str) -> None:
    with pytest.raises(SelectionError) as refused:
        SELECTOR.find(wanted, some)
    assert str(refused.value).startswith(sentence)


def faults_of(script: Script, minutes: float, at: datetime = NOW) -> dict[TargetKey, HotspotFault]:
    return worst_of_each(script.hotspots_in_force(timedelta(minutes=minutes), at))


def test_hotspots_are_broken_for_their_stretch_of_every_loop(tmp_path: Path) -> None:
    script = load_script(written(tmp_path, "{hotspots: {class_mbps: 7}, kind: power_cut, from: 18m, until: 22m}"), TARGETS)
    key = TargetKey("wifi:selatan-0001")
    broken = [minute for minute in range(45) if faults_of(script, minute)]
    assert broken == [0, 1, 18, 19, 20, 21, 38, 39, 40, 41]
    assert faults_of(script, 18) == {key: HotspotFault.POWER_CUT}


def test_where_faults_meet_the_worst_counts(tmp_path: Path) -> None:
    script = load_script(
        written(
            tmp_path,
            "{hotspots: {parent: induk:b-utara}, kind: slow}",
            "{hotspots: {parent: induk:b-utara}, some: 2, kind: full}",
            "{hotspots: {parent: induk:b-utara}, some: 1, kind: down}",
        ),
        TARGETS,
    )
    assert sorted(faults_of(script, 0).values()) == ["down", "full", "slow", "slow", "slow"]


def test_what_happens_during_prayer_follows_the_clock_of_the_city_and_not_the_loop(tmp_path: Path) -> None:
    script = load_script(written(tmp_path, "{hotspots: {name: Taman Adipura}, kind: down, during: prayer}"), TARGETS)
    for begins in prayer_times(NOW.date(), LATITUDE, LONGITUDE).values():
        for minute in range(20):
            assert faults_of(script, minute, begins + timedelta(minutes=1))
            assert not faults_of(script, minute, begins - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ("{hotspots: {isp: Penyedia X}, kind: down}", "no hotspot has isp 'Penyedia X'; did you mean 'Penyedia"),
        ("{hotspots: wifi:utara-0001, kind: timeout}", "unknown kind 'timeout'"),
        ("{hotspots: wifi:utara-0001, kind: dwon}", "unknown kind 'dwon'; did you mean 'down'?"),
        ("{hotspots: wifi:utara-0001, kind: down, lasts: 3s}", "unknown key 'lasts'"),
        ("{hotspots: wifi:utara-0001, kind: down, during: lunch}", "'during' is 'prayer' and stands in place of"),
        ("{hotspots: wifi:utara-0001, kind: down, during: prayer, from: 3m}", "'during' is 'prayer' and stands in place of"),
        ("{hotspots: wifi:utara-0001, kind: down, during: prayer, already: 3m}", "'already' is for faults that are there when"),
        ("{hotspots: wifi:utara-0001, kind: down, from: 3m, already: 3m}", "'already' is for faults that are there when"),
        ("{hotspots: wifi:utara-0001, kind: down, from: 30m}", "'until' must come after 'from'"),
        ("{hotspots: {class_mbps: 7}, some: 5, kind: down}", "'some' is a number from 1 to 1"),
        ("{site: wifi:utara-0001, kind: timeout}", "'wifi:utara-0001' is not a site of the register"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, entry: str, mistake: str) -> None:
    with pytest.raises(ScriptError) as wrong:
        load_script(written(tmp_path, "{site: situs:rsud, kind: timeout, until: 1m}", entry), TARGETS)
    assert len(wrong.value.mistakes) == 1
    assert wrong.value.mistakes[0].startswith(f"skrip.yaml:4: {mistake}")


def test_no_internet_where_nobody_could_tell_is_a_mistake(tmp_path: Path) -> None:
    asked_only = next(
        each.key for each in TARGETS if each.address and "mqtt_device" not in each.attributes and "wifi" in each.key
    )
    with pytest.raises(ScriptError, match="shows on hotspots with a probe only"):
        load_script(written(tmp_path, f"{{hotspots: {asked_only}, kind: no_internet}}"), TARGETS)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    entries = [
        "{hotspots: {isp: X}, kind: down}",
        "{hotspots: {}, kind: dwon, some: 3, form: 3m}",
        "{site: situs:x, kind: timeout}",
    ]
    with pytest.raises(ScriptError) as wrong:
        load_script(written(tmp_path, *entries), TARGETS)
    assert [each.split(":")[1] for each in wrong.value.mistakes] == ["3", "4", "4", "4", "5"]


def test_a_script_with_hotspots_serves_a_register_without_any(tmp_path: Path) -> None:
    script = load_script(written(tmp_path, "{hotspots: {isp: Penyedia A}, kind: down}"), [site("rsud")])
    assert script.hotspots == ()


def test_what_was_set_by_hand_holds_until_the_script_may_decide_again(tmp_path: Path) -> None:
    script = load_script(written(tmp_path, "{hotspots: {parent: induk:b-utara}, kind: slow}"), TARGETS)
    state = CityState((), script, NOW, TARGETS)
    first, second = sorted(state.hotspot_faults(NOW))[:2]
    state.break_hotspots([first], HotspotFault.DOWN)
    state.heal_hotspots([second])
    faults = state.hotspot_faults(NOW)
    assert (faults[first], second in faults, len(faults)) == (HotspotFault.DOWN, False, 4)
    state.let_hotspots_follow_script([first, second])
    assert set(state.hotspot_faults(NOW).values()) == {HotspotFault.SLOW}
