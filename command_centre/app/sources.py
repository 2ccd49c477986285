"""Sources: from the configuration to running sweeps and listeners, each handing its readings on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from collectors import KINDS, CollectorKind, ListenerKind
from collectors.hotspots_mqtt.options import SELF_KEY
from collectors.uplink.poller import UplinkPoller
from command_centre.app.sweep import AlwaysThere, Pace, Sweep, Uplink
from command_centre.domain.ports import Clock, Listener
from command_centre.domain.reading import Reading
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from command_centre.pipeline.inbox import ReadingRefused

if TYPE_CHECKING:
    from pydantic import BaseModel

    from command_centre.config.model import Collector, Config
    from command_centre.demo.place import DemoPlace

log = logging.getLogger(__name__)

UPLINK_KEY = TargetKey("sendiri:uplink")
UPLINK_TIMEOUT = timedelta(seconds=2)
UPLINK_RETRY = timedelta(seconds=1)
MQTT_KEY = TargetKey(SELF_KEY)

Offer = Callable[[Reading], object]
Put = Callable[[Reading], Awaitable[None]]


def sweeps(config: Config, place: DemoPlace | None, offer: Offer, clock: Clock) -> list[Sweep]:
    """One sweep per polling collector, and one for our own uplink, which all others ask before they believe a failure."""
    references = place.references if place is not None else config.uplink.references
    uplink: Uplink = AlwaysThere()
    made: list[Sweep] = []
    if references:
        poller = UplinkPoller(references, clock)
        uplink = poller
        pace = Pace(config.uplink.every, UPLINK_TIMEOUT, at_once=1, retry_after=UPLINK_RETRY)
        made.append(Sweep("uplink", poller, [_uplink_target(config)], pace, clock, offer, AlwaysThere()))
    for collector in config.collectors:
        kind = KINDS[collector.kind]
        if isinstance(kind, CollectorKind):
            made.append(_sweep_of(kind, collector, config, place, offer, clock, uplink))
    return made


def listeners(config: Config, place: DemoPlace | None, put: Put, clock: Clock) -> list[KeptListener]:
    """One listener per listening collector."""
    made = []
    for collector in config.collectors:
        kind = KINDS[collector.kind]
        if isinstance(kind, ListenerKind):
            targets = _valid_targets(config, kind.target_kind, clock)
            listener = kind.build(_settings_of(collector, place), clock, targets)
            made.append(KeptListener(kind.name, listener, len(targets), put))
    return made


@dataclass(frozen=True, slots=True)
class KeptListener:
    """A listener as the writer keeps it running. ``size`` is the number of targets that may speak."""

    name: str
    listener: Listener
    size: int
    put: Put

    async def run(self, stop: asyncio.Event) -> None:
        listening = asyncio.create_task(self.listener.listen(self._emit))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()  # it never ends by itself unless something is wrong: let the keeper see what
        finally:
            for task in (listening, stopping):
                task.cancel()
            await asyncio.gather(listening, stopping, return_exceptions=True)

    async def close(self) -> None:
        """A cancelled listener has given back what it held."""

    async def _emit(self, reading: Reading) -> None:
        try:
            await self.put(reading)
        except ReadingRefused as refused:
            # Acknowledged all the same: a message that can never be stored would come again for ever.
            log.error("%s: %s", self.name, refused)


def _sweep_of(
    kind: CollectorKind,
    collector: Collector,
    config: Config,
    place: DemoPlace | None,
    offer: Offer,
    clock: Clock,
    uplink: Uplink,
) -> Sweep:
    poller = kind.build(_settings_of(collector, place), clock, config.city.contact or "", timeout=collector.timeout)
    targets = [each for each in _valid_targets(config, kind.target_kind, clock) if each.address is not None]
    pace = Pace(collector.every, collector.timeout, collector.at_once, collector.retry_after)
    return Sweep(collector.kind, poller, targets, pace, clock, offer, uplink)


def _valid_targets(config: Config, kind: TargetKind, clock: Clock) -> Sequence[Target]:
    today = clock.now().astimezone(config.zone).date()
    return [each for each in config.targets if each.kind is kind and each.is_valid_on(today)]


def _settings_of(collector: Collector, place: DemoPlace | None) -> BaseModel:
    """The collector's own settings; in the demo with the addresses of the simulated city, the only thing that differs."""
    if place is None:
        return collector.settings
    from command_centre.demo.place import demo_settings

    return type(collector.settings).model_validate({**dict(collector.settings), **demo_settings(collector.kind, place)})


def _uplink_target(config: Config) -> Target:
    return Target(UPLINK_KEY, TargetKind.SELF, "Sambungan keluar", "Sambungan", "", "sendiri", Place(), None, config.uplink.every)
