"""From scans to what is known of a site, on SQLite and PostgreSQL: alarms, clearing, exceptions, evidence, what is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from command_centre.domain.integrity import (
    Baseline,
    Body,
    Change,
    Finding,
    FindingKind,
    Phase,
    Scan,
    ScanResult,
    Signal,
    Verdict,
    View,
)
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.target import TargetKey
from command_centre.pipeline.integrity import (
    IntegrityDesk,
    baseline_of,
    confirm_injection,
    dismiss_findings,
    is_due,
    take_in,
)
from command_centre.pipeline.rulebook import Rulebook
from command_centre.read.integrity import chronology, integrity
from command_centre.storage import integrity as storage
from command_centre.storage.database import writing
from command_centre.storage.integrity_tables import integrity_evidence, integrity_scan
from command_centre.storage.inventory import sync_targets
from tests.support.city import KOMINFO, METRICS, WITA, site
from tests.support.clock import NOON

DAY = timedelta(days=1)
PAGE = b"<html>" + b"<a href='https://slot88.example/'>slot gacor</a>" * 200
HIDDEN = Finding(
    Signal.LINKS,
    FindingKind.HIDDEN_LINKS,
    View.BROWSER,
    "https://example.test/",
    "footer > div",
    "slot gacor → https://slot88.example/\x00 \ud83c",
    "25 links to gambling, hidden from people (display:none)",
    0.9,
    is_decisive=True,
    body_sha256="ab" * 32,
)
WELL = Baseline("id", "Dinas", frozenset({"cdn.example"}), 12)


@pytest.fixture
def city(engine: Engine) -> Engine:
    """A database that knows one site."""
    with writing(engine) as connection:
        sync_targets(connection, [site()], METRICS, NOON.astimezone(WITA))
    return engine


def scan(day: int, *findings: Finding, unjudged: bool = False, baseline: Baseline = WELL) -> Scan:
    """The scan of this day."""
    bodies = (Body(View.BROWSER, "https://example.test/", "ab" * 32, PAGE),) if findings else ()
    result = ScanResult(NOON + day * DAY, findings, {View.BOT: "http 403"} if unjudged else {}, pages=3, requests=20)
    return Scan(result, bodies, baseline)


def taken(city: Engine, each: Scan, key: str = KOMINFO) -> Change | None:
    """What this scan changed."""
    with writing(city) as connection:
        return take_in(connection, TargetKey(key), each)


def phase(city: Engine) -> Phase:
    return integrity(city, NOON).sites[0].phase


def test_a_decisive_scan_is_an_alarm_that_screens_see_defanged(city: Engine) -> None:
    assert taken(city, scan(0, HIDDEN)) is Change.ALARM
    view = integrity(city, NOON)
    seen = view.alarms[0]
    assert (seen.key, seen.phase, seen.verdict, seen.since) == (KOMINFO, Phase.INDICATED, Verdict.INDICATED, NOON)
    assert seen.findings[0].excerpt == "s*** g**** → hxxps://s***88[.]example/ ?"
    assert view.expected == 1
    assert [each.change for each in chronology(city, KOMINFO)] == [Change.ALARM]


def test_three_clean_scans_end_an_alarm_and_the_next_one_is_a_reinfection(city: Engine) -> None:
    changes = [taken(city, each) for each in (scan(0, HIDDEN), scan(1), scan(2), scan(3), scan(4, HIDDEN))]
    assert changes == [Change.ALARM, None, None, Change.CLEARED, Change.REINFECTION]
    assert integrity(city, NOON).sites[0].reinfections == 1


def test_a_scan_that_could_not_be_judged_is_shown_as_that_and_moves_nothing(city: Engine) -> None:
    taken(city, scan(0, HIDDEN))
    assert taken(city, scan(1, unjudged=True)) is None
    seen = integrity(city, NOON).could_not_be_judged[0]
    assert (seen.phase, seen.unjudged) == (Phase.INDICATED, {View.BOT: "http 403"})
    assert seen.last_judged_at == NOON


def test_the_same_scan_handed_in_twice_is_recorded_once(city: Engine) -> None:
    assert taken(city, scan(0, replace(HIDDEN, is_decisive=False))) is Change.SUSPICION
    assert taken(city, scan(0, replace(HIDDEN, is_decisive=False))) is None
    assert phase(city) is Phase.SUSPECTED


def test_a_site_that_no_register_knows_is_left_alone(city: Engine) -> None:
    assert taken(city, scan(0, HIDDEN), key="situs:hilang") is None
    assert integrity(city, NOON).sites == ()


def test_what_a_hacked_page_sent_is_kept_packed_once_and_comes_back_whole(city: Engine) -> None:
    taken(city, scan(0, HIDDEN))
    taken(city, scan(1, HIDDEN))
    with city.connect() as connection:
        rows = connection.execute(select(integrity_evidence)).all()
        kept = storage.read_body(connection, rows[0].target_id, "ab" * 32)
        missing = storage.read_body(connection, rows[0].target_id, "cd" * 32)
    assert len(rows) == 1
    assert len(rows[0].body) < len(PAGE) / 10
    assert (kept, missing) == (PAGE, None)


def test_a_false_alarm_holds_for_this_evidence_until_its_exception_ends(city: Engine) -> None:
    taken(city, scan(0, HIDDEN))
    with writing(city) as connection:
        at = NOON + timedelta(hours=1)
        assert dismiss_findings(connection, KOMINFO, "analis", "tautan arsip pers", at, at + 2 * DAY) is Change.DISMISSED
    assert taken(city, scan(1, HIDDEN)) is None
    assert phase(city) is Phase.CLEAN
    other = replace(HIDDEN, position="header > p")
    assert taken(city, scan(2, other)) is Change.ALARM
    assert [(each.change, each.author) for each in chronology(city, KOMINFO)] == [
        (Change.ALARM, None),
        (Change.DISMISSED, "analis"),
        (Change.ALARM, None),
    ]


@pytest.mark.parametrize(("reason", "days"), [("", 2), ("  ", 2), ("arsip", 0), ("arsip", 181)])
def test_an_exception_needs_a_reason_and_an_end(city: Engine, reason: str, days: int) -> None:
    taken(city, scan(0, HIDDEN))
    with pytest.raises(ValueError, match=r"needs a reason|ends within"), writing(city) as connection:
        dismiss_findings(connection, KOMINFO, "analis", reason, NOON, NOON + days * DAY)
    assert phase(city) is Phase.INDICATED


def test_a_person_confirms_what_was_only_for_review(city: Engine) -> None:
    taken(city, scan(0, replace(HIDDEN, weight=0.5, is_decisive=False)))
    with writing(city) as connection:
        assert confirm_injection(connection, KOMINFO, "analis", "sudah dilihat", NOON) is Change.CONFIRMED
    assert phase(city) is Phase.CONFIRMED


def test_what_a_site_is_like_is_learned_from_clean_scans_only(city: Engine) -> None:
    swollen = replace(WELL, sitemap_addresses=9_000)
    taken(city, scan(0))
    taken(city, scan(1, HIDDEN, baseline=swollen))
    with city.connect() as connection:
        assert baseline_of(connection, KOMINFO) == WELL


def test_a_site_has_its_turn_once_an_interval_and_twice_while_it_is_in_alarm(city: Engine) -> None:
    def due(at: datetime) -> bool:
        with city.connect() as connection:
            return is_due(connection, KOMINFO, at, DAY)

    assert due(NOON)
    taken(city, scan(0))
    assert not due(NOON + DAY / 2)
    assert due(NOON + DAY)
    taken(city, scan(1, HIDDEN))
    assert due(NOON + DAY + DAY / 2)


def test_old_bodies_go_before_old_scans(city: Engine) -> None:
    taken(city, scan(0, HIDDEN))
    with writing(city) as connection:
        assert storage.remove_old(connection, NOON + timedelta(days=181)) == 1
        assert connection.execute(select(func.count()).select_from(integrity_scan)).scalar() == 1
        assert storage.remove_old(connection, NOON + timedelta(days=401)) == 1
    assert integrity(city, NOON).sites[0].findings == ()


# --- the desk -----------------------------------------------------------------------------------------------------------------

RULEBOOK = Rulebook.of(DEFAULT_RULES, (), WITA)


def test_a_transaction_that_fails_loses_no_scan(city: Engine) -> None:
    desk = IntegrityDesk()
    desk.put(KOMINFO, scan(0, HIDDEN))
    write = desk.chores()[0].do

    def write_and_fail() -> None:
        with writing(city) as connection:
            write(connection, NOON, RULEBOOK)
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert integrity(city, NOON).sites == ()
    for _ in range(2):
        with writing(city) as connection:
            assert write(connection, NOON, RULEBOOK) == ()
    assert phase(city) is Phase.INDICATED
    with writing(city) as connection:  # and it has left the desk
        write(connection, NOON, RULEBOOK)
        assert connection.execute(select(func.count()).select_from(integrity_scan)).scalar() == 1
