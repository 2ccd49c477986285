"""The listener against a real Mosquitto: Q1 to Q8 of the behaviour catalogue, and what must never be lost or doubled."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from collectors.hotspots_mqtt.flaws import FlawKind
from collectors.hotspots_mqtt.intake import Limits
from collectors.hotspots_mqtt.listener import MqttListener
from collectors.hotspots_mqtt.options import Options, Protocol, Tls
from command_centre.demo.broker import Embedded
from command_centre.domain.hotspot import STANDING_SINCE
from command_centre.domain.reading import Reading, Reason, Source, Status
from command_centre.domain.series import MetricName
from tests.support.brokers import BadBroker, Mosquitto, Publisher, free_port, make_papers, mosquitto, packet, sequence_payloads
from tests.support.mqtt_sink import SqliteSink, WallClock, options, registered, stored_numbers

pytestmark = pytest.mark.mosquitto

PATIENCE = 10.0
TOPIC = "kota/wifi/ap-1/telemetri"
STATUS = "kota/wifi/ap-1/status"
NUMBER = MetricName("uptime_seconds")
"""In which numbered messages carry their number."""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path / "broker") as running:
        yield running


@dataclass
class Store:
    """Where readings go; ``open`` is cleared to let the store be down."""

    readings: list[Reading] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def emit(self, reading: Reading) -> None:
        await self.open.wait()
        self.readings.append(reading)

    def of_hotspots(self) -> list[Reading]:
        return [each for each in self.readings if each.source is Source.MQTT]

    def of_ourselves(self) -> list[Reading]:
        return [each for each in self.readings if each.source is Source.SELF]

    def troubles(self) -> list[Reading]:
        return [each for each in self.of_ourselves() if each.status is Status.DOWN]

    def clients(self) -> list[float]:
        return [each.values["clients_total"] for each in self.of_hotspots() if "clients_total" in each.values]  # type: ignore[index]


async def until(condition: Callable[[], object], what: str) -> None:
    """Wait until it holds; fail with what was waited for."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        await asyncio.sleep(0.01)


def listening(
    settings: Options, body: Callable[[MqttListener, Store], Awaitable[None]], *, devices: int = 5, store_open: bool = True
) -> Store:
    """Run a listener around ``body``; returns what was stored."""

    async def run() -> Store:
        store = Store()
        if store_open:
            store.open.set()
        listener = MqttListener(settings, WallClock(), registered(devices))
        task = asyncio.create_task(listener.listen(store.emit))
        try:
            await until(lambda: listener.link.is_up or task.done(), "the listener is connected")
            await body(listener, store)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return store

    return asyncio.run(run())


async def off_loop(work: Callable[[], object]) -> None:
    """Do something that blocks beside the loop."""
    await asyncio.get_running_loop().run_in_executor(None, work)


# -- the plain case


@pytest.mark.parametrize("protocol", list(Protocol))
def test_a_message_becomes_a_reading_with_the_devices_time(broker: Mosquitto, protocol: Protocol) -> None:
    at = round(time.time()) - 5

    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(TOPIC, {"ts": at, "klien": 7, "cpu": 25}))
        await until(lambda: listener.acknowledged == 1, "the message is acknowledged")

    settings = options(broker.port)
    store = listening(replace(settings, broker=replace(settings.broker, protocol=protocol)), body)
    (reading,) = store.of_hotspots()
    assert (reading.target, reading.status, reading.reason) == ("hotspot:ap-1", Status.UP, Reason.OK)
    assert dict(reading.values) == {"clients_total": 7, "cpu_ratio": 0.25}
    assert reading.taken_at.timestamp() == at


# -- Q1, Q2: nothing lost, nothing doubled


def test_what_was_published_while_we_were_away_comes_when_we_return(broker: Mosquitto) -> None:
    settings = options(broker.port)

    async def nothing(_: MqttListener, __: Store) -> None:
        return None

    listening(settings, nothing)
    with Publisher(broker.port) as device:
        device.send_many(sequence_payloads({"ap-1": 1}, 300, at=round(time.time()) - 400))
    broker.restart()

    async def body(listener: MqttListener, _: Store) -> None:
        await until(lambda: listener.acknowledged == 300, "all are acknowledged")

    store = listening(settings, body)
    assert [each.values[NUMBER] for each in store.of_hotspots()] == list(range(300))


