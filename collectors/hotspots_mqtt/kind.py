"""What the catalogue needs to know of this kind: settings, metrics, and how to build a listener."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from collectors.hotspots_mqtt.listener import MqttListener
from collectors.hotspots_mqtt.metrics import METRICS
from collectors.hotspots_mqtt.settings import MqttSettings
from command_centre.domain.ports import Clock
from command_centre.domain.target import Target, TargetKey

DEVICE_COLUMN = "mqtt_device"
"""The register's column that holds the name a hotspot uses in topics; without it, the name at the end of its key."""


def devices_of(targets: Iterable[Target]) -> Mapping[str, TargetKey]:
    """The names that hotspots use in topics, and the targets they are."""
    return {each.attributes.get(DEVICE_COLUMN) or each.key.rpartition(":")[2]: each.key for each in targets}


def build(settings: MqttSettings, clock: Clock, targets: Sequence[Target]) -> MqttListener:
    """A listener. Touches neither network nor disk (a password reference is resolved)."""
    options = settings.options()
    every = min((each.expected_every.total_seconds() for each in targets), default=options.restate_every)
    return MqttListener(replace(options, restate_every=every), clock, devices_of(targets))


KIND_PARTS = (MqttSettings, METRICS, build)
