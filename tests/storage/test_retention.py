"""What is past its time goes, piece by piece; what is still needed stays."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from command_centre.domain.series import Resolution
from command_centre.storage.database import open_database, writing
from command_centre.storage.retention import Retention, remove_old_piece
from command_centre.storage.tables import detail, latest, reading, rollup, span
from command_centre.storage.times import from_ms
from tests.support.city import TOTAL, register, rows, write
from tests.support.city import reading as seen
from tests.support.rolling import catch_up

TODAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEEP = Retention(log=timedelta(days=2), five_minutes=timedelta(days=3), hourly=timedelta(days=5))


def days_ago(days: float) -> datetime:
    return TODAY - timedelta(days=days)


@pytest.fixture(autouse=True)
def _eight_days(engine: Engine) -> None:
    register(engine)
    hours = [days_ago(hour / 24) for hour in range(8 * 24)]
    write(engine, *[seen(at, values={TOTAL: 0.1}, detail=f"hari {at:%d}") for at in reversed(hours)])


def forget(engine: Engine, keep: Retention = KEEP, now: datetime = TODAY, limit: int = 20) -> int:
    total = 0
    for _ in range(100):
        with writing(engine) as connection:
            removed = remove_old_piece(connection, keep, now, limit)
        total += removed
        if removed == 0:
            return total
    raise AssertionError("it never ends")


def oldest(engine: Engine, resolution: Resolution) -> datetime:
    seconds = int(resolution.value.total_seconds())
    with engine.connect() as connection:
        first = connection.execute(select(func.min(rollup.c.bucket)).where(rollup.c.resolution_seconds == seconds)).scalar_one()
    return from_ms(first)


def test_each_class_keeps_its_own_time_in_whole_days(engine: Engine) -> None:
    catch_up(engine, TODAY)
    days = len([row for row in rows(engine, rollup) if row.resolution_seconds == 86400])
    spans = rows(engine, span)
    forget(engine)
    assert min(from_ms(row.at) for row in rows(engine, reading)) == datetime(2026, 11, 21, tzinfo=UTC)
    assert oldest(engine, Resolution.FIVE_MINUTES) == datetime(2026, 11, 20, tzinfo=UTC)
    assert oldest(engine, Resolution.HOUR) == datetime(2026, 11, 18, tzinfo=UTC)
    assert len([row for row in rows(engine, rollup) if row.resolution_seconds == 86400]) == days
    assert rows(engine, span) == spans


def test_nothing_goes_before_it_is_rolled_up(engine: Engine) -> None:
    readings = len(rows(engine, reading))
    forget(engine)
    assert len(rows(engine, reading)) == readings
    catch_up(engine, TODAY)
    forget(engine)
    assert len(rows(engine, reading)) < readings


def test_what_is_kept_for_ever_never_goes(engine: Engine) -> None:
    catch_up(engine, TODAY)
    before = rows(engine, rollup)
    forget(engine, Retention(log=None, five_minutes=None, hourly=None), TODAY + timedelta(days=5_000))
    assert rows(engine, rollup) == before


def test_it_goes_in_small_steps(engine: Engine) -> None:
    catch_up(engine, TODAY)
    readings = len(rows(engine, reading))
    with writing(engine) as connection:
        remove_old_piece(connection, KEEP, TODAY, limit=20)
    assert len(rows(engine, reading)) == readings - 20


def test_a_reading_from_before_what_is_kept_does_not_spoil_its_rollup(engine: Engine) -> None:
    catch_up(engine, TODAY)
    forget(engine)
    before = rows(engine, rollup)
    write(engine, seen(days_ago(2.6), values={TOTAL: 99.0}))
    catch_up(engine, TODAY)
    assert rows(engine, rollup) == before


def test_numbers_of_the_log_are_never_used_twice(engine: Engine) -> None:
    catch_up(engine, TODAY)
    highest = max(row.seq for row in rows(engine, reading))
    with writing(engine) as connection:
        connection.execute(reading.delete())
    write(engine, seen(TODAY + timedelta(seconds=60)))
    assert rows(engine, reading)[0].seq > highest


def test_texts_that_nothing_refers_to_any_more_go_and_the_newest_stays(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(detail.update().values(last_used=0))
    catch_up(engine, TODAY)
    forget(engine, now=TODAY + timedelta(days=40))
    assert [row.id for row in rows(engine, detail)] == [rows(engine, latest)[0].detail_id]


def test_on_a_small_disk_the_oldest_days_go_early_and_the_last_full_day_stays(tmp_path: Path, sqlite_template: Path) -> None:
    """R2: by rule, before the disk is full."""
    shutil.copy(sqlite_template, tmp_path / "small.db")
    engine = open_database(f"sqlite:///{tmp_path / 'small.db'}")
    register(engine)
    minutes = [days_ago(4 - minute / 1440) for minute in range(0, 4 * 1440, 2)]
    write(engine, *[seen(at, values={TOTAL: 0.1}) for at in minutes])
    catch_up(engine, TODAY)
    readings = len(rows(engine, reading))
    assert forget(engine, Retention(most_bytes=10**9)) == 0
    forget(engine, Retention(most_bytes=1), limit=1_000)
    left = rows(engine, reading)
    assert 0 < len(left) < readings
    assert min(from_ms(row.at) for row in left) == datetime(2026, 11, 22, tzinfo=UTC)
    engine.dispose()
