"""Typed values: what is read, and above all what is not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.e_services.values import BadValueError, ValueType, read_value

ID, EN, NUMBER = ValueType.NUMBER_ID, ValueType.NUMBER_EN, ValueType.NUMBER


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", 1234.56), ("1.234", 1234), ("835", 835), ("4,75", 4.75), ("0,05", 0.05), ("1.234.567,89", 1234567.89),
        ("Rp 1.500.000", 1_500_000), ("Rp1.500.000,00", 1_500_000), ("Rp. 2.000,-", 2000), ("IDR 1.000", 1000),
        ("62,5%", 62.5), ("100 %", 100), ("-1.234,5", -1234.5), ("Rp -5.000", -5000), ("-Rp 5.000", -5000), ("(1.500)", -1500),
        ("1,5 juta", 1_500_000), ("2 Juta", 2_000_000), ("12 rb", 12_000), ("6,5 M", 6_500_000_000),
        ("6,5 miliar", 6_500_000_000),
        ("4,2 T", 4_200_000_000_000), ("1 234,5", 1234.5), ("1\xa0234", 1234), ("+7", 7), ("−7", -7),
    ],
)  # fmt: skip
def test_indonesian_notation_is_read_as_it_is_meant(text: str, number: float) -> None:
    assert read_value(text, ID) == number


@pytest.mark.parametrize(
    "text",
    [
        "1,234.56",
        "12.5",
        "1.23",
        "0.500",
        "1.234.56",
        "1.2345",
        "5 orang",
        "5 atau 6",
        "abc",
        "1,5 m",
        "Rp",
        "%",
        "1e3",
        "１２",
        "--5",
        "NaN",
    ],
)
def test_what_is_no_indonesian_number_gives_none(text: str) -> None:
    """``0.500`` and ``12.5`` are English: read as Indonesian they would be 500 and 125."""
    with pytest.raises(BadValueError):
        read_value(text, ID)


@pytest.mark.parametrize(("text", "number"), [("1,234.56", 1234.56), ("$1,000", 1000), ("0.5", 0.5), ("12", 12), ("(3.5)", -3.5)])
def test_english_notation_is_read_where_it_is_agreed(text: str, number: float) -> None:
    assert read_value(text, EN) == number


@pytest.mark.parametrize("text", ["1.234,56", "0,500", "1,23", "1.5 juta"])
def test_what_is_no_english_number_gives_none(text: str) -> None:
    with pytest.raises(BadValueError):
        read_value(text, EN)


@pytest.mark.parametrize(
    ("raw", "number"), [(12, 12), (1.5, 1.5), ("1234.5", 1234.5), (" 12 ", 12), ("1.234", 1.234), ("-1e3", -1000), (1e308, 1e308)]
)
def test_a_plain_number_is_json_or_c(raw: Any, number: float) -> None:
    assert read_value(raw, NUMBER) == number


@pytest.mark.parametrize(
    "raw", [True, False, "1,5", "0x1F", "12%", "Infinity", [1], {"a": 1}, math.inf, math.nan, 10**400, "9" * 65]
)
@pytest.mark.parametrize("kind", [NUMBER, ID, EN, ValueType.PERCENT])
def test_wrong_types_and_boundless_numbers_are_no_numbers(raw: Any, kind: ValueType) -> None:
    if (kind, raw) in ((ID, "1,5"), (ValueType.PERCENT, "1,5"), (ValueType.PERCENT, "12%"), (ID, "12%"), (EN, "12%")):
        assert isinstance(read_value(raw, kind), (int, float))
        return
    with pytest.raises(BadValueError):
        read_value(raw, kind)


@pytest.mark.parametrize("raw", [None, "", " ", "-", "–", "N/A", "null", "Tidak ada"])
@pytest.mark.parametrize(
    "kind", [NUMBER, ID, EN, ValueType.PERCENT, ValueType.TIME, ValueType.DURATION, ValueType.BOOL, ValueType.COUNT]
)
def test_ways_to_write_that_there_is_nothing_are_no_value_and_no_zero(raw: Any, kind: ValueType) -> None:
    assert read_value(raw, kind, "UTC") is None


def test_nihil_is_neither_zero_nor_nothing() -> None:
    with pytest.raises(BadValueError):
        read_value("nihil", ID)


@pytest.mark.parametrize(
    ("raw", "number"), [("62,5%", 62.5), ("62.5 %", 62.5), ("40 persen", 40), (12.5, 12.5), ("0.625", 0.625), ("-3%", -3)]
)
def test_a_percentage_may_come_in_either_notation(raw: Any, number: float) -> None:
    assert read_value(raw, ValueType.PERCENT) == number


@pytest.mark.parametrize("raw", ["1.234%", "1,234", "62,5,1", "abc"])
def test_a_percentage_that_could_mean_two_things_means_neither(raw: str) -> None:
    with pytest.raises(BadValueError):
        read_value(raw, ValueType.PERCENT)


@pytest.mark.parametrize(("raw", "value"), [(True, 1), (False, 0), ("ya", 1), ("Tidak", 0), ("AKTIF", 1), (1, 1), ("0", 0)])
def test_yes_and_no_are_one_and_zero(raw: Any, value: int) -> None:
    assert read_value(raw, ValueType.BOOL) == value


@pytest.mark.parametrize("raw", ["mungkin", 2, [True], {"a": 1}])
def test_maybe_is_neither(raw: Any) -> None:
    with pytest.raises(BadValueError):
        read_value(raw, ValueType.BOOL)


@pytest.mark.parametrize(("raw", "text"), [("x", "x"), (1, "1"), (2.5, "2.5"), (True, "true"), ("", "")])
def test_text_is_what_stands_there(raw: Any, text: str) -> None:
    assert read_value(raw, ValueType.TEXT) == text


def test_a_count_is_the_length_of_a_list_and_of_nothing_else() -> None:
    assert read_value([], ValueType.COUNT) == 0
    assert read_value([1, None], ValueType.COUNT) == 2
    for raw in ({"a": 1}, "ab", 5):
        with pytest.raises(BadValueError):
            read_value(raw, ValueType.COUNT)


@given(st.integers(-(10**12), 10**12), st.integers(0, 99))
def test_every_indonesian_number_comes_back(whole: int, cents: int) -> None:
    grouped = f"{abs(whole):,}".replace(",", ".")
    text = f"{'-' if whole < 0 else ''}Rp {grouped},{cents:02d}"
    assert read_value(text, ID) == pytest.approx(math.copysign(abs(whole) + cents / 100, whole if whole else 1), rel=1e-15)


@given(st.integers(0, 10**15))
def test_every_grouped_integer_comes_back_exactly_in_both_notations(number: int) -> None:
    assert read_value(f"{number:,}", EN) == number
    assert read_value(f"{number:,}".replace(",", "."), ID) == number


@given(st.text(max_size=80), st.sampled_from(list(ValueType)))
def test_any_text_is_a_finite_value_nothing_or_bad(text: str, kind: ValueType) -> None:
    try:
        value = read_value(text, kind, "Asia/Makassar")
    except BadValueError:
        return
    assert value is None or isinstance(value, str) or math.isfinite(value)
