"""The loader as a whole: all mistakes at once, nothing half applied, no exception but ConfigError."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command_centre.config.loading import KEYS, load
from command_centre.config.mistakes import ConfigError, Mistake
from command_centre.config.model import Config, Mode
from command_centre.domain.calendar import Interval
from command_centre.domain.target import TargetKey
from tests.support.configuration import GOOD_SITES, KINDS, TINY_CONFIG, TinySettings, write_config

COLUMNS = "key;name;short_name;owner;group;kelurahan;address\n"


def refusals(path: Path) -> tuple[Mistake, ...]:
    with pytest.raises(ConfigError) as refused:
        load(path, KINDS)
    return refused.value.mistakes


def test_a_small_configuration_is_complete_through_its_defaults(tmp_path: Path) -> None:
    config = load(write_config(tmp_path), KINDS)
    assert config.mode is Mode.DEMO
    assert config.city.timezone == "Asia/Makassar"
    assert config.retention.raw == timedelta(days=30)
    assert config.retention.daily is None
    assert [each.key for each in config.targets] == ["situs:diskominfo", "situs:kel-loktuan", "situs:setda"]
    assert len(config.kelurahan) == 15
    assert isinstance(config.collectors[0].settings, TinySettings)
    assert config.warnings == ()


def test_a_site_without_an_address_stays_in_the_register(tmp_path: Path) -> None:
    setda = load(write_config(tmp_path), KINDS).targets[2]
    assert setda.address is None


def test_the_kelurahan_brings_its_kecamatan_and_latitude_zero_point_is_a_place(tmp_path: Path) -> None:
    sites = "key;name;short_name;owner;group;kelurahan;latitude;longitude;address\n"
    sites += "situs:a;Situs A;A;A;OPD;Lhoktuan;0,05;117,48;\n"
    place = load(write_config(tmp_path, sites=sites), KINDS).targets[0].place
    assert (place.kelurahan, place.kecamatan) == ("64.74.01.1003", "64.74.01")
    assert (place.latitude, place.longitude) == (0.05, 117.48)


def test_the_demo_sets_the_pace_of_collectors_and_targets(tmp_path: Path) -> None:
    path = write_config(tmp_path, TINY_CONFIG + "demo:\n  every: 5s\n  timeout: 2s\n  retry_after: 1s\n")
    config = load(path, KINDS)
    (collector,) = config.collectors
    assert (collector.every, collector.timeout, collector.retry_after) == (
        timedelta(seconds=5),
        timedelta(seconds=2),
        timedelta(seconds=1),
    )
    assert {each.expected_every for each in config.targets} == {timedelta(seconds=5)}


def test_live_mode_keeps_the_pace_that_is_written(tmp_path: Path) -> None:
    text = TINY_CONFIG.replace("mode: demo", "mode: live\ncity:\n  contact: cc@bontang.example")
    config = load(write_config(tmp_path, text), KINDS)
    assert {each.expected_every for each in config.targets} == {timedelta(seconds=60)}
    assert config.as_demo().targets[0].expected_every == config.demo.every
    assert [each.where for each in config.warnings] == ["uplink"]


def test_all_mistakes_come_at_once_each_with_its_place_and_a_picture(tmp_path: Path) -> None:
    text = """\
mode: live
citty:
  name: Bontang
collectors:
  - kind: websites
    evry: 60
    timeout: 10
walls:
  - name: utama
    screens: [ringkasn]
inventory:
  sites: sites.csv
