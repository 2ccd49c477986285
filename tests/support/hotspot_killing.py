"""Numbered messages from many devices through a real Mosquitto to the real ``run.py collect``, which is killed on the way.

Counted end to end: what the broker acknowledged to a device has to be in the database once. Both are counted by the numbers that
the messages carry as their value, not by anything that the product says about itself.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from command_centre.storage.values import unpack_values
from tests.support.brokers import HOST, Mosquitto, free_port

ROOT = Path(__file__).resolve().parents[2]
CLIENT_ID = "command-centre-uji"
HEADER = "key;name;short_name;owner;isp;class_mbps;place_type\n"
CONFIG = """\
mode: live
city: {{contact: uji@kota.test}}
web: {{port: {web}}}
storage: {{url: "sqlite:///{folder}/cc.db"}}
collectors:
  - {{kind: hotspots_mqtt, every: {every}, host: {host}, port: {port}, client_id: {client}}}
inventory: {{hotspots: hotspots.csv}}
"""
NUMBER = "uptime_seconds"
"""The metric whose value is the number of the message."""

CONNECTED = "connected (MQTT"
LIVES_THAT_WORK = 0.75
WARM_SECONDS = 60.0
QUIET_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is sent and how often what is killed. ``longest_life`` bounds the seconds that a writer works before it is killed.

    One life in four ends while it starts.
    """

    kills: int
    restarts: int
    devices: int = 40
    per_second: float = 5.0
    longest_life: float = 2.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Count:
    """What came of it. ``acknowledged`` messages are what the broker said it has; ``stored`` their copies in the database.

    ``lost`` are devices and numbers of messages.
    """

    acknowledged: int
    stored: int
    lost: tuple[tuple[int, int], ...]
    doubled: int
    never_sent: int
    kills: int
    restarts: int
    lives_with_news: int
    seconds: float

    @property
    def is_exact(self) -> bool:
        """Whether everything that was acknowledged is stored, and nothing twice."""
        return not self.lost and self.doubled == 0 and self.never_sent == 0


