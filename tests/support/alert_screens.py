"""Pictures of an alert for docs/screens/: the wall of incidents, the simulated phone and the duty page, of the running demo.

    python -m tests.support.alert_screens

A provider's line is cut in the demo; the pictures show what then is on the wall and on the phone. Look at them before you
commit them.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from command_centre.app.notifying import DEMO_BOOK
from command_centre.demo.place import read_place
from tests.support.chromium import EXECUTABLE, FLAGS
from tests.support.demo_product import DemoProduct, running_demo
from tests.support.screens import FOLDER, SIZES, THEMES

FIRST_LOOKS_SECONDS = 45
PATIENCE_SECONDS = 180
SETTLE_MS = 3_000
LINE = {"parent": "induk:penyedia-a-selatan"}
PASSWORD = "kata-sandi-untuk-gambar-1"
"""Of a demo that lives for minutes."""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cc-alert-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), headless=True, args=list(FLAGS))
        with running_demo(Path(folder), script="biasa", every="10s", timeout="4s") as product:
            time.sleep(FIRST_LOOKS_SECONDS)
            _cut_the_line(product)
            link = _link_of_the_page(product)
            for width, height in SIZES:
                for theme in THEMES:
                    _wall(browser, product, (width, height), theme)
            _phone(browser, product, link)
        browser.close()


def _cut_the_line(product: DemoProduct) -> None:
    place = read_place(product.folder / "data")
    assert place is not None
    body = json.dumps({"hotspots": LINE, "kind": "down"}).encode()
    order = urllib.request.Request(f"http://{place.control}/_demo/fault", data=body, headers={"Content-Type": "application/json"})
    urllib.request.urlopen(order, timeout=5).close()


def _link_of_the_page(product: DemoProduct) -> str:
    """The duty page of the one message about the line."""
    book = product.folder / "data" / DEMO_BOOK
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        lines = book.read_text(encoding="utf-8").splitlines() if book.exists() else []
        told = [each for line in lines if "titik Wi-Fi terputus" in (each := json.loads(line))["text"] and each["link"]]
        if told:
            return "/" + str(told[-1]["link"]).split("://", 1)[1].partition("/")[2]
        time.sleep(1)
    raise TimeoutError("nobody was told of the line")


def _wall(browser: Browser, product: DemoProduct, size: tuple[int, int], theme: str) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(product.address(f"/wall/gangguan?theme={theme}"))
    page.locator(".cc-gg li:visible").first.wait_for()
    page.wait_for_timeout(SETTLE_MS)
    _save(page, f"gangguan-{size[0]}x{size[1]}-{theme}")
    page.close()


def _phone(browser: Browser, product: DemoProduct, link: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    _sign_in(page, product)
    page.goto(product.address("/demo/kotak-masuk"))
    _save(page, "ponsel-kotak-masuk")
    page.goto(product.address(link))
    _save(page, "ponsel-piket")
    page.get_by_role("button", name="Saya tangani").click()
    _save(page, "ponsel-piket-setelah")
    context.close()


def _sign_in(page: Page, product: DemoProduct) -> None:
    """With the password that the demo prints once, and a new one at once."""
    (found,) = set(re.findall(r"one-time password\): (\S+)", product.log()))
    page.goto(product.address("/masuk"))
    page.locator("input[name=nama]").fill("admin")
    page.locator("input[name=sandi]").fill(found)
    page.locator("form[action='/masuk'] button").click()
    for name, text in (("lama", found), ("baru", PASSWORD), ("ulang", PASSWORD)):
        page.locator(f"input[name={name}]").fill(text)
    page.locator("form[action='/sandi'] button").click()


def _save(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/screens/{name}.png")


if __name__ == "__main__":
    main()
