"""What an agent may send, and what is believed of it."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from collectors.hotspots_snmp.values import MAX_TEXT, as_line, as_number, as_object_id, as_text, as_ticks, as_whole

anything = st.one_of(st.none(), st.integers(), st.floats(), st.binary(max_size=600), st.text(max_size=600), st.booleans())


def test_text_where_a_counter_belongs_is_refused() -> None:
    assert as_whole(b"12345") is None


def test_a_negative_or_too_large_number_is_no_counter() -> None:
    assert as_whole(-5) is None
    assert as_whole(2**32, 2**32) is None
    assert as_whole(0) == 0


def test_a_number_sent_as_text_is_read_only_where_the_profile_says_so() -> None:
    assert as_number(b"42 %") is None
    assert as_number(b"42 %", from_text=True) == 42
    assert as_number(b"47.50 degrees Celsius", from_text=True) == 47.5
    assert as_number(b"none", from_text=True) is None


def test_not_a_number_is_absent() -> None:
    assert as_number(float("nan")) is None
    assert as_number(float("inf")) is None


def test_hostile_text_loses_its_control_characters_and_direction_marks() -> None:
    assert as_line("‮kiri\x1b[31m <img>\x00".encode()) == "kiri[31m <img>"


def test_text_is_cut_at_its_longest_length() -> None:
    assert as_text(b"A" * 40_000) == "A" * MAX_TEXT


def test_text_that_is_no_utf_8_is_still_read() -> None:
    assert as_text(b"Caf\xe9") == "Café"


def test_empty_text_is_absent() -> None:
    assert as_text(b" \x00 ") is None


def test_an_object_identifier_loses_its_leading_dot() -> None:
    assert as_object_id(".1.3.6.1") == "1.3.6.1"
    assert as_object_id("bukan") is None
    assert as_object_id(5) is None


def test_ticks_are_hundredths_of_a_second() -> None:
    assert as_ticks(12_345) == 123.45
    assert as_ticks(-1) is None


@given(anything)
def test_whatever_is_sent_nothing_raises_and_text_can_be_printed(value: str | bytes | int | float | None) -> None:
    text = as_text(value)
    as_whole(value), as_number(value, from_text=True), as_object_id(value), as_ticks(value)
    assert text is None or (
        0 < len(text) <= MAX_TEXT and not any(unicodedata.category(letter) == "Cc" for letter in text if letter not in "\n\t")
    )
    json.dumps(text, allow_nan=False)
