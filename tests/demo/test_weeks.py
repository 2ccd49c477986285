"""The weeks before the demo began: in order, without overlap, the same every time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from command_centre.demo.weeks import CABLE_LASTS, past_hours, past_incidents, past_spans, weeks_begin
from command_centre.domain.target import Place, Target, TargetKey, TargetKind

ZONE = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
BEGINS, UNTIL = weeks_begin(NOW, ZONE), NOW - timedelta(hours=24)


def hotspot(number: int, settlement: str = "") -> Target:
    return Target(
        key=TargetKey(f"wifi:{number}"),
        kind=TargetKind.HOTSPOT,
        name=f"Titik {number}",
        short_name=f"Titik {number}",
        owner="Diskominfo",
        group="Wi-Fi",
        place=Place("64.74.01.1003", "64.74.01"),
        address=None,
        expected_every=timedelta(minutes=1),
        parents=(TargetKey("induk:penyedia-a-utara"),),
        attributes={"settlement": settlement} if settlement else {},
    )


def site(number: int) -> Target:
    return Target(
        TargetKey(f"situs:{number}"),
        TargetKind.SITE,
        f"Situs {number}",
        f"S{number}",
        "OPD",
        "OPD",
        Place(),
        "http://x.test/",
        timedelta(minutes=1),
    )


CITY = [
    *(hotspot(number) for number in range(40)),
    hotspot(90, "Gusung"),
    hotspot(91, "Gusung"),
    *(site(number) for number in range(20)),
]


def test_the_weeks_begin_on_a_monday_of_the_city() -> None:
    local = BEGINS.astimezone(ZONE)
    assert (local.weekday(), local.hour, local.minute) == (0, 0, 0)
    assert timedelta(weeks=8) <= NOW - BEGINS < timedelta(weeks=9)


def test_spans_touch_from_the_beginning_to_the_end() -> None:
    for target in CITY:
        spans = list(past_spans(target, BEGINS, UNTIL, ZONE))
        assert spans[0].since == BEGINS
        assert spans[-1].until == UNTIL
        assert all(left.until == right.since for left, right in pairwise(spans))
        assert all(each.since < each.until for each in spans)


def test_the_past_is_the_same_every_time() -> None:
    for target in CITY:
        assert list(past_spans(target, BEGINS, UNTIL, ZONE)) == list(past_spans(target, BEGINS, UNTIL, ZONE))
    assert list(past_incidents(CITY, BEGINS, UNTIL, ZONE)) == list(past_incidents(CITY, BEGINS, UNTIL, ZONE))


def test_a_cut_cable_is_one_incident_of_many_hotspots_and_they_were_down_then() -> None:
    cables = [each for each in past_incidents(CITY, BEGINS, UNTIL, ZONE) if each.group_kind is not None]
    assert len(cables) == 4
    for cable in cables:
        assert cable.resolved_at - cable.opened_at == CABLE_LASTS
        down = [each for each in CITY if each.kind is TargetKind.HOTSPOT and _is_down(each, cable.opened_at + timedelta(hours=1))]
        assert cable.scope is not None
        assert 10 < cable.scope <= len(down)


def test_incidents_of_the_past_are_over_and_were_taken_before_they_ended() -> None:
    found = list(past_incidents(CITY, BEGINS, UNTIL, ZONE))
    assert found
    for each in found:
        assert BEGINS <= each.opened_at < each.resolved_at <= UNTIL
        assert each.acknowledged_at is None or each.opened_at <= each.acknowledged_at <= each.resolved_at


def test_devices_are_counted_by_whole_hours_and_never_below_nothing() -> None:
    hours = list(past_hours(CITY[0], BEGINS, UNTIL))
    assert len(hours) == 4 * 24
    assert all(each.bucket.minute == 0 and each.low >= 0 and each.low <= each.total / each.samples <= each.high for each in hours)


def _is_down(target: Target, at: datetime) -> bool:
    return any(each.since <= at < each.until and each.status == "down" for each in past_spans(target, BEGINS, UNTIL, ZONE))