"""
    sites = COLUMNS + "situs:a;Situs A;A;A;OPD;Loktuwan;\nsitus:b;Situs B;B;B;OPD;;b.example\n"
    mistakes = refusals(write_config(tmp_path, text, sites))
    assert [each.line for each in mistakes] == [1, 2, 6, 7, 10, 2, 3]
    printed = str(ConfigError(mistakes))
    assert "config.yaml:6:5: collectors[0]: unknown key 'evry'; did you mean 'every'?\n        evry: 60\n        ^" in printed
    assert "sites.csv:2: 'kelurahan': 'Loktuwan' is not a kelurahan; did you mean 'Loktuan'?" in printed


def test_one_typo_in_840_rows_is_that_one_message_and_nothing_is_applied(tmp_path: Path) -> None:
    """BEHAVIOUR C2."""
    rows = [f"situs:s{n};Situs nomor {n};S {n};Dinas;OPD;Loktuan;http://s{n}.example.test/" for n in range(840)]
    rows[411] = rows[411].replace("Loktuan", "Loktuwan")
    path = write_config(tmp_path, sites=COLUMNS + "\n".join(rows) + "\n")
    (mistake,) = refusals(path)
    assert str(mistake) == f"{tmp_path}/sites.csv:413: 'kelurahan': 'Loktuwan' is not a kelurahan; did you mean 'Loktuan'?"


def test_a_broken_edit_leaves_the_configuration_in_force_as_it_is(tmp_path: Path) -> None:
    """BEHAVIOUR C1: valid, invalid, valid. Keeping the old one is possible because a load changes nothing."""
    path = write_config(tmp_path)
    before = load(path, KINDS)
    copy = load(path, KINDS)
    path.write_text(TINY_CONFIG.replace("kind: websites", "kind: websit"), encoding="utf-8")
    refusals(path)
    assert before == copy
    path.write_text(TINY_CONFIG + "web:\n  port: 9000\n", encoding="utf-8")
    after = load(path, KINDS)
    assert (before.web.port, after.web.port) == (8050, 9000)
    assert before.config_hash != after.config_hash


def test_the_hash_changes_with_the_register_and_not_with_the_folder(tmp_path: Path) -> None:
    first, second, third = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    for each in (first, second, third):
        each.mkdir()
    hashes = [
        load(write_config(folder, sites=sites), KINDS).config_hash
        for folder, sites in (
            (first, GOOD_SITES),
            (second, GOOD_SITES),
            (third, GOOD_SITES.replace("Setda;Setda", "Setda;Sekda")),
        )
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_configuration_is_frozen(tmp_path: Path) -> None:
    config = load(write_config(tmp_path), KINDS)
    with pytest.raises(AttributeError):
        config.mode = Mode.LIVE  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        config.web.port = 1  # type: ignore[misc]


WINDOWS = """\
windows:
  - name: Cadangan
    targets: [Kelurahan, situs:setda]
    days: [jumat]
    from: "22:00"
    until: "02:00"
  - name: Pindah
    targets: [situs:diskominfo]
    from: 2026-12-05 08:00
    until: 2026-12-05T17:00+08:00
