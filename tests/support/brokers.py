"""Real Mosquitto brokers on free loopback ports, publishers, and a broker that misbehaves on purpose."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

MOSQUITTO = "/usr/sbin/mosquitto"
HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def listens(port: int, seconds: float = 5.0) -> bool:
    """Whether something listens on the port within that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, port), 0.2):
            return True
        time.sleep(0.02)
    return False


@dataclass
class Mosquitto:
    """One broker. ``stop`` asks it to end (it then saves its sessions), ``kill`` does not."""

    folder: Path
    port: int
    lines: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        config = self.folder / "mosquitto.conf"
        config.write_text(
            "\n".join(
                (
                    "user root",
                    "persistence true",
                    f"persistence_location {self.folder}/",
                    "max_queued_messages 200000",
                    f"log_dest file {self.folder}/mosquitto.log",
                    f"listener {self.port} {HOST}",
                    *(self.lines or ("allow_anonymous true",)),
                    "",
                )
            )
        )
        with (self.folder / "mosquitto.out").open("ab") as output:
            self.process = subprocess.Popen([MOSQUITTO, "-c", str(config)], stdout=output, stderr=output)
        if not listens(self.port):
            raise RuntimeError(f"mosquitto does not listen: {(self.folder / 'mosquitto.out').read_text()}")

    def stop(self) -> None:
        """End it as an operator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(10)
        self.process = None


@contextmanager
def mosquitto(folder: Path, *lines: str) -> Iterator[Mosquitto]:
    """A broker that runs; ``lines`` are of its configuration (default: anyone may in)."""
    if not Path(MOSQUITTO).exists():
        raise RuntimeError(f"{MOSQUITTO} is missing: install Debian's mosquitto")
    folder.mkdir(parents=True, exist_ok=True)
    broker = Mosquitto(folder, free_port(), lines)
    for attempt in range(3):
        try:
            broker.start()
            break
        except RuntimeError:  # somebody took the port between our question and its answer
            broker.kill()
            if attempt == 2:
                raise
            broker.port = free_port()
    try:
        yield broker
    finally:
        broker.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Publisher:
    """A device: publishes with quality 1 and waits until the broker has it."""

    def __init__(self, port: int, client_id: str = "", will: tuple[str, str] | None = None) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        self._client.max_queued_messages_set(0)
        self._client.max_inflight_messages_set(500)
        if will is not None:
            self._client.will_set(*will, qos=1, retain=True)
        self._client.connect(HOST, port, 30)
        self._client.loop_start()
        deadline = time.monotonic() + 5
        while not self._client.is_connected():
            if time.monotonic() > deadline:
                raise RuntimeError("the broker does not take the publisher")
            time.sleep(0.005)

    def send(self, topic: str, payload: object, *, qos: int = 1, retain: bool = False) -> None:
        """Publish one message; returns when the broker has it."""
        body = payload if isinstance(payload, str | bytes) else json.dumps(payload)
        self._client.publish(topic, body, qos, retain).wait_for_publish(10)

    def send_many(self, messages: list[tuple[str, str]]) -> None:
        """Publish many; returns when the broker has them all."""
        sent = [self._client.publish(topic, body, 1) for topic, body in messages]
        for each in sent:
            each.wait_for_publish(30)

    def leave(self) -> None:
        """Say goodbye: no last will is published."""
        self._client.disconnect()
        self._client.loop_stop()

    def vanish(self) -> None:
        """Lose the connection without a word: the broker publishes the last will."""
        sock = self._client.socket()
        assert isinstance(sock, socket.socket)
        self._client.reconnect_delay_set(60, 60)
        sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Publisher:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()


@dataclass
class BadBroker:
    """Accepts connections and lets ``behave`` do what it wants with each; counts them."""

    behave: Callable[[socket.socket], None]
    port: int = 0
    connects: int = 0
    _listener: socket.socket = field(default_factory=socket.socket)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> BadBroker:
        self._listener.bind((HOST, 0))
        self._listener.listen()
        self.port = int(self._listener.getsockname()[1])
        self._go(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)

    def _go(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connects += 1
            client.settimeout(10)
            self._open.append(client)
            self._go(lambda client=client: self._serve(client))  # type: ignore[misc]

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            self.behave(client)
        client.close()


def packet(client: socket.socket) -> tuple[int, bytes]:
    """Read one MQTT packet. Raises OSError when the connection ends first."""
    head = _exactly(client, 1)[0]
    length = shift = 0
    while True:
        byte = _exactly(client, 1)[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return head, _exactly(client, length)


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = client.recv(count - len(data))
        if not more:
            raise ConnectionResetError
        data += more
    return data


# -- certificates


@dataclass(frozen=True)
class Papers:
    """Files of a small certificate authority: its own, the broker's, and a client's."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path


def make_papers(folder: Path) -> Papers:
    """Make them: valid for a day, the broker's for 127.0.0.1."""
    ca_key, ca = _certificate("uji ca", None, is_ca=True)
    papers = Papers(*(folder / name for name in ("ca.pem", "server.pem", "server.key", "client.pem", "client.key")))
    papers.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    for name, certificate, key in (("broker", papers.server, papers.server_key), ("pengumpul", papers.client, papers.client_key)):
        own_key, own = _certificate(name, (ca_key, ca), is_ca=False)
        certificate.write_bytes(own.public_bytes(serialization.Encoding.PEM))
        key.write_bytes(
            own_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
    return papers


def _certificate(
    name: str, issuer: tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None, *, is_ca: bool
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer[1].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
    )
    return key, builder.sign(key if issuer is None else issuer[0], hashes.SHA256())


def sequence_payloads(devices: Mapping[str, int], count: int, *, start: int = 0, at: float) -> list[tuple[str, str]]:
    """``count`` messages of each device, numbered, one second apart; ``devices`` maps names to their boot."""
    return [
        (f"kota/wifi/{name}/telemetri", json.dumps({"ts": at + number, "seq": number, "boot": boot, "nomor": number}))
        for number in range(start, start + count)
        for name, boot in devices.items()
    ]
