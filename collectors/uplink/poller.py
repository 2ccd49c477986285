"""Is our own connection alive? It is when any of a few reference addresses accepts a TCP connection within two seconds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.uplink.metrics import CONNECT_SECONDS, REFERENCES_ANSWERING_RATIO
from command_centre.domain.ports import Clock
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import Target

LIMIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Sounding:
    """One try at all references: how many answered, and the seconds until the first did."""

    asked: int
    answering: int
    first_seconds: float | None

    @property
    def is_lost(self) -> bool:
        return self.asked > 0 and self.answering == 0


class UplinkPoller:
    """Implements the Poller port for our own uplink, and answers the question of every other collector: is it us?"""

    def __init__(self, references: Sequence[str], clock: Clock) -> None:
        """``references`` as ``host:port``. Without any, the uplink counts as there: nothing is known against it."""
        self._references = tuple(_host_and_port(each) for each in references)
        self._clock = clock
        self._asking = asyncio.Lock()
        self._known: tuple[float, Sounding] | None = None

    async def poll(self, target: Target) -> Reading:
        """UP when any reference answers, DOWN when none does, UNKNOWN when none is named."""
        taken_at = self._clock.now()
        if not self._references:
            return Reading(target.key, taken_at, Status.UNKNOWN, Reason.NO_ADDRESS, "no reference address is named")
        sounding = await self._sound()
        values = _values(sounding)
        if sounding.is_lost:
            detail = f"none of {sounding.asked} reference addresses answers within {LIMIT_SECONDS:.0f} s"
            return Reading(target.key, taken_at, Status.DOWN, Reason.OWN_UPLINK, detail, values)
        detail = f"{sounding.answering} of {sounding.asked} reference addresses answer"
        return Reading(target.key, taken_at, Status.UP, Reason.OK, detail, values)

    async def is_lost(self) -> bool:
        """Whether our own connection is lost *now*: only a try that began after the question is an answer to it.

        An older one would clear the uplink of a failure that came later. Many may ask at once: one of them looks for all.
        """
        if not self._references:
            return False
        asked_at = time.monotonic()
        async with self._asking:
            if self._known is None or self._known[0] < asked_at:
                await self._sound()
            assert self._known is not None
            return self._known[1].is_lost

    async def close(self) -> None:
        """Nothing is held open."""

    async def _sound(self) -> Sounding:
        begun = time.monotonic()
        results = await asyncio.gather(*(_connect(host, port) for host, port in self._references))
        answered = [seconds for seconds in results if seconds is not None]
        sounding = Sounding(len(results), len(answered), min(answered, default=None))
        self._known = (begun, sounding)
        return sounding


def _values(sounding: Sounding) -> dict[MetricName, float]:
    values = {REFERENCES_ANSWERING_RATIO: sounding.answering / sounding.asked}
    if sounding.first_seconds is not None:
        values[CONNECT_SECONDS] = sounding.first_seconds
    return values


async def _connect(host: str, port: int) -> float | None:
    """Seconds to a TCP connection; None when there was none in time."""
    begun = time.perf_counter()
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return None
    seconds = time.perf_counter() - begun
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return seconds


def _host_and_port(reference: str) -> tuple[str, int]:
    host, separator, port = reference.rpartition(":")
    if not separator or not port.isdigit() or not 0 < int(port) < 65536 or not host.strip("[]"):
        raise ValueError(f"'{reference[:60]}' is not host:port")
    return host.strip("[]"), int(port)
