"""How the walls look in a real browser: nothing too small, cut off or overlapping; states differ without colour."""

from __future__ import annotations

import base64
import csv
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import fontpkg_roboto
import fontpkg_roboto_condensed
import pytest
from playwright.sync_api import Browser, FloatRect, Page, ViewportSize

from command_centre.domain.hotspot import HotspotState
from command_centre.domain.rule import Severity
from command_centre.read.views import Condition
from command_centre.read.wall_incidents import Held
from layouts import GANGGUAN, RINGKASAN, SITUS, WIFI, WallScreen
from layouts.shell import wall_style
from layouts.wall.wifi.geography import WIDTH, spots_of
from layouts.wording import Language, words_for
from tests.support.chromium import Looks, chromium, looks
from tests.support.dash_html import document
from tests.support.incident_views import NORMAL as OPEN_INCIDENTS
from tests.support.incident_views import crisis_view, incidents_view
from tests.support.wall_views import (
    NORMAL_INCIDENTS,
    calm_tiles,
    crisis_tiles,
    incident,
    normal_day_tiles,
    sites_view,
    summary_view,
    tile,
)
from tests.support.wifi_views import (
    LOKTUAN_POWER,
    all_in,
    calm_states,
    cause,
    cause_row,
    crisis_cause,
    crisis_states,
    hotspots_view,
    normal_states,
    register,
    summary_with_hotspots,
)

__all__ = ["chromium"]  # a fixture: pytest finds it by its name in this module

pytestmark = pytest.mark.browser

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))
REGISTER = Path(__file__).parents[2] / "data" / "inventory" / "sites.csv"
LONG_NAME = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Kota Bontang Kalimantan T"
FONTS = {
    "/fonts/roboto.ttf": Path(fontpkg_roboto.__file__).parent / "files" / "Roboto[wdth,wght].ttf",
    "/fonts/roboto-condensed.ttf": Path(fontpkg_roboto_condensed.__file__).parent / "files" / "RobotoCondensed[wght].ttf",
}
CLOCKWORK = """() => {
  const write = (selector, text) => document.querySelectorAll(selector).forEach((each) => { each.textContent = text; });
  write('.cc-jam-pukul', '12:04:31'); write('.cc-jam-zona', 'WITA'); write('.cc-jam-tanggal', 'Senin, 23 Nov 2026');
  write('.cc-data-per', '12:04:27'); write('.cc-data-umur', '(59 dtk lalu)');
  return document.fonts.ready.then(() => [...document.fonts].filter((face) => face.status === 'loaded').length);
}"""
"""What the live script would write, at its widest."""

