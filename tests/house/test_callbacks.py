"""Every id that a callback names stands in the page it belongs to, and no region has two callbacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dash import Dash
from dash.development.base_component import Component
from sqlalchemy import Engine

from command_centre.app.clock import SystemClock
from command_centre.app.serving import create_app
from command_centre.read.queries import Queries
from command_centre.storage.database import open_database
from layouts.console.hotspot.page import skeleton
from layouts.wording import Language, words_for
from tests.support.little_city import WITA

WORDS = words_for(Language.INDONESIAN, ZoneInfo("Asia/Makassar"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


def desk_of(engine: Engine) -> Dash:
    clock = SystemClock()
    return create_app(Queries(engine, WITA, clock), engine, clock=clock, words=WORDS).desk


def ids_of(component: Component) -> Iterator[str]:
    every = [component, *component._traverse()]  # type: ignore[no-untyped-call]
    return (each.id for each in every if isinstance(getattr(each, "id", None), str))


def test_every_id_that_a_callback_names_exists_once(engine: Engine) -> None:
    callbacks = desk_of(engine)._callback_list
    named = {each["id"] for callback in callbacks for each in [*callback["inputs"], *callback["state"]]}
    named |= {callback["output"].rpartition(".")[0] for callback in callbacks}
    present = list(ids_of(skeleton(WORDS)))
    assert named <= set(present)
    assert len(present) == len(set(present))
    assert len(callbacks) == 7


def test_no_region_is_written_by_two_callbacks(engine: Engine) -> None:
    outputs = [callback["output"] for callback in desk_of(engine)._callback_list]
    assert len(outputs) == len(set(outputs))


def test_two_applications_keep_their_callbacks_apart(engine: Engine) -> None:
    assert len(desk_of(engine)._callback_list) == len(desk_of(engine)._callback_list) == 7
