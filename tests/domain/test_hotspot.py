"""One truth per hotspot: what each source said, when, and which word counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.hotspot import (
    BLIND,
    CLIENTS,
    IN,
    INTERNET,
    LATENCY,
    LOSS,
    Crowding,
    HotspotState,
    HotspotTruth,
    Patience,
    Terms,
    crowding_of,
    joined,
    state_of,
    terms_of,
    truth_of,
    voice_of,
    voices_of,
)
from command_centre.domain.reading import Fact, Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import Place, Target, TargetKey, TargetKind

KEY = TargetKey("wifi:utara-0001")
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TERMS = Terms(Patience(timedelta(minutes=2)), class_bits_per_second=20e6)

UP = (Status.UP, Reason.OK)
TIMEOUT = (Status.DOWN, Reason.TIMEOUT)
OFFLINE = (Status.DOWN, Reason.OFFLINE)
NO_WAY_OUT = (Status.DOWN, Reason.NO_INTERNET)


def said(
    source: Source,
    seconds_ago: float,
    word: tuple[Status, Reason] = UP,
    values: dict[MetricName, float] | None = None,
    **facts: Fact,
) -> Reading:
    at = NOW - timedelta(seconds=seconds_ago)
    return Reading(KEY, at, *word, values=values or {}, source=source, evidence=facts)


def truth(*readings: Reading, planned: bool = False, terms: Terms = TERMS) -> HotspotTruth:
    return truth_of(voices_of(readings).values(), NOW, terms, planned=planned)


def state(*readings: Reading) -> HotspotState:
    return truth(*readings).state


# --- one source ------------------------------------------------------------------------------------------------------


def test_an_answering_hotspot_is_normal() -> None:
    believed = truth(said(Source.POLL, 10, UP, {CLIENTS: 4}))
    assert (believed.state, believed.status, believed.reason) == (HotspotState.NORMAL, *UP)
    assert (believed.source, believed.at, believed.clients) == (Source.POLL, NOW - timedelta(seconds=10), 4)


def test_a_hotspot_nobody_ever_heard_is_without_data() -> None:
    believed = truth()
    assert (believed.state, believed.status, believed.reason) == (HotspotState.NO_DATA, Status.UNKNOWN, Reason.NEVER_SEEN)
    assert (believed.source, believed.clients, believed.crowding) == (None, None, None)


@pytest.mark.parametrize(("ago", "expected"), [(119.9, HotspotState.NORMAL), (120, HotspotState.NO_DATA)])
def test_a_reading_vouches_for_its_patience_and_not_a_moment_longer(ago: float, expected: HotspotState) -> None:
    assert state(said(Source.MQTT, ago)) is expected


def test_a_reading_from_a_clock_a_little_ahead_counts_and_one_from_next_year_does_not() -> None:
    assert state(said(Source.MQTT, -3)) is HotspotState.NORMAL
    assert state(said(Source.MQTT, -31_536_000)) is HotspotState.NO_DATA


@pytest.mark.parametrize("seconds", [(5, 20), (20, 5)])
def test_one_outage_has_one_reason_whichever_source_spoke_last(seconds: tuple[int, int]) -> None:
    will, silence = seconds
    believed = truth(said(Source.MQTT, will, OFFLINE), said(Source.POLL, silence, TIMEOUT))
    assert (believed.status, believed.reason) == (Status.DOWN, Reason.OFFLINE)


def test_the_newest_word_of_one_source_counts() -> None:
    assert state(said(Source.POLL, 60), said(Source.POLL, 5, TIMEOUT)) is HotspotState.DOWN
    assert state(said(Source.POLL, 60, TIMEOUT), said(Source.POLL, 5)) is HotspotState.NORMAL


def test_a_second_look_speaks_with_the_voice_of_the_first() -> None:
    assert state(said(Source.POLL, 9), said(Source.RETRY, 5, TIMEOUT)) is HotspotState.DOWN


def test_a_tentative_failure_moves_nothing() -> None:
    first = replace(said(Source.POLL, 5, TIMEOUT), tentative=True)
    assert state(said(Source.POLL, 60), first) is HotspotState.NORMAL


# --- crowding and slowness -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clients", "expected"),
    [
        (0, Crowding.ROOM),
        (24, Crowding.ROOM),
        (25, Crowding.CROWDED),
        (29, Crowding.CROWDED),
        (30, Crowding.FULL),
        (41, Crowding.FULL),
    ],
)
def test_twenty_five_devices_are_a_crowd_and_thirty_are_full(clients: int, expected: Crowding) -> None:
    assert crowding_of(clients, 30) is expected


def test_an_unknown_number_of_devices_is_no_empty_hotspot() -> None:
    assert crowding_of(None, 30) is None
    assert crowding_of(12, None) is None
    assert truth(said(Source.POLL, 5)).crowding is None


def test_a_crowd_is_a_warning_and_a_full_hotspot_a_state() -> None:
    crowded, full = (truth(said(Source.POLL, 5, UP, {CLIENTS: clients})) for clients in (27, 30))
    assert (crowded.state, crowded.status, crowded.reason) == (HotspotState.NORMAL, Status.UP, Reason.CROWDED)
    assert (full.state, full.status, full.reason) == (HotspotState.FULL, Status.DEGRADED, Reason.FULL)


@pytest.mark.parametrize("values", [{LATENCY: 0.3}, {LOSS: 0.1}, {IN: 18.5e6}], ids=["round trip", "loss", "saturated line"])
def test_a_late_answer_lost_packets_or_a_saturated_line_are_slow(values: dict[MetricName, float]) -> None:
    believed = truth(said(Source.MQTT, 5, UP, values))
    assert (believed.state, believed.status, believed.reason) == (HotspotState.SLOW, Status.DEGRADED, Reason.SLOW)


def test_an_agent_that_answers_late_is_not_a_slow_hotspot() -> None:
    assert state(said(Source.POLL, 5, (Status.UP, Reason.SLOW))) is HotspotState.NORMAL


def test_where_everybody_is_it_is_called_full_and_not_slow() -> None:
    assert state(said(Source.MQTT, 5, UP, {CLIENTS: 30, LATENCY: 2})) is HotspotState.FULL


def test_values_that_come_one_by_one_are_put_together() -> None:
    believed = truth(said(Source.MQTT, 40, UP, {CLIENTS: 31}), said(Source.MQTT, 5, UP, {IN: 1e6}))
    assert (believed.state, believed.clients) == (HotspotState.FULL, 31)


def test_a_value_grows_old_although_its_source_still_speaks() -> None:
    assert truth(said(Source.MQTT, 130, UP, {CLIENTS: 31}), said(Source.MQTT, 5)).clients is None


# --- sources that contradict each other ------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [TIMEOUT, OFFLINE])
def test_a_sign_of_life_from_one_source_beats_the_time_out_of_another(word: tuple[Status, Reason]) -> None:
    assert state(said(Source.MQTT, 100), said(Source.POLL, 5, word)) is HotspotState.NORMAL
    assert state(said(Source.POLL, 100), said(Source.MQTT, 5, word)) is HotspotState.NORMAL


def test_a_stale_sign_of_life_beats_nothing() -> None:
    believed = truth(said(Source.MQTT, 300), said(Source.POLL, 5, TIMEOUT))
    assert (believed.state, believed.reason, believed.source) == (HotspotState.DOWN, Reason.TIMEOUT, Source.POLL)


def test_connected_without_internet_beats_plain_up() -> None:
    """The agent answers over the provider's own network; the people beside the point still cannot get out."""
    believed = truth(said(Source.MQTT, 60, NO_WAY_OUT), said(Source.POLL, 5, UP, {CLIENTS: 3}))
    assert (believed.state, believed.status, believed.reason) == (HotspotState.NO_INTERNET, *NO_WAY_OUT)
    assert believed.source is Source.MQTT


