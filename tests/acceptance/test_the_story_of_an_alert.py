"""From a broken thing to the wall and the phone, and away again: the demo as a newcomer starts it, in a real browser."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from command_centre.app.notifying import DEMO_BOOK
from command_centre.demo.place import read_place
from tests.support.chromium import chromium
from tests.support.demo_product import DemoProduct, running_demo

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo-alert")]

SOON, LATER = 60_000, 150_000
"""Milliseconds: a look every 5 s and a second look, half a minute until a new trouble is told, a minute of calm."""
PORTAL = "dishub.bontangkota.go.id"
LINE = {"parent": "induk:penyedia-a-selatan"}
SHOWN = ".cc-kanvas:not([hidden])"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProduct]:
    with running_demo(tmp_path_factory.mktemp("demo"), every="5s") as product:
        yield product


@pytest.fixture
def wall(demo: DemoProduct, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.goto(demo.address("/wall?name=utama"))
    expect(page.locator(".cc-data-per:visible")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=SOON)
    yield page
    context.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def arrived(demo: DemoProduct, words: str) -> list[dict[str, str]]:
    """What the simulated phone got about something, in order."""
    book = demo.folder / "data" / DEMO_BOOK
    lines = book.read_text(encoding="utf-8").splitlines() if book.exists() else []
    return [each for line in lines if words in (each := json.loads(line))["text"]]


def wait_for(demo: DemoProduct, words: str, kind: str, milliseconds: int = LATER) -> dict[str, str]:
    deadline = time.monotonic() + milliseconds / 1000
    while True:
        found = [each for each in arrived(demo, words) if each["kind"] == kind]
        if found:
            return found[-1]
        assert time.monotonic() < deadline, f"no notice '{kind}' about {words}: {arrived(demo, words)}"
        time.sleep(0.5)


def switch_hotspots(demo: DemoProduct, kind: str) -> None:
    place = read_place(demo.folder / "data")
    assert place is not None
    body = json.dumps({"hotspots": LINE, "kind": kind}).encode()
    order = urllib.request.Request(f"http://{place.control}/_demo/fault", data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(order, timeout=5) as answer:
        assert answer.status == 200


def on_this_server(demo: DemoProduct, link: str) -> str:
    return demo.address("/" + link.split("://", 1)[1].partition("/")[2])


def test_a_dead_portal_reaches_the_wall_and_the_phone_and_leaves_again(demo: DemoProduct, wall: Page, phone: Page) -> None:
    wall.goto(demo.address("/wall/gangguan"))
    row = wall.locator(f"{SHOWN} .cc-gg li", has_text="Dishub")
    demo.switch(PORTAL, "refused")
    expect(row).to_contain_text("BELUM DITERIMA", timeout=SOON)
    told = wait_for(demo, "Dinas Perhubungan", "firing")
    assert told["text"].startswith("[SIMULASI] TINGGI: ")
    phone.goto(on_this_server(demo, told["link"]))
    phone.get_by_role("button", name="Saya tangani").click()
    expect(row).to_contain_text("diterima Petugas piket", timeout=1_000)
    demo.switch(PORTAL, "none")
    expect(row).to_have_count(0, timeout=LATER)  # calm has to last a minute before it counts
    phone.goto(on_this_server(demo, told["link"]))
    expect(phone.locator("main")).to_contain_text("PULIH", ignore_case=True)


def test_the_outage_of_262_hotspots_is_one_page_with_its_children(demo: DemoProduct, wall: Page, phone: Page) -> None:
    """S16, L7"""
    switch_hotspots(demo, "down")
    expect(wall.locator(SHOWN)).to_have_attribute("data-halaman", "gangguan", timeout=LATER)
    row = wall.locator(f"{SHOWN} .cc-gg li", has_text="Penyedia A Selatan")
    expect(row).to_contain_text(re.compile(r"2[56]\d titik terputus"), timeout=LATER)
    told = wait_for(demo, "Uplink Penyedia A, Bontang Selatan", "firing")
    assert "dari 262 titik Wi-Fi terputus" in told["text"]
    phone.goto(on_this_server(demo, told["link"]))
    expect(phone.locator("main")).to_contain_text("262")
    phone.get_by_role("button", name="Saya tangani").click()
    expect(row).to_contain_text("diterima Petugas piket", timeout=1_000)
    pages = [each for each in arrived(demo, "titik Wi-Fi terputus") if each["kind"] == "firing"]
    assert len(pages) == 1
    switch_hotspots(demo, "script")
