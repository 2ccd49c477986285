"""A week worked out by hand equals what the code says of it, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.calendar import Interval, OneOff, Window
from command_centre.domain.progress import Catalogue, CityProgress, Direction, Feed, Indicator, IndicatorId, OfficialFigure
from command_centre.domain.reading import Reading, Status
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import Dimension, Place, Target, TargetKey, TargetKind
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.read.progress import bars, figures, read_progress
from command_centre.read.rows import read_register
from command_centre.storage.database import writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.progress import TypedValue, add_value
from tests.support.city import WITA
from tests.support.city import reading as seen
from tests.support.rolling import catch_up

MONDAY = datetime(2026, 11, 15, 16, 0, tzinfo=UTC)  # Monday 16 November 2026, 00.00 WITA
WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))
HALF_HOUR = timedelta(minutes=30)
DAY = 86_400.0
METRICS = tuple(
    Metric(MetricName(name), unit, "")
    for name, unit in (
        ("total_seconds", Unit.SECONDS),
        ("tls_seconds", Unit.SECONDS),
        ("certificate_remaining_seconds", Unit.SECONDS),
        ("content_age_seconds", Unit.SECONDS),
        ("queue_open_total", Unit.TOTAL),
        ("overdue_total", Unit.TOTAL),
    )
)
KINDS = {"situs": TargetKind.SITE, "wifi": TargetKind.HOTSPOT, "layanan": TargetKind.SERVICE}


def target(key: str, *, address: str | None = "https://a.invalid/", part_of: str | None = None) -> Target:
    attributes = {} if part_of is None else {"part_of": part_of}
    kind = KINDS[key.partition(":")[0]]
    return Target(TargetKey(key), kind, key, key, "Dinas", "OPD", Place(), address, HALF_HOUR, attributes=attributes)


REGISTER = (
    target("situs:a"),
    target("situs:b"),
    target("situs:c"),
    target("situs:tanpa-alamat", address=None),
    target("wifi:1"),
    target("layanan:aduan", address=None),  # nothing but its parts: never counted itself
    target("layanan:sp4n", part_of="layanan:aduan"),
    target("layanan:apps", part_of="layanan:aduan"),
    target("layanan:wbs", address=None, part_of="layanan:aduan"),
)


def automatic(
    name: str, dimension: Dimension, feed: Feed, of: Sequence[str], baseline: float, goal: float, weight: float
) -> Indicator:
    keys = frozenset(map(TargetKey, of))
    return Indicator(
        IndicatorId(name), dimension, name, name, "rasio", Direction.HIGHER, baseline, goal, weight, "", "", "", feed, keys
    )


def manual(name: str, dimension: Dimension, baseline: float, goal: float, weight: float) -> Indicator:
    direction = Direction.HIGHER if goal > baseline else Direction.LOWER
    return Indicator(IndicatorId(name), dimension, name, name, "", direction, baseline, goal, weight, "", "", "")


SITES = ("situs:a", "situs:b", "situs:c", "situs:tanpa-alamat")
SERVICES = ("layanan:aduan", "layanan:sp4n", "layanan:apps", "layanan:wbs")
CATALOGUE = Catalogue(
    (
        automatic("tersedia", Dimension.GOVERNANCE, Feed.AVAILABILITY, SITES, 0.90, 1.0, 2),
        automatic("https", Dimension.GOVERNANCE, Feed.HTTPS, SITES, 0.0, 1.0, 1),
        automatic("segar", Dimension.GOVERNANCE, Feed.FRESH_CONTENT, SITES, 0.0, 1.0, 1),
        automatic("sertifikat", Dimension.GOVERNANCE, Feed.CERTIFICATE, SITES, 0.0, 1.0, 1),
        automatic("tepat", Dimension.GOVERNANCE, Feed.ON_TIME, SERVICES, 0.5, 1.0, 2),
        automatic("terukur", Dimension.LIVING, Feed.MEASURED, SERVICES, 0.0, 1.0, 1),
        automatic("cakupan", Dimension.LIVING, Feed.COVERAGE, ("wifi:1",), 0.0, 1.0, 1),
        manual("spbe", Dimension.ECONOMY, 2.0, 4.0, 1),
        manual("respons", Dimension.ECONOMY, 30.0, 10.0, 3),
        manual("lingkungan", Dimension.ENVIRONMENT, 0, 100, 1),
    ),
    official=OfficialFigure(0.75, MONDAY.date(), "pidato"),
)


def at(day: float, hour: float = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def watched(key: str, start: datetime, end: datetime, status: Status, **values: float) -> list[Reading]:
    """A look every half hour, from ``start`` on and before ``end``."""
    told = {MetricName(name): value for name, value in values.items()}
    return [seen(start + HALF_HOUR * step, status, key=key, values=told) for step in range(int((end - start) / HALF_HOUR))]


def story() -> list[Reading]:
    up, down = Status.UP, Status.DOWN
    return [
        # a: the whole week, 16.8 of its 168 hours down; encrypted, certificate for 60 days, written yesterday
        *watched("situs:a", at(0), at(1), up, total_seconds=0.4, tls_seconds=0.01),
        *watched("situs:a", at(1), at(1, 16.8), down),
        *watched("situs:a", at(1, 17), at(7), up, total_seconds=0.4, tls_seconds=0.01,
                 certificate_remaining_seconds=60 * DAY, content_age_seconds=1 * DAY),
        # b: four days up, 12 hours of maintenance in them; encrypted, 20 days left, nothing written for 90 days
        *watched("situs:b", at(3), at(7), up, total_seconds=0.4, tls_seconds=0.01,
                 certificate_remaining_seconds=20 * DAY, content_age_seconds=90 * DAY),
        # c: two days, not encrypted, no date to be seen
        *watched("situs:c", at(5), at(7), up, total_seconds=0.4),
        # one hotspot, watched for half of the week
        *watched("wifi:1", at(3.5), at(7), up),
        # complaints: 10 open and 2 late all week; 5 open and none late for the last day
        *watched("layanan:sp4n", at(0), at(7), up, queue_open_total=10, overdue_total=2),
        *watched("layanan:apps", at(6), at(7), up, queue_open_total=5, overdue_total=0),
    ]  # fmt: skip


@pytest.fixture
def week(engine: Engine) -> CityProgress:
    windows = [Window("perawatan", frozenset({TargetKey("situs:b")}), OneOff(at(4), at(4, 12)))]
    with writing(engine) as connection:
        sync_targets(connection, REGISTER, METRICS, MONDAY - timedelta(days=1))
        write_batch(connection, story(), Rulebook.of(DEFAULT_RULES, windows, WITA), at(7))
        for name, number in (("spbe", 2.79), ("respons", 20.0), ("tersedia", 0.123)):
            add_value(connection, TypedValue(IndicatorId(name), number, at(2), "SK 12/2026", "Petugas A"), at(3))
    catch_up(engine, at(7, 1))
    return progress(engine)


def progress(engine: Engine, within: Interval = WEEK, known_by: datetime | None = None) -> CityProgress:
    with engine.connect() as connection:
        register = read_register(connection, within.end.date())
        return read_progress(connection, CATALOGUE, register, within, known_by)


def reached(city: CityProgress) -> dict[str, float | None]:
    return {each.indicator.id: each.attainment for dimension in city.dimensions for each in dimension.indicators}


def test_a_week_by_hand_equals_the_code_s(week: CityProgress) -> None:
    # Availability, each site over its own measured time (patience: twice the interval, so a gap of 12 minutes is bridged):
    a = (168 - 17) / 168  # down from 24.0 h to 41.0 h of the week: the next look is at 41.0 h
    b = 1.0  # up all the time that was measured; maintenance is outside
    c = 1.0
    available = (a + b + c) / 3  # the site without an address is expected, not measured
    tersedia = (available - 0.90) / (1.0 - 0.90)
    https = 2 / 3  # a and b of the three that answered
    segar = 1 / 2  # a of the two that name a date
    sertifikat = 1 / 2  # a (60 days) of the two that have one; b has 20 days
    waiting, late = 10 + 5, 2 + 0  # means over the week of each service that tells both
    tepat = ((waiting - late) / waiting - 0.5) / (1.0 - 0.5)
    terukur = 2 / 3  # sp4n and apps, of three parts; the whole without an interface of its own is not counted
    cakupan = 3.5 / 7
    spbe = (2.79 - 2.0) / (4.0 - 2.0)
    respons = (20.0 - 30.0) / (10.0 - 30.0)  # fewer minutes are better
    found = reached(week)
    assert found["tersedia"] == pytest.approx(tersedia)
    assert found["https"] == pytest.approx(https)
    assert found["segar"] == pytest.approx(segar)
    assert found["sertifikat"] == pytest.approx(sertifikat)
    assert found["tepat"] == pytest.approx(tepat)
    assert found["terukur"] == pytest.approx(terukur)
    assert found["cakupan"] == pytest.approx(cakupan)
    assert found["spbe"] == pytest.approx(spbe)
    assert found["respons"] == pytest.approx(respons)
    assert found["lingkungan"] is None

    governance = (2 * tersedia + https + segar + sertifikat + 2 * tepat) / 7
    living = (terukur + cakupan) / 2
    economy = (spbe + 3 * respons) / 4
    assert week.measured == pytest.approx((governance + living + economy) / 3)
    assert week.conservative == pytest.approx((governance + living + economy) / 6)  # three dimensions are not measured at all
    assert (week.filled, week.total) == (9, 10)


def test_every_automatic_figure_shows_its_numerator_and_its_denominator(week: CityProgress) -> None:
    measured = {str(each.indicator.id): each.measurement for dimension in week.dimensions for each in dimension.indicators}
    parts = {name: (each.part, each.whole) for name, each in measured.items() if each is not None and each.whole is not None}
    assert parts == {
        "tersedia": (3, 4), "https": (2, 3), "segar": (1, 2), "sertifikat": (1, 2), "tepat": (13, 15), "terukur": (2, 3),
        "cakupan": (1, 1),
    }  # fmt: skip


def test_a_typed_value_never_overrules_our_own_measurement(week: CityProgress) -> None:
    measured = {str(each.indicator.id): each.measurement for dimension in week.dimensions for each in dimension.indicators}
    assert measured["tersedia"] is not None
    assert measured["tersedia"].author == ""
    assert measured["tersedia"].value > 0.9
    assert measured["spbe"] is not None
    assert (measured["spbe"].author, measured["spbe"].evidence) == ("Petugas A", "SK 12/2026")


def test_what_was_typed_later_does_not_change_a_frozen_week(engine: Engine, week: CityProgress) -> None:
    with writing(engine) as connection:
        add_value(connection, TypedValue(IndicatorId("spbe"), 4.0, at(6), "SK 99/2026", "Petugas B"), at(9))
    assert reached(progress(engine))["spbe"] == 1.0
    assert reached(progress(engine, known_by=at(7)))["spbe"] == reached(week)["spbe"]


def test_a_week_that_nobody_watched_measures_nothing(engine: Engine, week: CityProgress) -> None:
    before = Interval(WEEK.start - timedelta(days=7), WEEK.start)
    city = progress(engine, before)
    # Two indicators are about measuring itself, and their answer is known: nothing was measured.
    assert (reached(city)["terukur"], reached(city)["cakupan"]) == (0.0, 0.0)
    assert (city.measured, city.conservative, city.filled) == (0.0, 0.0, 2)


def test_bars_have_no_figure_where_nothing_is_measured(week: CityProgress) -> None:
    by_dimension = {each.dimension: each for each in bars(week)}
    assert (by_dimension[Dimension.ENVIRONMENT].measured, by_dimension[Dimension.ENVIRONMENT].conservative) == (None, None)
    assert (by_dimension[Dimension.ECONOMY].filled, by_dimension[Dimension.ECONOMY].indicators) == (2, 2)
    assert figures(week, CATALOGUE).official == 0.75
