"""Sparkplug B: bytes of our own encoder, births, deaths, aliases, and everything that can be cut short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collectors.hotspots_mqtt.flaws import FlawKind
from collectors.hotspots_mqtt.mapping import parse_mapping
from collectors.hotspots_mqtt.reader import Heard, Message, Presence, Reader
from tests.support import sparkplug as sp

AT = 1_772_434_800_000
NODE = "spBv1.0/bontang/{}/ap-1"


def reader(**fields: str) -> Reader:
    return Reader(parse_mapping({"topic": "spBv1.0/{group}/{type}/{device}", "format": "sparkplug-b", "fields": fields}))


def hear(reading: Reader, kind: str, body: bytes, topic: str = NODE) -> Heard:
    return reading.read(Message(topic.format(kind), body, AT / 1000 + 1))


def values(heard: Heard) -> dict[str, object]:
    return {sample.metric: sample.value for look in heard.looks for sample in look.samples}


def flaws(heard: Heard) -> list[FlawKind]:
    return [flaw.kind for flaw in (*heard.flaws, *(each for look in heard.looks for each in look.flaws))]


def birth(reading: Reader, number: int = 7) -> Heard:
    return hear(
        reading,
        "NBIRTH",
        sp.payload(
            sp.metric("bdSeq", sp.INT64, number),
            sp.metric("Node Control/Rebirth", sp.BOOLEAN, False),
            sp.metric("klien", sp.INT32, 12, alias=1),
            sp.metric("sinyal", sp.INT32, -57, alias=2),
            sp.metric("cpu", sp.FLOAT, 12.5, alias=3),
            at_ms=AT,
            seq=0,
        ),
    )


def test_a_birth_says_that_the_node_is_there_and_what_it_measures() -> None:
    heard = birth(reader())
    assert values(heard) == {"klien": 12, "sinyal": -57, "cpu": 12.5}
    assert heard.looks[0].presence is Presence.THERE
    assert [sample.claim.at for sample in heard.looks[0].samples if sample.claim] == [AT / 1000] * 3


def test_an_alias_means_what_the_birth_said() -> None:
    reading = reader()
    birth(reading)
    heard = hear(reading, "NDATA", sp.payload(sp.metric(None, None, 4_294_967_236, alias=2, at_ms=AT + 500), at_ms=AT, seq=1))
    assert values(heard) == {"sinyal": -60}
    assert heard.looks[0].samples[0].claim is not None
    assert heard.looks[0].samples[0].claim.at == AT / 1000 + 0.5


def test_an_alias_without_a_birth_is_a_flaw_and_not_a_value() -> None:
    heard = hear(reader(), "NDATA", sp.payload(sp.metric(None, sp.INT32, 5, alias=9), at_ms=AT, seq=3))
    assert values(heard) == {}
    assert flaws(heard) == [FlawKind.UNKNOWN_ALIAS]


def test_the_whole_group_is_subscribed_for_its_messages_have_two_depths() -> None:
    assert reader().mapping.filters == ("spBv1.0/+/#",)


def test_a_value_that_its_sender_calls_bad_is_no_value() -> None:
    for quality, expected in ((192, {"klien": 4}), (0, {}), (500, {})):
        quality_value = sp.number(1, sp.INT32) + sp.number(3, quality)
        properties = sp.chunk(9, sp.chunk(1, b"Quality") + sp.chunk(2, quality_value))
        body = sp.chunk(2, sp.chunk(1, b"klien") + sp.number(4, sp.INT32) + properties + sp.number(10, 4))
        assert values(hear(reader(), "NDATA", body)) == expected


def test_null_a_table_and_a_text_are_not_taken_for_numbers() -> None:
    body = sp.payload(
        sp.metric("klien", sp.INT32, None),
        sp.metric("tabel", sp.DATASET, b"\x08\x02"),
        sp.metric("firmware", sp.STRING, "7.15"),
        sp.metric("aktif", sp.BOOLEAN, True),
        at_ms=AT,
        seq=1,
    )
    assert values(hear(reader(), "NDATA", body)) == {"firmware": "7.15", "aktif": 1}


def test_fields_choose_and_rename() -> None:
    assert values(birth(reader(clients="klien", cpu_pct="cpu"))) == {"clients": 12, "cpu_pct": 12.5}


def test_integers_keep_their_sign_in_every_width() -> None:
    for kind, value in (
        (sp.INT8, -5),
        (sp.INT16, -300),
        (sp.INT32, -70_000),
        (sp.INT64, -5_000_000_000),
        (sp.UINT32, 4_000_000_000),
    ):
        assert values(hear(reader(), "NDATA", sp.payload(sp.metric("x", kind, value), at_ms=AT))) == {"x": value}


def test_the_death_of_this_session_means_that_the_node_and_its_devices_are_gone() -> None:
    reading = reader()
    birth(reading, 7)
    device = "spBv1.0/bontang/{}/ap-1/radio"
    assert [look.device for look in hear(reading, "DBIRTH", sp.payload(at_ms=AT, seq=1), device).looks] == ["ap-1/radio"]
    heard = hear(reading, "NDEATH", sp.payload(sp.metric("bdSeq", sp.INT64, 7)))
    assert [(look.device, look.presence) for look in heard.looks] == [("ap-1", Presence.GONE), ("ap-1/radio", Presence.GONE)]


def test_the_death_of_an_earlier_session_is_not_news() -> None:
    reading = reader()
    birth(reading, 8)
    heard = hear(reading, "NDEATH", sp.payload(sp.metric("bdSeq", sp.INT64, 7)))
    assert [look.presence for look in heard.looks] == [None]
    assert flaws(heard) == [FlawKind.OLD_DEATH]


def test_a_gap_in_the_numbers_is_told_and_the_values_are_kept() -> None:
    reading = reader()
    birth(reading)
    heard = hear(reading, "NDATA", sp.payload(sp.metric("klien", sp.INT32, 3), at_ms=AT, seq=5))
    assert values(heard) == {"klien": 3}
    assert flaws(heard) == [FlawKind.SEQUENCE_GAP]


@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_reader(noise: bytes) -> None:
    hear(reader(), "NDATA", noise)


@given(st.integers(min_value=0, max_value=80))
def test_a_message_cut_short_is_a_flaw_or_a_shorter_message(length: int) -> None:
    whole = sp.payload(sp.metric("klien", sp.INT32, 12), sp.metric("cpu", sp.FLOAT, 1.5), at_ms=AT, seq=1)
    heard = hear(reader(), "NDATA", whole[:length])
    assert set(values(heard)) <= {"klien", "cpu"}
