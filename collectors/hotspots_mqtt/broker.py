"""The connection to the broker: one network thread that connects, hands messages over, and connects again.

Why one paho client per connection: an acknowledgement carries only a number that a broker uses again after a reconnection. Held
by the client it came from, it can never acknowledge a message of a later connection.
"""

from __future__ import annotations

import contextlib
import random
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from collectors.hotspots_mqtt.burst import BurstSocket
from collectors.hotspots_mqtt.options import Broker, Protocol, Tls
from collectors.hotspots_mqtt.troubles import Trouble, of_connack, of_disconnect, of_error, of_protocol_error, of_suback
from command_centre.domain.reading import Reason

LOOK_UP_EVERY = 0.25
READS_AT_ONCE = 100

FAILURES_IN_A_ROW = 3
"""Good connections cut short before it is said aloud that this looks like a client id used twice (MQTT 3.1.1 does not tell)."""


class Delivery(NamedTuple):
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
class Attempt:
    """What has happened on one connection. ``trouble`` is why it ended; ``refused`` are subscriptions that were not granted."""

    began: float
    protocol: Protocol
    connected: bool = False
    resumed: bool = False
    subscribed: bool = False
    echoed: bool = False
    refused: Trouble | None = None
    trouble: Trouble | None = None


class Connection:
    """One connection from its beginning to its end, in the thread that calls ``run``.

    With ``wants_retained`` the broker is asked for what it retains even where it had kept our session: a collector that has just
    begun knows no standing "offline". ``deliver`` gets each message, ``subscribed`` is told once the broker has answered our
    subscriptions; both are called in that thread and must only hand over. ``now`` gives the time of arrival.
    """

    def __init__(
        self,
        broker: Broker,
        protocol: Protocol,
        filters: tuple[str, ...],
        deliver: Callable[[Delivery], None],
        subscribed: Callable[[Attempt], None],
        now: Callable[[], float],
        *,
        wants_retained: bool = True,
    ) -> None:
        self._broker = broker
        self._filters = filters
        self._deliver = deliver
        self._subscribed = subscribed
        self._now = now
        self._wants_retained = wants_retained
        self.attempt = Attempt(time.monotonic(), protocol)
        self._client: Client | None = None
        self._received = 0

    def run(self, go_on: Callable[[], bool]) -> Attempt:
        """Connect and stay until the connection ends or ``go_on`` (asked four times a second) says no."""
        attempt = self.attempt
        self._waker = _Waker()
        try:
            self._client = self._new_client()
            self._connect(self._client)
            self._turn(self._client, go_on)
        except (OSError, ValueError) as error:
            attempt.trouble = attempt.trouble or of_error(error)
        finally:
            self._waker.close()
        return attempt

    def ask_again(self) -> None:
        """Subscribe to something that nobody publishes: a broker that has stopped answering leaves ``echoed`` unset."""
        if self._client is not None:
            self._client.subscribe(f"command-centre/echo/{self._broker.client_id}", 0)

    def leave(self) -> None:
        """Say goodbye to the broker. May be called from any thread."""
        client = self._client
        if client is not None:
            client.disconnect()

    @property
    def _is_v5(self) -> bool:
        return self.attempt.protocol is Protocol.V5

    @property
    def _patience(self) -> float:
        """Seconds until our CONNECT must be answered; half of them where there is an older version left to try."""
        may_fall_back = self._is_v5 and self._broker.protocol is Protocol.AUTO
        return self._broker.connect_timeout_seconds / (2 if may_fall_back else 1)

    def _new_client(self) -> Client:
        broker = self._broker
        client = _BurstClient(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client_id,
            protocol=MQTTv5 if self._is_v5 else MQTTv311,
            clean_session=None if self._is_v5 else broker.session_expiry_seconds == 0,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.suppress_exceptions = True
        client.connect_timeout = broker.connect_timeout_seconds
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls is not None:
            client.tls_set_context(tls_context(broker.tls))
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        # With this set, paho never writes from the thread that acknowledges: the network thread is woken, once per burst.
        client.on_socket_register_write = self._wake
        return client

    def _connect(self, client: Client) -> None:
        broker = self._broker
        if not self._is_v5:
            client.connect(broker.host, broker.port, broker.keepalive_seconds)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = broker.session_expiry_seconds
        properties.ReceiveMaximum = broker.receive_maximum
        fresh = broker.session_expiry_seconds == 0
        client.connect(broker.host, broker.port, broker.keepalive_seconds, clean_start=fresh, properties=properties)

    def _turn(self, client: Client, go_on: Callable[[], bool]) -> None:
        """Read and write until the connection ends."""
        attempt = self.attempt
        deadline = attempt.began + self._patience
        result = MQTTErrorCode.MQTT_ERR_SUCCESS
        while result == MQTTErrorCode.MQTT_ERR_SUCCESS:
            result = self._step(client, LOOK_UP_EVERY)
            if not attempt.connected and attempt.trouble is None and time.monotonic() > deadline:
                # Some that know MQTT 3.1.1 only (amqtt) read on for what version 5 would have sent them, and say nothing.
                attempt.trouble = Trouble(Reason.TIMEOUT, "the broker does not answer our CONNECT", wrong_version=self._is_v5)
                self._hang_up(client)
                return
            if not go_on():
                self._hang_up(client)
                return
        if attempt.trouble is None and result == MQTTErrorCode.MQTT_ERR_PROTOCOL:
            attempt.trouble = of_protocol_error(connected=attempt.connected)

    def _step(self, client: Client, seconds: float) -> MQTTErrorCode:
        """Wait for the socket or for an acknowledgement to be sent, then read and write what there is.

        Not paho's own loop: that wakes up once for every acknowledgement and cannot poll a descriptor above 1023.
        """
        sock = client.socket()
        if not isinstance(sock, socket.socket):
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        waiting = isinstance(sock, ssl.SSLSocket | BurstSocket) and sock.pending() > 0
        unsent = isinstance(sock, BurstSocket) and sock.has_unsent
        ready = self._waker.poll(sock, 0.0 if waiting else seconds, writing=unsent or client.want_write())
        if waiting or ready:
            result = self._read_all(client)
            if result != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return result
        if unsent or client.want_write():
            result = _write_all(client, sock)
            if result != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return result
        return client.loop_misc()

    def _read_all(self, client: Client) -> MQTTErrorCode:
        """paho reads one packet at a time; a burst is read in one go, but not for ever."""
        for _ in range(READS_AT_ONCE):
            before = self._received
            result = client.loop_read()
            if result != MQTTErrorCode.MQTT_ERR_SUCCESS or self._received == before:
                return result
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _hang_up(self, client: Client) -> None:
        client.on_disconnect = None
        client.disconnect()
        for _ in range(4):
            if self._step(client, 0.05) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return

    # -- called by paho

    def _on_connect(self, client: Client, _: object, flags: ConnectFlags, code: ReasonCode, __: Properties | None) -> None:
        if code.is_failure:
            self.attempt.trouble = of_connack(code)
            client.disconnect()
            return
        self.attempt.connected = True
        self.attempt.resumed = flags.session_present
        if self._is_v5:
            # Retained messages come once, not again after every reconnection; a broker that forgot us gives them anew.
            always, anew = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE, SubscribeOptions.RETAIN_SEND_IF_NEW_SUB
            asked = SubscribeOptions(qos=1, retainHandling=always if self._wants_retained else anew)
            client.subscribe([(each, asked) for each in self._filters])
        else:
            client.subscribe([(each, 1) for each in self._filters])

    def _on_subscribe(self, _: Client, __: object, ___: int, codes: list[ReasonCode], ____: Properties | None) -> None:
        if self.attempt.subscribed:
            self.attempt.echoed = True
            return
        refused = [name for name, code in zip(self._filters, codes, strict=False) if code.is_failure]
        self.attempt.refused = of_suback(refused, len(self._filters))
        self.attempt.subscribed = True
        self._subscribed(self.attempt)

    def _on_disconnect(self, _: Client, __: object, flags: DisconnectFlags, code: ReasonCode, ___: Properties | None) -> None:
        if self.attempt.trouble is None:
            self.attempt.trouble = of_disconnect(
                code, connected=self.attempt.connected, from_broker=flags.is_disconnect_packet_from_server
            )

    def _wake(self, *_: Any) -> None:
        self._waker.wake()

    def _on_message(self, client: Client, _: object, message: MQTTMessage) -> None:
        self._received += 1
        try:
            topic: str | None = message.topic
        except UnicodeDecodeError:
            topic = None
        payload = message.payload if isinstance(message.payload, bytes) else bytes(message.payload)
        self._deliver(Delivery(topic, payload, message.retain, message.dup, message.qos, message.mid, self._now(), client))


class BrokerLink:
    """Keeps a connection to the broker in a thread of its own: connects, and connects again, ever more slowly while it fails.

    ``deliver`` and ``changed`` are called from that thread and must only hand over.
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
        self._connection: Connection | None = None
        self._beat = time.monotonic()
        self._protocol = Protocol.V311 if broker.protocol is Protocol.V311 else Protocol.V5
        self._failures = 0
        self._subscribed_before = False
        self.connects = 0

    def start(self) -> None:
        """Start the network thread."""
        self._beat = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"mqtt-{self._broker.client_id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the connection without acknowledging anything further, and wait for the thread (a few seconds at most)."""
        self._stopping.set()
        connection = self._connection
        if connection is not None:
            connection.leave()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def is_alive(self) -> bool:
        """Whether the network thread still turns: a stuck or dead one is replaced by the listener."""
        quiet = time.monotonic() - self._beat
        limit = 3 * self._broker.keepalive_seconds + self._broker.connect_timeout_seconds + self._broker.longest_retry_seconds
        return self._thread is not None and self._thread.is_alive() and quiet < limit

    def _run(self) -> None:
        while not self._stopping.is_set():
            attempt = self._one_connection()
            if self._stopping.is_set():
                return
            if self._falls_back(attempt):
                self._protocol = Protocol.V311
                continue
            trouble = attempt.trouble or Trouble(Reason.CONNECTION_RESET, "the broker closed the connection")
            self._protocol = self._next_protocol(attempt)
            pause = self._pause(attempt, trouble)
            if attempt.subscribed and self._failures >= FAILURES_IN_A_ROW and trouble.reason is Reason.CONNECTION_RESET:
                trouble = replace(trouble, detail=f"{trouble.detail} again and again: does another client use our client id?")
            self._changed(Link(trouble, self._now(), protocol=attempt.protocol))
            self._stopping.wait(pause)

    def _one_connection(self) -> Attempt:
        self.connects += 1
        self._connection = Connection(
            self._broker,
            self._protocol,
            self._filters,
            self._deliver,
            self._tell,
            self._now,
            wants_retained=not self._subscribed_before,
        )
        try:
            return self._connection.run(self._turns)
        finally:
            self._connection = None

    def _turns(self) -> bool:
        self._beat = time.monotonic()
        return not self._stopping.is_set()

    def _tell(self, attempt: Attempt) -> None:
        self._subscribed_before = True
        self._changed(Link(attempt.refused, self._now(), attempt.resumed, self._protocol))

    def _falls_back(self, attempt: Attempt) -> bool:
        """Whether only the version of the protocol was wrong: then the older one is tried at once."""
        may = self._broker.protocol is Protocol.AUTO and self._protocol is Protocol.V5
        return may and attempt.trouble is not None and attempt.trouble.wrong_version

    def _next_protocol(self, attempt: Attempt) -> Protocol:
        """A version that let us in is kept; where the older one fails as well, the version was not what is wrong."""
        if self._broker.protocol is Protocol.AUTO and not attempt.connected:
            return Protocol.V5
        return self._protocol

    def _pause(self, attempt: Attempt, trouble: Trouble) -> float:
        """Doubling, with jitter, up to a ceiling. A connection that lasted was a good one: then it begins small again."""
        lasted = attempt.connected and time.monotonic() - attempt.began >= self._broker.steady_after_seconds
        self._failures = 0 if lasted else self._failures + 1
        longest = self._broker.longest_retry_seconds
        if trouble.reason is Reason.SESSION_TAKEN:
            return longest  # two that take the session from each other would do so for ever
        pause = min(longest, self._broker.first_retry_seconds * float(2 ** min(self._failures, 16)))
        return pause * random.uniform(0.75, 1.0)  # noqa: S311  jitter is no secret


class _BurstClient(Client):
    """paho over a socket that reads and writes in bursts (plain TCP; TLS has a buffer of its own)."""

    def _create_socket_connection(self) -> socket.socket:  # paho's place for another kind of socket
        connected: socket.socket = super()._create_socket_connection()
        return connected if self._ssl else BurstSocket(connected)


def _write_all(client: Client, sock: socket.socket) -> MQTTErrorCode:
    """Send what waits, acknowledgements of one burst together."""
    if not isinstance(sock, BurstSocket):
        return client.loop_write()
    sock.cork()
    result = client.loop_write()
    if sock.fileno() >= 0:
        sock.flush()
    return result


class _Waker:
    """Waits for a socket, and can be woken from another thread."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        for each in (self._ours, self._theirs):
            each.settimeout(0)

    def poll(self, sock: socket.socket, seconds: float, *, writing: bool) -> bool:
        """Whether ``sock`` can be read (or has ended)."""
        poller = select.poll()
        poller.register(sock, select.POLLIN | (select.POLLOUT if writing else 0))
        poller.register(self._ours, select.POLLIN)
        ready = dict(poller.poll(seconds * 1000))
        if self._ours.fileno() in ready:
            with contextlib.suppress(BlockingIOError):
                self._ours.recv(4096)
        return bool(ready.get(sock.fileno(), 0) & ~select.POLLOUT)

    def wake(self) -> None:
        """End the wait. A full pipe has already been woken; a closed one waits for nothing."""
        with contextlib.suppress(OSError):
            self._theirs.send(b"!")

    def close(self) -> None:
        """Give both ends back."""
        self._ours.close()
        self._theirs.close()


class _TidySocket(ssl.SSLSocket):
    """Closed when its handshake fails: paho would leave it to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002  as in the class above
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def tls_context(tls: Tls) -> ssl.SSLContext:
    """The TLS of a connection. Raises OSError for a file that cannot be read or is no certificate."""
    context = ssl.create_default_context(cafile=tls.ca_file)
    context.sslsocket_class = _TidySocket
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.cert_file is not None:
        context.load_cert_chain(tls.cert_file, tls.key_file)
    return context
