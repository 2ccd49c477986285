"""Windows as a person writes them: for what hotspots have in common, by the month, around prayers, for a season."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError
from command_centre.config.model import Config
from command_centre.domain.calendar import AroundPrayers, Interval, Monthly, Window
from command_centre.domain.prayer import Prayer, prayer_times
from command_centre.domain.target import TargetKey
from command_centre.pipeline.rulebook import Rulebook
from tests.support.configuration import KINDS, TINY_CONFIG, write_config

HOTSPOTS = """\
key;name;short_name;owner;isp;class_mbps;place_type;kelurahan;settlement;parents
wifi:utara-0001;Masjid 1;Masjid 1;Diskominfo;Penyedia A;50;ibadah;Loktuan;;induk:penyedia-a-utara listrik:loktuan
wifi:utara-0002;Taman 1;Taman 1;Diskominfo;Penyedia B;50;ruang publik;Loktuan;;listrik:loktuan
wifi:selatan-0001;Pesisir 1;Pesisir 1;Diskominfo;Penyedia A;7;pesisir;Tanjung Laut Indah;Malahing;
wifi:selatan-0002;Kantor 1;Kantor 1;Diskominfo;Penyedia A;20;kantor layanan;Berbas Tengah;;induk:penyedia-a
"""
PARENTS = """\
key;name;short_name;owner;parents
induk:penyedia-a;Jaringan A;A;Penyedia A;
induk:penyedia-a-utara;Uplink A Utara;A Utara;Penyedia A;induk:penyedia-a
listrik:loktuan;Listrik Loktuan;Loktuan;PLN;
"""
WEEKLY = 'days: [jumat], from: "22:00", until: "02:00"'


def windows_of(folder: Path, *entries: str) -> tuple[Window, ...]:
    return configured(folder, *entries).windows


def configured(folder: Path, *entries: str) -> Config:
    config = TINY_CONFIG + "  hotspots: hotspots.csv\n  parents: parents.csv\nwindows:\n"
    path = write_config(folder, config + "".join(f"  - {{name: Contoh, {each}}}\n" for each in entries))
    (folder / "hotspots.csv").write_text(HOTSPOTS, encoding="utf-8")
    (folder / "parents.csv").write_text(PARENTS, encoding="utf-8")
    return load(path, KINDS)


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("wifi:utara-0002", "utara-0002"),
        ("Wi-Fi", "selatan-0001 selatan-0002 utara-0001 utara-0002"),
        ("jenis:ibadah", "utara-0001"),
        ("jenis:rumah ibadah", "utara-0001"),
        ("jenis: Ruang Publik", "utara-0002"),
        ("kelas:50", "utara-0001 utara-0002"),
        ("penyedia:Penyedia A", "selatan-0001 selatan-0002 utara-0001"),
        ("kelurahan:Loktuan", "utara-0001 utara-0002"),
        ("kelurahan:Lok Tuan", "utara-0001 utara-0002"),
        ("kelurahan:64.74.02.1002", "selatan-0002"),
        ("kecamatan:Utara", "utara-0001 utara-0002"),
        ("kecamatan:Bontang Selatan", "selatan-0001 selatan-0002"),
        ("permukiman:Melahing", "selatan-0001"),
        ("listrik:loktuan", "utara-0001 utara-0002"),
        ("induk:penyedia-a-utara", "utara-0001"),
        ("induk:penyedia-a", "selatan-0002 utara-0001"),
    ],
)
def test_hotspots_are_named_by_what_they_have_in_common(tmp_path: Path, name: str, members: str) -> None:
    (window,) = windows_of(tmp_path, f'targets: ["{name}"], {WEEKLY}')
    assert " ".join(sorted(each.removeprefix("wifi:") for each in window.targets)) == members


def test_a_kelurahan_means_the_hotspots_that_stand_there_and_not_the_site_of_its_office(tmp_path: Path) -> None:
    (window,) = windows_of(tmp_path, f'targets: ["kelurahan:Loktuan", Kelurahan], {WEEKLY}')
    assert {each.partition(":")[0] for each in window.targets} == {"wifi", "situs"}
    assert "situs:kel-loktuan" in window.targets  # by its group, not by its place
    (only,) = windows_of(tmp_path, f'targets: ["kelurahan:Loktuan"], {WEEKLY}')
    assert {each.partition(":")[0] for each in only.targets} == {"wifi"}


def test_the_hours_of_prayer_are_those_of_the_city(tmp_path: Path) -> None:
    (window,) = windows_of(
        tmp_path, 'targets: ["jenis:ibadah"], prayer: {times: [dzuhur, Isya], before: 10m, after: 20m, friday_after: 1h}'
    )
    assert window.when == AroundPrayers(
        frozenset({Prayer.DHUHR, Prayer.ISHA}),
        timedelta(minutes=10),
        timedelta(minutes=20),
        0.13,
        117.49,
        timedelta(hours=1),
    )


def test_a_window_around_all_prayers_needs_no_more_than_the_word(tmp_path: Path) -> None:
    (window,) = windows_of(tmp_path, 'targets: ["jenis:ibadah"], prayer: {}')
    assert isinstance(window.when, AroundPrayers)
    assert window.when.prayers == frozenset(Prayer)


def test_around_the_noon_prayer_of_fridays_only(tmp_path: Path) -> None:
    config = configured(tmp_path, 'targets: ["jenis:ibadah"], days: [jumat], prayer: {times: [zuhur], after: 60m}')
    week = Interval(datetime(2026, 11, 23, tzinfo=config.zone), datetime(2026, 11, 30, tzinfo=config.zone))
    (friday,) = config.windows[0].intervals(week, config.zone)
    assert friday.start.astimezone(config.zone).date() == date(2026, 11, 27)


def test_the_last_night_of_february_and_of_any_month(tmp_path: Path) -> None:
    leap, every = windows_of(
        tmp_path,
        'targets: [OPD], dates: [29, -1], months: [februari], from: "23:00", until: "24:00"',
        'targets: [OPD], dates: [-1], from: "23:00", until: "24:00"',
    )
    assert leap.when == Monthly(frozenset({29, -1}), time(23), time(0), frozenset({2}))
    assert every.when == Monthly(frozenset({-1}), time(23), time(0))


def test_quiet_days_before_an_election_end_with_their_last_day(tmp_path: Path) -> None:
    """13 to 16 February 2024: "24:00" is the end of its day."""
    (window,) = windows_of(tmp_path, 'targets: ["jenis:ruang publik"], from: 2024-02-13 00:00, until: 2024-02-16 24:00')
    zone = configured(tmp_path).zone
    (only,) = window.intervals(Interval(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC)), zone)
    assert only == Interval(datetime(2024, 2, 13, tzinfo=zone), datetime(2024, 2, 17, tzinfo=zone))


def test_a_season_has_a_first_and_a_last_day(tmp_path: Path) -> None:
    (window,) = windows_of(tmp_path, f'targets: ["jenis:ibadah"], {WEEKLY}, first_day: 2026-02-19, last_day: 2026-03-19')
    assert (window.first_day, window.last_day) == (date(2026, 2, 19), date(2026, 3, 19))


def test_a_window_holds_for_its_targets_however_they_are_looked_at(tmp_path: Path) -> None:
    """BEHAVIOUR M3: the recorder asks by key and time; a pushed reading and a polled one meet the same answer."""
    config = configured(tmp_path, 'targets: ["jenis:ibadah", situs:setda], prayer: {times: [zuhur]}')
    rulebook = Rulebook.of((), config.windows, config.zone)
    noon = prayer_times(date(2026, 11, 23), config.city.latitude, config.city.longitude)[Prayer.DHUHR]
    answers = {key: rulebook.is_planned(TargetKey(key), noon) for key in ("wifi:utara-0001", "situs:setda", "wifi:utara-0002")}
    assert answers == {"wifi:utara-0001": True, "situs:setda": True, "wifi:utara-0002": False}
    assert not rulebook.is_planned(TargetKey("wifi:utara-0001"), noon + timedelta(minutes=25))


@pytest.mark.parametrize(
    "name", ["jenis:ibadah", "kelas:20", "penyedia:Penyedia A", "Wi-Fi", "kelurahan:Loktuan", "kecamatan:Utara"]
)
@pytest.mark.parametrize("register", [None, HOTSPOTS.splitlines()[0] + "\n"])
def test_a_city_without_hotspots_may_keep_what_it_agreed_about_them(tmp_path: Path, name: str, register: str | None) -> None:
    text = TINY_CONFIG + ("" if register is None else "  hotspots: hotspots.csv\n")
    path = write_config(tmp_path, text + f'windows:\n  - {{name: Waktu salat, targets: ["{name}"], {WEEKLY}}}\n')
    (tmp_path / "hotspots.csv").write_text(register or "", encoding="utf-8")
    config = load(path, KINDS)
    assert config.windows == ()
    assert f"'{name}' means nothing now: its register lists nothing" in [each.sentence for each in config.warnings]


@pytest.mark.parametrize("name", ["jenis:ibadat", "kelas:21", "WiFi", "kelurahan:Loktuwan", "wifi:utara-0001"])
def test_a_wrong_name_is_a_mistake_also_where_there_are_no_hotspots(tmp_path: Path, name: str) -> None:
    path = write_config(tmp_path, TINY_CONFIG + f'windows:\n  - {{name: Salah, targets: ["{name}"], {WEEKLY}}}\n')
    with pytest.raises(ConfigError, match="is neither a key nor a group of the register"):
        load(path, KINDS)
