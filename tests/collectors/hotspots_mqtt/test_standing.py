"""How a device stands after what was heard of it, and after nothing was."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from collectors.hotspots_mqtt.flaws import FlawKind
from collectors.hotspots_mqtt.intake import Intake, Limits, Notice
from collectors.hotspots_mqtt.mapping import parse_mapping
from collectors.hotspots_mqtt.reader import Message, Reader
from collectors.hotspots_mqtt.standing import Signs, Standing

T0 = 1_772_434_800.0
STALE = 180.0


def after(*heard: Callable[[Signs], None], at: float = T0 + 5) -> Standing:
    signs = Signs()
    for each in heard:
        each(signs)
    return signs.standing(at, STALE)


def value(at: float) -> Callable[[Signs], None]:
    return lambda signs: signs.telemetry(T0 + at)


def online(at: float) -> Callable[[Signs], None]:
    return lambda signs: signs.online(T0 + at)


def offline(at: float) -> Callable[[Signs], None]:
    return lambda signs: signs.offline(T0 + at)


def old(signs: Signs) -> None:
    signs.old_telemetry()


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ((), Standing.UNKNOWN),
        ((value(0),), Standing.UP),
        ((value(0), value(2)), Standing.UP),
        ((value(-200),), Standing.STALE),
        ((old,), Standing.UNKNOWN),
        ((online(0),), Standing.UNKNOWN),
        ((online(0), value(1)), Standing.UP),
        ((value(0), offline(2)), Standing.DOWN),
        ((offline(0),), Standing.DOWN),
        ((offline(0), value(2)), Standing.UP),
        ((value(0), offline(2), online(3)), Standing.UP),
        ((offline(0), online(3)), Standing.UNKNOWN),
        ((value(0), offline(2), value(-5)), Standing.DOWN),
        ((value(-400), online(0)), Standing.UP),
    ],
)
def test_what_was_heard_decides(heard: tuple[Callable[[Signs], None], ...], expected: Standing) -> None:
    assert after(*heard) is expected


def test_silence_makes_an_up_stale_and_leaves_a_down_down() -> None:
    assert after(value(0), at=T0 + STALE) is Standing.UP
    assert after(value(0), at=T0 + STALE + 1) is Standing.STALE
    assert after(value(0), offline(1), at=T0 + 100_000) is Standing.DOWN


# -- the intake

KOTA = {
    "topic": "kota/wifi/{device}/telemetri",
    "status_topic": "kota/wifi/{device}/status",
    "fields": {"clients": "klien"},
    "time": "ts",
    "sequence": "seq",
    "boot": "boot",
    "availability": {"up": ["online"], "down": ["offline"]},
}


def intake(document: Mapping[str, object] = KOTA, limits: Limits | None = None, devices: frozenset[str] | None = None) -> Intake:
    return Intake([Reader(parse_mapping(document))], limits, devices)


def take(
    desk: Intake, payload: str, at: float = 0.0, *, topic: str = "kota/wifi/ap-1/telemetri", retained: bool = False
) -> tuple[Notice, ...]:
    return desk.take(Message(topic, payload.encode(), T0 + at, retained))


def test_an_unknown_device_is_kept_in_the_quarantine_list_and_never_counted() -> None:
    desk = intake(devices=frozenset({"ap-1"}))
    assert take(desk, '{"klien": 1}', topic="kota/wifi/asing/telemetri") == ()
    assert take(desk, '{"klien": 2}', 9, topic="kota/wifi/asing/telemetri") == ()
    assert len(take(desk, '{"klien": 3}')) == 1
    assert (desk.strangers["asing"].messages, desk.strangers["asing"].last_at) == (2, T0 + 9)
    assert list(desk.states) == ["ap-1"]


def test_the_quarantine_list_and_the_evidence_are_bounded() -> None:
    desk = intake(limits=Limits(quarantined=10, rejects_kept=5), devices=frozenset())
    for number in range(1_000):
        take(desk, '{"klien": 1}', topic=f"kota/wifi/asing-{number}/telemetri")
        take(desk, "rusak" * 1_000, topic=f"kota/wifi/asing-{number}/telemetri")
    assert list(desk.strangers) == [f"asing-{number}" for number in range(990, 1_000)]
    assert len(desk.rejects) == 5
    assert desk.counts[FlawKind.BAD_JSON] == 1_000


def test_a_flood_is_cut_to_the_agreed_rate_and_heals() -> None:
    desk = intake(limits=Limits(per_second=2, burst=10))
    passed = sum(len(take(desk, '{"klien": 1}', number / 100)) for number in range(1_000))
    assert 10 + 2 * 10 - 2 <= passed <= 10 + 2 * 10 + 1
    assert len(take(desk, '{"klien": 1}', 60)) == 1


def test_a_time_in_the_future_does_not_open_the_gate_for_a_flood() -> None:
    desk = intake(limits=Limits(per_second=2, burst=10))
    passed = sum(len(take(desk, f'{{"klien": 1, "ts": {T0 + 86_400 + number * 60}}}', number / 100)) for number in range(500))
    assert passed < 30


def test_a_retained_value_without_a_time_never_replaces_a_newer_one() -> None:
    desk = intake()
    assert take(desk, '{"klien": 10}')[0].values[0].value == 10
    assert take(desk, '{"klien": 5}', 30, retained=True)[0].values == ()
    fresh = intake()
    assert take(fresh, '{"klien": 5}', retained=True)[0].values[0].value == 5
    assert fresh.states["ap-1"].signs.standing(T0, STALE) is Standing.UNKNOWN


def test_missed_messages_are_counted_per_boot() -> None:
    desk = intake()
    numbers = [(0, "a"), (1, "a"), (4, "a"), (2, "a"), (5, "a"), (0, "b"), (1, "b")]
    missed = [take(desk, f'{{"klien": 1, "seq": {seq}, "boot": "{boot}"}}')[0].missed for seq, boot in numbers]
    assert missed == [0, 0, 2, 0, 0, 0, 0]
    assert desk.states["ap-1"].missed == 2


def test_the_stations_of_two_radios_are_one_count() -> None:
    desk = intake({"preset": "collectd"})
    take(desk, f"{T0}:7", topic="collectd/ap/iwinfo-wlan0/stations")
    (notice,) = take(desk, f"{T0 + 1}:4", 1, topic="collectd/ap/iwinfo-wlan1/stations")
    assert [(each.metric, each.value) for each in notice.values] == [("clients", 11)]
    (notice,) = take(desk, f"{T0 + 900}:2", 900, topic="collectd/ap/iwinfo-wlan1/stations")
    assert [each.value for each in notice.values] == [2]


def test_a_device_whose_clock_is_eight_hours_behind_is_not_stale_for_ever() -> None:
    desk = intake()
    for number in range(5):
        take(desk, f'{{"klien": 1, "ts": {T0 - 8 * 3600 + number * 30}}}', number * 30)
    assert desk.states["ap-1"].signs.standing(T0 + 125, STALE) is Standing.UP
    assert desk.counts[FlawKind.CLOCK_LAG] > 0
