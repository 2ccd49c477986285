"""Numbers, units and durations as devices write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.hotspots_mqtt.flaws import RejectedError
from collectors.hotspots_mqtt.mapping import Field
from collectors.hotspots_mqtt.paths import Path, look_up, parse_path
from collectors.hotspots_mqtt.quantities import convert, duration_of_text, number_of_text, quantity_of
from collectors.hotspots_mqtt.reader import read_value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
METRICS = st.sampled_from(["clients", "cpu_pct", "uptime_s", "signal_dbm", "temperature_c", "mem_free_bytes", "apa_saja"])


@given(JSON, METRICS)
def test_whatever_is_sent_becomes_a_possible_value_or_a_flaw(raw: object, metric: str) -> None:
    try:
        value = read_value(raw, Field(metric, Path("", ())))
    except RejectedError:
        return
    if isinstance(value, int | float):
        quantity = quantity_of(metric)
        assert math.isfinite(value)
        assert quantity.low <= value <= quantity.high
    elif value is not None:
        assert metric == "apa_saja"


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_numbers_and_durations(text: str) -> None:
    try:
        number_of_text(text)
        number_of_text(text, indonesian=True)
    except RejectedError:
        pass
    duration_of_text(text)


@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).map(lambda value: round(value, 3)))
def test_a_number_written_the_indonesian_way_is_the_same_number(value: float) -> None:
    written = f"{value:,.3f}".translate(str.maketrans(",.", ".,"))
    assert number_of_text(written, indonesian=True)[0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1.234.567", 1234567),
        ("0,5", 0.5),
        ("12.5", 12.5),
        ("-3", -3),
        ("1e3", 1000),
    ],
)
def test_both_ways_to_write_a_decimal_are_understood(text: str, number: float) -> None:
    assert number_of_text(text) == (number, "")


@pytest.mark.parametrize("text", ["7.15.3", "10.0.0.1", "abc", "", "--", "0x1F", "1_000", "٣", "nan", "1" * 100])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(RejectedError):
        number_of_text(text)


@pytest.mark.parametrize(
    ("value", "unit", "metric", "expected"),
    [
        (1, "kB", "mem_bytes", 1000),
        (1, "KiB", "mem_bytes", 1024),
        (0.5, "ratio", "cpu_pct", 50),
        (300, "K", "temperature_c", 26.85),
        (2, "jam", "uptime_s", 7200),
        (1, "MB/s", "rx_bps", 8e6),
        (100, "mW", "power_w", 0.1),
        (5, "apa", "tanpa_satuan", 5),
    ],
)
def test_units_of_one_kind_are_converted(value: float, unit: str, metric: str, expected: float) -> None:
    assert convert(value, unit, quantity_of(metric)) == pytest.approx(expected)


def test_units_of_different_kinds_are_not() -> None:
    with pytest.raises(RejectedError):
        convert(1, "kB", quantity_of("uptime_s"))


@given(st.integers(min_value=0, max_value=10**9))
def test_a_duration_survives_being_written_by_routeros(seconds: int) -> None:
    weeks, rest = divmod(seconds, 604800)
    days, rest = divmod(rest, 86400)
    written = f"{weeks}w{days}d{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    assert duration_of_text(written) == seconds


@given(st.text(max_size=20), JSON)
def test_no_path_breaks_on_any_document(text: str, document: object) -> None:
    try:
        path = parse_path(text)
    except ValueError:
        return
    look_up(path, document)


def test_paths_can_be_written_in_the_common_ways() -> None:
    document = {"a": [{"b": 1}, {"b": 2}], "c/d": {"e": 3}}
    for text in ("a[*].b", "a[].b", "a.*.b", "$.a[*].b", "a.#.b"):
        assert look_up(parse_path(text), document) == [1, 2]
    for text in ("a[1].b", "a.1.b", "/a/1/b", "a[-1].b"):
        assert look_up(parse_path(text), document) == 2
    assert look_up(parse_path("/c~1d/e"), document) == 3
