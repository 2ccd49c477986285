"""The live feed over real HTTP: one state, then deltas, to every client the same."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from command_centre.app.clock import SystemClock
from command_centre.app.live import REMEMBERED_DELTAS, Channel, Drawing, Screens, event, plain
from command_centre.domain.reading import Reason, Status
from command_centre.storage.database import open_database
from command_centre.storage.walls import WallBeat, record_beat
from layouts.wall.situs import ids as situs
from tests.support.databases import sqlite_template
from tests.support.little_city import LittleCity, sites
from tests.support.wall_server import RunningServer, Stream, running_server, start_server

__all__ = ["sqlite_template"]


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def city(engine: Engine) -> LittleCity:
    city = LittleCity(engine, SystemClock(), sites(12))
    city.show_life()
    city.see()
    return city


@pytest.fixture
def server(city: LittleCity) -> Iterator[RunningServer]:
    with running_server(city.engine, SystemClock()) as running:
        yield running


def test_a_new_client_gets_one_whole_state_and_then_only_what_changed(city: LittleCity, server: RunningServer) -> None:
    with Stream(server, "situs") as stream:
        assert stream.next().name == "hello"  # type: ignore[union-attr]
        full = stream.until("full", "delta")
        assert full.name == "full"
        assert len(full.data["regions"]) > 100
        city.see("S3", status=Status.DOWN, reason=Reason.CONNECT_REFUSED)
        delta = stream.until("full", "delta")
        assert delta.name == "delta"
        assert 0 < len(delta.data["regions"]) < 10
        assert situs.ABNORMAL in delta.data["regions"]
        assert delta.data["as_of"] > full.data["as_of"]


def test_two_clients_hear_the_same_bytes(city: LittleCity, server: RunningServer) -> None:
    with Stream(server, "situs") as first, Stream(server, "situs") as second:
        first.until("full")
        second.until("full")
        city.see("S1", status=Status.DOWN, reason=Reason.CONNECT_REFUSED)
        assert first.until("delta") == second.until("delta")


def test_one_stream_carries_several_screens(city: LittleCity, server: RunningServer) -> None:
    with Stream(server, "ringkasan,situs") as stream:
        assert {stream.until("full").data["screen"], stream.until("full").data["screen"]} == {"ringkasan", "situs"}


def test_a_client_that_returns_takes_up_where_it_left(city: LittleCity, server: RunningServer) -> None:
    with Stream(server, "situs") as stream:
        identity = stream.until("full").identity
    city.see("S1", status=Status.DOWN, reason=Reason.CONNECT_REFUSED)
    with Stream(server, "situs", since=identity) as stream:
        assert stream.until("full", "delta").name == "delta"


def test_an_id_of_another_life_of_the_server_gets_the_whole_state(city: LittleCity) -> None:
    with running_server(city.engine, SystemClock()) as first, Stream(first, "situs") as stream:
        identity = stream.until("full").identity
    with running_server(city.engine, SystemClock()) as second, Stream(second, "situs", since=identity) as stream:
        assert stream.until("full", "delta").name == "full"


@pytest.mark.parametrize("nonsense", ["", "x", "abc:situs=zz", ":", "a:b=c,d", "é" * 50])
def test_a_nonsensical_id_gets_the_whole_state(city: LittleCity, server: RunningServer, nonsense: str) -> None:
    with Stream(server, "situs", since=nonsense) as stream:
        assert stream.until("full", "delta").name == "full"


def test_signs_of_life_of_writer_and_walls_are_no_news(city: LittleCity, server: RunningServer) -> None:
    with Stream(server, "situs") as stream:
        stream.until("full")
        city.show_life()
        record_beat(city.engine, WallBeat("utama", "situs"), city.clock.now())
        heard = [stream.next() for _ in range(2)]
        assert [told.name for told in heard if told is not None] == ["beat", "beat"]


def test_a_heartbeat_carries_the_time_and_how_old_the_data_are(city: LittleCity, server: RunningServer) -> None:
    with Stream(server, "situs") as stream:
        as_of = stream.until("full").data["as_of"]
        beat = stream.until("beat").data
        assert beat["ok"] is True
        assert beat["as_of"] == {"situs": as_of}
        assert abs(beat["now"] - city.clock.now().timestamp() * 1000) < 5000


def test_an_unknown_screen_is_not_found(server: RunningServer) -> None:
    with Stream(server, "situs,rahasia") as stream:
        assert stream.status == 404


def test_stopping_the_server_ends_the_streams_at_once(city: LittleCity) -> None:
    running = start_server(city.engine, SystemClock())
    with Stream(running, "situs") as stream:
        stream.until("full")
        begun = city.clock.now()
        running.stop()
        while stream.next() is not None:
            pass
        assert city.clock.now() - begun < timedelta(seconds=2)


def beat_saying(stream: Stream, *, ok: bool) -> bool:
    return any(stream.until("beat").data["ok"] is ok for _ in range(5))


def test_when_the_database_cannot_be_read_the_heart_beats_on_and_says_so(city: LittleCity, server: RunningServer) -> None:
    with Stream(server, "situs") as stream:
        stream.until("full")
        with city.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE reading RENAME TO gone")
            connection.commit()
        assert beat_saying(stream, ok=False)
        with city.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO reading")
            connection.commit()
        assert beat_saying(stream, ok=True)


def test_a_database_that_was_restored_under_the_same_name_is_followed(
    city: LittleCity, server: RunningServer, tmp_path: Path
) -> None:
    file = tmp_path / "city.db"
    with Stream(server, "situs") as stream:
        before = stream.until("full").data["as_of"]
        with city.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"VACUUM INTO '{tmp_path / 'copy.db'}'")
        city.engine.dispose()
        for old in list(tmp_path.glob("city.db*")):
            old.rename(tmp_path / f"old-{old.name}")
        (tmp_path / "copy.db").rename(file)
        fresh = open_database(f"sqlite:///{file}")
        LittleCity(fresh, city.clock, city.register).see()
        fresh.dispose()
        assert stream.until("full", "delta").data["as_of"] > before


# -- the parts that need no server


def channel_after(deltas: int) -> Channel:
    channel = Channel("situs", number=deltas)
    channel.state = {"region": b'"' + b"x" * 10_000 + b'"'}
    channel.head = b'{"screen":"situs"}'
    for number in range(1, deltas + 1):
        channel.deltas.append((number, b'{"screen":"situs","regions":{}}'))
    return channel


def test_a_client_a_little_behind_gets_the_deltas_it_missed() -> None:
    missing = channel_after(10).missing_since(7)
    assert missing is not None
    assert [number for number, _ in missing] == [8, 9, 10]


def test_a_client_too_far_behind_gets_one_whole_state() -> None:
    assert channel_after(REMEMBERED_DELTAS + 10).missing_since(5) is None


def test_a_client_ahead_of_us_gets_one_whole_state() -> None:
    assert channel_after(10).missing_since(11) is None


def test_deltas_dearer_than_the_whole_are_not_sent() -> None:
    channel = channel_after(3)
    channel.state = {"region": b'""'}
    assert channel.missing_since(0) is None
    assert channel.missing_since(2) is not None


def test_memory_for_slow_clients_is_bounded() -> None:
    assert len(channel_after(10 * REMEMBERED_DELTAS).deltas) == REMEMBERED_DELTAS


def test_a_screen_that_cannot_be_drawn_is_logged_once_and_heals(caplog: pytest.LogCaptureFixture) -> None:
    faults = iter([True, True, False])

    def draw() -> Drawing:
        if next(faults):
            raise ValueError("a fault of ours")
        return Drawing({"a": "1"}, None)

    screens = Screens({"situs": draw})
    with caplog.at_level(logging.INFO):
        assert screens.redraw("situs") is None
        assert screens.redraw("situs") is None
        assert screens.redraw("situs") is not None
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_only_regions_that_differ_are_sent_again() -> None:
    drawings = iter([Drawing({"a": "1", "b": "1"}, None), Drawing({"a": "1", "b": "2"}, None)])
    screens = Screens({"situs": lambda: next(drawings)})
    screens.redraw("situs")
    redrawn = screens.redraw("situs")
    assert redrawn is not None
    assert redrawn[1] == {"b": b'"2"'}
    assert redrawn[2] == {"a": b'"1"', "b": b'"2"'}


def test_an_event_is_one_line_of_data() -> None:
    assert event("delta", b'{"a":"x\\ny"}', "l:situs=1") == b'event: delta\nid: l:situs=1\ndata: {"a":"x\\ny"}\n\n'


def test_what_is_no_component_is_refused() -> None:
    with pytest.raises(TypeError, match="object cannot be sent to a browser"):
        plain(object())
