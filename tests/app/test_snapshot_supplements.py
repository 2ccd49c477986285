"""What other parts measure, as a snapshot shows it: progress by indicator, and the watch for injected links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from command_centre.app.snapshot_supplements import complaints, dimensions, injections, official
from command_centre.domain.cut import CutComplaints, CutInjections, CutOfficial
from command_centre.domain.progress import Catalogue, OfficialFigure
from command_centre.domain.series import Metric, Unit
from command_centre.domain.service import OVERDUE, PROCESSED_TODAY
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.integrity_tables import integrity_event, integrity_scan, integrity_watch
from command_centre.storage.inventory import sync_targets
from command_centre.storage.tables import metric, rollup, series, target
from command_centre.storage.times import to_ms
from tests.support.hand_week import WEEK, ZONE, fill, moment, targets

WITHIN = WEEK.interval(ZONE)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The week by hand."""
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    migrate(engine)
    fill(engine)
    yield engine
    engine.dispose()


def scan(engine: Engine, key: str, when: str) -> None:
    with writing(engine) as connection:
        site = connection.execute(select(target.c.id).where(target.c.key == key)).scalar_one()
        row = {"target_id": site, "at": to_ms(moment(when)), "verdict": "clean", "weight": 0.0, "pages": 1, "requests": 3}
        connection.execute(insert(integrity_scan).values(row | {"unjudged": "{}"}))


def alarm(engine: Engine, key: str, when: str, *, phase: str) -> None:
    with writing(engine) as connection:
        site = connection.execute(select(target.c.id).where(target.c.key == key)).scalar_one()
        connection.execute(insert(integrity_event).values(target_id=site, at=to_ms(moment(when)), change="alarm"))
        watch = {"target_id": site, "phase": phase, "since": to_ms(moment(when)), "indicated_scans": 2, "clean_scans": 0}
        connection.execute(insert(integrity_watch).values(watch | {"reinfections": 0}))


def test_sites_that_nobody_scanned_are_not_measured_and_not_clean(engine: Engine) -> None:
    scan(engine, "situs:a", "Min-1 23:59")
    with engine.connect() as connection:
        assert injections(connection, WITHIN) is None


def test_scans_alarms_and_what_remains_are_counted_once_a_site(engine: Engine) -> None:
    for key, when in (("situs:a", "Sen 00:00"), ("situs:a", "Rab 00:00"), ("situs:b", "Min 23:59"), ("situs:d", "Sen+1 00:00")):
        scan(engine, key, when)
    alarm(engine, "situs:a", "Sel 02:00", phase="clean")  # cleaned since
    alarm(engine, "situs:b", "Kam 02:00", phase="indicated")
    with engine.connect() as connection:
        assert injections(connection, WITHIN) == CutInjections(looked_at=2, expected=6, suspected=2, remaining=1)


def tell_every_hour(engine: Engine, key: str, metrics: dict[str, float], hours: int) -> None:
    """Hourly rollups of the first ``hours`` of the week, the same value in each."""
    with writing(engine) as connection:
        service = connection.execute(select(target.c.id).where(target.c.key == key)).scalar_one()
        for name, value in metrics.items():
            metric_id = connection.execute(select(metric.c.id).where(metric.c.name == name)).scalar_one()
            row = {"target_id": service, "metric_id": metric_id}
            number = connection.execute(insert(series).values(row).returning(series.c.id)).scalar_one()
            told = {
                "resolution_seconds": 3600,
                "series_id": number,
                "count": 60,
                "total": 60 * value,
                "low": value,
                "high": value,
            }
            first = to_ms(WITHIN.start)
            connection.execute(insert(rollup), [told | {"bucket": first + hour * 3_600_000} for hour in range(hours)])


@pytest.fixture
def channels(engine: Engine) -> Engine:
    """Three channels for complaints, of which one has no interface."""
    whole = Target(
        key=TargetKey("layanan:pengaduan"), kind=TargetKind.SERVICE, name="Pengaduan", short_name="Pengaduan",
        owner="Diskominfo", group="Layanan", place=Place(None, None), address=None, expected_every=timedelta(minutes=1),
    )  # fmt: skip
    parts = [
        replace(whole, key=TargetKey(f"layanan:{name}"), address=address, attributes={"part_of": "layanan:pengaduan"})
        for name, address in (("sp4n", "https://sp4n.example.test/"), ("aplikasi", "https://app.example.test/"), ("wbs", None))
    ]
    counts = [Metric(name, Unit.TOTAL, "Items.") for name in (PROCESSED_TODAY, OVERDUE)]
    with writing(engine) as connection:
        sync_targets(connection, [*targets(), whole, *parts], counts, datetime(2026, 1, 1, tzinfo=UTC))
    return engine


def test_complaints_that_nobody_measured_are_not_zero(channels: Engine) -> None:
    with channels.connect() as connection:
        assert complaints(connection, ("layanan:pengaduan",), WITHIN) is None
        assert complaints(connection, (), WITHIN) is None


def test_complaints_are_counted_over_the_channels_that_told_and_the_others_are_named(channels: Engine) -> None:
    tell_every_hour(channels, "layanan:sp4n", {PROCESSED_TODAY: 4, OVERDUE: 1}, 168)
    tell_every_hour(channels, "layanan:aplikasi", {PROCESSED_TODAY: 4, OVERDUE: 1}, 50)
    with channels.connect() as connection:
        assert complaints(connection, ("layanan:pengaduan",), WITHIN) == CutComplaints(4, 4, measured_services=1, services=3)


def test_without_a_catalogue_progress_is_not_measured(engine: Engine) -> None:
    with engine.connect() as connection:
        assert dimensions(connection, Catalogue(), WEEK.last_day, WITHIN) is None


def test_the_official_figure_stands_with_its_day_and_source() -> None:
    told = Catalogue(official=OfficialFigure(0.75, date(2025, 10, 15), "pernyataan"))
    assert official(told) == CutOfficial(0.75, "2025-10-15", "pernyataan")
    assert official(Catalogue()) is None


def test_a_later_alarm_belongs_to_a_later_week(engine: Engine) -> None:
    scan(engine, "situs:a", "Sen 00:00")
    alarm(engine, "situs:a", "Sen+1 00:00", phase="indicated")
    with engine.connect() as connection:
        assert injections(connection, WITHIN) == CutInjections(1, 6, 0, 0)
        assert injections(connection, WEEK.before().interval(ZONE)) is None
