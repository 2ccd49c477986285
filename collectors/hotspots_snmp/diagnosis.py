"""Why an agent that is there does not answer us. Asked only when a look brought nothing, never in a sweep's ordinary round.

The polling library sees version 3 failures as one error or as silence, and every error status as an empty answer. net-snmp
(through ezsnmp) reads the agent's report or status and names it; it is asked once, in a thread, for one object.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from types import MappingProxyType

from collectors.hotspots_snmp.asking import Door
from collectors.hotspots_snmp.contexts import net_snmp_session
from collectors.hotspots_snmp.options import Credentials
from collectors.hotspots_snmp.standard import SYS_UPTIME
from command_centre.domain.reading import Reason

log = logging.getLogger(__name__)

_SAYINGS: Mapping[str, Reason] = MappingProxyType(
    {
        "unknown user name": Reason.UNKNOWN_USER,
        "authentication failure": Reason.AUTH,
        "unsupported security level": Reason.AUTH,
        "not in time window": Reason.ENGINE_TIME,
        "decryption error": Reason.WRONG_PRIV,
        "authorizationerror": Reason.AUTHORIZATION,
        "noaccess": Reason.AUTHORIZATION,
        "generror": Reason.PROTOCOL_ERROR,
        "timeout": Reason.TIMEOUT,
    }
)


async def second_opinion(door: Door, credentials: Credentials, timeout: float) -> Reason | None:
    """What net-snmp says of this agent and these credentials; None when it got an answer, or says nothing we know."""
    try:
        async with asyncio.timeout(2 * timeout + 1):
            return await asyncio.to_thread(_ask_net_snmp, door, credentials, timeout)
    except TimeoutError:
        return Reason.TIMEOUT


def _ask_net_snmp(door: Door, credentials: Credentials, timeout: float) -> Reason | None:
    import ezsnmp  # type: ignore[import-untyped]

    try:
        net_snmp_session(door.host, door.port, credentials, timeout).get([SYS_UPTIME])
    except ezsnmp.GenericError as trouble:
        return _read(str(trouble))
    except Exception as trouble:  # noqa: BLE001 - a diagnosis may fail, the reading must not
        log.debug("no second opinion: %s", type(trouble).__name__)
    return None


def _read(text: str) -> Reason | None:
    lower = text.lower()
    return next((reason for saying, reason in _SAYINGS.items() if saying in lower), None)
