"""Text size and tier of a wall: the table of the design notes, and what it means for a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.config.geometry import LEAST_ARC_MINUTES, Tier, wall_geometry
from command_centre.config.loading import load
from tests.support.configuration import KINDS, TINY_CONFIG, write_config

HD = (1920, 1080)


@pytest.mark.parametrize(
    ("distance", "diagonal", "pixels", "tier"),
    [
        (3, 43, 40, Tier.T1),
        (3, 55, 31, Tier.FULL),
        (4, 43, 54, Tier.T2),
        (4, 55, 42, Tier.T1),
        (4, 65, 35, Tier.T1),
        (4, 75, 31, Tier.FULL),
        (5, 55, 52, Tier.T2),
        (5, 86, 34, Tier.T1),
        (6, 43, 80, Tier.T3),
        (6, 55, 63, Tier.T2),
        (6, 98, 35, Tier.T1),
        (8, 65, 71, Tier.T2),
        (8, 55, 84, Tier.T3),
    ],
)
def test_the_table_of_the_design_notes(distance: float, diagonal: float, pixels: int, tier: Tier) -> None:
    geometry = wall_geometry(diagonal, HD, distance)
    assert round(geometry.rem_px) == pytest.approx(pixels, abs=1)
    assert geometry.tier is tier


def test_a_near_screen_is_filled_rather_than_left_empty() -> None:
    assert wall_geometry(98, HD, 2).rem_px == pytest.approx(1080 / 34.3, rel=0.001)


def test_resolution_does_not_change_the_picture() -> None:
    tiers = {wall_geometry(55, pixels, 3).height_rem for pixels in (HD, (3840, 2160), (1280, 720))}
    assert max(tiers) - min(tiers) < 0.001


def test_an_upright_screen_has_no_room_for_the_full_tier() -> None:
    assert wall_geometry(55, (1080, 1920), 3).tier is Tier.T1


@given(
    st.floats(min_value=7, max_value=500),
    st.tuples(st.integers(min_value=100, max_value=9999), st.integers(min_value=100, max_value=9999)),
    st.floats(min_value=0.1, max_value=100),
)
def test_the_smallest_letter_never_falls_below_sixteen_minutes_of_arc(
    diagonal: float, pixels: tuple[int, int], distance: float
) -> None:
    assert wall_geometry(diagonal, pixels, distance).arc_minutes >= LEAST_ARC_MINUTES - 0.01


def test_a_page_that_does_not_fit_is_a_warning_with_its_place(tmp_path: Path) -> None:
    walls = "walls:\n  - name: pintu\n    screens: [ringkasan, situs]\n    viewing_distance_m: 6\n"
    (warning,) = load(write_config(tmp_path, TINY_CONFIG + walls), KINDS).warnings
    assert warning.where == "walls[0].screens[1]"
    assert "page 'situs' does not fit on wall 'pintu'" in warning.sentence
    assert (warning.line, warning.column) == (8, 26)


def test_pages_with_far_tiers_fit_everywhere(tmp_path: Path) -> None:
    walls = "walls:\n  - name: pintu\n    screens: [ringkasan]\n    viewing_distance_m: 12\n"
    assert load(write_config(tmp_path, TINY_CONFIG + walls), KINDS).warnings == ()
