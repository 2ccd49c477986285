"""The register as a person browses it, and how tidy it is.

What a browser asks for comes in pages: ten thousand targets are never sent at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Engine, Select, case, func, or_, select

from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reason, Status
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.read.incidents import MOST_LETTERS, ROW, Asked, IncidentRow, moment, row_of
from command_centre.read.rows import WallFacts, read_walls
from command_centre.storage import facts
from command_centre.storage.alert_tables import outbox
from command_centre.storage.tables import detail, incident, latest, metric, reading, target
from command_centre.storage.times import from_ms, to_ms
from command_centre.storage.values import unpack_values

LONGEST_PAGE = 200
MOST_INCIDENTS = 10
CERTIFICATE_SOON = timedelta(days=30)
NEGLECTED_AFTER = timedelta(days=180)
GOVERNMENT = ".go.id"
MOST_FLAWS = 200
MOST_NAMED = 3
RECEIVERS_OVER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target as a line. ``status`` unknown with reason silent: nobody vouches any more. ``since`` None: never seen."""

    key: TargetKey
    kind: TargetKind
    name: str
    short_name: str
    owner: str
    group: str
    kelurahan: str
    address: str | None
    status: Status
    reason: Reason
    since: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class TargetPage:
    """Some lines, and how many there are altogether."""

    rows: tuple[TargetRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class TargetSheet:
    """One target: its line, what else the register says, and its newest incidents."""

    row: TargetRow
    source: str
    every_seconds: float
    attributes: Mapping[str, str]
    parents: tuple[str, ...]
    incidents: tuple[IncidentRow, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Flaw:
    """One line of the register that wants correcting. ``note`` says more: the other line, how many days."""

    key: TargetKey
    kind: TargetKind
    name: str
    owner: str
    note: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiverFacts:
    """What became of the messages of one receiver in the last 24 hours, and what waits now."""

    name: str
    sent: int
    waiting: int
    dead: int
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The newest configuration that was refused."""

    at: datetime
    text: str


class RegisterQueries:
    """Answers about the register from one database. Safe to use from several threads at once."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def page(self, asked: Asked, start: int, end: int, sort: str, *, descending: bool) -> TargetPage:
        """Lines ``start`` to ``end`` of what is asked for, in the order of one column."""
        now = to_ms(self._clock.now())
        order = _ORDER.get(sort, _ORDER["status"])(now)
        begin = max(start, 0)
        size = min(max(end - begin, 1), LONGEST_PAGE)
        with self._engine.connect() as connection, connection.begin():
            wanted = _asked(asked)
            total = connection.execute(select(func.count()).select_from(target).where(*wanted)).scalar_one()
            question = _ROWS.where(*wanted).order_by(order.desc() if descending else order, target.c.name, target.c.id)
            rows = connection.execute(question.offset(begin).limit(size)).all()
        return TargetPage(tuple(_row(each, now) for each in rows), total)

    def sheet(self, key: TargetKey) -> TargetSheet | None:
        """One target; None when the register lists none under this key."""
        now = self._clock.now()
        with self._engine.connect() as connection, connection.begin():
            found = connection.execute(_ROWS.where(target.c.key == key, target.c.removed_at.is_(None))).first()
            if found is None:
                return None
            stories = ROW.where(target.c.key == key).order_by(incident.c.id.desc()).limit(MOST_INCIDENTS)
            incidents = tuple(row_of(each, {}) for each in connection.execute(stories))
        return TargetSheet(
            row=_row(found, to_ms(now)),
            source=found.source,
            every_seconds=found.expected_every_seconds,
            attributes=MappingProxyType(dict(json.loads(found.attributes))),
            parents=tuple(json.loads(found.parents)),
            incidents=incidents,
            as_of=now,
        )

    def flaws(self) -> Mapping[str, tuple[Flaw, ...]]:
        """What wants correcting, by kind of flaw."""
        with self._engine.connect() as connection, connection.begin():
            rows = connection.execute(_ROWS.where(target.c.removed_at.is_(None), target.c.kind != TargetKind.SELF.value)).all()
            numbers = {row.name: row.id for row in connection.execute(select(metric.c.id, metric.c.name))}
        return flaws_of(rows, numbers)

    def walls(self) -> tuple[tuple[WallFacts, ...], datetime]:
        """What each wall last told, and the moment of this question."""
        with self._engine.connect() as connection:
            return tuple(read_walls(connection)), self._clock.now()

    def receivers(self) -> tuple[ReceiverFacts, ...]:
        """Every receiver that anything was ever due for, by name."""
        since = to_ms(self._clock.now() - RECEIVERS_OVER)
        waits = outbox.c.sent_at.is_(None) & outbox.c.dead_at.is_(None) & (outbox.c.due_at <= to_ms(self._clock.now()))
        question = select(
            outbox.c.receiver,
            func.sum(case((outbox.c.sent_at >= since, 1), else_=0)),
            func.sum(case((waits, 1), else_=0)),
            func.sum(case(((outbox.c.dead_at >= since) & outbox.c.last_error.is_not(None), 1), else_=0)),
            func.max(outbox.c.sent_at),
        ).group_by(outbox.c.receiver)
        with self._engine.connect() as connection:
            rows = connection.execute(question.order_by(outbox.c.receiver)).all()
        return tuple(
            ReceiverFacts(name, int(sent), int(waiting), int(dead), moment(last)) for name, sent, waiting, dead, last in rows
        )

    def configuration(self) -> tuple[str | None, Refused | None]:
        """Hash of the configuration that the collector runs, and the newest one that was refused."""
        question = (
            select(reading.c.at, detail.c.text)
            .join(target, target.c.id == reading.c.target_id)
            .outerjoin(detail, detail.c.id == reading.c.detail_id)
            .where(target.c.key == CONFIG_KEY, reading.c.status == Status.DOWN.value)
            .order_by(reading.c.at.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(question).first()
            in_force = facts.recall(connection, facts.CONFIG_HASH)
        return in_force, None if row is None else Refused(from_ms(row.at), row.text or "")


CONFIG_KEY = "sendiri:konfigurasi"

_ROWS: Select[Any] = select(
    target, latest.c.status, latest.c.reason, latest.c.since, latest.c.at, latest.c.vouched_until, latest.c.packed
).outerjoin(latest, latest.c.target_id == target.c.id)


def _urgency(now: int) -> ColumnElement[Any]:
    """Trouble first, then what nobody knows, then what is well."""
    is_known = latest.c.vouched_until > now
    return case(
        (is_known & (latest.c.status == Status.DOWN.value), 0),
        (is_known & (latest.c.status == Status.DEGRADED.value), 1),
        (is_known & (latest.c.status == Status.UP.value), 3),
        else_=2,
    )


_ORDER: Mapping[str, Callable[[int], ColumnElement[Any]]] = MappingProxyType(
    {
        "status": _urgency,
        "name": lambda _: func.lower(target.c.name),
        "kind": lambda _: target.c.kind,
        "owner": lambda _: func.lower(target.c.owner),
        "kelurahan": lambda _: target.c.kelurahan,
        "since": lambda _: latest.c.since,
        "last": lambda _: latest.c.at,
    }
)


def _asked(asked: Asked) -> list[ColumnElement[bool]]:
    """What is asked for, as conditions. The state of a target is sorted by, not filtered: it changes while one looks."""
    wanted: list[ColumnElement[bool]] = [target.c.removed_at.is_(None)]
    if asked.kind is not None:
        wanted.append(target.c.kind == asked.kind.value)
    if asked.kelurahan:
        wanted.append(target.c.kelurahan == asked.kelurahan)
    if asked.owner:
        wanted.append(target.c.owner == asked.owner)
    for word in asked.text[:MOST_LETTERS].casefold().split():
        columns = (target.c.name, target.c.short_name, target.c.key, target.c.owner, target.c.address)
        wanted.append(or_(*(func.lower(each).contains(word, autoescape=True) for each in columns)))
    return wanted


def _row(row: Any, now: int) -> TargetRow:
    is_silent = row.status is not None and now >= row.vouched_until
    if row.status is None:
        status, reason = Status.UNKNOWN, Reason.NO_ADDRESS if row.address is None else Reason.NEVER_SEEN
    else:
        status, reason = (Status.UNKNOWN, Reason.SILENT) if is_silent else (Status(row.status), Reason(row.reason))
    return TargetRow(
        key=TargetKey(row.key),
        kind=TargetKind(row.kind),
        name=row.name,
        short_name=row.short_name,
        owner=row.owner,
        group=row.group_name,
        kelurahan=row.kelurahan or "",
        address=row.address,
        status=status,
        reason=reason,
        since=moment(row.vouched_until if is_silent else row.since),
        last_seen=moment(row.at),
    )


def flaws_of(rows: Sequence[Any], numbers: Mapping[str, int]) -> Mapping[str, tuple[Flaw, ...]]:
    """The flaws of the register's lines, by kind. ``numbers``: under which number each metric is packed."""
    found = {
        "no_address": _plain(each for each in rows if each.address is None and each.kind != TargetKind.HOTSPOT.value),
        "duplicate": _duplicates(rows),
        "http_only": _plain(each for each in rows if each.kind == TargetKind.SITE.value and _scheme(each) == "http"),
        "off_domain": [_flaw(each, _host(each)) for each in rows if each.kind == TargetKind.SITE.value and _is_elsewhere(each)],
        "no_owner": _plain(each for each in rows if not each.owner.strip()),
        "no_place": _plain(each for each in rows if each.kind == TargetKind.HOTSPOT.value and not each.kelurahan),
        "certificate": _by_days(rows, numbers.get("certificate_remaining_seconds"), lambda left: left < CERTIFICATE_SOON),
        "neglected": _by_days(rows, numbers.get("content_age_seconds"), lambda age: age > NEGLECTED_AFTER, most_first=True),
        "never_seen": _plain(each for each in rows if each.address is not None and each.status is None),
    }
    return {name: tuple(flaws[:MOST_FLAWS]) for name, flaws in found.items()}


def _flaw(row: Any, note: str = "", days: int | None = None) -> Flaw:
    return Flaw(TargetKey(row.key), TargetKind(row.kind), row.name, row.owner, note, days)


def _plain(rows: Iterable[Any]) -> list[Flaw]:
    return [_flaw(each) for each in rows]


def _scheme(row: Any) -> str:
    return "" if row.address is None else row.address.partition("://")[0].lower()


def _host(row: Any) -> str:
    """The host of an address; empty where it has none."""
    try:
        return (urlsplit(row.address or "").hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def _is_elsewhere(row: Any) -> bool:
    host = _host(row)
    return bool(host) and not f".{host}".endswith(GOVERNMENT)


def _duplicates(rows: Sequence[Any]) -> list[Flaw]:
    """Lines with one address, however it is written: case, a slash at the end and the scheme make no difference."""
    places: dict[tuple[str, str], list[Any]] = {}
    for each in rows:
        if each.address is not None and each.kind == TargetKind.SITE.value and _host(each):
            parts = urlsplit(each.address)
            places.setdefault((_host(each), f"{parts.path.rstrip('/')}?{parts.query}"), []).append(each)
    return [_flaw(each, _others(each, same)) for same in places.values() if len(same) > 1 for each in same]


def _others(one: Any, same: Sequence[Any]) -> str:
    """Those that share its address, the first few by name."""
    named = [each.name for each in same[: MOST_NAMED + 1] if each.key != one.key][:MOST_NAMED]
    more = len(same) - 1 - len(named)
    return ", ".join(named) + (f" +{more}" if more else "")


def _by_days(
    rows: Sequence[Any], number: int | None, is_flaw: Callable[[timedelta], bool], *, most_first: bool = False
) -> list[Flaw]:
    if number is None:
        return []
    known = ((each, unpack_values(each.packed).get(number)) for each in rows if each.packed is not None)
    found = [(each, timedelta(seconds=value)) for each, value in known if value is not None and is_flaw(timedelta(seconds=value))]
    found.sort(key=lambda each: each[1], reverse=most_first)
    return [_flaw(each, days=length.days) for each, length in found]
