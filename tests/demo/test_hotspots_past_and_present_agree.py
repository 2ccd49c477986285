"""A fault of a hotspot is seen by the product's own collectors as what it is, and the simulated past calls it the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from collectors import KINDS
from collectors.hotspots_mqtt.listener import MqttListener
from collectors.hotspots_snmp.poller import SnmpPoller
from command_centre.demo.crowd import load_of
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.hotspot_history import simulated_hotspot_history
from command_centre.demo.hotspots import MQTT_DEVICE, Vendor, Voices, hotspots_of, voices_of
from command_centre.demo.place import demo_settings, with_ports
from command_centre.demo.register import with_simulated_addresses
from command_centre.demo.script import Script, ScriptedHotspots, Stretch
from command_centre.domain.hotspot import CLIENTS, HotspotState, HotspotTruth, state_of, terms_of, truth_of
from command_centre.domain.hotspot import voices_of as voices_in
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.target import Target
from tests.support.demo_city import RunningCity, hotspot, running_city, switch

TARGETS = with_simulated_addresses(
    [
        *(hotspot(f"utara-{number:04}", place_type="kesehatan") for number in range(1, 13)),
        hotspot("utara-0101", mbps=20, place_type="kesehatan"),
        hotspot("utara-0201", mbps=7, place_type="pesisir"),
    ]
)
ASKED = next(each for each in TARGETS if voices_of(each) is Voices.SNMP)
BOTH = next(each for each in TARGETS if voices_of(each) is Voices.BOTH)
HEARD = next(each for each in TARGETS if each.attributes["class_mbps"] == "7")

STATES = {
    None: HotspotState.NORMAL,
    HotspotFault.FULL: HotspotState.FULL,
    HotspotFault.SLOW: HotspotState.SLOW,
    HotspotFault.NO_INTERNET: HotspotState.NO_INTERNET,
    HotspotFault.DOWN: HotspotState.DOWN,
    HotspotFault.POWER_CUT: HotspotState.DOWN,
    HotspotFault.SILENT: HotspotState.NO_DATA,
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    with running_city(TARGETS, tmp_path_factory.mktemp("city")) as running:
        yield running


def break_hotspot(city: RunningCity, target: Target, fault: HotspotFault | None) -> None:
    city.advance(timedelta(seconds=1))  # so that no report repeats the time of an earlier one
    assert switch(city.place, {"hotspots": target.key, "kind": fault or "none"}).status == 200


async def asked(city: RunningCity, target: Target) -> list[Reading]:
    """Two looks, 30 seconds of the city's time apart, with the product's own poller."""
    kind = KINDS["hotspots_snmp"]
    settings = kind.settings.model_validate({**demo_settings(kind.name, city.place), "request_timeout_seconds": 0.3})
    options = settings.options(timedelta(seconds=4))  # type: ignore[attr-defined]
    poller = SnmpPoller(options, city.clock, stopwatch=lambda: city.clock.now().timestamp())
    (known,) = with_ports([target], city.place)
    try:
        first = await poller.poll(known)
        await asyncio.to_thread(city.advance, timedelta(seconds=30))
        return [first, await poller.poll(known)]
    finally:
        await poller.close()


async def heard(city: RunningCity, target: Target, fault: HotspotFault | None) -> list[Reading]:
    """What the product's own listener hears of a hotspot that had another fault before."""
    kind = KINDS["hotspots_mqtt"]
    told = {**demo_settings(kind.name, city.place), "client_id": f"uji-{target.key.rpartition(':')[2]}-{fault or 'baik'}"}
    listener = kind.build(kind.settings.model_validate(told), city.clock, (target,))  # type: ignore[arg-type]
    assert isinstance(listener, MqttListener)
    readings: list[Reading] = []
    changed = asyncio.Event()

    async def emit(reading: Reading) -> None:
        if reading.target == target.key:
            readings.append(reading)
            changed.set()

    async def break_and_hear(fault: HotspotFault | None) -> None:
        await asyncio.to_thread(break_hotspot, city, target, fault)
        begun = city.clock.now() - timedelta(milliseconds=10)  # reports are timed in milliseconds
        while not any(each.taken_at >= begun and each.status is not Status.UNKNOWN for each in readings):
            changed.clear()
            await changed.wait()

    async with asyncio.timeout(10):
        listening = asyncio.create_task(listener.listen(emit))
        try:
            while not listener.link.is_up:
                await asyncio.sleep(0.01)
            await break_and_hear(HotspotFault.SLOW if fault is HotspotFault.FULL else HotspotFault.FULL)
            if fault is not HotspotFault.SILENT:
                await break_and_hear(fault)
                return readings
            await asyncio.to_thread(break_hotspot, city, target, fault)
            city.clock.advance(timedelta(minutes=2))  # nothing comes, and what was said before has run out
            return readings
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def seen_now(city: RunningCity, target: Target, fault: HotspotFault | None) -> HotspotTruth:
    """The one truth about the hotspot, from whatever it speaks."""

    async def look() -> list[Reading]:
        readings: list[Reading] = []
        if MQTT_DEVICE in target.attributes:
            readings += await heard(city, target, fault)
        else:
            await asyncio.to_thread(break_hotspot, city, target, fault)
        if target.address is not None:
            readings += await asked(city, target)
        return readings

    try:
        readings = asyncio.run(look())
    finally:
        switch(city.place, {"hotspots": target.key, "kind": "script"})
    return truth_of(voices_in(readings).values(), city.clock.now(), terms_of(target))