def test_a_restart_of_the_broker_loses_and_doubles_nothing(broker: Mosquitto, tmp_path: Path) -> None:
    devices = {f"ap-{number}": 1 for number in range(5)}
    path = tmp_path / "sink.db"

    async def run() -> None:
        sink = SqliteSink(path)
        listener = MqttListener(options(broker.port), WallClock(), registered(5))
        task = asyncio.create_task(listener.listen(sink.emit))
        await until(lambda: listener.link.is_up, "connected")
        for turn in range(4):
            publish = sequence_payloads(devices, 100, start=turn * 100, at=round(time.time()) - 600)
            await off_loop(lambda messages=publish: _publish(broker.port, messages))  # type: ignore[misc]
            await off_loop(broker.restart)
        await until(
            lambda: all(len(each) == 400 for each in stored_numbers(path).values()) and stored_numbers(path), "all stored"
        )
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        sink.close()

    asyncio.run(run())
    assert stored_numbers(path) == {f"hotspot:{name}": list(range(400)) for name in devices}


def _publish(port: int, messages: list[tuple[str, str]]) -> None:
    with Publisher(port) as device:
        device.send_many(messages)


def test_a_collector_killed_with_minus_9_loses_and_doubles_nothing(broker: Mosquitto, tmp_path: Path) -> None:
    devices = {f"ap-{number}": 1 for number in range(10)}
    path = tmp_path / "sink.db"
    command = [sys.executable, "-m", "tests.support.mqtt_sink", str(broker.port), str(path)]
    root = Path(__file__).parents[3]
    collector = subprocess.Popen(command, cwd=root)
    try:
        _await_rows(path, broker.port)
        for turn in range(4):
            _publish(broker.port, sequence_payloads(devices, 150, start=1 + turn * 150, at=round(time.time()) - 900))
            collector.kill()
            collector.wait(5)
            collector = subprocess.Popen(command, cwd=root)
        deadline = time.monotonic() + 20
        while any(len(each) < 600 for each in _without_first(path).values()) or len(_without_first(path)) < 10:
            assert time.monotonic() < deadline, {name: len(each) for name, each in _without_first(path).items()}
            time.sleep(0.05)
    finally:
        collector.kill()
        collector.wait(5)
    assert _without_first(path) == {f"hotspot:{name}": list(range(1, 601)) for name in devices}


def _without_first(path: Path) -> dict[str, list[int]]:
    return {name: [each for each in numbers if each] for name, numbers in stored_numbers(path).items() if len(numbers) > 1}


def _await_rows(path: Path, port: int) -> None:
    """Until the first message has gone all the way: then the session exists at the broker."""
    deadline = time.monotonic() + 20
    with Publisher(port) as device:
        while True:
            device.send(TOPIC, {"ts": round(time.time()) - 950, "nomor": 0, "seq": 0, "boot": 1})
            if path.exists() and _has_rows(path):
                return
            assert time.monotonic() < deadline, "the collector never stored anything"
            time.sleep(0.05)


def _has_rows(path: Path) -> bool:
    import sqlite3

    try:
        return bool(stored_numbers(path))
    except sqlite3.OperationalError:
        return False


def test_nothing_is_acknowledged_before_the_store_has_it(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            messages = sequence_payloads({"ap-1": 1}, 1_000, at=round(time.time()) - 2_000)
            await off_loop(lambda: device.send_many(messages))
        await asyncio.sleep(0.2)
        assert listener.acknowledged == 0
        assert store.readings == []
        store.open.set()
        await until(lambda: listener.acknowledged == 1_000, "all are acknowledged once the store is back")

    store = listening(options(broker.port), body, store_open=False)
    assert [each.values[NUMBER] for each in store.of_hotspots()] == list(range(1_000))


def test_a_store_that_fails_ends_the_listener_and_the_messages_come_again(broker: Mosquitto) -> None:
    async def run() -> None:
        async def fail(reading: Reading) -> None:
            if reading.source is Source.MQTT:
                raise OSError("disk full")

        listener = MqttListener(options(broker.port), WallClock(), registered(5))
        task = asyncio.create_task(listener.listen(fail))
        await until(lambda: listener.link.is_up, "connected")
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(TOPIC, {"klien": 4, "ts": round(time.time())}))
        with pytest.raises(ExceptionGroup):
            await asyncio.wait_for(task, PATIENCE)
        assert listener.acknowledged == 0

    asyncio.run(run())

    async def body(listener: MqttListener, _: Store) -> None:
        await until(lambda: listener.acknowledged == 1, "it came again")

    assert listening(options(broker.port), body).clients() == [4]


