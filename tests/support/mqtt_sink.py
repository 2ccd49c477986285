"""A store for the listener's tests and bench: durable in SQLite before ``emit`` returns. Also run as a process, to be killed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from collectors.hotspots_mqtt.listener import MqttListener
from collectors.hotspots_mqtt.mapping import parse_mapping
from collectors.hotspots_mqtt.options import Broker, Options
from command_centre.domain.reading import Reading
from command_centre.domain.target import TargetKey

KOTA = {
    "topic": "kota/wifi/{device}/telemetri",
    "status_topic": "kota/wifi/{device}/status",
    "format": "json",
    "fields": {"clients": "klien", "cpu_pct": "cpu", "uptime_s": "nomor"},
    "time": "ts",
    "sequence": "seq",
    "boot": "boot",
    "availability": {"up": ["online"], "down": ["offline"]},
    "every_s": 60,
}


class WallClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SqliteSink:
    """Collects what is emitted while a commit runs and writes it in the next one, as the recorder does."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS reading (target TEXT, at INTEGER, source TEXT, status TEXT, body TEXT,"
            " PRIMARY KEY (target, at, source)) WITHOUT ROWID"
        )
        self._waiting: list[tuple[Reading, asyncio.Future[None]]] = []
        self._writing = False
        self.commits = 0

    async def emit(self, reading: Reading) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((reading, done))
        if not self._writing:
            self._writing = True
            self._task = loop.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        await asyncio.sleep(0)
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await asyncio.get_running_loop().run_in_executor(None, self._commit, [each for each, _ in batch])
            for _, done in batch:
                if not done.done():
                    done.set_result(None)
        self._writing = False

    def _commit(self, readings: list[Reading]) -> None:
        rows = [
            (each.target, round(each.taken_at.timestamp() * 1000), each.source.value, each.status.value, _body(each))
            for each in readings
        ]
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT OR IGNORE INTO reading VALUES (?, ?, ?, ?, ?)", rows)
        self._database.execute("COMMIT")
        self.commits += 1

    def close(self) -> None:
        self._database.close()


def _body(reading: Reading) -> str:
    return json.dumps(dict(reading.values))


def stored_numbers(path: Path) -> Mapping[str, list[int]]:
    """The numbers of messages (sent as an uptime) that are stored, by target, in order; a number twice would be there twice."""
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT target, body FROM reading WHERE source = 'mqtt' ORDER BY target, at").fetchall()
    database.close()
    numbers: dict[str, list[int]] = {}
    for target, body in rows:
        number = json.loads(body).get("uptime_seconds")
        if number is not None:
            numbers.setdefault(target, []).append(number)
    return numbers


def options(port: int, client_id: str = "uji") -> Options:
    """Options for a local broker, with short waits."""
    return Options(
        Broker(port=port, client_id=client_id, first_retry_seconds=0.05, longest_retry_seconds=0.5, steady_after_seconds=0.2),
        mappings=(parse_mapping(KOTA),),
        will_grace=0.15,
        lost_after=0.3,
    )


def registered(count: int) -> dict[str, TargetKey]:
    """Devices ``ap-0`` to ``ap-(count-1)``."""
    return {f"ap-{number}": TargetKey(f"hotspot:ap-{number}") for number in range(count)}


async def _run(port: int, path: Path) -> None:
    sink = SqliteSink(path)
    await MqttListener(options(port, "uji-proses"), WallClock(), registered(50)).listen(sink.emit)


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), Path(sys.argv[2])))
