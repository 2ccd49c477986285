"""The simulated hotspots over real sockets, asked by gufo-snmp and heard by paho: nothing here knows how they are made."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from gufo.snmp.sync import SnmpSession

from command_centre.demo.broker import BrokerKind, installed
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.hotspots import MQTT_DEVICE, Voices, voices_of
from command_centre.demo.register import with_simulated_addresses
from command_centre.demo.script import Script, ScriptedHotspots, Stretch
from command_centre.domain.target import Target, TargetKey
from tests.support.demo_city import RunningCity, Subscriber, hotspot, running_city, subscribed, switch

Found = Callable[[str, bytes, bool], bool]

PROVIDER = "induk:penyedia-a-selatan"
OUTAGE_BEGINS, OUTAGE_ENDS = timedelta(minutes=10), timedelta(minutes=13)

TARGETS = with_simulated_addresses(
    [
        *(hotspot(f"selatan-{number:04}", parents=[PROVIDER]) for number in range(1, 13)),
        *(hotspot(f"selatan-{number:04}", mbps=20, parents=[PROVIDER]) for number in range(31, 35)),
        *(hotspot(f"utara-{number:04}", mbps=20, parents=["induk:penyedia-b-utara"]) for number in range(1, 4)),
        *(hotspot(f"selatan-{number:04}", mbps=7, settlement="Malahing", parents=["listrik:malahing"]) for number in (90, 91)),
    ]
)
CHILDREN = frozenset(each.key for each in TARGETS if TargetKey(PROVIDER) in each.parents)
AGENTS = {each.key: each for each in TARGETS if each.address is not None}
PROBES = {each.key: each for each in TARGETS if MQTT_DEVICE in each.attributes}
SCHOOL = next(each for each in TARGETS if voices_of(each) is Voices.SNMP)
OFFICE = next(each for each in TARGETS if voices_of(each) is Voices.BOTH)
BOAT = next(each for each in TARGETS if "settlement" in each.attributes)

SCRIPT = Script(hotspots=(ScriptedHotspots(CHILDREN, HotspotFault.DOWN, Stretch(OUTAGE_BEGINS, OUTAGE_ENDS)),))

SYS_NAME, WIDE_IN = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.31.1.1.1.6.1"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    with running_city(TARGETS, tmp_path_factory.mktemp("city"), SCRIPT) as running:
        yield running


@pytest.fixture
def ear(city: RunningCity) -> Iterator[Subscriber]:
    """Hears everything from now on; whatever the test has broken is undone."""
    with subscribed(city.place) as subscriber:
        subscriber.wait_for(announced(BOAT))  # it hears
        subscriber.forget()
        yield subscriber
        switch(city.place, {"hotspots": [each.key for each in TARGETS], "kind": "script"})


def break_hotspots(city: RunningCity, wanted: object, kind: str) -> None:
    seen = switch(city.place, {"hotspots": wanted, "kind": kind})
    assert seen.status == 200, seen.body


def ask(city: RunningCity, target: Target, names: Iterable[str] = (SYS_NAME,), community: str = "simulasi") -> Mapping[str, Any]:
    """What gufo-snmp reads from a hotspot's agent."""
    assert target.address is not None
    with SnmpSession(target.address, port=city.place.snmp_port, community=community, timeout=0.5) as session:
        return dict(session.get_many(list(names)))


