"""What the listener is told: plain frozen data, so that a probe starts without the configuration libraries."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from collectors.hotspots_mqtt.intake import Limits
from collectors.hotspots_mqtt.mapping import Mapping
from collectors.hotspots_mqtt.reader import MAX_PAYLOAD_BYTES

MQTT_PORT = 1883
MQTTS_PORT = 8883

SELF_KEY = "sendiri:mqtt"
"""The target under which the collector reports on the broker and on itself."""


class Protocol(StrEnum):
    """MQTT versions. AUTO asks in version 5 and goes on in 3.1.1 with a broker that refuses it or does not answer it."""

    AUTO = "auto"
    V5 = "5"
    V311 = "3.1.1"


@dataclass(frozen=True, slots=True)
class Tls:
    """How the broker proves who it is, and how we do (mutual TLS) where a certificate is named."""

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who we are to it. The client id is fixed: the broker keeps our session under it."""

    host: str = "127.0.0.1"
    port: int = MQTT_PORT
    client_id: str = "command-centre"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None
    protocol: Protocol = Protocol.AUTO
    keepalive_seconds: int = 30
    connect_timeout_seconds: float = 10.0
    session_expiry_seconds: int = 86_400
    receive_maximum: int = 2_000
    first_retry_seconds: float = 1.0
    longest_retry_seconds: float = 60.0
    steady_after_seconds: float = 30.0
    """A connection that lived this long was a good one: the next retry begins small again."""


@dataclass(frozen=True, slots=True)
class Options:
    """How hotspots are listened to. Times in seconds.

    ``batch`` messages are stored at once, at most ``batches`` such batches wait for the store; the broker keeps the rest.
    ``linger`` is how long a batch that is not full waits for more: fewer, larger commits.
    ``will_grace`` is how long an "offline" waits for an "online" that it may have crossed on the way.
    ``lost_after``: how long the broker must be gone before its hotspots are called unknown.
    ``restate_every``: how often an "offline" that still stands is said again; the interval at which readings are due.
    """

    broker: Broker = field(default_factory=Broker)
    mappings: tuple[Mapping, ...] = ()
    limits: Limits = field(default_factory=Limits)
    max_payload_bytes: int = MAX_PAYLOAD_BYTES
    batch: int = 200
    batches: int = 10
    linger: float = 0.03
    will_grace: float = 0.5
    lost_after: float = 10.0
    restate_every: float = 60.0
    report_every: float = 30.0
    watch_every: float = 5.0
    self_key: str = SELF_KEY