def test_a_device_that_loses_every_ping_is_without_internet() -> None:
    assert state(said(Source.MQTT, 5, UP, {LOSS: 1.0, CLIENTS: 3})) is HotspotState.NO_INTERNET


@pytest.mark.parametrize(
    ("fact", "expected"), [(False, HotspotState.NO_INTERNET), (0, HotspotState.NO_INTERNET), (1, HotspotState.NORMAL)]
)
def test_a_device_may_say_itself_whether_it_gets_out(fact: Fact, expected: HotspotState) -> None:
    assert state(said(Source.MQTT, 5, UP, None, **{INTERNET: fact})) is expected


def test_newer_evidence_of_internet_lifts_it() -> None:
    assert state(said(Source.MQTT, 60, UP, {LOSS: 1.0}), said(Source.MQTT, 5, UP, {LOSS: 0.0})) is HotspotState.NORMAL
    assert state(said(Source.PORTAL, 60, NO_WAY_OUT), said(Source.MQTT, 5, UP, {LATENCY: 0.02})) is HotspotState.NORMAL


def test_a_last_will_after_the_loss_of_internet_is_the_end_of_it() -> None:
    assert state(said(Source.MQTT, 60, NO_WAY_OUT), said(Source.MQTT, 5, OFFLINE)) is HotspotState.DOWN


