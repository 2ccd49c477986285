"""``/metrics``: ourselves and the current state of everything, in the text format that Prometheus reads.

What is not known has no sample: a target nobody vouches for is neither up nor down. Names and units are as Prometheus wants them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from command_centre.domain.ports import Clock
from command_centre.domain.reading import Status
from command_centre.read.archive import Archive, StatusOfAll
from command_centre.read.ourselves import Ourselves, ourselves
from command_centre.storage.times import to_ms

PREFIX = "command_centre"
SERVED = (Status.UP, Status.DEGRADED)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The address ``/metrics``."""

    archive: Archive
    engine: Engine
    clock: Clock

    def route(self) -> Route:
        """What to hang into the application."""
        return Route("/metrics", self.answer)

    async def answer(self, _: Request) -> Response:
        """Everything, in one text."""
        try:
            body = await run_in_threadpool(self._text)
        except DBAPIError:
            return PlainTextResponse("the database cannot be read now\n", 503)
        return Response(body, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    def _text(self) -> bytes:
        now = to_ms(self.clock.now()) / 1000
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Found(tuple(families(self.archive.status(), ourselves(self.engine, self.clock), now))))
        return generate_latest(registry)


class _Found(Collector):
    """Metrics that are known already: the registry only writes them out."""

    def __init__(self, found: tuple[Metric, ...]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        return self._found


def families(status: StatusOfAll, us: Ourselves, now: float) -> Iterator[Metric]:
    """Every metric. ``now`` in seconds since the epoch."""
    yield from _about_targets(status, now)
    yield from _about_walls(us, now)
    yield from _about_messages(us)
    writer = None if us.writer_seen_at is None else now - us.writer_seen_at.timestamp()
    yield _one("writer_age_seconds", "Time since the writer last renewed its lease.", writer)
    yield _one("newest_reading_seq", "Number of the newest reading in the log.", us.newest_reading_seq)
    yield _one("database_size_bytes", "Size of the database.", us.database_bytes)
    yield _one("database_log_size_bytes", "Size of SQLite's write-ahead log.", us.log_bytes)
    yield _by("incidents_open", "Incidents that are open.", "severity", us.open_incidents)


def _about_targets(status: StatusOfAll, now: float) -> Iterator[Metric]:
    newest = None if status.data_as_of is None else now - status.data_as_of.timestamp()
    yield _one("data_age_seconds", "Age of the newest reading.", newest)
    yield _one("is_simulated", "1 when the figures are simulated.", int(status.is_simulated))
    counts = GaugeMetricFamily(f"{PREFIX}_targets", "Targets by kind and state.", labels=["kind", "state"])
    for count in status.counts:
        for state in ("registered", "expected", "measured", "up", "degraded", "down", "unknown", "planned"):
            counts.add_metric([count.kind, state], getattr(count, state))
    yield counts
    up = GaugeMetricFamily(f"{PREFIX}_target_up", "1 served, 0 down; no sample: not known.", labels=["target", "kind", "reason"])
    age = GaugeMetricFamily(f"{PREFIX}_target_age_seconds", "Age of the newest reading of a target.", labels=["target"])
    for each in status.targets:
        if each.status != Status.UNKNOWN:
            up.add_metric([each.key, each.kind, each.reason], int(each.status in SERVED))
        if each.last_seen is not None:
            age.add_metric([each.key], now - each.last_seen.timestamp())
    yield up
    yield age


def _about_walls(us: Ourselves, now: float) -> Iterator[Metric]:
    open_walls = [each for each in us.walls if not each.closed]
    seen = {each.name: now - each.last_seen / 1000 for each in open_walls}
    yield _by("wall_seen_age_seconds", "Time since a wall last reported.", "wall", seen)
    for name, text in (
        ("data_age_seconds", "Age of the data on the glass."),
        ("frame_age_seconds", "Time since the browser drew."),
        ("heap_bytes", "Heap of the wall's browser."),
        ("dom_nodes", "Nodes of the wall's page."),
    ):
        told = {each.name: value for each in open_walls if (value := getattr(each, name)) is not None}
        yield _by(f"wall_{name}", text, "wall", told)


def _about_messages(us: Ourselves) -> Iterator[Metric]:
    yield _by("messages_waiting", "Messages that are due and not sent.", "receiver", us.waiting)
    yield _by("messages_dead", "Messages that were given up.", "receiver", us.dead)
    yield _one("messages_oldest_waiting_seconds", "How long the oldest message waits.", us.oldest_waiting_seconds)
    yield _one("messages_sent_last_hour", "Messages accepted by a receiver within the last hour.", us.sent_last_hour)
    yield _one("messages_slowest_dwell_seconds", "Longest time from due to accepted, last hour.", us.slowest_dwell_seconds)


def _one(name: str, text: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", text)
    if value is not None:
        family.add_metric([], value)
    return family


def _by(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=[label])
    for each, value in sorted(values.items()):
        family.add_metric([each], value)
    return family
