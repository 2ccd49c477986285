"""From poll to pixel: the demo as a newcomer starts it, watched in a real browser, with things broken and killed on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import chromium
from tests.support.demo_product import DemoProduct, running_demo

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

SOON = 30_000
"""Milliseconds: a look every 5 s, a second look after 1 s, a part started again after 0.5 s; generous for a busy machine."""

SITE = "dishub.bontangkota.go.id"
# A wall that rotates keeps its other screens in the same document, hidden.
VERDICT = ".cc-vonis h1:visible"
DATA_PER = ".cc-data-per:visible"
DATA_AGE = ".cc-data-umur:visible"
BANNER = ".cc-kanvas:not([hidden]) .cc-spanduk-judul"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProduct]:
    with running_demo(tmp_path_factory.mktemp("demo"), every="5s") as product:
        yield product


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    yield page
    context.close()


def test_a_newcomer_sees_a_living_wall_that_says_it_is_simulated(demo: DemoProduct, page: Page) -> None:
    page.goto(demo.address("/wall/ringkasan"))
    expect(page.locator(".cc-kop:visible")).to_contain_text("simulasi", timeout=SOON)
    expect(page.locator(VERDICT)).to_be_visible(timeout=SOON)
    expect(page.locator(DATA_PER)).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=SOON)
    first = page.locator(DATA_PER).inner_text()
    expect(page.locator(DATA_PER)).not_to_have_text(first, timeout=SOON)


def test_a_site_that_breaks_reaches_the_wall_and_leaves_it_again(demo: DemoProduct, page: Page) -> None:
    page.goto(demo.address("/wall/situs"))
    broken = page.locator(".abn .put", has_text="Dishub")
    expect(page.locator(DATA_PER)).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=SOON)
    expect(broken).to_have_count(0)
    demo.switch(SITE, "bad_gateway")
    expect(broken).to_have_count(1, timeout=SOON)
    expect(broken).to_contain_text("terputus")
    demo.switch(SITE, "none")
    expect(broken).to_have_count(0, timeout=SOON)


def test_an_outage_is_one_incident_from_its_first_reading_to_its_end(demo: DemoProduct, page: Page) -> None:
    page.goto(demo.address("/wall/ringkasan"))
    line = page.locator(".cc-ins li:has(.cc-prio)", has_text="Dishub")  # calm shows what was resolved in the same place
    demo.switch(SITE, "refused")
    expect(line).to_have_count(1, timeout=SOON)
    expect(line).to_contain_text("ditolak", timeout=SOON)  # the story of the test before may not have ended yet
    demo.switch(SITE, "none")
    expect(line).to_have_count(0, timeout=90_000)  # calm has to last a minute before it counts


def test_with_the_own_uplink_lost_no_site_is_called_down(demo: DemoProduct, page: Page) -> None:
    page.goto(demo.address("/wall/situs"))
    expect(page.locator(DATA_PER)).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=SOON)
    demo.switch("uplink", "lost")
    try:
        expect(page.locator(VERDICT)).to_contain_text("Sambungan", timeout=60_000)
        assert page.locator(".abn .put").count() == 0
    finally:
        demo.switch("uplink", "none")
    expect(page.locator(VERDICT)).not_to_contain_text("Sambungan", timeout=60_000)


def test_a_killed_collector_shows_as_age_and_the_wall_heals_by_itself(demo: DemoProduct, page: Page) -> None:
    page.goto(demo.address("/wall/ringkasan"))
    expect(page.locator(DATA_PER)).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=SOON)
    before = page.locator(DATA_PER).inner_text()
    killed = demo.part("collect")
    demo.kill("collect")
    expect(page.locator(DATA_PER)).not_to_have_text(before, timeout=60_000)
    assert demo.part("collect") != killed
    expect(page.locator(DATA_AGE)).to_have_text(re.compile(r"\(\d dtk lalu\)"), timeout=60_000)


def test_a_killed_web_process_is_admitted_on_the_glass_and_heals_by_itself(demo: DemoProduct, page: Page) -> None:
    page.goto(demo.address("/wall/ringkasan"))
    expect(page.locator(DATA_PER)).to_have_text(re.compile(r"\d\d:\d\d:\d\d"), timeout=SOON)
    killed = demo.part("serve")
    demo.kill("serve")
    before = page.locator(DATA_PER).inner_text()
    expect(page.locator(DATA_PER)).not_to_have_text(before, timeout=60_000)
    assert demo.part("serve") != killed
    expect(page.locator(BANNER)).to_be_hidden(timeout=60_000)


def test_no_traceback_was_written_meanwhile(demo: DemoProduct) -> None:
    assert "Traceback" not in demo.log()
