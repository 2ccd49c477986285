"""The file of a rehearsal: every mistake is a sentence, all of them at once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.config.rehearsal import RehearsalError, parse_looks, parse_rehearsal, read_rehearsal

SOUND: dict[str, Any] = {
    "config": {
        "interval_s": 60,
        "rules": [{"name": "down", "metric": "up", "op": "==", "threshold": 0, "for_s": 180, "severity": "critical"}],
        "targets": [{"id": "sw"}, {"id": "ap-1", "parent": "sw"}],
        "notify": {"group_by": ["rule"], "channels": ["noc"]},
    },
    "series": {"ap-1": "U5"},
    "end_s": 600,
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    written = copy.deepcopy(SOUND)
    change(written)
    return written


def refused(change: Callable[[dict[str, Any]], object]) -> str:
    with pytest.raises(RehearsalError) as caught:
        parse_rehearsal(changed(change))
    return str(caught.value)


def test_a_sound_file_is_read() -> None:
    assert parse_rehearsal(SOUND).config.interval_s == 60


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: it["config"]["rules"][0].pop("threshold"), "belong together"),
        (lambda it: it["config"]["rules"][0].update(op="~"), "config.rules[0].op"),
        (lambda it: it["config"]["rules"][0].update(for_s=-1), "config.rules[0].for_s"),
        (lambda it: it["config"]["rules"][0].update(for_s="3m"), "must be a number"),
        (lambda it: it["config"]["rules"][0].update(severity="urgent"), "config.rules[0].severity"),
        (lambda it: it["config"]["rules"][0].update(treshold=1), "treshold: is no key of this file"),
        (lambda it: it["config"]["rules"][0].update(op=">", clear_op="<", clear_threshold=5), "inside the breach"),
        (lambda it: it["config"]["rules"][0].update(op=">", clear_op=">", clear_threshold=0), "same way"),
        (lambda it: it["config"]["rules"].append(it["config"]["rules"][0]), "'down' is there 2 times"),
        (lambda it: it["config"].update(rules=[]), "config.rules"),
        (lambda it: it["config"].pop("rules"), "config.rules: is missing"),
        (lambda it: it["config"].update(interval_s=0), "config.interval_s"),
        (lambda it: it["config"].update(targets=[]), "config.targets"),
        (lambda it: it["config"]["targets"].append({"id": "sw"}), "'sw' is there 2 times"),
        (lambda it: it["config"]["targets"][1].update(parent="swt"), "did you mean 'sw'?"),
        (lambda it: it["config"]["targets"][0].update(parent="ap-1"), "in a circle"),
        (lambda it: it["config"]["targets"][0].update(parent="sw"), "in a circle: sw -> sw"),
        (lambda it: it["config"].update(silences=[{"match": {"target": "sw"}, "from_s": 0}]), "silences[0].to_s: is missing"),
        (lambda it: it["config"].update(silences=[{"match": {}, "to_s": 60}]), "silences[0].match"),
        (lambda it: it["config"].update(silences=[{"match": {"target": "sw"}, "from_s": 60, "to_s": 60}]), "must end after"),
        (
            lambda it: it["config"].update(maintenance=[{"match": {"target": "ap-2"}, "to_s": 60}]),
            "nobody knows a target 'ap-2'; did you mean 'ap-1'?",
        ),
        (lambda it: it["config"].update(maintenance=[{"target": "sw", "hours": "22:00-02:00", "tz": "X/Y"}]), "not a time zone"),
        (lambda it: it["config"].update(notify={"channels": []}), "config.notify.channels"),
        (lambda it: it["config"]["targets"][0].update(parnt="ap-1"), "parnt: is no key of this file"),
        (lambda it: it["config"].update(maintenance=[{"match": {"target": "sw"}, "from_s": 60}]), "has no end"),
        (lambda it: it["config"].update(maintenance=[{"match": {"target": "sw"}, "from": "22:00"}]), "has no end"),
        (lambda it: it["config"].update(maintenance=[{"match": {"target": "sw"}, "from": "25:00", "to": "02:00"}]), "a time of"),
        (lambda it: it["config"].update(flapping={"high_pct": 20, "low_pct": 30}), "must not be above"),
        (lambda it: it["config"].update(flapping={"window": 0}), "config.flapping.window"),
        (lambda it: it["config"].update(escalation=[{"after_s": 900}]), "escalation[0].to"),
        (
            lambda it: it["config"].update(escalation=[{"after_s": 900, "to": "a"}, {"after_s": 60, "to": "b"}]),
            "each step must come after",
        ),
        (lambda it: it["config"].update(timezone="Asia/Bontang"), "is not a time zone"),
        (lambda it: it["config"].update(rota={"people": []}), "has nobody in it"),
        (
            lambda it: it["config"].update(
                rota={"people": ["a"], "overrides": [{"who": "b", "from_s": 0, "to_s": 9}, {"who": "c", "from_s": 5, "to_s": 8}]}
            ),
            "two overrides at once",
        ),
        (lambda it: it.update(series={"ap-2": "U5"}), "nobody knows a target 'ap-2'; did you mean 'ap-1'?"),
        (lambda it: it.update(actions=[{"t": 0, "do": "explode"}]), "is nothing that can be done"),
        (lambda it: it.update(actions=[{"t": 0, "do": "silence", "target": "ap-1"}]), "must end"),
        (lambda it: it.update(actions=[{"t": 0, "do": "remove"}]), "needs a target"),
        (lambda it: it.update(end_s=True), "must be a number"),
        (lambda it: it.update(serie={}), "serie: is no key of this file"),
        (lambda it: it.pop("config"), "config: is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_a_sentence(change: Callable[[dict[str, Any]], object], said: str) -> None:
    assert said in refused(change)


def test_all_mistakes_are_told_at_once() -> None:
    def spoil(it: dict[str, Any]) -> None:
        it["config"]["rules"][0].update(op="~", for_s=-1)
        it["config"]["interval_s"] = 0
        it["actions"] = [{"t": 0, "do": "explode"}]

    said = refused(spoil)
    for each in ("rules[0].op", "rules[0].for_s", "interval_s", "actions[0]"):
        assert each in said


@pytest.mark.parametrize("written", [[], "U5", None, 5, {"config": []}])
def test_what_is_no_rehearsal_is_refused(written: object) -> None:
    with pytest.raises(RehearsalError):
        parse_rehearsal(written)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"config": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "rehearsal.json"
    path.write_bytes(data)
    with pytest.raises(RehearsalError):
        read_rehearsal(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match=r"nowhere\.json"):
        read_rehearsal(tmp_path / "nowhere.json")


def test_what_is_for_the_checker_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "rehearsal.json"
    path.write_text(json.dumps({**SOUND, "expect": {}, "why": "", "basis": "", "strict": "must", "kind": "x", "id": "y"}))
    assert read_rehearsal(path).id == "y"


def test_readings_are_written_with_few_letters() -> None:
    assert [value for _, value in parse_looks("U2 D1 _2 91x2 -3.5 NaNx1")] == [1, 1, 0, None, None, 91, 91, -3.5, None]
    assert [kind for kind, _ in parse_looks("U 1")] == ["state", "value"]


@pytest.mark.parametrize("text", ["X5", "U5D3", "5x", "U-1", "U99999999999"])
def test_what_is_no_reading_is_refused(text: str) -> None:
    with pytest.raises(RehearsalError):
        parse_looks(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_nothing_that_json_can_hold_breaks_the_reader(written: object) -> None:
    with pytest.raises(RehearsalError):
        parse_rehearsal({"config": written, "series": written})


def test_a_key_that_is_like_none_of_ours_plays_no_part_and_is_named() -> None:
    ignored: list[str] = []
    parse_rehearsal(changed(lambda it: it["config"]["rules"][0].update(remark="x")), ignored)
    assert ignored == ["remark"]


def test_a_silence_may_be_about_a_stranger() -> None:
    written = changed(lambda it: it["config"].update(silences=[{"match": {"target": "ap-9"}, "to_s": 60}]))
    assert len(parse_rehearsal(written).config.silences) == 1


def test_what_else_is_said_of_a_target_is_a_label() -> None:
    written = changed(lambda it: it["config"]["targets"][0].update(uplink="isp-a", labels={"owner": "Dinkes"}))
    assert parse_rehearsal(written).config.targets[0].labels == {"uplink": "isp-a", "owner": "Dinkes"}


@pytest.mark.parametrize(
    "rules",
    [
        [{"name": "cpu", "metric": "cpu", "op": ">", "levels": {"warning": 80, "critical": 95}}],
        [{"name": "cpu", "metric": "cpu", "op": ">", "warning": 80, "critical": 95}],
        [{"name": "cpu", "metric": "cpu", "op": ">", "threshold": 80, "severity": "warning", "critical_threshold": 95}],
        [
            {"name": "cpu", "metric": "cpu", "op": ">", "threshold": t, "severity": s}
            for t, s in ((95, "critical"), (80, "warning"))
        ],
    ],
)
def test_limits_by_severity_may_be_written_in_several_ways(rules: list[dict[str, Any]]) -> None:
    rule, *others = parse_rehearsal(changed(lambda it: it["config"].update(rules=rules))).config.rules
    assert not others
    assert (rule.severity, rule.threshold) == ("warning", 80)
    assert [(each.severity, each.threshold) for each in rule.levels] == [("critical", 95)]


def test_silence_may_be_asked_for_as_a_comparison() -> None:
    rules = [{"name": "gone", "metric": "up", "op": "absent", "for_s": 300, "severity": "warning"}]
    assert parse_rehearsal(changed(lambda it: it["config"].update(rules=rules))).config.rules[0].nodata_s == 300


@pytest.mark.parametrize(
    "window",
    [
        {"match": {"target": "sw"}, "from": "22:00", "to": "02:00", "days": ["mon", "tue", "wed"]},
        {"target": "sw", "hours": "22:00-02:00", "days": "mon-wed"},
        {"targets": ["sw"], "daily": "22:00-02:00", "weekdays": "senin,selasa,rabu"},
    ],
)
def test_a_window_may_be_written_in_several_ways(window: dict[str, Any]) -> None:
    found = parse_rehearsal(changed(lambda it: it["config"].update(maintenance=[window]))).config.maintenance[0]
    assert (dict(found.match), str(found.from_), str(found.to)) == ({"target": ("sw",)}, "22:00:00", "02:00:00")
    assert found.days == (0, 1, 2)


def test_what_a_reload_does_not_speak_of_stays() -> None:
    action = {"t": 60, "do": "reload", "config": {"notify": {"channels": ["wa"]}}}
    config = parse_rehearsal(changed(lambda it: it.update(actions=[action]))).actions[0].config
    assert config is not None
    assert [each.name for each in config.rules] == ["down"]
    assert [each.name for each in config.notify.channels] == ["wa"]
