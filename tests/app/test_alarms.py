"""Every screen's stream carries the city's open critical incidents, and a page knows where to go for them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from command_centre.app.clock import SystemClock
from command_centre.commands import Actor, Commands
from command_centre.config.model import Sound, Wall
from command_centre.domain.incident import IncidentId
from command_centre.domain.reading import Reason, Source, Status
from command_centre.storage.database import open_database
from layouts import SCREENS
from tests.support.databases import sqlite_template
from tests.support.little_city import LittleCity, sites
from tests.support.wall_server import RunningServer, Stream, ask, running_server

__all__ = ["sqlite_template"]

WALLS = (
    Wall(name="utama", screens=("situs", "wifi"), mute=("22:00-06:00", "12:00-24:00")),
    Wall(name="sunyi", screens=("situs", "ringkasan"), sound=Sound.OFF),
    Wall(name="jauh", screens=("ringkasan",), viewing_distance_m=6),
)


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def city(engine: Engine) -> LittleCity:
    city = LittleCity(engine, SystemClock(), sites(3))
    city.show_life()
    city.see()
    return city


@pytest.fixture
def server(city: LittleCity) -> Iterator[RunningServer]:
    with running_server(city.engine, SystemClock(), walls=WALLS) as running:
        yield running


def plan_of(server: RunningServer, query: str) -> dict[str, Any]:
    """What the page tells its scripts."""
    found = re.search(r'id="cc-tayang">(.*?)</script>', ask(server, f"/wall?{query}").text)
    assert found is not None
    plan: dict[str, Any] = json.loads(found[1])
    return plan


@pytest.mark.parametrize("screen", list(SCREENS))
def test_every_screen_tells_of_critical_incidents_of_who_has_them_and_of_their_end(
    city: LittleCity, server: RunningServer, screen: str
) -> None:
    with Stream(server, screen) as stream:
        assert stream.until("full").data["alarms"] == {"open": [], "cleared": []}
        city.see("sendiri:sambungan", status=Status.DOWN, reason=Reason.OWN_UPLINK, source=Source.SELF, seconds=None)
        (alarm,) = until_alarms(stream, lambda told: bool(told["open"]))["open"]
        assert alarm["is_taken"] is False
        Commands(city.engine, SystemClock()).acknowledge(IncidentId(alarm["id"]), Actor("Ani", "test"))
        assert until_alarms(stream, lambda told: told["open"][0]["is_taken"])["open"] == [alarm | {"is_taken": True}]
        city.see("sendiri:sambungan", source=Source.SELF, seconds=None)
        assert until_alarms(stream, lambda told: not told["open"]) == {"open": [], "cleared": [alarm["id"]]}


def until_alarms(stream: Stream, is_so: Any) -> dict[str, Any]:
    """The alarms of the first message in which something is so; fails when it does not come in time."""
    for _ in range(50):
        told = stream.until("delta", "full").data["alarms"]
        if is_so(told):
            alarms: dict[str, Any] = told
            return alarms
    raise AssertionError("fifty messages, and it never was so")


def test_a_wall_in_turn_goes_to_a_page_of_its_own_that_lists_incidents_or_to_one_that_is_put_in(server: RunningServer) -> None:
    """L7"""
    assert plan_of(server, "name=utama")["jump"] == "gangguan"
    assert plan_of(server, "name=sunyi")["jump"] == "ringkasan"
    assert plan_of(server, "name=sunyi&screens=situs,gangguan")["jump"] == "gangguan"
    assert plan_of(server, "name=sunyi&screens=situs")["jump"] is None


def test_only_a_wall_with_a_name_is_heard_and_only_where_its_entry_allows(server: RunningServer) -> None:
    assert plan_of(server, "name=utama")["sound"] is True
    assert plan_of(server, "name=utama")["mute"] == [[1320, 360], [720, 1440]]
    assert plan_of(server, "name=sunyi")["sound"] is False
    assert plan_of(server, "screens=situs")["sound"] is False


def test_a_wall_that_is_too_far_away_for_the_list_never_goes_there(server: RunningServer) -> None:
    plan = plan_of(server, "name=jauh&screens=ringkasan,gangguan")
    assert plan["screens"] == ["ringkasan"]
    assert plan["jump"] is None
