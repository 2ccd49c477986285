"""``make screens``: pictures of every wall of the running demo, for docs/screens/. Look at them before you commit them.

    python -m tests.support.screens [ringkasan situs wifi layanan gangguan salat]

``gangguan`` and ``salat`` are two moments of the Wi-Fi wall: a line that takes 262 hotspots along, and the hour of prayer.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.chromium import EXECUTABLE, FLAGS
from tests.support.demo_product import ROOT, DemoProduct, running_demo

FOLDER = ROOT / "docs" / "screens"
SIZES = ((1366, 768), (1920, 1080), (3840, 2160))
THEMES = ("gelap", "terang")
SETTLE_MS = 3_000
FIRST_LOOKS_MS = 45_000
"""Until every site has been looked at, the second looks are over and the script has broken something."""
MOMENT_COMES_MS = 500_000
PAST_IS_DRAWN_MS = 150_000
"""Until the told day of 721 hotspots has been rolled up for their lines."""


def main() -> None:
    wanted = sys.argv[1:] or [*SCREENS, *MOMENTS]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
        screens = [each for each in wanted if each not in MOMENTS]
        if screens:
            _ordinary_day(browser, screens)
        for name in wanted:
            if name in MOMENTS:
                _moment(browser, name, MOMENTS[name])
        browser.close()


def _ordinary_day(browser: Browser, screens: list[str]) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="cc-screens-") as folder,
        running_demo(Path(folder), script="biasa", every="10s", timeout="4s") as product,
    ):
        page = browser.new_page()
        page.goto(product.address("/wall/ringkasan"))
        page.wait_for_timeout(FIRST_LOOKS_MS)
        page.close()
        for screen in screens:
            for width, height in SIZES:
                for theme in THEMES:
                    _picture(browser, product, screen, (width, height), theme, screen)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of the Wi-Fi wall: the fault that makes it, the words (a pattern) by which it is known to have come, and what else
    has to be prepared for it."""

    fault: str
    sign: str
    prepare: Callable[[Path], object] = str

    def make_ready(self, folder: Path) -> None:
        """Write the script, and whatever else it takes."""
        (folder / "data" / "reference" / "demo_saat.yaml").write_text(f"loop: 1h\nfaults:\n  - {self.fault}\n")
        self.prepare(folder)


def _at_prayer(folder: Path) -> None:
    """Put the city where noon has just passed: the product works the hour of prayer out from the sun, whatever the clock says."""
    now, config = datetime.now(UTC), folder / "config.yaml"
    east_of_utc = ((12 - 8 / 60) - (now.hour + now.minute / 60)) * 15  # where the sun stood highest some eight minutes ago
    longitude = (east_of_utc + 180) % 360 - 180
    config.write_text(re.sub(r"(?m)^  longitude: \S+", f"  longitude: {longitude:.2f}", config.read_text()))


SCREENS = ("ringkasan", "situs", "wifi", "layanan")
MOMENTS = {
    "gangguan": Moment("{hotspots: {parent: induk:penyedia-a-selatan}, kind: down, from: 3m}", r"2[2-6]\d\s+titik"),
    "salat": Moment("{hotspots: {place_type: ibadah}, kind: down}", r"\b6\d\d/663", _at_prayer),
}


def _moment(browser: Browser, name: str, moment: Moment) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="cc-screens-") as folder,
        running_demo(Path(folder), script="saat", every="10s", timeout="4s", prepare=moment.make_ready) as product,
    ):
        page = browser.new_page()
        page.goto(product.address("/wall/wifi"))
        page.wait_for_function(
            "pattern => new RegExp(pattern).test(document.body.innerText)", arg=moment.sign, timeout=MOMENT_COMES_MS
        )
        page.wait_for_timeout(PAST_IS_DRAWN_MS)
        page.close()
        for theme in THEMES:
            _picture(browser, product, "wifi", (1920, 1080), theme, f"wifi-{name}")


def _picture(browser: Browser, product: DemoProduct, screen: str, size: tuple[int, int], theme: str, name: str) -> None:
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(product.address(f"/wall/{screen}?theme={theme}"))
    page.locator(".cc-data-per:visible").wait_for()
    page.wait_for_timeout(SETTLE_MS)
    path = FOLDER / f"{name}-{width}x{height}-{theme}.png"
    page.screenshot(path=path)
    page.close()
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
