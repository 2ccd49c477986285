"""Real servers on loopback for the websites collector: scripted HTTP(S), a certificate authority of our own, a name server.

Everything lives on the event loop of the test and is gone when its block ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import itertools
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from collectors.websites.options import Options
from collectors.websites.poller import WebsitePoller
from command_centre.domain.reading import Reading
from command_centre.domain.series import MetricName
from command_centre.domain.target import Place, Target, TargetKey, TargetKind

HOST = "dinas.kota.test"
GOOD_PAGE = (
    '<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Dinas Contoh</title></head>'
    "<body><h1>Dinas Contoh Kota Bontang</h1><p>Selamat datang di situs resmi kami.</p></body></html>"
)

# --- certificates -------------------------------------------------------------------------------------------------------------

Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with what the server sends along (``chain``), as one PEM file with its key."""

    file: Path
    certificate: x509.Certificate
    not_after: datetime


@dataclass(frozen=True, slots=True)
class _Issuer:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class Authority:
    """A root, an intermediate, and leaves in every state of health. ``ca_file`` is the one root to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._serial = itertools.count(1)
        self._root = _self_made("Akar Uji")
        self._intermediate = _issue_authority("Perantara Uji", self._root)
        self._stranger = _self_made("Akar Asing")
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(_pem(self._root.certificate))

    def good(self, *names: str, days: float = 300, before_days: float = 30) -> Issued:
        """A leaf below the intermediate, with its chain."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _leaf(names, key, self._intermediate, days, before_days)
        return self._write(leaf, key, [self._intermediate.certificate])

    def for_client(self, name: str) -> Issued:
        """A leaf with which a client proves who it is."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _leaf((name,), key, self._intermediate, purpose=ExtendedKeyUsageOID.CLIENT_AUTH)
        return self._write(leaf, key, [self._intermediate.certificate])

    def without_intermediate(self, *names: str) -> Issued:
        """Good, but the server forgets to send the intermediate."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._write(_leaf(names, key, self._intermediate), key, [])

    def self_signed(self, *names: str) -> Issued:
        """Signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._write(_leaf(names, key, None), key, [])

    def untrusted(self, *names: str) -> Issued:
        """A complete chain to a root that nobody trusts."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._write(_leaf(names, key, self._stranger), key, [self._stranger.certificate])

    def with_dying_intermediate(self, *names: str, days: float) -> Issued:
        """A leaf for 300 days below an intermediate that ends after ``days``."""
        intermediate = _issue_authority("Perantara Tua", self._root, days)
        key = ec.generate_private_key(ec.SECP256R1())
        return self._write(_leaf(names, key, intermediate), key, [intermediate.certificate])

    def common_name_only(self, name: str) -> Issued:
        """The host in the common name alone: browsers stopped counting that."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _leaf((), key, self._intermediate, common_name=name)
        return self._write(leaf, key, [self._intermediate.certificate])

    def weak(self, *names: str) -> Issued:
        """A key that can be broken."""
        key = rsa.generate_private_key(65537, 1024)
        return self._write(_leaf(names, key, self._intermediate), key, [self._intermediate.certificate])

    def weak_cipher_server(self, *names: str) -> Issued:
        """A good RSA key, as ciphers without forward secrecy need one."""
        key = rsa.generate_private_key(65537, 2048)
        return self._write(_leaf(names, key, self._intermediate), key, [self._intermediate.certificate])

    def _write(self, leaf: x509.Certificate, key: Key, chain: Sequence[x509.Certificate]) -> Issued:
        file = self._folder / f"{next(self._serial)}.pem"
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(b"".join(map(_pem, [leaf, *chain])) + secret)
        return Issued(file, leaf, leaf.not_valid_after_utc)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _name(common_name: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kota Uji"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    return x509.Name(parts)


def _builder(subject: str, issuer: x509.Name, days: float, before_days: float) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=before_days))
        .not_valid_after(now + dt.timedelta(days=days))
    )


def _self_made(common_name: str) -> _Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(common_name, _name(common_name), 3650, 800).public_key(key.public_key())
    return _Issuer(_as_authority(builder, key, key), key)


def _issue_authority(common_name: str, issuer: _Issuer, days: float = 1800) -> _Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(common_name, issuer.certificate.subject, days, 700).public_key(key.public_key())
    return _Issuer(_as_authority(builder, key, issuer.key), key)


def _as_authority(
    builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _leaf(
    names: Sequence[str],
    key: Key,
    issuer: _Issuer | None,
    days: float = 300,
    before_days: float = 30,
    common_name: str = "",
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
) -> x509.Certificate:
    subject = common_name or names[0]
    issuer_name = issuer.certificate.subject if issuer is not None else _name(subject)
    builder = _builder(subject, issuer_name, days, before_days).public_key(key.public_key())
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(each) for each in names]), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    return builder.sign(issuer.key if issuer is not None else key, hashes.SHA256())


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def server_context(issued: Issued, **wishes: Any) -> ssl.SSLContext:
    """TLS as a server speaks it with this certificate; ``wishes`` set attributes of the context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(issued.file)
    for name, value in wishes.items():
        setattr(context, name, value)
    return context


