"""``run.py probe website`` as it is called from outside: strict JSON, exit codes, no secrets, a quick start."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from collectors.websites.options import VERSION, user_agent
from collectors.websites.probe import UsageError, parse_arguments
from tests.support.http_servers import (
    HOST,
    Answer,
    Asked,
    Authority,
    Wire,
    accepting,
    free_port,
    naming,
    redirect,
    response,
    server_context,
    serving,
)

ROOT = Path(__file__).parents[3]
RUN = [sys.executable, str(ROOT / "run.py"), "probe", "website"]


class Run:
    """One finished call."""

    def __init__(self, code: int, out: bytes, err: bytes, seconds: float) -> None:
        self.code, self.err, self.seconds = code, err.decode(), seconds
        self.text = out.decode("utf-8")

    @property
    def json(self) -> dict[str, Any]:
        def refuse(constant: str) -> float:
            raise AssertionError(f"{constant} is not strict JSON")

        assert "Traceback" not in self.err
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", self.text)
        found: dict[str, Any] = json.loads(self.text, parse_constant=refuse)
        return found


async def _run(*words: str, **environment: str) -> Run:
    begun = time.perf_counter()
    child = await asyncio.create_subprocess_exec(
        *RUN, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment}
    )
    out, err = await asyncio.wait_for(child.communicate(), 30)
    return Run(child.returncode or 0, out, err, time.perf_counter() - begun)


def _probe(answer: Answer, *words: str, path: str = "/", **environment: str) -> Run:
    async def scene() -> Run:
        async with serving(answer) as site:
            return await _run(site.url(path), "--json", "--timeout", "3", *words, **environment)

    return asyncio.run(scene())


def test_a_good_site_is_told_with_every_field_of_the_contract() -> None:
    run = _probe({"/": redirect("/baru"), "/baru": response()})
    found = run.json
    assert run.code == 0
    assert (found["status"], found["reason"], found["status_code"], found["redirects"]) == ("up", "ok", 200, 1)
    assert found["final_url"].endswith("/baru")
    assert found["body_bytes"] == len(response().partition(b"\r\n\r\n")[2])
    assert found["elapsed_ms"] > 0
    assert found["retry_after_s"] is None
    assert found["cert"] is None, "no certificate: null, not zeros"
    assert found["findings"] == []
    assert isinstance(found["message"], str)


def test_a_certificate_is_told_with_its_days_and_names(authority: Authority) -> None:
    issued = authority.good(HOST, days=5.5)

    async def scene() -> Run:
        tls = server_context(issued)
        async with naming({HOST: ["127.0.0.1"]}) as dns, serving(response(), tls=tls) as site:
            words = ("--json", "--ca-file", str(authority.ca_file), "--cert-warn-days", "14", "--server", dns.address)
            return await _run(site.url(host=HOST), *words)

    run = asyncio.run(scene())
    assert run.code == 1
    assert run.json["reason"] == "cert_expiring"
    assert run.json["cert"]["days_left"] == 5
    assert run.json["cert"]["sans"] == [HOST]
    assert run.json["cert"]["issuer"] == "Perantara Uji"
    assert run.json["cert"]["not_after"] == issued.not_after.isoformat()


@pytest.mark.parametrize(
    ("answer", "code", "status", "reason"),
    [
        (response(), 0, "up", "ok"),
        (response("", 429, ["Retry-After: 120"]), 1, "degraded", "rate_limited"),
        (response("", 500), 2, "down", "http_status"),
    ],
)
def test_exit_codes_are_those_of_monitoring_plugins(answer: bytes, code: int, status: str, reason: str) -> None:
    run = _probe(answer)
    assert (run.code, run.json["status"], run.json["reason"]) == (code, status, reason)
    assert run.json["retry_after_s"] == (120 if code == 1 else None)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["kota.test"],
        ["ftp://kota.test/"],
        ["http://"],
        ["http://kota.test:99999/"],
        ["http://kota.test/\x1b"],
        ["http://kota.test/", "--timeout", "0"],
        ["http://kota.test/", "--timeout", "nan"],
        ["http://kota.test/", "--timeout"],
        ["http://kota.test/", "--aneh"],
        ["http://kota.test/", "--ca-file", "/tidak/ada"],
        ["http://kota.test/", "--must-contain-regex", "("],
        ["http://kota.test/", "--header", "tanpa titik dua"],
        ["http://kota.test/", "--expect-status", "dua"],
        ["http://kota.test/", "http://lain.test/"],
    ],
)
def test_wrong_usage_is_told_as_json_with_reason_config(words: list[str]) -> None:
    run = asyncio.run(_run(*words, "--json"))
    assert (run.code, run.json["status"], run.json["reason"]) == (3, "unknown", "config")


def test_wrong_usage_without_json_is_one_line_on_stderr() -> None:
    run = asyncio.run(_run("http://kota.test/", "--aneh"))
    assert (run.code, run.text) == (3, "")
    assert run.err == "run.py probe website: unknown option --aneh\n"


def test_without_json_the_answer_is_one_line_for_people() -> None:
    async def scene() -> Run:
        async with serving(response()) as site:
            return await _run(site.url())

    run = asyncio.run(scene())
    assert run.text.startswith("UP ok: in order")
    assert run.text.count("\n") == 1


def test_a_probe_starts_in_less_than_four_tenths_of_a_second() -> None:
    quickest = min(_probe(response()).seconds for _ in range(3))
    assert quickest < 0.4 + _slowness_of_this_machine()


def _slowness_of_this_machine() -> float:
    """What merely starting Python costs here and now: on an idle machine 0.02 s, on a crowded one much more."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import asyncio"], check=True)
    return max(0.0, (time.perf_counter() - begun - 0.07) * 4)