"""


def windows_of(tmp_path: Path) -> Config:
    return load(write_config(tmp_path, TINY_CONFIG + WINDOWS), KINDS)


@pytest.mark.parametrize(
    ("clock", "inside"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("01:59", True), ("02:00", False)],
)
def test_one_entry_reaches_across_midnight(tmp_path: Path, clock: str, *, inside: bool) -> None:
    """BEHAVIOUR M1 and M2: Friday evening of Bontang, asked in UTC."""
    config = windows_of(tmp_path)
    day = 27 if clock.startswith("2") else 28  # 27 November 2026 is a Friday
    at = datetime.fromisoformat(f"2026-11-{day}T{clock}+08:00").astimezone(UTC)
    week = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
    assert any(each.contains(at) for each in config.windows[0].intervals(week, config.zone)) is inside


def test_a_window_names_groups_and_keys(tmp_path: Path) -> None:
    assert windows_of(tmp_path).windows[0].targets == {TargetKey("situs:kel-loktuan"), TargetKey("situs:setda")}


def test_a_window_once_is_meant_by_the_clock_of_the_city(tmp_path: Path) -> None:
    year = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    config = windows_of(tmp_path)
    assert config.windows[1].intervals(year, config.zone) == (
        Interval(datetime(2026, 12, 5, 0, tzinfo=UTC), datetime(2026, 12, 5, 9, tzinfo=UTC)),
    )


def test_a_whole_day_is_from_midnight_to_twenty_four(tmp_path: Path) -> None:
    text = TINY_CONFIG + WINDOWS.replace('"22:00"', '"00:00"').replace('"02:00"', '"24:00"')
    config = load(write_config(tmp_path, text), KINDS)
    week = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
    (day,) = config.windows[0].intervals(week, config.zone)
    assert day.length == timedelta(days=1)


def test_a_key_with_nothing_behind_it_is_as_good_as_none(tmp_path: Path) -> None:
    assert load(write_config(tmp_path, TINY_CONFIG + "windows:\nwalls:\nweb:\n"), KINDS).walls == ()


@pytest.mark.parametrize("name", ["nothing.yaml", "", ".", "no\x00name", "a" * 300])
def test_a_path_that_leads_to_no_file_is_a_mistake(tmp_path: Path, name: str) -> None:
    (mistake,) = refusals(tmp_path / name)
    assert mistake.line is None


def test_a_missing_file_is_told_with_its_neighbour(tmp_path: Path) -> None:
    write_config(tmp_path)
    (mistake,) = refusals(tmp_path / "confg.yaml")
    assert mistake.suggestion == "config.yaml"


def test_a_file_that_is_not_utf_8_says_on_which_line(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"mode: demo\ncity:\n  name: Caf\xe9\n")
    (mistake,) = refusals(path)
    assert (mistake.line, mistake.sentence) == (3, "is not UTF-8; save the file as UTF-8")


def test_a_configuration_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = write_config(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + TINY_CONFIG.replace("\n", "\r\n").encode())
    assert len(load(path, KINDS).targets) == 3


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "{a: " * 2000,
        "- " * 5000,
        "? " * 3000,
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "a: |\n" + "  x\n" * 5000,
        "mode: demo\nwalls: [" + "1," * 20_000 + "]",
        "x" * 300_000,
        "!!binary zzz=",
        "%YAML 9.9\n---\na: 1",
        "mode: !!int xx",
        "mode: 99999999999999999999e99999",
        "\x00",
        "\ufeff\ufeff",
        "a: \x85b",
        "mode: \ud7ff\U0010ffff",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_yaml_costs_little_and_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    began = datetime.now(tz=UTC)
    assert refusals(path)
    assert datetime.now(tz=UTC) - began < timedelta(seconds=10)  # a bound against explosion, not a measurement


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_configuration_or_a_list_of_mistakes(tmp_path: Path, data: bytes) -> None:
    load_or_refuse(tmp_path, data)


SIGNS = [
    "- ",
    ": ",
    "\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    ",",
    '"',
    "'",
    "#",
    "&a",
    "*a",
    "!!str ",
    "|",
    ">",
    "?",
    "\t",
    "---",
    "~",
    "é",
]
WORDS = [
    "mode",
    "demo",
    "live",
    "walls",
    "screens",
    "every",
    "60s",
    "situs",
    "name",
    "kind",
    "websites",
    "collectors",
    "null",
    "1",
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(SIGNS + WORDS), max_size=40))
def test_any_near_yaml_is_a_configuration_or_a_list_of_mistakes(tmp_path: Path, words: list[str]) -> None:
    load_or_refuse(tmp_path, "".join(words).encode())


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES | st.sampled_from(["60s", "forever", "situs:setda", "ringkasan"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefgh_", min_size=1, max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=st.dictionaries(st.sampled_from((*KEYS, "other")), VALUES, max_size=5))
def test_any_tree_of_values_is_a_configuration_or_a_list_of_mistakes(tmp_path: Path, tree: dict[str, object]) -> None:
    load_or_refuse(tmp_path, json.dumps(tree).encode())  # JSON is YAML


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200) | st.text('ab;,"\n\r=#', max_size=120).map(lambda text: (COLUMNS + text).encode()))
def test_any_register_is_a_register_or_a_list_of_mistakes(tmp_path: Path, data: bytes) -> None:
    path = write_config(tmp_path)
    (tmp_path / "sites.csv").write_bytes(data)
    try:
        load(path, KINDS)
    except ConfigError as refused:
        check_printable(refused)


def load_or_refuse(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(data)
    try:
        load(path, KINDS)
    except ConfigError as refused:
        check_printable(refused)


def check_printable(refused: ConfigError) -> None:
    assert refused.mistakes
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", str(refused))
