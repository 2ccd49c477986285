"""``alerts``, ``rules`` and ``rota``: what they make of the rules of the program, and whom they tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from command_centre.config.loading import load
from command_centre.config.mistakes import ConfigError
from command_centre.config.model import Config
from command_centre.domain.reading import Status
from command_centre.domain.rule import DEFAULT_RULES, Rule, Severity, StatusIs, Threshold
from command_centre.domain.target import TargetKind
from tests.support.configuration import KINDS, TINY_CONFIG, write_config

WITA = ZoneInfo("Asia/Makassar")
RECEIVERS = """
receivers:
  - {name: budi, kind: log}
  - {name: sari, kind: log}
  - {name: kepala, kind: log}
"""


def configured(tmp_path: Path, text: str = "") -> Config:
    return load(write_config(tmp_path, TINY_CONFIG + text), KINDS)


def rule(config: Config, name: str) -> Rule:
    return next(each for each in config.rules if each.id == name)


def test_every_kind_is_covered_without_a_line_and_nothing_lacks_an_owner_or_a_first_step(tmp_path: Path) -> None:
    config = configured(tmp_path)
    assert config.rules == DEFAULT_RULES
    assert {each.applies_to for each in config.rules} == set(TargetKind)
    assert all(each.owner and each.runbook for each in config.rules)


def test_a_rule_of_the_program_is_changed_by_its_name_and_the_rest_of_it_stays(tmp_path: Path) -> None:
    changed = rule(configured(tmp_path, "rules:\n  - {id: site-down, hold: 5m, severity: critical}\n"), "site-down")
    assert (changed.hold, changed.severity, changed.recover) == (timedelta(minutes=5), Severity.CRITICAL, timedelta(minutes=1))
    assert changed.condition == StatusIs(frozenset({Status.DOWN}))


def test_a_hold_of_nothing_is_a_hold_of_nothing(tmp_path: Path) -> None:
    assert rule(configured(tmp_path, "rules:\n  - {id: service-down, hold: 0s}\n"), "service-down").hold == timedelta(0)


def test_a_rule_of_ones_own_is_added(tmp_path: Path) -> None:
    text = "rules:\n  - {id: ramai, kind: hotspot, metric: clients_total, above: 25, clear: 20, severity: info,"
    text += " owner: A, runbook: B}\n"
    added = rule(configured(tmp_path, text), "ramai")
    assert isinstance(added.condition, Threshold)
    assert added.condition.breach.holds(26)
    assert not added.condition.breach.holds(25)
    assert added.condition.clear is not None
    assert added.condition.clear.holds(20)


def test_where_nobody_is_named_everybody_who_can_be_told_is(tmp_path: Path) -> None:
    config = configured(tmp_path, RECEIVERS)
    assert config.orders.policy((), datetime(2026, 3, 2, tzinfo=WITA)).receivers == ("budi", "sari", "kepala")


def test_the_name_of_a_rota_stands_for_whoever_is_on_duty(tmp_path: Path) -> None:
    """O5, and swaps."""
    text = (
        RECEIVERS
        + """
alerts:
  receivers: [piket]
  chain: [{after: 15m, to: [kepala], at_least: critical}]
rota:
  - name: piket
    people: [budi, sari]
    starts: 2026-03-02 08:00
    from: "06:00"
    until: "22:00"
    overrides: [{who: kepala, from: 2026-03-04 08:00, until: 2026-03-05 08:00}]
    fallback: [kepala]
"""
    )
    config = configured(tmp_path, text)

    def told(day: int, hour: int) -> tuple[str, ...]:
        return config.orders.policy((), datetime(2026, 3, day, hour, tzinfo=WITA)).receivers

    assert [told(2, 9), told(9, 9), told(4, 9), told(3, 2)] == [("budi",), ("sari",), ("kepala",), ("kepala",)]
    assert [str(each) for each in config.warnings if "nobody is on duty" in str(each)]


def test_a_rule_may_tell_somebody_else(tmp_path: Path) -> None:
    config = configured(tmp_path, RECEIVERS + "rules:\n  - {id: site-down, receivers: [sari]}\n")
    assert config.orders.policy(rule(config, "site-down").receivers, datetime(2026, 3, 2, tzinfo=WITA)).receivers == ("sari",)


def test_quiet_hours_reach_over_midnight_and_what_is_critical_wakes(tmp_path: Path) -> None:
    orders = configured(tmp_path, RECEIVERS + 'alerts:\n  quiet_from: "21:00"\n  quiet_until: "07:00"\n').orders
    night, morning = datetime(2026, 3, 2, 23, 30, tzinfo=WITA), datetime(2026, 3, 3, 7, tzinfo=WITA)
    assert orders.waits_until(Severity.WARNING, night) == morning
    assert orders.waits_until(Severity.CRITICAL, night) is None
    assert orders.waits_until(Severity.WARNING, morning) is None


ROTA = "rota:\n  - {{name: jaga, people: [budi, sari], from: '06:00', until: '02:00', fallback: [kepala]{more}}}\n"


def test_holes_of_a_rota_are_announced_a_week_ahead_or_as_it_says(tmp_path: Path) -> None:
    assert configured(tmp_path, RECEIVERS + ROTA.format(more="")).orders.rotas["jaga"].announce == timedelta(days=7)
    written = configured(tmp_path, RECEIVERS + ROTA.format(more=", announce: 3d"))
    assert written.orders.rotas["jaga"].announce == timedelta(days=3)


@pytest.mark.parametrize("length", ["1h", "31d", "never"])
def test_an_announcement_too_late_to_swap_or_too_early_to_remember_is_refused(tmp_path: Path, length: str) -> None:
    with pytest.raises(ConfigError, match="announce"):
        configured(tmp_path, RECEIVERS + ROTA.format(more=f", announce: {length}"))


DEADLINE = "alerts:\n  deadlines:\n    - {{name: RKPD, targets: [{target}], from: {first}, until: {last}{more}}}\n"


def test_a_deadline_lasts_from_its_first_day_to_the_end_of_its_last(tmp_path: Path) -> None:
    text = DEADLINE.format(target='"situs:diskominfo"', first="2026-03-01", last="2026-03-31", more="")
    (found,) = configured(tmp_path, text).orders.deadlines
    assert (found.name, set(found.targets), found.raise_to) == ("RKPD", {"situs:diskominfo"}, Severity.CRITICAL)
    assert found.during.start == datetime(2026, 3, 1, tzinfo=WITA)
    assert found.during.end == datetime(2026, 4, 1, tzinfo=WITA)


def test_a_deadline_may_be_about_a_group(tmp_path: Path) -> None:
    text = DEADLINE.format(target="OPD", first="2026-03-01", last="2026-03-01", more=", raise_to: warning")
    (found,) = configured(tmp_path, text).orders.deadlines
    assert found.targets == {"situs:diskominfo", "situs:setda"}
    assert found.raise_to is Severity.WARNING


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"target": "situs:nobody"}, "neither a key nor a group"),
        ({"last": "2026-02-01"}, "must not come before 'from'"),
        ({"last": "2028-02-01"}, "more than a year later"),
        ({"first": "2026-02-30"}, "must be a day"),
        ({"more": ", raise_to: info"}, "critical or warning"),
    ],
)
def test_a_deadline_that_cannot_be_is_refused(tmp_path: Path, wrong: dict[str, str], sentence: str) -> None:
    right = {"target": "OPD", "first": "2026-03-01", "last": "2026-03-31", "more": ""}
    with pytest.raises(ConfigError, match=sentence):
        configured(tmp_path, DEADLINE.format(**(right | wrong)))
