"""Several sources, one truth per hotspot, on the way to the recorder."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from command_centre.domain.hotspot import STANDING_SINCE
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.pipeline.truth import HotspotTruths, is_overruled_repetition
from tests.support.clock import NOON

KEY = TargetKey("wifi:utara-0001")
HOTSPOT = Target(
    KEY, TargetKind.HOTSPOT, "Taman", "Taman", "", "Wi-Fi", Place(), None, timedelta(seconds=30), attributes={"capacity": "30"}
)
CLIENTS = MetricName("clients_total")
SECOND = timedelta(seconds=1)


def said(source: Source, status: Status, reason: Reason, after: float = 0, **values: float) -> Reading:
    numbers = {MetricName(name): value for name, value in values.items()}
    return Reading(KEY, NOON + after * SECOND, status, reason, values=numbers, source=source)


def test_a_sign_of_life_by_mqtt_outweighs_a_time_out_by_snmp_and_each_sample_keeps_its_source() -> None:
    truths = HotspotTruths([HOTSPOT])
    truths.settle(said(Source.MQTT, Status.UP, Reason.OK, clients_total=4))
    settled = truths.settle(said(Source.POLL, Status.DOWN, Reason.TIMEOUT, after=5))
    assert (settled.status, settled.source) == (Status.UP, Source.POLL)
    assert settled.evidence["said"] == "poll: down/timeout"
    assert CLIENTS not in settled.values


def test_when_the_other_source_has_fallen_silent_the_time_out_counts() -> None:
    truths = HotspotTruths([HOTSPOT])
    truths.settle(said(Source.MQTT, Status.UP, Reason.OK))
    settled = truths.settle(said(Source.POLL, Status.DOWN, Reason.TIMEOUT, after=61))
    assert (settled.status, settled.reason) == (Status.DOWN, Reason.TIMEOUT)


def test_thirty_devices_are_full_whoever_counted_them() -> None:
    truths = HotspotTruths([HOTSPOT])
    truths.settle(said(Source.POLL, Status.UP, Reason.OK, clients_total=31))
    settled = truths.settle(said(Source.MQTT, Status.UP, Reason.OK, after=3))
    assert (settled.status, settled.reason) == (Status.DEGRADED, Reason.FULL)


def test_a_wrong_community_is_no_news_about_the_hotspot() -> None:
    settled = HotspotTruths([HOTSPOT]).settle(said(Source.POLL, Status.DOWN, Reason.AUTH))
    assert settled.status is Status.UNKNOWN


def test_an_old_retained_message_is_judged_at_its_own_time() -> None:
    truths = HotspotTruths([HOTSPOT])
    truths.settle(said(Source.POLL, Status.DOWN, Reason.TIMEOUT))
    settled = truths.settle(said(Source.MQTT, Status.UP, Reason.OK, after=-3600))
    assert settled.status is Status.UP


def test_a_site_and_a_tentative_reading_pass_unchanged() -> None:
    truths = HotspotTruths([HOTSPOT])
    site = Reading(TargetKey("situs:dishub"), NOON, Status.DOWN, Reason.DNS_NXDOMAIN)
    tentative = Reading(KEY, NOON, Status.DOWN, Reason.TIMEOUT, tentative=True)
    assert truths.settle(site) is site
    assert truths.settle(tentative) is tentative


def test_an_offline_that_is_only_said_again_needs_no_row_while_another_source_sees_it_serve() -> None:
    """Q4: recorded, it would stand before the values of the source that sees it."""
    truths = HotspotTruths([HOTSPOT])
    truths.settle(said(Source.POLL, Status.UP, Reason.OK, clients_total=4))
    first = truths.settle(said(Source.MQTT, Status.DOWN, Reason.OFFLINE, after=1))
    again = truths.settle(_again(said(Source.MQTT, Status.DOWN, Reason.OFFLINE, after=31)))
    assert (first.status, again.status) == (Status.UP, Status.UP)
    assert [is_overruled_repetition(each) for each in (first, again)] == [False, True]


def test_an_offline_that_is_said_again_is_recorded_where_nobody_contradicts_it() -> None:
    again = HotspotTruths([HOTSPOT]).settle(_again(said(Source.MQTT, Status.DOWN, Reason.OFFLINE)))
    assert (again.status, is_overruled_repetition(again)) == (Status.DOWN, False)


def _again(reading: Reading) -> Reading:
    return replace(reading, evidence={STANDING_SINCE: NOON.isoformat()})