def refuses(city: RunningCity, target: Target) -> bool:
    """Whether the system says that nothing listens at a hotspot's port. Asked a few times: a socket takes a moment to go."""
    assert target.address is not None
    with socket.socket(type=socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        asking.connect((target.address, city.place.snmp_port))
        for _ in range(20):
            try:
                asking.send(b"?")
                asking.recv(1)
            except ConnectionRefusedError:
                return True
            except TimeoutError:
                continue
    return False


def octets(city: RunningCity, target: Target) -> int:
    return int(ask(city, target, [WIDE_IN])[WIDE_IN])


def status(target: Target, said: bytes, *, retained: bool = False) -> Found:
    end = f"/{target.attributes[MQTT_DEVICE]}/status"
    return lambda topic, payload, is_old: topic.endswith(end) and payload == said and is_old is retained


def announced(target: Target) -> Found:
    """Online, whether it was told before we listened or since."""
    return lambda *message: status(target, b"online")(*message) or status(target, b"online", retained=True)(*message)


def telemetry(target: Target, part: bytes = b"") -> Found:
    end = f"/{target.attributes[MQTT_DEVICE]}/telemetry"
    return lambda topic, payload, _: topic.endswith(end) and part in payload


def told(ear: Subscriber, target: Target, part: bytes = b"") -> Any:
    """The first telemetry of a probe that holds these bytes."""
    return json.loads(ear.wait_for(telemetry(target, part))[1])


# --- SNMP --------------------------------------------------------------------------------------------------------------


def test_gufo_snmp_reads_what_each_hotspot_says(city: RunningCity) -> None:
    for key, target in AGENTS.items():
        assert ask(city, target)[SYS_NAME] == key.rpartition(":")[2].encode()


def test_whoever_does_not_know_the_community_hears_nothing(city: RunningCity) -> None:
    with pytest.raises(TimeoutError):
        ask(city, SCHOOL, community="public")
    assert city.place.community_file is not None
    assert ask(city, SCHOOL, community=city.place.community_file.read_text().strip())


def test_counters_advance_by_what_is_transferred_meanwhile(city: RunningCity) -> None:
    before = octets(city, SCHOOL)
    assert octets(city, SCHOOL) == before  # the city's clock stands still
    city.advance(timedelta(seconds=10))
    assert 10_000 < (octets(city, SCHOOL) - before) * 8 / 10 < 50e6


# --- MQTT --------------------------------------------------------------------------------------------------------------


def test_a_probe_announces_itself_and_reports(city: RunningCity) -> None:
    with subscribed(city.place) as ear:
        topic, *_ = ear.wait_for(announced(BOAT))
        assert topic == "cc/v1/bontang/selatan/selatan-0090/status"
        break_hotspots(city, BOAT.key, "full")
        report = told(ear, BOAT)
        break_hotspots(city, BOAT.key, "script")
    assert (report["ap"], report["simulasi"], report["line"]["internet"]) == ("selatan-0090", True, 1)
    assert sum(radio["clients"] for radio in report["radios"]) == 30
    assert report["ts"] == pytest.approx(city.clock.now().timestamp(), abs=0.01)


def test_reports_are_numbered_without_gaps(city: RunningCity, ear: Subscriber) -> None:
    for kind in ("full", "none", "full", "none"):  # each change is reported at once
        break_hotspots(city, OFFICE.key, kind)
    first = told(ear, OFFICE)["seq"]
    told(ear, OFFICE, f'"seq":{first + 3},'.encode())
    numbers = [json.loads(payload)["seq"] for topic, payload, old in ear.heard() if telemetry(OFFICE)(topic, payload, old)]
    assert numbers == list(range(first, first + len(numbers)))


def test_a_probe_that_is_cut_off_has_its_last_will_told_and_comes_back(city: RunningCity, ear: Subscriber) -> None:
    break_hotspots(city, BOAT.key, "down")
    ear.wait_for(status(BOAT, b"offline"))
    break_hotspots(city, BOAT.key, "none")
    ear.wait_for(status(BOAT, b"online"))
    assert told(ear, BOAT)["seq"] > 1


def test_whoever_is_cut_off_when_the_city_opens_has_left_a_last_will(tmp_path: Path) -> None:
    always = Script(hotspots=(ScriptedHotspots(frozenset({BOAT.key}), HotspotFault.DOWN, Stretch(timedelta(0), SCRIPT.loop)),))
    with running_city(TARGETS, tmp_path, always) as running, subscribed(running.place) as ear:
        ear.wait_for(lambda topic, payload, _: topic.endswith("/selatan-0090/status") and payload == b"offline")
        break_hotspots(running, BOAT.key, "none")
        assert told(ear, BOAT)["seq"] == 1


def test_after_a_power_cut_a_hotspot_has_just_started(city: RunningCity, ear: Subscriber) -> None:
    before = octets(city, OFFICE)
    break_hotspots(city, OFFICE.key, "power_cut")
    ear.wait_for(status(OFFICE, b"offline"))
    break_hotspots(city, OFFICE.key, "none")
    ear.wait_for(status(OFFICE, b"online"))
    assert told(ear, OFFICE, b'"seq":1,')["up"] == 0
    assert octets(city, OFFICE) < before


def test_a_silent_hotspot_stays_connected_and_refuses_to_be_asked(city: RunningCity, ear: Subscriber) -> None:
    break_hotspots(city, OFFICE.key, "silent")
    assert refuses(city, OFFICE)
    break_hotspots(city, BOAT.key, "full")
    told(ear, BOAT)  # all that was said before it has been heard by now
    ear.forget()
    break_hotspots(city, BOAT.key, "none")
    told(ear, BOAT)
    assert not [topic for topic, _, is_old in ear.heard() if OFFICE.attributes[MQTT_DEVICE] in topic and not is_old]
    break_hotspots(city, OFFICE.key, "none")
    assert ask(city, OFFICE)
    told(ear, OFFICE)


def test_whoever_has_no_internet_says_so(city: RunningCity, ear: Subscriber) -> None:
    break_hotspots(city, OFFICE.key, "no_internet")
    line = told(ear, OFFICE, b'"internet":0')["line"]
    assert line["loss_pct"] == 100
    assert "rtt_ms" not in line
    assert ask(city, OFFICE)  # the agent answers over the provider's own network


def test_without_our_own_connection_nobody_is_heard_and_no_will_is_told(city: RunningCity, ear: Subscriber) -> None:
    switch(city.place, {"host": "uplink", "kind": "lost"})
    try:
        with pytest.raises(TimeoutError):
            ask(city, SCHOOL)
        assert not [topic for topic, _, is_old in ear.heard() if topic.endswith("/status") and not is_old]
    finally:
        switch(city.place, {"host": "uplink", "kind": "script"})
    told(ear, OFFICE)
    assert ask(city, SCHOOL)


def test_one_providers_outage_silences_its_children_and_nobody_else(city: RunningCity, ear: Subscriber) -> None:
    city.advance(OUTAGE_BEGINS)
    for key in CHILDREN & PROBES.keys():
        ear.wait_for(status(PROBES[key], b"offline"))
    wills = {topic.split("/")[-2] for topic, payload, _ in ear.heard() if payload == b"offline"}
    assert wills == {PROBES[key].attributes[MQTT_DEVICE] for key in CHILDREN & PROBES.keys()}
    assert {key for key, target in AGENTS.items() if not answers(city, target)} == CHILDREN & AGENTS.keys()
    city.advance(OUTAGE_ENDS - OUTAGE_BEGINS)
    for key in CHILDREN & PROBES.keys():
        ear.wait_for(status(PROBES[key], b"online"))
    assert all(answers(city, target) for target in AGENTS.values())


def answers(city: RunningCity, target: Target) -> bool:
    try:
        return bool(ask(city, target))
    except TimeoutError:
        return False


# --- The switchboard ---------------------------------------------------------------------------------------------------


def test_the_switchboard_finds_hotspots_by_what_they_have_in_common(city: RunningCity, ear: Subscriber) -> None:
    seen = switch(city.place, {"hotspots": {"class_mbps": 20, "parent": PROVIDER}, "some": 3, "kind": "slow"})
    told_now = json.loads(seen.body)
    assert told_now["hotspots_total"] == {"slow": 3}
    assert set(told_now["hotspots"].values()) == {"slow"}
    assert told_now["hotspots"].keys() <= CHILDREN


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (
            {"hotspots": "wifi:selatan-9001", "kind": "down"},
            "is not a hotspot of the register; did you mean 'wifi:selatan-0091'?",
        ),
        ({"hotspots": {"ips": "Penyedia A"}, "kind": "down"}, "did you mean 'isp'?"),
        ({"hotspots": OFFICE.key, "kind": "dwon"}, "unknown kind 'dwon'"),
        ({"hotspots": OFFICE.key}, "unknown kind 'None'"),
        ({"hotspots": OFFICE.key, "some": 2, "kind": "down"}, "'some' is a number from 1 to 1"),
        ({"hotspots": 7, "kind": "down"}, "hotspots are meant by a key"),
    ],
)
def test_an_order_that_cannot_be_followed_is_refused_with_the_reason(
    city: RunningCity, order: Mapping[str, object], sentence: str
) -> None:
    seen = switch(city.place, order)
    assert seen.status == 400
    assert sentence in json.loads(seen.body)["error"]


# --- The broker --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BrokerKind)
def test_the_probes_are_heard_through_either_broker(kind: BrokerKind, tmp_path: Path) -> None:
    if kind is BrokerKind.MOSQUITTO and installed() is not kind:
        pytest.skip("Mosquitto is not installed")
    with running_city(TARGETS, tmp_path, broker=kind) as running, subscribed(running.place) as ear:
        assert ip_address(running.place.mqtt.rpartition(":")[0]).is_loopback
        for probe in PROBES.values():
            ear.wait_for(announced(probe))
        break_hotspots(running, BOAT.key, "full")
        assert told(ear, BOAT, b'"seq"')["ap"] == BOAT.attributes[MQTT_DEVICE]
        break_hotspots(running, BOAT.key, "down")
        ear.wait_for(status(BOAT, b"offline"))


def test_a_city_without_hotspots_needs_no_broker(tmp_path: Path) -> None:
    with running_city([], tmp_path) as running:
        assert (running.place.mqtt, running.place.snmp_port) == ("", 0)
    assert not (tmp_path / "demo" / "broker").exists()