def test_messages_that_never_came_are_counted_by_their_numbers(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        at = round(time.time()) - 60
        messages = [json.dumps({"ts": at + each, "klien": 1, "seq": each, "boot": 9}) for each in (0, 1, 5, 3, 6)]
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send_many([(TOPIC, each) for each in messages]))
        await until(lambda: listener.acknowledged == 5, "all are acknowledged")
        await until(lambda: listener.flaw_counts.get(FlawKind.SEQUENCE_GAP) == 1, "the gap is counted")
        assert [each.evidence.get("missed") for each in store.of_hotspots()] == [None, None, 3, None, None]

    listening(options(broker.port), body)


# -- Q3, Q4: retained values, last wills


def test_a_retained_value_is_stored_with_its_own_time_and_marked(broker: Mosquitto) -> None:
    at = round(time.time()) - 7_200
    with Publisher(broker.port) as device:
        device.send(TOPIC, {"klien": 9, "ts": at}, retain=True)

    async def body(listener: MqttListener, _: Store) -> None:
        await until(lambda: listener.acknowledged == 1, "it is acknowledged")

    (reading,) = listening(options(broker.port), body).of_hotspots()
    assert reading.taken_at.timestamp() == at
    assert reading.evidence["retained"] is True


def test_a_retained_value_without_a_time_is_not_a_reading(broker: Mosquitto) -> None:
    with Publisher(broker.port) as device:
        device.send(TOPIC, {"klien": 9}, retain=True)

    async def body(listener: MqttListener, _: Store) -> None:
        await until(lambda: listener.acknowledged == 1, "it is acknowledged")

    assert listening(options(broker.port), body).of_hotspots() == []


def test_a_last_will_is_a_hotspot_that_is_down(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        device = Publisher(broker.port, will=(STATUS, "offline"))
        await off_loop(lambda: device.send(TOPIC, {"klien": 3}))
        await off_loop(device.vanish)
        await until(lambda: [each for each in store.of_hotspots() if each.status is Status.DOWN], "down")
        await until(lambda: listener.acknowledged == 2, "the will is acknowledged after it was stored")
        await off_loop(device.leave)

    readings = listening(options(broker.port), body).of_hotspots()
    assert [(each.status, each.reason) for each in readings] == [(Status.UP, Reason.OK), (Status.DOWN, Reason.OFFLINE)]


def test_a_will_that_crosses_the_next_online_is_not_told(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, _: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(TOPIC, {"klien": 3}))
            await off_loop(lambda: device.send(STATUS, "offline"))
            await off_loop(lambda: device.send(STATUS, "online"))
        await until(lambda: listener.acknowledged == 3, "all are acknowledged")

    assert {each.status for each in listening(options(broker.port), body).of_hotspots()} == {Status.UP}


def test_a_retained_offline_is_not_news_while_values_come(broker: Mosquitto) -> None:
    with Publisher(broker.port) as device:
        device.send(STATUS, "offline", retain=True)

    async def body(listener: MqttListener, _: Store) -> None:
        await until(lambda: listener.acknowledged == 1, "the old state is acknowledged")
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(TOPIC, {"klien": 3}))
        await until(lambda: listener.acknowledged == 2, "the value is stored")
        await asyncio.sleep(0.4)

    settings = options(broker.port)
    quick = replace(settings, mappings=tuple(replace(each, stale_after=0.3) for each in settings.mappings))
    assert [each.status for each in listening(quick, body).of_hotspots()] == [Status.UP]


def test_a_retained_offline_counts_once_the_device_stays_silent(broker: Mosquitto) -> None:
    with Publisher(broker.port) as device:
        device.send(STATUS, "offline", retain=True)

    async def body(_: MqttListener, store: Store) -> None:
        await until(store.of_hotspots, "it is told")

    settings = options(broker.port)
    quick = replace(settings, mappings=tuple(replace(each, stale_after=0.2) for each in settings.mappings))
    (reading,) = listening(quick, body).of_hotspots()
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.OFFLINE)


def test_online_without_a_value_is_unknown_and_lifts_an_offline(broker: Mosquitto) -> None:
    async def body(_: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(STATUS, "offline"))
            await until(store.of_hotspots, "down")
            await off_loop(lambda: device.send(STATUS, "online"))
            await until(lambda: len(store.of_hotspots()) == 2, "lifted")

    readings = listening(options(broker.port), body).of_hotspots()
    assert [each.status for each in readings] == [Status.DOWN, Status.UNKNOWN]


# -- Q4: an "offline" is told once and holds until the device is heard


