"""Hotspots over MQTT, end to end: the writer killed with -9 and the broker restarted, counted by sequence numbers (Q1, Q2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.brokers import mosquitto
from tests.support.hotspot_killing import Plan, kill_and_count

pytestmark = pytest.mark.mosquitto


def test_what_the_broker_took_is_stored_once_however_often_the_writer_dies(tmp_path: Path) -> None:
    """Six kills and two restarts of the broker; ``python -m tests.benchmarks.kill_hotspots`` does 200 and 20."""
    with mosquitto(tmp_path / "broker") as broker:
        count = kill_and_count(tmp_path, broker, Plan(kills=6, restarts=2, devices=20))
    assert count.lives_with_news >= 2, "the writer has to be killed while it works, not only while it starts"
    assert count.acknowledged > 500
    assert (count.lost, count.doubled, count.never_sent) == ((), 0, 0)
    assert count.stored == count.acknowledged
