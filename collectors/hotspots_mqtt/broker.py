"""The connection to the broker: one network thread that connects, hands messages over, and connects again.

Why one paho client per connection: an acknowledgement carries only a number that a broker uses again after a reconnection. Held
by the client it came from, it can never acknowledge a message of a later connection.
"""

from __future__ import annotations

import logging
import random
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from collectors.hotspots_mqtt.options import Broker, Protocol
from collectors.hotspots_mqtt.troubles import Trouble, of_connack, of_disconnect, of_error, of_suback
from command_centre.domain.reading import Reason

log = logging.getLogger(__name__)

SESSION_TAKEN_OVER = 142  # MQTT 5, section 4.13: another client has connected with our client id
LONG_AGO = 60.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message and the way to acknowledge it. ``topic`` is None where it is not UTF-8."""

    topic: str | None
    payload: bytes
    retained: bool
    duplicate: bool
    qos: int
    number: int
    arrived: float
    client: Client | None

    def acknowledge(self) -> None:
        """Tell the broker that the message is stored. Without effect once its connection is gone."""
        if self.qos and self.client is not None:
            self.client.ack(self.number, self.qos)


@dataclass(frozen=True, slots=True)
class Link:
    """How the connection is. ``trouble`` is None while it is good; ``resumed``: the broker had kept our session."""

    trouble: Trouble | None
    since: float
    resumed: bool = False
    protocol: Protocol = Protocol.V5

    @property
    def is_up(self) -> bool:
        return self.trouble is None


@dataclass(slots=True)
class _Attempt:
    """What has happened on one connection."""

    began: float
    connected: bool = False
    subscribed: bool = False
    resumed: bool = False
    trouble: Trouble | None = None
    refused: Trouble | None = None


class BrokerLink:
    """Keeps a connection to the broker in a thread of its own.

    ``deliver`` and ``changed`` are called from that thread and must only hand over. ``now`` gives the time of arrival.
    """

    def __init__(
        self,
        broker: Broker,
        filters: tuple[str, ...],
        deliver: Callable[[Delivery], None],
        changed: Callable[[Link], None],
        now: Callable[[], float],
    ) -> None:
        self._broker = broker
        self._filters = filters
        self._deliver = deliver
        self._changed = changed
        self._now = now
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._client: Client | None = None
        self._beat = time.monotonic()
        self._speaks_v5 = broker.protocol is not Protocol.V311
        self._failures = 0
        self.connects = 0

    def start(self) -> None:
        """Start the network thread."""
        self._stopping.clear()
        self._beat = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"mqtt-{self._broker.client_id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the connection without acknowledging anything further, and wait for the thread (a few seconds at most)."""
        self._stopping.set()
        client = self._client
        if client is not None:
            client.disconnect()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def is_alive(self) -> bool:
        """Whether the network thread still turns: a stuck or dead one is started again by the listener."""
        quiet = time.monotonic() - self._beat
        limit = LONG_AGO + 3 * self._broker.keepalive_seconds + self._broker.longest_retry_seconds
        return self._thread is not None and self._thread.is_alive() and quiet < limit

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._beat = time.monotonic()
            attempt = self._attempt()
            if self._stopping.is_set():
                break
            steady = attempt.connected and time.monotonic() - attempt.began >= self._broker.steady_after_seconds
            self._failures = 0 if steady else self._failures + 1
            self._stopping.wait(self._pause(attempt))

    def _pause(self, attempt: _Attempt) -> float:
        """Doubling, with jitter, up to a ceiling; at once where only the version of the protocol was wrong."""
        if attempt.trouble is not None and attempt.trouble.wrong_version and self._may_fall_back():
            self._speaks_v5 = False
            return 0.0
        if attempt.trouble is not None and attempt.trouble.reason is Reason.CONFIG:
            return self._broker.longest_retry_seconds
        longest = self._broker.longest_retry_seconds
        pause = min(longest, self._broker.first_retry_seconds * float(2 ** min(self._failures, 16)))
        return pause * random.uniform(0.75, 1.0)  # noqa: S311  jitter is no secret

    def _may_fall_back(self) -> bool:
        return self._speaks_v5 and self._broker.protocol is Protocol.AUTO

    def _attempt(self) -> _Attempt:
        """One connection from its beginning to its end."""
        attempt = _Attempt(time.monotonic())
        client = self._new_client(attempt)
        self._client = client
        try:
            self._connect(client)
            self._turn(client, attempt)
        except (OSError, ValueError) as error:
            attempt.trouble = of_error(error)
        finally:
            self._client = None
        if not self._stopping.is_set() and not (attempt.trouble and attempt.trouble.wrong_version and self._may_fall_back()):
            self._tell(attempt)
        return attempt

    def _tell(self, attempt: _Attempt) -> None:
        trouble = attempt.trouble or Trouble(Reason.CONNECTION_RESET, "the broker closed the connection")
        self._changed(Link(trouble, self._now(), protocol=self._protocol()))

    def _protocol(self) -> Protocol:
        return Protocol.V5 if self._speaks_v5 else Protocol.V311

    def _new_client(self, attempt: _Attempt) -> Client:
        broker = self._broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            userdata=attempt,
            protocol=MQTTv5 if self._speaks_v5 else MQTTv311,
            clean_session=None if self._speaks_v5 else False,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.suppress_exceptions = True
        client.connect_timeout = broker.connect_timeout_seconds
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls is not None:
            client.tls_set_context(tls_context(broker))
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        # With this set, paho never writes from the thread that acknowledges: the network thread is woken instead.
        client.on_socket_register_write = _leave_it_to_the_network_thread
        return client

    def _connect(self, client: Client) -> None:
        broker = self._broker
        self.connects += 1
        if not self._speaks_v5:
            client.connect(broker.host, broker.port, broker.keepalive_seconds)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = broker.session_expiry_seconds
        properties.ReceiveMaximum = broker.receive_maximum
        client.connect(broker.host, broker.port, broker.keepalive_seconds, clean_start=False, properties=properties)

    def _turn(self, client: Client, attempt: _Attempt) -> None:
        """Read and write until the connection ends. Raises TimeoutError when the broker never says whether it takes us."""
        deadline = attempt.began + self._broker.connect_timeout_seconds
        result = MQTTErrorCode.MQTT_ERR_SUCCESS
        while result == MQTTErrorCode.MQTT_ERR_SUCCESS:
            result = client.loop(0.25)
            self._beat = time.monotonic()
            if not attempt.connected and self._beat > deadline:
                client.on_disconnect = None
                client.disconnect()
                client.loop(0)
                attempt.trouble = attempt.trouble or Trouble(Reason.TIMEOUT, "the broker does not answer our CONNECT")
                return
        if attempt.trouble is None and result == MQTTErrorCode.MQTT_ERR_PROTOCOL:
            attempt.trouble = Trouble(
                Reason.PROTOCOL_ERROR, "the broker breaks the rules of MQTT", wrong_version=not attempt.connected
            )

    # -- called by paho, in the network thread

    def _on_connect(self, client: Client, attempt: _Attempt, flags: ConnectFlags, code: ReasonCode, _: Properties | None) -> None:
        if code.is_failure:
            attempt.trouble = of_connack(code)
            client.disconnect()
            return
        attempt.connected = True
        attempt.resumed = flags.session_present
        if self._speaks_v5:
            client.subscribe([(each, SubscribeOptions(qos=1)) for each in self._filters])
        else:
            client.subscribe([(each, 1) for each in self._filters])

    def _on_subscribe(self, _: Client, attempt: _Attempt, __: int, codes: list[ReasonCode], ___: Properties | None) -> None:
        refused = [name for name, code in zip(self._filters, codes, strict=False) if code.is_failure]
        attempt.subscribed = True
        trouble = of_suback(refused, len(self._filters))
        attempt.refused = trouble
        self._changed(Link(trouble, self._now(), attempt.resumed, self._protocol()))

    def _on_disconnect(
        self, _: Client, attempt: _Attempt, flags: DisconnectFlags, code: ReasonCode, __: Properties | None
    ) -> None:
        if attempt.trouble is None:
            attempt.trouble = of_disconnect(code, connected=attempt.connected, from_broker=flags.is_disconnect_packet_from_server)

    def _on_message(self, client: Client, _: _Attempt, message: MQTTMessage) -> None:
        try:
            topic: str | None = message.topic
        except UnicodeDecodeError:
            topic = None
        self._deliver(
            Delivery(topic, bytes(message.payload), message.retain, message.dup, message.qos, message.mid, self._now(), client)
        )


def _leave_it_to_the_network_thread(*_: Any) -> None:
    return None


def tls_context(broker: Broker) -> ssl.SSLContext:
    """The TLS of a connection. Raises OSError for a file that cannot be read or is no certificate."""
    tls = broker.tls
    assert tls is not None
    context = ssl.create_default_context(cafile=tls.ca_file)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.cert_file is not None:
        context.load_cert_chain(tls.cert_file, tls.key_file)
    return context


def without_session(broker: Broker, client_id: str) -> Broker:
    """The same broker for one look: a client id of its own, and nothing kept behind."""
    return replace(broker, client_id=client_id, session_expiry_seconds=0)


__all__ = ["SESSION_TAKEN_OVER", "BrokerLink", "Delivery", "Link", "tls_context", "without_session"]
