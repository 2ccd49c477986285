"""The files that come with the project: they load, they are complete, and every key is explained."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from collectors import KINDS as SHIPPED_KINDS
from command_centre.config.checks import SCREENS, geometry_of
from command_centre.config.geometry import Tier
from command_centre.config.loading import KEYS, LISTS, SECTIONS, load
from command_centre.config.model import GROUPS, Config, Mode
from command_centre.domain.calendar import Interval
from command_centre.domain.target import ParentKind, Place, Target, TargetKey, TargetKind
from tests.support.configuration import PROJECT
from tests.support.synthetic_hotspots import HOTSPOTS, PARENTS, registers


@pytest.fixture(scope="module")
def shipped() -> Config:
    return load(PROJECT / "config.yaml", {name: kind.settings for name, kind in SHIPPED_KINDS.items()})


def test_the_shipped_configuration_is_a_demo_without_mistakes_or_warnings(shipped: Config) -> None:
    assert shipped.mode is Mode.DEMO
    assert shipped.warnings == ()
    assert shipped.uplink.references == ()


def test_the_register_has_about_as_many_sites_as_the_wall_has_room_for(shipped: Config) -> None:
    assert 90 <= len(shipped.targets_of(TargetKind.SITE)) <= 125


def test_every_kelurahan_and_kecamatan_has_its_row(shipped: Config) -> None:
    kelurahan = {each.place.kelurahan for each in shipped.targets if each.group == "Kelurahan"}
    assert kelurahan == {each.code for each in shipped.kelurahan}
    assert len(kelurahan) == 15
    kecamatan = {each.place.kecamatan for each in shipped.targets if each.group == "Kecamatan"}
    assert kecamatan == {each.kecamatan_code for each in shipped.kelurahan} == {"64.74.01", "64.74.02", "64.74.03"}


def test_each_kecamatan_has_its_number_of_kelurahan(shipped: Config) -> None:
    assert Counter(each.kecamatan for each in shipped.kelurahan) == {"Bontang Utara": 6, "Bontang Selatan": 6, "Bontang Barat": 3}


def test_every_group_is_there_and_every_row_says_where_it_is_from(shipped: Config) -> None:
    sites = shipped.targets_of(TargetKind.SITE)
    assert tuple(dict.fromkeys(each.group for each in sites)) == GROUPS
    assert [each.key for each in shipped.targets if not each.source] == []
    assert [each.key for each in sites if each.dimension is None] == []


def test_entries_that_the_list_of_2023_got_wrong_have_no_address(shipped: Config) -> None:
    by_key = {each.key: each for each in shipped.targets}
    for key in ("situs:kel-bontang-lestari", "situs:kel-gunung-telihan", "situs:dspm", "situs:sinnerji"):
        assert by_key[key].address is None  # type: ignore[index]
        assert by_key[key].attributes["note"]  # type: ignore[index]


def test_an_address_belongs_to_the_city_and_has_the_date_of_its_list(shipped: Config) -> None:
    measured = [each for each in shipped.targets if each.address]
    ours = re.compile(r"https?://[a-z0-9-]+\.bontangkota\.go\.id(/|$)")
    strangers = {each.key for each in measured if not ours.match(each.address or "")}
    assert strangers == {"situs:e-planning"}  # the one sign-in page outside go.id: kept, with a note
    listed = [each for each in measured if "portal_bontang" in each.source]
    assert {each.valid_from for each in listed} == {date(2023, 10, 2)}
    assert len(listed) > 50


# --- hotspots --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hotspots(shipped: Config) -> tuple[Target, ...]:
    return shipped.targets_of(TargetKind.HOTSPOT)


def count(hotspots: tuple[Target, ...], attribute: str) -> dict[str, int]:
    return dict(Counter(each.attributes.get(attribute, "") for each in hotspots))


def test_721_hotspots_stand_where_the_press_counted_them(shipped: Config, hotspots: tuple[Target, ...]) -> None:
    """DOMAIN 2.1: 330 + 262 + 113 are 705; the other 16 have no place, and none is made up for them."""
    names = {each.kecamatan_code: each.kecamatan for each in shipped.kelurahan}
    counted = Counter(names.get(each.place.kecamatan or "", "") for each in hotspots)
    assert counted == {"Bontang Utara": 330, "Bontang Selatan": 262, "Bontang Barat": 113, "": 16}
    nowhere = [each for each in hotspots if each.place.kecamatan is None]
    assert [each.place for each in nowhere] == [Place()] * 16
    assert len({each.place.kelurahan for each in hotspots}) == 15 + 1


def test_classes_providers_and_the_coast_have_their_numbers(hotspots: tuple[Target, ...]) -> None:
    assert count(hotspots, "class_mbps") == {"7": 8, "20": 127, "50": 586}
    assert count(hotspots, "isp") == {"Penyedia A": 537, "Penyedia B": 184}
    assert count(hotspots, "capacity") == {"30": 721}
    coast = [each for each in hotspots if each.attributes["place_type"] == "pesisir"]
    assert count(tuple(coast), "settlement") == {"Malahing": 2, "Tihi-Tihi": 2, "Selangan": 2, "Gusung": 2}
    assert {each.attributes["class_mbps"] for each in coast} == {"7"}


def test_every_hotspot_of_the_shipped_register_says_that_it_is_synthetic(hotspots: tuple[Target, ...]) -> None:
    assert {each.source for each in hotspots} == {"sintetis"}


def test_no_two_hotspots_have_one_name_or_one_place(hotspots: tuple[Target, ...]) -> None:
    assert len({each.name for each in hotspots}) == len({each.short_name for each in hotspots}) == 721
    placed = [each.place for each in hotspots if each.place.latitude is not None]
    assert len({(each.latitude, each.longitude) for each in placed}) == 705


def test_a_hotspot_stands_within_reach_of_its_kelurahan(shipped: Config, hotspots: tuple[Target, ...]) -> None:
    """Synthetic or not, a point belongs on the map where its kelurahan is; the coast lies off it."""
    by_code = {each.code: each for each in shipped.kelurahan}
    for each in hotspots:
        latitude, longitude = each.place.latitude, each.place.longitude
        if latitude is None or longitude is None or "settlement" in each.attributes:
            continue
        home = by_code[each.place.kelurahan or ""]
        nearest = min(math.dist((latitude, longitude), point) for point in (home.centre, home.office))
        assert nearest * 111 < (7 if home.name == "Bontang Lestari" else 3), each.key  # kilometres


def test_one_cause_can_explain_many(shipped: Config, hotspots: tuple[Target, ...]) -> None:
    """The outage of the script "krisis": the line of one provider, all of Bontang Selatan and nothing else."""
    parents = {each.key: each for each in shipped.parents}
    assert all(parent in parents for each in hotspots for parent in each.parents)
    south = [each for each in hotspots if "induk:penyedia-a-selatan" in each.parents]
    assert len(south) == 262
    assert {each.place.kecamatan for each in south} == {"64.74.02"}
    assert parents[TargetKey("induk:penyedia-a-selatan")].parents == ("induk:penyedia-a",)
    placed = [each for each in hotspots if each.place.kelurahan]
    assert {tuple(parents[parent].kind for parent in each.parents) for each in placed} == {(ParentKind.UPLINK, ParentKind.POWER)}


def test_58_hotspots_are_planned_off_at_the_hours_of_prayer(shipped: Config, hotspots: tuple[Target, ...]) -> None:
    (window,) = shipped.windows
    worship = [each for each in hotspots if each.key in window.targets]
    assert len(worship) == len(window.targets) == 58
    assert count(tuple(worship), "place_type") == {"ibadah": 58}
    assert count(tuple(worship), "isp") == {"Penyedia A": 43, "Penyedia B": 15}
    friday = Interval(datetime(2026, 11, 27, tzinfo=shipped.zone), datetime(2026, 11, 28, tzinfo=shipped.zone))
    lengths = [each.interval.length for each in window.occurrences(friday, shipped.zone)]
    assert lengths == [timedelta(minutes=30), timedelta(minutes=65), *[timedelta(minutes=30)] * 3]


def test_the_synthetic_registers_are_what_their_script_writes() -> None:
    """Everybody has the same city. When Diskominfo's own list takes its place, this test and the script go."""
    assert registers() == (HOTSPOTS.read_bytes(), PARENTS.read_bytes())


