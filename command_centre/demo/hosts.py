"""The hosts of the simulated city: which names there are, where each answers, and how it treats HTTPS. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit

from command_centre.domain.target import Target, TargetKey

FOREIGN_HOST = "hadiah-kilat.example"
"""Where a hijacked site leads: a name that can never exist outside (RFC 2606), answered by the city itself."""

HTTP, HTTPS = 80, 443


class HttpsUse(Enum):
    """How a host treats HTTPS. Many real sites of the city are listed with http:// only."""

    NONE = auto()  # nobody listens on the HTTPS port
    OFFERED = auto()  # both answer; http:// is not redirected
    REDIRECTED = auto()  # http:// leads to https:// on the same host


@dataclass(frozen=True, slots=True)
class Host:
    """One name of the city. ``address`` is its own loopback address; ``targets`` are the register's sites on it."""

    name: str
    title: str
    address: str
    https: HttpsUse
    targets: tuple[TargetKey, ...]


def hosts_of(targets: Sequence[Target]) -> tuple[Host, ...]:
    """One host per name in the register's addresses, each with a loopback address of its own, in order of name."""
    named: dict[str, list[Target]] = {}
    for target in targets:
        name = host_name(target.address)
        if name is not None:
            named.setdefault(name, []).append(target)
    hosts = [
        Host(name, named[name][0].name, _address(index), _https_use(name, named[name]), tuple(each.key for each in named[name]))
        for index, name in enumerate(sorted(named))
    ]
    return (*hosts, Host(FOREIGN_HOST, "Hadiah Kilat", _address(len(hosts)), HttpsUse.OFFERED, ()))


def host_name(address: str | None) -> str | None:
    """The host of an address in small letters and ASCII; None where there is no address."""
    name = urlsplit(address).hostname if address else None
    return name.encode("idna").decode("ascii") if name else None


def connect_to(targets: Sequence[Target], http_port: int, https_port: int) -> dict[int, int]:
    """Which port of the city stands for which port of an address. 80 and 443 always; others where the register names them."""
    ports = {HTTP: http_port, HTTPS: https_port}
    for target in targets:
        parts = urlsplit(target.address or "")
        if parts.port is not None:
            ports.setdefault(parts.port, https_port if parts.scheme == "https" else http_port)
    return ports


def share(*words: str) -> float:
    """A number in [0, 1) that depends on the words alone: the city's only source of chance."""
    digest = hashlib.blake2b("\x1f".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def _address(index: int) -> str:
    return f"127.77.{index // 250 + 1}.{index % 250 + 1}"


def _https_use(name: str, targets: Sequence[Target]) -> HttpsUse:
    if any(urlsplit(each.address or "").scheme == "https" for each in targets):
        return HttpsUse.REDIRECTED
    drawn = share(name, "https")
    if drawn < 0.15:
        return HttpsUse.NONE
    return HttpsUse.OFFERED if drawn < 0.20 else HttpsUse.REDIRECTED
