"""The page of one service on the real server: there, or honestly not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from command_centre.app.service_pages import desk_of_services, service_pages
from command_centre.app.serving import WholePath, index_of
from command_centre.read.service_details import ServiceDetails
from command_centre.storage.database import migrate, open_database
from layouts.console.service.page import skeleton
from layouts.wording import Language, words_for
from tests.support.clock import NOON, FrozenClock
from tests.support.little_city import WITA
from tests.support.little_services import LittleServices
from tests.support.wall_server import RunningServer, ask, running_server

WORDS = words_for(Language.INDONESIAN, WITA)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine) -> Iterator[RunningServer]:
    LittleServices(engine).see("layanan:sp4n", NOON)
    details = ServiceDetails(engine, WITA, FrozenClock(), is_simulated=True)
    with running_server(engine, FrozenClock(), more=service_pages(details, WORDS, WholePath, index_of)) as running:
        yield running


def test_a_service_of_the_register_has_its_page(server: RunningServer) -> None:
    answer = ask(server, "/layanan/layanan:sp4n")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert "/meja-layanan/" in answer.text
    assert ask(server, "/meja-layanan/_dash-layout").status == 200


def test_a_service_that_nobody_lists_is_not_found(server: RunningServer) -> None:
    assert ask(server, "/layanan/layanan:tidak-ada").status == 404
    assert ask(server, "/layanan/situs:dlh").status == 404


def test_without_a_name_the_wall_is_shown(server: RunningServer) -> None:
    answer = ask(server, "/layanan")
    assert (answer.status, answer.headers["location"]) == (307, "/wall/layanan")


def test_every_id_that_a_callback_names_exists_once(engine: Engine) -> None:
    app = desk_of_services(FastAPI(), ServiceDetails(engine, WITA, FrozenClock()), WORDS)
    callbacks = app._callback_list
    named = {each["id"] for callback in callbacks for each in [*callback["inputs"], *callback["state"]]}
    outputs = [callback["output"].rpartition(".")[0] for callback in callbacks]
    page = skeleton(WORDS)
    present = [each.id for each in page._traverse() if isinstance(getattr(each, "id", None), str)]  # type: ignore[no-untyped-call]
    assert named | set(outputs) <= set(present)
    assert len(outputs) == len(set(outputs)) == 7