def test_a_field_report_stands_until_a_newer_measured_reading() -> None:
    report = said(Source.FIELD, 3600, (Status.DOWN, Reason.OFFLINE))
    assert state(report) is HotspotState.DOWN
    assert state(report, said(Source.POLL, 7200)) is HotspotState.DOWN
    assert state(report, said(Source.POLL, 5)) is HotspotState.NORMAL
    assert state(report, said(Source.POLL, 600)) is HotspotState.NO_DATA  # measured since, silent now: the report is history


def test_what_measures_nothing_does_not_lift_a_field_report() -> None:
    report = said(Source.FIELD, 3600, (Status.DOWN, Reason.OFFLINE))
    assert state(report, said(Source.MQTT, 5, (Status.UNKNOWN, Reason.BROKER_LOST))) is HotspotState.DOWN


def test_a_report_of_no_internet_is_not_lifted_by_a_source_that_cannot_see_the_internet() -> None:
    """The complaint of October 2024: connected without internet, for months, while the access point answered."""
    report = said(Source.FIELD, 3600, NO_WAY_OUT)
    assert state(report, said(Source.POLL, 5)) is HotspotState.NO_INTERNET
    assert state(report, said(Source.MQTT, 5, UP, {LATENCY: 0.02})) is HotspotState.NORMAL
    assert state(report, said(Source.FIELD, 60), said(Source.POLL, 5)) is HotspotState.NORMAL


def test_a_report_nobody_renews_ends_after_a_week() -> None:
    assert state(said(Source.FIELD, 7 * 86_400)) is HotspotState.NO_DATA


def test_the_portal_of_a_provider_is_given_more_time_but_not_against_something_newer() -> None:
    assert state(said(Source.PORTAL, 3600)) is HotspotState.NORMAL
    assert state(said(Source.PORTAL, 3600), said(Source.POLL, 5, TIMEOUT)) is HotspotState.DOWN
    assert state(said(Source.PORTAL, 3600), said(Source.FIELD, 60, OFFLINE)) is HotspotState.DOWN


# --- what says nothing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", sorted(BLIND))
def test_what_is_no_news_about_the_hotspot_makes_it_neither_up_nor_down(reason: Reason) -> None:
    for status in (Status.DOWN, Status.UNKNOWN):
        believed = truth(said(Source.POLL, 5, (status, reason)))
        assert (believed.state, believed.status, believed.reason) == (HotspotState.NO_DATA, Status.UNKNOWN, reason)


def test_a_lost_broker_is_unknown_and_not_721_times_down() -> None:
    """BEHAVIOUR Q8."""
    believed = truth(said(Source.MQTT, 60), said(Source.MQTT, 5, (Status.UNKNOWN, Reason.BROKER_LOST)))
    assert (believed.status, believed.reason) == (Status.UNKNOWN, Reason.BROKER_LOST)


# --- planned time ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [UP, TIMEOUT, NO_WAY_OUT])
def test_planned_time_is_laid_over_and_what_was_measured_is_kept(word: tuple[Status, Reason]) -> None:
    reading = said(Source.POLL, 5, word)
    planned, measured = truth(reading, planned=True), truth(reading)
    assert planned == replace(measured, state=HotspotState.PLANNED_OFF)


