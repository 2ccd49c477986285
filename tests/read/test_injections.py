"""What walls are told of injected sites: only alarms, defanged, with who has them; and how two views are laid side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from command_centre.commands import Actor, Commands
from command_centre.domain.integrity import Finding, FindingKind, Signal, View
from command_centre.domain.target import TargetKey
from command_centre.pipeline.integrity import confirm_injection
from command_centre.read.evidence import MOST_LINES, case_of, comparisons, folded, grouped, source_lines
from command_centre.read.injections import InjectedSite, injected_sites
from command_centre.storage.database import writing
from tests.support.city import KOMINFO, register
from tests.support.clock import NOON, FrozenClock
from tests.support.injections import DAY, HIDDEN, UNSURE, scanned

PLANTED = replace(HIDDEN, url="https://example.test/galeri/slot-gacor/")
SENT_AWAY = Finding(
    Signal.REDIRECT,
    FindingKind.REDIRECT_SCRIPT,
    View.REFERRER,
    "https://example.test/",
    "script",
    "location → https://slot88.example/masuk; lalu",
    "people are sent to a gambling host",
    0.95,
    is_decisive=True,
)


@pytest.fixture(autouse=True)
def _city(engine: Engine) -> None:
    register(engine)


def shown(engine: Engine) -> tuple[InjectedSite, ...]:
    with engine.connect() as connection:
        return injected_sites(connection)


def test_a_suspicion_is_not_shown_and_an_alarm_is(engine: Engine) -> None:
    scanned(engine, 0, replace(UNSURE, weight=0.85))
    assert shown(engine) == ()
    scanned(engine, 1, replace(UNSURE, weight=0.85))
    (site,) = shown(engine)
    assert (site.key, site.is_confirmed, site.since, site.kind) == (KOMINFO, False, NOON + DAY, FindingKind.HIDDEN_LINKS)


def test_a_planted_page_is_named_by_its_masked_path(engine: Engine) -> None:
    scanned(engine, 0, PLANTED, replace(PLANTED, url="https://example.test/b/"))
    (site,) = shown(engine)
    assert (site.place, site.leads_to, site.pages) == ("/galeri/s***-g****/", "", 2)


def test_a_redirect_is_named_by_where_it_leads(engine: Engine) -> None:
    scanned(engine, 0, SENT_AWAY)
    (site,) = shown(engine)
    assert (site.leads_to, site.pages) == ("hxxps://s***88[.]example/masuk", 1)


def test_while_a_site_is_cleaned_its_last_evidence_stays_and_clean_scans_are_counted(engine: Engine) -> None:
    scanned(engine, 0, PLANTED)
    scanned(engine, 1)
    (site,) = shown(engine)
    assert (site.clean_scans, site.place) == (1, "/galeri/s***-g****/")
    scanned(engine, 2)
    scanned(engine, 3)
    assert shown(engine) == ()


def test_who_has_it_and_who_confirmed_it_are_shown(engine: Engine) -> None:
    scanned(engine, 0, PLANTED)
    case = case_of(engine, TargetKey(KOMINFO), NOON)
    assert case is not None
    assert case.incident is not None
    Commands(engine, FrozenClock(NOON + timedelta(minutes=7))).acknowledge(case.incident, Actor("R. Hidayat", "duty page"))
    with writing(engine) as connection:
        confirm_injection(connection, KOMINFO, "analis", "dilihat", NOON + timedelta(minutes=9))
    (site,) = shown(engine)
    assert (site.acknowledged_by, site.acknowledged_at) == ("R. Hidayat", NOON + timedelta(minutes=7))
    assert site.is_confirmed


def test_both_deadlines_count_from_the_alarm(engine: Engine) -> None:
    scanned(engine, 0, PLANTED)
    case = case_of(engine, KOMINFO, NOON)
    assert case is not None
    assert (case.report_due, case.action_due) == (NOON + DAY, NOON + 2 * DAY)


def test_a_site_with_one_kept_page_has_nothing_to_compare(engine: Engine) -> None:
    scanned(engine, 0, PLANTED)
    assert comparisons(engine, KOMINFO) == ()
    assert comparisons(engine, TargetKey("situs:hilang")) == ()


def test_the_same_evidence_on_several_pages_is_told_once(engine: Engine) -> None:
    scanned(engine, 0, PLANTED, replace(PLANTED, url="https://example.test/b/", view=View.MOBILE), SENT_AWAY)
    case = case_of(engine, KOMINFO, NOON)
    assert case is not None
    groups = grouped(case.findings)
    assert [(len(each.pages), each.views) for each in groups] == [(2, (View.BOT, View.MOBILE)), (1, (View.REFERRER,))]


# --- sources side by side


def test_what_only_one_was_sent_is_marked_and_what_is_equal_far_from_it_is_counted() -> None:
    common = [f"baris {number}" for number in range(20)]
    lines = folded([*common[:10], "slot gacor", *common[10:]], common)
    assert [(each.text, each.is_own) for each in lines if each.is_own] == [("s*** g****", True)]
    assert [each.skipped for each in lines if each.skipped] == [8, 8]
    assert not any(each.is_own for each in folded(common, [*common, "slot"]))


def test_a_line_that_one_was_sent_twice_is_its_own_once() -> None:
    assert [each.is_own for each in folded(["a", "a"], ["a"])] == [False, True]


def test_a_source_in_one_line_is_broken_between_its_tags_and_an_endless_one_is_cut() -> None:
    assert source_lines(b"<p>satu</p><p>dua</p>") == ["<p>satu</p>", "<p>dua</p>"]
    assert len(source_lines(b"<p></p>" * (MOST_LINES * 3))) == MOST_LINES + 1
    assert source_lines(b"\xff\xfe\x00<script>")  # binary is text with holes, and no error
