"""Timelines through rules: who is told what between which moments, and nothing else (D, S, M and O cases of the behaviour)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.timelines import DOWN_RULE, assert_told, rehearse, target, want

INSTANT = {**DOWN_RULE, "for_s": 0}
NODATA = {"name": "nodata", "nodata_s": 300, "severity": "warning"}
CPU = {
    "name": "cpu", "metric": "cpu_pct", "op": ">", "threshold": 80, "severity": "warning",
    "levels": [{"severity": "critical", "threshold": 95}],
}  # fmt: skip
CHAIN = [{"after_s": 900, "to": "kabid"}, {"after_s": 1800, "to": "kadis"}]


# --- one trouble, told once, to the end


def test_an_outage_is_told_once_within_the_stated_bound() -> None:
    """D1, S2: at the configured time, not one interval later."""
    assert_told(rehearse({"web-1": "U5 D20"}, end_s=1800), want("firing", 480, 540, "web-1"))


def test_trouble_that_ends_before_its_hold_is_never_told() -> None:
    """S1: no notice, and no lone recovery."""
    assert_told(rehearse({"web-1": "U5 D3 U10"}))


def test_trouble_that_ends_while_the_group_still_waits_is_never_told() -> None:
    """D10."""
    played = rehearse({"web-1": "U5 D1 U10"}, rules=[INSTANT], notify={"group_wait_s": 90})
    assert_told(played)


def test_a_second_outage_after_the_end_is_told_as_a_second_one() -> None:
    """D11."""
    played = rehearse({"web-1": "U5 D10 U10 D10 U10"})
    assert_told(
        played,
        want("firing", 480, 585, "web-1"),
        want("resolved", 900, 1305, "web-1"),
        want("firing", 1680, 1785, "web-1"),
        want("resolved", 2100, 2505, "web-1"),
    )


def test_nothing_changes_for_the_repeat_interval_then_it_is_recalled() -> None:
    """D12."""
    played = rehearse({"web-1": "U5 D130"}, notify={"repeat_interval_s": 1800}, end_s=6000)
    assert_told(
        played,
        want("firing", 480, 585, "web-1"),
        want("reminder", 2280, 2640, "web-1"),
        want("reminder", 4080, 4800, "web-1"),
        want("reminder", 5880, 6000, "web-1"),
    )


def test_recoveries_are_not_told_where_nobody_wants_them() -> None:
    played = rehearse({"web-1": "U5 D10 U10"}, notify={"send_resolved": False})
    assert played.kinds() == ["firing"]


def test_calm_must_last_before_it_counts() -> None:
    rule = {**INSTANT, "recover_s": 300}
    played = rehearse({"web-1": "U5 D5 U3 D2 U20"}, rules=[rule])
    assert_told(played, want("firing", 300, 405, "web-1"), want("resolved", 1200, 1605, "web-1"))


def test_a_value_that_oscillates_within_the_two_limits_is_one_trouble() -> None:
    """S3."""
    rule = {**CPU, "levels": [], "threshold": 90, "clear_op": "<", "clear_threshold": 80}
    played = rehearse({"ap-1": "50x5 91x1 89x1 91x1 85x1 92x1 81x3 79x1 50x5"}, rules=[rule])
    assert_told(played, want("firing", 300, 405, "ap-1"), want("resolved", 780, 1185, "ap-1"))


def test_it_becomes_worse_then_better_and_is_one_story() -> None:
    played = rehearse({"ap-1": "50x5 85x10 97x10 85x10 50x10"}, rules=[CPU])
    assert_told(
        played,
        want("firing", 300, 405, "ap-1"),
        want("update", 900, 1005, "ap-1"),
        want("downgraded", 1500, 1905, "ap-1"),
        want("resolved", 2100, 2505, "ap-1"),
    )
    assert [each.severity for each in played.told] == ["warning", "critical", "warning", "warning"]


def test_a_fast_rise_is_a_trouble_of_its_own() -> None:
    rule = {"name": "rise", "metric": "clients", "op": ">", "threshold": 50, "over_s": 300, "severity": "warning"}
    played = rehearse({"ap-1": "10x5 100x10"}, rules=[rule], end_s=1200)
    assert_told(played, want("firing", 300, 405, "ap-1"), want("resolved", 600, 1100, "ap-1"))


# --- silence is a rule


def test_missing_data_resolves_nothing_and_fires_nothing_by_itself() -> None:
    """S5: the disappearing of a series is not its recovery."""
    played = rehearse({"web-1": "U5 D10 _20"}, end_s=2100)
    assert_told(played, want("firing", 480, 585, "web-1"))
    assert played.final == {"web-1": "firing"}


def test_missing_data_between_two_bad_readings_does_not_begin_anew() -> None:
    played = rehearse({"web-1": "U5 D2 _4 D5"}, end_s=1000)
    assert_told(played, want("firing", 660, 765, "web-1"))


def test_silence_is_told_after_its_waiting_time_and_ends_with_the_first_reading() -> None:
    """S5, S6."""
    played = rehearse({"web-1": "U5 _20 U10", "web-2": "U40"}, rules=[DOWN_RULE, NODATA])
    assert_told(played, want("nodata", 540, 705, "web-1"), want("resolved", 1500, 1905, "web-1"))


def test_a_short_silence_is_nobodys_business() -> None:
    """S6."""
    assert_told(rehearse({"web-1": "U5 _4 U10", "web-2": "U40"}, rules=[DOWN_RULE, NODATA]))


def test_all_sources_silent_at_once_is_one_failure_of_ours() -> None:
    """S7."""
    names = [f"hs-{number}" for number in range(40)]
    played = rehearse(dict.fromkeys(names, "U5 _20 U10"), rules=[DOWN_RULE, NODATA])
    assert_told(played, want("collector_down", 540, 705, *names), want("resolved", 1500, 1905, *names))


def test_all_sources_silent_without_a_rule_about_silence_is_noticed_all_the_same() -> None:
    names = [f"hs-{number}" for number in range(5)]
    played = rehearse(dict.fromkeys(names, "U5 _20 U10"))
    assert played.kinds() == ["collector_down", "resolved"]


def test_what_was_down_before_all_fell_silent_stays_down() -> None:
    names = [f"hs-{number}" for number in range(5)]
    played = rehearse({**dict.fromkeys(names, "U5 _30"), "hs-0": "U5 D10 _20"}, end_s=2000)
    assert [each.targets for each in played.of("firing")] == [("hs-0",)]
    assert not played.of("resolved")
    assert played.final["hs-0"] == "firing"


# --- flapping


def test_flapping_is_announced_once_and_ended_once() -> None:
    """S4."""
    played = rehearse(
        {"web-1": "U1 D1 " * 12 + "U31"}, rules=[INSTANT], flapping={"window": 20, "high_pct": 30, "low_pct": 25}, end_s=3900
    )
    assert len(played.of("flapping_start")) == len(played.of("flapping_stop")) == 1
    assert played.of("flapping_start")[0].t <= 900
    assert 1500 <= played.of("flapping_stop")[0].t <= 3600
    assert len(played.of("firing")) <= 3
    assert len(played.told) <= 8
    assert played.final == {"web-1": "ok"}


def test_what_is_down_after_flapping_is_told_as_down() -> None:
    played = rehearse({"web-1": "U1 D1 " * 12 + "D40"}, rules=[INSTANT], flapping={}, end_s=4500)
    assert played.kinds()[-1] in ("flapping_stop", "firing")
    assert played.final == {"web-1": "firing"}
    assert played.of("firing")
    assert not played.of("resolved")


def test_without_flapping_in_the_configuration_every_change_may_be_told() -> None:
    played = rehearse({"web-1": "U1 D1 " * 12 + "U31"}, rules=[INSTANT])
    assert not played.of("flapping_start")


# --- many at once


def test_forty_hotspots_of_one_zone_are_one_notice_and_one_end() -> None:
    """S16, S13."""
    names = [f"hs-barat-{number:03}" for number in range(40)]
    targets = [target(name, type="wifi", zone="barat") for name in names]
    played = rehearse(dict.fromkeys(names, "U5 D20 U20"), targets=targets)
    assert_told(played, want("firing", 480, 585, *names, count=40), want("resolved", 1500, 1905, *names, count=40))
    assert played.told[0].group == "barat"


def test_zones_are_told_apart() -> None:
    targets = [target(f"hs-{zone}", zone=zone) for zone in ("barat", "utara", "selatan")]
    played = rehearse({each["id"]: "U5 D20 U10" for each in targets}, targets=targets)
    assert len(played.of("firing")) == len(played.of("resolved")) == 3


def test_who_joins_later_is_told_at_the_next_turn_of_the_group() -> None:
    played = rehearse({"web-1": "U5 D40", "web-2": "U7 D40"}, end_s=2400)
    first, second = played.told
    assert first.targets == ("web-1",)
    assert (second.targets, second.count) == (("web-2",), 2)
    assert 600 <= second.t <= 480 + 30 + 300 + 60


def test_330_hotspots_in_one_poll_are_one_notice() -> None:
    """S16."""
    names = [f"hs-{number:03}" for number in range(330)]
    played = rehearse(dict.fromkeys(names, "U5 D20 U20"))
    assert played.kinds() == ["firing", "resolved"]
    assert played.told[0].count == 330


# --- what explains what


def family(*names: str, parent: str = "sw-core", **more: Any) -> list[dict[str, Any]]:
    return [target(parent), *(target(name, parent=parent, **more) for name in names)]


def test_a_switch_and_its_access_points_fail_and_only_the_switch_is_told() -> None:
    """S13."""
    targets = family("ap-1", "ap-2")
    played = rehearse(dict.fromkeys(("sw-core", "ap-1", "ap-2"), "U5 D20 U20"), targets=targets)
    assert_told(played, want("firing", 480, 585, "sw-core"), want("resolved", 1500, 1905, "sw-core"))


@pytest.mark.parametrize("child_first", [True, False])
def test_in_whatever_order_they_fail_only_the_parent_is_told(child_first: bool) -> None:
    """S13: the parent is polled half a minute before, or after."""
    child, parent = (300, 330) if child_first else (330, 300)
    readings = [
        {"t": t, "target": name, "value": 0 if t >= 300 else 1}
        for name, begin in (("ap-1", child), ("sw-core", parent))
        for t in range(begin % 60, 3000, 60)
    ]
    played = rehearse({}, targets=family("ap-1"), readings=readings, rules=[{**DOWN_RULE, "for_s": 0}], end_s=2900)
    assert_told(played, want("firing", 300, 405, "sw-core"))


def test_two_levels_down_only_the_top_is_told() -> None:
    targets = [target("router"), target("switch", parent="router"), target("ap-1", parent="switch")]
    played = rehearse({each["id"]: "U5 D20 U20" for each in targets}, targets=targets)
    assert {each.targets for each in played.told} == {("router",)}


def test_what_nobody_looks_at_is_looked_through() -> None:
    targets = [target("router"), target("switch", parent="router"), target("ap-1", parent="switch")]
    played = rehearse(dict.fromkeys(("router", "ap-1"), "U5 D20 U20"), targets=targets)
    assert {each.targets for each in played.told} == {("router",)}


def test_one_of_two_uplinks_explains_nothing() -> None:
    """S14."""
    targets = [target("isp-a"), target("isp-b"), target("ap-1", parents=["isp-a", "isp-b"])]
    played = rehearse({"isp-a": "U5 D20 U20", "isp-b": "U60", "ap-1": "U5 D20 U20"}, targets=targets)
    assert {name for each in played.of("firing") for name in each.targets} == {"isp-a", "ap-1"}


def test_both_uplinks_explain_what_hangs_on_them() -> None:
    """S14."""
    targets = [target("isp-a"), target("isp-b"), target("ap-1", parents=["isp-a", "isp-b"])]
    played = rehearse({each["id"]: "U5 D20 U20" for each in targets}, targets=targets)
    assert {name for each in played.of("firing") for name in each.targets} == {"isp-a", "isp-b"}


def test_the_recovery_of_a_child_that_was_told_is_told_while_its_parent_is_down() -> None:
    """S12."""
    played = rehearse({"ap-1": "U5 D25 U30", "sw-core": "U20 D20 U20"}, targets=family("ap-1"))
    assert_told(
        played,
        want("firing", 480, 585, "ap-1"),
        want("firing", 1380, 1785, "sw-core"),
        want("resolved", 1800, 2205, "ap-1"),
        want("resolved", 2400, 2805, "sw-core"),
    )


def test_a_child_that_stays_down_after_its_parent_is_told_then() -> None:
    played = rehearse({"ap-1": "U5 D60", "sw-core": "U5 D20 U40"}, targets=family("ap-1"))
    assert_told(
        played,
        want("firing", 480, 585, "sw-core"),
        want("resolved", 1500, 1905, "sw-core"),
        want("firing", 1500, 1905, "ap-1"),
    )


def test_a_child_that_comes_back_a_moment_after_its_parent_is_never_told() -> None:
    played = rehearse({"ap-1": "U5 D21 U40", "sw-core": "U5 D20 U40"}, targets=family("ap-1"))
    assert {each.targets for each in played.told} == {("sw-core",)}


def test_a_parent_under_planned_work_still_explains_its_children() -> None:
    played = rehearse(
        dict.fromkeys(("sw-core", "ap-1"), "U5 D20 U20"),
        targets=family("ap-1"),
        maintenance=[{"match": {"target": "sw-core"}, "from_s": 200, "to_s": 2400}],
    )
    assert_told(played)


def test_while_the_worse_alert_lasts_the_lesser_one_about_the_same_target_is_held_back() -> None:
    rules = [
        {"name": "warm", "metric": "temp", "op": ">", "threshold": 60, "severity": "warning"},
        {"name": "hot", "metric": "temp", "op": ">", "threshold": 60, "severity": "critical"},
    ]
    inhibit = [{"source_match": {"severity": "critical"}, "target_match": {"severity": "warning"}, "equal": ["target"]}]
    played = rehearse({"ap-1": "50x5 70x10 50x10"}, rules=rules, inhibit_rules=inhibit)
    assert {each.rule for each in played.told} == {"hot"}


# --- quiet


def test_a_whole_incident_within_a_silence_is_never_told() -> None:
    silence = {"match": {"target": "web-1"}, "from_s": 0, "to_s": 3600}
    assert_told(rehearse({"web-1": "U5 D10 U10"}, silences=[silence]))


def test_what_is_still_down_when_its_silence_ends_is_told_then() -> None:
    silence = {"match": {"target": "web-1"}, "from_s": 0, "to_s": 1800}
    assert_told(rehearse({"web-1": "U5 D60"}, silences=[silence]), want("firing", 1800, 1905, "web-1"))


def test_a_recovery_within_a_silence_is_told_to_those_who_heard_of_the_problem() -> None:
    """S11."""
    silence = {"match": {"zone": "pusat"}, "from_s": 600, "to_s": 3600}
    played = rehearse({"web-1": "U5 D20 U10"}, silences=[silence])
    assert_told(played, want("firing", 480, 585, "web-1"), want("resolved", 1500, 1905, "web-1"))


def test_a_silence_about_another_zone_silences_nothing() -> None:
    silence = {"match": {"zone": "barat"}, "from_s": 0, "to_s": 3600}
    assert rehearse({"web-1": "U5 D10 U10"}, silences=[silence]).kinds() == ["firing", "resolved"]


def test_a_silence_may_mean_many_by_their_names() -> None:
    silence = {"match": {"target": "web-*"}, "from_s": 0, "to_s": 3600}
    assert_told(rehearse({"web-1": "U5 D10 U10", "web-2": "U5 D10 U10"}, silences=[silence]))


def test_a_silence_made_and_lifted_on_the_way_counts_meanwhile() -> None:
    actions = [
        {"t": 400, "do": "silence", "target": "web-1", "for_s": 3000},
        {"t": 1200, "do": "unsilence", "target": "web-1"},
    ]
    assert_told(rehearse({"web-1": "U5 D60"}, actions=actions), want("firing", 1200, 1305, "web-1"))


def test_reminders_rest_during_a_silence() -> None:
    silence = {"match": {"target": "web-1"}, "from_s": 600, "to_s": 3000}
    played = rehearse({"web-1": "U5 D60"}, silences=[silence], notify={"repeat_interval_s": 900}, end_s=2900)
    assert played.kinds() == ["firing"]


def test_planned_work_is_never_told_while_it_lasts() -> None:
    window = {"match": {"target": "web-1"}, "from_s": 240, "to_s": 1200}
    assert_told(rehearse({"web-1": "U5 D10 U20"}, maintenance=[window]))


def test_a_problem_that_outlasts_planned_work_is_told_after_it() -> None:
    window = {"match": {"target": "web-1"}, "from_s": 240, "to_s": 1200}
    assert_told(rehearse({"web-1": "U5 D60"}, maintenance=[window]), want("firing", 1200, 1305, "web-1"))


def test_a_problem_from_before_planned_work_is_recalled_once_after_it() -> None:
    """M4: no new page inside, one reminder after."""
    window = {"match": {"target": "web-1"}, "from_s": 900, "to_s": 2400}
    played = rehearse({"web-1": "U5 D60"}, maintenance=[window], notify={"repeat_interval_s": 600}, end_s=2900)
    assert_told(played, want("firing", 480, 585, "web-1"), want("reminder", 2400, 2460, "web-1"))


@pytest.mark.parametrize(("minute", "is_told"), [(-1, True), (0, False), (239, False), (240, True)])
def test_a_window_across_midnight_is_half_open(minute: int, is_told: bool) -> None:
    """M1, M2: 22:00-02:00 on Fridays in WITA while the clock of the process is UTC."""
    friday_22_wita = 1_772_805_600  # Friday 6 March 2026, 22:00 WITA
    window = {"match": {"type": "website"}, "from": "22:00", "to": "02:00", "days": ["jumat"]}
    start = friday_22_wita + minute * 60 - 300
    played = rehearse(
        {"web-1": "U5 D1 U3"}, rules=[INSTANT], notify={"group_wait_s": 0}, maintenance=[window], start_epoch=start, end_s=420
    )
    assert bool(played.of("firing")) is is_told


# --- people


def test_what_nobody_answers_climbs_the_chain_at_exact_times() -> None:
    """O1."""
    played = rehearse({"web-1": "U5 D60 U5"}, escalation=CHAIN, end_s=4800)
    assert_told(
        played,
        want("firing", 480, 585, "web-1", to="noc"),
        want("escalated", 1380, 1485, "web-1", to="kabid"),
        want("escalated", 2280, 2385, "web-1", to="kadis"),
        want("resolved", 3900, 4305, "web-1", to="noc"),
        want("resolved", 3900, 4305, "web-1", to="kabid"),
        want("resolved", 3900, 4305, "web-1", to="kadis"),
    )


def test_an_answer_stops_the_chain_and_the_reminders() -> None:
    """O1."""
    played = rehearse(
        {"web-1": "U5 D60 U5"},
        escalation=CHAIN,
        notify={"repeat_interval_s": 900},
        actions=[{"t": 900, "do": "ack", "target": "web-1", "by": "budi"}],
        end_s=4800,
    )
    assert_told(
        played,
        want("firing", 480, 585, "web-1"),
        want("acked", 900, 905, "web-1", to="noc"),
        want("resolved", 3900, 4305, "web-1", to="noc"),
    )


def test_an_answer_after_the_first_step_stops_the_second() -> None:
    played = rehearse({"web-1": "U5 D60 U5"}, escalation=CHAIN, actions=[{"t": 1500, "do": "ack", "target": "web-1"}], end_s=4800)
    assert [each.to for each in played.of("escalated")] == ["kabid"]
    assert {each.to for each in played.of("acked")} == {"noc", "kabid"}
    assert {each.to for each in played.of("resolved")} == {"noc", "kabid"}


def test_an_answer_that_lapses_is_recalled_and_the_chain_goes_on() -> None:
    played = rehearse(
        {"web-1": "U5 D100"},
        escalation=CHAIN,
        notify={"ack_timeout_s": 1200},
        actions=[{"t": 900, "do": "ack", "target": "web-1"}],
        end_s=4000,
    )
    assert_told(
        played,
        want("firing", 480, 585),
        want("acked", 900, 905),
        want("reminder", 2100, 2105),
        want("escalated", 3000, 3005, to="kabid"),
        want("escalated", 3900, 3905, to="kadis"),
    )


def test_an_answer_taken_back_lets_notices_go_on() -> None:
    actions = [{"t": 900, "do": "ack", "target": "web-1"}, {"t": 1200, "do": "unack", "target": "web-1"}]
    played = rehearse({"web-1": "U5 D100"}, escalation=CHAIN[:1], actions=actions, end_s=4000)
    assert played.kinds() == ["firing", "acked", "reminder", "escalated"]


def test_an_answer_after_the_end_changes_nothing() -> None:
    """O2."""
    played = rehearse({"web-1": "U5 D10 U40"}, actions=[{"t": 2000, "do": "ack", "target": "web-1"}])
    assert played.kinds() == ["firing", "resolved"]


def test_an_answer_belongs_to_its_incident_and_not_to_the_next() -> None:
    played = rehearse(
        {"web-1": "U5 D10 U10 D40"}, escalation=CHAIN[:1], actions=[{"t": 600, "do": "ack", "target": "web-1"}], end_s=3000
    )
    assert played.kinds() == ["firing", "acked", "resolved", "firing", "escalated"]


def test_the_chain_ends_with_the_trouble() -> None:
    played = rehearse({"web-1": "U5 D10 U60"}, escalation=CHAIN)
    assert not played.of("escalated")


def test_only_what_is_severe_enough_climbs() -> None:
    steps = [{"after_s": 600, "to": "kabid", "min_severity": "critical"}]
    assert not rehearse({"web-1": "U5 D60"}, rules=[{**DOWN_RULE, "severity": "warning"}], escalation=steps).of("escalated")
    assert rehearse({"web-1": "U5 D60"}, escalation=steps).of("escalated")


def test_somebody_says_it_is_no_fault_and_it_is_closed() -> None:
    played = rehearse({"web-1": "U5 D40 U10"}, actions=[{"t": 900, "do": "close", "target": "web-1"}])
    assert_told(played, want("firing", 480, 585), want("closed", 900, 1305))


# --- who


def test_a_route_decides_by_severity_and_by_the_hour() -> None:
    routes = [
        {"match": {"severity": "critical"}, "channels": ["telepon"]},
        {"match": {}, "channels": ["siang"], "hours": {"from": "07:00", "to": "16:00", "days": ["senin", "selasa"]}},
        {"match": {}, "channels": ["malam"]},
    ]  # fmt: skip
    monday_0800_wita, monday_2000_wita = 1_772_409_600, 1_772_452_800
    warning = [{**DOWN_RULE, "severity": "warning"}]
    assert rehearse({"web-1": "U5 D9"}, routes=routes).told[0].to == "telepon"
    assert rehearse({"web-1": "U5 D9"}, rules=warning, routes=routes, start_epoch=monday_0800_wita).told[0].to == "siang"
    assert rehearse({"web-1": "U5 D9"}, rules=warning, routes=routes, start_epoch=monday_2000_wita).told[0].to == "malam"


def test_whoever_is_on_duty_is_told_and_also_of_the_end_after_the_turn_has_changed() -> None:
    rota = {"people": ["budi", "sari"], "turn_s": 1200}
    played = rehearse({"web-1": "U5 D20 U20"}, rota=rota, notify={"channels": ["piket"]})
    assert [(each.kind, each.to) for each in played.told] == [("firing", "budi"), ("resolved", "budi")]


def test_a_page_in_a_hole_of_the_rota_goes_to_the_fallback() -> None:
    """O5."""
    rota = {"shifts": [{"who": "budi", "from": "08:00", "to": "12:00"}], "fallback": ["kepala"]}
    assert rehearse({"web-1": "U5 D20"}, rota=rota, notify={"channels": ["piket"]}).told[0].to == "kepala"


def test_an_override_takes_over_for_its_time() -> None:
    rota = {"people": ["budi"], "overrides": [{"who": "sari", "from_s": 0, "to_s": 1000}]}
    assert rehearse({"web-1": "U5 D20"}, rota=rota, notify={"channels": ["piket"]}).told[0].to == "sari"


def test_what_need_not_wake_waits_for_the_morning() -> None:
    """Quiet hours: one digest at their end; what is critical wakes."""
    quiet = {"from": "22:00", "to": "07:00"}
    monday_0500_wita = 1_772_398_800
    rules = [{**DOWN_RULE, "severity": "warning"}]
    series = {"web-1": "U5 D20 U200", "web-2": "U9 D300"}
    played = rehearse(series, rules=rules, quiet_hours=quiet, start_epoch=monday_0500_wita, end_s=9000)
    assert_told(played, want("digest", 7200, 7260, "web-1", "web-2"))
    woken = rehearse(series, quiet_hours=quiet, start_epoch=monday_0500_wita, end_s=9000)
    assert woken.told[0].kind == "firing"


# --- receivers that fail


def failing(mode: str, begin: float, end: float, channel: str = "noc") -> list[dict[str, Any]]:
    return [
        {"t": begin, "do": "channel", "channel": channel, "mode": mode},
        {"t": end, "do": "channel", "channel": channel, "mode": "ok"},
    ]


@pytest.mark.parametrize("mode", ["http500", "hang", "rst"])
def test_a_notice_that_a_receiver_refuses_comes_when_it_works_again_and_once(mode: str) -> None:
    """D2."""
    played = rehearse({"web-1": "U5 D60"}, actions=failing(mode, 400, 1000))
    assert_told(played, want("firing", 1000, 1090, "web-1"))


def test_the_other_receiver_hears_each_notice_once() -> None:
    """D2, D8."""
    played = rehearse({"web-1": "U5 D10 U30"}, actions=failing("http500", 400, 2000), notify={"channels": ["noc", "wa"]})
    assert [each.kind for each in played.told if each.to == "wa"] == ["firing", "resolved"]
    assert next(each.t for each in played.told if each.to == "wa") <= 585
    assert [each.kind for each in played.told if each.to == "noc"] == ["firing", "resolved"]


def test_an_end_is_never_told_alone() -> None:
    """D4: trouble that began and ended while nothing left the house."""
    played = rehearse({"web-1": "U5 D10 U60"}, actions=failing("http500", 400, 2400))
    assert played.kinds() == ["firing", "resolved"]
    assert played.told[0].t == played.told[1].t


def test_reminders_do_not_pile_up_before_a_receiver_that_is_away() -> None:
    played = rehearse({"web-1": "U5 D200"}, actions=failing("http500", 600, 6000), notify={"repeat_interval_s": 600}, end_s=6300)
    assert [each.kind for each in played.told] == ["firing", "reminder"] or played.kinds().count("reminder") <= 2


def test_a_receiver_that_asks_for_patience_is_given_it() -> None:
    played = rehearse({"web-1": "U5 D60"}, actions=[{"t": 400, "do": "channel", "channel": "noc", "mode": "429_once"}])
    assert_told(played, want("firing", 600, 660, "web-1"))


# --- restarts and reloads


@pytest.mark.parametrize("at", [300, 360, 420, 480, 490, 505, 510, 600, 840, 900, 930])
def test_a_restart_at_any_moment_loses_nothing_and_doubles_nothing(at: int) -> None:
    """S8, S9: whatever the moment, each notice once."""
    played = rehearse({"web-1": "U5 D10 U40"}, actions=[{"t": at, "do": "restart", "down_s": 20}])
    assert played.kinds() == ["firing", "resolved"]
    assert 480 <= played.told[0].t <= 585 + 60


def test_a_hold_goes_on_after_a_restart_instead_of_beginning_anew() -> None:
    """S8."""
    rule = {**DOWN_RULE, "for_s": 600}
    played = rehearse({"web-1": "U5 D60"}, rules=[rule], actions=[{"t": 660, "do": "restart", "down_s": 60}])
    assert_told(played, want("firing", 900, 1005, "web-1"))


def test_a_recovery_during_a_restart_is_told() -> None:
    """S9."""
    played = rehearse({"web-1": "U5 D20 U40"}, actions=[{"t": 1400, "do": "restart", "down_s": 300}])
    assert_told(played, want("firing", 480, 585, "web-1"), want("resolved", 1700, 2105, "web-1"))


def test_our_own_absence_is_no_silence_of_theirs() -> None:
    played = rehearse(
        {"web-1": "U60", "web-2": "U60"}, rules=[DOWN_RULE, NODATA], actions=[{"t": 600, "do": "restart", "down_s": 900}]
    )
    assert_told(played)


def test_silences_and_answers_survive_a_restart() -> None:
    """S10."""
    actions = [
        {"t": 400, "do": "silence", "target": "web-2", "for_s": 3000},
        {"t": 700, "do": "ack", "target": "web-1"},
        {"t": 900, "do": "restart", "down_s": 60},
    ]
    played = rehearse({"web-1": "U5 D60", "web-2": "U5 D60"}, escalation=CHAIN, actions=actions, end_s=3200)
    assert played.kinds() == ["firing", "acked"]
    assert played.told[0].targets == ("web-1",)


def test_a_target_that_is_taken_off_the_list_is_closed_not_recovered() -> None:
    played = rehearse({"web-1": "U5 D60"}, actions=[{"t": 1200, "do": "remove_target", "target": "web-1"}])
    assert_told(played, want("firing", 480, 585, "web-1"), want("closed", 1200, 1605, "web-1"))


# --- times


def test_a_reading_that_comes_twice_counts_once() -> None:
    readings = [{"t": t, "target": "web-1", "value": 1 if t < 300 else 0, "ts": t} for t in range(0, 1200, 60) for _ in range(2)]
    assert_told(rehearse({}, readings=readings, end_s=1200), want("firing", 480, 585, "web-1"))


def test_a_late_reading_about_the_past_alarms_nobody() -> None:
    readings = [{"t": t, "target": "web-1", "value": 1} for t in range(0, 1200, 60)]
    late = [{"t": 905 + n, "target": "web-1", "value": 0, "ts": 60 * n + 10} for n in range(10)]
    assert_told(rehearse({}, readings=[*readings, *late], end_s=1200))


def test_a_clock_that_runs_ahead_does_not_hold_back_the_next_reading() -> None:
    """Q7."""
    ahead = [{"t": 240, "target": "web-1", "value": 1, "ts": 240 + 25_200}]
    readings = [{"t": t, "target": "web-1", "value": 0 if t >= 300 else 1} for t in range(0, 1200, 60) if t != 240]
    assert_told(rehearse({}, readings=[*readings, *ahead], end_s=1200), want("firing", 480, 585, "web-1"))


def test_a_jump_of_the_wall_clock_neither_speeds_up_nor_delays_a_hold() -> None:
    """Durations are counted by the monotonic clock."""
    jump = 3600
    readings = [
        {"t": mono + (jump if mono >= 360 else 0), "target": "web-1", "value": 0 if mono >= 300 else 1, "mono": mono}
        for mono in range(0, 1200, 60)
    ]
    played = rehearse({}, readings=readings, end_s=1200 + jump)
    assert_told(played, want("firing", 480 + jump, 585 + jump, "web-1"))


def test_two_metrics_of_one_target_have_a_series_each() -> None:
    series = {"ap-1": {"up": "U40", "cpu_pct": "50x5 90x30"}}
    played = rehearse(series, rules=[DOWN_RULE, {**CPU, "levels": []}], end_s=1200)
    assert [each.rule for each in played.told] == ["cpu"]
    assert rehearse({"ap-1.cpu_pct": "90x9"}, targets=[target("ap-1")], rules=[{**CPU, "levels": []}], end_s=500).told
