"""``make screens``: pictures of every wall of the running demo, for docs/screens/. Look at them before you commit them."""

from __future__ import annotations

import sys
import tempfile
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


def main() -> None:
    screens = sys.argv[1:] or ["ringkasan", "situs", "wifi", "layanan"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cc-screens-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
        with running_demo(Path(folder), script="biasa", every="10s", timeout="4s") as product:
            page = browser.new_page()
            page.goto(product.address("/wall/ringkasan"))
            page.wait_for_timeout(FIRST_LOOKS_MS)
            page.close()
            for screen in screens:
                for width, height in SIZES:
                    for theme in THEMES:
                        _picture(browser, product, screen, width, height, theme)
        browser.close()


def _picture(browser: Browser, product: DemoProduct, screen: str, width: int, height: int, theme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(product.address(f"/wall/{screen}?theme={theme}"))
    page.locator(".cc-data-per:visible").wait_for()
    page.wait_for_timeout(SETTLE_MS)
    path = FOLDER / f"{screen}-{width}x{height}-{theme}.png"
    page.screenshot(path=path)
    page.close()
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
