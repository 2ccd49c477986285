"""Pages and small answers of the web process, over real HTTP."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from command_centre.app.clock import SystemClock
from command_centre.config.model import Theme, Wall
from command_centre.storage.database import open_database
from tests.support.databases import sqlite_template
from tests.support.little_city import LittleCity, sites
from tests.support.wall_server import Answer, RunningServer, ask, running_server

__all__ = ["sqlite_template"]

WALLS = (
    Wall(name="ruang utama", screens=("ringkasan", "situs"), every=timedelta(seconds=20), theme=Theme.LIGHT),
    Wall(name="lobi", screens=("situs",), screen_diagonal=43, viewing_distance_m=6),
    Wall(name="aula", screens=("ringkasan", "situs"), screen_diagonal=43, viewing_distance_m=6),
)


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine) -> Iterator[RunningServer]:
    with running_server(engine, SystemClock(), walls=WALLS) as running:
        yield running


def plan_of(answer: Answer) -> dict[str, object]:
    block = re.search(r'<script type="application/json" id="cc-tayang">(.*?)</script>', answer.text)
    assert block is not None
    plan: dict[str, object] = json.loads(block.group(1))
    return plan


def beat(server: RunningServer, told: object, **headers: str) -> Answer:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return ask(server, "/wall/beat", method="POST", body=body, **{"Content_Type": "application/json", **headers})


def stored_walls(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT name, page, dom_nodes, closed FROM wall"))]


def test_the_front_page_leads_to_every_screen_and_every_wall(server: RunningServer) -> None:
    page = ask(server, "/").text
    for address in ("/wall/ringkasan", "/wall/situs", "/wall?name=ruang%20utama"):
        assert f'href="{address}"' in page


def test_a_wall_page_carries_its_room_theme_and_plan(server: RunningServer) -> None:
    answer = ask(server, "/wall?name=ruang%20utama")
    assert answer.status == 200
    assert 'data-tema="terang"' in answer.text
    assert "--jarak-m:3;--diag-in:55" in answer.text
    assert plan_of(answer)["screens"] == ["ringkasan", "situs"]
    assert plan_of(answer)["every"] == 20_000
    assert plan_of(answer)["name"] == "ruang utama"


def test_the_query_overrides_the_walls_own_choice(server: RunningServer) -> None:
    answer = ask(server, "/wall?name=ruang%20utama&screens=situs&every=45s&theme=gelap")
    assert 'data-tema="gelap"' in answer.text
    assert plan_of(answer)["screens"] == ["situs"]
    assert plan_of(answer)["every"] == 45_000


def test_a_page_of_a_browser_without_a_name_reports_nothing(server: RunningServer) -> None:
    assert plan_of(ask(server, "/wall/situs"))["name"] is None
    assert plan_of(ask(server, "/wall/situs?name=entah"))["name"] is None


def test_a_wall_that_nobody_configured_is_told_which_walls_there_are(server: RunningServer) -> None:
    answer = ask(server, "/wall?name=lobby")
    assert answer.status == 404
    assert "Tidak ada layar dinding bernama &#x27;lobby&#x27; di config.yaml. Yang ada: ruang utama, lobi, aula" in answer.text


def test_without_any_wall_in_the_configuration_a_name_is_told_that(engine: Engine) -> None:
    with running_server(engine, SystemClock()) as server:
        assert "belum ada satu pun" in ask(server, "/wall?name=lobi").text


def test_a_screen_that_hangs_too_far_away_is_refused_with_the_reason(server: RunningServer) -> None:
    answer = ask(server, "/wall?name=lobi")
    assert answer.status == 409
    assert "Layar ini terlalu jauh untuk halaman Situs" in answer.text


def test_a_rotation_leaves_out_only_the_screens_that_cannot_be_read_there(server: RunningServer) -> None:
    assert plan_of(ask(server, "/wall?name=aula"))["screens"] == ["ringkasan"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/wall/rahasia", 404),
        ("/wall?screens=situs,%3Cscript%3E", 404),
        ("/wall/situs?theme=biru", 400),
        ("/wall?screens=situs&every=banyak", 400),
        ("/tidak/ada", 404),
        ("/docs", 404),
        ("/openapi.json", 404),
        ("/_dash-component-suites/tidak/ada.js", 404),
        ("/_dash-component-suites/dash/deps/../../x.js", 404),
        ("/_dash-component-suites/dash_html_components/ngawur.v1_0m1.min.js", 404),
        ("/meja/_dash-component-suites/tidak/ada.js", 404),
        ("/assets/ngawur.css", 404),
    ],
)
def test_what_does_not_exist_is_said_plainly(server: RunningServer, path: str, status: int) -> None:
    answer = ask(server, path)
    assert answer.status == status
    assert "<script>" not in answer.text


def test_a_turn_is_never_shorter_than_five_seconds(server: RunningServer) -> None:
    assert plan_of(ask(server, "/wall?screens=situs,ringkasan&every=1s"))["every"] == 5_000


@pytest.mark.parametrize("path", ["/", "/wall/situs", "/live/none", "/healthz", "/fonts/roboto.ttf", "/_dash-layout"])
def test_every_answer_carries_the_security_headers(server: RunningServer, path: str) -> None:
    headers = ask(server, path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert headers["x-content-type-options"] == "nosniff"


def test_a_page_names_no_other_host(server: RunningServer) -> None:
    for path in ("/", "/wall/situs", "/_dash-layout"):
        assert re.findall(r'(?:src|href)="(?:https?:)?//', ask(server, path).text) == []


def test_fonts_come_from_installed_packages_and_are_kept_for_long(server: RunningServer) -> None:
    for name in ("roboto.ttf", "roboto-condensed.ttf"):
        answer = ask(server, f"/fonts/{name}")
        assert answer.status == 200
        assert len(answer.body) > 100_000
        assert "immutable" in answer.headers["cache-control"]
    assert ask(server, "/fonts/..%2fx").status == 404


FILE = re.compile(r'(?:src|href)="((?:/meja)?/(?:assets|_dash-component-suites)/[^"]+)"')


def test_a_file_is_kept_for_ever_under_an_address_that_names_its_version(server: RunningServer) -> None:
    files = FILE.findall(ask(server, "/wall/situs").text.replace("&amp;", "&"))
    assert any(each.startswith("/assets/live.js?m=") for each in files), files
    for path in files:
        kept = ask(server, path).headers["cache-control"]
        assert "max-age=31536000" in kept, path
    assert all("?m=" in each or ".v" in each for each in files)


def test_a_file_without_a_version_is_asked_for_each_time_and_is_not_sent_twice(server: RunningServer) -> None:
    first = ask(server, "/assets/tokens.css")
    assert first.headers["cache-control"] == "no-cache"
    assert ask(server, "/assets/tokens.css", If_None_Match=first.headers["etag"]).status == 304
    assert "cache-control" not in ask(server, "/assets/ngawur.css").headers


def test_health_names_the_build_and_readiness_the_age_of_the_data(engine: Engine, server: RunningServer) -> None:
    assert ask(server, "/healthz").status == 200
    assert json.loads(ask(server, "/healthz").body)["build"] == plan_of(ask(server, "/wall/situs"))["build"]
    assert json.loads(ask(server, "/readyz").body)["as_of"] is None
    LittleCity(engine, SystemClock(), sites(2)).see()
    ready = json.loads(ask(server, "/readyz").body)
    assert ready["status"] == "ready"
    assert 0 <= ready["age_seconds"] < 30


def test_a_wall_that_reports_is_remembered(engine: Engine, server: RunningServer) -> None:
    told = {"name": "lobi", "page": "situs", "data_age_seconds": 1.5, "dom_nodes": 900, "heap_bytes": None}
    assert beat(server, told).status == 204
    assert stored_walls(engine) == [("lobi", "situs", 900, 0)]


def test_a_wall_may_not_report_more_often_than_every_five_seconds_but_may_close_at_any_time(
    engine: Engine, server: RunningServer
) -> None:
    told = {"name": "lobi", "page": "situs"}
    assert [beat(server, told).status, beat(server, told).status] == [204, 429]
    closed = {**told, "closed": True}
    assert [beat(server, closed).status, beat(server, closed).status] == [204, 429]
    assert stored_walls(engine) == [("lobi", "situs", None, 1)]


def test_a_page_that_opens_as_another_closes_reports_at_once(engine: Engine, server: RunningServer) -> None:
    told = {"name": "lobi", "page": "memuat"}
    assert [beat(server, {**told, "closed": True}).status, beat(server, told).status] == [204, 204]
    assert stored_walls(engine) == [("lobi", "memuat", None, 0)]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"name": "tidak dikenal", "page": "situs"}, 404),
        ({"name": "lobi"}, 400),
        ({"name": "lobi", "page": "../etc"}, 400),
        ({"name": "lobi", "page": "rahasia"}, 400),
        ({"name": "lobi", "page": "situs", "dom_nodes": -1}, 400),
        ({"name": "lobi", "page": "situs", "dom_nodes": "banyak"}, 400),
        ({"name": "lobi", "page": "situs", "lain": 1}, 400),
        ({"name": "lobi", "page": "situs", "heap_bytes": 10**30}, 400),
        ([], 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 4000, 400),
        (b'"' + b"x" * 5000 + b'"', 413),
    ],
)
def test_a_report_that_is_not_one_is_refused_and_leaves_nothing(
    engine: Engine, server: RunningServer, told: object, status: int
) -> None:
    assert beat(server, told).status == status
    assert stored_walls(engine) == []


def test_only_pages_of_this_server_may_report(engine: Engine, server: RunningServer) -> None:
    told = {"name": "lobi", "page": "situs"}
    assert beat(server, told, Origin="http://lain.invalid").status == 403
    assert beat(server, told, Content_Type="text/plain").status == 403
    assert stored_walls(engine) == []
    assert beat(server, told, Origin=server.url).status == 204


def test_a_report_while_the_database_is_locked_does_not_hang_the_server(engine: Engine, server: RunningServer) -> None:
    import threading

    answers: list[int] = []
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK") if connection.in_transaction() else None
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=lambda: answers.append(beat(server, {"name": "lobi", "page": "situs"}).status))
        waiting.start()
        assert ask(server, "/healthz").status == 200
        assert ask(server, "/wall/situs").status == 200
        raw.execute("ROLLBACK")
        waiting.join(timeout=10)
    assert answers == [204]


def test_two_applications_live_in_one_process(engine: Engine) -> None:
    with (
        running_server(engine, SystemClock(), walls=WALLS) as first,
        running_server(engine, SystemClock(), walls=WALLS[:1]) as second,
    ):
        assert ask(first, "/wall?name=aula").status == 200
        assert ask(second, "/wall?name=aula").status == 404
        for server in (first, second):
            layout = ask(server, "/_dash-layout").text
            assert "situs-kalimat" in layout
            assert "ringkasan-kalimat" in layout
