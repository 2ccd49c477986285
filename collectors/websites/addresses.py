"""Web addresses: taking them apart, joining redirects, telling own hosts from foreign ones. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

PORTS = {"http": 80, "https": 443}
SAFE = "%/:=&?~#+!$,;'@()*[]-._"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
LONGEST = 8000
"""Longer addresses are refused by nearly every server."""


@dataclass(frozen=True, slots=True)
class Address:
    """One web address. ``host`` is ASCII (IDNA), without brackets; ``url`` carries no credentials."""

    url: str
    scheme: str
    host: str
    port: int
    credentials: str | None = field(default=None, repr=False)

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def is_literal(self) -> bool:
        """Whether the host is an IP address: no name needs to be resolved."""
        return ":" in self.host or re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", self.host) is not None


def parse_address(text: str) -> Address:
    """Take an address apart. Raises ValueError with a sentence for the person who wrote it."""
    text = text.strip()
    if not text:
        raise ValueError("the address is empty")
    if len(text) > LONGEST:
        raise ValueError("the address is too long")
    if _CONTROL.search(text):
        raise ValueError("the address contains control characters")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as trouble:
        raise ValueError(f"not a web address: {trouble}") from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise ValueError("a web address begins with http:// or https://")
    if not host:
        raise ValueError("the address names no host")
    return _address(scheme, _ascii_host(host), port, parts.path, parts.query, parts.netloc)


def _address(scheme: str, host: str, port: int | None, path: str, query: str, netloc: str) -> Address:
    shown_host = f"[{host}]" if ":" in host else host
    shown = shown_host if port is None or port == PORTS[scheme] else f"{shown_host}:{port}"
    if port == 0:
        raise ValueError("port 0 does not exist")
    url = urlunsplit((scheme, shown, quote(path or "/", safe=SAFE), quote(query, safe=SAFE), ""))
    userinfo, at, _ = netloc.rpartition("@")
    return Address(url, scheme, host, port or PORTS[scheme], unquote(userinfo) if at else None)


def _ascii_host(host: str) -> str:
    """The host as it is asked for in DNS: lower case, IDNA; raises ValueError."""
    if re.fullmatch(r"[0-9A-Fa-f:.]+", host) and ":" in host:
        return host.lower()
    try:
        ascii_host = host.encode("ascii" if host.isascii() else "idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError("the host name cannot be written in DNS") from None
    trimmed = ascii_host.removesuffix(".")
    labels = trimmed.split(".")
    if len(trimmed) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the host name is not valid in DNS")
    return trimmed


def join(current: Address, location: str) -> Address:
    """The address a redirect leads to. Raises ValueError when no browser could follow it."""
    if re.match(r"https?:/*(?:[?#]|$)|https?:/{3}", location.strip(), re.IGNORECASE):
        raise ValueError("redirect cannot be followed: it names no host")
    try:
        return parse_address(urljoin(current.url, location.strip()))
    except ValueError as trouble:
        raise ValueError(f"redirect cannot be followed: {trouble}") from None


def is_own_host(asked: str, final: str, allowed: frozenset[str]) -> bool:
    """Whether ``final`` belongs to the site asked for: the same host, with or without www, one below the other, or allowed."""
    base = asked.removeprefix("www.")
    other = final.removeprefix("www.")
    if base == other or other.endswith("." + base) or base.endswith("." + other):
        return True
    return any(final == each or final.endswith("." + each) for each in allowed)
