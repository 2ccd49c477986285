"""The register of services, their deadlines and hours: what people write, and every mistake in it at once."""

from __future__ import annotations

import contextlib
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import KINDS as SHIPPED_KINDS
from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError
from command_centre.config.model import Config
from command_centre.config.service_levels import next_due, parse_due, parse_hours, parse_service_level
from command_centre.domain.target import Dimension, TargetKind
from command_centre.domain.working_time import ALWAYS_OPEN, Counting, ServiceLevel
from tests.support.configuration import KINDS, PROJECT, TINY_CONFIG, write_config

CONFIG = TINY_CONFIG + "  services: services.csv\n"
HEADER = "key;name;short_name;owner;dimension;part_of;address;preset;definition;sla;hours;due"
GOOD = "layanan:a;Layanan A;A;Dinas A;economy;;https://a.example/api;ckan;a.yaml;6 hari kerja;24 jam;11-30"


def loaded(folder: Path, *rows: str) -> Config:
    path = write_config(folder, CONFIG)
    (folder / "services.csv").write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return load(path, KINDS)


def messages(folder: Path, *rows: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        loaded(folder, *rows)
    return [str(each).replace(f"{folder}/", "") for each in refused.value.mistakes]


def test_a_service_is_a_target_with_what_only_services_have(tmp_path: Path) -> None:
    (service,) = loaded(tmp_path, GOOD).targets_of(TargetKind.SERVICE)
    assert (service.key, service.group, service.dimension) == ("layanan:a", "Layanan", Dimension.ECONOMY)
    assert service.address == "https://a.example/api"
    assert service.attributes == {
        "preset": "ckan", "definition": "a.yaml", "sla": "6 hari kerja", "hours": "24 jam", "due": "11-30",
    }  # fmt: skip


@pytest.mark.parametrize("written", ["", "belum ada", "Belum Ada", "-"])
def test_a_service_without_an_interface_stays_in_the_register(tmp_path: Path, written: str) -> None:
    (service,) = loaded(tmp_path, f"layanan:a;A;A;Dinas;living;;{written};;;;;").targets_of(TargetKind.SERVICE)
    assert service.address is None


def test_every_mistake_of_the_register_is_told_at_once(tmp_path: Path) -> None:
    assert messages(
        tmp_path,
        "layanan:a;A;A;Dinas;ekonomi;;ftp://a;CKAN;../a.yaml;besok;kapan saja;31-12",
        "layanan:b;B;B;Dinas;economy;layanan:x;https://u:p@a.example/;;;;;",
        "layanan:c;C;C;Dinas;economy;layanan:d;;;;;;",
        "layanan:d;D;D;Dinas;economy;layanan:e;;;;;;",
        "layanan:e;E;E;Dinas;economy;;;;;;;",
        "layanan:f;F;F;Dinas;economy;layanan:f;;;;;;",
        "layanan:e;E lagi;E;Dinas;economy;;;;;;;",
    ) == [
        f"services.csv:2: 'dimension': 'ekonomi' is not one of {', '.join(Dimension)}; did you mean 'economy'?",
        "services.csv:2: 'address': 'ftp://a' does not begin with http:// or https:// (leave it empty where there is none yet)",
        "services.csv:2: 'sla': 'besok' is not a service level such as 1x24 jam, 6 hari kerja or 8 jam kerja",
        "services.csv:2: 'hours': 'kapan saja' is not opening hours such as 24 jam or Sen-Kam 07.30-16.00, Jum 07.30-11.30",
        "services.csv:2: 'due': '31-12' is a day that no calendar has",
        "services.csv:2: 'preset': 'CKAN' is not the name of a preset: small letters, digits, '-', '_'",
        "services.csv:2: 'definition': '../a.yaml' is not the name of a file such as sp4n.yaml, without a folder",
        "services.csv:3: 'address': the address carries a user name or password; that does not belong in a register",
        "services.csv:3: 'part_of': 'layanan:x' is not a key of the register; did you mean 'layanan:f'?",
        "services.csv:4: 'part_of': 'layanan:d' is a part itself, of 'layanan:e'; parts have no parts",
        "services.csv:7: 'part_of': a service cannot be a part of itself",
        "services.csv:8: 'key': 'layanan:e' is already on line 6",
    ]


def test_a_window_may_name_services(tmp_path: Path) -> None:
    window = '\nwindows:\n  - name: Cadangan\n    targets: [Layanan]\n    days: [sabtu]\n    from: "22:00"\n    until: "23:00"\n'
    path = write_config(tmp_path, CONFIG + window)
    (tmp_path / "services.csv").write_text(f"{HEADER}\n{GOOD}\n", encoding="utf-8")
    assert load(path, KINDS).windows[0].targets == {"layanan:a"}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("1x24 jam", ServiceLevel(Counting.CLOCK, timedelta(days=1))),
        ("2×24 jam", ServiceLevel(Counting.CLOCK, timedelta(days=2))),
        ("3 X 24 Jam", ServiceLevel(Counting.CLOCK, timedelta(days=3))),
        ("30 menit", ServiceLevel(Counting.CLOCK, timedelta(minutes=30))),
        ("6 hari kerja", ServiceLevel(Counting.WORKING_DAYS, days=6)),
        ("6 working days", ServiceLevel(Counting.WORKING_DAYS, days=6)),
        ("8 jam kerja", ServiceLevel(Counting.WORKING_HOURS, timedelta(hours=8))),
        ("14 hari", ServiceLevel(Counting.CLOCK, timedelta(days=14))),
    ],
)
def test_a_service_level_is_read_as_people_write_it(text: str, level: ServiceLevel) -> None:
    assert parse_service_level(text) == level


