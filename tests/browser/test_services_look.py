"""How the screen of services looks in a real browser: nothing too small, cut off or overlapping, wherever it may hang."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import fontpkg_roboto
import fontpkg_roboto_condensed
import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from command_centre.read.services import ServiceRow
from layouts import LAYANAN
from layouts.shell import wall_style
from layouts.wording import Language, words_for
from tests.support.chromium import chromium, looks
from tests.support.dash_html import document
from tests.support.service_views import LONG, calm_day, clock, crisis, normal_day, services_view, unmeasured

__all__ = ["chromium"]  # a fixture: pytest finds it by its name in this module

pytestmark = pytest.mark.browser

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))
FONTS = {
    "/fonts/roboto.ttf": Path(fontpkg_roboto.__file__).parent / "files" / "Roboto[wdth,wght].ttf",
    "/fonts/roboto-condensed.ttf": Path(fontpkg_roboto_condensed.__file__).parent / "files" / "RobotoCondensed[wght].ttf",
}


def long_names() -> tuple[ServiceRow, ...]:
    return tuple(replace(each, short_name=LONG[:14], owner=LONG, queue_word=LONG, queue=123456) for each in normal_day())


def many_late() -> tuple[ServiceRow, ...]:
    crowd = [number / 40 for number in range(40)]
    clocks = (clock("1x24 jam", crowd, overdue=120), clock("10 hari kerja", crowd, overdue=45))
    return tuple(replace(each, clocks=clocks, overdue=165, queue=2450) for each in (*normal_day(), *normal_day()[:2]))


DAYS: dict[str, Callable[[], tuple[ServiceRow, ...]]] = {
    "normal": normal_day,
    "calm": calm_day,
    "crisis": crisis,
    "unmeasured": unmeasured,
    "empty": tuple,
    "one": lambda: normal_day()[:1],
    "many-late": many_late,
}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


def show(page: Page, folder: Path, rows: tuple[ServiceRow, ...], size: tuple[int, int], theme: str = "gelap") -> None:
    file = folder / "wall.html"
    content = LAYANAN.page(services_view(rows), WORDS)
    file.write_text(document(content, theme=theme, style=wall_style(55, 3), fonts=FONTS))
    page.set_viewport_size(ViewportSize(width=size[0], height=size[1]))
    page.goto(file.as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (3840, 2160)], ids=["laptop", "full-hd", "4k"])
@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS.keys())
def test_nothing_is_too_small_cut_off_or_overlapping(
    page: Page, tmp_path: Path, day: Callable[[], tuple[ServiceRow, ...]], size: tuple[int, int]
) -> None:
    show(page, tmp_path, day(), size)
    seen = looks(page)
    assert (seen.too_small, seen.outside, seen.cut, seen.overlapping) == ([], [], [], [])
    assert page.locator(".cc-vonis h1").evaluate("(title) => title.getClientRects().length") == 1


def test_long_names_end_in_an_ellipsis_and_push_nothing_away(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, long_names(), (1920, 1080))
    seen = looks(page)
    assert (seen.too_small, seen.outside, seen.overlapping) == ([], [], [])
    assert [each for each in seen.cut if not each.startswith("Layanan Permoh")] == []


def test_calm_turns_every_signal_grey(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, calm_day(), (1920, 1080))
    colours = page.evaluate(
        "() => [...document.querySelectorAll('.layanan *')].map((each) => getComputedStyle(each).backgroundColor)"
        ".map((colour) => (colour.match(/[0-9.]+/g) || []).slice(0, 3).map(Number)).filter((each) => each.length === 3)"
        ".filter(([red, green, blue]) => Math.max(red, green, blue) - Math.min(red, green, blue) > 40)"
    )
    assert colours == []


def test_what_is_overdue_stands_behind_the_line(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, normal_day(), (1920, 1080))
    strip = page.locator(".stp").first
    line = strip.locator("u").bounding_box()
    square = strip.locator("b").bounding_box()
    newest = strip.locator("i").first.bounding_box()
    assert line is not None
    assert square is not None
    assert newest is not None
    assert newest["x"] < line["x"] < square["x"]
