"""Real mail servers on loopback (aiosmtpd), with TLS and sign-in where a test wants them, and rude ones of our own."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

HOST = "127.0.0.1"


@dataclass(slots=True)
class PostOffice:
    """A running mail server. ``refuse`` answers a recipient with an SMTP line, or None to take it."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[tuple[str, ...]] = field(default_factory=list)
    refuse: Callable[[str], str | None] = lambda _: None
    answer: str = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        refusal = self.refuse(address)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            letter = BytesParser(_class=EmailMessage, policy=default).parsebytes(envelope.content)
            self.letters.append(letter)
            self.recipients.append(tuple(envelope.rcpt_tos))
        return self.answer


@contextmanager
def post_office(
    *, certificate: Path | None = None, starttls: bool = False, login: tuple[str, str] | None = None
) -> Iterator[PostOffice]:
    """A mail server for the length of a ``with`` block; ``certificate`` holds the chain and the key."""
    office = PostOffice()
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    options: dict[str, Any] = {}
    if login is not None:
        options = {"authenticator": _checks(login), "auth_required": True, "auth_require_tls": True}
    if starttls:
        options |= {"tls_context": context, "require_starttls": True}
    direct = None if starttls else context
    controller = Controller(office, hostname=HOST, port=_free_port(), ssl_context=direct, ready_timeout=10, **options)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


def _checks(login: tuple[str, str]) -> Callable[..., AuthResult]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == login
        return AuthResult(success=is_right, handled=False)

    return check


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def rude_server(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that says whatever ``speak`` says to each that connects; gives its port."""
    listener = socket.create_server((HOST, 0))
    listener.settimeout(0.05)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                link, _ = listener.accept()
            except TimeoutError:
                continue
            with link:
                try:
                    speak(link)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join(10)
        listener.close()
