"""The real writer process sends what is due, proves it, and takes up after kill -9 what it had not told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select

from command_centre.domain.notification import NoticeKind
from command_centre.pipeline.auditor import DELIVERY_KEY
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.tables import latest, target
from tests.support.gateways import Gateway, gateway
from tests.support.telling import make_due, message, open_incident, rows_of, until

PROJECT = Path(__file__).resolve().parents[2]
AUDIT_SECONDS = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{folder / 'city.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def phone() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


@pytest.fixture
def monitor() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


@contextmanager
def writer(folder: Path, phone: Gateway, monitor: Gateway) -> Iterator[subprocess.Popen[bytes]]:
    """``run.py collect`` of a city without any target."""
    (folder / "config.yaml").write_text(
        f"""mode: live
city:
  contact: jaga@example.go.id
storage:
  url: sqlite:///city.db
receivers:
  - name: piket
    kind: webhook
    person: S. Aminah
    url: {phone.url}/kait
notifying:
  public_url: https://cc.example.go.id
  alive: env:CC_ALIVE
  audited: env:CC_AUDITED
  audit_every: {AUDIT_SECONDS}s
"""
    )
    environment = os.environ | {"CC_ALIVE": f"{monitor.url}/alive", "CC_AUDITED": f"{monitor.url}/audited"}
    command = [sys.executable, str(PROJECT / "run.py"), "collect", "--config", str(folder / "config.yaml")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def heard(monitor: Gateway, what: str) -> int:
    return sum(each.path == f"/{what}" for each in monitor.asked)


def delivery_status(engine: Engine) -> str | None:
    asked = select(latest.c.status).join(target, target.c.id == latest.c.target_id).where(target.c.key == DELIVERY_KEY)
    with engine.connect() as connection:
        return connection.execute(asked).scalar_one_or_none()


def test_what_is_due_is_told_and_a_row_removed_by_hand_stops_the_sign_of_life(
    folder: Path, engine: Engine, phone: Gateway, monitor: Gateway
) -> None:
    """D1, O6, O7"""
    with writer(folder, phone, monitor):
        story = open_incident(engine, datetime.now(UTC))
        make_due(engine, message(story, at=datetime.now(UTC)))
        until(lambda: len(phone.asked) == 1, 20)
        assert phone.asked[0].json()["link"].startswith("https://cc.example.go.id/piket/")
        until(lambda: heard(monitor, "audited") >= 1, 20)
        until(lambda: delivery_status(engine) == "up", 10)
        with writing(engine) as connection:
            connection.execute(delete(outbox))
        until(lambda: delivery_status(engine) == "down", 2 * AUDIT_SECONDS + 10)
        proven, alive = heard(monitor, "audited"), heard(monitor, "alive")
        until(lambda: heard(monitor, "alive") > alive, 2 * AUDIT_SECONDS + 10)
        assert heard(monitor, "audited") == proven


def test_what_was_due_when_it_was_killed_is_told_by_the_next_one(
    folder: Path, engine: Engine, phone: Gateway, monitor: Gateway
) -> None:
    """D6"""
    with writer(folder, phone, monitor) as first:
        story = open_incident(engine, datetime.now(UTC))
        make_due(engine, message(story, at=datetime.now(UTC)))
        until(lambda: len(phone.asked) == 1, 20)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    make_due(engine, message(story, NoticeKind.RESOLVED, at=datetime.now(UTC)))
    with writer(folder, phone, monitor):
        until(lambda: rows_of(engine)[-1].sent_at is not None, 30)
    assert [each.json()["kind"] for each in phone.asked if each.json()["kind"] == "resolved"] == ["resolved"]