@pytest.mark.parametrize(
    "text", ["0 hari kerja", "0 menit", "367 hari", "1x25 jam", "enam hari kerja", "-1 jam", "999x24 jam", ""]
)
def test_a_promise_that_nobody_can_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"service level|at most 366 days"):
        parse_service_level(text)


def test_opening_hours_may_differ_by_day_and_have_breaks() -> None:
    hours = parse_hours("Sen-Kam 07.30-12.00, 13.00-16.00; Jum 07:30-11:30")
    assert hours[0] == ((time(7, 30), time(12)), (time(13), time(16)))
    assert hours[3] == hours[0]
    assert hours[4] == ((time(7, 30), time(11, 30)),)
    assert set(hours) == {0, 1, 2, 3, 4}
    assert parse_hours("Sab-Min 22.00-24.00") == {5: ((time(22), time(0)),), 6: ((time(22), time(0)),)}
    assert parse_hours("24 jam") == ALWAYS_OPEN


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("08.00-16.00", "must begin with a day"),
        ("Sen 16.00-08.00", "closes before it opens"),
        ("Sen 08.00-12.00, 11.00-16.00", "overlap"),
        ("Sen 25.00-26.00", "no clock shows"),
        ("Sen-Xyz 08.00-16.00", "not a day of the week"),
    ],
)
def test_hours_that_cannot_be_are_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_hours(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    for parse in (parse_service_level, parse_hours, parse_due):
        with contextlib.suppress(ValueError):  # anything else would be ours
            parse(text)


def test_a_day_of_submission_comes_every_year_or_once() -> None:
    assert next_due("11-30", date(2026, 11, 24)) == date(2026, 11, 30)
    assert next_due("11-30", date(2026, 11, 30)) == date(2026, 11, 30)
    assert next_due("11-30", date(2026, 12, 1)) == date(2027, 11, 30)
    assert next_due("2026-07-01", date(2026, 11, 24)) == date(2026, 7, 1)
    assert next_due("2-29", date(2026, 3, 1)) == date(2028, 2, 29)


def test_the_shipped_register_names_its_sources_and_invents_no_address() -> None:
    config = load(PROJECT / "config.yaml", {name: kind.settings for name, kind in SHIPPED_KINDS.items()})
    services = config.targets_of(TargetKind.SERVICE)
    assert {each.key for each in services} >= {"layanan:e-planning", "layanan:e-budgeting", "layanan:e-delivery", "layanan:112"}
    assert [each.key for each in services if not each.source] == []
    assert [each.key for each in services if each.address is not None] == []  # none of them has a published interface
    wholes = [each.key for each in services if "part_of" not in each.attributes]
    assert len(wholes) == 6