def _restating(port: int, every: float = 0.4) -> Options:
    return replace(options(port), restate_every=every)


def _states(store: Store) -> list[Status]:
    return [each.status for each in store.of_hotspots()]


def test_an_offline_is_said_again_each_interval_until_the_device_is_heard(broker: Mosquitto) -> None:
    """Q4: a last will is told once; what is not said again would be silence, and silence is not "offline"."""

    async def body(_: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(STATUS, "offline"))
            await until(lambda: _states(store).count(Status.DOWN) == 3, "said twice more")
            await off_loop(lambda: device.send(TOPIC, {"klien": 3}))
            await until(lambda: Status.UP in _states(store), "heard again")
            await asyncio.sleep(0.8)

    readings = listening(_restating(broker.port), body).of_hotspots()
    assert [each.status for each in readings][-1] is Status.UP, "nothing is said again of a device that was heard"
    first, *again = [each for each in readings if each.status is Status.DOWN]
    assert STANDING_SINCE not in first.evidence
    assert {each.evidence[STANDING_SINCE] for each in again} == {first.taken_at.isoformat(timespec="seconds")}
    assert [dict(each.values) for each in again] == [{}] * len(again), "nothing is measured for it"
    gaps = [(later.taken_at - earlier.taken_at).total_seconds() for earlier, later in pairwise([first, *again])]
    assert max(gaps) < 0.8, "a reading vouches for two intervals"


def test_what_stands_is_not_said_while_the_broker_is_away_and_again_when_it_is_back(broker: Mosquitto) -> None:
    """Q4 and Q8: without the broker nobody would tell us of the device's return."""

    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(STATUS, "offline"))
            await until(lambda: _states(store) == [Status.DOWN], "down")
        await off_loop(broker.stop)
        await until(lambda: Status.UNKNOWN in _states(store), "unknown")
        said = len(store.of_hotspots())
        await asyncio.sleep(0.6)
        assert len(store.of_hotspots()) == said
        await off_loop(broker.start)
        await until(lambda: _states(store)[-1] is Status.DOWN, "it still stands")

    store = listening(_restating(broker.port), body)
    assert store.of_hotspots()[-1].evidence[STANDING_SINCE]


def test_a_broker_that_forgot_us_takes_back_what_stood(broker: Mosquitto) -> None:
    """Q4: whoever came back meanwhile told it to nobody."""

    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(STATUS, "offline"))
            await until(lambda: _states(store) == [Status.DOWN], "down")
        await off_loop(lambda: _lose_everything(broker))
        await until(lambda: store.of_ourselves()[-1].evidence.get("sessions_forgotten") == 1, "told")
        said = _states(store).count(Status.DOWN)
        await asyncio.sleep(1.0)
        assert _states(store).count(Status.DOWN) == said

    listening(_restating(broker.port), body)


def test_a_collector_that_starts_again_learns_what_stands_from_the_broker(broker: Mosquitto) -> None:
    """Q4 and S9: the broker keeps our session, and would give a retained "offline" only to a new one."""

    async def nothing(_: MqttListener, __: Store) -> None:
        return None

    async def body(_: MqttListener, store: Store) -> None:
        await until(lambda: _states(store).count(Status.DOWN) == 2, "told, and said again")

    listening(_restating(broker.port), nothing)
    with Publisher(broker.port) as device:
        device.send(STATUS, "offline", retain=True)
    listening(_restating(broker.port), body)
    listening(_restating(broker.port), body)


@pytest.mark.parametrize(("behind", "expected"), [(120, Status.UP), (3600, Status.UNKNOWN)])
def test_a_device_that_was_gone_is_heard_at_once_whatever_its_clock_says(
    broker: Mosquitto, behind: int, expected: Status
) -> None:
    """Q4 and Q7: a clock a little behind must not keep it down; data it kept say nothing of now."""

    async def body(_: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(STATUS, "offline"))
            await until(lambda: _states(store) == [Status.DOWN], "down")
            await off_loop(lambda: device.send(TOPIC, {"klien": 3, "ts": round(time.time()) - behind}))
            await until(lambda: len(store.of_hotspots()) >= 3, "heard again")

    kept, returned = listening(options(broker.port), body).of_hotspots()[1:]
    assert (kept.values, kept.status) == ({"clients_total": 3}, Status.UP)
    assert (returned.status, dict(returned.values)) == (expected, {})
    assert returned.taken_at > kept.taken_at


# -- Q5: another configuration


