"""The codec and the tables of the simulated agents, without a network."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.demo import ber
from command_centre.demo.hotspots import Vendor
from command_centre.demo.mib import MOST_ANSWER_BYTES, DeviceNow, Mib, mib_of
from tests.support import snmp_agents as theirs

NOW = DeviceNow(
    name="utara-0001",
    location="Taman Adipura 1",
    ticks=360_000,
    in_octets=2**40,
    out_octets=2**33,
    clients=12,
    cpu_ratio=0.31,
    memory_ratio=0.5,
    celsius=51.5,
    line_mbps=100,
)
oids = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20).map(lambda arcs: (1, 3, *arcs))


def asked(kind: int, names: Sequence[ber.Oid], first: int = 0, second: int = 0, community: str = "simulasi") -> bytes:
    rows = b"".join(theirs.binding(name, theirs.NULL) for name in names)
    body = theirs.integer(77) + theirs.integer(first) + theirs.integer(second) + theirs.tlv(0x30, rows)
    return theirs.tlv(0x30, theirs.integer(1) + theirs.octets(community) + theirs.tlv(kind, body))


def answered(mib: Mib, request: bytes) -> list[tuple[ber.Oid, bytes]]:
    """Names and values of the response, read with the other codec."""
    message = theirs.Parts(theirs.Parts(mib.answer(ber.parse_request(request), NOW)).take()[1])
    assert message.number() == 1
    assert message.take()[1] == b"simulasi"
    tag, content = message.take()
    body = theirs.Parts(content)
    assert (tag, body.number(), body.number(), body.number()) == (theirs.RESPONSE, 77, 0, 0)
    rows, found = theirs.Parts(body.take()[1]), []
    while rows:
        row = theirs.Parts(rows.take()[1])
        name = theirs.parse_name(row.take()[1])
        found.append((name, theirs.tlv(*row.take())))
    return found


@given(oids)
def test_a_name_survives_being_written_and_read(oid: ber.Oid) -> None:
    assert ber.parse_name(ber.encoded_name(oid)) == oid
    assert theirs.parse_name(ber.encoded_name(oid)) == oid


@given(st.integers(0, 2**70))
def test_a_counter_wraps_where_real_ones_do(number: int) -> None:
    assert ber.unsigned(ber.COUNTER64, number) == theirs.counter64(number)
    assert ber.unsigned(ber.COUNTER32, number) == theirs.counter32(number)


@given(st.binary(max_size=200))
def test_random_bytes_are_no_request(data: bytes) -> None:
    with pytest.raises(ber.MalformedError):
        ber.parse_request(data)


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_spoilt_request_is_answered_or_malformed_but_breaks_nothing(at: int, octet: int) -> None:
    request = bytearray(asked(theirs.GET_BULK, [(1, 3, 6, 1, 2, 1, 1)], 0, 10))
    request[at % len(request)] = octet
    try:
        reply = mib_of(Vendor.UNIFI).answer(ber.parse_request(bytes(request)), NOW)
    except ber.MalformedError:
        return
    assert len(reply) < 2 * MOST_ANSWER_BYTES


@pytest.mark.parametrize("version", [0, 3])
def test_other_versions_are_not_answered(version: int) -> None:
    message = theirs.tlv(0x30, theirs.integer(version) + theirs.octets("simulasi") + theirs.tlv(0xA0, b""))
    with pytest.raises(ber.MalformedError):
        ber.parse_request(message)


@pytest.mark.parametrize("vendor", Vendor)
def test_a_walk_meets_every_object_once_in_order_and_ends(vendor: Vendor) -> None:
    mib = mib_of(vendor)
    for kind, second in ((theirs.GET_NEXT, 0), (theirs.GET_BULK, 7)):
        at: ber.Oid = (1, 3)
        met: list[ber.Oid] = []
        while True:
            rows = answered(mib, asked(kind, [at], 0, second))
            met += [name for name, value in rows if value != theirs.END_OF_MIB]
            if rows[-1][1] == theirs.END_OF_MIB:
                break
            at = rows[-1][0]
        assert len(met) == len(mib) > 50
        assert met == sorted(set(met))


def test_an_object_that_is_not_there_is_told_so_and_the_others_come() -> None:
    there, absent = (1, 3, 6, 1, 2, 1, 1, 5, 0), (1, 3, 6, 1, 2, 1, 1, 99, 0)
    rows = answered(mib_of(Vendor.MIKROTIK), asked(theirs.GET, [absent, there]))
    assert rows == [(absent, ber.NO_SUCH_OBJECT), (there, theirs.octets("utara-0001"))]


def test_the_octets_of_the_line_come_in_64_bits_and_in_32() -> None:
    wide, narrow = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1), (1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 1)
    rows = answered(mib_of(Vendor.UNIFI), asked(theirs.GET, [wide, narrow]))
    assert rows == [(wide, theirs.counter64(2**40)), (narrow, theirs.counter32(2**40))]


def test_an_answer_has_an_end_however_much_is_asked_for() -> None:
    names = [(1, 3, 6, 1, 2, 1, 2, 2, 1, column) for column in range(1, 21)]
    mib = mib_of(Vendor.MIKROTIK)
    reply = mib.answer(ber.parse_request(asked(theirs.GET_BULK, names, 0, 10_000)), NOW)
    assert len(reply) < MOST_ANSWER_BYTES + 500


def test_a_bulk_request_for_nothing_is_answered_with_nothing() -> None:
    assert answered(mib_of(Vendor.UNIFI), asked(theirs.GET_BULK, [], 5, 10)) == []
    assert answered(mib_of(Vendor.UNIFI), asked(theirs.GET_BULK, [(1, 3, 6)], -3, -1)) == []
