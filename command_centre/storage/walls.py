"""Walls: what each screen on a wall last said about itself. The web process writes beats, and nothing else anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, update

from command_centre.storage.database import insert_into, writing
from command_centre.storage.inventory import WALL_PREFIX
from command_centre.storage.tables import target, wall
from command_centre.storage.times import to_ms


@dataclass(frozen=True, slots=True)
class WallBeat:
    """One sign of life. What the browser does not tell is None. ``closed``: the page was closed on purpose."""

    name: str
    page: str
    data_age_seconds: float | None = None
    frame_age_seconds: float | None = None
    heap_bytes: int | None = None
    dom_nodes: int | None = None
    width: int | None = None
    height: int | None = None
    user_agent: str = ""
    closed: bool = False


def record_beat(engine: Engine, beat: WallBeat, at: datetime) -> None:
    """Remember that this wall lives: one short transaction of its own."""
    row = {
        "name": beat.name,
        "page": beat.page,
        "last_seen": to_ms(at),
        "closed": beat.closed,
        "data_age_seconds": beat.data_age_seconds,
        "frame_age_seconds": beat.frame_age_seconds,
        "heap_bytes": beat.heap_bytes,
        "dom_nodes": beat.dom_nodes,
        "width": beat.width,
        "height": beat.height,
        "user_agent": beat.user_agent,
    }
    with writing(engine) as connection:
        adding = insert_into(connection, wall).values(row | {"first_seen": to_ms(at)})
        connection.execute(adding.on_conflict_do_update(index_elements=[wall.c.name], set_=row))


def keep_walls(connection: Connection, names: Sequence[str], at: datetime) -> None:
    """Forget the walls that the configuration no longer names: nobody can end their silence any more.

    Their targets are marked as removed, which ends their incidents; history stays. A wall that is named again returns.
    """
    connection.execute(delete(wall).where(wall.c.name.not_in(names)))
    keys = [f"{WALL_PREFIX}{name}" for name in names]
    is_wall = target.c.key.startswith(WALL_PREFIX, autoescape=True)
    gone = is_wall & target.c.key.not_in(keys) & target.c.removed_at.is_(None)
    connection.execute(update(target).where(gone).values(removed_at=to_ms(at)))
    connection.execute(update(target).where(is_wall & target.c.key.in_(keys)).values(removed_at=None))
