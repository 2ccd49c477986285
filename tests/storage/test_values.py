"""Packed numbers come back as they went in."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from command_centre.storage.values import pack_sketch, pack_values, unpack_sketch, unpack_values

_numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(st.dictionaries(st.integers(1, 10_000), _numbers, max_size=20))
def test_numbers_come_back_to_the_last_bit(values: dict[int, float]) -> None:
    back = unpack_values(pack_values(values))
    assert back == values
    assert all(math.copysign(1, back[key]) == math.copysign(1, value) for key, value in values.items())
    assert all(isinstance(value, float) for value in back.values())


@settings(deadline=None)
@given(st.dictionaries(st.integers(-800, 800), st.integers(1, 2**40), max_size=30))
def test_sketches_come_back(sketch: dict[int, int]) -> None:
    assert unpack_sketch(pack_sketch(sketch)) == sketch


def test_what_is_no_number_is_left_out_rather_than_stored_as_zero() -> None:
    assert unpack_values(pack_values({1: math.nan, 2: math.inf, 3: 0.5})) == {3: 0.5}


def test_nothing_is_stored_for_nothing() -> None:
    assert pack_values({}) is None
    assert pack_values({1: math.nan}) is None
    assert unpack_values(None) == {}


def test_whole_numbers_are_packed_small() -> None:
    packed = pack_values({1: 200.0})
    assert packed is not None
    assert len(packed) <= 4
