"""The simulated past: in order, the same every time, and joined to the present without a jump."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from command_centre.demo import history
from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.history import simulated_history
from command_centre.demo.hosts import HttpsUse, hosts_of
from command_centre.demo.rhythm import response_seconds
from command_centre.demo.script import Script, ScriptedFault, Stretch
from command_centre.demo.validity import ordinary_validity
from command_centre.domain.reading import Reading, Reason, Source, Status
from tests.support.demo_city import site

UNTIL = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)  # 14.00 in Bontang
LOOP = timedelta(minutes=20)
TARGETS = [*(site(f"dinas{number}") for number in range(60)), site("tanpa-alamat", None)]


def always(target: int, kind: FaultKind, already: timedelta, lasts: timedelta | None = None) -> ScriptedFault:
    return ScriptedFault(TARGETS[target].key, Fault(kind, lasts), Stretch(timedelta(0), LOOP), already)


@pytest.fixture(scope="module")
def past() -> list[Reading]:
    return list(simulated_history(TARGETS, UNTIL))


def test_every_measured_site_is_looked_at_every_five_minutes(past: list[Reading]) -> None:
    assert len(past) == 60 * 24 * 12
    times = [reading.taken_at for reading in past if reading.target == TARGETS[7].key]
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(minutes=5)}


def test_a_site_without_an_address_has_no_past(past: list[Reading]) -> None:
    assert TARGETS[-1].key not in {reading.target for reading in past}


def test_readings_come_in_order_of_time_and_end_before_the_present(past: list[Reading]) -> None:
    times = [reading.taken_at for reading in past]
    assert times == sorted(times)
    assert times[0] >= UNTIL - timedelta(hours=24)
    assert times[-1] < UNTIL


def test_every_reading_says_that_it_is_simulated(past: list[Reading]) -> None:
    assert {reading.source for reading in past} == {Source.SIMULATED}
    assert {reading.detail for reading in past} == {"simulasi"}


def test_the_same_past_is_told_every_time(past: list[Reading]) -> None:
    assert list(simulated_history(TARGETS, UNTIL)) == past


def test_values_are_finite_and_the_phases_add_up_to_the_total(past: list[Reading]) -> None:
    for reading in past:
        assert all(math.isfinite(value) for value in reading.values.values())
        if history.TOTAL in reading.values:
            phases = sum(reading.values[phase] for phase in history.PHASES if phase in reading.values)
            assert phases == pytest.approx(reading.values[history.TOTAL])
            assert 0.1 < reading.values[history.TOTAL] < 4.0


def test_most_of_a_day_is_well_and_some_of_it_is_not(past: list[Reading]) -> None:
    down = sum(reading.status is Status.DOWN for reading in past)
    slow = sum(reading.reason is Reason.SLOW for reading in past)
    assert 0.0005 < down / len(past) < 0.02
    assert 0 < slow < len(past) * 0.02


def test_a_slow_reading_is_above_the_limit_and_an_ok_one_below(past: list[Reading]) -> None:
    for reading in past:
        if reading.reason is Reason.SLOW:
            assert reading.values[history.TOTAL] > 3
        if reading.reason is Reason.OK:
            assert reading.values[history.TOTAL] <= 3


def test_response_times_join_those_of_the_living_city(past: list[Reading]) -> None:
    last = next(reading for reading in reversed(past) if reading.reason is Reason.OK)
    host = next(host for host in hosts_of(TARGETS) if last.target in host.targets)
    assert last.values[history.TOTAL] == pytest.approx(response_seconds(host.name, last.taken_at), abs=0.1)


def test_a_site_without_https_has_no_certificate_and_no_tls_time(past: list[Reading]) -> None:
    for host in hosts_of(TARGETS):
        seen = next(each for each in past if each.target in host.targets and each.reason is Reason.OK) if host.targets else None
        if seen is not None:
            has_certificate = history.CERTIFICATE in seen.values
            assert has_certificate == (history.TLS in seen.values) == (host.https is HttpsUse.REDIRECTED)


def test_what_the_script_calls_broken_was_so_for_as_long_as_it_says() -> None:
    script = Script(LOOP, (always(3, FaultKind.BAD_GATEWAY, timedelta(hours=2, minutes=31)),))
    seen = [each for each in simulated_history(TARGETS, UNTIL, script=script) if each.target == TARGETS[3].key]
    late = [each for each in seen if each.taken_at >= UNTIL - timedelta(hours=2, minutes=31)]
    assert {(each.status, each.reason) for each in late} == {(Status.DOWN, Reason.HTTP_STATUS)}
    assert {each.values[history.STATUS_CODE] for each in late} == {502.0}
    before = seen[len(seen) - len(late) - 1]
    assert before.status is Status.UP


def test_an_expiring_certificate_runs_out_towards_the_present() -> None:
    days = timedelta(days=3, hours=6)
    script = Script(LOOP, (always(0, FaultKind.CERTIFICATE_EXPIRING, timedelta(days=2), days),))
    seen = list(simulated_history(TARGETS[:1], UNTIL, script=script))
    assert {each.reason for each in seen} == {Reason.CERT_EXPIRING}
    for each in seen:
        ahead = (UNTIL - each.taken_at).total_seconds()
        assert each.values[history.CERTIFICATE] == pytest.approx(days.total_seconds() + ahead)


def test_outages_are_over_before_the_present_unless_the_script_says_otherwise(past: list[Reading]) -> None:
    late = [reading for reading in past if reading.taken_at >= UNTIL - history.CALM_BEFORE_START]
    assert {reading.reason for reading in late} <= {Reason.OK, Reason.SLOW}


@pytest.mark.parametrize("kind", list(FaultKind))
def test_each_fault_has_a_past_with_only_the_values_that_such_a_look_gives(kind: FaultKind) -> None:
    lasts = timedelta(seconds=3.4) if kind.needs_length else None
    script = Script(LOOP, (always(0, kind, timedelta(hours=1), lasts),))
    last = list(simulated_history(TARGETS[:1], UNTIL, hours=1, script=script))[-1]
    match kind:
        case FaultKind.NEGLECTED:
            assert last.status is Status.UP
            assert last.values[history.CONTENT_AGE] > 365 * 86_400
        case FaultKind.DNS_NXDOMAIN | FaultKind.DNS_SERVFAIL | FaultKind.REFUSED:
            assert last.values.keys() == {history.DNS}
        case FaultKind.TIMEOUT:
            assert history.TOTAL not in last.values
            assert history.STATUS_CODE not in last.values
        case FaultKind.CERTIFICATE_EXPIRED:
            assert last.values[history.CERTIFICATE] < 0
            assert history.STATUS_CODE not in last.values
        case _:
            assert last.status is not Status.UNKNOWN
    assert last.status is not Status.UP or kind in (*history.OTHER_PAGES, FaultKind.LOGIN_PAGE)


def test_without_a_step_there_is_no_history() -> None:
    with pytest.raises(ValueError, match="positive"):
        next(simulated_history(TARGETS, UNTIL, every=timedelta(0)))


def test_ordinary_certificates_are_renewed_before_they_get_scarce() -> None:
    for number in range(200):
        left = ordinary_validity(f"dinas{number}", UNTIL).ends - UNTIL
        assert timedelta(days=14) < left <= timedelta(days=90)
