"""What screens are told, on a real SQLite file and a real PostgreSQL server, from history that the real pipeline wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Engine, event

from command_centre.domain.calendar import OneOff, Weekly, Window
from command_centre.domain.reading import Reason, Source, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Target, TargetKey, TargetKind
from command_centre.pipeline.watchman import look_round
from command_centre.read.queries import Queries
from command_centre.read.views import Condition, Counts, Fault, HotspotCounts, SitesView, SiteTile
from command_centre.storage.database import writing
from command_centre.storage.walls import WallBeat, record_beat
from tests.support.clock import NOON, FrozenClock
from tests.support.little_city import EVERY, WITA, LittleCity, site

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def open_city(
    engine: Engine, register: Sequence[Target], windows: Sequence[Window] = ()
) -> tuple[LittleCity, FrozenClock, Queries]:
    clock = FrozenClock()
    city = LittleCity(engine, clock, register, windows)
    kelurahan = {"64.74.01.1003": "64.74.01", "64.74.02.1004": "64.74.02"}
    return city, clock, Queries(engine, WITA, clock, windows=windows, kelurahan=kelurahan)


def tile(view: SitesView, name: str) -> SiteTile:
    return next(each for each in view.tiles if each.short_name == name)


def test_an_empty_database_is_answered_with_absence_and_no_zero_is_invented(engine: Engine) -> None:
    _, _, queries = open_city(engine, ())
    sites, summary = queries.sites(), queries.summary()
    assert sites.as_of is None
    assert sites.tiles == ()
    assert summary.hotspots is None
    assert summary.services is None
    assert summary.calm_since is None
    assert {step.value for step in summary.sites_active_24h} == {None}
    assert {step.value for step in summary.incidents_24h} == {None}
    assert [each.measured for each in summary.dimensions] == [None] * 6


def test_a_register_without_readings_is_expected_and_not_measured(engine: Engine) -> None:
    _, _, queries = open_city(engine, (site("Dishub"), site("Setwan", address=None)))
    view = queries.sites()
    assert view.counts == Counts(no_data=1, no_address=1)
    assert tile(view, "Dishub").reason is Reason.NEVER_SEEN
    assert tile(view, "Setwan").history == (Condition.NO_ADDRESS,) * 48


def test_a_tile_carries_what_was_measured(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"),))
    city.see("Dishub", seconds=0.83, certificate_days=6.5)
    view = queries.sites()
    seen = tile(view, "Dishub")
    assert seen.condition is Condition.NORMAL
    assert (seen.total_seconds, seen.status_code, seen.uses_https, seen.certificate_days) == (0.83, 200, True, 6.5)
    assert seen.last_seen == clock.now() == view.as_of
    assert [mark.short_name for mark in view.certificates] == ["Dishub"]


def test_a_site_that_answers_without_encryption_is_counted(engine: Engine) -> None:
    city, _, queries = open_city(engine, (site("Dishub"), site("Dinkes")))
    city.see("Dishub", certificate_days=30)
    city.see("Dinkes")
    assert queries.sites().without_https == 1


def test_a_reading_older_than_twice_the_interval_is_no_data_whatever_it_said(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"), site("Dinkes")))
    city.see("Dishub", seconds=0.5)
    city.see("Dinkes", status=Status.DOWN, reason=Reason.CONNECT_TIMEOUT)
    seen_at = clock.now()
    clock.advance(2 * EVERY - timedelta(milliseconds=1))
    assert queries.sites().counts == Counts(normal=1, down=1)
    clock.advance(timedelta(milliseconds=1))
    view = queries.sites()
    assert view.counts == Counts(no_data=2)
    silent = tile(view, "Dishub")
    assert silent.total_seconds is None
    assert silent.reason is Reason.SILENT
    assert silent.since == seen_at + 2 * EVERY
    assert silent.last_seen == seen_at


def test_the_watchman_and_the_screen_agree_about_a_silent_site(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"),))
    city.see("Dishub")
    clock.advance(5 * MINUTE)
    before = tile(queries.sites(), "Dishub")
    with writing(engine) as connection:
        look_round(connection, clock.now(), city.rulebook)
    after = tile(queries.sites(), "Dishub")
    assert (before.condition, before.reason, before.since) == (after.condition, after.reason, after.since)


def test_a_site_behind_our_lost_uplink_is_unknown_and_opens_no_incident(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"),))
    city.see("Dishub")
    clock.advance(MINUTE)
    city.see("Dishub", status=Status.UNKNOWN, reason=Reason.OWN_UPLINK)
    city.see("sendiri:sambungan", status=Status.DOWN, reason=Reason.OWN_UPLINK, source=Source.SELF, seconds=None)
    city.show_life()
    view = queries.summary()
    assert view.sites == Counts(no_data=1)
    assert [(each.fault, each.since) for each in view.faults] == [(Fault.OWN_UPLINK, clock.now())]
    assert [each.target for each in view.incidents] == ["sendiri:sambungan"]
    assert view.incidents_critical == 1


def test_the_abnormal_list_is_worst_first_and_longest_first(engine: Engine) -> None:
    names = ("Lambat", "Mati2", "Mati1", "Diam", "Baik")
    city, clock, queries = open_city(engine, tuple(site(name) for name in names))
    city.see("Mati1", status=Status.DOWN, reason=Reason.HTTP_STATUS)
    clock.advance(30 * timedelta(seconds=1))
    city.see("Mati1", "Mati2", status=Status.DOWN, reason=Reason.HTTP_STATUS)
    city.see("Lambat", status=Status.DEGRADED, reason=Reason.SLOW)
    city.see("Baik")
    assert [each.short_name for each in queries.sites().abnormal] == ["Mati1", "Mati2", "Lambat", "Diam"]


def test_a_site_in_an_agreed_window_is_planned_until_the_window_ends(engine: Engine) -> None:
    window = Window("perawatan", frozenset({TargetKey("situs:dishub")}), OneOff(NOON - HOUR, NOON + HOUR))
    city, clock, queries = open_city(engine, (site("Dishub"),), (window,))
    city.see("Dishub", status=Status.DOWN, reason=Reason.MAINTENANCE)
    planned = tile(queries.sites(), "Dishub")
    assert planned.condition is Condition.PLANNED
    assert planned.planned_until == NOON + HOUR
    assert planned.since == NOON - HOUR
    assert queries.summary().incidents == ()
    clock.advance(HOUR)
    city.see("Dishub")
    assert tile(queries.sites(), "Dishub").condition is Condition.NORMAL


def test_a_weekly_window_across_midnight_is_kept_by_the_city_clock(engine: Engine) -> None:
    # NOON is Monday 12.00 WITA. The window of Monday 22.00-02.00 WITA reaches into Tuesday.
    window = Window("malam", frozenset({TargetKey("situs:dishub")}), Weekly(frozenset({0}), time(22), time(2)))
    city, clock, queries = open_city(engine, (site("Dishub"),), (window,))

    def condition_at(hours: float) -> Condition:
        clock.advance(NOON + timedelta(hours=hours) - clock.now())
        city.see("Dishub")
        return tile(queries.sites(), "Dishub").condition

    assert condition_at(9.99) is Condition.NORMAL
    assert condition_at(10) is Condition.PLANNED
    assert condition_at(13.99) is Condition.PLANNED
    assert condition_at(14) is Condition.NORMAL


def test_history_shows_an_outage_in_its_half_hour_and_silence_before_the_first_look(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"),))
    begin = NOON - 3 * HOUR
    for minute in range(180):
        is_outage = 60 <= minute < 65
        status, reason = (Status.DOWN, Reason.CONNECT_REFUSED) if is_outage else (Status.UP, Reason.OK)
        city.see("Dishub", status=status, reason=reason, at=begin + minute * MINUTE)
    clock.advance(MINUTE)
    history = tile(queries.sites(), "Dishub").history
    assert len(history) == 48
    assert set(history[:41]) == {Condition.NO_DATA}
    assert history[41:] == (
        Condition.NORMAL,
        Condition.NORMAL,
        Condition.DOWN,
        Condition.NORMAL,
        Condition.NORMAL,
        Condition.NORMAL,
        Condition.NORMAL,
    )


def test_the_newest_trouble_is_in_the_last_half_hour_at_once(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"),))
    city.see("Dishub")
    queries.sites()  # histories of this minute are known now
    clock.advance(timedelta(seconds=5))
    city.see("Dishub", status=Status.DOWN, reason=Reason.CONNECT_REFUSED)
    assert tile(queries.sites(), "Dishub").history[-1] is Condition.DOWN


def test_the_lines_end_with_the_numbers_beside_them(engine: Engine) -> None:
    city, _, queries = open_city(engine, (site("Dishub"), site("Dinkes")))
    for minute in range(30):
        city.see("Dishub", "Dinkes", at=NOON - (30 - minute) * MINUTE)
    city.see("Dishub")
    city.see("Dinkes", status=Status.DOWN, reason=Reason.CONNECT_REFUSED)
    view = queries.summary()
    assert view.sites_active_24h[0].value is None
    assert [step.value for step in view.sites_active_24h[1:]] == [2, 1]
    assert view.sites_active_24h[-1].value == view.sites.active
    assert view.incidents_24h[-1].value == view.incidents_open == 1


def test_incidents_are_listed_most_urgent_first_then_oldest_and_resolved_ones_apart(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Lama"), site("Baru"), site("Sembuh")))
    city.see("Sembuh", "Lama", status=Status.DOWN, reason=Reason.HTTP_STATUS)
    clock.advance(MINUTE)
    city.see("Baru", status=Status.DOWN, reason=Reason.DNS_NXDOMAIN)
    city.see("Sembuh")
    city.see("sendiri:sambungan", status=Status.DOWN, reason=Reason.OWN_UPLINK, source=Source.SELF, seconds=None)
    clock.advance(2 * MINUTE)
    city.see("Sembuh")
    view = queries.summary()
    assert [each.target for each in view.incidents] == ["sendiri:sambungan", "situs:lama", "situs:baru"]
    assert [each.severity for each in view.incidents] == [Severity.CRITICAL, Severity.WARNING, Severity.WARNING]
    assert [(each.target, each.resolved_at) for each in view.resolved_24h] == [("situs:sembuh", NOON + MINUTE)]
    assert (view.incidents_open, view.incidents_critical) == (3, 1)
    assert view.calm_since is None


def test_a_calm_city_says_since_when(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"),))
    city.see("Dishub", status=Status.DOWN, reason=Reason.HTTP_STATUS)
    clock.advance(MINUTE)
    city.see("Dishub")
    clock.advance(2 * MINUTE)
    city.see("Dishub")
    assert queries.summary().calm_since == NOON + MINUTE


def test_sites_are_counted_in_their_kelurahan(engine: Engine) -> None:
    city, _, queries = open_city(
        engine, (site("Dishub"), site("Satimpo", kelurahan="64.74.02.1004"), site("Entah", kelurahan=None))
    )
    city.see("Dishub", "Satimpo")
    assert {each.code: each.sites for each in queries.summary().kelurahan} == {
        "64.74.01.1003": Counts(normal=1),
        "64.74.02.1004": Counts(normal=1),
    }


def test_hotspots_are_counted_once_the_register_has_any(engine: Engine) -> None:
    city, _, queries = open_city(engine, (site("Dishub"), site("Taman", kind=TargetKind.HOTSPOT, group="Wi-Fi")))
    city.see("Dishub")
    view = queries.summary()
    assert view.hotspots == HotspotCounts(no_data=1)
    assert view.hotspots_registered == 1
    assert view.sites == Counts(normal=1)


def test_a_group_in_which_nobody_answers_is_a_silent_source(engine: Engine) -> None:
    register = (site("Dishub"), site("Dinkes"), site("Camat", group="Kecamatan"), site("Setwan", group="Tanpa", address=None))
    city, _, queries = open_city(engine, register)
    city.see("Dishub")
    sources = queries.sites().sources
    assert (sources.silent, sources.total) == (1, 2)


def test_a_writer_that_no_longer_renews_its_lease_is_a_fault_from_its_last_sign_of_life(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"),))
    city.show_life()
    renewed = clock.now()
    clock.advance(timedelta(seconds=15))
    assert queries.sites().faults == ()
    clock.advance(timedelta(seconds=1))
    assert [(each.fault, each.since) for each in queries.sites().faults] == [(Fault.COLLECTOR_SILENT, renewed)]
    city.show_life()
    assert queries.sites().faults == ()


def test_a_renamed_site_keeps_its_history_and_a_removed_one_leaves_the_screen(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"), site("Dinkes")))
    city.see("Dishub", "Dinkes")
    queries.sites()
    clock.advance(timedelta(seconds=1))
    city.enter((replace(site("Dishub"), short_name="Perhubungan"),))
    view = queries.sites()
    assert [each.short_name for each in view.tiles] == ["Perhubungan"]
    assert view.tiles[0].last_seen == NOON


def test_a_site_that_the_register_lists_from_tomorrow_is_not_shown_today(engine: Engine) -> None:
    tomorrow = replace(site("Baru"), valid_from=date(2026, 11, 24))
    _, clock, queries = open_city(engine, (site("Dishub"), tomorrow))
    assert [each.short_name for each in queries.sites().tiles] == ["Dishub"]
    clock.advance(12 * HOUR)  # midnight in Bontang
    assert [each.short_name for each in queries.sites().tiles] == ["Dishub", "Baru"]


def test_a_wall_is_silent_thirty_seconds_after_its_last_word_unless_it_was_closed(engine: Engine) -> None:
    _, clock, queries = open_city(engine, ())
    record_beat(engine, WallBeat("utama", "situs", data_age_seconds=2.5, dom_nodes=900), clock.now())
    record_beat(engine, WallBeat("rapat", "ringkasan", closed=True), clock.now())
    clock.advance(timedelta(seconds=30))
    assert [(each.name, each.is_silent) for each in queries.wall_status()] == [("rapat", False), ("utama", False)]
    clock.advance(timedelta(seconds=1))
    walls = {each.name: each for each in queries.wall_status()}
    assert walls["utama"].is_silent
    assert not walls["rapat"].is_silent
    assert (walls["utama"].page, walls["utama"].data_age_seconds, walls["utama"].heap_bytes) == ("situs", 2.5, None)


def test_all_numbers_of_one_answer_come_from_the_same_moment(engine: Engine) -> None:
    """A batch committed between two statements of one answer must not show up in half of it (R4)."""
    city, clock, queries = open_city(engine, (site("Dishub"),))
    city.see("Dishub", status=Status.DOWN, reason=Reason.HTTP_STATUS)
    interrupted: list[bool] = []

    def commit_in_between(*arguments: Any) -> None:
        statement: str = arguments[2]
        if interrupted or not statement.startswith("SELECT"):
            return
        interrupted.append(True)
        clock.advance(2 * MINUTE)
        city.see("Dishub")
        clock.advance(2 * MINUTE)
        city.see("Dishub")
        clock.advance(-4 * MINUTE)

    queries.summary()
    event.listen(engine, "after_cursor_execute", commit_in_between)
    view = queries.summary()
    assert interrupted
    assert view.sites == Counts(down=1)
    assert [each.target for each in view.incidents] == ["situs:dishub"]
    assert queries.summary().incidents == ()


def test_equal_cursors_mean_no_news_and_signs_of_life_are_no_news(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (site("Dishub"),))
    before = queries.cursor()
    city.show_life()
    record_beat(engine, WallBeat("utama", "situs"), clock.now())
    assert queries.cursor() == before
    city.see("Dishub")
    assert queries.cursor() != before