# --- servers ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it; header names in lower case."""

    path: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Site:
    """A running server: where it is, and what it was asked."""

    port: int
    scheme: str
    requests: list[Asked] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0
    _open: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


class Wire:
    """The server's end of one connection: every byte is the script's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer

    async def send(self, data: bytes | str) -> None:
        self._writer.write(data.encode() if isinstance(data, str) else data)
        await self._writer.drain()

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        with contextlib.suppress(RuntimeError, OSError):
            self._writer.close()


Script: TypeAlias = Callable[[Asked, Wire], Awaitable[None]]
Answer: TypeAlias = "bytes | str | Script | Mapping[str, bytes | str | Script]"
"""Fixed bytes, a script, or either of them by path."""


def response(
    body: str | bytes = GOOD_PAGE, status: int = 200, headers: Sequence[str] = (), kind: str = "text/html; charset=utf-8"
) -> bytes:
    """A whole, correct answer."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Kata", f"Content-Length: {len(raw)}", "Connection: close", *headers]
    if kind:
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def redirect(location: str, status: int = 302, headers: Sequence[str] = ()) -> bytes:
    """An answer that sends on."""
    return response("", status, [f"Location: {location}", *headers])


@contextlib.asynccontextmanager
async def serving(
    answer: Answer,
    *,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> AsyncIterator[Site]:
    """A server that gives ``answer`` to every request, until the block ends."""
    site = Site(0, "https" if tls is not None else "http")
    wires: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        wires.add(task)
        site.connections += 1
        site._open += 1
        site.most_at_once = max(site.most_at_once, site._open)
        wire = Wire(reader, writer)
        try:
            asked = await _read_request(reader)
            if asked is not None:
                site.requests.append(asked)
                await _answer(answer, asked, wire)
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            site._open -= 1
            wires.discard(task)
            wire.close()

    server = await asyncio.start_server(talk, host, port, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for each in tuple(wires):
            each.cancel()
        await asyncio.gather(*wires, return_exceptions=True)


async def _read_request(reader: asyncio.StreamReader) -> Asked | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    words = head[0].split(" ")
    pairs = (line.partition(":") for line in head[1:] if ":" in line)
    return Asked(words[1], {name.strip().lower(): value.strip() for name, _, value in pairs}) if len(words) > 2 else None


async def _answer(answer: Answer, asked: Asked, wire: Wire) -> None:
    chosen = answer.get(asked.path.partition("?")[0], response("", 404)) if isinstance(answer, Mapping) else answer
    if callable(chosen):
        await chosen(asked, wire)
    else:
        await wire.send(chosen)


@contextlib.asynccontextmanager
async def accepting(talk: Callable[[Wire], Awaitable[None]], *, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """A TCP server without any manners of HTTP; gives its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        wire = Wire(reader, writer)
        try:
            await talk(wire)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            wire.close()

    server = await asyncio.start_server(on_connection, host, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in tuple(tasks):
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def free_port(host: str = "127.0.0.1") -> int:
    """A port at which nobody listens (for now)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def deaf_socket() -> tuple[socket.socket, list[socket.socket]]:
    """A listener whose queue is full: further connections are never accepted. The caller closes all of them."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            filler.connect(listener.getsockname())
        fillers.append(filler)
    return listener, fillers


# --- names --------------------------------------------------------------------------------------------------------------------

NXDOMAIN, SERVFAIL, REFUSED, SILENCE = 3, 2, 5, -1
_TYPES = {1: "A", 28: "AAAA"}


class NameServer(asyncio.DatagramProtocol):
    """A name server: a name has addresses, or a response code, or SILENCE; ``*`` holds for all others, else NXDOMAIN."""

    def __init__(self, names: Mapping[str, Sequence[str] | int]) -> None:
        self.names = dict(names)
        self.delay_seconds = 0.0
        self.ttl = 300
        self.questions: list[tuple[str, str]] = []
        self.address = ""
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # in 3.11 the selector's transport is no subclass of it

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        name, kind, end = _question(data)
        self.questions.append((name, _TYPES.get(kind, str(kind))))
        known = self.names.get(name, self.names.get("*", NXDOMAIN))
        if known == SILENCE or self._transport is None:
            return
        code = known if isinstance(known, int) else 0
        addresses = () if isinstance(known, int) else tuple(each for each in known if (":" in each) == (kind == 28))
        records = b"".join(_record(kind, each, self.ttl) for each in addresses) if kind in _TYPES else b""
        count = len(addresses) if kind in _TYPES else 0
        reply = data[:2] + struct.pack(">HHHHH", 0x8580 | code, 1, count, 0, 0) + data[12:end] + records
        asyncio.get_running_loop().call_later(self.delay_seconds, self._transport.sendto, reply, addr)


def _question(data: bytes) -> tuple[str, int, int]:
    labels, at = [], 12
    while data[at]:
        labels.append(data[at + 1 : at + 1 + data[at]].decode("latin-1").lower())
        at += data[at] + 1
    return ".".join(labels), int.from_bytes(data[at + 1 : at + 3]), at + 5


def _record(kind: int, address: str, ttl: int) -> bytes:
    packed = ipaddress.ip_address(address).packed
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, ttl, len(packed)) + packed


@contextlib.asynccontextmanager
async def naming(names: Mapping[str, Sequence[str] | int]) -> AsyncIterator[NameServer]:
    """A name server on loopback, until the block ends."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(names), local_addr=("127.0.0.1", 0)
    )
    host, port = transport.get_extra_info("sockname")
    server.address = f"{host}:{port}"
    try:
        yield server
    finally:
        transport.close()


def value(reading: Reading, name: str) -> float:
    """One measured value; fails where it is absent."""
    return reading.values[MetricName(name)]


# --- looking ------------------------------------------------------------------------------------------------------------------


class SystemClock:
    """Certificates are made relative to now, so these tests need the real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def target(url: str | None, key: str = "situs:uji", **attributes: str) -> Target:
    """A site at ``url``."""
    return Target(
        TargetKey(key), TargetKind.SITE, "Situs Uji", "Uji", "Diskominfo", "opd", Place(), url, timedelta(minutes=1),
        attributes=attributes,
    )  # fmt: skip


PATIENCE = timedelta(seconds=5)


@contextlib.asynccontextmanager
async def looking(options: Options | None = None, **changes: Any) -> AsyncIterator[WebsitePoller]:
    """A poller with these options, closed when the block ends."""
    chosen = replace(options or Options(timeout=PATIENCE, user_agent="uji"), **changes)
    poller = WebsitePoller(chosen, SystemClock())
    try:
        yield poller
    finally:
        await poller.close()


async def look_at(url: str | None, *, attributes: Mapping[str, str] | None = None, **changes: Any) -> Reading:
    """One look at ``url``."""
    async with looking(**changes) as poller:
        return await poller.poll(target(url, **dict(attributes or {})))


def look_at_answer(answer: Answer, *, path: str = "/", attributes: Mapping[str, str] | None = None, **changes: Any) -> Reading:
    """One look at a server that gives this answer."""

    async def scene() -> Reading:
        async with serving(answer) as site:
            return await look_at(site.url(path), attributes=attributes, **changes)

    return asyncio.run(scene())
