"""The files that come with the project: they load, they are complete, and every key is explained."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from collectors import KINDS as SHIPPED_KINDS
from command_centre.config.checks import SCREENS, geometry_of
from command_centre.config.geometry import Tier
from command_centre.config.loading import KEYS, LISTS, SECTIONS, load
from command_centre.config.model import GROUPS, Config, Mode
from tests.support.configuration import PROJECT


@pytest.fixture(scope="module")
def shipped() -> Config:
    return load(PROJECT / "config.yaml", {name: kind.settings for name, kind in SHIPPED_KINDS.items()})


def test_the_shipped_configuration_is_a_demo_without_mistakes_or_warnings(shipped: Config) -> None:
    assert shipped.mode is Mode.DEMO
    assert shipped.warnings == ()
    assert shipped.uplink.references == ()


def test_the_register_has_about_as_many_sites_as_the_wall_has_room_for(shipped: Config) -> None:
    assert 90 <= len(shipped.targets) <= 125


def test_every_kelurahan_and_kecamatan_has_its_row(shipped: Config) -> None:
    kelurahan = {each.place.kelurahan for each in shipped.targets if each.group == "Kelurahan"}
    assert kelurahan == {each.code for each in shipped.kelurahan}
    assert len(kelurahan) == 15
    kecamatan = {each.place.kecamatan for each in shipped.targets if each.group == "Kecamatan"}
    assert kecamatan == {each.kecamatan_code for each in shipped.kelurahan} == {"64.74.01", "64.74.02", "64.74.03"}


def test_each_kecamatan_has_its_number_of_kelurahan(shipped: Config) -> None:
    assert Counter(each.kecamatan for each in shipped.kelurahan) == {"Bontang Utara": 6, "Bontang Selatan": 6, "Bontang Barat": 3}


def test_every_group_is_there_and_every_row_says_where_it_is_from(shipped: Config) -> None:
    assert tuple(dict.fromkeys(each.group for each in shipped.targets)) == GROUPS
    assert [each.key for each in shipped.targets if not each.source] == []
    assert [each.key for each in shipped.targets if each.dimension is None] == []


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
