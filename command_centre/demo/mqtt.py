"""A light MQTT 3.1.1 client, as a probe in a hotspot has one: last will, birth, telemetry with quality 1, pings.

One socket and two timers per probe and no task, so that hundreds cost next to nothing (OASIS MQTT 3.1.1, chapters 2 and 3).
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import cast

log = logging.getLogger(__name__)

CONNACK, PUBLISH, PUBACK, PINGRESP = 0x20, 0x30, 0x40, 0xD0
PING, DISCONNECT = b"\xc0\x00", b"\xe0\x00"
QUALITY_1, RETAIN, DUPLICATE = 0x02, 0x01, 0x08

KEEP_ALIVE_SECONDS = 60
PING_SECONDS = 25.0
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 0.5, 15.0
MOST_UNACKNOWLEDGED = 20
MOST_BUFFERED_BYTES = 65_536


class Mode(Enum):
    """What a probe does: speak; stay connected and say nothing; be cut off."""

    SPEAKING = "speaking"
    MUTE = "mute"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Voice:
    """What a probe says. ``telemetry`` makes the next message; ``wait(n)`` is how many seconds after message ``n`` it is due."""

    client_id: str
    topic: str
    telemetry: Callable[[], bytes]
    wait: Callable[[int], float]

    @property
    def status_topic(self) -> str:
        return f"{self.topic}/status"


class Probe(asyncio.Protocol):
    """One client that keeps itself connected while it is not OFF."""

    def __init__(self, voice: Voice, broker: tuple[str, int], patience: float) -> None:
        """``patience`` in [0, 1) spreads the retries of many probes."""
        self._voice = voice
        self._broker = broker
        self._patience = patience
        self._mode = Mode.OFF
        self._transport: asyncio.Transport | None = None
        self._is_accepted = False
        self._is_dying = False
        self._connecting: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pinging: asyncio.TimerHandle | None = None
        self._received = bytearray()
        self._unacknowledged: dict[int, bytes] = {}
        self._number = 0
        self._said = 0
        self._failures = 0

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted it."""
        return self._is_accepted

    def become(self, mode: Mode) -> None:
        """Change what it does, at once. OFF cuts the connection without a goodbye: the broker tells the last will."""
        before, self._mode = self._mode, mode
        if mode is before:
            return
        self._is_dying = False
        self._stop_timers()
        if mode is Mode.OFF:
            self._cut()
        elif self._is_accepted:
            self._go_on()
        elif self._transport is None and self._connecting is None:
            self._connect()

    def speak(self) -> None:
        """Publish telemetry now, out of turn: something has changed."""
        if self._is_accepted and self._mode is Mode.SPEAKING:
            self._cancel_timer()
            self._tell()

    def die(self) -> None:
        """Be cut off, as one that was here before: connect and vanish, so that the broker has a last will to tell."""
        if self._mode is Mode.OFF and self._transport is None and self._connecting is None:
            self._is_dying = True
            self._connect()

    async def leave(self) -> None:
        """Say goodbye, so that no will is told, and stay away."""
        self._mode = Mode.OFF
        self._stop_timers()
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._transport is not None:
            if self._is_accepted:
                self._transport.write(DISCONNECT)
            self._transport.close()
            self._is_accepted = False

    # Connecting --------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._connecting = asyncio.get_running_loop().create_task(self._try_to_connect())

    async def _try_to_connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, *self._broker)
        except OSError:
            self._retry_later()
        finally:
            self._connecting = None

    def _retry_later(self) -> None:
        self._failures += 1
        seconds = min(FIRST_RETRY_SECONDS * 2 ** min(self._failures, 6), LONGEST_RETRY_SECONDS) * (0.5 + self._patience)
        self._cancel_timer()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._connect_if_wanted)

    def _connect_if_wanted(self) -> None:
        self._timer = None
        if self._mode is not Mode.OFF and self._transport is None and self._connecting is None:
            self._connect()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._received.clear()
        if self._mode is Mode.OFF and not self._is_dying:  # cut off while the connection was being made
            self._transport.abort()
            return
        self._transport.write(connect_packet(self._voice.client_id, self._voice.status_topic, b"offline"))

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        self._is_accepted = False
        self._stop_timers()
        if self._mode is not Mode.OFF:
            self._retry_later()

    def _cut(self) -> None:
        self._unacknowledged.clear()
        self._is_accepted = False
        if self._transport is not None:
            self._transport.abort()

    # Hearing -----------------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > MOST_BUFFERED_BYTES:
            self._abort("sends more than a probe can take")
            return
        while (packet := _take_packet(self._received)) is not None:
            self._hear(*packet)

    def _hear(self, kind: int, content: bytes) -> None:
        if kind == CONNACK:
            self._hear_connack(content)
        elif kind == PUBACK:
            self._unacknowledged.pop(int.from_bytes(content), None)
        elif kind != PINGRESP:
            self._abort(f"sends what no publisher expects ({kind:#x})")

    def _hear_connack(self, content: bytes) -> None:
        if len(content) != 2 or content[1] != 0:
            self._abort("does not accept this probe")
            return
        if self._is_dying:
            self._is_dying = False
            self._cut()
            return
        self._is_accepted = True
        self._failures = 0
        self._said = 0
        for packet in self._unacknowledged.values():  # from before the connection was lost
            self._write(bytes((packet[0] | DUPLICATE,)) + packet[1:])
        self._publish(self._voice.status_topic, b"online", RETAIN)
        self._go_on()

    def _abort(self, why: str) -> None:
        log.warning("the broker %s: %s", why, self._voice.client_id)
        if self._transport is not None:
            self._transport.abort()

    # Speaking ----------------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        self._ping_later()
        if self._mode is Mode.SPEAKING:
            self._tell()

    def _tell(self) -> None:
        self._publish(f"{self._voice.topic}/telemetry", self._voice.telemetry())
        self._said += 1
        self._timer = asyncio.get_running_loop().call_later(self._voice.wait(self._said), self._tell)

    def _publish(self, topic: str, payload: bytes, flags: int = 0) -> None:
        self._number = self._number % 0xFFFF + 1
        packet = publish_packet(topic, payload, self._number, flags)
        self._unacknowledged[self._number] = packet
        while len(self._unacknowledged) > MOST_UNACKNOWLEDGED:
            del self._unacknowledged[next(iter(self._unacknowledged))]
        self._write(packet)

    def _ping_later(self) -> None:
        self._pinging = asyncio.get_running_loop().call_later(PING_SECONDS, self._ping)

    def _ping(self) -> None:
        self._write(PING)
        self._ping_later()

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _stop_timers(self) -> None:
        self._cancel_timer()
        if self._pinging is not None:
            self._pinging.cancel()
            self._pinging = None

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def connect_packet(client_id: str, will_topic: str, will: bytes) -> bytes:
    """CONNECT with a clean session and a retained last will of quality 1."""
    clean, has_will, will_quality_1, will_retained = 0x02, 0x04, 0x08, 0x20
    flags = clean | has_will | will_quality_1 | will_retained
    head = _text("MQTT") + bytes((4, flags)) + struct.pack("!H", KEEP_ALIVE_SECONDS)
    return _packet(0x10, head + _text(client_id) + _text(will_topic) + struct.pack("!H", len(will)) + will)


def publish_packet(topic: str, payload: bytes, number: int, flags: int = 0) -> bytes:
    """PUBLISH with quality 1."""
    return _packet(PUBLISH | QUALITY_1 | flags, _text(topic) + struct.pack("!H", number) + payload)


def _packet(kind: int, content: bytes) -> bytes:
    size, length = len(content), bytearray()
    while True:
        size, low = divmod(size, 128)
        length.append(low | (0x80 if size else 0))
        if not size:
            return bytes((kind,)) + bytes(length) + content


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("!H", len(encoded)) + encoded


def _take_packet(received: bytearray) -> tuple[int, bytes] | None:
    """The first whole packet, taken out of the buffer; None while it is not all there."""
    size = shift = 0
    for at, octet in enumerate(received[1:5], 1):
        size |= (octet & 0x7F) << shift
        shift += 7
        if not octet & 0x80:
            end = at + 1 + size
            if len(received) < end:
                return None
            kind, content = received[0], bytes(received[at + 1 : end])
            del received[:end]
            return kind, content
    return None
