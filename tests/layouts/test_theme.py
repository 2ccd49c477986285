"""Geometry: the table of screens and distances of the design."""

from __future__ import annotations

import pytest

from layouts.shell import wall_style
from layouts.theme import canvas, text_width_em


@pytest.mark.parametrize(
    ("diagonal", "distance", "font_px", "is_full"),
    [
        (43, 3, 40, False),
        (55, 3, 31, True),
        (65, 3, 27, True),
        (55, 4, 42, False),
        (75, 4, 31, True),
        (98, 5, 29, True),
        (55, 8, 84, False),
    ],
)
def test_the_smallest_text_subtends_16_minutes_of_arc(diagonal: float, distance: float, font_px: int, is_full: bool) -> None:
    measured = canvas(diagonal, distance)
    assert measured.rem_px == pytest.approx(max(font_px, 31.5), abs=0.6)
    assert measured.has_full_tier is is_full


def test_resolution_changes_the_pixels_and_not_the_picture() -> None:
    small, large = canvas(55, 3, 1366, 768), canvas(55, 3, 3840, 2160)
    assert small.height_rem == pytest.approx(large.height_rem, abs=0.1)


def test_a_tall_screen_has_no_full_tier() -> None:
    assert not canvas(55, 3, 1080, 1920).has_full_tier


def test_the_style_of_a_wall_carries_both_settings() -> None:
    assert wall_style(55, 3) == "--jarak-m:3;--diag-in:55"


def test_wide_letters_count_more_than_narrow_ones() -> None:
    assert text_width_em("WWWW") > text_width_em("aaaa") > text_width_em("iiii")
