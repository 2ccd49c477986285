"""The console over HTTP: who gets which page, callbacks that ask for rights again, and news that comes at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, select

from command_centre.app.clock import SystemClock
from command_centre.app.console_pages import dash_of, pages_of
from command_centre.commands import Actor, Commands
from command_centre.domain.incident import IncidentId
from command_centre.domain.person import Person, Role
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import open_database, writing
from command_centre.storage.people import make_token
from command_centre.storage.recheck_tables import recheck
from layouts.console.place import PAGES, Place
from layouts.wording import Language, words_for
from layouts.wording.console import INDONESIAN
from tests.support.console_desk import ACCESS, PEOPLE, add_people, console, open_incident, session_of
from tests.support.databases import sqlite_template
from tests.support.little_city import WITA, LittleCity, site
from tests.support.wall_server import HOST, Answer, RunningServer, ask, running_server

__all__ = ["sqlite_template"]

DLH = site("Dlh")
ADDRESSES = ("/konsol", "/konsol/insiden/1", *(f"/konsol/{page}" for page in PAGES[1:]), "/konsol/target/situs:dlh")


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    LittleCity(engine, SystemClock(), (DLH,))
    add_people(engine, SystemClock().now())
    yield engine
    engine.dispose()


@pytest.fixture
def story(engine: Engine) -> IncidentId:
    return open_incident(engine, DLH, SystemClock().now() - timedelta(minutes=5))


@pytest.fixture
def server(engine: Engine) -> Iterator[RunningServer]:
    clock = SystemClock()
    with running_server(engine, clock, access=ACCESS, console=console(engine, clock)) as running:
        yield running


def cookie(engine: Engine, name: str) -> str:
    return f"cc_sesi={session_of(engine, name, SystemClock().now())}"


def press(server: RunningServer, session: str, deed: str, story: IncidentId, **fields: str) -> Answer:
    """What a browser sends when a button is pressed, written by hand: a button need not be there to be pressed."""
    wanted = json.dumps({"index": deed, "type": "konsol-lakukan"}, separators=(",", ":"))
    names = ("konsol-catatan", "konsol-kepada", "konsol-sebab", "konsol-lama", "konsol-alasan", "konsol-pekerjaan")
    states: list[dict[str, Any]] = [
        {"id": "konsol-alamat", "property": "pathname", "value": f"/konsol/insiden/{story}"},
        {"id": "konsol-alamat", "property": "search", "value": ""},
        {"id": "konsol-tindak", "property": "data", "value": 0},
        *({"id": name, "property": "value", "value": fields.get(name.removeprefix("konsol-"), "")} for name in names),
        {"id": "konsol-mulai", "property": "value", "value": ""},
        {"id": "konsol-selesai", "property": "value", "value": ""},
    ]
    outputs = [("konsol-hasil", "children"), ("konsol-tindak", "data"), ("konsol-catatan", "value")]
    outputs += [("konsol-alasan", "value"), ("konsol-pekerjaan", "value")]
    body = {
        "output": ".." + "...".join(f"{key}.{name}" for key, name in outputs) + "..",
        "outputs": [{"id": key, "property": name} for key, name in outputs],
        "inputs": [
            [{"id": json.loads(wanted), "property": "n_clicks", "value": 1}],
            {"id": "konsol-catatan", "property": "n_submit", "value": 0},
        ],
        "changedPropIds": [f"{wanted}.n_clicks"],
        "state": states,
    }
    headers = {"Content_Type": "application/json", "Origin": server.url, "Cookie": session}
    return ask(server, "/meja-konsol/_dash-update-component", method="POST", body=json.dumps(body).encode(), **headers)


def said(answer: Answer) -> str:
    assert answer.status == 200, answer.text
    return str(json.loads(answer.text)["response"]["konsol-hasil"]["children"])


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_has_its_address_for_whoever_may_read(server: RunningServer, engine: Engine, address: str) -> None:
    for name in PEOPLE:
        answer = ask(server, address, Cookie=cookie(engine, name))
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert ask(server, address).status == 303


@pytest.mark.parametrize("address", ["/konsol/insiden/x", "/konsol/tidak-ada", "/konsol/insiden/-1"])
def test_an_address_that_nobody_has_is_not_found(server: RunningServer, engine: Engine, address: str) -> None:
    assert ask(server, address, Cookie=cookie(engine, "admin")).status == 404


def test_a_wall_gets_nothing_of_the_console(server: RunningServer, engine: Engine) -> None:
    """Not the page, not its callbacks, not its news."""
    now = SystemClock().now()
    with writing(engine) as connection:
        secret = make_token(connection, "ruang", Role.WALL, now, created_by="admin")
    wall = f"cc_dinding={secret}"
    assert ask(server, "/wall/ringkasan", Cookie=wall).status == 200
    assert ask(server, "/konsol", Cookie=wall).status in (303, 403)
    for address in ("/konsol/siaran", "/meja-konsol/_dash-layout"):
        assert ask(server, address, Cookie=wall).status in (303, 401, 403)


@pytest.mark.parametrize(("name", "may"), [("pejabat", False), ("aminah", True), ("admin", True)])
def test_a_button_pressed_by_hand_asks_for_the_right_again(
    server: RunningServer, engine: Engine, story: IncidentId, name: str, may: bool
) -> None:
    answer = said(press(server, cookie(engine, name), "terima", story))
    assert answer == (INDONESIAN.done["terima"] if may else INDONESIAN.not_allowed)
    with engine.connect() as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.via, audit.c.command)).all()
    assert [tuple(each) for each in rows] == ([(name, "console", "acknowledge")] if may else [])


def test_a_press_from_another_sites_page_is_refused(server: RunningServer, engine: Engine, story: IncidentId) -> None:
    body = b"{}"
    headers = {"Content_Type": "application/json", "Origin": "http://jahat.example", "Cookie": cookie(engine, "aminah")}
    answer = ask(server, "/meja-konsol/_dash-update-component", method="POST", body=body, **headers)
    assert answer.status == 403


def test_a_look_that_is_asked_for_waits_for_the_collector(server: RunningServer, engine: Engine, story: IncidentId) -> None:
    assert said(press(server, cookie(engine, "aminah"), "uji", story)) == INDONESIAN.done["uji"]
    with engine.connect() as connection:
        assert connection.execute(select(recheck.c.target_key, recheck.c.asked_by, recheck.c.taken_at)).all() == [
            ("situs:dlh", "aminah", None)
        ]


def test_news_comes_when_somebody_acts_and_not_when_nothing_happens(
    server: RunningServer, engine: Engine, story: IncidentId
) -> None:
    link = HTTPConnection(HOST, server.port, timeout=10)
    link.request("GET", "/konsol/siaran", headers={"Cookie": cookie(engine, "pejabat")})
    stream = link.getresponse()
    assert stream.status == 200
    first = _next(stream, "full")
    Commands(engine, SystemClock()).acknowledge(story, Actor("aminah", "console"))
    second = _next(stream, "delta", "full")
    assert first["regions"]["konsol"] != second["regions"]["konsol"]
    stream.close()
    link.close()


def _next(stream: Any, *names: str) -> dict[str, Any]:
    name = ""
    for _ in range(200):
        line = stream.readline().decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: ") and name in names:
            told: dict[str, Any] = json.loads(line.removeprefix("data: "))
            return told
    raise AssertionError(f"no {names} among two hundred lines")


def _ids(component: Any) -> list[str]:
    every = [component, *component._traverse()]
    return [each.id for each in every if isinstance(getattr(each, "id", None), str)]


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.OPERATOR])
def test_every_region_that_a_callback_fills_stands_in_one_page(engine: Engine, role: Role) -> None:
    made = console(engine, SystemClock())
    app = dash_of(FastAPI(), made)
    person = Person("uji", role)
    desk = made.desk.__class__(**{name: getattr(made.desk, name) for name in made.desk.__slots__} | {"person": lambda: person})
    words = words_for(Language.INDONESIAN, WITA)
    present = _ids(app.layout)
    for page in PAGES:
        parts = pages_of(desk)[page](Place(page), words)
        listed = [each for part in (parts if isinstance(parts, list) else [parts]) for each in _ids(part)]
        assert len(listed) == len(set(listed)), page
        present += listed
    drawn_later = {"konsol-target-kisi", "konsol-target-uji", "konsol-muat-ulang"}
    for_operators = {"konsol-catatan", "konsol-kepada", "konsol-sebab", "konsol-lama", "konsol-alasan", "konsol-pekerjaan"}
    for_operators |= {"konsol-mulai", "konsol-selesai"}
    named = {each["id"] for callback in app._callback_list for each in [*callback["inputs"], *callback["state"]]}
    missing = {each for each in named if not each.startswith("{")} - set(present) - drawn_later
    assert missing == (set() if role is Role.OPERATOR else for_operators)
