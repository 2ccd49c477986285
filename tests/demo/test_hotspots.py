"""Which simulated hotspots there are, how each speaks, and what the collectors are told of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from collectors import KINDS
from collectors.hotspots_mqtt.kind import devices_of
from command_centre.config.loading import load
from command_centre.demo.hotspots import Voices, hotspots_of, voices_of
from command_centre.demo.place import DemoPlace, demo_settings, hotspot_address, read_place, with_ports, write_place
from command_centre.demo.register import with_simulated_addresses
from command_centre.domain.target import Target, TargetKind
from tests.support.demo_city import hotspot, site

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = load(ROOT / "config.yaml", {name: kind.settings for name, kind in KINDS.items() if name != "uplink"})
PLACE = DemoPlace(
    dns="127.77.0.53:5353",
    http_port=8080,
    https_port=8443,
    connect_to={80: 8080, 443: 8443},
    ca_file=Path("ca.pem"),
    references=("127.77.0.1:9",),
    control="127.77.0.80:8000",
    mqtt="127.77.0.83:1884",
    mqtt_protocol="3.1.1",
    snmp_port=16_161,
    community_file=Path("snmp-community"),
)


def simulated() -> tuple[Target, ...]:
    return tuple(each for each in with_simulated_addresses(SHIPPED.targets) if each.kind is TargetKind.HOTSPOT)


def test_every_hotspot_of_the_register_speaks_somehow() -> None:
    hotspots = simulated()
    assert len(hotspots) == 721
    assert all(each.address is not None or "mqtt_device" in each.attributes for each in hotspots)


def test_offices_are_heard_both_ways_the_coast_by_mqtt_and_most_others_by_snmp() -> None:
    by_class: dict[str, Counter[Voices]] = {}
    for each in simulated():
        by_class.setdefault(each.attributes["class_mbps"], Counter())[voices_of(each)] += 1
    assert by_class["7"] == {Voices.MQTT: 8}
    assert by_class["20"] == {Voices.BOTH: 127}
    assert by_class["50"][Voices.SNMP] > 450
    assert 40 < by_class["50"][Voices.MQTT] < 100


def test_each_agent_has_a_loopback_address_of_its_own() -> None:
    addresses = [each.address for each in simulated() if each.address is not None]
    assert len(set(addresses)) == len(addresses) > 600
    assert all(ip_address(address).is_loopback for address in addresses)


def test_an_address_of_the_real_register_is_never_asked_in_the_demo() -> None:
    real = replace(
        hotspot("utara-0001"), address="192.0.2.7:1161", attributes={"snmp": "kantor", "uplink": "wan", "class_mbps": "50"}
    )
    (target,) = with_simulated_addresses([real])
    assert target.address is not None
    assert ip_address(target.address).is_loopback
    assert not {"snmp", "uplink"} & target.attributes.keys()


def test_the_name_in_topics_is_the_one_that_the_collector_expects() -> None:
    targets = simulated()
    by_key = {each.key: each for each in hotspots_of(targets)}
    known = devices_of(targets)
    probes = [each for each in by_key.values() if each.device is not None]
    assert all(each.device is not None and known[each.device] == each.key for each in probes)


def test_the_port_of_the_agents_is_put_in_once_it_is_known() -> None:
    agent, coast, office = with_simulated_addresses([hotspot("a"), hotspot("b", mbps=7), site("c")])
    assert [each.address for each in with_ports([agent, coast, office], PLACE)] == [
        f"{agent.address}:16161",
        None,
        office.address,
    ]
    assert hotspot_address(with_ports([agent], PLACE)[0], PLACE) == f"{agent.address}:16161"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_collector_can_read_what_it_is_told_of_the_city(kind: str) -> None:
    needed = {"credentials": {"community": "env:NOT_SET"}} if kind == "hotspots_snmp" else {}
    own = KINDS[kind].settings.model_validate(needed)
    told = demo_settings(kind, PLACE)
    settings = KINDS[kind].settings.model_validate({**dict(own), **told})
    assert told
    assert set(told) <= set(dict(settings))


def test_a_collector_of_another_kind_is_told_nothing() -> None:
    assert demo_settings("services", PLACE) == {}


def test_the_place_survives_being_written_and_read(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    write_place(tmp_path, PLACE)
    assert read_place(tmp_path) == PLACE
    assert (PLACE.ports.mqtt, PLACE.ports.snmp) == (1884, 16_161)


def test_the_place_of_a_city_from_before_the_hotspots_can_still_be_read(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "place.json").write_text(
        '{"dns": "127.77.0.53:1", "http_port": 2, "https_port": 3, "connect_to": {"80": 2}, "ca_file": "ca.pem",'
        ' "references": ["127.77.0.1:4"], "control": "127.77.0.80:5"}'
    )
    place = read_place(tmp_path)
    assert place is not None
    assert (place.mqtt, place.snmp_port, place.community_file) == ("", 0, None)
    assert place.ports.mqtt == 0