CRISIS = tuple(
    incident(number, each.short_name, minutes=11 + number, severity=Severity.CRITICAL if number < 2 else Severity.WARNING)
    for number, each in enumerate(each for each in crisis_tiles() if each.condition is Condition.DOWN)
)
LONG_TILES = tuple(
    tile(f"{number} {LONG_NAME}", condition, owner=LONG_NAME, group=f"Kelompok {LONG_NAME}")
    for number, condition in enumerate([*Condition, *Condition, *Condition])
)
CRISIS_STATES = crisis_states()
CRISIS_CAUSE = crisis_cause(CRISIS_STATES)
WIFI_CRISIS = [cause_row(CRISIS_CAUSE), cause_row(LOKTUAN_POWER), *NORMAL_INCIDENTS]
City: TypeAlias = tuple[WallScreen[Any], Callable[[], Any]]
CITY: dict[str, City] = {
    "ringkasan-normal": (RINGKASAN, lambda: summary_view(normal_day_tiles(), incidents=NORMAL_INCIDENTS)),
    "ringkasan-calm": (RINGKASAN, lambda: summary_view(calm_tiles())),
    "ringkasan-crisis": (RINGKASAN, lambda: summary_view(crisis_tiles(), incidents=CRISIS)),
    "situs-normal": (SITUS, lambda: sites_view(normal_day_tiles())),
    "situs-calm": (SITUS, lambda: sites_view(calm_tiles())),
    "situs-crisis": (SITUS, lambda: sites_view(crisis_tiles())),
    "ringkasan-wifi-normal": (
        RINGKASAN,
        lambda: summary_with_hotspots(
            normal_states(), normal_day_tiles(), incidents=[*NORMAL_INCIDENTS, cause_row(LOKTUAN_POWER)]
        ),
    ),
    "ringkasan-wifi-calm": (RINGKASAN, lambda: summary_with_hotspots(calm_states(), calm_tiles())),
    "ringkasan-wifi-crisis": (
        RINGKASAN,
        lambda: summary_with_hotspots(CRISIS_STATES, crisis_tiles(), incidents=WIFI_CRISIS),
    ),
}
FULL_TIER_ONLY: dict[str, City] = {
    "gangguan-normal": (GANGGUAN, lambda: incidents_view(OPEN_INCIDENTS)),
    "gangguan-calm": (GANGGUAN, lambda: incidents_view((), held=Held())),
    "gangguan-crisis": (GANGGUAN, crisis_view),
    "gangguan-empty": (GANGGUAN, lambda: incidents_view((), held=Held(), resolved=(), is_seen=False)),
    "wifi-normal": (WIFI, lambda: hotspots_view(normal_states(), causes=[LOKTUAN_POWER])),
    "wifi-calm": (WIFI, lambda: hotspots_view(calm_states())),
    "wifi-crisis": (WIFI, lambda: hotspots_view(CRISIS_STATES, causes=[CRISIS_CAUSE])),
    "wifi-empty": (WIFI, lambda: hotspots_view({}, hotspots=())),
    "wifi-one": (WIFI, lambda: hotspots_view(all_in(HotspotState.NORMAL), hotspots=register()[:1])),
    "wifi-silent": (WIFI, lambda: hotspots_view(all_in(HotspotState.NO_DATA), planned=())),
    "wifi-all-down": (
        WIFI,
        lambda: hotspots_view(
            all_in(HotspotState.DOWN),
            causes=[CRISIS_CAUSE, cause("induk:penyedia-a-utara", children=245, short_name="Penyedia A Utara")],
        ),
    ),
}
"""No far form: the server refuses it where it could not be read, so it is looked at on landscape screens only."""
CALM, CALM_WITHOUT_A_FAR_FORM = ("ringkasan-calm", "ringkasan-wifi-calm"), ("wifi-calm", "gangguan-calm")
LANDSCAPE = ("1366x768", "1920x1080", "3840x2160", "zoom-200")
EDGES: dict[str, City] = {
    "ringkasan-empty": (RINGKASAN, lambda: summary_view((), resolved=())),
    "ringkasan-one": (RINGKASAN, lambda: summary_view((tile("DLH"),), resolved=())),
    "situs-empty": (SITUS, lambda: sites_view(())),
    "situs-one": (SITUS, lambda: sites_view((tile("DLH"),))),
    "situs-full": (SITUS, lambda: sites_view(tuple(tile(f"Situs {number}") for number in range(125)))),
    "situs-5000": (
        SITUS,
        lambda: sites_view(
            tuple(
                tile(f"S {number}", Condition.DOWN if number % 50 == 0 else Condition.NORMAL, group=f"G{number % 7}")
                for number in range(5000)
            )
        ),
    ),
}
SIZES = {
    "1366x768": (1366, 768),
    "1920x1080": (1920, 1080),
    "3840x2160": (3840, 2160),
    "portrait": (1080, 1920),
    "zoom-200": (960, 540),
}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """One tab for all looks: opening a browser context costs more than drawing a wall."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def show(
    page: Page,
    tmp_path: Path,
    city: City,
    *,
    size: tuple[int, int] = (1920, 1080),
    theme: str = "gelap",
    distance: float = 3,
) -> Page:
    """Put one screen of one city on a 55-inch wall, as the first draw leaves it."""
    screen, view = city
    file = tmp_path / "wall.html"
    file.write_text(document(screen.page(view(), WORDS), theme=theme, style=wall_style(55, distance), fonts=FONTS))
    page.set_viewport_size(ViewportSize(width=size[0], height=size[1]))
    page.goto(file.as_uri())
    assert page.evaluate(CLOCKWORK) == 2, "both faces come from the installed packages"
    return page


def assert_sound(seen: Looks) -> None:
    assert seen.too_small == []
    assert seen.outside == []
    assert seen.cut == []
    assert seen.overlapping == []


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("city", CITY.values(), ids=CITY.keys())
def test_nothing_is_too_small_cut_off_or_overlapping(page: Page, tmp_path: Path, city: City, size: tuple[int, int]) -> None:
    show(page, tmp_path, city, size=size)
    seen = looks(page)
    assert_sound(seen)
    assert seen.rem_px >= 3 * 4.6542 / 0.7 * (size[0] ** 2 + size[1] ** 2) ** 0.5 / (55 * 25.4) - 0.1


@pytest.mark.parametrize("size", [SIZES[each] for each in LANDSCAPE], ids=LANDSCAPE)
@pytest.mark.parametrize("city", FULL_TIER_ONLY.values(), ids=FULL_TIER_ONLY.keys())
def test_a_screen_without_a_far_form_is_whole_wherever_it_may_hang(
    page: Page, tmp_path: Path, city: City, size: tuple[int, int]
) -> None:
    show(page, tmp_path, city, size=size)
    assert_sound(looks(page))


def test_the_map_of_721_hotspots_is_cheap(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, FULL_TIER_ONLY["wifi-crisis"])
    assert page.evaluate("document.querySelectorAll('.peta-wifi *').length") < 250
    assert page.locator(".peta-wifi .a").count() >= 6  # the small squares of each kelurahan that the cause has hit


def test_every_point_is_painted_where_it_stands(page: Page, tmp_path: Path) -> None:
    """A shadow has no box to ask for: the pixels under the place of a lonely point must have changed."""
    (lonely,) = [each for each in register() if each.key == "wifi:utara-0001"]
    show(page, tmp_path, (WIFI, lambda: hotspots_view(all_in(HotspotState.NORMAL), hotspots=(lonely,))))
    ground = page.locator(".peta-wifi")
    with_dot = base64.b64encode(ground.screenshot()).decode()
    page.locator(".peta-wifi .t").evaluate("(dot) => dot.remove()")
    without = base64.b64encode(ground.screenshot()).decode()
    assert with_dot != without


@pytest.mark.parametrize("distance", [4, 6, 9])
@pytest.mark.parametrize("name", [name for name in CITY if name.startswith("ringkasan")])
def test_the_summary_sheds_content_and_never_size_for_far_viewers(page: Page, tmp_path: Path, name: str, distance: float) -> None:
    show(page, tmp_path, CITY[name], distance=distance)
    assert_sound(looks(page))
    assert page.locator(".cc-vonis h1").is_visible()
    assert page.locator(".cc-peta").is_hidden()
    assert page.locator(".cc-angka-nilai").count() == 4


@pytest.mark.parametrize("city", EDGES.values(), ids=EDGES.keys())
def test_none_one_many_and_too_many_look_right(page: Page, tmp_path: Path, city: City) -> None:
    show(page, tmp_path, city)
    assert_sound(looks(page))


@pytest.mark.parametrize(
    "city",
    [
        (SITUS, lambda: sites_view(LONG_TILES)),
        (
            RINGKASAN,
            lambda: summary_view(LONG_TILES, incidents=[incident(number, LONG_NAME, owner=LONG_NAME) for number in range(9)]),
        ),
        (
            GANGGUAN,
            lambda: incidents_view(
                [incident(number, LONG_NAME, owner=LONG_NAME, taken=1 + number % 2, taken_by=LONG_NAME) for number in range(9)]
            ),
        ),
    ],
    ids=["situs", "ringkasan", "gangguan"],
)
def test_names_of_eighty_characters_end_in_an_ellipsis_and_push_nothing_away(page: Page, tmp_path: Path, city: City) -> None:
    assert len(LONG_NAME) == 80
    show(page, tmp_path, city)
    seen = looks(page)
    assert (seen.too_small, seen.outside, seen.overlapping) == ([], [], [])
    assert [each for each in seen.cut if "Badan" not in each] == []
    without_ellipsis = page.evaluate(
        "() => [...document.querySelectorAll('.st span,.gh b,.abn b,.abn p,.cc-ins .di,.cc-ins .siapa')]"
        ".filter((each) => getComputedStyle(each).textOverflow !== 'ellipsis').length"
    )
    assert without_ellipsis == 0
    assert page.locator(".cc-vonis h1").evaluate("(title) => title.getClientRects().length") == 1


def test_every_short_name_of_the_shipped_register_fits_its_tile(page: Page, tmp_path: Path) -> None:
    with REGISTER.open(newline="", encoding="utf-8") as register:
        lines = [line for line in register if not line.startswith("#")]
    sites = tuple(tile(row["short_name"], group=row["group"], seconds=1.25) for row in csv.DictReader(lines, delimiter=";"))
    show(page, tmp_path, (SITUS, lambda: sites_view(sites)))
    short_names = {each.short_name for each in sites}
    assert len(short_names) > 100
    assert [each for each in looks(page).cut if each in short_names] == []


def test_the_verdict_keeps_one_line_in_the_full_tier(page: Page, tmp_path: Path) -> None:
    for city in (*CITY.values(), *FULL_TIER_ONLY.values()):
        show(page, tmp_path, city)
        lines = page.locator(".cc-vonis h1").evaluate(
            "(title) => title.offsetHeight / parseFloat(getComputedStyle(title).lineHeight)"
        )
        assert lines == pytest.approx(1, abs=0.1)


def test_five_incidents_stand_on_the_wall_in_the_full_tier(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, CITY["ringkasan-crisis"])
    in_sight = "(rows) => rows.filter((row) => row.getBoundingClientRect().left < innerWidth).length"
    assert page.locator(".cc-ins li").evaluate_all(in_sight) == 5


def test_trouble_is_coloured_only_where_there_is_trouble(page: Page, tmp_path: Path) -> None:
    saturated = """() => [...document.querySelectorAll('.cc-layar *')].filter((each) => {
      const style = getComputedStyle(each);
      return [style.backgroundColor, style.color].some((colour) => {
        const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
        return alpha > 0 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
      }) && each.getClientRects().length > 0;
    }).length"""
    for theme in ("gelap", "terang"):
        for calm in (
            CITY["ringkasan-calm"],
            CITY["ringkasan-wifi-calm"],
            FULL_TIER_ONLY["wifi-calm"],
            FULL_TIER_ONLY["gangguan-calm"],
        ):
            show(page, tmp_path, calm, theme=theme)
            assert page.evaluate(saturated) == 0
        for troubled in (CITY["ringkasan-normal"], FULL_TIER_ONLY["wifi-normal"], FULL_TIER_ONLY["gangguan-normal"]):
            show(page, tmp_path, troubled, theme=theme)
            assert page.evaluate(saturated) > 0


@pytest.mark.parametrize("theme", ["gelap", "terang"])
@pytest.mark.parametrize("deficiency", ["deuteranopia", "protanopia", "achromatopsia"])
def test_states_differ_by_shape_and_text_when_colours_do_not(page: Page, tmp_path: Path, theme: str, deficiency: str) -> None:
    city = (SITUS, lambda: sites_view(tuple(tile("Satu", condition, seconds=0.8) for condition in Condition)))
    show(page, tmp_path, city, theme=theme)
    in_full_colour = _tiles(page)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})
    shots = dict(zip(Condition, _tiles(page), strict=True))
    session.detach()
    assert shots[Condition.DOWN] not in in_full_colour, "the emulation is at work"
    for one, other in combinations(Condition, 2):
        if {one, other} == {Condition.SLOW, Condition.DEGRADED}:
            continue  # one shape by design: the list beside the grid has the word
        assert _share_of_different_pixels(page, shots[one], shots[other]) > 0.02, (one, other)


@pytest.mark.parametrize("theme", ["gelap", "terang"])
@pytest.mark.parametrize("deficiency", ["deuteranopia", "protanopia", "achromatopsia"])
def test_states_of_hotspots_differ_by_shape_when_colours_do_not(page: Page, tmp_path: Path, theme: str, deficiency: str) -> None:
    (first,) = register()[:1]
    session = page.context.new_cdp_session(page)
    shots: dict[HotspotState, str] = {}
    for state in HotspotState:
        show(page, tmp_path, (WIFI, lambda: hotspots_view({first.key: state}, hotspots=(first,), planned=())), theme=theme)  # noqa: B023
        page.locator(".peta-wifi .nama").evaluate_all("(names) => names.forEach((each) => each.remove())")
        session.send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})
        box = page.locator(".peta-wifi").bounding_box()
        assert box is not None
        shots[state] = base64.b64encode(page.screenshot(clip=_around_the_first_point(box))).decode()
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})
    session.detach()
    for one, other in combinations(HotspotState, 2):
        assert _share_of_different_pixels(page, shots[one], shots[other]) > 0.01, (one, other)


def _around_the_first_point(box: FloatRect) -> FloatRect:
    ((_, spot),) = spots_of(hotspots_view(all_in(HotspotState.NORMAL), hotspots=register()[:1]).points)
    rem = box["width"] / WIDTH
    return {"x": box["x"] + (spot.x - 0.45) * rem, "y": box["y"] + (spot.y - 0.45) * rem, "width": 28, "height": 28}


def _tiles(page: Page) -> list[str]:
    return [base64.b64encode(each.screenshot()).decode() for each in page.locator(".st").all()]


def _share_of_different_pixels(page: Page, one: str, other: str) -> float:
    """Pixels whose lightness differs by more than a sixth of the scale."""
    share: float = page.evaluate(
        """async ([one, other]) => {
          const pixels = await Promise.all([one, other].map(async (png) => {
            const image = new Image();
            image.src = 'data:image/png;base64,' + png;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
            canvas.drawImage(image, 0, 0);
            return canvas.getImageData(0, 0, Math.min(image.width, 200), Math.min(image.height, 30)).data;
          }));
          let different = 0;
          const light = (data, at) => 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
          for (let at = 0; at < pixels[0].length; at += 4) {
            if (Math.abs(light(pixels[0], at) - light(pixels[1], at)) > 42) different += 1;
          }
          return different / (pixels[0].length / 4);
        }""",
        [one, other],
    )
    return share


def test_a_tile_whose_data_grew_old_loses_its_colour(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, (SITUS, lambda: sites_view((tile("Satu", Condition.DOWN),))))
    site = page.locator(".st")
    before = site.evaluate("(each) => getComputedStyle(each).backgroundColor")
    site.evaluate("(each) => each.classList.add('cc-basi')")
    assert site.evaluate("(each) => getComputedStyle(each).backgroundColor") != before
    assert "repeating-linear-gradient" in site.evaluate("(each) => getComputedStyle(each).backgroundImage")


def test_the_banner_waits_unseen_and_the_dimmed_screen_keeps_its_clock(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, CITY["ringkasan-normal"])
    assert page.locator(".cc-spanduk").is_hidden()
    page.locator(".cc-kanvas").evaluate("(canvas) => canvas.classList.add('cc-putus')")
    page.locator(".cc-spanduk").evaluate("(banner) => { banner.hidden = false; }")
    assert page.locator(".cc-spanduk").is_visible()
    assert page.locator(".cc-isi").evaluate("(each) => getComputedStyle(each).opacity") == "0.3"
    assert page.locator(".cc-kop").evaluate("(each) => getComputedStyle(each).opacity") == "1"
