"""The interface for programs: what it answers, whom it refuses, and that nothing it is asked makes it fail."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, select
from starlette.routing import Mount

from command_centre.app.api import create_api
from command_centre.app.guard import Access
from command_centre.app.metrics import Metrics
from command_centre.commands import Commands
from command_centre.domain.person import Role
from command_centre.domain.reading import Reason, Status
from command_centre.pipeline.roller import roll_up_a_piece
from command_centre.read.archive import Archive
from command_centre.read.exports import Exports, Table, as_csv
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import open_database, writing
from command_centre.storage.people import make_token
from command_centre.storage.plans import add_planned_work
from tests.support.clock import FrozenClock
from tests.support.databases import sqlite_template
from tests.support.little_city import WITA, LittleCity, sites
from tests.support.wall_server import Answer, RunningServer, ask, running_server

__all__ = ["sqlite_template"]

ACCESS = Access(b"k" * 32, walls_are_open=False)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def city(engine: Engine, clock: FrozenClock) -> LittleCity:
    """Half an hour: ten sites well, S3 down for the last ten minutes, S4 never seen."""
    city = LittleCity(engine, clock, sites(5))
    for minute in range(30):
        city.see("s0", "s1", "s2", seconds=0.2 + minute / 100)
        if minute < 20:
            city.see("s3")
        else:
            city.see("s3", status=Status.DOWN, reason=Reason.HTTP_STATUS)
        clock.advance(timedelta(minutes=1))
    with writing(engine) as connection:
        roll_up_a_piece(connection, clock.now())
    return city


@pytest.fixture
def server(city: LittleCity, engine: Engine, clock: FrozenClock) -> Iterator[RunningServer]:
    api = create_api(
        Archive(engine, WITA, clock, is_simulated=True), Exports(engine), Commands(engine, clock), clock, is_simulated=True
    )
    metrics = Metrics(Archive(engine, WITA, clock, is_simulated=True), engine, clock).route()
    with running_server(engine, clock, access=ACCESS, more=(Mount("/api/v1", app=api), metrics)) as running:
        yield running


@pytest.fixture
def bearer(engine: Engine, clock: FrozenClock, city: LittleCity) -> dict[Role, str]:
    with writing(engine) as connection:
        return {
            role: "Bearer " + make_token(connection, f"program-{role.value}", role, clock.now(), created_by="uji")
            for role in Role
        }


def get(server: RunningServer, bearer: dict[Role, str], path: str, role: Role = Role.OFFICIAL) -> Any:
    answer = ask(server, f"/api/v1{path}", Authorization=bearer[role])
    assert answer.status == 200, answer.text
    return json.loads(answer.body)


def post(server: RunningServer, bearer: dict[Role, str], path: str, body: object, role: Role = Role.OPERATOR) -> Answer:
    data = json.dumps(body).encode()
    return ask(server, f"/api/v1{path}", method="POST", body=data, Authorization=bearer[role], Content_Type="application/json")


def test_everything_at_once_tells_measured_from_expected(server: RunningServer, bearer: dict[Role, str]) -> None:
    status = get(server, bearer, "/status")
    (count,) = [each for each in status["counts"] if each["kind"] == "site"]
    assert (count["registered"], count["expected"], count["measured"]) == (5, 5, 4)
    assert (count["up"], count["down"], count["unknown"]) == (3, 1, 1)
    never = next(each for each in status["targets"] if each["key"] == "situs:s4")
    assert (never["status"], never["reason"], never["since"]) == ("unknown", "never_seen", None)
    assert status["is_simulated"] is True


def test_silence_is_not_the_last_good_state(server: RunningServer, bearer: dict[Role, str], clock: FrozenClock) -> None:
    clock.advance(timedelta(minutes=10))
    states = {each["key"]: (each["status"], each["reason"]) for each in get(server, bearer, "/status")["targets"]}
    assert states["situs:s0"] == ("unknown", "silent")


def test_the_register_comes_in_pages_that_lose_and_repeat_nothing(server: RunningServer, bearer: dict[Role, str]) -> None:
    keys: list[str] = []
    after = ""
    for _ in range(10):
        page = get(server, bearer, f"/targets?kind=site&limit=2{after}")
        keys += [each["key"] for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert keys == [f"situs:s{index}" for index in range(5)]


def test_an_answer_that_has_not_changed_costs_a_304(server: RunningServer, bearer: dict[Role, str], city: LittleCity) -> None:
    first = ask(server, "/api/v1/targets", Authorization=bearer[Role.OFFICIAL])
    again = ask(server, "/api/v1/targets", Authorization=bearer[Role.OFFICIAL], If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    status = ask(server, "/api/v1/status", Authorization=bearer[Role.OFFICIAL]).headers["etag"]
    assert ask(server, "/api/v1/status", Authorization=bearer[Role.OFFICIAL], If_None_Match=status).status == 304
    city.see("s3")
    assert ask(server, "/api/v1/status", Authorization=bearer[Role.OFFICIAL], If_None_Match=status).status == 200


def test_readings_carry_what_each_look_found(server: RunningServer, bearer: dict[Role, str]) -> None:
    page = get(server, bearer, "/targets/situs:s3/readings?limit=1000")
    assert len(page["items"]) == 30
    assert page["items"][-1]["status"] == "down"
    assert page["items"][0]["values"]["total_seconds"] == pytest.approx(0.4)


def test_a_series_says_how_much_of_it_was_seen(server: RunningServer, bearer: dict[Role, str]) -> None:
    raw = get(server, bearer, "/targets/situs:s0/series/total_seconds?step=raw")
    assert len(raw["points"]) == 30
    assert raw["coverage"] is None
    rolled = get(server, bearer, "/targets/situs:s0/series/total_seconds?step=5m")
    assert sum(each["count"] for each in rolled["points"]) >= 25
    assert 0 < rolled["coverage"] < 0.05, "half an hour of a day"


def test_availability_is_the_accounting_rule(server: RunningServer, bearer: dict[Role, str], clock: FrozenClock) -> None:
    end = clock.now()
    start = (end - timedelta(minutes=30)).isoformat().replace("+00:00", "Z")
    path = f"/targets/situs:s3/availability?from={start}&until={end.isoformat().replace('+00:00', 'Z')}"
    found = get(server, bearer, path)
    assert (found["up_seconds"], found["down_seconds"], found["unknown_seconds"]) == (1200.0, 600.0, 0.0)
    assert found["availability"] == pytest.approx(2 / 3)
    never = get(server, bearer, "/targets/situs:s4/availability")
    assert (never["availability"], never["coverage"]) == (None, 0.0)


def test_planned_work_that_people_enter_is_planned_here_too(
    server: RunningServer, bearer: dict[Role, str], engine: Engine, clock: FrozenClock
) -> None:
    now = clock.now()
    plan = ("ganti kabel", ["situs:s3"], "operator", now - timedelta(minutes=10), now + timedelta(hours=1), now)
    with writing(engine) as connection:
        add_planned_work(connection, *plan)
    states = {each["key"]: each["planned"] for each in get(server, bearer, "/status")["targets"]}
    assert (states["situs:s3"], states["situs:s0"]) == (True, False)
    found = get(server, bearer, "/targets/situs:s3/availability")
    assert (found["planned_seconds"], found["down_seconds"], found["availability"]) == (600.0, 0.0, 1.0)


def test_an_incident_is_acknowledged_by_an_operator_and_leaves_a_trace(
    server: RunningServer, bearer: dict[Role, str], engine: Engine
) -> None:
    (open_one,) = get(server, bearer, "/incidents?state=open")["items"]
    assert post(server, bearer, f"/incidents/{open_one['id']}/acknowledge", {}, Role.OFFICIAL).status == 403
    assert json.loads(post(server, bearer, f"/incidents/{open_one['id']}/acknowledge", {}).body) == {"outcome": "done"}
    assert json.loads(post(server, bearer, f"/incidents/{open_one['id']}/acknowledge", {}).body) == {"outcome": "already"}
    assert post(server, bearer, f"/incidents/{open_one['id']}/notes", {"text": "sudah ditelepon"}).status == 200
    story = get(server, bearer, f"/incidents/{open_one['id']}")
    assert story["acknowledged_by"] == "program-operator"
    assert story["events"][-1]["text"] == "sudah ditelepon"
    with engine.connect() as connection:
        rows = list(connection.execute(select(audit.c.actor, audit.c.via).order_by(audit.c.id)))
    assert ("program-operator", "api") in [tuple(row) for row in rows]


def test_a_command_on_nothing_or_with_nonsense_is_refused_in_a_sentence(server: RunningServer, bearer: dict[Role, str]) -> None:
    assert post(server, bearer, "/incidents/999999/acknowledge", {}).status == 404
    assert post(server, bearer, "/incidents/1/notes", {"text": ""}).status == 422
    assert post(server, bearer, "/incidents/1/notes", {"text": "a\nb"}).status == 422
    assert post(server, bearer, "/incidents/1/silence", {"reason": "x", "minutes": 10**9}).status == 422
    assert post(server, bearer, "/incidents/1/cause", {"cause": "karena"}).status == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/targets/situs:tiada", 404),
        ("/targets/%00", 404),
        ("/targets/situs:s0/series/tiada", 404),
        ("/targets/situs:s0/readings?from=2026-01-01", 422),
        ("/targets/situs:s0/readings?from=9999-12-31T23:59:59Z", 422),
        ("/targets/situs:s0/readings?until=2026-11-01T00:00:00Z&from=2026-11-02T00:00:00Z", 400),
        ("/targets/situs:s0/series/total_seconds?step=raw&from=2026-01-01T00:00:00Z", 400),
        ("/targets/situs:s0/availability?from=2000-01-01T00:00:00Z", 400),
        ("/targets?limit=0", 422),
        ("/targets?limit=100000", 422),
        ("/incidents?after=0", 422),
        ("/incidents/99999999999999999999", 422),
        ("/../../etc/passwd", 404),
        ("/targets/..%2f..%2fetc%2fpasswd", 404),
    ],
)
def test_odd_questions_get_a_sentence(server: RunningServer, bearer: dict[Role, str], path: str, status: int) -> None:
    answer = ask(server, f"/api/v1{path}", Authorization=bearer[Role.ADMIN])
    assert answer.status == status
    assert "detail" in json.loads(answer.body)


def test_a_wall_token_gets_nothing_here(server: RunningServer, bearer: dict[Role, str]) -> None:
    """L11."""
    assert ask(server, "/api/v1/status", Authorization=bearer[Role.WALL]).status == 403
    assert ask(server, "/api/v1/status").status == 401


def test_metrics_have_no_sample_for_what_nobody_knows(server: RunningServer, bearer: dict[Role, str]) -> None:
    text = ask(server, "/metrics", Authorization=bearer[Role.OFFICIAL]).text
    assert 'command_centre_target_up{kind="site",reason="ok",target="situs:s0"} 1.0' in text
    assert 'command_centre_target_up{kind="site",reason="http_status",target="situs:s3"} 0.0' in text
    assert 'target="situs:s4"' not in text, "it was never seen: neither up nor down"
    assert 'command_centre_targets{kind="site",state="measured"} 4.0' in text
    assert "command_centre_is_simulated 1.0" in text
    assert ask(server, "/metrics").status == 303


def test_an_export_has_every_target_measured_or_not_with_coverage(server: RunningServer, bearer: dict[Role, str]) -> None:
    answer = ask(server, "/api/v1/export/availability", Authorization=bearer[Role.OFFICIAL])
    assert "simulasi-availability-" in answer.headers["content-disposition"]
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig")))}
    assert float(rows["situs:s3"]["availability_ratio"]) == pytest.approx(2 / 3)
    assert 0 < float(rows["situs:s3"]["coverage_ratio"]) < 0.01
    assert (rows["situs:s4"]["availability_ratio"], rows["situs:s4"]["coverage_ratio"]) == ("", "0.0")
    parquet = ask(server, "/api/v1/export/availability?form=parquet", Authorization=bearer[Role.OFFICIAL])
    table = pq.read_table(io.BytesIO(parquet.body))
    assert table.schema.metadata[b"is_simulated"] == b"true"
    assert table.column("availability_ratio").null_count == 1


def test_the_file_for_assessors_says_by_which_rule_it_was_counted(server: RunningServer, bearer: dict[Role, str]) -> None:
    answer = ask(server, "/api/v1/export/data-dukung", Authorization=bearer[Role.OFFICIAL])
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert "SIMULASI" in archive.read("BACA-DAHULU.txt").decode()
        assert b"http_status" in archive.read("insiden.csv")
        assert set(archive.namelist()) == {"BACA-DAHULU.txt", "ketersediaan.csv", "insiden.csv", "integrasi.csv", "daftar.csv"}


def test_a_name_that_a_spreadsheet_would_run_stays_text() -> None:
    table = Table("x", ("name",), (("=HYPERLINK(1)",), ("biasa",), (None,)))
    assert as_csv(table).decode("utf-8-sig").split() == ["name", "'=HYPERLINK(1)", "biasa", '""']


def test_nothing_the_description_allows_makes_it_fail(server: RunningServer, bearer: dict[Role, str]) -> None:
    """Its own OpenAPI description, played by schemathesis: no answer of 500 or above."""
    headers = {"Authorization": bearer[Role.OPERATOR]}
    schema = schemathesis.openapi.from_url(f"{server.url}/api/v1/openapi.json", headers=headers)
    asked = 0
    for described in schema.get_all_operations():
        operation: Any = described.ok()  # type: ignore[union-attr]  # a description that cannot be read raises here
        case_of = operation.as_strategy()

        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=case_of)
        def play(case: Any) -> None:
            nonlocal asked
            asked += 1
            response = case.call(base_url=f"{server.url}/api/v1", headers=headers, timeout=10)
            assert response.status_code < 500, (case, response.text)

        play()
    assert asked > 100
