"""The page of one hotspot in a real browser: it draws, it answers, and no request leaves the machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from command_centre.app.clock import SystemClock
from command_centre.domain.reading import Reason, Status
from command_centre.storage.database import open_database, writing
from command_centre.storage.inventory import sync_targets
from tests.read.test_hotspots import WIFI_METRICS, WifiCity, hotspot
from tests.support.chromium import chromium
from tests.support.databases import sqlite_template
from tests.support.little_city import METRICS
from tests.support.wall_server import RunningServer, running_server

__all__ = ["chromium", "sqlite_template"]

pytestmark = pytest.mark.browser


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    register = (hotspot("Adipura", settlement="Gusung"), hotspot("Diam"))
    city = WifiCity(engine, SystemClock(), register)
    with writing(engine) as connection:
        sync_targets(connection, register, (*METRICS, *WIFI_METRICS), city.clock.now())
    now = datetime.now(UTC)
    for minute in [*range(-120, -60), *range(-30, 1)]:
        city.tell("Adipura", at=now + timedelta(minutes=minute), clients=12, mbps=9.5)
    city.tell("Adipura", status=Status.DEGRADED, reason=Reason.FULL, clients=30)
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine) -> Iterator[RunningServer]:
    with running_server(engine, SystemClock()) as running:
        yield running


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    expect.set_options(timeout=20_000)  # a busy machine takes its time over Plotly's script
    yield context.new_page()
    expect.set_options(timeout=5_000)
    context.close()


def test_the_page_draws_offline_and_without_a_complaint(server: RunningServer, page: Page) -> None:
    hosts: set[str | None] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server.url}/titik/wifi:adipura")
    expect(page.locator("h1")).to_have_text("Titik Adipura")
    expect(page.locator(".keadaan")).to_contain_text("penuh")
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.locator("#titik-perangkat .annotation-text").first).to_be_visible()
    assert hosts == {"127.0.0.1"}
    assert complaints == []


def test_another_period_is_drawn_when_it_is_asked_for(server: RunningServer, page: Page) -> None:
    page.goto(f"{server.url}/titik/wifi:adipura")
    ticks = page.locator("#titik-perangkat .xtick text")
    expect(ticks.first).to_be_visible()
    first = ticks.first.text_content() or ""
    page.get_by_text("7 hari").click()
    expect(ticks.first).not_to_have_text(first)
    expect(page.locator("#titik-ringkasan")).to_contain_text("ketersediaan")


def test_a_silent_hotspot_claims_nothing(server: RunningServer, page: Page) -> None:
    page.goto(f"{server.url}/titik/wifi:diam")
    expect(page.locator(".keadaan")).to_contain_text("tanpa data")
    expect(page.locator("#titik-ringkasan")).to_contain_text("tidak terukur")
    expect(page.locator("#titik-sumber")).to_contain_text("Belum ada sumber yang melapor")


def test_an_unknown_hotspot_is_said_to_be_unknown(server: RunningServer, page: Page) -> None:
    answer = page.goto(f"{server.url}/titik/wifi:%3Cscript%3E")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("Titik Wi-Fi ini tidak ada dalam daftar")


def test_nothing_on_the_page_is_smaller_than_twelve_pixels(server: RunningServer, page: Page) -> None:
    page.goto(f"{server.url}/titik/wifi:adipura")
    expect(page.locator("#titik-perangkat .annotation-text").first).to_be_visible()
    small = page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const box = node.parentElement;
            if (!node.textContent.trim() || box.closest('script,style') || !box.getClientRects().length) continue;
            if (parseFloat(getComputedStyle(box).fontSize) < 12) found.push(node.textContent.trim());
          }
          return found;
        }"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
