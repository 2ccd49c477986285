"""The outbox on SQLite and PostgreSQL: who may send what, in which order, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, update

from command_centre.domain.notification import Message, NoticeKind
from command_centre.domain.rule import Severity
from command_centre.storage import outbox
from command_centre.storage.alert_tables import outbox as table
from command_centre.storage.audit_tables import due_step
from command_centre.storage.database import writing
from command_centre.storage.outbox import Claim
from tests.support.city import rows
from tests.support.clock import NOON
from tests.support.telling import make_due, message, open_incident, rows_of

LEASE = timedelta(seconds=90)
LATER = NOON + timedelta(seconds=1)


def claim(engine: Engine, holder: str = "a", receiver: str = "piket", at: timedelta = timedelta(seconds=1)) -> Claim | None:
    with writing(engine) as connection:
        return outbox.claim(connection, receiver, holder, NOON + at, NOON + at + LEASE)


def claimed(engine: Engine, **how: object) -> list[Message]:
    taken = claim(engine, **how)  # type: ignore[arg-type]
    return [] if taken is None else [each.message for each in taken.rows]


def test_a_key_that_is_known_makes_nothing_due_again(engine: Engine) -> None:
    """D9"""
    story = open_incident(engine)
    assert make_due(engine, message(story)) == 1
    assert all(make_due(engine, message(story)) == 0 for _ in range(100))
    assert len(rows_of(engine)) == len(rows(engine, due_step)) == 1


def test_what_was_put_in_comes_out_as_it_was(engine: Engine) -> None:
    story = open_incident(engine)
    told = message(story, title="Béda: “å”", lines=("satu", "dua"))
    make_due(engine, told)
    assert claimed(engine) == [told]


def test_what_one_copy_has_claimed_no_other_gets_until_the_lease_has_run_out(engine: Engine) -> None:
    """D7"""
    make_due(engine, message(open_incident(engine)))
    assert claim(engine, "a") is not None
    assert claim(engine, "b") is None
    assert claim(engine, "b", at=timedelta(seconds=90)) is None
    assert claim(engine, "b", at=timedelta(seconds=91)) is not None


def test_the_end_waits_behind_a_beginning_that_is_in_a_pause(engine: Engine) -> None:
    story = open_incident(engine)
    make_due(engine, message(story))
    first = claim(engine)
    assert first is not None
    with writing(engine) as connection:
        outbox.postpone(connection, [first.rows[0].id], "a", NOON + timedelta(minutes=1), "out of order")
    make_due(engine, message(story, NoticeKind.RESOLVED))
    assert claimed(engine) == []
    assert [each.kind for each in claimed(engine, at=timedelta(minutes=1))] == [NoticeKind.FIRING, NoticeKind.RESOLVED]


def test_the_end_waits_behind_a_beginning_that_is_being_sent(engine: Engine) -> None:
    story = open_incident(engine)
    make_due(engine, message(story))
    assert claim(engine, "a") is not None
    make_due(engine, message(story, NoticeKind.RESOLVED))
    assert claim(engine, "b") is None


def test_the_most_urgent_goes_first_then_the_oldest(engine: Engine) -> None:
    stories = [open_incident(engine) for _ in range(3)]
    make_due(engine, message(stories[0], severity=Severity.INFO), message(stories[1], severity=Severity.WARNING))
    make_due(engine, message(stories[2], severity=Severity.CRITICAL))
    order = [claimed(engine)[0].incident for _ in range(3)]
    assert order == [stories[2], stories[1], stories[0]]


def test_nothing_goes_before_it_is_due(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine), due_at=NOON + timedelta(hours=7)))
    assert claim(engine) is None
    assert claim(engine, at=timedelta(hours=7)) is not None


def test_receivers_do_not_see_one_anothers_messages(engine: Engine) -> None:
    story = open_incident(engine)
    make_due(engine, message(story, receiver="piket"), message(story, receiver="surel"))
    assert [each.receiver for each in claimed(engine, receiver="surel")] == ["surel"]
    with engine.connect() as connection:
        assert outbox.receivers_waiting(connection, LATER) == ("piket",)


def test_messages_about_many_things_wait_for_nothing(engine: Engine) -> None:
    make_due(engine, message(None, NoticeKind.DIGEST, number=1), message(None, NoticeKind.DIGEST, number=2))
    assert len(claimed(engine)) == 1
    assert len(claimed(engine)) == 1


def test_what_is_sent_is_never_claimed_again(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine)))
    taken = claim(engine)
    assert taken is not None
    with writing(engine) as connection:
        outbox.mark_sent(connection, [taken.rows[0].id], LATER)
    assert claim(engine, at=timedelta(days=1)) is None
    [row] = rows_of(engine)
    assert row.lease_holder is None
    assert row.attempts == 1


def test_a_late_failure_does_not_take_a_row_from_whoever_holds_it_now(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine)))
    first = claim(engine, "a")
    assert first is not None
    assert claim(engine, "b", at=timedelta(minutes=2)) is not None
    with writing(engine) as connection:
        outbox.postpone(connection, [first.rows[0].id], "a", NOON, "too slow")
    assert rows_of(engine)[0].lease_holder == "b"


def test_an_answer_calls_back_what_goes_on_and_leaves_the_end(engine: Engine) -> None:
    """O1: all channels at once."""
    story = open_incident(engine)
    make_due(engine, message(story), message(story, receiver="surel"), message(story, NoticeKind.RESOLVED, number=9))
    with writing(engine) as connection:
        assert outbox.withdraw(connection, story, LATER, "answered by S. Aminah") == 2
    assert [row.kind for row in rows_of(engine) if row.dead_at is None] == ["resolved"]


def test_a_withdrawal_can_be_undone(engine: Engine) -> None:
    story = open_incident(engine)
    make_due(engine, message(story), message(story, receiver="surel"))
    with writing(engine) as connection:
        outbox.withdraw(connection, story, LATER, "answered by S. Aminah")
        assert outbox.restore(connection, story, LATER, LATER) == 2
    assert claim(engine) is not None


def test_dead_holders_are_not_waited_for(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine)))
    assert claim(engine, "dead") is not None
    with writing(engine) as connection:
        assert outbox.free_leases(connection, lambda holder: holder == "other", LATER) == 0
        assert outbox.free_leases(connection, lambda holder: holder == "dead", LATER) == 1
    assert claim(engine, "b") is not None


def test_what_has_outlived_two_senders_waits_before_it_is_sent_again(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine)))
    for _ in range(2):
        assert claim(engine, "dead") is not None
        with writing(engine) as connection:
            outbox.free_leases(connection, lambda _: True, LATER, lambda attempts: timedelta(seconds=attempts))
    assert claim(engine) is None
    assert claim(engine, at=timedelta(seconds=3)) is not None


def test_what_waits_for_nobody_becomes_a_dead_letter(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine), receiver="pensiun"))
    with writing(engine) as connection:
        assert outbox.bury_strangers(connection, ["piket"], LATER) == 1
    assert rows_of(engine)[0].last_error == "the configuration knows no receiver of this name"


def test_a_queue_is_bounded_and_gives_up_the_least_urgent_oldest_first(engine: Engine) -> None:
    """D8"""
    stories = [open_incident(engine) for _ in range(6)]
    make_due(engine, message(stories[0], severity=Severity.CRITICAL))
    make_due(engine, *(message(story, severity=Severity.INFO) for story in stories[1:]))
    with writing(engine) as connection:
        assert outbox.shorten_queues(connection, 4, LATER) == 2
    dead = [row.incident_id for row in rows_of(engine) if row.dead_at is not None]
    assert dead == stories[1:3]


def test_a_row_that_cannot_be_read_is_given_up_and_stops_nobody(engine: Engine) -> None:
    stories = [open_incident(engine) for _ in range(2)]
    make_due(engine, *(message(story) for story in stories))
    with writing(engine) as connection:
        connection.execute(update(table).where(table.c.incident_id == stories[0]).values(payload="{"))
    assert claim(engine) is None
    assert claimed(engine)[0].incident == stories[1]


def test_old_rows_are_forgotten_with_their_ledger_and_waiting_ones_never(engine: Engine) -> None:
    stories = [open_incident(engine) for _ in range(2)]
    make_due(engine, *(message(story) for story in stories))
    with writing(engine) as connection:
        outbox.mark_sent(connection, [rows_of(engine)[0].id], LATER)
        assert outbox.forget_settled(connection, LATER) == 0
        assert outbox.forget_settled(connection, LATER + timedelta(days=900)) == 1
    assert [row.incident_id for row in rows_of(engine)] == [stories[1]]
    assert [row.incident_id for row in rows(engine, due_step)] == [stories[1]]
