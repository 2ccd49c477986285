"""The register: history follows the key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from command_centre.domain.series import MetricName
from command_centre.domain.target import Place, TargetKey
from command_centre.storage.database import writing
from command_centre.storage.inventory import STORAGE_KEY, ensure_self_target, metric_ids, sync_targets
from command_centre.storage.tables import latest, reading, target
from tests.support.city import METRICS, WITA, rows, site, write
from tests.support.city import reading as seen
from tests.support.clock import NOON


def test_a_renamed_site_keeps_its_history(engine: Engine) -> None:
    with writing(engine) as connection:
        sync_targets(connection, [site(name="Dinas Kominfo")], METRICS, NOON)
    write(engine, seen(NOON))
    with writing(engine) as connection:
        changes = sync_targets(connection, [site(name="Dinas Komunikasi")], METRICS, NOON)
    write(engine, seen(NOON + timedelta(seconds=60)))

    assert changes.changed == ("situs:diskominfo",)
    [register] = rows(engine, target)
    assert register.name == "Dinas Komunikasi"
    assert [row.target_id for row in rows(engine, reading)] == [register.id, register.id]
    assert len(rows(engine, latest)) == 1


def test_a_site_that_leaves_the_register_is_marked_and_its_history_stays(engine: Engine) -> None:
    with writing(engine) as connection:
        sync_targets(connection, [site()], METRICS, NOON)
    write(engine, seen(NOON))
    midnight_in_bontang = NOON.astimezone(WITA).replace(hour=0, minute=30) + timedelta(days=1)
    with writing(engine) as connection:
        changes = sync_targets(connection, [], METRICS, midnight_in_bontang)

    assert changes.removed == ("situs:diskominfo",)
    [register] = rows(engine, target)
    assert register.removed_at is not None
    assert register.valid_to == "2026-11-24"  # the day in the city, where it is already tomorrow
    assert len(rows(engine, reading)) == 1


def test_a_site_that_comes_back_is_the_same_site(engine: Engine) -> None:
    for register in ([site()], [], [site()]):
        with writing(engine) as connection:
            sync_targets(connection, register, METRICS, NOON)
    [row] = rows(engine, target)
    assert (row.removed_at, row.valid_to) == (None, None)


def test_an_unchanged_register_is_not_written_again(engine: Engine) -> None:
    with writing(engine) as connection:
        sync_targets(connection, [site()], METRICS, NOON)
    with writing(engine) as connection:
        changes = sync_targets(connection, [site()], METRICS, NOON + timedelta(days=1))
    assert changes == type(changes)((), (), ())
    assert rows(engine, target)[0].changed_at == rows(engine, target)[0].created_at


def test_latitude_zero_is_a_place_and_not_a_missing_one(engine: Engine) -> None:
    with writing(engine) as connection:
        sync_targets(connection, [replace(site(), place=Place(latitude=0.0, longitude=117.5))], METRICS, NOON)
    assert rows(engine, target)[0].latitude == 0.0


def test_a_part_of_ourselves_is_registered_once_and_survives_every_new_register(engine: Engine) -> None:
    for _ in range(2):
        with writing(engine) as connection:
            ensure_self_target(connection, STORAGE_KEY, "Penyimpanan data", NOON)
            sync_targets(connection, [], METRICS, NOON)
    [row] = rows(engine, target)
    assert (row.key, row.kind, row.removed_at) == (TargetKey("sendiri:penyimpanan"), "self", None)


def test_a_metric_keeps_its_number_when_its_description_changes(engine: Engine) -> None:
    with writing(engine) as connection:
        sync_targets(connection, [], METRICS, NOON)
        before = metric_ids(connection)
        sync_targets(connection, [], [replace(METRICS[0], help="Otherwise said."), *METRICS[1:]], NOON)
        assert metric_ids(connection) == before
        assert MetricName("total_seconds") in before
