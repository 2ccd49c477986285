"""What the screens are told of hotspots, from history that the real pipeline wrote, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import Engine, event

from command_centre.domain.calendar import OneOff, Weekly, Window
from command_centre.domain.hotspot import HotspotState
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.rule import DEFAULT_RULES, Severity
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import Parent, ParentKind, Place, Target, TargetKey, TargetKind
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.read.queries import Queries
from command_centre.read.views import HotspotArea, HotspotCounts, HotspotsView
from command_centre.storage.database import writing
from command_centre.storage.inventory import sync_targets
from tests.support.clock import NOON, FrozenClock
from tests.support.little_city import EVERY, METRICS, WITA, LittleCity, site

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LOKTUAN, SATIMPO = "64.74.01.1003", "64.74.02.1004"
UPLINK = Parent(
    TargetKey("induk:a-utara"), ParentKind.UPLINK, "Uplink Penyedia A, Bontang Utara", "Penyedia A Utara", "Penyedia A"
)
WIFI_METRICS = (
    Metric(MetricName("clients_total"), Unit.TOTAL, ""),
    Metric(MetricName("in_bits_per_second"), Unit.BITS_PER_SECOND, ""),
)


def hotspot(
    name: str,
    *,
    kelurahan: str | None = LOKTUAN,
    settlement: str = "",
    parents: Sequence[str] = (),
    provider: str = "Penyedia A",
    mbps: str = "50",
    address: str | None = None,
) -> Target:
    place = Place(kelurahan, None if kelurahan is None else kelurahan[:8], 0.0, 117.48)
    attributes = {"isp": provider, "class_mbps": mbps, "capacity": "30", "place_type": "sekolah"}
    if settlement:
        attributes["settlement"] = settlement
    key = TargetKey(f"wifi:{name.lower()}")
    return Target(
        key, TargetKind.HOTSPOT, f"Titik {name}", name, "Diskominfo", "Wi-Fi", place, address, EVERY,
        parents=tuple(map(TargetKey, parents)), attributes=attributes,
    )  # fmt: skip


class WifiCity(LittleCity):
    """A little city whose hotspots speak."""

    def tell(
        self,
        *names: str,
        status: Status = Status.UP,
        reason: Reason = Reason.OK,
        at: datetime | None = None,
        clients: float | None = None,
        mbps: float | None = None,
    ) -> None:
        moment = self.clock.now() if at is None else at
        values = {}
        if clients is not None:
            values[MetricName("clients_total")] = clients
        if mbps is not None:
            values[MetricName("in_bits_per_second")] = mbps * 1e6
        readings = [
            Reading(TargetKey(f"wifi:{name.lower()}"), moment, status, reason, values=values, source=Source.MQTT)
            for name in names
        ]
        with writing(self.engine) as connection:
            write_batch(connection, readings, self.rulebook, self.clock.now())


def open_city(
    engine: Engine, register: Sequence[Target], windows: Sequence[Window] = ()
) -> tuple[WifiCity, FrozenClock, Queries]:
    clock = FrozenClock()
    city = WifiCity(engine, clock, register, windows)
    city.rulebook = Rulebook.of(DEFAULT_RULES, windows, WITA, Orders(parents={UPLINK.key: UPLINK}))
    with writing(engine) as connection:
        sync_targets(connection, register, (*METRICS, *WIFI_METRICS), clock.now())
    kelurahan = {LOKTUAN: LOKTUAN[:8], SATIMPO: SATIMPO[:8]}
    return city, clock, Queries(engine, WITA, clock, windows=windows, kelurahan=kelurahan, parents=[UPLINK])


def states(view: HotspotsView) -> dict[str, HotspotState]:
    return {each.short_name: each.state for each in view.points}


def area(view: HotspotsView, code: str | None) -> HotspotArea:
    return next(each for each in view.areas if each.code == code)


def test_a_city_without_hotspots_is_answered_with_absence(engine: Engine) -> None:
    _, _, queries = open_city(engine, (site("Dishub"),))
    view, summary = queries.hotspots(), queries.summary()
    assert (view.points, view.areas, view.causes, view.planned) == ((), (), (), ())
    assert view.load.clients is None
    assert (summary.hotspots, summary.hotspots_registered, summary.hotspots_reporting_24h) == (None, None, ())


def test_a_hotspot_without_an_address_is_expected_because_it_may_speak_by_itself(engine: Engine) -> None:
    city, _, queries = open_city(engine, (hotspot("Satu"), hotspot("Dua")))
    assert queries.hotspots().counts == HotspotCounts(no_data=2)
    city.tell("Satu")
    assert queries.hotspots().counts == HotspotCounts(normal=1, no_data=1)


def test_status_and_reason_say_the_state(engine: Engine) -> None:
    said = {
        "Baik": (Status.UP, Reason.OK, HotspotState.NORMAL),
        "Ramai": (Status.UP, Reason.CROWDED, HotspotState.NORMAL),
        "Lambat": (Status.DEGRADED, Reason.SLOW, HotspotState.SLOW),
        "Penuh": (Status.DEGRADED, Reason.FULL, HotspotState.FULL),
        "Buntu": (Status.DOWN, Reason.NO_INTERNET, HotspotState.NO_INTERNET),
        "Putus": (Status.DOWN, Reason.TIMEOUT, HotspotState.DOWN),
        "Mati": (Status.DOWN, Reason.OFFLINE, HotspotState.DOWN),
        "Buta": (Status.UNKNOWN, Reason.BROKER_LOST, HotspotState.NO_DATA),
    }
    city, _, queries = open_city(engine, tuple(map(hotspot, said)))
    for name, (status, reason, _) in said.items():
        city.tell(name, status=status, reason=reason)
    assert states(queries.hotspots()) == {name: state for name, (_, _, state) in said.items()}


def test_a_hotspot_that_fell_silent_is_no_data_whatever_it_said_last(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (hotspot("Satu"), hotspot("Dua")))
    city.tell("Satu", clients=12)
    city.tell("Dua", status=Status.DOWN, reason=Reason.OFFLINE)
    clock.advance(2 * EVERY)
    view = queries.hotspots()
    assert view.counts == HotspotCounts(no_data=2)
    assert view.load.clients is None


def test_planned_time_is_laid_over_whatever_was_measured(engine: Engine) -> None:
    window = Window("salat", frozenset({TargetKey("wifi:satu"), TargetKey("wifi:dua")}), OneOff(NOON - MINUTE, NOON + HOUR))
    city, clock, queries = open_city(engine, (hotspot("Satu"), hotspot("Dua"), hotspot("Tiga")), (window,))
    city.tell("Satu", status=Status.DOWN, reason=Reason.OFFLINE)
    city.tell("Tiga")
    view = queries.hotspots()
    assert view.counts == HotspotCounts(normal=1, planned_off=2)
    assert (view.counts.registered, view.counts.expected, view.counts.reporting) == (3, 1, 1)
    clock.advance(HOUR)
    city.tell("Satu", status=Status.DOWN, reason=Reason.OFFLINE)
    assert states(queries.hotspots()) == {"Satu": HotspotState.DOWN, "Dua": HotspotState.NO_DATA, "Tiga": HotspotState.NO_DATA}


def test_areas_settlements_providers_and_classes_each_add_up_to_the_register(engine: Engine) -> None:
    city, _, queries = open_city(
        engine,
        (
            hotspot("A"),
            hotspot("B", kelurahan=SATIMPO, provider="Penyedia B", mbps="20"),
            hotspot("C", kelurahan=None, mbps="7"),
            hotspot("D", settlement="Gusung", mbps="7"),
        ),
    )
    city.tell("A", "B")
    city.tell("D", status=Status.DOWN, reason=Reason.TIMEOUT)
    view = queries.hotspots()
    assert [each.code for each in view.areas] == [LOKTUAN, SATIMPO, None]
    assert area(view, LOKTUAN).counts == HotspotCounts(normal=1, down=1)
    assert [(each.name, each.kelurahan, each.hotspots) for each in view.settlements] == [
        ("Gusung", LOKTUAN, HotspotCounts(down=1))
    ]
    assert [each.name for each in view.classes] == ["7", "20", "50"]
    for groups in (view.areas, view.providers, view.classes):
        assert sum(each.counts.registered for each in groups) == view.counts.registered == 4
    tiles = {each.code: each.hotspots for each in queries.summary().kelurahan}
    assert tiles == {LOKTUAN: HotspotCounts(normal=1, down=1), SATIMPO: HotspotCounts(normal=1)}


def test_use_is_that_of_the_points_that_told_and_capacity_only_theirs(engine: Engine) -> None:
    city, _, queries = open_city(engine, (hotspot("A"), hotspot("B"), hotspot("C"), hotspot("D", kelurahan=SATIMPO)))
    city.tell("A", clients=30, mbps=40, status=Status.DEGRADED, reason=Reason.FULL)
    city.tell("B", clients=6, mbps=2.5)
    city.tell("C", "D")
    view = queries.hotspots()
    loktuan = area(view, LOKTUAN).load
    assert (loktuan.clients, loktuan.capacity, loktuan.bits_per_second) == (36, 60, 42.5e6)
    assert area(view, SATIMPO).load.clients is None
    assert [(each.short_name, each.clients, each.capacity) for each in view.crowded] == [("A", 30, 30), ("B", 6, 30)]


def test_sums_of_devices_stand_still_for_ten_seconds_and_states_do_not(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (hotspot("A"), hotspot("B")))
    city.tell("A", "B", clients=5)
    assert queries.hotspots().load.clients == 10
    clock.advance(timedelta(seconds=1))
    city.tell("A", clients=9)
    assert queries.hotspots().load.clients == 10
    clock.advance(timedelta(seconds=1))
    city.tell("B", status=Status.DOWN, reason=Reason.OFFLINE)
    view = queries.hotspots()
    assert states(view)["B"] is HotspotState.DOWN
    assert view.load.clients == 9
    clock.advance(timedelta(seconds=10))
    city.tell("A", clients=3)
    assert queries.hotspots().load.clients == 3


def test_a_line_that_fails_is_one_cause_with_its_children_and_one_open_incident(engine: Engine) -> None:
    behind = [f"U{index}" for index in range(25)]
    register = (site("Dishub"), *(hotspot(name, parents=[UPLINK.key]) for name in behind), hotspot("Lain"))
    city, clock, queries = open_city(engine, register)
    city.see("Dishub")
    city.tell(*behind, "Lain")
    clock.advance(MINUTE)
    city.tell(*behind, status=Status.DOWN, reason=Reason.TIMEOUT)
    city.tell("Lain")
    view, summary = queries.hotspots(), queries.summary()
    (cause,) = view.causes
    assert (cause.key, cause.children, cause.since, cause.kelurahan) == (UPLINK.key, 25, clock.now(), frozenset({LOKTUAN}))
    assert {each.cause for each in view.points if each.state is HotspotState.DOWN} == {UPLINK.key}
    (row,) = summary.incidents
    assert row.id is not None
    assert (row.target, row.where, row.children, row.severity) == (
        UPLINK.key,
        "Penyedia A Utara",
        25,
        Severity.CRITICAL,
    )
    assert (summary.incidents_open, summary.incidents_critical) == (1, 1)
    assert summary.incidents_24h[-1].value == 1
    assert summary.calm_since is None
    clock.advance(MINUTE)
    city.tell(*behind, "Lain")
    assert queries.hotspots().causes == ()
    clock.advance(MINUTE)
    city.tell(*behind, "Lain")
    assert queries.summary().incidents == ()


def test_the_least_urgent_cause_stands_behind_the_critical_incident(engine: Engine) -> None:
    behind = [f"U{index}" for index in range(6)]
    city, clock, queries = open_city(engine, tuple(hotspot(name, parents=[UPLINK.key]) for name in behind))
    city.tell(*behind, status=Status.DOWN, reason=Reason.TIMEOUT)
    clock.advance(MINUTE)
    city.see("sendiri:sambungan", status=Status.DOWN, reason=Reason.OWN_UPLINK, source=Source.SELF, seconds=None)
    assert [(each.target, each.severity) for each in queries.summary().incidents] == [
        ("sendiri:sambungan", Severity.CRITICAL),
        (UPLINK.key, Severity.WARNING),
    ]


def test_points_that_are_planned_off_are_never_counted_under_a_cause(engine: Engine) -> None:
    behind = [f"U{index}" for index in range(8)]
    keys = frozenset(TargetKey(f"wifi:u{index}") for index in range(8))
    window = Window("salat", keys, OneOff(NOON - MINUTE, NOON + HOUR))
    city, _, queries = open_city(engine, tuple(hotspot(name, parents=[UPLINK.key]) for name in behind), (window,))
    city.tell(*behind, status=Status.DOWN, reason=Reason.TIMEOUT)
    view = queries.hotspots()
    assert view.causes == ()
    assert view.counts == HotspotCounts(planned_off=8)


def test_the_line_of_an_area_falls_with_its_points_and_ends_with_what_is_so_now(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (hotspot("A"), hotspot("B")))
    for minute in range(-60, 0):
        is_out = -30 <= minute < -25
        city.tell("A", at=NOON + minute * MINUTE)
        city.tell(
            "B",
            at=NOON + minute * MINUTE,
            status=Status.DOWN if is_out else Status.UP,
            reason=Reason.TIMEOUT if is_out else Reason.OK,
        )
    values = [step.value for step in area(queries.hotspots(), LOKTUAN).day]
    assert values == [None, 1.0, 0.5, 1.0]
    clock.advance(timedelta(seconds=5))
    city.tell("B", status=Status.DOWN, reason=Reason.TIMEOUT)
    view = queries.hotspots()
    assert area(view, LOKTUAN).day[-1].value == area(view, LOKTUAN).counts.share == 0.5


def test_planned_time_leaves_the_share_alone_and_lowers_what_is_expected(engine: Engine) -> None:
    window = Window("salat", frozenset({TargetKey("wifi:b")}), OneOff(NOON - 30 * MINUTE, NOON - 10 * MINUTE))
    city, _, queries = open_city(engine, (hotspot("A"), hotspot("B")), (window,))
    for minute in range(-60, 0):
        is_off = -30 <= minute < -10
        city.tell("A", at=NOON + minute * MINUTE)
        city.tell("B", at=NOON + minute * MINUTE, status=Status.DOWN if is_off else Status.UP)
    assert [step.value for step in area(queries.hotspots(), LOKTUAN).day] == [None, 1.0]
    summary = queries.summary()
    assert [step.value for step in summary.hotspots_expected_24h] == [2, 1, 2]
    assert [step.value for step in summary.hotspots_reporting_24h] == [None, 2, 1, 2]
    assert summary.hotspots_reporting_24h[-1].value == summary.hotspots.reporting if summary.hotspots else False


def test_silence_is_missing_from_the_line_and_never_carried_on(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (hotspot("A"), hotspot("B")))
    for minute in range(-60, 0):
        city.tell("A", at=NOON + minute * MINUTE)
        if minute < -30:
            city.tell("B", at=NOON + minute * MINUTE)
    clock.advance(timedelta(seconds=30))
    assert [step.value for step in area(queries.hotspots(), LOKTUAN).day] == [None, 1.0, 0.5]


def test_dark_times_of_today_are_listed_with_how_many_points_they_concern(engine: Engine) -> None:
    night = Window("malam", frozenset({TargetKey("wifi:a")}), Weekly(frozenset(range(7)), time(22), time(2)))
    noon = Window(
        "siang", frozenset({TargetKey("wifi:a"), TargetKey("wifi:b"), TargetKey("situs:dishub")}), OneOff(NOON, NOON + HOUR)
    )
    elsewhere = Window("situs", frozenset({TargetKey("situs:dishub")}), OneOff(NOON, NOON + HOUR))
    _, _, queries = open_city(engine, (site("Dishub"), hotspot("A"), hotspot("B")), (night, noon, elsewhere))
    planned = queries.hotspots().planned
    assert [(each.name, each.hotspots, each.start.astimezone(WITA).strftime("%a %H")) for each in planned] == [
        ("malam", 1, "Sun 22"),
        ("siang", 2, "Mon 12"),
        ("malam", 1, "Mon 22"),
        ("malam", 1, "Tue 22"),
    ]


def test_a_provider_in_a_kecamatan_is_one_source_and_silent_when_nobody_there_speaks(engine: Engine) -> None:
    register = (hotspot("A"), hotspot("B", provider="Penyedia B"), hotspot("C", kelurahan=SATIMPO))
    city, _, queries = open_city(engine, register)
    city.tell("A")
    sources = queries.hotspots().sources
    assert (sources.silent, sources.total) == (2, 3)


def test_the_history_of_the_day_is_read_once_a_minute_and_not_at_every_draw(engine: Engine) -> None:
    city, clock, queries = open_city(engine, (hotspot("A"),))
    city.tell("A")
    asked: list[str] = []
    event.listen(engine, "after_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    for _ in range(5):
        queries.hotspots()
        clock.advance(timedelta(seconds=5))
    assert sum("FROM span" in each for each in asked) == 1
    clock.advance(MINUTE)
    queries.hotspots()
    assert sum("FROM span" in each for each in asked) == 2
