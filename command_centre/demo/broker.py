"""The broker of the simulated city: Mosquitto where it is installed, else amqtt inside the city's own process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from command_centre.demo.listeners import ATTEMPTS, PortTakenError, bind

log = logging.getLogger(__name__)

PLACES = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")
START_SECONDS = 5.0
STOP_SECONDS = 5.0
STARTS = 3
MOST_QUEUED_MESSAGES = 200_000
"""What Mosquitto keeps for a collector that is away; its own default of 1,000 drops the rest without a word."""


class BrokerKind(Enum):
    """Which program the broker is."""

    MOSQUITTO = "mosquitto"
    AMQTT = "amqtt"

    @property
    def protocol(self) -> str:
        """The version of MQTT that collectors shall speak to it, as in their settings."""
        return "3.1.1" if self is BrokerKind.AMQTT else "auto"


class BrokerError(Exception):
    """The broker does not start. The text says what it said."""


class Broker(Protocol):
    """A broker that is started, looked after and stopped by the city."""

    @property
    def port(self) -> int: ...

    @property
    def is_alive(self) -> bool: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def installed() -> BrokerKind:
    """The better one of what is there."""
    return BrokerKind.MOSQUITTO if mosquitto_path() else BrokerKind.AMQTT


def mosquitto_path() -> str | None:
    """Where Mosquitto is; Debian keeps it outside an ordinary user's path."""
    return shutil.which("mosquitto") or next((place for place in PLACES if Path(place).exists()), None)


async def open_broker(kind: BrokerKind, folder: Path, host: str, port: int, last: int) -> Broker:
    """A broker that accepts connections on ``host``: at ``port``, or else the ``last`` one, or else a free one.

    Raises PortTakenError for a ``port`` in use, BrokerError when it will not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trouble = ""
    for attempt in range(STARTS):
        chosen = port or free_port(host, last if attempt == 0 else 0)
        broker: Broker = Mosquitto(folder, host, chosen) if kind is BrokerKind.MOSQUITTO else Embedded(host, chosen)
        try:
            await broker.start()
        except BrokerError as error:  # somebody may have taken the port between our question and its answer
            trouble = str(error)
            if port and not _is_free(host, port):
                raise PortTakenError(None, f"port {port} is taken on {host}") from error
        else:
            return broker
    raise BrokerError(trouble)


def free_port(host: str, last: int = 0) -> int:
    """The ``last`` port where it is free, else any."""
    for wished in (last, *[0] * ATTEMPTS):
        with contextlib.suppress(OSError), bind(host, wished) as probe:
            return int(probe.getsockname()[1])
    raise PortTakenError(None, f"no port is free on {host}")


class Mosquitto:
    """Mosquitto as a child process. It keeps sessions and retained messages in ``folder`` and ends when the city does."""

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self._folder = folder.resolve()
        self._host = host
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return self._port

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start it and wait until it accepts connections. Raises BrokerError."""
        path = mosquitto_path()
        if path is None:
            raise BrokerError("Mosquitto is not installed")
        config = self._folder / "mosquitto.conf"
        config.write_text("\n".join((*self._config(), "")), encoding="utf-8")
        with self._log_file.open("wb") as output:
            command = [*_dying_with_parent(), path, "-c", str(config)]
            self._process = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603 - our own words only
        if not await self._accepts():
            await self.stop()
            raise BrokerError(self._log_file.read_text(errors="replace").strip() or "Mosquitto does not accept connections")

    async def stop(self) -> None:
        """Ask it to end, which makes it save its sessions; insist after a while."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)

    @property
    def _log_file(self) -> Path:
        return self._folder / "mosquitto.log"

    def _config(self) -> Sequence[str]:
        return (
            "# Written by the simulated city at every start.",
            "user root",  # only when started by root: another user could not write into the city's folder
            "persistence true",
            f"persistence_location {self._folder}/",
            "autosave_interval 30",
            f"max_queued_messages {MOST_QUEUED_MESSAGES}",
            "set_tcp_nodelay true",
            "log_dest stderr",
            "log_type error",
            "log_type warning",
            "log_type notice",
            "connection_messages false",
            f"listener {self._port} {self._host}",
            "allow_anonymous true",  # it listens on this machine's loopback only
        )

    async def _accepts(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.is_alive:
            with contextlib.suppress(OSError), socket.create_connection((self._host, self._port), 0.2):
                return self.is_alive  # and not somebody else on a port that Mosquitto could not have
            await asyncio.sleep(0.01)
        return False


class Embedded:
    """amqtt in this event loop: MQTT 3.1.1 only, and nothing survives its end. Enough to show the product."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._broker: Any = None  # amqtt has no types

    @property
    def port(self) -> int:
        return self._port

    @property
    def is_alive(self) -> bool:
        return self._broker is not None

    async def start(self) -> None:
        """Start it. Raises BrokerError."""
        from amqtt.broker import Broker as Amqtt  # type: ignore[import-untyped]
        from amqtt.errors import BrokerError as AmqttError  # type: ignore[import-untyped]

        for name in ("amqtt", "transitions"):  # they tell every packet and every change of state
            logging.getLogger(name).setLevel(logging.ERROR)
        listener = {"type": "tcp", "bind": f"{self._host}:{self._port}"}
        anyone = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        broker = Amqtt({"listeners": {"default": listener}, "plugins": anyone})
        try:
            await broker.start()
        except (AmqttError, OSError) as error:
            raise BrokerError(f"amqtt does not start: {error}") from error
        self._broker = broker

    async def stop(self) -> None:
        """Close all connections and stop."""
        broker, self._broker = self._broker, None
        if broker is not None:
            await broker.shutdown()


def _dying_with_parent() -> Sequence[str]:
    """A killed city must not leave a broker behind that holds its port and its files. Linux only; elsewhere it is stopped."""
    setpriv = shutil.which("setpriv")
    return () if setpriv is None else (setpriv, "--pdeathsig", "TERM")


def _is_free(host: str, port: int) -> bool:
    try:
        bind(host, port).close()
    except OSError:
        return False
    return True
