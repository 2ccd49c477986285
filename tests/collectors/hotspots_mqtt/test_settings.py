"""The keys in config.yaml, and what building a listener does not do."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from pydantic import ValidationError

from collectors.hotspots_mqtt.kind import KIND_PARTS, build, devices_of
from collectors.hotspots_mqtt.settings import MqttSettings
from command_centre.domain.target import Place, Target, TargetKey, TargetKind
from tests.support.clock import FrozenClock


def hotspot(key: str, **attributes: str) -> Target:
    return Target(
        TargetKey(key), TargetKind.HOTSPOT, key, key, "Diskominfo", "", Place(), None, timedelta(minutes=1), attributes=attributes
    )


def test_the_default_listens_for_our_own_convention() -> None:
    options = MqttSettings().options()
    assert options.mappings[0].filters == ("cc/v1/+/+/+/telemetry", "cc/v1/+/+/+/status")


def test_a_shard_takes_its_own_part_of_the_topics() -> None:
    options = MqttSettings(shards=("0", "3"), client_id="cc-a").options()
    filters = [each for mapping in options.mappings for each in mapping.filters]
    assert filters == ["cc/v1/+/0/+/telemetry", "cc/v1/+/0/+/status", "cc/v1/+/3/+/telemetry", "cc/v1/+/3/+/status"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"prot": 1}, "prot"),
        ({"port": 0}, "port"),
        ({"password": "terbuka"}, "a secret is written as a reference"),
        ({"mappings": [{"topic": "a/{device}", "feilds": {}}]}, "unknown key 'feilds'"),
        ({"mappings": [{"preset": "tasmotta"}]}, "preset 'tasmotta' is not known"),
        ({"client_id": "a b"}, "client_id"),
    ],
)
def test_a_mistake_is_named(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        MqttSettings.model_validate(keys)
    assert said in str(raised.value)
    assert "terbuka" not in str(raised.value)


def test_the_password_is_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC_TEST_MQTT", "rahasia")
    settings = MqttSettings.model_validate({"user": "u", "password": "env:CC_TEST_MQTT"})
    options = settings.options()
    assert options.broker.password == "rahasia"
    assert "rahasia" not in repr(options) + repr(settings)


def test_building_a_listener_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    listener = build(MqttSettings(), FrozenClock(), ())
    assert not listener.link.is_up
    assert KIND_PARTS[0] is MqttSettings


def test_a_hotspot_is_known_by_its_column_or_by_its_key() -> None:
    targets = [hotspot("hotspot:taman-1"), hotspot("hotspot:taman-2", mqtt_device="A46A0C44A28A")]
    assert devices_of(targets) == {"taman-1": "hotspot:taman-1", "A46A0C44A28A": "hotspot:taman-2"}
