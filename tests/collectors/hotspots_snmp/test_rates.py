"""Counters become rates, or a gap; never a spike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collectors.hotspots_snmp.rates import Counters, Rate, Seen, Uptimes, rate, rates, restarted

INTERVAL = 60.0
WRAP = 2**32 / 100

octets32 = st.integers(0, 2**32 - 1)
octets64 = st.integers(0, 2**64 - 1)


def counters(
    moment: float, came: int | None, *, bits: int = 64, mbps: float | None = 100, discontinuity: int | None = None
) -> Counters:
    return Counters(moment, bits, came, came, None if mbps is None else mbps * 1e6, discontinuity)


def one(before: Counters, now: Counters, *, restart: bool = False) -> float | None:
    return rate(before, now, INTERVAL, restart=restart).in_bits_per_second


def test_a_steady_counter_gives_its_rate_in_bits() -> None:
    assert one(counters(0, 1_000), counters(60, 1_000 + 60 * 125_000)) == 1_000_000


def test_a_32_bit_counter_that_wraps_once_gives_the_right_rate() -> None:
    before, now = counters(0, 2**32 - 1_000, bits=32), counters(60, 59_000, bits=32)
    assert one(before, now) == 60_000 * 8 / 60


def test_a_wrap_that_would_be_faster_than_the_line_is_a_gap() -> None:
    before, now = counters(0, 2_000_000_000, bits=32, mbps=10), counters(60, 0, bits=32, mbps=10)
    assert one(before, now) is None


def test_a_64_bit_counter_that_goes_back_is_a_gap_and_never_a_wrap() -> None:
    assert one(counters(0, 2**64 - 10), counters(60, 10)) is None


def test_a_restart_is_a_gap() -> None:
    assert one(counters(0, 1_000), counters(60, 2_000), restart=True) is None


def test_a_discontinuity_is_a_gap() -> None:
    assert one(counters(0, 1_000, discontinuity=5), counters(60, 2_000, discontinuity=6)) is None


def test_a_change_between_32_and_64_bits_is_a_gap() -> None:
    assert one(counters(0, 1_000, bits=32), counters(60, 2_000)) is None


def test_an_absurd_rate_is_left_out_and_marked() -> None:
    found = rate(counters(0, 0), counters(60, 10**12), INTERVAL, restart=False)
    assert found == Rate(None, None, suspect=True)


def test_an_interface_without_a_told_speed_may_do_ten_gigabits() -> None:
    assert one(counters(0, 0, mbps=None), counters(60, 60 * 10**9, mbps=None)) == 8e9
    assert one(counters(0, 0, mbps=None), counters(60, 60 * 2 * 10**9, mbps=None)) is None


def test_a_missing_counter_is_no_rate() -> None:
    assert one(counters(0, None), counters(60, 1_000)) is None
    assert one(counters(0, 1_000), counters(60, None)) is None


def test_reads_too_close_or_too_far_apart_give_no_rate() -> None:
    assert one(counters(0, 0), counters(11, 1_000)) is None
    assert one(counters(0, 0), counters(181, 1_000)) is None
    assert one(counters(0, 0), counters(0, 1_000)) is None


@given(octets64, octets64, st.sampled_from([32, 64]), st.floats(0, 1_000), st.booleans())
def test_no_two_counters_ever_give_a_negative_or_an_unbelievable_rate(
    old: int, new: int, bits: int, passed: float, restart: bool
) -> None:
    found = one(counters(0, old % 2**bits, bits=bits), counters(passed, new % 2**bits, bits=bits), restart=restart)
    assert found is None or 0 <= found <= 1.1 * 100e6


@given(octets32, st.integers(0, 100_000_000))
def test_wrapping_changes_nothing_about_a_rate(old: int, moved: int) -> None:
    wide = one(counters(0, old), counters(60, old + moved))
    narrow = one(counters(0, old, bits=32), counters(60, (old + moved) % 2**32, bits=32))
    assert wide == narrow


def test_an_uptime_that_falls_is_a_restart() -> None:
    assert restarted(Uptimes(0, agent=5_000.0), Uptimes(60, agent=12.0))


def test_an_uptime_that_grows_is_no_restart() -> None:
    assert not restarted(Uptimes(0, agent=5_000.0), Uptimes(60, agent=5_060.0))


def test_the_497_day_wrap_of_the_uptime_is_no_restart() -> None:
    assert not restarted(Uptimes(0, agent=WRAP - 10), Uptimes(60, agent=50.0))
    assert not restarted(Uptimes(0, agent=WRAP - 10, engine=7e7), Uptimes(60, agent=50.0, engine=7e7 + 60))


def test_a_restart_just_before_the_wrap_is_a_restart() -> None:
    assert restarted(Uptimes(0, agent=WRAP - 10), Uptimes(600, agent=20.0))


def test_more_engine_boots_are_a_restart_whatever_the_clock_says() -> None:
    assert restarted(Uptimes(0, agent=10.0, boots=3), Uptimes(60, agent=70.0, boots=4))


def test_a_host_that_restarted_under_a_long_lived_agent_is_a_restart() -> None:
    assert restarted(Uptimes(0, agent=900.0, host=5_000.0), Uptimes(60, agent=960.0, host=30.0))


def test_a_device_without_clocks_never_seems_restarted() -> None:
    assert not restarted(Uptimes(0), Uptimes(60))


@given(st.floats(0, WRAP - 1), st.floats(1, 600))
def test_time_that_only_passes_is_never_a_restart(start: float, passed: float) -> None:
    assert not restarted(Uptimes(0, agent=start), Uptimes(passed, agent=(start + passed) % WRAP))


def test_rates_follow_the_name_and_not_the_index() -> None:
    before = Seen(Uptimes(0, agent=1.0), {"eth0": counters(0, 0), "wlan0": counters(0, 0)})
    now = Seen(Uptimes(60, agent=61.0), {"wlan0": counters(60, 600), "eth0": counters(60, 6_000), "new0": counters(60, 9)})
    found = rates(before, now, INTERVAL, restart=False)
    assert {name: one_rate.in_bits_per_second for name, one_rate in found.items()} == {"eth0": 800.0, "wlan0": 80.0}


def test_the_first_look_has_no_rates() -> None:
    assert rates(None, Seen(Uptimes(0), {"eth0": counters(0, 0)}), INTERVAL, restart=False) == {}
