"""The register in the database: targets and metrics. History follows a target's key; nothing is ever deleted here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.storage.database import insert_into
from command_centre.storage.tables import metric, target
from command_centre.storage.times import to_ms

SELF_PREFIX = "sendiri:"
STORAGE_KEY = TargetKey("sendiri:penyimpanan")
STORAGE_NAME = "Penyimpanan data"
WALL_PREFIX = "sendiri:layar:"
SELF_EVERY = timedelta(seconds=60)
SELF_GROUP = "sendiri"
SELF_OWNER = "Command Centre"


@dataclass(frozen=True, slots=True)
class Changes:
    """What a synchronisation did, as keys."""

    added: tuple[TargetKey, ...]
    changed: tuple[TargetKey, ...]
    removed: tuple[TargetKey, ...]


def sync_targets(connection: Connection, targets: Sequence[Target], metrics: Sequence[Metric], at: datetime) -> Changes:
    """Make the register in the database say what the configuration says.

    New targets are added, changed ones (also renamed ones) updated under their key, those no longer listed are marked removed:
    ``removed_at`` is ``at``, and ``valid_to``, where it was open, the date of ``at`` in the zone in which ``at`` is given.
    Targets of our own that no configuration lists (``sendiri:...``) stay.
    """
    _sync_metrics(connection, metrics)
    known = {TargetKey(row.key): dict(row._mapping) for row in connection.execute(select(target))}
    wanted = {each.key: _row_of(each) for each in targets}
    added = [key for key in wanted if key not in known]
    changed = [key for key in wanted if key in known and _differs(known[key], wanted[key])]
    removed = [key for key, row in known.items() if _is_gone(key, row, wanted)]
    now = to_ms(at)
    if added:
        rows = [wanted[key] | {"created_at": now, "changed_at": now, "removed_at": None} for key in added]
        connection.execute(insert(target), rows)
    for key in changed:
        values = wanted[key] | {"changed_at": now, "removed_at": None}
        connection.execute(update(target).where(target.c.key == key).values(values))
    for key in removed:
        values = {"removed_at": now, "changed_at": now, "valid_to": known[key]["valid_to"] or at.date().isoformat()}
        connection.execute(update(target).where(target.c.key == key).values(values))
    return Changes(tuple(added), tuple(changed), tuple(removed))


def ensure_self_target(connection: Connection, key: TargetKey, name: str, at: datetime) -> None:
    """Register a part of Command Centre as a target of its own, when it is not yet."""
    own = Target(key, TargetKind.SELF, name, name, SELF_OWNER, SELF_GROUP, Place(), None, SELF_EVERY)
    row = _row_of(own) | {"created_at": to_ms(at), "changed_at": to_ms(at), "removed_at": None}
    connection.execute(insert_into(connection, target).values(row).on_conflict_do_nothing(index_elements=[target.c.key]))


def self_target_name(key: TargetKey) -> str:
    """What a target of our own is called when only its key is known."""
    if key == STORAGE_KEY:
        return STORAGE_NAME
    if key.startswith(WALL_PREFIX):
        return f"Layar {key.removeprefix(WALL_PREFIX)}"
    return key.removeprefix(SELF_PREFIX)


def metric_ids(connection: Connection) -> dict[MetricName, int]:
    """The number under which each metric's values are packed."""
    return {MetricName(row.name): row.id for row in connection.execute(select(metric.c.id, metric.c.name))}


def register_unknown_metrics(connection: Connection, names: Sequence[MetricName]) -> None:
    """Keep values of metrics that nobody described: as codes, which are stored but never averaged."""
    _sync_metrics(connection, [Metric(name, Unit.CODE, "") for name in names])


def _sync_metrics(connection: Connection, metrics: Sequence[Metric]) -> None:
    if not metrics:
        return
    adding = insert_into(connection, metric)
    described = {name: getattr(adding.excluded, name) for name in ("unit", "help", "is_latency")}
    rows = [{"name": each.name, "unit": each.unit.value, "help": each.help, "is_latency": each.is_latency} for each in metrics]
    connection.execute(adding.on_conflict_do_update(index_elements=[metric.c.name], set_=described), rows)


def _is_gone(key: TargetKey, row: Mapping[str, object], wanted: Mapping[TargetKey, object]) -> bool:
    return key not in wanted and row["removed_at"] is None and not key.startswith(SELF_PREFIX)


def _differs(known: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    return known["removed_at"] is not None or any(known[column] != value for column, value in wanted.items())


def _row_of(each: Target) -> dict[str, object]:
    return {
        "key": each.key,
        "kind": each.kind.value,
        "name": each.name,
        "short_name": each.short_name,
        "owner": each.owner,
        "group_name": each.group,
        "kelurahan": each.place.kelurahan,
        "kecamatan": each.place.kecamatan,
        "latitude": each.place.latitude,
        "longitude": each.place.longitude,
        "address": each.address,
        "expected_every_seconds": each.expected_every.total_seconds(),
        "dimension": None if each.dimension is None else each.dimension.value,
        "source": each.source,
        "valid_from": None if each.valid_from is None else each.valid_from.isoformat(),
        "valid_to": None if each.valid_to is None else each.valid_to.isoformat(),
        "parents": json.dumps(each.parents, ensure_ascii=False),
        "attributes": json.dumps(dict(each.attributes), ensure_ascii=False, sort_keys=True),
    }
