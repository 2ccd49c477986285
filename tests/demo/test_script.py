"""The script of faults: what is in force when, and what the reader of a script is told when it has mistakes."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.script import QUIET, Script, ScriptedFault, ScriptError, Stretch, load_script, parse_duration
from tests.support.demo_city import site

TARGETS = [site("rsud"), site("dishub"), site("setda", None)]
RSUD, DISHUB = TARGETS[0].key, TARGETS[1].key


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def written(folder: Path, text: str) -> Path:
    path = folder / "skrip.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def entry(*entries: str) -> str:
    """A script of these entries; the first stands on line 3."""
    return "loop: 20m\nfaults:\n" + "".join(f"  - {each}\n" for each in entries)


GOOD = """
loop: 20m
faults:
  - {site: situs:rsud, kind: timeout, from: 18m, until: 24m, already: 2h31m}
  - {site: situs:dishub, kind: slow, lasts: 3.5s, from: 30s, until: 5m}
  - {site: uplink, from: 12m, until: 12m20s}
"""


def test_a_fault_holds_from_its_beginning_up_to_its_end(tmp_path: Path) -> None:
    script = load_script(written(tmp_path, GOOD), TARGETS)
    slow = {DISHUB: Fault(FaultKind.SLOW, timedelta(seconds=3.5))}
    assert script.in_force(minutes(0.49)).keys() == {RSUD}
    assert {RSUD: Fault(FaultKind.TIMEOUT), **slow} == script.in_force(minutes(0.5))
    assert script.in_force(minutes(4)) == slow
    assert script.in_force(minutes(5)) == {}


def test_a_fault_may_reach_round_the_end_of_the_loop(tmp_path: Path) -> None:
    script = load_script(written(tmp_path, GOOD), TARGETS)
    broken = [at for at in range(45) if RSUD in script.in_force(minutes(at))]
    assert broken == [0, 1, 2, 3, 18, 19, 20, 21, 22, 23, 38, 39, 40, 41, 42, 43]


def test_the_uplink_is_lost_once_per_loop(tmp_path: Path) -> None:
    script = load_script(written(tmp_path, GOOD), TARGETS)
    lost = [at for at in range(0, 2400, 10) if script.is_uplink_lost(timedelta(seconds=at))]
    assert lost == [720, 730, 1920, 1930]


def test_what_is_broken_at_the_beginning_knows_for_how_long(tmp_path: Path) -> None:
    script = load_script(written(tmp_path, GOOD), TARGETS)
    assert [(each.target, each.already) for each in script.at_the_beginning()] == [(RSUD, timedelta(hours=2, minutes=31))]


def test_on_a_quiet_day_nothing_breaks() -> None:
    assert QUIET.in_force(minutes(7)) == {}
    assert not QUIET.is_uplink_lost(minutes(7))


@settings(deadline=None)
@given(
    begins=st.integers(0, 599),
    length=st.integers(1, 600),
    elapsed=st.integers(0, 10_000),
)
def test_a_stretch_is_as_long_in_every_loop_as_it_was_written(begins: int, length: int, elapsed: int) -> None:
    loop = timedelta(seconds=600)
    stretch = Stretch(timedelta(seconds=begins), timedelta(seconds=begins + length))
    script = Script(loop, (ScriptedFault(RSUD, Fault(FaultKind.REFUSED), stretch),))
    in_one_loop = sum(bool(script.in_force(timedelta(seconds=elapsed + second))) for second in range(600))
    assert in_one_loop == length


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            entry("{site: situs:rsut, kind: timeout}"),
            "'situs:rsut' is not a site of the register; did you mean 'situs:rsud'?",
        ),
        (entry("{site: situs:setda, kind: timeout}"), ":3: 'situs:setda' has no address in the register"),
        (entry("site: situs:rsud\n    kind: timeuot"), ":4: unknown kind 'timeuot'; did you mean 'timeout'?"),
        (entry("{site: situs:rsud, kind: slow}"), ":3: fault 'slow' needs 'lasts'"),
        (entry("{site: situs:rsud, kind: refused, lasts: 4s}"), ":3: fault 'refused' takes no 'lasts'"),
        (entry("{site: situs:rsud, kind: refused, form: 4s}"), ":3: unknown key 'form'; did you mean 'from'?"),
        (entry("{site: situs:rsud, kind: refused, from: 4 menit}"), ":3: 'from': '4 menit' is not a duration"),
        (entry("{site: situs:rsud, kind: refused, from: 5m, until: 4m}"), ":3: 'until' must come after 'from'"),
        (entry("{site: situs:rsud, kind: refused, from: 21m, until: 22m}"), "'from' must lie in the loop"),
        (entry("{site: situs:rsud, kind: refused, from: 5m, already: 1h}"), "'already' is for faults that are there when"),
        (
            entry("{site: situs:rsud, kind: refused, until: 5m}", "{site: situs:rsud, kind: timeout, from: 19m, until: 21m}"),
            ":4: 'situs:rsud' has another fault at the same time (line 3)",
        ),
        (entry("{site: uplink, kind: refused}"), ":3: unknown key 'kind'"),
        (entry("timeout"), ":3: an entry is a mapping"),
        ("loop: 1s", ":1: 'loop' must lie between 10s and 1d"),
        ("lop: 20m", ":1: unknown key 'lop'; did you mean 'loop'?"),
        ("faults: 7", ":1: 'faults' must be a list"),
        ("- 1", ":1: a script is a mapping"),
        ("", ":1: a script is a mapping"),
        ("loop: [", ": not readable as YAML"),
        ("loop: 20m\nloop: 10m", ": not readable as YAML"),
    ],
)
def test_a_mistake_in_a_script_is_told_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ScriptError) as refused:
        load_script(written(tmp_path, text), TARGETS)
    assert str(refused.value).startswith("skrip.yaml:")
    assert sentence in str(refused.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "loop: 20m\nfaults:\n  - {site: situs:rsut, kind: timeout}\n  - {site: situs:dishub, kind: broken}\n"
    with pytest.raises(ScriptError) as refused:
        load_script(written(tmp_path, text), TARGETS)
    assert [mistake.split(":")[1] for mistake in refused.value.mistakes] == ["3", "4"]


def test_a_script_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="cannot be read"):
        load_script(tmp_path / "tidak-ada.yaml", TARGETS)


@settings(deadline=None)
@given(raw=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_file_does_worse_than_a_list_of_mistakes(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "apa-saja.yaml"
    path.write_bytes(raw)
    with contextlib.suppress(ScriptError):  # anything else fails this test
        load_script(path, TARGETS)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("3m", 180), ("2h31m", 9060), ("6d6h", 540_000), ("3.5s", 3.5), ("0s", 0), (" 5m ", 300)],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "-5m", "1m2h", "٥m", "9" * 30 + "d"])
def test_what_is_not_a_duration_is_not_guessed_at(text: str) -> None:
    assert parse_duration(text) is None
