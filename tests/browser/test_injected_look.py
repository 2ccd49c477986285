"""How injected sites look on the wall, in a real browser: red, whole, defanged, nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import fontpkg_roboto
import fontpkg_roboto_condensed
import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from command_centre.read.views import SitesView
from layouts import SITUS
from layouts.shell import wall_style
from layouts.wording import Language, words_for
from tests.support.chromium import chromium, looks
from tests.support.dash_html import document
from tests.support.injected_views import CRISIS, injected
from tests.support.wall_views import calm_tiles, crisis_tiles, normal_day_tiles, sites_view

__all__ = ["chromium"]  # a fixture: pytest finds it by its name in this module

pytestmark = pytest.mark.browser

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))
FONTS = {
    "/fonts/roboto.ttf": Path(fontpkg_roboto.__file__).parent / "files" / "Roboto[wdth,wght].ttf",
    "/fonts/roboto-condensed.ttf": Path(fontpkg_roboto_condensed.__file__).parent / "files" / "RobotoCondensed[wght].ttf",
}
MANY = tuple(injected(each.short_name) for each in calm_tiles()[:11])
VIEWS = {
    "three": replace(sites_view(normal_day_tiles()), injected=CRISIS),
    "one": replace(sites_view(calm_tiles()), injected=CRISIS[1:2]),
    "many": replace(sites_view(crisis_tiles()), injected=MANY),
}
SIZES = {"1366x768": (1366, 768), "1920x1080": (1920, 1080), "portrait": (1080, 1920)}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """One tab for all looks."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def show(page: Page, folder: Path, view: SitesView, size: tuple[int, int] = (1920, 1080), theme: str = "gelap") -> Page:
    """Draw the sites wall with this view, on 55 inches at 3 metres."""
    file = folder / "wall.html"
    file.write_text(document(SITUS.page(view, WORDS), theme=theme, style=wall_style(55, 3), fonts=FONTS))
    page.set_viewport_size(ViewportSize(width=size[0], height=size[1]))
    page.goto(file.as_uri())
    page.evaluate("() => document.fonts.ready.then(() => true)")
    return page


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_the_boxes_are_whole_on_every_screen(page: Page, tmp_path: Path, view: SitesView, size: tuple[int, int]) -> None:
    seen = looks(show(page, tmp_path, view, size))
    assert (seen.too_small, seen.outside, seen.overlapping) == ([], [], [])
    words = page.eval_on_selector_all(
        ".abn .judol b, .abn u, .abn .hal, .abn .judol em", "all => all.map(e => e.textContent.trim())"
    )
    assert words
    assert not set(words) & set(seen.cut), "an address may end in an ellipsis, a name may not"


@pytest.mark.parametrize("theme", ["gelap", "terang"])
def test_an_injected_site_is_filled_red_in_the_list_and_on_the_grid(page: Page, tmp_path: Path, theme: str) -> None:
    show(page, tmp_path, VIEWS["three"], theme=theme)
    fills = page.eval_on_selector_all(".abn .judol .a, .st.k-judol", "all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert len(fills) == 6
    assert len(set(fills)) == 1
    assert fills[0] != page.eval_on_selector(".st.k-normal", "e => getComputedStyle(e).backgroundColor")


def test_nothing_from_a_hacked_page_is_a_link_on_the_wall(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, VIEWS["three"])
    assert page.locator(".abn a").count() == 0
    assert "http:" not in page.inner_text(".abn")
    assert "hxxps://" in page.inner_text(".abn")