@dataclass
class Devices:
    """Hotspots that number their messages: one connection for all, quality 1, what was not acknowledged is sent again."""

    port: int
    count: int
    per_second: float
    sent: int = 0
    acknowledged: set[tuple[int, int]] = field(default_factory=set)
    _waiting: dict[int, tuple[int, int]] = field(default_factory=dict)
    _answered: deque[int] = field(default_factory=deque)
    _halt: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to speak."""
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="titik-bernomor", clean_session=False)
        self._client.max_queued_messages_set(0)
        self._client.max_inflight_messages_set(100)
        self._client.reconnect_delay_set(1, 1)
        # Only put aside here: paho holds a lock of its own while it tells.
        self._client.on_publish = lambda _, __, number, ___, ____: self._answered.append(number)
        self._client.connect(HOST, self.port, 30)
        self._client.loop_start()
        self._thread = threading.Thread(target=self._speak, name="titik")
        self._thread.start()

    def stop(self, patience: float) -> None:
        """Send no more, and wait until the broker has acknowledged what was sent."""
        self._halt.set()
        self._thread.join(30)
        deadline = time.monotonic() + patience
        while self._waiting and time.monotonic() < deadline:
            self._note_answers()
            time.sleep(0.05)
        self._client.disconnect()
        self._client.loop_stop()

    def _speak(self) -> None:
        # What a stalled machine has kept us from sending is not made up for: a burst from one device would be cut as a flood.
        while not self._halt.wait(1 / self.per_second):
            number = self.sent // self.count
            for device in range(self.count):
                self._send(device, number)

    def _send(self, device: int, number: int) -> None:
        body = json.dumps({"v": 1, "ap": f"ap-{device}", "boot": "b", "seq": number, "ts": round(time.time(), 3), "up": number})
        sent = self._client.publish(f"cc/v1/uji/0/ap-{device}/telemetry", body, 1)
        self._waiting[sent.mid] = (device, number)
        self.sent += 1
        self._note_answers()

    def _note_answers(self) -> None:
        """Called from one thread at a time, after what was sent has been noted."""
        while self._answered:
            self.acknowledged.add(self._waiting.pop(self._answered.popleft()))


class Writer:
    """``run.py collect`` in a folder of its own."""

    def __init__(self, folder: Path, broker: Mosquitto, devices: int, every: str = "60s") -> None:
        self._folder = folder
        config = CONFIG.format(web=free_port(), folder=folder, every=every, host=HOST, port=broker.port, client=CLIENT_ID)
        (folder / "config.yaml").write_text(config)
        rows = (f"wifi:ap-{each};Titik {each};Titik {each};Diskominfo;Penyedia A;50;ruang publik\n" for each in range(devices))
        (folder / "hotspots.csv").write_text(HEADER + "".join(rows))
        self._process: subprocess.Popen[bytes] | None = None
        self._lives = 0

    @property
    def pid(self) -> int:
        """Its process number."""
        assert self._process is not None
        return self._process.pid

    @property
    def database(self) -> Path:
        """The file it writes."""
        return self._folder / "cc.db"

    def start(self) -> None:
        """Start it; returns at once."""
        command = [sys.executable, str(ROOT / "run.py"), "collect", "--config", str(self._folder / "config.yaml")]
        with (self._folder / "collect.log").open("ab") as log:
            self._lives = self.log().count(CONNECTED)
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)

    def wait_until_it_listens(self) -> None:
        """Until it has reached the broker. Raises TimeoutError, or RuntimeError where it has ended by itself."""
        deadline = time.monotonic() + WARM_SECONDS
        while self.log().count(CONNECTED) <= self._lives:
            self._must_live()
            if time.monotonic() > deadline:
                raise TimeoutError(f"the writer does not reach the broker: {self.log()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would. Raises RuntimeError where it had ended by itself."""
        self._must_live()
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def _must_live(self) -> None:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"collect ended by itself: {self.log()[-2000:]}")

    def log(self) -> str:
        """Everything it has said."""
        return (self._folder / "collect.log").read_text()

    def close(self) -> None:
        """End what still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            finally:
                self._process.kill()


@contextmanager
def writer(folder: Path, broker: Mosquitto, devices: int, every: str = "60s") -> Iterator[Writer]:
    """A writer that has made its session at the broker."""
    made = Writer(folder, broker, devices, every)
    made.start()
    try:
        made.wait_until_it_listens()
        yield made
    finally:
        made.close()


def kill_and_count(folder: Path, broker: Mosquitto, plan: Plan) -> Count:
    """Carry out the plan; the broker runs. Its restarts fall evenly among the kills, each at a random moment of a life."""
    chance, begun = random.Random(plan.seed), time.monotonic()
    with writer(folder, broker, plan.devices) as product:
        devices = Devices(broker.port, plan.devices, plan.per_second)
        devices.start()
        restarts = set(_spread(plan.restarts, plan.kills))
        lives_with_news, before = 0, 0
        try:
            for life in range(plan.kills):
                _live(product, broker, chance, plan, restarts_broker=life in restarts)
                stored = rows_stored(product.database)
                lives_with_news += stored > before
                before = stored
                product.start()
        finally:
            devices.stop(QUIET_SECONDS)
        _wait_for_quiet(product.database, len(devices.acknowledged))
    told = numbers_stored(product.database)
    return _counted(devices, told, plan, lives_with_news, time.monotonic() - begun)


def _live(product: Writer, broker: Mosquitto, chance: random.Random, plan: Plan, *, restarts_broker: bool) -> None:
    """One life of the writer, and perhaps a restart of the broker in it."""
    if chance.random() < LIVES_THAT_WORK:
        product.wait_until_it_listens()
    life = chance.uniform(0.02, plan.longest_life)
    if restarts_broker:
        part = chance.uniform(0.0, life)
        time.sleep(part)
        broker.restart()
        time.sleep(life - part)
    else:
        time.sleep(life)
    product.kill()


def _spread(few: int, many: int) -> Iterator[int]:
    yield from (round((number + 0.5) * many / few) for number in range(few))


def _counted(devices: Devices, told: Mapping[tuple[int, int], int], plan: Plan, lives: int, seconds: float) -> Count:
    return Count(
        acknowledged=len(devices.acknowledged),
        stored=sum(told.values()),
        lost=tuple(sorted(devices.acknowledged - told.keys(), key=lambda each: each[::-1])),
        doubled=sum(copies - 1 for copies in told.values()),
        never_sent=len([each for each in told if each[1] * plan.devices + each[0] >= devices.sent]),
        kills=plan.kills,
        restarts=plan.restarts,
        lives_with_news=lives,
        seconds=seconds,
    )


# -- what is in the database


def rows_stored(path: Path) -> int:
    """How many readings it holds; 0 before its tables are made."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
            return int(database.execute("SELECT count(*) FROM reading WHERE source = 'mqtt'").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def numbers_stored(path: Path) -> Counter[tuple[int, int]]:
    """How often each message is there: device and number → copies."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        ((metric,),) = database.execute("SELECT id FROM metric WHERE name = ?", (NUMBER,))
        rows = database.execute(
            "SELECT t.key, r.packed FROM reading r JOIN target t ON t.id = r.target_id WHERE r.source = 'mqtt'"
        ).fetchall()
    found = ((int(key.rpartition("-")[2]), unpack_values(packed).get(metric)) for key, packed in rows)
    return Counter((device, int(number)) for device, number in found if number is not None)


def _wait_for_quiet(path: Path, expected: int) -> None:
    """Until everything is there, or nothing new has come for a while: what is missing then is lost."""
    seen, since = -1, time.monotonic()
    while (now := rows_stored(path)) < expected and time.monotonic() - since < 20:
        if now != seen:
            seen, since = now, time.monotonic()
        time.sleep(0.2)
