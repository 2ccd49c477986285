"""A writer and its notifier in one process, killed with -9 at random points while incidents open, end and are told.

The story of every incident and what is due about it are committed together, as the recorder does it. A real HTTP gateway takes
the messages, answers slowly, and refuses some. At the end one writer is left alone until everything is settled; then all is
counted.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from sqlalchemy import Engine, func, insert, select, update

from command_centre.app.clock import SystemClock
from command_centre.config.receiver_kinds import WebhookSettings
from command_centre.domain.delivery import Patience
from command_centre.domain.incident import IncidentId
from command_centre.domain.notification import NoticeKind
from command_centre.pipeline.notifier import Notifier
from command_centre.receivers.texts import Texts
from command_centre.receivers.webhook import Webhook
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import open_database, writing
from command_centre.storage.outbox import enqueue
from command_centre.storage.tables import incident, target
from command_centre.storage.times import to_ms
from tests.support.city import WITA, register, site
from tests.support.gateways import gateway
from tests.support.telling import message

ROOT = Path(__file__).resolve().parents[2]
GONE = "gone"
PATIENCE = Patience(first=timedelta(seconds=1), longest=timedelta(seconds=4), attempts=100_000)
PAUSE_SECONDS = 0.05
"""Twenty changes a second: more than 720 in one minute."""


@dataclass(frozen=True, slots=True)
class Count:
    """What came of it. ``unheard``: incidents whose end or beginning nobody heard. ``early``: ends heard before beginnings."""

    kills: int
    incidents: int
    messages: int
    unheard: tuple[int, ...]
    early: tuple[int, ...]
    doubled: int
    most_copies: int


def kill_and_count(url: str, kills: int, *, seed: int = 1, longest_life: float = 0.5) -> Count:
    """Kill a writer ``kills`` times at random points, let the last one finish, and count."""
    chance = random.Random(seed)
    taken: list[str] = []
    lock = threading.Lock()

    def reply(handler: BaseHTTPRequestHandler) -> None:
        with lock:
            delay, is_refused = chance.uniform(0, 0.01), chance.random() < 0.1
        time.sleep(delay)
        if not is_refused:
            with lock:
                taken.append(handler.headers["Idempotency-Key"])
        handler.send_response(503 if is_refused else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    engine = open_database(url)
    register(engine, site())
    with gateway(reply) as server:
        nursery = _Nursery(url, server.url)
        for _ in range(kills):
            nursery.live_and_die(chance.uniform(0.0, longest_life))
        nursery.finish(engine)
        nursery.close()
    count = _count(engine, kills, taken)
    engine.dispose()
    return count


def _count(engine: Engine, kills: int, taken: Sequence[str]) -> Count:
    with engine.connect() as connection:
        rows = connection.execute(select(outbox.c.incident_id, outbox.c.kind, outbox.c.key)).all()
    first = {key: number for number, key in reversed(list(enumerate(taken)))}
    unheard, early = [], []
    for story in sorted({row.incident_id for row in rows}):
        keys = {row.kind: row.key for row in rows if row.incident_id == story}
        begun, ended = first.get(keys["firing"]), first.get(keys.get("resolved", ""))
        if (begun is None and ended is None) or ("resolved" in keys and ended is None):
            unheard.append(story)
        if begun is not None and ended is not None and begun > ended:
            early.append(story)
    copies = Counter(taken)
    return Count(
        kills,
        len({row.incident_id for row in rows}),
        len(copies),
        tuple(unheard),
        tuple(early),
        sum(each - 1 for each in copies.values()),
        max(copies.values(), default=0),
    )


class _Nursery:
    """A process that has everything imported and forks one writer after the other."""

    def __init__(self, url: str, gateway_url: str) -> None:
        command = [sys.executable, "-m", "tests.support.notifier_killing", url, gateway_url]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._answers = self._process.stdin, self._process.stdout

    def live_and_die(self, seconds: float) -> None:
        pid = self._begin("tell")
        time.sleep(seconds)
        self._end(pid)

    def finish(self, engine: Engine) -> None:
        """Let one send what is left, and tell nothing new."""
        pid = self._begin("send")
        deadline = time.monotonic() + 120
        waits = select(func.count()).where(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
        while True:
            with engine.connect() as connection:
                if connection.execute(waits).scalar_one() == 0:
                    break
            assert time.monotonic() < deadline, "the last one did not come to an end"
            time.sleep(0.05)
        self._end(pid)

    def close(self) -> None:
        self._orders.close()
        self._process.wait(30)
        self._answers.close()

    def _begin(self, what: str) -> int:
        self._orders.write(f"{what}\n")
        self._orders.flush()
        return int(self._answers.readline())

    def _end(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        assert self._answers.readline().strip() == GONE


def _live(url: str, gateway_url: str, what: str) -> None:
    """A writer's life: send what is due, and (``tell``) open and end incidents without a pause to speak of."""
    engine = open_database(url)
    webhook = Webhook(WebhookSettings(url=gateway_url), Texts(WITA), SystemClock())
    notifier = Notifier(engine, {"piket": webhook}, SystemClock(), patience=PATIENCE)
    threading.Thread(target=notifier.run, args=(threading.Event(),), daemon=True).start()
    chance = random.Random()
    while True:
        if what == "tell":
            _turn(engine, chance)
        time.sleep(PAUSE_SECONDS)


def _turn(engine: Engine, chance: random.Random) -> None:
    """One transaction of the recorder: an incident opens or ends, and what is due about it."""
    at = datetime.now(UTC)
    with writing(engine) as connection:
        going_on = connection.execute(select(incident.c.id).where(incident.c.resolved_at.is_(None))).scalars().all()
        if going_on and chance.random() < 0.5:
            story = IncidentId(chance.choice(going_on))
            connection.execute(update(incident).where(incident.c.id == story).values(resolved_at=to_ms(at)))
            enqueue(connection, [message(story, NoticeKind.RESOLVED, at=at)], at)
            return
        number = connection.execute(select(target.c.id)).scalar_one()
        row = {"rule": "site-down", "target_id": number, "severity": "critical", "status": "down", "reason": "connect_refused"}
        made = insert(incident).values(detail="", opened_at=to_ms(at), **row).returning(incident.c.id)
        story = IncidentId(connection.execute(made).scalar_one())
        enqueue(connection, [message(story, at=at)], at)


def _nurse(url: str, gateway_url: str) -> None:
    for order in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(url, gateway_url, order.strip())
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        os.waitpid(pid, 0)
        sys.stdout.write(f"{GONE}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _nurse(sys.argv[1], sys.argv[2])
