"""Sources: from the configuration to running sweeps and listeners, each handing its readings on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from collectors import KINDS, Kind, ListenerKind
from collectors.hotspots_mqtt.options import SELF_KEY
from collectors.uplink.poller import UplinkPoller
from command_centre.app.keeping import Plan
from command_centre.app.sweep import AlwaysThere, Pace, Sweep, Uplink
from command_centre.domain.ports import Clock, Listener
from command_centre.domain.quarantine import Stranger
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
NoteStrangers = Callable[[str, Sequence[Stranger]], None]

STRANGERS_EVERY = timedelta(seconds=10)


@runtime_checkable
class HearsStrangers(Protocol):
    """A listener that may hear devices of no register."""

    def take_strangers(self) -> Sequence[Stranger]: ...


class Sources:
    """Builds what the configuration names. ``place`` is where the simulated city is; None in live mode."""

    def __init__(self, place: DemoPlace | None, offer: Offer, put: Put, clock: Clock, note: NoteStrangers) -> None:
        self._place = place
        self._offer = offer
        self._put = put
        self._clock = clock
        self._note = note

    def plans(self, config: Config) -> dict[str, Plan]:
        """What shall run, by name. Every sweep asks the same uplink poller before it believes a failure."""
        references = self._place.references if self._place is not None else config.uplink.references
        uplink = UplinkPoller(references, self._clock) if references else None
        plans: dict[str, Plan] = {}
        if uplink is not None:
            plans["uplink"] = Plan((references, config.uplink), partial(self._uplink_sweep, uplink, config))
        for collector in config.collectors:
            targets = self._targets(config, KINDS[collector.kind])
            depends = (collector, targets, references, config.city)
            plans[collector.kind] = Plan(depends, partial(self._source, collector, targets, config, uplink or AlwaysThere()))
        return plans

    def _source(self, collector: Collector, targets: Sequence[Target], config: Config, uplink: Uplink) -> Sweep | KeptListener:
        kind, settings = KINDS[collector.kind], self._settings_of(collector)
        if isinstance(kind, ListenerKind):
            return KeptListener(kind.name, kind.build(settings, self._clock, targets), len(targets), self._put, self._note)
        poller = kind.build(settings, self._clock, config.city.contact or "", timeout=collector.timeout)
        pace = Pace(collector.every, collector.timeout, collector.at_once, collector.retry_after)
        return Sweep(kind.name, poller, targets, pace, self._clock, self._offer, uplink)

    def _uplink_sweep(self, poller: UplinkPoller, config: Config) -> Sweep:
        target = Target(
            UPLINK_KEY, TargetKind.SELF, "Sambungan keluar", "Sambungan", "", "sendiri", Place(), None, config.uplink.every
        )
        pace = Pace(config.uplink.every, UPLINK_TIMEOUT, at_once=1, retry_after=UPLINK_RETRY)
        return Sweep("uplink", poller, [target], pace, self._clock, self._offer, AlwaysThere())

    def _targets(self, config: Config, kind: Kind) -> tuple[Target, ...]:
        """The valid targets of a kind; a poller gets those that have an address to ask."""
        today = self._clock.now().astimezone(config.zone).date()
        valid = (each for each in config.targets if each.kind is kind.target_kind and each.is_valid_on(today))
        return tuple(each for each in valid if isinstance(kind, ListenerKind) or each.address is not None)

    def _settings_of(self, collector: Collector) -> BaseModel:
        """The collector's own settings; in the demo with the addresses of the city, the only thing that differs."""
        if self._place is None:
            return collector.settings
        from command_centre.demo.place import demo_settings

        own = dict(collector.settings)
        return type(collector.settings).model_validate({**own, **demo_settings(collector.kind, self._place)})


class KeptListener:
    """A listener as the writer keeps it running. ``size`` is the number of targets that may speak."""

    may_overlap = False  # the broker knows one client of our name: the second one would push out the first

    def __init__(self, name: str, listener: Listener, size: int, put: Put, note: NoteStrangers) -> None:
        self.name = name
        self.size = size
        self._listener = listener
        self._put = put
        self._note = note
        self._halt = asyncio.Event()

    async def run(self, since: float | None = None) -> None:
        """Listen until ``stop`` is called. A listener never ends by itself unless something is wrong: then this raises."""
        del since  # what was told meanwhile waits at the broker
        listening = asyncio.create_task(self._listener.listen(self._emit))
        halting = asyncio.create_task(self._halt.wait())
        noting = asyncio.create_task(self._note_strangers())
        try:
            await asyncio.wait({listening, halting}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                listening.result()
        finally:
            for task in (listening, halting, noting):
                task.cancel()
            await asyncio.gather(listening, halting, noting, return_exceptions=True)

    def stop(self) -> None:
        self._halt.set()

    async def finish(self) -> float | None:
        """What was told and not yet acknowledged is told again to the next listener."""
        self._halt.set()
        return None

    async def close(self) -> None:
        """A cancelled listener has given back what it held."""

    async def _note_strangers(self) -> None:
        while isinstance(self._listener, HearsStrangers):
            await asyncio.sleep(STRANGERS_EVERY.total_seconds())
            self._note(self.name, self._listener.take_strangers())

    async def _emit(self, reading: Reading) -> None:
        try:
            await self._put(reading)
        except ReadingRefused as refused:
            # Acknowledged all the same: a message that can never be stored would come again for ever.
            log.error("%s: %s", self.name, refused)
