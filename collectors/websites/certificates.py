"""Certificates as libcurl hands them over, also when the verification has failed. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from collectors.websites.shown import clean

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) GMT")


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of the chain a server sent, fit to be shown. A field the server garbled is empty or None."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime | None
    not_after: datetime | None
    sha256: str


MAX_REMEMBERED = 4096
MAX_NAME = 300
MAX_NAMES = 200


class CertificateReader:
    """Reads chains, and remembers the certificates it has read: the same few come back at every look."""

    def __init__(self) -> None:
        self._read: OrderedDict[bytes, Certificate] = OrderedDict()

    def chain(self, info: Sequence[Iterable[tuple[bytes, bytes]]]) -> tuple[Certificate, ...]:
        """The chain as sent, the site's own certificate first. ``info`` is libcurl's CERTINFO, raw."""
        return tuple(self._remembered(dict(fields)) for fields in info)

    def _remembered(self, fields: dict[bytes, bytes]) -> Certificate:
        pem = fields.get(b"Cert", b"")
        known = self._read.get(pem)
        if known is not None and pem:
            return known
        certificate = _certificate(fields)
        self._read[pem] = certificate
        if len(self._read) > MAX_REMEMBERED:
            self._read.popitem(last=False)
        return certificate


def _certificate(fields: dict[bytes, bytes]) -> Certificate:
    return Certificate(
        subject=_name(fields.get(b"Subject", b"")),
        issuer=_name(fields.get(b"Issuer", b"")),
        names=_names(_text(fields.get(b"X509v3 Subject Alternative Name", b""))),
        not_before=_moment(_text(fields.get(b"Start date", b""))),
        not_after=_moment(_text(fields.get(b"Expire date", b""))),
        sha256=_fingerprint(fields.get(b"Cert", b"")),
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _name(raw: bytes) -> str:
    """``C=ID; O=Pemerintah; CN=example``, escapes of OpenSSL undone where they are plain bytes."""
    unescaped = re.sub(rb"\\x([0-9A-Fa-f]{2})", lambda match: bytes([int(match.group(1), 16)]), raw)
    return clean(_text(unescaped), MAX_NAME)


def _names(text: str) -> tuple[str, ...]:
    """``DNS:a, IP Address:127.0.0.1`` as the bare names."""
    names = (clean(part.partition(":")[2], MAX_NAME) for part in text.split(",") if ":" in part)
    return tuple(islice(names, MAX_NAMES))


def _moment(text: str) -> datetime | None:
    match = _DATE.search(text)
    if not match:
        return None
    month, day, hour, minute, second, year = match.groups()
    try:
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC)
    except ValueError:
        return None


def _fingerprint(pem: bytes) -> str:
    body = b"".join(line for line in pem.splitlines() if not line.startswith(b"-----"))
    try:
        return hashlib.sha256(base64.b64decode(body, validate=True)).hexdigest() if body else ""
    except (binascii.Error, ValueError):
        return ""


def common_name(name: str) -> str:
    """The CN of a subject or issuer, or the whole name where it has none."""
    match = re.search(r"(?:^|[;,]\s*)CN\s*=\s*(.+?)(?=\s*[;,]\s*[A-Za-z0-9.]+\s*=|$)", name)
    return match.group(1).strip() if match else name


def first_expiry(chain: Sequence[Certificate]) -> datetime | None:
    """When the first certificate of the chain expires: an expired intermediate breaks the site as well."""
    moments = [each.not_after for each in chain if each.not_after is not None]
    return min(moments) if moments else None
