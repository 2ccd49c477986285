"""SNMPv3 with a context name. The polling library knows none, so these few devices are asked through net-snmp (ezsnmp).

Slower by an order of magnitude, and only used where credentials name a context: agents that stand for several devices.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from gufo.snmp import SnmpAuthError, SnmpDecodeError

from collectors.hotspots_snmp.options import Credentials, Level, Version
from collectors.hotspots_snmp.values import Value

_ABSENT = ("NOSUCH", "ENDOFMIB")
_ACCESS = ("authentication failure", "unknown user", "not in time window", "decryption", "security level", "authorizationerror")
_NUMERICAL: Mapping[str, bool] = MappingProxyType(
    {
        "print_enums_numerically": True,
        "print_full_oids": True,
        "print_oids_numerically": True,
        "print_timeticks_numerically": True,
        "print_hex_strings": True,
    }
)


def net_snmp_session(host: str, port: int, credentials: Credentials, timeout: float) -> Any:
    """A session of net-snmp's for one device, without repeats of its own. Raises ezsnmp.GenericError."""
    import ezsnmp  # type: ignore[import-untyped]

    return ezsnmp.Session(
        hostname=host,
        port_number=str(port),
        version=credentials.version.value,
        community=credentials.community,
        timeout=f"{timeout:.2f}",
        retries=0,
        **_version_3(credentials),
        **_NUMERICAL,
    )


def _version_3(credentials: Credentials) -> dict[str, str]:
    if credentials.version is not Version.V3:
        return {}
    keys = {
        "security_username": credentials.user,
        "security_level": credentials.level.value,
        "context": credentials.context,
    }
    if credentials.level is not Level.NO_AUTH:
        keys |= {"auth_protocol": credentials.auth_protocol.value, "auth_passphrase": credentials.auth_password}
    if credentials.level is Level.PRIV:
        keys |= {"privacy_protocol": credentials.priv_protocol.value, "privacy_passphrase": credentials.priv_password}
    return keys


class ContextSession:
    """The part of the polling library's session that is used here, for one device in one context."""

    def __init__(self, host: str, port: int, credentials: Credentials, timeout: float) -> None:
        self._place = (host, port, credentials, timeout)
        self._net_snmp: Any = None

    async def refresh(self) -> None:
        """net-snmp greets by itself."""

    def get_engine_id(self) -> bytes:
        """Not told."""
        return b""

    async def get_many(self, oids: Iterable[str]) -> dict[str, Value]:
        """The values of these objects; those that do not exist are left out."""
        return dict(await asyncio.to_thread(self._ask, "get", list(oids)))

    def getbulk(self, oid: str, max_repetitions: int | None = None) -> AsyncIterator[tuple[str, Value]]:
        """The rows below ``oid``, fetched in one go."""
        del max_repetitions
        return self._rows(oid)

    def getnext(self, oid: str) -> AsyncIterator[tuple[str, Value]]:
        """The rows below ``oid``, fetched in one go."""
        return self._rows(oid)

    async def _rows(self, oid: str) -> AsyncIterator[tuple[str, Value]]:
        for row in await asyncio.to_thread(self._ask, "bulk_walk", oid):
            yield row

    def _ask(self, how: str, what: list[str] | str) -> list[tuple[str, Value]]:
        import ezsnmp

        try:
            if self._net_snmp is None:
                self._net_snmp = net_snmp_session(*self._place)
            found = getattr(self._net_snmp, how)(what)
        except ezsnmp.TimeoutError as trouble:
            raise TimeoutError from trouble
        except ezsnmp.GenericError as trouble:
            text = str(trouble).lower()
            raise (SnmpAuthError(text) if any(saying in text for saying in _ACCESS) else SnmpDecodeError(text)) from None
        return [(_name(one), _value(one)) for one in found if not str(one.type).startswith(_ABSENT)]


def _name(found: Any) -> str:
    return f"{found.oid}.{found.index}".lstrip(".").rstrip(".")


def _value(found: Any) -> Value:
    """As the polling library hands values over; TimeTicks come with their number for a type."""
    kind, text = str(found.type), str(found.value)
    if kind == "OID":
        return text.lstrip(".")
    if kind == "Hex-STRING":
        return bytes.fromhex("".join(text.split()))
    try:
        return int(text)
    except ValueError:
        return text.encode()
