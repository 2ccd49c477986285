"""How people use the simulated hotspots: by hour and place, within the room and the line, and the same every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.config.model import PLACE_TYPES
from command_centre.demo.crowd import LATITUDE, LONGITUDE, is_crowd_place, is_dark_for_prayer, load_of
from command_centre.demo.hotspot_faults import HotspotFault
from command_centre.demo.hotspots import Hotspot, hotspots_of
from command_centre.demo.register import with_simulated_addresses
from command_centre.demo.rhythm import CITY_ZONE
from command_centre.domain.prayer import prayer_times
from tests.support.demo_city import hotspot

MONDAY = datetime(2026, 11, 23, tzinfo=CITY_ZONE)


def made(place_type: str = "sekolah", name: str = "", mbps: int = 50, number: int = 1) -> Hotspot:
    target = hotspot(f"utara-{number:04}", place_type=place_type, name=name, mbps=mbps)
    return hotspots_of(with_simulated_addresses([target]))[0]


def mean_clients(place_type: str, hour: float, day: datetime = MONDAY) -> float:
    at = day + timedelta(hours=hour)
    return sum(load_of(made(place_type, number=number), None, at).clients for number in range(60)) / 60


def test_schools_are_busy_in_the_morning_and_empty_at_night() -> None:
    assert mean_clients("sekolah", 10) > 10 > 3 > mean_clients("sekolah", 21)


def test_schools_and_offices_rest_on_sunday() -> None:
    sunday = MONDAY - timedelta(days=1)
    for place_type in ("sekolah", "kantor layanan"):
        assert mean_clients(place_type, 10, sunday) < mean_clients(place_type, 10) / 3


def test_public_places_fill_when_the_heat_is_over() -> None:
    assert mean_clients("ruang publik", 18) > 1.5 * mean_clients("ruang publik", 10)


def test_worship_places_fill_around_prayer() -> None:
    noon = prayer_times(MONDAY.date(), LATITUDE, LONGITUDE)
    at = (sorted(noon.values())[1].astimezone(CITY_ZONE) - MONDAY) / timedelta(hours=1)
    assert mean_clients("ibadah", at) > 2 * mean_clients("ibadah", at - 1.5)


def test_taman_adipura_is_full_in_the_evening_and_not_in_the_morning() -> None:
    parks = [made("ruang publik", f"Taman Adipura {number}", number=number) for number in range(1, 5)]
    assert all(is_crowd_place(each) for each in parks)
    assert all(load_of(each, None, MONDAY + timedelta(hours=18)).clients == 30 for each in parks)
    assert not any(load_of(each, None, MONDAY + timedelta(hours=8)).clients == 30 for each in parks)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@given(moments, st.sampled_from(sorted(set(PLACE_TYPES.values()))), st.sampled_from((7, 20, 50)), st.integers(1, 721))
def test_an_ordinary_place_is_never_nearly_full_and_its_line_never_used_up(
    at: datetime, place_type: str, mbps: int, number: int
) -> None:
    ordinary = made(place_type, "Ruang Publik", mbps, number)
    load = load_of(ordinary, None, at)
    assert 0 <= load.clients < 25
    assert 0 < load.down_bits_per_second < 0.9 * ordinary.class_bits_per_second
    assert load == load_of(ordinary, None, at)


@given(moments, st.sampled_from(HotspotFault), st.integers(1, 721))
def test_no_fault_makes_more_people_or_more_traffic_than_fit(at: datetime, fault: HotspotFault, number: int) -> None:
    load = load_of(made("ruang publik", "Taman Adipura 1", number=number), fault, at)
    assert 0 <= load.clients <= 30
    assert 0 < load.down_bits_per_second < 50e6
    assert 0 <= load.cpu_ratio < 1
    assert 0 <= load.memory_ratio < 1


def test_each_fault_shows_in_what_is_measured() -> None:
    at, office = MONDAY + timedelta(hours=10), made("kantor layanan", mbps=20)
    usual = load_of(office, None, at)
    assert usual.rtt_seconds is not None
    assert usual.rtt_seconds < 0.15
    assert load_of(office, HotspotFault.FULL, at).clients == office.capacity
    slow = load_of(office, HotspotFault.SLOW, at)
    assert slow.down_bits_per_second > 0.94 * 20e6
    assert slow.rtt_seconds is not None
    assert slow.rtt_seconds > 0.3
    lost = load_of(office, HotspotFault.NO_INTERNET, at)
    assert (lost.rtt_seconds, lost.loss_ratio) == (None, 1.0)
    assert lost.down_bits_per_second < 10_000


def test_people_come_and_go_within_minutes() -> None:
    seen = {load_of(made(), None, MONDAY + timedelta(hours=10, minutes=minutes)).clients for minutes in range(0, 30, 2)}
    assert len(seen) > 3


@pytest.mark.parametrize(("minutes", "is_dark"), [(-1, False), (0, True), (19, True), (21, False)])
def test_darkness_for_prayer_lies_within_the_agreed_window(minutes: int, is_dark: bool) -> None:
    for begins in prayer_times(MONDAY.date(), LATITUDE, LONGITUDE).values():
        assert is_dark_for_prayer(begins + timedelta(minutes=minutes)) is is_dark


def test_a_place_without_a_known_type_is_a_public_one() -> None:
    at = MONDAY + timedelta(hours=18)
    unknown, public = replace(made(), place_type="gua"), replace(made(), place_type="ruang publik", name="Ruang Publik")
    assert load_of(unknown, None, at) == load_of(public, None, at)
