"""From a change to its acceptance: 720 incidents within one minute to a local program, beside a receiver that always hangs.

    python -m tests.benchmarks.bench_notifier [--changes 720] [--seconds 60] [--url sqlite:///...]

The floor is the bare request: the same bodies posted one after the other with nothing kept.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from command_centre.app.clock import SystemClock
from command_centre.config.receiver_kinds import WebhookSettings
from command_centre.pipeline.notifier import Notifier
from command_centre.receivers.texts import Texts
from command_centre.receivers.webhook import Webhook
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import migrate, open_database
from command_centre.storage.outbox_facts import percentile
from tests.support.city import WITA
from tests.support.gateways import gateway, hangs, says
from tests.support.telling import make_due, message, open_incident

PROMISED = timedelta(seconds=2)


def main() -> int:
    """Run it, print what came of it; 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(prog="bench_notifier")
    parser.add_argument("--changes", type=int, default=720)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long they take to happen; three times the promised pace")
    parser.add_argument("--url")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        engine = open_database(options.url or f"sqlite:///{Path(name) / 'city.db'}")
        migrate(engine)
        dwells = _run(engine, options.changes, options.seconds)
        engine.dispose()
    p50, p95, worst = percentile(dwells, 0.5), percentile(dwells, 0.95), percentile(dwells, 1.0)
    assert p95 is not None
    print(f"{len(dwells)} of {options.changes} accepted while another receiver hung; promised p95 {PROMISED.total_seconds():g} s")
    print(f"event to acceptance: p50 {p50}, p95 {p95}, worst {worst}")
    print(f"the bare request: {_floor(min(options.changes, 200)) * 1000:.2f} ms each")
    return 0 if p95 <= PROMISED and len(dwells) == options.changes else 1


def _run(engine: Engine, changes: int, seconds: float) -> list[int]:
    with gateway(says()) as local, gateway(hangs(60)) as hanging:
        receivers = {"program": _webhook(local.url), "macet": _webhook(hanging.url)}
        notifier, stop = Notifier(engine, receivers, SystemClock()), threading.Event()
        thread = threading.Thread(target=notifier.run, args=(stop,))
        thread.start()
        begun = time.monotonic()
        for number in range(changes):
            time.sleep(max(begun + number * seconds / changes - time.monotonic(), 0))
            at = datetime.now(UTC)
            story = open_incident(engine, at)
            make_due(engine, message(story, receiver="program", at=at), message(story, receiver="macet", at=at), at=at)
        _wait(engine, changes)
        stop.set()
        thread.join(30)
    return _dwells(engine)


def _webhook(url: str) -> Webhook:
    return Webhook(WebhookSettings(url=url, timeout=timedelta(seconds=2)), Texts(WITA), SystemClock())


def _dwells(engine: Engine) -> list[int]:
    accepted = (outbox.c.receiver == "program") & outbox.c.sent_at.is_not(None)
    with engine.connect() as connection:
        return list(connection.execute(select(outbox.c.sent_at - outbox.c.event_at).where(accepted)).scalars())


def _wait(engine: Engine, changes: int) -> None:
    deadline = time.monotonic() + 30
    while len(_dwells(engine)) < changes and time.monotonic() < deadline:
        time.sleep(0.2)


def _floor(times: int) -> float:
    with gateway(says()) as local:
        webhook = _webhook(local.url)
        begun = time.monotonic()
        for number in range(times):
            webhook.send(message(None, number=number))
        return (time.monotonic() - begun) / times


if __name__ == "__main__":
    sys.exit(main())
