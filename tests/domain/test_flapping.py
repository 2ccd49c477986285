"""When changing too often counts as flapping: the documented example of Icinga 2, and what follows from it."""

from __future__ import annotations

import pytest

from command_centre.domain.flapping import CALM, FlapLimits, Flapping, look, share_of_changes

LIMITS = FlapLimits()


def after(states: str) -> Flapping:
    flapping = CALM
    for state in states:
        flapping = look(flapping, state, LIMITS)
    return flapping


def test_the_documented_example_goes_in_at_39_1_percent_and_out_below_25() -> None:
    """S4."""
    inside = after("CCCWCWOOOOWWWWOOOWWWC")
    assert share_of_changes(inside.changes, 20) == pytest.approx(39.1)
    assert inside.is_flapping
    outside = inside
    for _ in range(7):
        outside = look(outside, "C", LIMITS)
    assert share_of_changes(outside.changes, 20) < 25
    assert not outside.is_flapping


def test_a_state_that_changes_at_every_look_is_flapping_after_six_changes() -> None:
    assert not after("OCOCOC").is_flapping
    assert after("OCOCOCO").is_flapping


def test_one_change_is_no_flapping_however_few_looks_there_were() -> None:
    assert not after("OC").is_flapping
    assert not after("O").is_flapping


def test_between_the_two_limits_it_stays_as_it_was() -> None:
    flapping = after("OCOCOCO")
    shares = []
    while flapping.is_flapping:
        flapping = look(flapping, "O", LIMITS)
        shares.append(share_of_changes(flapping.changes, 20))
    assert all(share > 25 for share in shares[:-1])
    assert 25 < shares[0] < 34


def test_all_changes_weigh_a_hundred_percent_together() -> None:
    assert share_of_changes((True,) * 20, 20) == pytest.approx(99, abs=1.01)
    assert share_of_changes((), 20) == 0
