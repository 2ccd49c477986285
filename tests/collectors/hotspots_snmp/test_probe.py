"""The command ``probe snmp``, as a process."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.snmp_agents import ScriptedAgent, interface, listening, octets, oid, system

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "command_centre.app.probing_snmp"]
HEAVY = ("pydantic", "pandas", "dash", "sqlalchemy", "plotly", "fastapi")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


def probe(agent: ScriptedAgent, *words: str) -> tuple[int, dict[str, Any]]:
    """Probe this agent; the exit code and the JSON."""

    async def work() -> subprocess.CompletedProcess[str]:
        async with listening(agent) as port:
            return await asyncio.to_thread(run, f"127.0.0.1:{port}", "--json", "--community", "umum", *words)

    done = asyncio.run(work())
    assert "Traceback" not in done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, answer


def test_a_good_agent_is_printed_as_one_json_object() -> None:
    code, answer = probe(ScriptedAgent(system(called="hs-9") | interface(1, "eth0", 5, 6)))
    assert code == 0
    assert (answer["status"], answer["reason"], answer["system"]["sysName"]) == ("up", "ok", "hs-9")
    assert answer["system"]["uptime_s"] == 3600
    assert answer["clients_total"] is None
    assert answer["ports"] == [
        {
            "index": 1,
            "name": "eth0",
            "alias": "ke arah eth0",
            "oper": "up",
            "speed_mbps": 100.0,
            "in_octets": 5,
            "out_octets": 6,
            "counter_bits": 64,
            "in_bps": None,
            "out_bps": None,
        }
    ]


def test_several_polls_are_printed_with_their_samples_and_events() -> None:
    _, answer = probe(ScriptedAgent(), "--polls", "3", "--interval", "0.2")
    assert len(answer["samples"]) == 3
    assert answer["samples"][0]["ports"][0]["in_bps"] is None
    assert answer["samples"][-1]["ports"][0]["in_bps"] == 0
    assert answer["events"] == []


def test_a_silent_agent_is_down_with_exit_code_2_and_every_field_null() -> None:
    code, answer = probe(ScriptedAgent(community="lain"), "--timeout", "0.2", "--retries", "0")
    assert code == 2
    assert (answer["status"], answer["reason"], answer["system"]["uptime_s"], answer["ports"]) == ("down", "timeout", None, [])


def test_hostile_strings_leave_no_control_characters_in_the_output() -> None:
    mib = system(called="hs") | {oid("1.3.6.1.2.1.1.1.0"): octets(b"\x1b[31m<b>\x00\xff \xe2\x80\xae\x07")}
    _, answer = probe(ScriptedAgent(mib))
    assert not any(ord(letter) < 32 for letter in answer["system"]["sysDescr"])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["127.0.0.1:x"],
        ["127.0.0.1", "--version", "4"],
        ["127.0.0.1", "--version", "3"],
        ["127.0.0.1", "--version", "3", "--user", "u", "--level", "authPriv", "--auth-pass", "rahasia-a"],
        ["127.0.0.1", "--timeout", "-1"],
        ["127.0.0.1", "--polls", "0"],
    ],
)
def test_wrong_usage_is_exit_code_3_with_a_sentence(words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 3
    assert "usage" in json.loads(done.stdout)["message"]
    assert "rahasia" not in done.stdout + done.stderr


def test_a_probe_imports_neither_the_web_nor_the_data_frame_libraries() -> None:
    code = (
        "import sys; from command_centre.app.probing_snmp import probe_snmp;"
        "probe_snmp(['127.0.0.1:9', '--json', '--timeout', '0.1', '--retries', '0']);"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
