"""The duty page over HTTP: opening changes nothing, one link gives one answer, and what is refused is written down."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, Row, select, update

from command_centre.app.duty import ADDRESS, DutyLinks
from command_centre.commands import Actor, Commands
from command_centre.domain.incident import Cause, IncidentId
from command_centre.domain.notification import NoticeKind
from command_centre.storage.alert_tables import outbox, silence
from command_centre.storage.audit import first_break
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import open_database, writing
from command_centre.storage.tables import incident, incident_event
from command_centre.storage.times import to_ms
from tests.support.clock import NOON, FrozenClock
from tests.support.databases import sqlite_template
from tests.support.duty_desk import KEY, cookie_of, duty_desk, duty_links, link, press
from tests.support.telling import make_due, message, open_incident
from tests.support.wall_server import RunningServer, ask, running_server

__all__ = ["sqlite_template"]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON + timedelta(minutes=4))


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "city.db")
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def server(engine: Engine, clock: FrozenClock) -> Iterator[RunningServer]:
    with running_server(engine, clock, more=duty_desk(engine, clock).routes()) as running:
        yield running


@pytest.fixture
def story(engine: Engine) -> IncidentId:
    story = open_incident(engine)
    make_due(engine, message(story, receiver="piket"), message(story, receiver="surel"))
    return story


def stands(engine: Engine, story: IncidentId) -> Row[tuple[object, ...]]:
    with engine.connect() as connection:
        return connection.execute(select(incident).where(incident.c.id == story)).one()


def deeds(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(select(audit.c.command, audit.c.detail).order_by(audit.c.id)).all()
        assert first_break(connection) is None
    return [(row.command, row.detail) for row in rows]


def waiting(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(outbox.c.id).where(outbox.c.dead_at.is_(None))).all())


def test_the_page_says_what_where_and_since_when_and_has_four_buttons(
    server: RunningServer, clock: FrozenClock, story: IncidentId
) -> None:
    page = ask(server, link(clock, story))
    assert page.status == 200
    for words in ("KRITIS", "4 menit", "Diskominfo: situs terputus", "Belum diterima", "12.00 WITA", "S. Aminah", "simulasi"):
        assert words in page.text
    for button in ("Saya tangani", "Bukan gangguan", "Listrik padam (PLN)", "Tunda 1 jam"):
        assert f">{button}</button>" in page.text
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_opening_the_page_changes_nothing_however_often(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    """O3: preview robots fetch links with GET and HEAD."""
    path = link(clock, story)
    for method in ("GET", "HEAD", "GET"):
        assert ask(server, path, method=method).status == 200
    assert ask(server, path + "?jawab=take").status == 200
    assert stands(engine, story).acknowledged_at is None
    assert waiting(engine) == 2
    assert deeds(engine) == []


def test_other_methods_are_not_answered(server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert ask(server, link(clock, story), method=method).status in (404, 405)
    assert stands(engine, story).acknowledged_at is None


def test_taking_it_stops_all_running_notices_at_once(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    """O1"""
    answer = press(server, link(clock, story), "take")
    assert answer.status == 303
    row = stands(engine, story)
    assert (row.acknowledged_by, row.acknowledged_at) == ("S. Aminah", to_ms(clock.now()))
    assert waiting(engine) == 0
    page = ask(server, link(clock, story), Cookie=cookie_of(answer))
    assert "Diterima S. Aminah 12.04" in page.text
    assert "Anda menangani sejak 12.04" in page.text
    assert "Batalkan jawaban (sisa 30 dtk)" in page.text


def test_a_power_cut_is_labelled_and_taken(server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId) -> None:
    assert press(server, link(clock, story), "power").status == 303
    row = stands(engine, story)
    assert (row.cause, row.acknowledged_by) == ("power", "S. Aminah")


def test_no_fault_is_labelled_and_taken(server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId) -> None:
    assert press(server, link(clock, story), "not_a_fault").status == 303
    row = stands(engine, story)
    assert (row.cause, row.acknowledged_by) == ("not_a_fault", "S. Aminah")


def test_quiet_for_an_hour_ends_after_an_hour_and_takes_nothing(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    assert press(server, link(clock, story), "snooze").status == 303
    with engine.connect() as connection:
        [row] = connection.execute(select(silence)).all()
    assert row.ends_at - row.starts_at == 3_600_000
    assert row.author == "S. Aminah"
    assert '"situs:diskominfo"' in row.matcher
    assert stands(engine, story).acknowledged_at is None
    assert waiting(engine) == 0


def test_a_link_gives_one_answer(server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId) -> None:
    """O4: reused."""
    path = link(clock, story)
    press(server, path, "take")
    again = press(server, path, "not_a_fault")
    assert again.status == 409
    assert "sudah dipakai" in again.text
    assert stands(engine, story).cause is None
    assert deeds(engine)[-1] == ("link_refused", '{"why":"used"}')
    assert "Saya tangani" not in ask(server, path).text


def test_a_used_link_in_another_browser_can_do_nothing_more(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    path = link(clock, story)
    press(server, path, "take")
    for button in ("undo", "note", "back", "cause_power"):
        assert press(server, path, button, catatan="x").status == 409
    assert stands(engine, story).acknowledged_by == "S. Aminah"


def test_the_mark_of_one_link_is_worth_nothing_at_another(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    first, second = link(clock, story, nonce="1"), link(clock, story, nonce="2", person="R. Hidayat")
    name, _, mark = cookie_of(press(server, first, "take")).partition("=")
    press(server, second, "take")
    forged = ";".join(f"{each}={mark}" for each in (name, "cc_piket_000000000000"))
    assert press(server, second, "undo", cookie=forged).status == 409


@pytest.mark.parametrize(
    "spoil", [lambda path: path[:-1] + ("A" if path[-1] != "A" else "B"), lambda path: path[:12], lambda path: path + "x" * 2000]
)
def test_a_tampered_link_is_refused_and_written_down(
    spoil: Callable[[str], str], server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    """O4: tampered."""
    path = spoil(link(clock, story))
    assert ask(server, path).status == 403
    assert press(server, path, "take").status == 403
    assert stands(engine, story).acknowledged_at is None
    assert [command for command, _ in deeds(engine)] == ["link_refused", "link_refused"]


def test_a_link_signed_with_another_key_is_refused(server: RunningServer, clock: FrozenClock, story: IncidentId) -> None:
    other = DutyLinks(b"e" * 32, "")
    expires = int((clock.now() + timedelta(hours=1)).timestamp())
    assert ask(server, ADDRESS + other.sealed(story, "S. Aminah", expires, "1")).status == 403


def test_a_link_that_has_run_out_is_refused_and_written_down(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    """O4: expired."""
    path = link(clock, story)
    clock.advance(timedelta(hours=4))
    assert ask(server, path).status == 410
    assert press(server, path, "take").status == 410
    assert stands(engine, story).acknowledged_at is None
    assert deeds(engine)[0][0] == "link_refused"


def test_a_link_speaks_of_its_own_incident_only(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    """O4: other incident."""
    other = open_incident(engine)
    press(server, link(clock, story), "take")
    assert stands(engine, other).acknowledged_at is None
    assert ask(server, link(clock, IncidentId(9_999))).status == 404


def test_an_answer_after_the_end_says_so_and_opens_nothing(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    """O2"""
    ended = clock.now()
    with writing(engine) as connection:
        connection.execute(update(incident).where(incident.c.id == story).values(resolved_at=to_ms(ended)))
    clock.advance(timedelta(minutes=7))
    path = link(clock, story)
    page = ask(server, path)
    assert "Sudah pulih 12.04" in page.text
    assert "Saya tangani" not in page.text
    late = press(server, path, "take")
    assert late.status == 303
    after = ask(server, late.headers["location"], Cookie=cookie_of(late))
    assert "Gangguan tidak dibuka lagi" in after.text
    row = stands(engine, story)
    assert (row.resolved_at, row.acknowledged_at) == (to_ms(ended), None)


def test_the_cause_may_be_named_after_the_end(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    with writing(engine) as connection:
        connection.execute(update(incident).where(incident.c.id == story).values(resolved_at=to_ms(clock.now())))
    press(server, link(clock, story), "power")
    row = stands(engine, story)
    assert (row.cause, row.acknowledged_at) == ("power", None)


def test_an_answer_can_be_taken_back_within_thirty_seconds(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    path = link(clock, story)
    answer = press(server, path, "power")
    clock.advance(timedelta(seconds=29))
    assert press(server, path, "undo", cookie=cookie_of(answer)).status == 303
    row = stands(engine, story)
    assert (row.acknowledged_at, row.cause) == (None, None)
    assert waiting(engine) == 2
    assert ">Saya tangani</button>" in ask(server, path).text
    assert press(server, path, "take").status == 303


def test_taking_back_a_quiet_hour_ends_it(server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId) -> None:
    path = link(clock, story)
    answer = press(server, path, "snooze")
    press(server, path, "undo", cookie=cookie_of(answer))
    with engine.connect() as connection:
        assert connection.execute(select(silence.c.lifted_by)).scalar_one() == "S. Aminah"


def test_after_thirty_seconds_an_answer_stands(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    path = link(clock, story)
    answer = press(server, path, "take")
    clock.advance(timedelta(seconds=31))
    assert "Batalkan jawaban" not in ask(server, path, Cookie=cookie_of(answer)).text
    assert press(server, path, "undo", cookie=cookie_of(answer)).status == 409
    assert stands(engine, story).acknowledged_by == "S. Aminah"


def test_what_somebody_else_did_meanwhile_is_not_undone(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    path = link(clock, story)
    answer = press(server, path, "take")
    clock.advance(timedelta(seconds=5))
    Commands(engine, clock).assign(story, Actor("kepala jaga", "console"), "R. Hidayat")
    press(server, path, "undo", cookie=cookie_of(answer))
    assert stands(engine, story).acknowledged_by == "R. Hidayat"


def test_whoever_comes_second_is_told_who_has_it(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    press(server, link(clock, story), "take")
    clock.advance(timedelta(minutes=2))
    second = press(server, link(clock, story, person="R. Hidayat", nonce="2"), "take")
    page = ask(server, second.headers["location"], Cookie=cookie_of(second))
    assert "Sudah ditangani S. Aminah sejak 12.04" in page.text
    assert stands(engine, story).acknowledged_by == "S. Aminah"


def test_notes_and_it_is_back_become_lines_of_the_story_and_resolve_nothing(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    path = link(clock, story)
    cookie = cookie_of(press(server, path, "take"))
    assert press(server, path, "note", cookie=cookie, catatan="MCB turun <b>").status == 303
    assert press(server, path, "note", cookie=cookie, catatan="  ").status == 400
    assert press(server, path, "back", cookie=cookie).status == 303
    page = ask(server, path, Cookie=cookie)
    assert "MCB turun &lt;b&gt;" in page.text
    assert stands(engine, story).resolved_at is None
    with engine.connect() as connection:
        texts = connection.execute(select(incident_event.c.text).order_by(incident_event.c.id)).scalars().all()
    assert texts == ["", "MCB turun <b>", "menurut petugas sudah pulih"]


@pytest.mark.parametrize("button", ["", "TAKE", "drop table", "resolve"])
def test_an_answer_nobody_knows_is_refused(
    button: str, server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    assert press(server, link(clock, story), button).status == 400
    assert stands(engine, story).acknowledged_at is None


def test_a_form_that_is_too_long_or_no_form_is_refused(
    server: RunningServer, engine: Engine, clock: FrozenClock, story: IncidentId
) -> None:
    path = link(clock, story)
    assert press(server, path, "take", catatan="x" * 20_000).status == 400
    assert ask(server, path, method="POST", body=b'{"jawab":"take"}', Content_Type="application/json").status == 400
    assert stands(engine, story).acknowledged_at is None


def test_everything_on_the_page_is_escaped(server: RunningServer, engine: Engine, clock: FrozenClock) -> None:
    story = open_incident(engine)
    make_due(engine, message(story, title="<script>alert(1)</script>"))
    Commands(engine, clock).annotate(story, Actor('"><img src=x>', "console"), "<script>")
    page = ask(server, link(clock, story, person="<b>"))
    assert "<script" not in page.text
    assert "<img" not in page.text


def test_a_thousand_forged_links_do_not_fill_the_audit(server: RunningServer, engine: Engine) -> None:
    for number in range(80):
        ask(server, f"{ADDRESS}forged{number}")
    assert len(deeds(engine)) == 60


def test_a_link_is_made_for_what_can_be_answered_and_is_the_same_for_the_same_message(story: IncidentId) -> None:
    links = duty_links("https://cc.example")
    told = message(story)
    assert links.link_of(told) == links.link_of(told)
    assert str(links.link_of(told)).startswith("https://cc.example/piket/")
    assert links.link_of(message(story, NoticeKind.RESOLVED)) is None
    assert links.link_of(message(None, NoticeKind.DIGEST)) is None
    ticket = links.read(str(links.link_of(told)).rpartition("/")[2], NOON)
    assert (ticket.incident, ticket.person) == (story, "S. Aminah")
    assert KEY.decode() not in str(links.link_of(told))


def test_causes_have_a_word_each() -> None:
    from layouts.wording import Language
    from layouts.wording.duty import cause_word

    assert all(cause_word(each, language) for each in Cause for language in Language)
