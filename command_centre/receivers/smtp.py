"""E-mail: one plain text per message, and what is enclosed, through a mail server. Bounded in time and in what it may say."""

from __future__ import annotations

import contextlib
import hashlib
import smtplib
import socket
import ssl
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from command_centre.config.receiver_kinds import EmailSettings, MailSecurity
from command_centre.domain.notification import Message
from command_centre.domain.ports import Clock, DeliveryError
from command_centre.receivers.enclosures import Enclose, Enclosure, nothing_enclosed
from command_centre.receivers.texts import Texts, inert

MOST_REPLY_LINES = 100
MOST_REPLY_LINE_BYTES = 2_048
MOST_REMEMBERED = 200


class Mailbox:
    """Tells a mailbox (or several)."""

    def __init__(self, settings: EmailSettings, texts: Texts, clock: Clock, enclose: Enclose = nothing_enclosed) -> None:
        self._settings = settings
        self._texts = texts
        self._clock = clock
        self._enclose = enclose
        self._password = None if settings.password is None else settings.password.resolve()
        self._taken: OrderedDict[str, frozenset[str]] = OrderedDict()

    def send(self, message: Message) -> None:
        """Raises DeliveryError unless the mail server has taken it for every address. Those it has taken get it once."""
        taken = self._taken.get(message.key, frozenset())
        missing = [each for each in self._settings.to if each not in taken]
        enclosed = self._enclose(message)  # made before the server is kept waiting
        try:
            letter = self._letter(message, enclosed)
            with self._connection() as server:
                refused = server.send_message(letter, self._settings.sender, missing)
        except (smtplib.SMTPException, OSError, ValueError) as trouble:
            raise _refusal(trouble) from None
        if refused:
            self._remember(message.key, taken | (frozenset(missing) - refused.keys()))
            raise _of_refused(refused)

    def _remember(self, key: str, taken: frozenset[str]) -> None:
        self._taken[key] = taken
        while len(self._taken) > MOST_REMEMBERED:
            self._taken.popitem(last=False)

    def _letter(self, message: Message, enclosed: Sequence[Enclosure]) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._settings.sender
        letter["To"] = ", ".join(self._settings.to)
        letter["Subject"] = self._texts.title(message)
        letter["Date"] = format_datetime(self._clock.now())
        letter["Message-ID"] = self._identity(f"key:{message.key}")
        if message.incident is not None:
            letter["References"] = self._identity(f"incident:{message.incident}")  # one thread per incident
        letter["Auto-Submitted"] = "auto-generated"  # holiday replies stay away
        letter["X-Idempotency-Key"] = message.key
        letter.set_content(self._texts.body(message) + "\n", cte="quoted-printable")
        for each in enclosed:
            maintype, _, subtype = each.media_type.partition("/")
            letter.add_attachment(each.data, maintype=maintype, subtype=subtype, filename=each.name)
        return letter

    def _identity(self, text: str) -> str:
        """The same for the same message: when it comes twice, a mail program shows it once."""
        domain = self._settings.sender.rpartition("@")[2].strip("[]") or "localhost"
        return f"<{hashlib.sha256(text.encode()).hexdigest()[:32]}@{domain}>"

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        """A connection that is ready to send, and is cut when the whole takes longer than ``timeout``."""
        server = self._server()
        cutter = threading.Timer(self._settings.timeout.total_seconds(), _cut, (server,))
        cutter.daemon = True
        cutter.start()
        try:
            server.connect(self._settings.host, self._settings.port)
            if self._settings.security is MailSecurity.STARTTLS:
                server.starttls(context=self._trust())
            if self._settings.username is not None and self._password is not None:
                server.login(self._settings.username, self._password)
            yield server
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()  # the message is taken: a rude farewell changes nothing
        finally:
            cutter.cancel()
            server.close()

    def _server(self) -> smtplib.SMTP:
        ours = socket.gethostname() or "localhost"  # otherwise smtplib asks a name server who we are
        seconds = self._settings.timeout.total_seconds()
        if self._settings.security is MailSecurity.TLS:
            return _BoundedTls(local_hostname=ours, timeout=seconds, context=self._trust())
        return _Bounded(local_hostname=ours, timeout=seconds)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file)


def _cut(server: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError):
        if server.sock is not None:
            server.sock.shutdown(socket.SHUT_RDWR)


class _Bounded(smtplib.SMTP):
    """smtplib, which would listen to an endless reply until memory is full."""

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        self._host = host  # whose certificate it must be; smtplib itself knows it only when its constructor connects
        return super().connect(host, port, source_address)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            assert self.sock is not None
            self.file = self.sock.makefile("rb")
        lines: list[bytes] = []
        for _ in range(MOST_REPLY_LINES):
            line = self.file.readline(MOST_REPLY_LINE_BYTES)
            code = line[:3]
            if not line.endswith(b"\n") or not code.isdigit():
                break
            lines.append(line[4:].strip(b" \t\r\n"))
            if line[3:4] != b"-":
                return int(code), b"\n".join(lines)
        self.close()
        raise smtplib.SMTPServerDisconnected("no reply that can be understood")


class _BoundedTls(_Bounded, smtplib.SMTP_SSL):
    """The same, secure from the first byte."""


def _refusal(trouble: Exception) -> DeliveryError:
    match trouble:
        case smtplib.SMTPRecipientsRefused():
            return _of_refused(trouble.recipients)
        case smtplib.SMTPAuthenticationError():
            return DeliveryError.temporary(f"SMTP {trouble.smtp_code}: the server does not accept our name and password")
        case smtplib.SMTPResponseException():
            return _of_code(trouble.smtp_code, trouble.smtp_error)
        case ssl.SSLCertVerificationError():
            return DeliveryError.temporary("its certificate is not to be trusted")
        case socket.gaierror():
            return DeliveryError.temporary("its name cannot be resolved")
        case TimeoutError():
            return DeliveryError.temporary("no answer in time")
        case _:
            return DeliveryError.temporary(f"mail server: {type(trouble).__name__}")


def _of_refused(refused: Mapping[str, tuple[int, bytes]]) -> DeliveryError:
    """While one of the refusals is temporary, trying again can help."""
    code, words = min(refused.values(), key=lambda each: each[0])
    return _of_code(code, words)


def _of_code(code: int, words: bytes | str) -> DeliveryError:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    sentence = f"SMTP {code}: {inert(text)[:120]}"
    is_for_ever = 500 <= code < 600 and code not in (530, 535, 538)
    return DeliveryError.permanent(sentence) if is_for_ever else DeliveryError.temporary(sentence)
