"""The words of notices: a first line for a lock screen, times in the city's zone, nothing foreign that acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_centre.domain.delivery import UNHEARD
from command_centre.domain.incident import IncidentId
from command_centre.domain.notification import NoticeKind, Why
from command_centre.domain.rule import Severity
from command_centre.receivers.texts import Texts, inert
from tests.support.city import WITA
from tests.support.clock import NOON
from tests.support.telling import message

TEXTS = Texts(WITA)
STORY = IncidentId(7)


def test_the_first_line_makes_sense_on_a_lock_screen() -> None:
    assert TEXTS.title(message(STORY)) == "KRITIS: Diskominfo: situs terputus"
    assert TEXTS.title(message(STORY, severity=Severity.WARNING)) == "TINGGI: Diskominfo: situs terputus"


def test_a_reminder_says_since_when_and_for_how_long() -> None:
    told = message(STORY, NoticeKind.REMINDER, due_at=NOON + timedelta(hours=2, minutes=10))
    told = replace(told, facts={"since": NOON.isoformat()})
    assert TEXTS.whole(told).splitlines()[:2] == [
        "KRITIS, masih berlangsung: Diskominfo: situs terputus",
        "Sejak 12.00 WITA, 23/11/2026 (2 j 10 m)",
    ]


def test_a_recovery_says_from_when_to_when() -> None:
    told = message(STORY, NoticeKind.RESOLVED, at=NOON + timedelta(minutes=19))
    told = replace(told, facts={"since": NOON.isoformat()})
    assert TEXTS.whole(told).splitlines()[:2] == [
        "PULIH: Diskominfo: situs terputus",
        "Berlangsung 12.00 sampai 12.19 WITA, 23/11/2026 (19 m)",
    ]


def test_a_story_nobody_heard_of_is_told_whole_in_one_message() -> None:
    """D4: "was down 10:02–10:21"."""
    told = message(STORY, NoticeKind.RESOLVED, at=NOON + timedelta(minutes=19))
    lines = TEXTS.whole(replace(told, facts={UNHEARD: NOON.isoformat()})).splitlines()
    assert lines[0] == "SEMPAT TERGANGGU, SUDAH PULIH: Diskominfo: situs terputus"
    assert lines[1] == "Berlangsung 12.00 sampai 12.19 WITA, 23/11/2026 (19 m)"
    assert "satu-satunya kabar" in "\n".join(lines)


def test_the_foot_says_why_it_was_sent_and_the_link_stands_before_it() -> None:
    told = replace(message(STORY), link="https://cc.example/piket/abc")
    assert TEXTS.whole(told).splitlines()[-2:] == ["Jawab: https://cc.example/piket/abc", "Dikirim karena: gangguan baru"]


def test_a_simulated_city_says_so_in_the_first_word() -> None:
    assert Texts(WITA, is_simulated=True).title(message(STORY)).startswith("[SIMULASI] KRITIS")


def test_it_speaks_english_where_that_is_wanted() -> None:
    lines = Texts(WITA, english=True).whole(message(STORY)).splitlines()
    assert lines[0] == "CRITICAL: Diskominfo: situs terputus"
    assert lines[1].startswith("Since 12:00")


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("english", [False, True])
def test_every_kind_has_words(kind: NoticeKind, *, english: bool) -> None:
    assert Texts(WITA, english=english).title(message(STORY, kind)).strip()


@pytest.mark.parametrize("why", Why)
def test_every_why_has_words(why: Why) -> None:
    assert "Dikirim karena: " in TEXTS.body(replace(message(STORY), why=why))


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("buka https://slot88.example/x", "buka hxxps://slot88[.]example/x"),
        ("xHTTP://Slot.Example", "xHxxP://Slot[.]Example"),
        ("judi.example menang", "judi[.]example menang"),
        ("www.bontangkota.go.id", "www.bontangkota.go.id"),
        ("bontangkota.go.id.slot.example", "bontangkota[.]go[.]id[.]slot[.]example"),
        ("a\r\nb\tc\u2028d", "a b c d"),
        ("\u202eterbalik\u202c", "terbalik"),
        ("@everyone @here", "@\u2060everyone @\u2060here"),
        ("pukul 10.02, 99,5 %", "pukul 10.02, 99,5 %"),
    ],
)
def test_what_is_foreign_is_inert(foreign: str, shown: str) -> None:
    assert inert(foreign) == shown


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_a_line_or_makes_a_link(foreign: str) -> None:
    shown = inert(foreign)
    assert len(shown.splitlines()) <= 1
    assert "http://" not in shown.lower()
    assert "https://" not in shown.lower()


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=-5), "0 dtk"),
        (timedelta(seconds=59), "59 dtk"),
        (timedelta(minutes=59, seconds=59), "59 m"),
        (timedelta(hours=2, minutes=10), "2 j 10 m"),
        (timedelta(hours=47, minutes=59), "47 j 59 m"),
        (timedelta(days=3, hours=4), "3 h 4 j"),
    ],
)
def test_lengths_are_said_in_two_units_at_most(length: timedelta, said: str) -> None:
    assert TEXTS.length(length) == said
