"""The register of hotspots: a spreadsheet as people keep it, and every mistake in it at once."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError
from command_centre.config.model import Config
from command_centre.domain.target import ParentKind, Target, TargetKind
from tests.support.configuration import GOOD_PARENTS, KINDS, TINY_CONFIG, write_config

CONFIG = TINY_CONFIG + "  hotspots: hotspots.csv\n  parents: parents.csv\n"
HEADER = "key;name;short_name;owner;isp;class_mbps;place_type"
ROW = "wifi:utara-0001;Taman 1;Taman 1;Diskominfo;Penyedia A;50;ruang publik"


def loaded(folder: Path, hotspots: str, config: str = CONFIG) -> Config:
    path = write_config(folder, config)
    (folder / "hotspots.csv").write_text(hotspots, encoding="utf-8")
    (folder / "parents.csv").write_text(GOOD_PARENTS, encoding="utf-8")
    return load(path, KINDS)


def hotspots_of(folder: Path, hotspots: str) -> tuple[Target, ...]:
    return loaded(folder, hotspots).targets_of(TargetKind.HOTSPOT)


def messages(folder: Path, hotspots: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        loaded(folder, hotspots)
    return [str(each).removeprefix(f"{folder}/") for each in refused.value.mistakes]


def test_a_hotspot_is_a_target_with_what_only_hotspots_have(tmp_path: Path) -> None:
    header = (
        f"{HEADER};kelurahan;latitude;longitude;capacity;parents;address;snmp;uplink;mqtt_device;expected_every;valid_from;note"
    )
    row = f"{ROW};Lhoktuan;0,17;117,477;25;induk:penyedia-a listrik:loktuan;192.0.2.9:1161;lama;ether1;ap-9;5m;1/10/2024;di atap"
    (hotspot,) = hotspots_of(tmp_path, f"{header}\n{row}\n")
    assert (hotspot.key, hotspot.kind, hotspot.group, hotspot.owner) == ("wifi:utara-0001", "hotspot", "Wi-Fi", "Diskominfo")
    assert (hotspot.place.kelurahan, hotspot.place.kecamatan, hotspot.place.latitude) == ("64.74.01.1003", "64.74.01", 0.17)
    assert hotspot.attributes == {
        "isp": "Penyedia A",
        "class_mbps": "50",
        "place_type": "ruang publik",
        "capacity": "25",
        "snmp": "lama",
        "uplink": "ether1",
        "mqtt_device": "ap-9",
        "note": "di atap",
    }
    assert hotspot.address == "192.0.2.9:1161"
    assert (hotspot.parents, hotspot.valid_from) == (("induk:penyedia-a", "listrik:loktuan"), date(2024, 10, 1))


def test_what_is_not_known_is_absent_and_a_capacity_is_the_usual_one(tmp_path: Path) -> None:
    (hotspot,) = hotspots_of(tmp_path, f"{HEADER}\n{ROW}\n")
    assert (hotspot.address, hotspot.place.latitude, hotspot.parents, hotspot.valid_from) == (None, None, (), None)
    assert hotspot.attributes["capacity"] == "30"
    assert "mqtt_device" not in hotspot.attributes


def test_a_spreadsheet_may_have_indonesian_headings_and_loose_spellings(tmp_path: Path) -> None:
    exported = (
        "\ufeffsep=,\r\nKunci,Nama Titik,Nama Singkat,OPD,Penyedia,Kelas,Jenis Tempat,Kelurahan,Permukiman,Lintang,Bujur\r\n"
        "wifi:selatan-0007,Pesisir 1,Melahing 1,Diskominfo,penyedia a,7 Mbps,Pesisir,Kel. Tj. L. Indah,Melahing,"
        '"0,1089","117,5369"\r\n'
        "wifi:selatan-0008,Musala 3,Musala 3,Diskominfo,PENYEDIA B,050,Rumah ibadah,Berebas Tengah,,,\r\n"
    )
    coast, worship = hotspots_of(tmp_path, exported)
    assert (coast.attributes["settlement"], coast.attributes["class_mbps"], coast.attributes["isp"]) == (
        "Malahing",
        "7",
        "Penyedia A",
    )
    assert (coast.place.kelurahan, coast.place.longitude) == ("64.74.02.1006", 117.5369)
    assert (worship.attributes["place_type"], worship.attributes["class_mbps"]) == ("ibadah", "50")
    assert worship.place.kelurahan == "64.74.02.1002"


def test_every_mistake_of_a_spreadsheet_is_told_at_once(tmp_path: Path) -> None:
    """Issue 3: wrong kelurahan, duplicate key, coordinates outside the city, missing provider, and a circle of parents."""
    header = f"{HEADER};kelurahan;latitude;longitude;parents"
    rows = [
        f"{ROW};Loktuwan;0.17;117.47;",
        f"{ROW};Loktuan;0.17;117.47;",
        "wifi:utara-0003;Taman 3;Taman 3;Diskominfo;;50;ruang publik;Loktuan;-1.26;116.83;",
        "wifi:utara-0004;Taman 4;Taman 4;Diskominfo;Penyedia A;100;taman;Loktuan;;;wifi:utara-0005",
        "wifi:utara-0005;Taman 5;Taman 5;Diskominfo;Penyedia A;50;taman;Loktuan;;;wifi:utara-0004 induk:penyedia-z",
    ]
    assert messages(tmp_path, "\n".join([header, *rows])) == [
        "hotspots.csv:2: 'kelurahan': 'Loktuwan' is not a kelurahan; did you mean 'Loktuan'?",
        "hotspots.csv:3: 'key': 'wifi:utara-0001' is already on line 2",
        "hotspots.csv:4: 'isp': must not be empty",
        "hotspots.csv:4: 'latitude': -1.26, 116.83 lies outside the city",
        "hotspots.csv:5: 'class_mbps': '100' is not a class (there are: 7, 20, 50 Mbps)",
        "hotspots.csv:5: 'parents': 'wifi:utara-0004' is among its own parents",
        "hotspots.csv:6: 'parents': 'induk:penyedia-z' is not a key of the register; did you mean 'induk:penyedia-a'?",
        "hotspots.csv:6: 'parents': 'wifi:utara-0005' is among its own parents",
    ]


def test_two_hotspots_may_not_be_one_device(tmp_path: Path) -> None:
    """A hotspot without a name of its own is called by the end of its key: nobody else may be called so."""
    rows = f"{ROW};utara-0002\nwifi:utara-0002;Taman 2;Taman 2;Diskominfo;Penyedia A;50;taman;\n"
    assert messages(tmp_path, f"{HEADER};mqtt_device\n{rows}") == [
        "hotspots.csv:3: 'mqtt_device': 'utara-0002' is already the name of the hotspot on line 2"
    ]


def test_the_city_says_which_providers_and_classes_there_are(tmp_path: Path) -> None:
    config = CONFIG + "  providers: [Icon, Telkom]\n  classes: [100]\n"
    row = ROW.replace("Penyedia A;50", "telkom;100")
    (hotspot,) = loaded(tmp_path, f"{HEADER}\n{row}\n", config).targets_of(TargetKind.HOTSPOT)
    assert (hotspot.attributes["isp"], hotspot.attributes["class_mbps"]) == ("Telkom", "100")


def test_parents_are_no_targets_and_keep_their_order(tmp_path: Path) -> None:
    config = loaded(tmp_path, f"{HEADER}\n{ROW}\n")
    assert [(each.key, each.kind) for each in config.parents] == [
        ("induk:penyedia-a", ParentKind.UPLINK),
        ("listrik:loktuan", ParentKind.POWER),
    ]
    assert not {each.key for each in config.parents} & {each.key for each in config.targets}


def test_of_parents_with_mistakes_nobody_can_say_who_is_missing(tmp_path: Path) -> None:
    """One mistake is one message: the 721 hotspots below a mistyped parent are not wrong as well."""
    path = write_config(tmp_path, CONFIG)
    (tmp_path / "hotspots.csv").write_text(f"{HEADER};parents\n{ROW};induk:penyedia-a\n", encoding="utf-8")
    (tmp_path / "parents.csv").write_text(GOOD_PARENTS.replace("induk:", "induk "), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(path, KINDS)
    assert [each.where for each in refused.value.mistakes] == ["'key'"]


@pytest.mark.parametrize("name", ["hotspots", "parents"])
def test_a_register_that_is_not_there_is_one_mistake(tmp_path: Path, name: str) -> None:
    path = write_config(tmp_path, CONFIG)
    for each in {"hotspots": f"{HEADER};parents\n{ROW};induk:penyedia-a\n", "parents": GOOD_PARENTS}.items():
        if each[0] != name:
            (tmp_path / f"{each[0]}.csv").write_text(each[1], encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(path, KINDS)
    assert [each.where for each in refused.value.mistakes] == [f"inventory.{name}"]


def test_an_empty_register_of_parents_is_not_taken_for_none(tmp_path: Path) -> None:
    path = write_config(tmp_path, CONFIG)
    (tmp_path / "hotspots.csv").write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    (tmp_path / "parents.csv").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(path, KINDS)
    assert [each.sentence for each in refused.value.mistakes] == ["is empty; the first line must name the columns"]


def test_a_changed_register_is_another_configuration(tmp_path: Path) -> None:
    before = loaded(tmp_path, f"{HEADER}\n{ROW}\n").config_hash
    assert loaded(tmp_path, f"{HEADER}\n{ROW.replace('50', '20')}\n").config_hash != before


def test_a_register_that_nobody_looks_at_is_a_warning_as_soon_as_somebody_could(tmp_path: Path) -> None:
    path = write_config(tmp_path, CONFIG)
    (tmp_path / "hotspots.csv").write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    (tmp_path / "parents.csv").write_text(GOOD_PARENTS, encoding="utf-8")
    assert load(path, KINDS).warnings == ()
    (warning,) = load(path, {**KINDS, "hotspots_mqtt": KINDS["websites"]}).warnings
    assert (warning.where, warning.sentence) == (
        "inventory.hotspots",
        "no collector of kind 'hotspots_mqtt' looks at these hotspots",
    )


def test_a_hotspot_is_due_as_often_as_its_quickest_collector_looks_or_as_its_row_says(tmp_path: Path) -> None:
    text = CONFIG.replace("mode: demo", "mode: live\ncity:\n  contact: cc@bontang.example")
    text = text.replace("inventory:", "  - {kind: hotspots_snmp, every: 2m}\n  - {kind: hotspots_mqtt, every: 30s}\ninventory:")
    slower = ROW.replace("0001", "0002") + ";5m"
    path = write_config(tmp_path, text)
    (tmp_path / "hotspots.csv").write_text(f"{HEADER};expected_every\n{ROW};\n{slower}\n", encoding="utf-8")
    (tmp_path / "parents.csv").write_text(GOOD_PARENTS, encoding="utf-8")
    kinds = dict.fromkeys(("websites", "hotspots_snmp", "hotspots_mqtt"), KINDS["websites"])
    config = load(path, kinds)
    assert {each.expected_every for each in config.targets_of(TargetKind.SITE)} == {timedelta(seconds=60)}
    assert [each.expected_every for each in config.targets_of(TargetKind.HOTSPOT)] == [
        timedelta(seconds=30),
        timedelta(minutes=5),
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text('ab1:;,-."\n\r=°', max_size=12), min_size=1, max_size=30), quoted=st.booleans())
def test_any_spreadsheet_is_a_register_or_a_list_of_mistakes(tmp_path: Path, cells: list[str], quoted: bool) -> None:
    mark = '"' if quoted else ""
    rows = ";".join(f"{mark}{each}{mark}" for each in cells)
    with contextlib.suppress(ConfigError):  # and nothing else
        loaded(tmp_path, f"{HEADER};kelurahan;latitude;longitude;parents;address;mqtt_device;capacity\n{rows}\n")
