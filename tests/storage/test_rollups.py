"""Rollups follow the log, whatever comes late, twice or is interrupted."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from sqlalchemy import Engine, select

from command_centre.domain.reading import Reading, Status
from command_centre.domain.series import MetricName, Resolution, Rollup, merge, quantile, roll_up
from command_centre.storage.database import writing
from command_centre.storage.rollups import roll_up_marked
from command_centre.storage.tables import dirty, metric, rollup, series
from command_centre.storage.times import from_ms
from command_centre.storage.values import unpack_sketch
from tests.support.city import CODE, TOTAL, register, rows, write
from tests.support.city import reading as seen
from tests.support.rolling import catch_up

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
NEXT_DAY = MIDNIGHT + timedelta(days=1)


def rolled(engine: Engine, resolution: Resolution, name: MetricName = TOTAL) -> dict[datetime, Rollup]:
    statement = (
        select(rollup, rollup.c.count.label("samples"))
        .join(series, series.c.id == rollup.c.series_id)
        .join(metric, metric.c.id == series.c.metric_id)
        .where(rollup.c.resolution_seconds == int(resolution.value.total_seconds()), metric.c.name == name)
        .order_by(rollup.c.bucket)
    )
    with engine.connect() as connection:
        return {
            from_ms(row.bucket): Rollup(row.samples, row.total, row.low, row.high, unpack_sketch(row.sketch))
            for row in connection.execute(statement)
        }


def told(minute: float, seconds: float, **more: object) -> Reading:
    return seen(MIDNIGHT + timedelta(minutes=minute), values={TOTAL: seconds, CODE: 200.0}, **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _register(engine: Engine) -> None:
    register(engine)


def test_a_day_of_readings_gives_the_same_rollups_as_adding_up_by_hand(engine: Engine) -> None:
    chance = random.Random(3)
    values = {minute: chance.lognormvariate(-1.5, 0.8) for minute in range(1440)}
    write(engine, *[told(minute, value) for minute, value in values.items()])
    catch_up(engine, NEXT_DAY)

    fives = rolled(engine, Resolution.FIVE_MINUTES)
    assert len(fives) == 288
    assert fives[MIDNIGHT] == roll_up([values[minute] for minute in range(5)], is_latency=True)
    hours = rolled(engine, Resolution.HOUR)
    assert len(hours) == 24
    [day] = rolled(engine, Resolution.DAY).values()
    whole = roll_up(values.values(), is_latency=True)
    assert whole is not None
    assert (day.count, day.low, day.high, day.sketch) == (1440, whole.low, whole.high, whole.sketch)
    assert day.total == pytest.approx(whole.total)
    assert reduce(merge, hours.values()).sketch == whole.sketch
    in_order = sorted(values.values())
    assert quantile(day.sketch, 0.95) == pytest.approx(in_order[int(0.95 * 1439)], rel=0.011)
    assert rows(engine, dirty) == []


def test_a_late_reading_reaches_the_five_minutes_the_hour_and_the_day(engine: Engine) -> None:
    write(engine, told(0, 1.0), told(40, 1.0))
    catch_up(engine, NEXT_DAY)
    write(engine, told(10, 4.0))
    catch_up(engine, NEXT_DAY)
    assert rolled(engine, Resolution.FIVE_MINUTES)[MIDNIGHT + timedelta(minutes=10)].total == 4.0
    for resolution in (Resolution.HOUR, Resolution.DAY):
        assert [(each.count, each.total, each.high) for each in rolled(engine, resolution).values()] == [(3, 6.0, 4.0)]


def test_rolling_up_again_changes_nothing(engine: Engine) -> None:
    write(engine, told(0, 1.0), told(1, 2.0))
    catch_up(engine, NEXT_DAY)
    before = rows(engine, rollup)
    write(engine, told(0, 1.0))  # redelivered
    catch_up(engine, NEXT_DAY)
    assert rows(engine, rollup) == before


def test_a_bucket_that_is_not_over_waits(engine: Engine) -> None:
    write(engine, told(0, 1.0))
    assert catch_up(engine, MIDNIGHT + timedelta(minutes=4)) == 0
    assert catch_up(engine, MIDNIGHT + timedelta(minutes=5)) == 1
    assert rolled(engine, Resolution.HOUR) == {}
    catch_up(engine, MIDNIGHT + timedelta(minutes=60))
    assert len(rolled(engine, Resolution.HOUR)) == 1


def test_a_roller_that_dies_in_the_middle_leaves_the_work_marked(engine: Engine) -> None:
    write(engine, told(0, 1.0), told(7, 2.0))
    with pytest.raises(RuntimeError, match="killed"):
        _roll_up_and_die(engine)
    assert rolled(engine, Resolution.FIVE_MINUTES) == {}
    assert len(rows(engine, dirty)) == 2
    catch_up(engine, NEXT_DAY)
    assert len(rolled(engine, Resolution.FIVE_MINUTES)) == 2


def _roll_up_and_die(engine: Engine) -> None:
    with writing(engine) as connection:
        roll_up_marked(connection, Resolution.FIVE_MINUTES, NEXT_DAY, 100)
        raise RuntimeError("killed")


def test_work_is_done_in_pieces_oldest_first(engine: Engine) -> None:
    write(engine, *[told(minute, 1.0) for minute in range(0, 60, 5)])
    with writing(engine) as connection:
        assert roll_up_marked(connection, Resolution.FIVE_MINUTES, NEXT_DAY, 5) == 5
    assert max(rolled(engine, Resolution.FIVE_MINUTES)) == MIDNIGHT + timedelta(minutes=20)


def test_a_first_failure_is_not_counted_beside_its_retry(engine: Engine) -> None:
    write(engine, told(0, 9.0, status=Status.DOWN, tentative=True), told(0.1, 0.2))
    catch_up(engine, NEXT_DAY)
    assert [each.count for each in rolled(engine, Resolution.DAY).values()] == [1]


def test_codes_are_kept_and_never_averaged(engine: Engine) -> None:
    write(engine, told(0, 1.0))
    catch_up(engine, NEXT_DAY)
    assert rolled(engine, Resolution.DAY, CODE) == {}


def test_a_time_without_values_has_no_rollup_rather_than_a_zero(engine: Engine) -> None:
    write(engine, seen(MIDNIGHT, Status.DOWN))
    catch_up(engine, NEXT_DAY)
    assert rows(engine, rollup) == []
