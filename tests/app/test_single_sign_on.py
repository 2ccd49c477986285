"""The city's single sign-on, with a real provider on loopback that signs real tokens."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import Engine

from command_centre.app.clock import SystemClock
from command_centre.app.guard import Access
from command_centre.config.access import SingleSignOn
from command_centre.domain.person import Role
from command_centre.storage.database import open_database, writing
from command_centre.storage.people import disable_account, list_accounts
from tests.support.clock import FrozenClock
from tests.support.databases import sqlite_template
from tests.support.little_city import LittleCity, sites
from tests.support.wall_server import Answer, RunningServer, ask, running_server

__all__ = ["sqlite_template"]

RIGHT, WRONG = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})


@dataclass
class Provider:
    """What the single sign-on says next, and what it was asked."""

    port: int = 0
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RIGHT)
    asked: dict[str, list[str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "command-centre", "sub": "4711", "exp": now + 60, "iat": now, **self.claims}
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)


@pytest.fixture
def provider() -> Iterator[Provider]:
    about = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("/openid-configuration"):
                self._say(
                    {
                        "issuer": about.issuer,
                        "authorization_endpoint": f"{about.issuer}/auth",
                        "token_endpoint": f"{about.issuer}/token",
                        "jwks_uri": f"{about.issuer}/keys",
                    }
                )
            else:
                self._say(KeySet([RIGHT]).as_dict(private=False))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            about.asked = parse_qs(self.rfile.read(length).decode())
            self._say({"access_token": "a", "token_type": "Bearer", "id_token": about.token()})

        def _say(self, body: object) -> None:
            data = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    about.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield about
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    LittleCity(engine, FrozenClock(), sites(1))
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setenv("SSO_SECRET", "rahasia-klien")
    section = SingleSignOn.model_validate(
        {
            "issuer": provider.issuer,
            "client_id": "command-centre",
            "client_secret": "env:SSO_SECRET",
            "roles": {"diskominfo-jaga": "operator", "diskominfo-kepala": "admin"},
        }
    )
    access = Access(b"k" * 32, walls_are_open=False)
    with running_server(engine, SystemClock(), access=access, single_sign_on=section) as running:
        yield running


def leave(server: RunningServer) -> tuple[str, dict[str, list[str]]]:
    """Go there: the cookie, and what the single sign-on is asked."""
    answer = ask(server, "/masuk/sso?ke=/konsol")
    assert answer.status == 303
    return answer.headers["set-cookie"].partition(";")[0], parse_qs(urlsplit(answer.headers["location"]).query)


def come_back(server: RunningServer, provider: Provider, **claims: Any) -> Answer:
    cookie, sent = leave(server)
    provider.claims = {"nonce": sent["nonce"][0], **claims}
    return ask(server, f"/masuk/sso/kembali?code=abc&state={sent['state'][0]}", Cookie=cookie)


def session_of(answer: Answer) -> str:
    return next(part for part in answer.headers["set-cookie"].split(", ") if part.startswith("cc_sesi=")).partition(";")[0]


def test_the_form_offers_the_citys_account(server: RunningServer) -> None:
    assert 'href="/masuk/sso"' in ask(server, "/masuk").text


def test_the_way_there_carries_a_challenge_and_no_secret(server: RunningServer) -> None:
    _, sent = leave(server)
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["response_type"] == ["code"]
    assert "rahasia-klien" not in str(sent)


def test_somebody_with_a_role_comes_in_with_it(server: RunningServer, provider: Provider, engine: Engine) -> None:
    answer = come_back(server, provider, groups=["diskominfo-jaga"], preferred_username="Budi")
    assert answer.status == 303
    assert answer.headers["location"] == "/konsol"
    assert provider.asked["code_verifier"][0]
    assert ask(server, "/wall/ringkasan", Cookie=session_of(answer)).status == 200
    with engine.connect() as connection:
        (account,) = list_accounts(connection)
    assert (account.name, account.role, account.password_hash) == ("budi", Role.OPERATOR, None)


def test_a_role_that_changed_there_changes_here(server: RunningServer, provider: Provider, engine: Engine) -> None:
    come_back(server, provider, groups=["diskominfo-jaga"])
    come_back(server, provider, groups=["diskominfo-kepala", "diskominfo-jaga"])
    with engine.connect() as connection:
        assert [each.role for each in list_accounts(connection)] == [Role.ADMIN]


@pytest.mark.parametrize(
    "claims",
    [
        {"groups": ["orang-lain"]},
        {},
        {"groups": ["diskominfo-jaga"], "nonce": "lain"},
        {"groups": ["diskominfo-jaga"], "aud": "program-lain"},
        {"groups": ["diskominfo-jaga"], "iss": "https://jahat.example"},
        {"groups": ["diskominfo-jaga"], "exp": 1},
    ],
    ids=["no role", "no groups", "replayed", "for another program", "another issuer", "too late"],
)
def test_a_token_that_does_not_fit_lets_nobody_in(
    server: RunningServer, provider: Provider, engine: Engine, claims: dict[str, Any]
) -> None:
    answer = come_back(server, provider, **claims)
    assert answer.status == 403
    assert "cc_sesi" not in answer.headers.get("set-cookie", "")
    with engine.connect() as connection:
        assert list_accounts(connection) == ()


def test_a_token_signed_by_somebody_else_lets_nobody_in(server: RunningServer, provider: Provider) -> None:
    provider.key = WRONG
    assert come_back(server, provider, groups=["diskominfo-jaga"]).status == 403


def test_coming_back_without_having_left_lets_nobody_in(server: RunningServer, provider: Provider) -> None:
    cookie, sent = leave(server)
    provider.claims = {"nonce": sent["nonce"][0], "groups": ["diskominfo-jaga"]}
    assert ask(server, f"/masuk/sso/kembali?code=abc&state={sent['state'][0]}").status == 403
    assert ask(server, "/masuk/sso/kembali?code=abc&state=lain", Cookie=cookie).status == 403
    assert ask(server, f"/masuk/sso/kembali?error=access_denied&state={sent['state'][0]}", Cookie=cookie).status == 403


def test_somebody_disabled_here_stays_out_whatever_is_said_there(
    server: RunningServer, provider: Provider, engine: Engine
) -> None:
    come_back(server, provider, groups=["diskominfo-jaga"], preferred_username="budi")
    with writing(engine) as connection:
        disable_account(connection, "budi", SystemClock().now())
    assert come_back(server, provider, groups=["diskominfo-jaga"], preferred_username="budi").status == 403


def test_nobody_takes_over_the_name_of_a_local_account(server: RunningServer, provider: Provider, engine: Engine) -> None:
    come_back(server, provider, groups=["diskominfo-jaga"], preferred_username="budi", sub="1")
    answer = come_back(server, provider, groups=["diskominfo-kepala"], preferred_username="budi", sub="2")
    assert answer.status == 403
    with engine.connect() as connection:
        assert [each.role for each in list_accounts(connection)] == [Role.OPERATOR]
