"""The simulated phone: what a demo sent, newest first, in words that can do no harm; and only in a demo."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.routing import Route

from command_centre.app.clock import SystemClock
from command_centre.app.demo_inbox import ADDRESS, MOST_SHOWN, DemoInbox
from command_centre.app.guard import needed
from command_centre.domain.notification import NoticeKind
from command_centre.domain.person import Right
from command_centre.receivers.log import LogBook
from command_centre.receivers.texts import Texts
from command_centre.storage.database import migrate, open_database
from layouts.duty.inbox import inbox_page
from layouts.wording import Language, words_for
from tests.support.clock import NOON
from tests.support.telling import message
from tests.support.wall_server import ask, running_server

WITA = ZoneInfo("Asia/Makassar")
WORDS = words_for(Language.INDONESIAN, WITA)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "demo" / "notifications.jsonl"


def send(book: Path, *titles: str, kind: NoticeKind = NoticeKind.FIRING) -> None:
    """As the receivers of a demo do."""
    receiver = LogBook(Texts(WITA, english=False, is_simulated=True), book)
    for number, title in enumerate(titles):
        receiver.send(message(None, kind, at=NOON + timedelta(minutes=number), title=title, number=number))


def page_of(book: Path) -> str:
    inbox = DemoInbox(book, {"piket": "S. Aminah"}, WORDS)
    return inbox_page(inbox.newest(), WORDS)


def test_an_empty_phone_says_so_and_marks_itself_simulated(book: Path) -> None:
    page = page_of(book)
    assert "Belum ada pesan" in page
    assert "<span>simulasi</span>" in page


def test_what_was_sent_stands_there_newest_first_with_its_person_and_its_time(book: Path) -> None:
    send(book, "Dishub terputus", "Listrik Loktuan padam")
    page = page_of(book)
    assert page.index("Listrik Loktuan padam") < page.index("Dishub terputus")
    assert f"untuk S. Aminah · {WORDS.clock(NOON + timedelta(minutes=1))}" in page


def test_the_link_leads_to_this_server_under_whatever_name_it_was_reached(book: Path) -> None:
    send(book, "Dishub terputus")
    line = json.loads(book.read_text()) | {"link": "https://cc.example.go.id/piket/abc.def"}
    book.write_text(json.dumps(line) + "\n")
    page = page_of(book)
    assert 'href="/piket/abc.def"' in page
    assert "cc.example" not in page


def test_foreign_words_are_inert(book: Path) -> None:
    send(book, "<script>alert(1)</script>")
    page = page_of(book)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_half_written_line_and_nonsense_are_left_out(book: Path) -> None:
    send(book, "Dishub terputus")
    with book.open("a") as more:
        more.write('[]\n{"receiver": "piket"}\n{"receiver": "pik')
    (only,) = DemoInbox(book, {}, WORDS).newest()
    assert "Dishub terputus" in only.text


def test_only_the_newest_are_shown(book: Path) -> None:
    send(book, *(f"Gangguan {number}" for number in range(MOST_SHOWN + 5)))
    assert len(DemoInbox(book, {}, WORDS).newest()) == MOST_SHOWN


def test_an_end_is_calm_whatever_the_trouble_was(book: Path) -> None:
    send(book, "Dishub pulih", kind=NoticeKind.RESOLVED)
    assert '<article class="tn">' in page_of(book)


def test_the_page_is_for_people_who_may_read() -> None:
    assert needed(ADDRESS) is Right.READ


def test_it_is_asked_for_again_and_never_kept(book: Path, tmp_path: Path) -> None:
    send(book, "Dishub terputus")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    migrate(engine)
    with running_server(engine, SystemClock(), more=[Route(ADDRESS, DemoInbox(book, {}, WORDS).page)]) as server:
        answer = ask(server, ADDRESS)
    engine.dispose()
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert 'http-equiv="refresh"' in answer.text
    assert "Dishub terputus" in answer.text
