"""``run.py probe service`` and ``run.py decode service`` as a person or a script runs them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.http_servers import Answer, free_port, serving
from tests.support.services import reply

ROOT = Path(__file__).parents[3]
KEY = "kunci-rahasia-42"


def _run(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(ROOT / "run.py"), *words]
    return subprocess.run(command, input=given, capture_output=True, timeout=30, check=False)


def _printed(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    assert b"Traceback" not in done.stderr
    found = json.loads(done.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert isinstance(found, dict)
    return found


def _probe(answer: Answer, definition: dict[str, Any], tmp_path: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    file = tmp_path / "definition.json"
    file.write_text(json.dumps(definition), encoding="utf-8")

    async def scene() -> subprocess.CompletedProcess[bytes]:
        async with serving(answer) as site:
            words_of = ["probe", "service", site.url("/api"), "--config", str(file), "--timeout", "5", *words]
            return await asyncio.to_thread(_run, *words_of)

    return asyncio.run(scene())


def test_a_probe_prints_one_json_object_with_the_metrics_asked_for(tmp_path: Path) -> None:
    definition = {
        "timeout_s": 5,
        "extract": [{"metric": "a", "path": "d.a", "type": "number_id"}, {"metric": "b", "path": "d.b"}],
    }
    done = _probe(reply({"d": {"a": "Rp 1.500.000"}}), definition, tmp_path, "--json")
    printed = _printed(done)
    assert done.returncode == 0
    assert (printed["status"], printed["reason"], printed["metrics"]) == ("up", "ok", {"a": 1500000, "b": None})
    assert printed["elapsed_ms"] > 0
    assert printed["status_code"] == 200


@pytest.mark.parametrize(
    ("answer", "code", "status", "reason"),
    [
        (reply({"s": True}), 0, "up", "ok"),
        (reply({"s": True, "t": "2020-01-01T00:00:00Z"}), 1, "degraded", "stale"),
        (reply({"s": False, "message": "Akses ditolak"}), 2, "down", "api_error"),
        (reply({"s": True, "nik": "6474015507900001"}), 3, "unknown", "config"),
    ],
)
def test_exit_codes_are_those_of_monitoring_plugins(answer: bytes, code: int, status: str, reason: str, tmp_path: Path) -> None:
    definition: dict[str, Any] = {"ok": {"path": "s", "equals": True}}
    if status == "degraded":
        definition["freshness"] = {"path": "t", "max_age": "1d"}
    done = _probe(answer, definition, tmp_path, "--json")
    printed = _printed(done)
    assert (done.returncode, printed["status"], printed["reason"]) == (code, status, reason)


def test_a_probe_speaks_a_line_to_people(tmp_path: Path) -> None:
    done = _probe(reply({"n": 12}), {"extract": [{"metric": "antrean", "path": "n"}]}, tmp_path)
    assert done.stdout.decode().startswith("UP ok: in order [antrean=12] (")


def test_a_secret_of_the_file_reaches_no_output(tmp_path: Path) -> None:
    definition = {
        "headers": {"Authorization": f"Bearer {KEY}"},
        "ok": {"path": "s"},
        "extract": [{"metric": "t", "path": "t", "type": "text"}],
    }
    for body, status in (({"s": 1, "t": f"halo {KEY}"}, 200), ({"message": f"token {KEY} salah"}, 401)):
        done = _probe(reply(body, status), definition, tmp_path, "--json")
        assert KEY.encode() not in done.stdout + done.stderr
        assert b"***" in done.stdout


def test_a_service_that_refuses_connections_is_down(tmp_path: Path) -> None:
    printed = _printed(_run("probe", "service", f"http://127.0.0.1:{free_port()}/", "--json"))
    assert (printed["status"], printed["reason"], printed["metrics"]) == ("down", "connect_refused", {})


@pytest.mark.parametrize(
    "words",
    [
        ["probe", "service"], ["probe", "service", "ftp://x"],
        ["probe", "service", "http://127.0.0.1/", "--config", "/tidak/ada.json"],
        ["probe", "service", "http://127.0.0.1/", "--timeout", "nol"], ["probe", "service", "a", "b"],
        ["probe", "service", "--apa"],
        ["decode", "service"], ["decode", "service", "--config"], ["decode", "service", "--input", "-"],
    ],
)  # fmt: skip
def test_wrong_usage_is_told_in_json_and_ends_with_three(words: list[str]) -> None:
    done = _run(*words, "--json")
    printed = _printed(done)
    assert (done.returncode, printed["status"], printed["reason"]) == (3, "unknown", "config")
    assert printed["message"]


def test_mistakes_of_a_definition_are_all_told_and_unknown_keys_are_noted(tmp_path: Path) -> None:
    done = _probe(reply({}), {"extract": [{"path": "x"}, {"metric": "m"}]}, tmp_path, "--json")
    assert done.returncode == 3
    assert "extract[0].metric" in _printed(done)["message"]
    assert "extract[1].path" in _printed(done)["message"]
    done = _probe(reply({}), {"ekstrak": []}, tmp_path, "--json")
    assert _printed(done)["ignored_keys"] == ["ekstrak"]
    assert b"ekstrak" in done.stderr


def test_a_definition_in_yaml_is_probed_as_it_lies_in_the_folder_of_services(tmp_path: Path) -> None:
    file = tmp_path / "wbs.yaml"
    file.write_text("preset: antrean\n", encoding="utf-8")
    body = json.dumps({"status": "ok", "antrean": "1.200", "galat_persen": "2,5%"}).encode()
    printed = _printed(_run("decode", "service", "--config", str(file), "--input", "-", "--json", given=body))
    assert printed["metrics"]["queue_open_total"] == 1200
    assert printed["metrics"]["error_ratio"] == 0.025
    assert printed["metrics"]["overdue_total"] is None


def test_a_saved_answer_is_decoded_without_a_network_and_at_the_time_it_was_kept(tmp_path: Path) -> None:
    definition, kept = tmp_path / "d.json", tmp_path / "jawaban.json"
    definition.write_text(json.dumps({"freshness": {"path": "t", "max_age": "1h"}}), encoding="utf-8")
    kept.write_text('{"t": "2026-03-02T07:00:00Z"}', encoding="utf-8")
    words = ["decode", "service", "--config", str(definition), "--input", str(kept), "--json"]
    assert _printed(_run(*words, "--at", "1772434900"))["status"] == "up"
    assert _printed(_run(*words, "--at", "1772534900"))["reason"] == "stale"


def test_hostile_text_reaches_the_terminal_as_plain_json() -> None:
    body = json.dumps({"s": 0, "message": "\x1b[31mmerah\x00 \u202egnp\ud800"}).encode("utf-8", "surrogatepass")
    done = _run("decode", "service", "--config", "/dev/stdin", "--input", "/dev/stdin", "--json", given=body)
    assert not any(byte < 32 and byte != 10 for byte in done.stdout)


def test_a_probe_starts_without_the_heavy_libraries() -> None:
    heavy = ("pydantic", "pandas", "sqlalchemy", "dash", "fastapi", "jsonpath", "lxml", "ruamel", "cryptography")
    program = f"import sys, command_centre.app.probing_service; print(sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"


def test_a_probe_of_a_service_that_refuses_is_over_in_no_time() -> None:
    """The bound is wide: it catches an import of the web, not a slow machine."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        _run("probe", "service", f"http://127.0.0.1:{free_port()}/", "--json")
        times.append(time.perf_counter() - begun)
    assert min(times) < 1.5
