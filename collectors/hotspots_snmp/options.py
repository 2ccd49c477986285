"""What the SNMP poller is told: plain frozen data, so that a probe starts without the configuration libraries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SNMP_PORT = 161


class Version(StrEnum):
    """Protocol versions, written as on the command line."""

    V1 = "1"
    V2C = "2c"
    V3 = "3"


class Level(StrEnum):
    """SNMPv3 security levels (RFC 3411)."""

    NO_AUTH = "noAuthNoPriv"
    AUTH = "authNoPriv"
    PRIV = "authPriv"


class AuthProtocol(StrEnum):
    """SNMPv3 authentication protocols (RFC 3414, RFC 7860)."""

    MD5 = "MD5"
    SHA = "SHA"
    SHA224 = "SHA-224"
    SHA256 = "SHA-256"
    SHA384 = "SHA-384"
    SHA512 = "SHA-512"


class PrivProtocol(StrEnum):
    """SNMPv3 privacy protocols (RFC 3414, RFC 3826; the longer AES keys as most vendors do it)."""

    DES = "DES"
    AES = "AES"
    AES192 = "AES-192"
    AES256 = "AES-256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are to the agent. Community and passwords are secret: they have no place in a ``repr``."""

    version: Version = Version.V2C
    community: str = field(default="public", repr=False)
    user: str = ""
    level: Level = Level.NO_AUTH
    auth_protocol: AuthProtocol = AuthProtocol.SHA
    auth_password: str = field(default="", repr=False)
    priv_protocol: PrivProtocol = PrivProtocol.AES
    priv_password: str = field(default="", repr=False)
    context: str = ""

    def secrets(self) -> tuple[str, ...]:
        """What must never be printed."""
        community = (self.community,) if self.version is not Version.V3 else ()
        return tuple(secret for secret in (*community, self.auth_password, self.priv_password) if secret)


@dataclass(frozen=True, slots=True)
class Options:
    """How hotspots are asked.

    ``timeout_seconds`` is the patience with one request, which is repeated ``retries`` times; ``look_seconds`` is the patience
    with one device: what has not answered by then is left out and the reading is partial. ``discover_seconds`` is how long a
    device's tables are taken to stay as they were. ``named`` holds further credentials by name: a target picks one with its
    attribute ``snmp`` and is otherwise asked with ``credentials``.
    """

    credentials: Credentials = Credentials()
    named: Mapping[str, Credentials] = field(default_factory=dict)
    timeout_seconds: float = 2.0
    retries: int = 2
    look_seconds: float = 12.0
    discover_seconds: float = 3600.0
    slow_seconds: float = 0.5
    max_rows: int = 2000
    max_requests: int = 600
    pdu_objects: int = 40
    bulk_rows: int = 25
    interval_seconds: float = 60.0
    kept_sessions: int = 2000