def seen_then(city: RunningCity, target: Target, fault: HotspotFault | None) -> Reading:
    """The last reading of the simulated past."""
    always = Stretch(timedelta(0), timedelta(minutes=20))
    broken = () if fault is None else (ScriptedHotspots(frozenset({target.key}), fault, always, already=timedelta(days=1)),)
    past = simulated_hotspot_history([target], city.clock.now(), 1.0, timedelta(minutes=5), Script(hotspots=broken))
    return list(past)[-1]


@pytest.mark.parametrize("fault", [None, *HotspotFault])
@pytest.mark.parametrize("target", [ASKED, BOTH, HEARD], ids=["asked", "both", "heard"])
def test_a_fault_is_seen_as_what_it_is_now_and_then(city: RunningCity, target: Target, fault: HotspotFault | None) -> None:
    now, then = seen_now(city, target, fault), seen_then(city, target, fault)
    expected = STATES[fault]
    if fault is HotspotFault.NO_INTERNET and target is ASKED:
        expected = HotspotState.NORMAL  # an agent answers over the provider's own network and cannot know
    assert now.state is expected, now
    assert state_of(then.status, then.reason) is expected
    if expected is not HotspotState.NO_DATA:
        assert (then.status, then.reason) == (now.status, now.reason)


@pytest.mark.parametrize("vendor", Vendor)
def test_the_collector_knows_each_vendors_agent_for_what_it_is_and_reads_all_of_it(city: RunningCity, vendor: Vendor) -> None:
    key = next(each.key for each in hotspots_of(TARGETS) if each.vendor is vendor and each.address is not None)
    target = next(each for each in TARGETS if each.key == key)
    _, reading = asyncio.run(asked(city, target))
    assert (reading.status, reading.reason) == (Status.UP, Reason.OK)
    assert reading.evidence["vendor"] == {Vendor.MIKROTIK: "MikroTik", Vendor.UNIFI: "Ubiquiti"}[vendor]
    assert reading.values.keys() >= {
        "clients_total",
        "cpu_ratio",
        "memory_used_ratio",
        "uptime_seconds",
        "in_bits_per_second",
        "out_bits_per_second",
    }
    assert reading.values[CLIENTS] == load_of(hotspots_of([target])[0], None, city.clock.now()).clients


def test_the_past_of_a_dead_hotspot_has_no_values(city: RunningCity) -> None:
    for fault in (HotspotFault.DOWN, HotspotFault.SILENT):
        assert seen_then(city, BOTH, fault).values == {}
    assert seen_then(city, ASKED, HotspotFault.DOWN).reason is Reason.TIMEOUT
    assert {seen_then(city, each, HotspotFault.DOWN).reason for each in (BOTH, HEARD)} == {Reason.OFFLINE}
