"""``run.py decode mqtt`` and ``run.py probe mqtt`` as they are called from outside."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from command_centre.app.decoding import decode_mqtt
from command_centre.app.probing_mqtt import probe_mqtt
from tests.support.brokers import BadBroker, Publisher, make_papers, mosquitto, packet

ROOT = Path(__file__).parents[3]
TESTBED = ROOT.parent / "shared" / "testbed"
T0 = 1_772_434_800
MAPPING = {
    "topic": "kota/wifi/{device}/telemetri",
    "format": "json",
    "fields": {"clients": "klien"},
    "time": "ts",
    "status_topic": "kota/wifi/{device}/status",
    "availability": {"up": ["online"], "down": ["offline"]},
}


def decode(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    lines: Sequence[tuple[str | bytes, str, float]],
    *,
    mapping: dict[str, Any] | None = None,
    at: float = T0,
) -> dict[str, Any]:
    (folder / "mapping.json").write_text(json.dumps(mapping or MAPPING))
    encoded = (
        {
            "t": T0 + when,
            "topic_b64": base64.b64encode(topic if isinstance(topic, bytes) else topic.encode()).decode(),
            "payload_b64": base64.b64encode(payload.encode()).decode(),
            "retain": False,
            "qos": 1,
        }
        for topic, payload, when in lines
    )
    (folder / "in.ndjson").write_text("".join(json.dumps(each) + "\n" for each in encoded))
    code = decode_mqtt(
        ["--mapping", str(folder / "mapping.json"), "--input", str(folder / "in.ndjson"), "--at", str(at), "--json"]
    )
    assert code == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    return answer


TELEMETRY = "kota/wifi/ap-1/telemetri"


def test_a_late_message_is_a_reading_and_not_the_latest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        (TELEMETRY, json.dumps({"ts": T0 + ts, "klien": klien}), at) for ts, klien, at in ((0, 10, 0), (20, 30, 2), (10, 20, 3))
    ]
    answer = decode(tmp_path, capsys, lines, at=T0 + 5)
    assert answer["latest"] == {"ap-1": {"clients": 30}}
    assert [(each["ts"] - T0, each["value"]) for each in answer["readings"]] == [(0, 10), (20, 30), (10, 20)]
    assert answer["status"] == {"ap-1": "up"}


def test_a_repetition_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = decode(tmp_path, capsys, [(TELEMETRY, json.dumps({"ts": T0, "klien": 10}), second) for second in range(3)])
    assert len(answer["readings"]) == 1


def test_status_follows_time_and_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        (TELEMETRY, '{"klien": 1}', 0.0),
        ("kota/wifi/ap-2/telemetri", '{"klien": 1}', 0),
        ("kota/wifi/ap-2/status", "offline", 1),
    ]
    patient = {**MAPPING, "every_s": 10}
    assert decode(tmp_path, capsys, lines, mapping=patient, at=T0 + 30)["status"] == {"ap-1": "up", "ap-2": "down"}
    answer = decode(tmp_path, capsys, lines, mapping=patient, at=T0 + 31)
    assert answer["status"] == {"ap-1": "stale", "ap-2": "down"}
    assert answer["availability"] == {"ap-2": "down"}


def test_bad_lines_and_messages_are_counted_by_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mapping.json").write_text(json.dumps(MAPPING))
    lines = ["{", "[]", '{"t": "x", "topic_b64": "!", "payload_b64": ""}', '{"t": 1}']
    (tmp_path / "in.ndjson").write_text("\n".join(lines))
    assert decode_mqtt(["--mapping", str(tmp_path / "mapping.json"), "--input", str(tmp_path / "in.ndjson"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["error_counts"] == {"bad_line": 4}
    answer = decode(
        tmp_path, capsys, [(b"kota/wifi/\xff/telemetri", "{}", 0), (TELEMETRY, "{", 0), (TELEMETRY, '{"klien": 1}', 0)]
    )
    assert answer["error_counts"] == {"bad_json": 1, "bad_topic": 1}
    assert [each["value"] for each in answer["readings"]] == [1]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["--mapping"],
        ["--mapping", "tidak-ada.json", "--input", "-"],
        ["--apa"],
        ["--mapping", "a", "--input", "b", "--at", "besok"],
    ],
)
def test_a_wrong_decode_command_line_is_usage_and_says_so(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert decode_mqtt(argv) == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out)["reason"] == "config"
    assert "run.py decode mqtt" in shown.err


# -- probe


def probe(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    code = probe_mqtt([*argv, "--json"])
    shown = capsys.readouterr()
    answer: dict[str, Any] = json.loads(shown.out)
    assert "Traceback" not in shown.err
    return code, answer


@pytest.mark.mosquitto
def test_a_healthy_broker_is_up_and_what_it_told_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mapping.json").write_text(json.dumps(MAPPING))
    with mosquitto(tmp_path / "broker") as broker:
        with Publisher(broker.port) as device:
            device.send(TELEMETRY, {"klien": 3}, retain=True)
        address = f"127.0.0.1:{broker.port}"
        code, answer = probe(capsys, address, "--wait", "0.2", "--mapping", str(tmp_path / "mapping.json"))
    assert (code, answer["status"], answer["reason"]) == (0, "up", "ok")
    assert (answer["topics"], answer["retained"], answer["readings"], answer["protocol"]) == ([TELEMETRY], 1, 1, "5")


@pytest.mark.mosquitto
def test_tls_and_passwords_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    papers = make_papers(tmp_path)
    lines = ("allow_anonymous true", f"cafile {papers.ca}", f"certfile {papers.server}", f"keyfile {papers.server_key}")
    with mosquitto(tmp_path / "tls", *lines) as broker:
        address = f"mqtts://127.0.0.1:{broker.port}"
        assert probe(capsys, address, "--ca-file", str(papers.ca), "--wait", "0.1")[0] == 0
        assert probe(capsys, address, "--insecure", "--wait", "0.1")[0] == 0
        code, answer = probe(capsys, address, "--password", "rahasia-sekali", "--user", "u")
        assert (code, answer["status"]) == (2, "down")
        assert answer["reason"].startswith("tls_")
        assert "rahasia-sekali" not in json.dumps(answer)


def test_a_broker_that_never_answers_is_down_within_the_timeout(capsys: pytest.CaptureFixture[str]) -> None:
    def say_nothing(client: socket.socket) -> None:
        packet(client)
        client.recv(1)

    with BadBroker(say_nothing) as broker:
        began = time.monotonic()
        code, answer = probe(capsys, f"127.0.0.1:{broker.port}", "--timeout", "0.5")
        assert (code, answer["reason"]) == (2, "timeout")
        assert time.monotonic() - began < 3
        assert broker.connects == 2, "once in each version of the protocol"


def test_a_broker_that_only_takes_us_in_is_down(capsys: pytest.CaptureFixture[str]) -> None:
    def take_in(client: socket.socket) -> None:
        packet(client)
        client.sendall(b"\x20\x02\x00\x00")
        packet(client)
        client.recv(1)

    with BadBroker(take_in) as broker:
        code, answer = probe(capsys, f"127.0.0.1:{broker.port}", "--timeout", "0.5", "--protocol", "3.1.1")
    assert (code, answer["reason"], answer["message"]) == (2, "timeout", "the broker does not answer our subscription")


def test_nothing_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        code, answer = probe(capsys, f"127.0.0.1:{held.getsockname()[1]}")
    assert (code, answer["reason"]) == (2, "connect_refused")


@pytest.mark.parametrize(
    "argv", [[], ["a:b:c"], ["127.0.0.1:99999"], ["127.0.0.1:1", "--timeout", "lama"], ["--apa"], ["a:1", "b:2"]]
)
def test_a_wrong_probe_command_line_is_usage_and_says_so(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert probe_mqtt([*argv, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["reason"] == "config"


def test_neither_command_imports_the_heavy_libraries() -> None:
    heavy = "'pydantic', 'pandas', 'dash', 'sqlalchemy', 'pycurl'"
    code = (
        "import sys, command_centre.app.probing_mqtt, command_centre.app.decoding\n"
        f"print([each for each in ({heavy}) if each in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.testbed
def test_the_testbeds_sample_is_decoded_in_full(tmp_path: Path) -> None:
    if not TESTBED.exists():
        pytest.skip(f"no testbed at {TESTBED}")
    kit = tmp_path / "kit"
    for part in ("harness", "tools", "dev/mqtt"):
        shutil.copytree(TESTBED / part, kit / part)
    (kit / "run").mkdir(mode=0o755)
    door = tmp_path / "door.py"
    door.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from command_centre.app.decoding import decode_mqtt\nsys.exit(decode_mqtt(sys.argv[3:]))\n"
    )
    runner = [sys.executable, str(kit / "harness" / "run.py"), "--product", f"{sys.executable} {door}"]
    shown = subprocess.run(
        [*runner, "--split", "dev", "--only", "mqtt", "--reasons", "--out", str(tmp_path / "report.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads((tmp_path / "report.json").read_text())
    assert report, shown.stdout + shown.stderr
    assert [each for each in report if each["fail"]] == []
