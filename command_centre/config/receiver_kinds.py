"""What each kind of receiver wants to know. One entry of ``receivers`` in ``config.yaml`` is a name, a kind, and these keys.

Whatever is a password, a token or an address that carries one is a reference (``env:NAME``, ``file:path``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from command_centre.config.durations import Duration
from command_centre.config.model import Line, Section, WholeNumber
from command_centre.config.secret import Secret

MOST_RECIPIENTS = 20


def _mailbox(text: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;:\"]+@[A-Za-z0-9.\-\[\]:]+", text):
        raise ValueError("must be one e-mail address, such as piket@example.go.id")
    return text


def _web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", text):
        raise ValueError("must be a web address without a user name, such as https://gateway.example/send")
    return text


def _header_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", text):
        raise ValueError("must be the name of an HTTP header")
    return text


Mailbox = Annotated[Line, AfterValidator(_mailbox)]
WebAddress = Annotated[Line, AfterValidator(_web_address)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
Scalar = str | int | float | bool


class MailSecurity(StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class EmailSettings(Section):
    """A mailbox, through a mail server (SMTP)."""

    host: Line
    port: WholeNumber = Field(default=587, ge=1, le=65535)
    security: MailSecurity = MailSecurity.STARTTLS
    username: Line | None = None
    password: Secret | None = None
    sender: Mailbox
    to: tuple[Mailbox, ...] = Field(min_length=1, max_length=MOST_RECIPIENTS)
    ca_file: Line | None = None  # a certificate authority of our own, for a mail server inside the house
    timeout: Duration = timedelta(seconds=20)

    @model_validator(mode="after")
    def _password_is_protected(self) -> EmailSettings:
        if (self.username is None) is not (self.password is None):
            raise ValueError("username and password belong together")
        if self.password is not None and self.security is MailSecurity.NONE:
            raise ValueError("a password must not travel unprotected: security must be starttls or tls")
        return self


class TelegramSettings(Section):
    """A Telegram chat, through the bot interface."""

    token: Secret
    chat: Line  # number of a person, group or channel, or @name
    api: WebAddress = "https://api.telegram.org"
    timeout: Duration = timedelta(seconds=15)


class Expected(Section):
    """One thing that must be so in the body of an answer: at ``path`` (JSONPath) stands ``equals``."""

    path: Line
    equals: Scalar


class WhatsAppSettings(Section):
    """A WhatsApp gateway: any that takes one HTTP request and answers with JSON.

    ``fields`` are sent as a form or as JSON; ``{to}``, ``{text}``, ``{key}`` in them are replaced. Such gateways answer 200 to
    everything: only ``accepted`` says whether a message was taken.
    """

    url: WebAddress
    to: Line
    fields: Mapping[str, Scalar] = Field(default_factory=lambda: {"target": "{to}", "message": "{text}"}, min_length=1)
    as_json: bool = True
    token: Secret | None = None
    token_header: HeaderName = "Authorization"  # noqa: S105 - a name, no token
    token_prefix: str = Field(default="", max_length=20)
    accepted: tuple[Expected, ...] = Field(default=(Expected(path="$.status", equals=True),), min_length=1)
    error_path: Line | None = "$.reason"
    timeout: Duration = timedelta(seconds=15)


class WebhookSettings(Section):
    """A program: one POST with JSON per message, signed when a secret is given."""

    url: WebAddress
    secret: Secret | None = None
    token: Secret | None = None  # sent as "Authorization: Bearer …"
    ca_file: Line | None = None
    timeout: Duration = timedelta(seconds=10)


class AppriseSettings(Section):
    """Anything else: one of the services that the library Apprise knows, by its address (which carries secrets)."""

    url: Secret
    timeout: Duration = timedelta(seconds=30)


class LogSettings(Section):
    """The program's own log, or a file with one JSON object per line: for trying out, and for the demo."""

    file: Line | None = None


RECEIVER_KINDS: Mapping[str, type[Section]] = MappingProxyType(
    {
        "email": EmailSettings,
        "telegram": TelegramSettings,
        "whatsapp": WhatsAppSettings,
        "webhook": WebhookSettings,
        "apprise": AppriseSettings,
        "log": LogSettings,
    }
)
"""The catalogue: the word for ``kind``, and what that kind wants to know."""
