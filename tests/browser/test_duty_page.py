"""The duty page on a phone, in real Chromium: everything fits, the thumb reaches the buttons, and it works without script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import Engine, insert, select

from command_centre.domain.incident import IncidentId
from command_centre.storage.database import open_database, writing
from command_centre.storage.tables import incident, span, target
from command_centre.storage.times import to_ms
from tests.support.chromium import chromium
from tests.support.clock import NOON, FrozenClock
from tests.support.databases import sqlite_template
from tests.support.duty_desk import duty_desk, link
from tests.support.telling import make_due, message, open_incident
from tests.support.wall_server import RunningServer, running_server

__all__ = ["chromium", "sqlite_template"]

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON + timedelta(minutes=4))


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine, clock: FrozenClock) -> Iterator[RunningServer]:
    with running_server(engine, clock, more=duty_desk(engine, clock).routes()) as running:
        yield running


@pytest.fixture
def story(engine: Engine) -> IncidentId:
    """A crisis with everything a page can say."""
    story = open_incident(engine)
    told = message(story, title="Loktuan: 7 titik Wi-Fi dan situs kelurahan terputus")
    step = "Tanya PLN 123 gardu LT-07. Bila listrik ada, cek MCB kantor lurah."
    make_due(engine, replace(told, facts={"first_step": step, "suspected": "listrik padam"}))
    _give_a_past(engine, story)
    return story


def _give_a_past(engine: Engine, story: IncidentId) -> None:
    with writing(engine) as connection:
        number = connection.execute(select(target.c.id).join(incident).where(incident.c.id == story)).scalar_one()
        times = [NOON + timedelta(minutes=minutes) for minutes in (-420, -180, -150, 0, 9)]
        for since, until, status in zip(times, times[1:], ("up", "degraded", "up", "down"), strict=False):
            row = {"target_id": number, "since": to_ms(since), "until": to_ms(until), "status": status, "reason": "ok"}
            connection.execute(insert(span).values(row | {"planned": False}))


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, device_scale_factor=2, java_script_enabled=False)
    page = context.new_page()
    yield page
    context.close()


def test_everything_fits_a_phone_and_the_buttons_are_large(
    phone: Page, server: RunningServer, clock: FrozenClock, story: IncidentId
) -> None:
    phone.goto(server.url + link(clock, story))
    assert phone.locator("body").evaluate("body => body.scrollWidth") <= PHONE["width"]
    buttons = [each.bounding_box() for each in phone.locator("button").all()]
    assert len(buttons) == 4
    for box in buttons:
        assert box is not None
        assert box["height"] >= 48
        assert box["y"] + box["height"] <= PHONE["height"], "every button can be reached without scrolling"


def test_a_tap_takes_it_and_a_second_one_takes_it_back(
    phone: Page, server: RunningServer, clock: FrozenClock, story: IncidentId
) -> None:
    phone.goto(server.url + link(clock, story))
    phone.get_by_role("button", name="Saya tangani").click()
    assert phone.get_by_text("Anda menangani sejak 12.04").is_visible()
    assert phone.get_by_text("Diterima S. Aminah 12.04").is_visible()
    phone.reload()
    phone.get_by_role("button", name="Batalkan jawaban").click()
    assert phone.get_by_text("Belum diterima").is_visible()


def test_the_page_asks_for_nothing_but_its_own_style(
    phone: Page, server: RunningServer, clock: FrozenClock, story: IncidentId
) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url.removeprefix(server.url)))
    path = link(clock, story)
    phone.goto(server.url + path)
    assert set(asked) == {path, "/assets/tokens.css", "/assets/duty.css"}
