"""The catalogue of indicators and the file of special days: every mistake with its place, and what a good one means."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from collectors import KINDS as SHIPPED_KINDS
from command_centre.config.holidays import closed_days, read_special_days
from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError
from command_centre.config.model import Config
from command_centre.domain.progress import Direction, Feed
from command_centre.domain.special_day import DayKind, SpecialDay
from command_centre.domain.target import Dimension
from tests.support.configuration import KINDS, PROJECT, TINY_CONFIG, write_config

CONFIG = TINY_CONFIG + "progress:\n  catalogue: indicators.yaml\n  period: 7d\n"


def entry(name: str, dimension: str, *lines: str) -> str:
    head = f"  - id: {name}\n    dimension: {dimension}\n    name: {{id: Nama, en: Name}}\n    unit: persen\n    definition: x\n"
    return head + "    source: usulan\n    owner: Diskominfo\n" + "".join(f"    {line}\n" for line in lines)


ALL_SIX = "indicators:\n" + "".join(entry(f"x-{each.value}", each.value, "baseline: 0", "target: 100") for each in Dimension)


def loaded(folder: Path, catalogue: str) -> Config:
    path = write_config(folder, CONFIG)
    (folder / "indicators.yaml").write_text(catalogue, encoding="utf-8")
    return load(path, KINDS)


def messages(folder: Path, catalogue: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        loaded(folder, catalogue)
    return [str(each).replace(f"{folder}/", "").split("\n")[0] for each in refused.value.mistakes]


def test_a_catalogue_is_indicators_weights_and_the_city_s_own_figure(tmp_path: Path) -> None:
    automatic = entry("auto", "governance", "baseline: 0.9", "target: 0.99", "weight: 2", "feed: availability", "of: [OPD]")
    official = "official: {percent: 75, declared_on: 2025-10-15, source: pidato}\nweights: {living: 2}\n"
    catalogue = loaded(tmp_path, official + ALL_SIX + automatic).catalogue
    assert catalogue.official is not None
    assert (catalogue.official.value, catalogue.official.declared_on) == (0.75, date(2025, 10, 15))
    assert (catalogue.weights[Dimension.LIVING], catalogue.weights[Dimension.ECONOMY]) == (2, 1)
    assert catalogue.period == timedelta(days=7)
    (auto,) = catalogue.automatic()
    assert (auto.feed, auto.weight, auto.direction, auto.target) == (Feed.AVAILABILITY, 2, Direction.HIGHER, 0.99)
    assert auto.targets
    assert all(each.startswith("situs:") for each in auto.targets)


def test_without_a_catalogue_nothing_is_counted(tmp_path: Path) -> None:
    assert load(write_config(tmp_path), KINDS).catalogue.indicators == ()


def test_every_mistake_of_the_catalogue_is_told_with_its_place(tmp_path: Path) -> None:
    catalogue = (
        "oficial: {percent: 75}\nweights: {living: 0}\nindicators:\n"
        + entry("sama", "governance", "baseline: 1", "target: 1")
        + entry("sama", "ekonomi", "baseline: 0", "target: 1")
        + entry("Besar", "economy", "baseline: 0", "target: satu")
        + entry("a", "economy", "baseline: 0", "target: 1")
        + entry("turun", "economy", "direction: lower", "baseline: 0", "target: 1")
        + entry("otomatis", "economy", "baseline: 0", "target: 1", "feed: https")
        + entry("asing", "economy", "baseline: 0", "target: 1", "feed: on_time", "of: [OPD]")
        + entry("salah", "economy", "baseline: 0", "target: 1", "feed: https", "of: [OPDD]")
        + entry("manual", "economy", "baseline: 0", "target: 1", "of: [OPD]")
        + entry("sama", "living", "baseline: 0", "target: 1")
    )
    found = messages(tmp_path, catalogue)
    assert [each.split(": ", 1)[1] for each in found] == [
        "unknown key 'oficial'; did you mean 'official'?",
        "weights.living: must be more than 0",
        "indicators[0].target: must be above the baseline, because higher is better (or write direction: lower)",
        "indicators[1].dimension: must be governance, economy, living, society, environment or branding; did you mean 'economy'?",
        "indicators[2].id: must be small letters, digits and '-', such as tk-situs-tersedia",
        "indicators[2].target: must be a number",
        "indicators[3].id: must be small letters, digits and '-', such as tk-situs-tersedia",
        "indicators[4].target: must be below the baseline, because lower is better",
        "indicators[5]: the key 'of' is missing: which targets 'https' is measured of",
        "indicators[6].of[0]: 'on_time' is measured of 'layanan:' only, not of situs:diskominfo",
        "indicators[7].of[0]: 'OPDD' is not a name of the registers; did you mean 'OPD'?",
        "indicators[8].of: belongs to an automatic indicator, which has a 'feed'",
        "indicators[9].id: 'sama' is already indicators[0]",
    ]


def test_a_dimension_without_an_indicator_is_a_mistake(tmp_path: Path) -> None:
    only = "indicators:\n" + entry("satu", "governance", "baseline: 0", "target: 1")
    (message,) = messages(tmp_path, only)
    assert "no indicator of the dimension economy, living, society, environment, branding" in message


@pytest.mark.parametrize("text", ["", "- a\n", "indicators: 3\n", "indicators:\n  - satu\n", "a: [\n"])
def test_a_file_that_is_no_catalogue_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    assert messages(tmp_path, text)


def test_the_shipped_catalogue_counts_something_of_our_own_in_every_dimension() -> None:
    config = load(PROJECT / "config.yaml", {name: kind.settings for name, kind in SHIPPED_KINDS.items()})
    assert {each.dimension for each in config.catalogue.automatic()} == set(Dimension)
    assert [each.id for each in config.catalogue.automatic() if not each.targets] == []
    assert len(config.catalogue.indicators) > len(config.catalogue.automatic()) > 15
    assert config.catalogue.official is not None


# -- special days


def test_the_file_of_joint_leave_agrees_with_what_the_library_knows() -> None:
    rows, mistakes = read_special_days((PROJECT / "data" / "reference" / "holidays.csv").read_bytes(), "holidays.csv")
    assert mistakes == ()
    known = set(holidays.country_holidays("ID", years=[2025, 2026], categories=("government",)))
    assert {each.day for each in rows if each.day.year in (2025, 2026)} == known


def test_offices_are_shut_on_public_holidays_and_joint_leave_unless_the_file_says_otherwise() -> None:
    shut = closed_days(
        (SpecialDay(date(2026, 3, 20), "Cuti", DayKind.JOINT_LEAVE), SpecialDay(date(2026, 1, 1), "x", DayKind.WORKING))
    )
    assert date(2026, 3, 21) in shut  # Idulfitri, from the library
    assert date(2026, 3, 20) in shut
    assert date(2026, 1, 1) not in shut
    assert date(2026, 3, 25) not in shut


def test_every_mistake_in_the_file_of_special_days_is_told() -> None:
    data = b"tanggal;nama;jenis\n2026-02-30;x;libur\n2026-01-01;;liburr\n2026-01-01;y;kerja\n"
    rows, mistakes = read_special_days(data, "holidays.csv")
    assert [each.name for each in rows] == ["y"]
    assert [str(each) for each in mistakes] == [
        "holidays.csv:2: 'date': '2026-02-30' is not a date such as 2026-11-24",
        "holidays.csv:3: 'name': must not be empty",
        "holidays.csv:3: 'kind': 'liburr' is not one of libur, cuti bersama, kerja; did you mean 'libur'?",
        "holidays.csv:4: 'date': '2026-01-01' is already on line 3",
    ]
