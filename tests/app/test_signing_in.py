"""The door: who gets in, what a role may, what a forged, replayed or guessed request gets."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, select

from command_centre.app.guard import Access, needed
from command_centre.app.passwords import hash_password
from command_centre.config.model import Wall
from command_centre.domain.person import Role
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import open_database, writing
from command_centre.storage.people import disable_account, make_token, revoke_token, save_account
from tests.support.clock import FrozenClock
from tests.support.databases import sqlite_template
from tests.support.little_city import LittleCity, sites
from tests.support.wall_server import Answer, RunningServer, ask, running_server

__all__ = ["sqlite_template"]

KEY = b"k" * 32
FORM = "application/x-www-form-urlencoded"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PASSWORD = "empat belas huruf"
HASH = hash_password(PASSWORD)
WALLS = (Wall(name="utama", screens=("ringkasan",)),)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    LittleCity(engine, clock, sites(3))
    with writing(engine) as connection:
        for name, role in (("pejabat", Role.OFFICIAL), ("operator", Role.OPERATOR), ("admin", Role.ADMIN)):
            save_account(connection, name, role, NOW, password_hash=HASH)
        save_account(connection, "baru", Role.OPERATOR, NOW, password_hash=HASH, is_one_time=True)
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine, clock: FrozenClock) -> Iterator[RunningServer]:
    """Nobody gets anything without being known."""
    with running_server(engine, clock, walls=WALLS, access=Access(KEY, walls_are_open=False)) as running:
        yield running


def sign_in(server: RunningServer, name: str, password: str = PASSWORD, **headers: str) -> Answer:
    body = urlencode({"nama": name, "sandi": password, "ke": "/titik/wifi:1"}).encode()
    sent = {"Origin": server.url, "Content_Type": FORM, **headers}
    return ask(server, "/masuk", method="POST", body=body, **sent)


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def audited(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [(row.actor, row.command) for row in connection.execute(select(audit).order_by(audit.c.id))]


def test_every_address_that_nobody_thought_of_asks_for_the_right_to_read() -> None:
    assert needed("/whatever/comes") is not None
    assert needed("/api/v1/status") is not None


def test_without_a_name_there_is_health_and_a_form_and_nothing_else(server: RunningServer) -> None:
    assert ask(server, "/healthz").status == 200
    assert ask(server, "/assets/tokens.css").status == 200
    for path in ("/", "/wall/ringkasan", "/titik/wifi:1", "/konsol"):
        answer = ask(server, path)
        assert answer.status == 303
        assert answer.headers["location"].startswith("/masuk?ke=%2F") or answer.headers["location"].startswith("/masuk?ke=/")
    for path in ("/live/ringkasan", "/api/v1/status", "/meja/_dash-layout", "/_dash-layout"):
        assert ask(server, path).status == 401
    assert ask(server, "/meja/_dash-update-component", method="POST", body=b"{}").status == 401


def test_whoever_signs_in_gets_a_cookie_that_scripts_and_other_sites_do_not_get(server: RunningServer, engine: Engine) -> None:
    answer = sign_in(server, "operator")
    assert answer.status == 303
    assert answer.headers["location"] == "/titik/wifi:1"
    assert re.search(r"HttpOnly; .*SameSite=lax", answer.headers["set-cookie"])
    assert ask(server, "/wall/ringkasan", Cookie=cookie_of(answer)).status == 200
    assert ("operator", "sign_in") in audited(engine)


def test_unknown_name_wrong_password_and_disabled_account_sound_the_same(server: RunningServer, engine: Engine) -> None:
    with writing(engine) as connection:
        disable_account(connection, "pejabat", NOW)
    answers = [sign_in(server, "siapa"), sign_in(server, "operator", "salah sekali saja"), sign_in(server, "pejabat")]
    assert {answer.status for answer in answers} == {401}
    assert len({answer.body for answer in answers}) == 1


def test_guessing_has_to_wait_and_even_the_right_password_waits_with_it(
    server: RunningServer, engine: Engine, clock: FrozenClock
) -> None:
    for _ in range(5):
        assert sign_in(server, "operator", "salah sekali saja").status == 401
    blocked = sign_in(server, "operator")
    assert blocked.status == 429
    assert "Coba lagi pukul" in blocked.text
    clock.advance(timedelta(seconds=31))
    assert sign_in(server, "operator").status == 303
    assert audited(engine).count(("operator", "sign_in_failed")) == 5


def test_a_forged_cookie_opens_nothing(server: RunningServer) -> None:
    good = cookie_of(sign_in(server, "operator"))
    for forged in (good[:-1] + ("A" if good[-1] != "A" else "B"), "cc_sesi=operator", "cc_sesi=" + "x" * 43 + ".y", "cc_sesi="):
        assert ask(server, "/titik/wifi:1", Cookie=forged).status == 303


def test_a_session_ends_with_signing_out_even_for_a_copied_cookie(server: RunningServer) -> None:
    cookie = cookie_of(sign_in(server, "operator"))
    assert ask(server, "/keluar", method="POST", Cookie=cookie, Origin=server.url).status == 303
    assert ask(server, "/wall/ringkasan", Cookie=cookie).status == 303


def test_a_session_ends_half_a_day_after_its_last_use(server: RunningServer, clock: FrozenClock) -> None:
    cookie = cookie_of(sign_in(server, "operator"))
    clock.advance(timedelta(hours=11))
    assert ask(server, "/wall/ringkasan", Cookie=cookie).status == 200
    clock.advance(timedelta(hours=11))
    assert ask(server, "/wall/ringkasan", Cookie=cookie).status == 200
    clock.advance(timedelta(hours=13))
    assert ask(server, "/wall/ringkasan", Cookie=cookie).status == 303


def test_another_sites_page_cannot_write_in_somebodys_name(server: RunningServer) -> None:
    cookie = cookie_of(sign_in(server, "operator"))
    path = "/meja/_dash-update-component"
    assert ask(server, path, method="POST", body=b"{}", Cookie=cookie, Origin="https://jahat.example").status == 403
    assert ask(server, path, method="POST", body=b"{}", Cookie=cookie).status == 403
    assert (
        ask(server, path, method="POST", body=b"{}", Cookie=cookie, Origin=server.url, Sec_Fetch_Site="cross-site").status == 403
    )
    assert ask(server, path, method="POST", body=b"{}", Cookie=cookie, Origin=server.url).status != 403


def test_another_sites_page_cannot_sign_somebody_in(server: RunningServer) -> None:
    assert sign_in(server, "operator", Origin="https://jahat.example").status == 403


def test_nobody_is_sent_elsewhere_after_signing_in(server: RunningServer) -> None:
    for target in ("https://jahat.example/", "//jahat.example", "/\\jahat.example", "/a\r\nSet-Cookie: x=y"):
        body = urlencode({"nama": "operator", "sandi": PASSWORD, "ke": target}).encode()
        answer = ask(server, "/masuk", method="POST", body=body, Origin=server.url, Content_Type=FORM)
        assert answer.headers["location"] == "/"


def test_what_was_asked_for_comes_back_inert(server: RunningServer) -> None:
    page = ask(server, "/masuk?ke=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page


def test_a_one_time_password_opens_nothing_but_its_own_replacement(server: RunningServer) -> None:
    answer = sign_in(server, "baru")
    cookie = cookie_of(answer)
    assert answer.headers["location"] == "/sandi"
    assert ask(server, "/titik/wifi:1", Cookie=cookie).headers["location"] == "/sandi"
    assert ask(server, "/api/v1/status", Cookie=cookie).status == 403

    def change(old: str, new: str, again: str) -> Answer:
        body = urlencode({"lama": old, "baru": new, "ulang": again}).encode()
        sent = {"Origin": server.url, "Content_Type": FORM, "Cookie": cookie}
        return ask(server, "/sandi", method="POST", body=body, **sent)

    assert change(PASSWORD, "pendek", "pendek").status == 400
    assert change(PASSWORD, PASSWORD, PASSWORD).status == 400
    assert change(PASSWORD, "sandi baru yang panjang", "lain sama sekali").status == 400
    changed = change(PASSWORD, "sandi baru yang panjang", "sandi baru yang panjang")
    assert changed.status == 303
    assert ask(server, "/wall/ringkasan", Cookie=cookie).status == 303, "the old session has ended"
    assert ask(server, "/wall/ringkasan", Cookie=cookie_of(changed)).status == 200
    assert sign_in(server, "baru").status == 401
    assert sign_in(server, "baru", "sandi baru yang panjang").status == 303


def test_a_wall_signs_itself_in_with_its_token_and_sees_walls_only(server: RunningServer, engine: Engine) -> None:
    """L6, L11: after a power cut the address with the token is enough; it can read the walls and nothing else."""
    with writing(engine) as connection:
        secret = make_token(connection, "utama", Role.WALL, NOW, created_by="admin")
    first = ask(server, f"/wall?name=utama&token={secret}")
    assert first.status == 303
    assert first.headers["location"] == "/wall?name=utama"
    assert "HttpOnly" in first.headers["set-cookie"]
    cookie = cookie_of(first)
    assert ask(server, "/wall?name=utama", Cookie=cookie).status == 200
    assert ask(server, "/titik/wifi:1", Cookie=cookie).status == 303
    assert ask(server, "/api/v1/status", Cookie=cookie).status == 403
    assert ask(server, "/meja/_dash-update-component", method="POST", body=b"{}", Cookie=cookie, Origin=server.url).status == 403
    with writing(engine) as connection:
        assert revoke_token(connection, 1, NOW)
    assert ask(server, "/wall?name=utama", Cookie=cookie).status == 303
    assert ask(server, f"/wall?name=utama&token={secret}").status == 303


def test_a_token_of_a_program_is_no_token_of_a_wall(server: RunningServer, engine: Engine) -> None:
    with writing(engine) as connection:
        secret = make_token(connection, "laporan", Role.OFFICIAL, NOW, created_by="admin", lasts=timedelta(days=1))
    assert ask(server, f"/wall?name=utama&token={secret}").headers["location"].startswith("/masuk")


def test_a_programs_token_opens_the_interface_until_it_runs_out(
    server: RunningServer, engine: Engine, clock: FrozenClock
) -> None:
    with writing(engine) as connection:
        secret = make_token(connection, "laporan", Role.OFFICIAL, NOW, created_by="admin", lasts=timedelta(days=1))
    bearer = f"Bearer {secret}"
    assert ask(server, "/api/v1/status", Authorization=bearer).status not in (401, 403)
    assert ask(server, "/api/v1/status", Authorization="Bearer salah").status == 401
    clock.advance(timedelta(days=1))
    assert ask(server, "/api/v1/status", Authorization=bearer).status == 401


def test_a_browser_on_the_machine_sees_the_walls_when_they_are_open_to_it(engine: Engine, clock: FrozenClock) -> None:
    with running_server(engine, clock, walls=WALLS, access=Access(KEY, walls_are_open=True)) as server:
        assert ask(server, "/wall/ringkasan").status == 200
        assert ask(server, "/titik/wifi:1").status == 303, "reading on needs a name even here"
        assert ask(server, "/wall/ringkasan", X_Forwarded_For="203.0.113.9").status == 303, "somebody comes through a proxy"
        assert ask(server, "/wall/ringkasan", Forwarded="for=203.0.113.9").status == 303
        assert ask(server, "/wall/ringkasan", X_Real_IP="203.0.113.9").status == 303


def test_an_endless_or_odd_form_is_a_failed_attempt_and_no_fault(server: RunningServer) -> None:
    for body, kind in (
        (b"x" * 5000, FORM),
        (b"\xff\xfe", FORM),
        (b"{}", "application/json"),
    ):
        answer = ask(server, "/masuk", method="POST", body=body, Origin=server.url, Content_Type=kind)
        assert answer.status in (400, 401, 429)