# --- what is stored --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ((Status.UP, Reason.OK), HotspotState.NORMAL),
        ((Status.UP, Reason.CROWDED), HotspotState.NORMAL),
        ((Status.UP, Reason.NOT_INCREASING), HotspotState.NORMAL),
        ((Status.DEGRADED, Reason.SLOW), HotspotState.SLOW),
        ((Status.DEGRADED, Reason.FULL), HotspotState.FULL),
        ((Status.DEGRADED, Reason.PARTIAL), HotspotState.NORMAL),
        ((Status.DOWN, Reason.NO_INTERNET), HotspotState.NO_INTERNET),
        ((Status.DOWN, Reason.TIMEOUT), HotspotState.DOWN),
        ((Status.DOWN, Reason.AUTH), HotspotState.NO_DATA),
        ((Status.UNKNOWN, Reason.SILENT), HotspotState.NO_DATA),
    ],
)
def test_a_stored_status_has_its_state_back(word: tuple[Status, Reason], expected: HotspotState) -> None:
    assert state_of(*word) is expected
    assert state_of(*word, planned=True) is HotspotState.PLANNED_OFF


def test_the_register_says_by_what_a_hotspot_is_judged() -> None:
    attributes = {"class_mbps": "7", "capacity": "12"}
    target = Target(KEY, TargetKind.HOTSPOT, "A", "A", "", "Wi-Fi", Place(), None, timedelta(seconds=60), attributes=attributes)
    terms = terms_of(target)
    assert (terms.patience.measured, terms.capacity, terms.class_bits_per_second) == (timedelta(minutes=2), 12, 7e6)


# --- in any order ----------------------------------------------------------------------------------------------------

READINGS = st.builds(
    said,
    st.sampled_from([Source.POLL, Source.RETRY, Source.MQTT, Source.PORTAL, Source.FIELD]),
    st.integers(0, 400),
    st.tuples(
        st.sampled_from(Status), st.sampled_from([Reason.OK, Reason.SLOW, Reason.TIMEOUT, Reason.NO_INTERNET, Reason.AUTH])
    ),
    st.dictionaries(
        st.sampled_from([CLIENTS, LATENCY, LOSS, IN]), st.sampled_from([0.0, 0.2, 1.0, 27.0, 31.0, 19e6]), max_size=3
    ),
    internet=st.sampled_from([True, False, "?"]),
)


@given(readings=st.lists(READINGS, max_size=8), chance=st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter_and_neither_do_repetitions(readings: list[Reading], chance: object) -> None:
    shuffled = readings + readings[: len(readings) // 2]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert truth(*shuffled) == truth(*readings)


@given(one=READINGS, other=READINGS, third=READINGS)
def test_voices_of_one_source_join_in_any_grouping(one: Reading, other: Reading, third: Reading) -> None:
    a, b, c = (voice_of(replace(each, source=Source.MQTT)) for each in (one, other, third))
    assert joined(joined(a, b), c) == joined(a, joined(b, c))
    assert joined(a, b) == joined(b, a)
    assert joined(a, a) == a


@given(readings=st.lists(READINGS, max_size=8), silent_seconds=st.integers(7 * 86_400, 10_000_000))
def test_silence_is_never_up_and_never_down(readings: list[Reading], silent_seconds: int) -> None:
    at = NOW + timedelta(seconds=silent_seconds)
    believed = truth_of(voices_of(readings).values(), at, TERMS)
    assert (believed.state, believed.status) == (HotspotState.NO_DATA, Status.UNKNOWN)


@given(readings=st.lists(READINGS, max_size=8), planned=st.booleans())
def test_state_status_and_reason_always_belong_together(readings: list[Reading], planned: bool) -> None:
    believed = truth(*readings, planned=planned)
    assert believed.measured is state_of(believed.status, believed.reason)
    assert believed.state is state_of(believed.status, believed.reason, planned=planned)


@given(readings=st.lists(READINGS, max_size=6), reason=st.sampled_from(sorted(BLIND)))
def test_what_says_nothing_changes_nothing_that_others_saw(readings: list[Reading], reason: Reason) -> None:
    others = [each for each in readings if each.source is not Source.PORTAL]
    before = truth(*others)
    after = truth(*others, said(Source.PORTAL, 1, (Status.DOWN, reason)))
    if before.status is not Status.UNKNOWN:
        assert after == before
    else:
        assert after.status is Status.UNKNOWN