def test_a_new_configuration_keeps_the_session_and_counts_with_its_own_patience(broker: Mosquitto) -> None:
    settings = options(broker.port)
    reloaded = replace(settings, mappings=tuple(replace(each, stale_after=0.2) for each in settings.mappings))

    async def nothing(_: MqttListener, __: Store) -> None:
        return None

    listening(settings, nothing)
    with Publisher(broker.port) as device:
        device.send(TOPIC, {"klien": 2, "ts": round(time.time())})
        device.send(STATUS, "offline", retain=True)

    async def body(listener: MqttListener, store: Store) -> None:
        await until(lambda: [each for each in store.of_hotspots() if each.status is Status.DOWN], "down by the new patience")
        assert listener.acknowledged >= 2

    assert listening(reloaded, body).clients() == [2]


# -- Q6, Q7: bad input


def test_bad_messages_are_acknowledged_counted_and_kept_and_the_next_good_one_is_read(broker: Mosquitto) -> None:
    bad: list[tuple[str, bytes, FlawKind]] = [
        (TOPIC, b"", FlawKind.EMPTY),
        (TOPIC, b'{"klien": 12, ', FlawKind.BAD_JSON),
        (TOPIC, b'{"klien": NaN}', FlawKind.NOT_FINITE),
        (TOPIC, bytes(range(256)), FlawKind.NOT_TEXT),
        (TOPIC, b'{"klien": "' + b"x" * 1_000_000 + b'"}', FlawKind.TOO_LARGE),
        (TOPIC, b"[" * 50_000, FlawKind.BAD_JSON),
        (TOPIC, b'{"klien": "dua"}', FlawKind.NOT_A_NUMBER),
        ("kota/wifi/asing/telemetri", b'{"klien": 1}', FlawKind.UNKNOWN_DEVICE),
    ]

    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            for topic, payload, _ in bad:
                await off_loop(lambda topic=topic, payload=payload: device.send(topic, payload))  # type: ignore[misc]
            await off_loop(lambda: device.send("kota/wifi/ap-2/telemetri", {"klien": 1}))
        await until(lambda: listener.acknowledged == len(bad) + 1, "all are acknowledged")
        assert store.clients() == [1]
        assert {kind for _, _, kind in bad} <= set(listener.flaw_counts)
        assert list(listener.strangers) == ["asing"]
        assert all(len(each.beginning) <= 200 for each in listener.rejects)

    listening(options(broker.port), body)


def test_what_a_stranger_says_is_told_once_and_without_its_secrets(broker: Mosquitto) -> None:
    """A device of no register is never counted, and a person has to learn of it (Q6)."""

    async def body(listener: MqttListener, store: Store) -> None:
        topic = "kota/wifi/asing/telemetri"
        with Publisher(broker.port) as device:
            for payload in ('{"klien": 1}', '{"sandi": "rahasia-sekali", "klien": 2}'):
                await off_loop(lambda payload=payload: device.send(topic, payload))  # type: ignore[misc]
        await until(lambda: listener.acknowledged == 2, "both are acknowledged")
        (stranger,) = listener.take_strangers()
        assert (stranger.device, stranger.messages, stranger.topic) == ("asing", 2, topic)
        assert stranger.sample == '{"sandi": "…", "klien": 2}'
        assert listener.take_strangers() == []
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(topic, '{"klien": 3, "ket": "\u202e"}'))
        await until(lambda: listener.acknowledged == 3, "acknowledged")
        (again,) = listener.take_strangers()
        assert (again.messages, again.sample) == (1, '{"klien": 3, "ket": "\ufffd"}')
        assert again.last_at > stranger.last_at
        assert store.of_hotspots() == []

    listening(options(broker.port), body)