@pytest.mark.parametrize(
    ("words", "accepts"),
    [
        (("--basic-auth", "operator:rahasia"), lambda headers: headers.get("authorization") == "Basic b3BlcmF0b3I6cmFoYXNpYQ=="),
        (("--header", "Authorization: Bearer rahasia"), lambda headers: headers.get("authorization") == "Bearer rahasia"),
        (("--header", "Host: lain.test"), lambda headers: headers.get("host") == "lain.test"),
        (("--header", "User-Agent: Lain/1"), lambda headers: headers.get("user-agent") == "Lain/1"),
    ],
)
def test_headers_and_passwords_reach_the_site_and_not_the_output(words: tuple[str, str], accepts: Any) -> None:
    async def guarded(asked: Asked, wire: Wire) -> None:
        await wire.send(response() if accepts(asked.headers) else response("", 401))

    run = _probe(guarded, *words)
    assert run.json["status"] == "up"
    assert "rahasia" not in run.text + run.err


def test_a_refused_password_is_not_repeated_either() -> None:
    run = _probe(response("", 401), "--basic-auth", "operator:rahasia")
    assert run.json["reason"] == "auth_required"
    assert "rahasia" not in run.text + run.err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--must-contain", "Selamat datang"), "ok"),
        (("--must-contain", "tidak ada"), "content_mismatch"),
        (("--must-not-contain", "Selamat datang"), "content_forbidden"),
        (("--must-contain-regex", "Selamat +d.tang"), "ok"),
        (("--must-contain-regex", "^tidak$"), "content_mismatch"),
        (("--expect-status", "404"), "http_status"),
        (("--expect-status", "200-299,404"), "ok"),
        (("--slow-ms", "60000"), "ok"),
        (("--slow-ms=0",), "slow"),
        (("--integrity",), "ok"),
    ],
)
def test_each_option_of_the_contract_has_its_effect(words: tuple[str, ...], reason: str) -> None:
    assert _probe(response(), *words).json["reason"] == reason


def test_redirects_are_left_alone_when_asked() -> None:
    answer = {"/": redirect("/baru"), "/baru": response()}
    assert _probe(answer, "--no-follow").json["status_code"] == 302
    assert _probe(answer, "--no-follow", "--expect-status", "302").json["status"] == "up"


def test_a_proxy_is_used_and_its_faults_are_its_own() -> None:
    seen: list[str] = []

    async def proxy(asked: Asked, wire: Wire) -> None:
        seen.append(asked.path)
        good = asked.headers.get("proxy-authorization") == "Basic cDpyYWhhc2lh"
        await wire.send(response() if good else response("", 407))

    async def scene() -> tuple[Run, Run, Run]:
        async with serving(proxy) as site:
            place = f"127.0.0.1:{site.port}"
            good = await _run("http://kota.test/x", "--json", "--proxy", f"http://p:rahasia@{place}")
            wrong = await _run("http://kota.test/x", "--json", "--proxy", f"http://p:salah-rahasia@{place}")
            dead = await _run("http://kota.test/x", "--json", "--proxy", f"http://127.0.0.1:{free_port()}")
            return good, wrong, dead

    good, wrong, dead = asyncio.run(scene())
    assert (good.json["status"], wrong.json["reason"], dead.json["reason"]) == ("up", "proxy", "proxy")
    assert seen[0] == "http://kota.test/x"
    assert "rahasia" not in good.text + wrong.text + good.err + wrong.err


def test_proxies_and_locales_of_the_environment_do_not_matter() -> None:
    page = "<title>Kantor é “Uji”</title><p>isi</p>"
    run = _probe(response(page), http_proxy="http://127.0.0.1:1", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert run.json["status"] == "up"
    assert run.json["title"] == "Kantor é “Uji”"


def test_hostile_words_of_a_server_do_not_steer_the_terminal() -> None:
    page = "<title>\x1b]0;judul\x07 \u202e</title><p>\x1b[31m</p>"
    head = response(page).replace(b"Connection: close", b"Connection: close\r\nX-A: \x1b[31mmerah")
    run = _probe(head)
    assert run.json["status"] == "up"
    assert "\x1b" not in run.text


def test_a_port_that_speaks_no_http_is_told_in_plain_words() -> None:
    async def banner(wire: Wire) -> None:
        await wire.send(b"220 mail.kota.test ESMTP\r\n")
        await asyncio.sleep(0.2)

    async def scene() -> Run:
        async with accepting(banner) as port:
            return await _run(f"http://127.0.0.1:{port}/", "--json")

    run = asyncio.run(scene())
    assert (run.code, run.json["reason"]) == (2, "protocol_error")


def test_values_may_follow_an_equals_sign_and_may_begin_with_a_dash() -> None:
    wish = parse_arguments(["--must-contain=--x", "http://kota.test/", "--must-not-contain", "-y"])
    assert (wish.options.must_contain, wish.options.must_not_contain) == (("--x",), ("-y",))
    with pytest.raises(UsageError):
        parse_arguments(["http://kota.test/", "--slow-ms", "-1"])


def test_we_introduce_ourselves_with_the_version_of_the_project_and_a_contact() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION
    assert user_agent("petugas@kota.test") == f"CommandCentreBontang/{VERSION} (+petugas@kota.test)"


def test_no_option_with_a_secret_is_shown_by_a_repr() -> None:
    secrets = ["--basic-auth", "u:rahasia", "--proxy", "http://u:rahasia@p", "--header", "X: rahasia"]
    assert "rahasia" not in repr(parse_arguments(["http://kota.test/", *secrets]))
