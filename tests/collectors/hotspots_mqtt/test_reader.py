"""Every kind of payload that devices send, through a mapping, to values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from collectors.hotspots_mqtt.flaws import FlawKind
from collectors.hotspots_mqtt.mapping import MappingError, parse_mapping, unknown_keys
from collectors.hotspots_mqtt.reader import Heard, Message, Presence, Reader

NOW = 1_772_434_900.0
KOTA = {
    "topic": "kota/wifi/{device}/telemetri",
    "format": "json",
    "fields": {"clients": "klien", "cpu_pct": "cpu"},
    "time": "ts",
}


def read(document: dict[str, Any], topic: str, payload: object, *, retained: bool = False) -> Heard:
    body = (
        payload if isinstance(payload, bytes) else payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
    )
    return Reader(parse_mapping(document)).read(Message(topic, body, NOW, retained))


def values(heard: Heard) -> dict[str, object]:
    return {sample.metric: sample.value for look in heard.looks for sample in look.samples}


def flaws(heard: Heard) -> list[FlawKind]:
    return [flaw.kind for flaw in (*heard.flaws, *(each for look in heard.looks for each in look.flaws))]


def presence(heard: Heard) -> dict[str, Presence | None]:
    return {look.device: look.presence for look in heard.looks}


# -- plain JSON


@pytest.mark.parametrize(
    ("fields", "payload", "expected"),
    [
        ({"clients": "klien"}, {"klien": 12}, {"clients": 12}),
        ({"clients": "klien"}, {"klien": "12"}, {"clients": 12}),
        ({"clients": "klien"}, {"klien": "12 klien"}, {"clients": 12}),
        ({"clients": "wifi.klien"}, {"wifi": {"klien": 3}}, {"clients": 3}),
        ({"clients": "wifi.klien"}, {"wifi.klien": 3}, {"clients": 3}),
        ({"clients": "radio[1].klien"}, {"radio": [{"klien": 1}, {"klien": 2}]}, {"clients": 2}),
        ({"clients": "radio[*].klien"}, {"radio": [{"klien": 1}, {"klien": 2}, {}]}, {"clients": 3}),
        ({"clients": {"path": "stasiun", "type": "count"}}, {"stasiun": ["a", "b", "c"]}, {"clients": 3}),
        ({"clients": "$.a['b c']"}, {"a": {"b c": 7}}, {"clients": 7}),
        ({"power_w": 'params["switch:0"].apower'}, {"params": {"switch:0": {"apower": 8.9}}}, {"power_w": 8.9}),
        ({"power_w": "params.switch:0.apower"}, {"params": {"switch:0": {"apower": 8.9}}}, {"power_w": 8.9}),
        ({"cpu_pct": "beban"}, {"beban": "38,5 %"}, {"cpu_pct": 38.5}),
        ({"cpu_pct": {"path": "beban", "unit": "ratio"}}, {"beban": 0.25}, {"cpu_pct": 25.0}),
        ({"mem_free_bytes": "bebas"}, {"bebas": "12.5 MiB"}, {"mem_free_bytes": 13107200.0}),
        ({"mem_free_bytes": {"path": "bebas", "unit": "kB"}}, {"bebas": 300}, {"mem_free_bytes": 300000.0}),
        ({"temperature_c": "suhu"}, {"suhu": "45C"}, {"temperature_c": 45}),
        ({"temperature_c": "suhu"}, {"suhu": "98.6 °F"}, {"temperature_c": pytest.approx(37.0)}),
        ({"temperature_c": {"path": "suhu", "scale": 0.1}}, {"suhu": 453}, {"temperature_c": pytest.approx(45.3)}),
        ({"signal_dbm": "rssi"}, {"rssi": "-57 dBm"}, {"signal_dbm": -57}),
        ({"total_bytes": {"path": "total", "type": "number_id"}}, {"total": "1.234.567"}, {"total_bytes": 1234567}),
        ({"biaya": {"path": "x", "type": "number_id"}}, {"x": "Rp 1.500,5"}, {"biaya": 1500.5}),
        ({"uptime_s": "up"}, {"up": "3w2d01:02:03"}, {"uptime_s": 1990923}),
        ({"uptime_s": "up"}, {"up": "1d2h3m4s"}, {"uptime_s": 93784}),
        ({"uptime_s": "up"}, {"up": "00:16:08"}, {"uptime_s": 968}),
        ({"uptime_s": "up"}, {"up": "12T03:04:05"}, {"uptime_s": 1047845}),
        ({"uptime_s": "up"}, {"up": "P1DT2H"}, {"uptime_s": 93600}),
        ({"uptime_s": "up"}, {"up": "3 days, 4:05:06"}, {"uptime_s": 273906}),
        ({"uptime_s": "up"}, {"up": "2 hari 3 jam 10 menit"}, {"uptime_s": 184200}),
        ({"uptime_s": {"path": "up", "unit": "ms"}}, {"up": 1500}, {"uptime_s": 1.5}),
        ({"firmware": "ros"}, {"ros": "7.15.3"}, {"firmware": "7.15.3"}),
        ({"relay": "POWER"}, {"POWER": "ON"}, {"relay": 1}),
        ({"relay": "POWER"}, {"POWER": False}, {"relay": 0}),
        ({"mode": {"path": "m", "words": {"Hemat": 1, "Penuh": 2}}}, {"m": "penuh"}, {"mode": 2}),
        ({"clients": "klien"}, {"klien": None}, {}),
        ({"clients": "klien"}, {"klien": "-"}, {}),
        ({"clients": "klien", "cpu_pct": "cpu"}, {"cpu": 5}, {"cpu_pct": 5}),
    ],
)
def test_a_value_is_read_from_where_the_mapping_says(
    fields: dict[str, Any], payload: object, expected: dict[str, object]
) -> None:
    assert values(read({**KOTA, "fields": fields}, "kota/wifi/ap-1/telemetri", payload)) == expected


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"", FlawKind.EMPTY),
        (b" \x00", FlawKind.EMPTY),
        (b'{"klien": 12, ', FlawKind.BAD_JSON),
        (bytes(range(256)), FlawKind.NOT_TEXT),
        (b"[" * 100_000, FlawKind.BAD_JSON),
        (b'{"klien": "' + b"x" * 300_000 + b'"}', FlawKind.TOO_LARGE),
        (b"12", FlawKind.WRONG_SHAPE),
        (b"[1, 2]", FlawKind.WRONG_SHAPE),
        (b"null", FlawKind.WRONG_SHAPE),
        (b'{"klien": "banyak"}', FlawKind.NOT_A_NUMBER),
        (b'{"klien": true}', FlawKind.NOT_A_NUMBER),
        (b'{"klien": {"n": 1}}', FlawKind.NOT_A_NUMBER),
        (b'{"klien": [1, 2]}', FlawKind.NOT_A_NUMBER),
        (b'{"klien": -3}', FlawKind.OUT_OF_RANGE),
        (b'{"klien": 1e400}', FlawKind.NOT_FINITE),
        (b'{"klien": NaN}', FlawKind.NOT_FINITE),
        (b'{"klien": "Infinity"}', FlawKind.NOT_FINITE),
        (b'{"klien": 1' + b"0" * 500 + b"}", FlawKind.NOT_FINITE),
        (b'{"cpu": "45 C"}', FlawKind.WRONG_UNIT),
        (b'{"lain": 1}', FlawKind.NO_VALUES),
        ("{'klien': 12}".encode("utf-16"), FlawKind.NOT_TEXT),
    ],
)
def test_a_malformed_payload_gives_no_value_and_says_why(payload: bytes, kind: FlawKind) -> None:
    heard = read(KOTA, "kota/wifi/ap-1/telemetri", payload)
    assert values(heard) == {}
    assert kind in flaws(heard)


def test_one_value_that_is_not_a_number_does_not_cost_the_others() -> None:
    heard = read(KOTA, "kota/wifi/ap-1/telemetri", b'{"klien": NaN, "cpu": 5}')
    assert values(heard) == {"cpu_pct": 5}
    assert flaws(heard) == [FlawKind.NOT_FINITE]


def test_padding_that_senders_add_is_taken_off() -> None:
    for payload in (b'\xef\xbb\xbf{"klien": 1}', b'{"klien": 1}\x00', b'\r\n {"klien": 1}\n'):
        assert values(read(KOTA, "kota/wifi/ap-1/telemetri", payload)) == {"clients": 1}


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("kota/wifi/ap-1/x/telemetri", FlawKind.UNKNOWN_TOPIC),
        ("kota/wifi/telemetri", FlawKind.UNKNOWN_TOPIC),
        ("/kota/wifi/ap-1/telemetri", FlawKind.UNKNOWN_TOPIC),
        ("kota/wifi//telemetri", FlawKind.NO_DEVICE),
        ("kota/wifi/+/telemetri", FlawKind.BAD_TOPIC),
        ("kota/wifi/a\x00b/telemetri", FlawKind.BAD_TOPIC),
        ("kota/wifi/\udcff/telemetri", FlawKind.BAD_TOPIC),
        ("", FlawKind.BAD_TOPIC),
        ("kota/wifi/" + "a" * 5000 + "/telemetri", FlawKind.BAD_TOPIC),
        ("kota/wifi/" + "a" * 500 + "/telemetri", FlawKind.NO_DEVICE),
    ],
)
def test_a_topic_that_is_none_of_ours_is_not_read(topic: str, kind: FlawKind) -> None:
    heard = read(KOTA, topic, {"klien": 1})
    assert values(heard) == {}
    assert flaws(heard) == [kind]


def test_a_list_of_records_names_its_devices_and_times() -> None:
    document = {
        "topic": "kota/agregat",
        "each": "titik",
        "device": "ap",
        "fields": {"clients": "klien"},
        "time": "ts",
    }
    records = {"titik": [{"ap": "a", "klien": 1, "ts": 1772434800}, {"ap": "b", "klien": 2}, {"klien": 3}, "x"]}
    heard = read(document, "kota/agregat", records)
    found = [(look.device, look.samples[0].value, look.samples[0].claim) for look in heard.looks]
    assert [each[:2] for each in found] == [("a", 1), ("b", 2)]
    assert found[0][2] is not None
    assert found[0][2].at == 1772434800
    assert flaws(heard) == [FlawKind.NO_DEVICE, FlawKind.NO_DEVICE]


def test_a_batch_of_one_device_keeps_each_records_time() -> None:
    heard = read(KOTA, "kota/wifi/ap-1/telemetri", [{"klien": 1, "ts": 1772434800}, {"klien": 2, "ts": 1772434810}])
    assert [(look.samples[0].value, look.samples[0].claim.at) for look in heard.looks if look.samples[0].claim] == [
        (1, 1772434800),
        (2, 1772434810),
    ]


def test_a_date_and_a_time_of_day_in_two_fields_belong_together() -> None:
    document = {**KOTA, "time": ["tanggal", "jam"]}
    heard = read(document, "kota/wifi/ap-1/telemetri", {"klien": 1, "tanggal": "mar/02/2026", "jam": "15:00:00"})
    claim = heard.looks[0].samples[0].claim
    assert claim is not None
    assert claim.at == 1772434800


# -- availability


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"online", Presence.THERE),
        (b"Online", Presence.THERE),
        (b'"online"', Presence.THERE),
        (b" offline\n", Presence.GONE),
        (b'{"state": "offline"}', Presence.GONE),
        (b"restarting", None),
    ],
)
def test_an_availability_word_is_found_however_it_is_wrapped(payload: bytes, expected: Presence | None) -> None:
    document = {**KOTA, "status_topic": "kota/wifi/{device}/status", "availability": {"up": ["online"], "down": ["offline"]}}
    assert presence(read(document, "kota/wifi/ap-1/status", payload)) == {"ap-1": expected}


def test_true_and_false_can_be_availability_words() -> None:
    document = {"topic": "shellies/{device}/online", "format": "plain", "availability": {"up": ["true"], "down": ["false"]}}
    assert presence(read(document, "shellies/pju-1/online", "false")) == {"pju-1": Presence.GONE}
    document = {"topic": "x/{device}", "format": "json", "availability": {"path": "ok", "up": [True], "down": [False]}}
    assert presence(read(document, "x/pju-1", {"ok": True})) == {"pju-1": Presence.THERE}


def test_a_message_may_carry_values_and_availability() -> None:
    document = {**KOTA, "availability": {"path": "status", "up": ["ok"], "down": ["mati"]}}
    heard = read(document, "kota/wifi/ap-1/telemetri", {"klien": 3, "status": "ok"})
    assert values(heard) == {"clients": 3}
    assert presence(heard) == {"ap-1": Presence.THERE}


# -- plain values


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("router/01234567/uptime", "15248", {"uptime_s": 15248}),
        ("router/01234567/temperature", "394", {"temperature_c": pytest.approx(39.4)}),
        ("router/01234567/signal", "-67", {"signal_dbm": -67}),
        ("router/01234567/operator", "TELKOMSEL", {"operator": "TELKOMSEL"}),
        ("router/01234567/uptime", "NaN", {}),
    ],
)
def test_a_plain_value_is_named_by_its_topic(topic: str, payload: str, expected: dict[str, object]) -> None:
    assert values(read({"topic": "router/{device}/{metric}", "format": "plain"}, topic, payload)) == expected


def test_a_plain_value_can_be_named_by_the_mapping() -> None:
    assert values(read({"topic": "a/{device}/n", "format": "plain", "metric": "clients"}, "a/x/n", "7")) == {"clients": 7}
    assert values(read({"topic": "a/{device}/n", "format": "plain", "fields": {"clients": ""}}, "a/x/n", "7")) == {"clients": 7}


# -- conventions


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("collectd/ap/load/load", "1772434800.123:0.42:0.31:0.29\x00", {"load_1m": 0.42, "load_5m": 0.31, "load_15m": 0.29}),
        ("collectd/ap/uptime/uptime", "1772434800.123:86400", {"uptime_s": 86400}),
        ("collectd/ap/iwinfo-wlan0/stations", "1772434800.123:11", {"clients": 11}),
        ("collectd/ap/memory/memory-free", "1772434800:300000", {"mem_free_bytes": 300000}),
        ("collectd/ap/interface-br-lan/if_octets", "1772434800:1.5:2.5", {"br-lan.rx_bytes": 1.5, "br-lan.tx_bytes": 2.5}),
        ("collectd/ap/cpu-0/cpu-idle", "1772434800:97.5", {"0.cpu_idle_pct": 97.5}),
        ("collectd/ap/load/load", "1772434800:U:nan:0.29", {"load_15m": 0.29}),
        ("collectd/ap/aneh/aneh", "1772434800:3", {"aneh": 3}),
        ("collectd/ap/load/load", "bukan", {}),
    ],
)
def test_collectds_values_are_named_by_its_types(topic: str, payload: str, expected: dict[str, object]) -> None:
    assert values(read({"topic": "collectd/{device}/{plugin}/{type}", "format": "collectd-plain"}, topic, payload)) == expected


def test_collectds_names_can_be_given_by_the_mapping() -> None:
    document = {
        "topic": "collectd/{device}/{plugin}/{type}",
        "format": "collectd-plain",
        "fields": {"clients": "iwinfo-wlan0/stations"},
    }
    assert values(read(document, "collectd/ap/iwinfo-wlan0/stations", "1772434800:4")) == {"clients": 4}


@pytest.mark.parametrize(
    ("topic", "payload", "expected", "there"),
    [
        ("homie/ap-1/$state", "ready", {}, Presence.THERE),
        ("homie/ap-1/$state", "lost", {}, Presence.GONE),
        ("homie/ap-1/$state", "sleeping", {}, Presence.THERE),
        ("homie/ap-1/$state", "alert", {}, Presence.ATTENTION),
        ("homie/5/ap-1/$state", "disconnected", {}, Presence.GONE),
        ("homie/ap-1/wifi/klien", "12", {"klien": 12}, None),
        ("homie/5/ap-1/wifi/klien", "12", {"klien": 12}, None),
        ("homie/ap-1/$stats/signal", "72", {"signal_pct": 72}, None),
        ("homie/ap-1/$stats/uptime", "1234", {"uptime_s": 1234}, None),
    ],
)
def test_homies_state_and_properties_are_read(
    topic: str, payload: str, expected: dict[str, object], there: Presence | None
) -> None:
    heard = read({"preset": "homie"}, topic, payload)
    assert values(heard) == expected
    assert presence(heard) == {"ap-1": there}


@pytest.mark.parametrize("topic", ["homie/ap-1/$name", "homie/ap-1/wifi/$properties", "homie/ap-1/wifi/klien/$datatype"])
def test_homies_descriptions_are_neither_values_nor_flaws(topic: str) -> None:
    heard = read({"preset": "homie"}, topic, "Titik Taman")
    assert values(heard) == {}
    assert flaws(heard) in ([], [FlawKind.UNKNOWN_TOPIC])


def test_tasmotas_load_average_is_not_a_share() -> None:
    document = {
        "topic": "tele/{device}/STATE",
        "fields": {"rssi_pct": "Wifi.RSSI", "signal_dbm": "Wifi.Signal", "load_pct": "LoadAvg", "load": "LoadAvg"},
        "time": "Time",
    }
    heard = read(document, "tele/pju/STATE", {"LoadAvg": 19, "Wifi": {"RSSI": 86, "Signal": -57}})
    assert values(heard) == {"rssi_pct": 86, "signal_dbm": -57, "load": 19}
    assert flaws(heard) == [FlawKind.WRONG_UNIT]


def test_every_preset_is_a_mapping_without_mistakes() -> None:
    from collectors.hotspots_mqtt.presets import PRESETS

    for name, document in PRESETS.items():
        assert parse_mapping({"preset": name}).filters
        assert unknown_keys(document) == ()


# -- mistakes in a mapping


def test_all_mistakes_of_a_mapping_are_told_at_once() -> None:
    document = {
        "topic": "a/#/b",
        "format": "xml",
        "fields": {"clients": "a[", "cpu_pct": {"path": "b", "type": "angka"}},
        "tz": "Asia/Bontang",
        "stale_after_s": "lama",
    }
    with pytest.raises(MappingError) as raised:
        parse_mapping(document)
    said = "\n".join(raised.value.mistakes)
    for part in ("'#' stands only at the end", "format 'xml'", "'a[' is not a path", "type 'angka'", "'Asia/Bontang'", "'lama'"):
        assert part in said


def test_a_key_that_the_language_does_not_have_is_named() -> None:
    assert unknown_keys({"topic": "a/{device}", "feilds": {}}) == ("feilds",)
