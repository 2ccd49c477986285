"""Watchman: notices what does not come: targets that fell silent, walls that no longer show themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.target import TargetKey
from command_centre.pipeline.recorder import Chore
from command_centre.pipeline.rulebook import Rulebook
from command_centre.storage.alerts import close_orphans
from command_centre.storage.inventory import SELF_EVERY, SELF_PREFIX, STORAGE_KEY, WALL_PREFIX
from command_centre.storage.spans import mark_silent
from command_centre.storage.tables import latest, target, wall
from command_centre.storage.times import from_ms

EVERY = timedelta(seconds=5)
WALL_PATIENCE = timedelta(seconds=30)
WATCHED_WITHIN = timedelta(minutes=10)
"""A silence that began longer ago and was not noticed then fell into a time in which nobody watched: it proves nothing."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest reading of one of our own targets."""

    at: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class WallSeen:
    """When a wall last showed itself, and whether it was closed on purpose."""

    name: str
    last_seen: datetime
    closed: bool


def watching(*, wall_patience: timedelta = WALL_PATIENCE, every: timedelta = EVERY) -> Chore:
    """The watchman as a chore of the recorder."""

    def take_a_turn(connection: Connection, at: datetime, rulebook: Rulebook) -> Sequence[Reading]:
        return look_round(connection, at, rulebook, wall_patience)

    return Chore("watching", every, take_a_turn)


def look_round(
    connection: Connection, at: datetime, rulebook: Rulebook, wall_patience: timedelta = WALL_PATIENCE
) -> list[Reading]:
    """Mark silent targets, end stories nobody can end any more, and answer with readings of our own targets that are due."""
    mark_silent(connection, at, rulebook.planned_for)
    close_orphans(connection, [rule.id for rule in rulebook.rules], at)
    newest = _newest_of_our_own(connection)
    return [
        *_storage_writes(newest.get(STORAGE_KEY), at),
        *wall_readings(_walls(connection), newest, at, wall_patience),
    ]


def wall_readings(
    walls: Sequence[WallSeen],
    newest: dict[TargetKey, Newest],
    at: datetime,
    wall_patience: timedelta,
) -> list[Reading]:
    """What is to be said about each wall now: a change at once, the same again once a minute. A closed wall is not spoken of,
    except once: that its silence has been explained."""
    said = [_wall_reading(each, newest.get(_key(each)), at, wall_patience) for each in walls]
    return [each for each in said if each is not None and _is_due(each, newest.get(each.target))]


def _wall_reading(each: WallSeen, newest: Newest | None, at: datetime, wall_patience: timedelta) -> Reading | None:
    if each.closed:
        is_open = newest is not None and newest.status is Status.DOWN
        return Reading(_key(each), at, Status.UP, Reason.OK, "closed on purpose", source=Source.SELF) if is_open else None
    silence = at - each.last_seen
    if silence <= wall_patience:
        return Reading(_key(each), at, Status.UP, Reason.OK, source=Source.SELF)
    was_noticed = newest is not None and newest.status is Status.DOWN
    if silence - wall_patience > WATCHED_WITHIN and not was_noticed:
        return None
    return Reading(_key(each), at, Status.DOWN, Reason.WALL_SILENT, source=Source.SELF)


def _key(each: WallSeen) -> TargetKey:
    return TargetKey(f"{WALL_PREFIX}{each.name}")


def _storage_writes(newest: Newest | None, at: datetime) -> list[Reading]:
    # That this reading can be stored is what it says.
    said = Reading(STORAGE_KEY, at, Status.UP, Reason.OK, source=Source.SELF)
    return [said] if _is_due(said, newest) else []


def _is_due(said: Reading, newest: Newest | None) -> bool:
    return newest is None or newest.status is not said.status or said.taken_at - newest.at >= SELF_EVERY


def _walls(connection: Connection) -> list[WallSeen]:
    rows = connection.execute(select(wall.c.name, wall.c.last_seen, wall.c.closed).order_by(wall.c.name))
    return [WallSeen(row.name, from_ms(row.last_seen), row.closed) for row in rows]


def _newest_of_our_own(connection: Connection) -> dict[TargetKey, Newest]:
    rows = connection.execute(
        select(target.c.key, latest.c.at, latest.c.status)
        .join(target, target.c.id == latest.c.target_id)
        .where(target.c.key.startswith(SELF_PREFIX, autoescape=True))
    )
    return {TargetKey(row.key): Newest(from_ms(row.at), Status(row.status)) for row in rows}