def test_a_flood_of_one_device_is_cut_and_the_others_are_read(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            flood = [(TOPIC, json.dumps({"klien": 1}))] * 2_000
            await off_loop(lambda: device.send_many(flood))
            await off_loop(lambda: device.send("kota/wifi/ap-2/telemetri", {"klien": 9}))
        await until(lambda: listener.acknowledged == 2_001, "all are acknowledged")
        assert store.clients()[-1] == 9
        assert len(store.of_hotspots()) < 400
        assert listener.flaw_counts[FlawKind.RATE_LIMITED] > 1_600

    listening(replace(options(broker.port), limits=Limits(per_second=10, burst=100)), body)


def test_data_kept_during_an_outage_are_not_taken_for_a_flood(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            kept = sequence_payloads({"ap-1": 1}, 1_000, at=round(time.time()) - 5_000)
            await off_loop(lambda: device.send_many(kept))
        await until(lambda: len(store.of_hotspots()) == 1_000, "every one is stored")
        assert listener.flaw_counts.get(FlawKind.RATE_LIMITED, 0) == 0

    listening(replace(options(broker.port), limits=Limits(per_second=10, burst=50)), body)


@pytest.mark.parametrize(("ahead", "kept"), [(7 * 3600, True), (8 * 3600, True), (400 * 86_400, False), (-1.7e9, False)])
def test_a_wrong_clock_never_puts_a_reading_into_the_future(broker: Mosquitto, ahead: float, kept: bool) -> None:
    before = time.time()

    async def body(listener: MqttListener, _: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(TOPIC, {"klien": 1, "ts": round(before + ahead, 3)}))
        await until(lambda: listener.acknowledged == 1, "it is acknowledged")

    (reading,) = listening(options(broker.port), body).of_hotspots()
    assert before - 1 <= reading.taken_at.timestamp() <= time.time()
    assert reading.evidence["flaws"] == (("clock_zone",) if kept else ("clock_ahead",) if ahead > 0 else ("clock_unset",))


# -- Q8: the broker itself


def test_a_broker_that_is_gone_is_one_trouble_and_its_hotspots_are_unknown(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            for number in range(5):
                await off_loop(lambda number=number: device.send(f"kota/wifi/ap-{number}/telemetri", {"klien": 1}))  # type: ignore[misc]
        await until(lambda: listener.acknowledged == 5, "five are up")
        await asyncio.sleep(0.1)  # the acknowledgements reach the broker, or it would repeat the messages
        await off_loop(broker.stop)
        await until(lambda: len(store.of_hotspots()) == 10, "five are unknown")
        await off_loop(broker.start)
        await until(lambda: listener.link.is_up, "back")
        await until(lambda: store.of_ourselves()[-1].status is Status.UP, "told that it is back")

    store = listening(options(broker.port), body)
    assert {(each.status, each.reason) for each in store.of_hotspots()[5:]} == {(Status.UNKNOWN, Reason.BROKER_LOST)}
    told = [each.status for each in store.of_ourselves()]
    assert told[0] is Status.UP
    assert told[-1] is Status.UP
    assert Status.DOWN in told


def test_a_short_restart_of_the_broker_makes_no_hotspot_unknown(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(TOPIC, {"klien": 1}))
        await until(store.of_hotspots, "it is up")
        await off_loop(broker.restart)
        await until(lambda: listener.link.is_up and store.of_ourselves()[-1].status is Status.UP, "back")
        await asyncio.sleep(0.2)

    store = listening(replace(options(broker.port), lost_after=5.0), body)
    assert [each.status for each in store.of_hotspots()] == [Status.UP]


def test_a_second_client_with_our_name_is_told_and_not_fought() -> None:
    def take_over(client: socket.socket) -> None:
        packet(client)
        client.sendall(b"\x20\x03\x00\x00\x00")
        _, body = packet(client)
        client.sendall(b"\x90\x05" + body[:2] + b"\x00\x01\x01" + b"\xe0\x01\x8e")

    with BadBroker(take_over) as broker:
        settings = options(broker.port)
        assert (
            _first_trouble(replace(settings, broker=replace(settings.broker, longest_retry_seconds=30))) is Reason.SESSION_TAKEN
        )
        assert broker.connects == 1


def test_a_session_that_is_taken_again_and_again_is_guessed_where_the_broker_does_not_say_so(broker: Mosquitto) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        for _ in range(3):
            await until(lambda: listener.link.is_up, "we are connected")
            thief = Publisher(broker.port, client_id="uji")
            await until(lambda: not listener.link.is_up, "we were thrown out")
            await off_loop(thief.leave)
        trouble = listener.link.trouble
        assert trouble is not None
        assert "does another client use our client id?" in trouble.detail

    settings = options(broker.port)
    listening(replace(settings, broker=replace(settings.broker, steady_after_seconds=30)), body)


def test_a_session_that_the_broker_forgot_is_told(broker: Mosquitto, tmp_path: Path) -> None:
    async def body(listener: MqttListener, store: Store) -> None:
        await off_loop(lambda: _lose_everything(broker))
        await until(lambda: store.of_ourselves()[-1].evidence.get("sessions_forgotten") == 1, "told")
        assert listener.link.is_up

    listening(options(broker.port), body)


def _lose_everything(broker: Mosquitto) -> None:
    broker.kill()
    for each in broker.folder.glob("mosquitto.db*"):
        each.unlink()
    broker.start()


class StumblingClock(WallClock):
    """A clock that ends the network thread once, the way a fault below paho would."""

    def __init__(self) -> None:
        self.armed = False

    def now(self) -> datetime:
        if self.armed and threading.current_thread().name.startswith("mqtt-"):
            self.armed = False
            raise SystemExit
        return super().now()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the thread dies because we want it to
def test_a_network_thread_that_died_is_replaced_and_its_message_comes_again(broker: Mosquitto) -> None:
    async def run() -> Store:
        store, clock = Store(), StumblingClock()
        store.open.set()
        listener = MqttListener(replace(options(broker.port), watch_every=0.1), clock, registered(5))
        task = asyncio.create_task(listener.listen(store.emit))
        await until(lambda: listener.link.is_up, "connected")
        clock.armed = True
        with Publisher(broker.port) as device:
            await off_loop(lambda: device.send(TOPIC, {"klien": 6, "ts": round(time.time())}))
        await until(lambda: listener.acknowledged == 1, "it came again")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return store

    assert asyncio.run(run()).clients() == [6]


# -- TLS


def test_mutual_tls_lets_us_in_and_a_missing_certificate_does_not(tmp_path: Path) -> None:
    papers = make_papers(tmp_path)
    lines = (
        "allow_anonymous true",
        f"cafile {papers.ca}",
        f"certfile {papers.server}",
        f"keyfile {papers.server_key}",
        "require_certificate true",
    )
    with mosquitto(tmp_path / "tls", *lines) as broker:
        settings = options(broker.port)
        own = Tls(str(papers.ca), str(papers.client), str(papers.client_key))

        async def nothing(listener: MqttListener, _: Store) -> None:
            assert listener.link.is_up

        listening(replace(settings, broker=replace(settings.broker, tls=own)), nothing)
        for tls, expected in (
            (Tls(str(papers.ca)), {Reason.TLS_HANDSHAKE, Reason.CONNECTION_RESET}),
            (Tls(), {Reason.TLS_CHAIN, Reason.TLS_UNTRUSTED, Reason.TLS_SELFSIGNED}),
            (Tls(str(tmp_path / "tidak-ada.pem")), {Reason.CONFIG}),
        ):
            assert _first_trouble(replace(settings, broker=replace(settings.broker, tls=tls))) in expected


def _first_trouble(settings: Options) -> Reason:
    async def run() -> Reason:
        store = Store()
        store.open.set()
        listener = MqttListener(settings, WallClock(), registered(1))
        task = asyncio.create_task(listener.listen(store.emit))
        await until(store.troubles, "a trouble is told")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return store.troubles()[0].reason

    return asyncio.run(run())


def test_a_wrong_password_is_told_and_never_printed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "auth"
    folder.mkdir()
    (folder / "passwords").touch(mode=0o600)
    subprocess.run(["/usr/bin/mosquitto_passwd", "-b", str(folder / "passwords"), "pengumpul", "benar"], check=True)
    with mosquitto(folder, "allow_anonymous false", f"password_file {folder / 'passwords'}") as broker:
        settings = options(broker.port)
        wrong = replace(settings, broker=replace(settings.broker, user="pengumpul", password="rahasia-salah"))
        assert _first_trouble(wrong) in (Reason.AUTH, Reason.AUTHORIZATION)
        assert "rahasia-salah" not in repr(wrong) + caplog.text
        right = replace(settings, broker=replace(settings.broker, user="pengumpul", password="benar"))

        async def nothing(listener: MqttListener, _: Store) -> None:
            assert listener.link.is_up

        listening(right, nothing)


# -- brokers that misbehave

ACCEPTED = b"\x20\x02\x00\x00"


def _says(answer: bytes) -> Callable[[socket.socket], None]:
    def behave(client: socket.socket) -> None:
        packet(client)
        client.sendall(answer)

    return behave


def _subscribed_then(answer: bytes) -> Callable[[socket.socket], None]:
    def behave(client: socket.socket) -> None:
        packet(client)
        client.sendall(ACCEPTED)
        while True:
            head, body = packet(client)
            if head >> 4 == 8:
                client.sendall(b"\x90\x04" + body[:2] + b"\x01\x01" + answer)

    return behave


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (_says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), {Reason.CONNECTION_RESET, Reason.PROTOCOL_ERROR}),
        (_says(ACCEPTED), {Reason.CONNECTION_RESET}),
        (_says(b"\x20\x02\x00\x04"), {Reason.AUTH}),
        (_says(b"\x20\x02\x00\x05"), {Reason.AUTHORIZATION}),
        (_says(b"\x20\x02\x00\x03"), {Reason.CONNECT_REFUSED}),
        (_says(b"\x20\x02\x00\x01"), {Reason.PROTOCOL_ERROR}),
        (lambda client: None, {Reason.CONNECTION_RESET}),
        (_subscribed_then(b"\x30\xff\xff\xff\xff\xff\x01abc"), {Reason.PROTOCOL_ERROR}),
        (_subscribed_then(b"\x36\x05\x00\x01a{}"), {Reason.PROTOCOL_ERROR}),
    ],
)
def test_a_broker_that_breaks_the_rules_is_a_reason_and_never_a_busy_loop(
    behave: Callable[[socket.socket], None], reason: set[Reason]
) -> None:
    with BadBroker(behave) as broker:
        settings = options(broker.port)
        calm = replace(settings, broker=replace(settings.broker, first_retry_seconds=0.5, longest_retry_seconds=60))

        async def run() -> Store:
            store = Store()
            store.open.set()
            listener = MqttListener(calm, WallClock(), registered(2))
            task = asyncio.create_task(listener.listen(store.emit))
            await until(lambda: [each for each in store.of_ourselves() if each.status is Status.DOWN], "a trouble is told")
            await asyncio.sleep(0.3)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return store

        store = asyncio.run(run())
        assert {each.reason for each in store.of_ourselves() if each.status is Status.DOWN} <= reason
        assert broker.connects <= 3


