"""Words: every closed set has an answer in both languages, numbers never look better than they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.hotspot import HotspotState
from command_centre.domain.prayer import Prayer
from command_centre.domain.reading import Reason, Source, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Dimension
from command_centre.read.views import Condition, Fault
from layouts.wording import ENGLISH, INDONESIAN, Language, Words, words_for

WITA = ZoneInfo("Asia/Makassar")
ID, EN = words_for(Language.INDONESIAN, WITA), words_for(Language.ENGLISH, WITA)
AT = datetime(2026, 11, 23, 6, 5, 9, tzinfo=UTC)

CLOSED_SETS: list[tuple[type[Enum], Callable[[Words, Any], str]]] = [
    (Status, Words.status),
    (Condition, Words.condition),
    (Severity, Words.severity),
    (Dimension, Words.dimension),
    (Fault, Words.fault),
    (Fault, Words.fault_means),
    (Reason, Words.reason),
    (HotspotState, Words.hotspot_state),
    (Prayer, Words.prayer),
    (Source, Words.source),
]


@pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
@pytest.mark.parametrize(("members", "word"), CLOSED_SETS, ids=lambda each: getattr(each, "__name__", ""))
def test_every_member_of_every_closed_set_has_a_word(
    words: Words, members: type[Enum], word: Callable[[Words, Any], str]
) -> None:
    for member in members:
        assert word(words, member).strip(), member


@pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
def test_no_two_conditions_share_a_word(words: Words) -> None:
    assert len({words.condition(each) for each in Condition}) == len(Condition)


@pytest.mark.parametrize("phrases", [INDONESIAN, ENGLISH], ids=["id", "en"])
def test_no_phrase_is_blank(phrases: object) -> None:
    assert [field.name for field in fields(phrases) if not getattr(phrases, field.name)] == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "unknown", [Reason.NO_ADDRESS, Reason.NEVER_SEEN, Reason.SILENT, Reason.OWN_UPLINK, Reason.COLLECTOR_FAULT]
)
def test_nothing_unknown_is_given_a_good_word(unknown: Reason) -> None:
    good = {"normal", "aktif", "ok", "up", "active"}
    for words in (ID, EN):
        assert not good & set(words.reason(unknown).lower().split())
    assert not good & set(ID.status(Status.UNKNOWN).split())
    assert not good & set(ID.condition(Condition.NO_DATA).split())


def test_an_http_error_names_its_code() -> None:
    assert ID.reason(Reason.HTTP_STATUS, 502) == "galat 502"
    assert ID.reason(Reason.HTTP_STATUS) == "galat HTTP"


def test_numbers_are_written_the_indonesian_way() -> None:
    assert ID.number(1234567.891, 2) == "1.234.567,89"
    assert ID.percent_down(0.9953, 2) == "99,53\u00a0%"
    assert EN.number(1234.5, 1) == "1,234.5"


def test_availability_is_rounded_down() -> None:
    assert ID.percent_down(0.9696, 1) == "96,9\u00a0%"
    assert ID.percent_down(0.99999) == "99\u00a0%"
    assert ID.percent_down(1.0) == "100\u00a0%"
    assert ID.percent_down(0.29, 0) == "29\u00a0%"  # 0.29 * 100 is 28.999999999999996


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_rounded_share_is_never_better_than_the_share(active: int, measured: int) -> None:
    if active < measured:
        assert ID.percent_down(active / measured, 2) != "100,00\u00a0%"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=-5), "< 1 m"),
        (timedelta(seconds=59), "< 1 m"),
        (timedelta(minutes=26, seconds=59), "26 m"),
        (timedelta(minutes=72), "1 j 12 m"),
        (timedelta(minutes=605), "10 j 05 m"),
        (timedelta(days=2, hours=4, minutes=50), "2 h 4 j"),
    ],
)
def test_ages_are_short_and_rounded_down(length: timedelta, text: str) -> None:
    assert ID.age(length) == text


def test_times_are_those_of_the_city() -> None:
    assert ID.time_and_zone(AT) == "14.05 WITA"
    assert ID.clock(AT) == "14:05:09"
    assert ID.date(AT) == "Senin, 23 Nov 2026"
    assert EN.time(AT) == "14:05"
    assert words_for(Language.INDONESIAN, ZoneInfo("Asia/Jakarta")).time_and_zone(AT) == "13.05 WIB"


def test_a_moment_of_another_day_carries_its_date() -> None:
    before_midnight_in_utc_only = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 00.30 of the 23rd in Bontang
    assert ID.moment(before_midnight_in_utc_only, AT) == "00.30"
    assert ID.moment(AT - timedelta(days=2), AT) == "21 Nov 14.05"


def test_a_list_of_names_reads_like_speech() -> None:
    assert ID.listing(["A"]) == "A"
    assert ID.listing(["A", "B"]) == "A dan B"
    assert ID.listing(["A", "B"], 3) == "A, B dan 3 lainnya"
    assert EN.listing(["A"], 44) == "A and 44 others"


def test_a_name_that_says_site_is_not_called_a_site_twice() -> None:
    assert ID.site_called("DKUKMP") == "Situs DKUKMP"
    assert ID.site_called("Situs Kel. Loktuan") == "Situs Kel. Loktuan"
