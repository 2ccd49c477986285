"""The eyes: one package per kind of source, all shaped alike. ``KINDS`` is the catalogue: adding a kind is adding one entry here.

A probe must start in a fraction of a second, and importing any collector imports this file: so the catalogue knows *where* the
settings (pydantic) and the poller (libcurl) are, and fetches them when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from collectors.e_services.metrics import METRICS as SERVICE_METRICS
from collectors.hotspots_mqtt.metrics import METRICS as MQTT_METRICS
from collectors.hotspots_snmp.metrics import METRICS as SNMP_METRICS
from collectors.uplink.metrics import METRICS as UPLINK_METRICS
from collectors.websites.metrics import METRICS as WEBSITE_METRICS
from command_centre.domain.ports import Clock, Listener, Poller
from command_centre.domain.series import Metric
from command_centre.domain.target import Target, TargetKind

if TYPE_CHECKING:
    from pydantic import BaseModel

DEFAULT_TIMEOUT = timedelta(seconds=10)


class ClosablePoller(Poller, Protocol):
    """A poller that holds sockets or caches; ``close`` gives them back. It may be called twice."""

    async def close(self) -> None: ...


class Build(Protocol):
    """Makes one poller from settings of the kind's own class. Touches neither network nor disk."""

    def __call__(self, settings: Any, clock: Clock, contact: str, *, timeout: timedelta = DEFAULT_TIMEOUT) -> ClosablePoller: ...


class BuildListener(Protocol):
    """Makes one listener from settings of the kind's own class, for the targets that may speak. Touches no network."""

    def __call__(self, settings: Any, clock: Clock, targets: Sequence[Target]) -> Listener: ...


@dataclass(frozen=True, slots=True)
class CollectorKind:
    """One kind of source that is asked.

    ``target_kind`` is what it looks at. ``metrics`` are all quantities its readings may carry. ``settings`` is the pydantic class
    of its own keys in ``config.yaml``; ``build`` makes a poller from an instance of it, the clock, a contact for the owners of
    the targets (an e-mail or web address, may be empty) and the time one look may take.
    """

    name: str
    target_kind: TargetKind
    metrics: tuple[Metric, ...]
    load_settings: Callable[[], type[BaseModel]]
    build: Build

    @property
    def settings(self) -> type[BaseModel]:
        """The pydantic class of this kind's own settings."""
        return self.load_settings()


@dataclass(frozen=True, slots=True)
class ListenerKind:
    """One kind of source that speaks by itself. Its fields mean what those of ``CollectorKind`` mean."""

    name: str
    target_kind: TargetKind
    metrics: tuple[Metric, ...]
    load_settings: Callable[[], type[BaseModel]]
    build: BuildListener

    @property
    def settings(self) -> type[BaseModel]:
        """The pydantic class of this kind's own settings."""
        return self.load_settings()


Kind: TypeAlias = CollectorKind | ListenerKind


def _website_settings() -> type[BaseModel]:
    from collectors.websites.settings import WebsiteSettings

    return WebsiteSettings


def _build_websites(settings: Any, clock: Clock, contact: str, *, timeout: timedelta = DEFAULT_TIMEOUT) -> ClosablePoller:
    from collectors.websites.poller import WebsitePoller

    return WebsitePoller(settings.options(contact, timeout), clock)


def _uplink_settings() -> type[BaseModel]:
    from collectors.uplink.settings import UplinkSettings

    return UplinkSettings


def _build_uplink(settings: Any, clock: Clock, contact: str, *, timeout: timedelta = DEFAULT_TIMEOUT) -> ClosablePoller:
    from collectors.uplink.poller import UplinkPoller

    del contact, timeout  # nobody is asked for a page, and the answer is due within two seconds anyway
    return UplinkPoller(settings.references, clock)


def _snmp_settings() -> type[BaseModel]:
    from collectors.hotspots_snmp.settings import SnmpSettings

    return SnmpSettings


def _build_snmp(settings: Any, clock: Clock, contact: str, *, timeout: timedelta = DEFAULT_TIMEOUT) -> ClosablePoller:
    from collectors.hotspots_snmp import kind

    return kind.build(settings, clock, contact, timeout=timeout)


def _mqtt_settings() -> type[BaseModel]:
    from collectors.hotspots_mqtt.settings import MqttSettings

    return MqttSettings


def _build_mqtt(settings: Any, clock: Clock, targets: Sequence[Target]) -> Listener:
    from collectors.hotspots_mqtt import kind

    return kind.build(settings, clock, targets)


def _service_settings() -> type[BaseModel]:
    from collectors.e_services import kind

    return kind.load_settings()


def _build_services(settings: Any, clock: Clock, contact: str, *, timeout: timedelta = DEFAULT_TIMEOUT) -> ClosablePoller:
    from collectors.e_services import kind

    return kind.build(settings, clock, contact, timeout=timeout)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "websites": CollectorKind("websites", TargetKind.SITE, WEBSITE_METRICS, _website_settings, _build_websites),
        "uplink": CollectorKind("uplink", TargetKind.SELF, UPLINK_METRICS, _uplink_settings, _build_uplink),
        "hotspots_snmp": CollectorKind("hotspots_snmp", TargetKind.HOTSPOT, SNMP_METRICS, _snmp_settings, _build_snmp),
        "e_services": CollectorKind("e_services", TargetKind.SERVICE, SERVICE_METRICS, _service_settings, _build_services),
        "hotspots_mqtt": ListenerKind("hotspots_mqtt", TargetKind.HOTSPOT, MQTT_METRICS, _mqtt_settings, _build_mqtt),
    }
)
"""The catalogue."""