# --- the city --------------------------------------------------------------------------------------------------------


def test_centre_and_office_of_every_kelurahan_lie_in_the_city(shipped: Config) -> None:
    assert len(shipped.kelurahan) == 15
    for each in shipped.kelurahan:
        for latitude, longitude in (each.centre, each.office):
            assert 0.04 < latitude < 0.20
            assert 117.44 < longitude < 117.52


def test_the_shipped_wall_shows_everything(shipped: Config) -> None:
    (wall,) = shipped.walls
    assert geometry_of(wall).tier is Tier.FULL
    assert wall.screens == tuple(SCREENS)


def keys_to_explain() -> Iterator[tuple[str, str]]:
    for section in KEYS:
        model = SECTIONS.get(section) or LISTS.get(section)
        if model is None:
            yield section, ""
            continue
        for name, field in model.model_fields.items():
            yield section, field.alias or name


@pytest.mark.parametrize(("section", "key"), sorted(keys_to_explain()))
def test_every_key_is_explained(section: str, key: str) -> None:
    text = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert section in parts
    assert not key or f"\n| `{key}` |" in parts[section]


def test_the_documentation_explains_no_key_that_does_not_exist() -> None:
    text = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
    known = set(keys_to_explain())
    for section, body in re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        for key in re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE):
            assert (section, key) in known


def test_the_pages_that_a_wall_may_name_are_those_that_exist() -> None:
    """The configuration keeps its own short list, so that a check does not have to load the web libraries."""
    from layouts import SCREENS as DRAWN

    assert dict(SCREENS) == {key: screen.needs_full_tier for key, screen in DRAWN.items()}
