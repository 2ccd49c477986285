"""The hotspots' day before the demo began: cheap, in order, and in keeping with the script and the hours of the day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest

from command_centre.demo.crowd import is_dark_for_prayer
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.hotspot_history import HISTORY_EVERY, simulated_hotspot_history
from command_centre.demo.register import with_simulated_addresses
from command_centre.demo.rhythm import CITY_ZONE
from command_centre.demo.script import Script, ScriptedHotspots, Stretch
from command_centre.domain.hotspot import CLIENTS
from command_centre.domain.reading import Source, Status
from command_centre.domain.target import TargetKey
from tests.support.demo_city import hotspot

UNTIL = datetime(2026, 11, 24, 4, 4, tzinfo=UTC)  # Tuesday 12.04 WITA
TARGETS = with_simulated_addresses([hotspot(f"utara-{number:04}", mbps=(7, 20, 50)[number % 3]) for number in range(1, 61)])
KEYS = [each.key for each in TARGETS]
MOSQUE = with_simulated_addresses([hotspot("utara-0500", place_type="ibadah")])


def test_each_hotspot_has_one_reading_per_step_in_order_of_time() -> None:
    readings = list(simulated_hotspot_history(TARGETS, UNTIL))
    assert Counter(each.target for each in readings) == dict.fromkeys(KEYS, 24)
    assert all(earlier.taken_at <= later.taken_at for earlier, later in pairwise(readings))
    assert UNTIL - timedelta(hours=24) <= readings[0].taken_at
    assert readings[-1].taken_at < UNTIL
    assert {each.source for each in readings} == {Source.SIMULATED}


def test_a_day_of_721_hotspots_is_few_enough_for_a_quick_start() -> None:
    assert 721 * timedelta(hours=24) / HISTORY_EVERY < 18_000


def test_it_can_be_taken_in_slices_and_is_the_same_every_time() -> None:
    whole = list(simulated_hotspot_history(TARGETS, UNTIL))
    stream = simulated_hotspot_history(TARGETS, UNTIL)
    slices = [reading for _ in range(20) for reading in islice(stream, 100)]
    assert slices == whole


def test_what_the_script_calls_broken_has_been_so_for_as_long_as_it_says() -> None:
    broken = frozenset(KEYS[:9])
    always, already = Stretch(timedelta(0), timedelta(minutes=20)), timedelta(hours=5, minutes=30)
    entry = ScriptedHotspots(broken, HotspotFault.DOWN, always, already)
    readings = list(simulated_hotspot_history(TARGETS, UNTIL, script=Script(hotspots=(entry,))))
    lately = [each for each in readings if each.taken_at >= UNTIL - already]
    assert {each.status for each in lately if each.target in broken} == {Status.DOWN}
    before = Counter(each.status for each in readings if each.target in broken and each not in lately)
    assert before[Status.UP] > 0.9 * before.total()


def test_what_breaks_later_has_no_past() -> None:
    later = Stretch(timedelta(minutes=5), timedelta(minutes=9))
    scripts = [Script(hotspots=(ScriptedHotspots(frozenset(KEYS), HotspotFault.FULL, later),)), Script()]
    first, second = (list(simulated_hotspot_history(TARGETS, UNTIL, script=each)) for each in scripts)
    assert first == second


def test_some_hotspots_had_an_outage_and_most_had_none() -> None:
    statuses = Counter(each.status for each in simulated_hotspot_history(TARGETS, UNTIL, hours=72))
    assert 0 < statuses[Status.DOWN] < 0.05 * statuses.total()


def test_outages_are_over_before_the_demo_takes_over() -> None:
    readings = simulated_hotspot_history(TARGETS, UNTIL, hours=2, every=timedelta(minutes=5))
    assert {each.status for each in readings if each.taken_at > UNTIL - timedelta(minutes=19)} == {Status.UP}


def test_worship_places_were_off_at_the_times_of_prayer_where_the_script_says_so() -> None:
    script = Script(hotspots=(ScriptedHotspots(frozenset({TargetKey("wifi:utara-0500")}), HotspotFault.DOWN, None),))
    readings = list(simulated_hotspot_history(MOSQUE, UNTIL, every=timedelta(minutes=5), script=script))
    dark = [each for each in readings if is_dark_for_prayer(each.taken_at)]
    assert len(dark) >= 5 * 3
    assert {each.status for each in dark} == {Status.DOWN}


def test_more_people_were_there_by_day_than_by_night() -> None:
    readings = [each for each in simulated_hotspot_history(TARGETS, UNTIL) if CLIENTS in each.values]
    by_day = [each.values[CLIENTS] for each in readings if 8 <= each.taken_at.astimezone(CITY_ZONE).hour < 12]
    by_night = [each.values[CLIENTS] for each in readings if each.taken_at.astimezone(CITY_ZONE).hour < 4]
    assert sum(by_day) / len(by_day) > 5 * sum(by_night) / len(by_night)


@pytest.mark.parametrize(("every", "until"), [(timedelta(0), UNTIL), (HISTORY_EVERY, UNTIL.replace(tzinfo=None))])
def test_a_step_of_nothing_and_a_time_without_a_zone_are_refused(every: timedelta, until: datetime) -> None:
    with pytest.raises(ValueError, match="must be"):
        next(simulated_hotspot_history(TARGETS, until, every=every))
