"""From ``run.py demo`` to the first painted wall, after set-up: a fresh folder, real Chromium. Wanted: at most 10 s."""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support.chromium import EXECUTABLE, FLAGS
from tests.support.demo_product import running_demo

RUNS = 3


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
        for number in range(RUNS):
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            with tempfile.TemporaryDirectory(prefix="cc-bench-") as folder:
                _run(number, Path(folder), page)
            page.close()
        browser.close()


def _run(number: int, folder: Path, page: Page) -> None:
    begun = time.monotonic()
    with running_demo(folder, script="biasa", every="10s", timeout="4s") as product:
        ready = time.monotonic() - begun
        page.goto(product.address("/wall/ringkasan"))
        page.locator(".cc-angka-nilai:visible b").first.wait_for(timeout=60_000)
        page.wait_for_function(
            "() => /\\d\\d:\\d\\d:\\d\\d/.test(document.querySelector('.cc-kanvas:not([hidden]) .cc-data-per').textContent)"
        )
        painted = time.monotonic() - begun
        page.wait_for_function("() => /\\d/.test(document.querySelector('.cc-kanvas:not([hidden]) .cc-angka-nilai').textContent)")
        counted = time.monotonic() - begun
        sites = re.sub(r"\s+", "", page.locator(".cc-angka-nilai:visible").first.inner_text())
    print(
        f"run {number + 1}: web process ready after {ready:.1f} s, wall painted after {painted:.1f} s, "
        f"its first number ({sites} sites) after {counted:.1f} s"
    )


if __name__ == "__main__":
    main()