def _impatient(port: int) -> Options:
    settings = options(port)
    return replace(settings, broker=replace(settings.broker, connect_timeout_seconds=0.6))


def test_a_broker_that_never_answers_version_5_is_asked_in_the_older_one() -> None:
    """amqtt reads on for what it takes for the rest of the packet, and says nothing."""

    async def run() -> Protocol:
        port = free_port()
        broker = Embedded("127.0.0.1", port)
        await broker.start()
        store = Store()
        store.open.set()
        listener = MqttListener(_impatient(port), WallClock(), registered(2))
        task = asyncio.create_task(listener.listen(store.emit))
        try:
            await until(lambda: listener.link.is_up, "connected")
            return listener.link.protocol
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await broker.stop()

    assert asyncio.run(run()) is Protocol.V311


def test_a_broker_that_answers_no_version_is_asked_in_the_newest_one_again() -> None:
    levels: list[int] = []

    def note_and_wait(client: socket.socket) -> None:
        _, body = packet(client)
        levels.append(body[6])
        client.recv(1)

    with BadBroker(note_and_wait) as broker:
        assert _first_trouble(_impatient(broker.port)) is Reason.TIMEOUT

        async def body() -> None:
            store = Store()
            store.open.set()
            task = asyncio.create_task(MqttListener(_impatient(broker.port), WallClock(), registered(1)).listen(store.emit))
            await until(lambda: len(levels) >= 3, "asked again")
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        levels.clear()
        asyncio.run(body())
    assert levels[:3] == [5, 4, 5]


