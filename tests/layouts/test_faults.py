"""A bug in one region leaves the rest of the screen on the glass."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from layouts import SITUS
from layouts.parts.node import Children, Draw
from layouts.wall.situs import ids
from layouts.wording import Language, words_for
from tests.support.wall_views import normal_day_tiles, sites_view

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))
VIEW = sites_view(normal_day_tiles())


def _breaks() -> Children:
    raise LookupError("a reason without words")


def _with_a_bug(*_: object) -> dict[str, Draw]:
    return {**SITUS.body_regions(VIEW, WORDS), ids.ABNORMAL: _breaks}


BROKEN = replace(SITUS, body_regions=_with_a_bug)


def test_a_region_that_cannot_be_drawn_says_so_and_the_rest_lives() -> None:
    faults: list[tuple[str, str]] = []
    drawn = BROKEN.regions(VIEW, WORDS, lambda region, error: faults.append((region, str(error))))
    assert drawn[ids.ABNORMAL] == "tidak dapat digambar"
    assert faults == [(ids.ABNORMAL, "a reason without words")]
    assert {**drawn, ids.ABNORMAL: None} == {**SITUS.regions(VIEW, WORDS), ids.ABNORMAL: None}


def test_without_somebody_to_tell_a_bug_is_not_swallowed() -> None:
    with pytest.raises(LookupError):
        BROKEN.regions(VIEW, WORDS)