def test_a_subscription_that_is_refused_is_told() -> None:
    def behave(client: socket.socket) -> None:
        packet(client)
        client.sendall(ACCEPTED)
        _, body = packet(client)
        client.sendall(b"\x90\x04" + body[:2] + b"\x80\x80")
        client.recv(100)

    with BadBroker(behave) as broker:
        assert _first_trouble(options(broker.port)) is Reason.AUTHORIZATION


def test_topics_that_must_not_exist_are_counted_and_the_next_message_is_read() -> None:
    def publish(topic: bytes, payload: bytes) -> bytes:
        body = len(topic).to_bytes(2) + topic + payload
        return b"\x30" + bytes([len(body)]) + body

    bad = b"".join(
        publish(topic, b'{"klien": 4}') for topic in (b"kota/wifi/\xff\xfe/telemetri", b"kota/wifi/+/telemetri", b"rumah/x")
    )
    good = publish(b"kota/wifi/ap-1/telemetri", b'{"klien": 1}')
    with BadBroker(_subscribed_then(bad + good)) as broker:

        async def body(listener: MqttListener, store: Store) -> None:
            await until(store.of_hotspots, "the good one is read")
            assert listener.flaw_counts[FlawKind.BAD_TOPIC] == 2
            assert listener.flaw_counts[FlawKind.UNKNOWN_TOPIC] == 1

        assert listening(options(broker.port), body).clients() == [1]
