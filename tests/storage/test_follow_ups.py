"""What somebody promised to do: carried from week to week, every change kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from command_centre.storage.audit import first_break
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import writing
from command_centre.storage.follow_ups import (
    ChangedMeanwhile,
    FollowUpStatus,
    NoSuchFollowUp,
    add_follow_up,
    change_follow_up,
    follow_ups,
)
from command_centre.storage.snapshot_tables import follow_up_event
from tests.support.city import rows

MONDAY = datetime(2026, 11, 15, 16, tzinfo=UTC)


def test_a_promise_is_carried_until_it_is_closed(engine: Engine) -> None:
    with writing(engine) as connection:
        number = add_follow_up(connection, " Ganti  baterai\nGusung ", "Diskominfo", date(2026, 11, 30), author="ani", at=MONDAY)
        change_follow_up(connection, number, author="budi", at=MONDAY + timedelta(days=9), status=FollowUpStatus.DONE)
    with engine.connect() as connection:
        (found,) = follow_ups(connection, MONDAY)
        assert (found.what, found.status, found.closed_at) == (
            "Ganti baterai Gusung",
            FollowUpStatus.DONE,
            MONDAY + timedelta(days=9),
        )
        assert len(follow_ups(connection, MONDAY + timedelta(days=7))) == 1  # closed in that week: still shown
        assert follow_ups(connection, MONDAY + timedelta(days=14)) == ()


def test_every_change_is_kept_with_who_and_what_it_was_before(engine: Engine) -> None:
    with writing(engine) as connection:
        number = add_follow_up(connection, "Ganti baterai", "Diskominfo", None, author="ani", at=MONDAY)
        change_follow_up(connection, number, author="budi", at=MONDAY, owner="Tim pesisir", deadline=date(2026, 12, 1))
        change_follow_up(connection, number, author="budi", at=MONDAY, owner="Tim pesisir")  # nothing new
    told = [(row.author, row.field, row.before, row.after) for row in rows(engine, follow_up_event)]
    assert told == [
        ("ani", "what", None, "Ganti baterai"),
        ("budi", "owner", "Diskominfo", "Tim pesisir"),
        ("budi", "deadline", None, "2026-12-01"),
    ]


def test_every_change_leaves_a_row_in_the_audit_log_and_none_where_nothing_is_new(engine: Engine) -> None:
    with writing(engine) as connection:
        number = add_follow_up(connection, "Ganti baterai", "Diskominfo", date(2026, 12, 1), author="ani", at=MONDAY)
        change_follow_up(connection, number, author="budi", at=MONDAY, status=FollowUpStatus.DONE, deadline=None)
        change_follow_up(connection, number, author="budi", at=MONDAY, status=FollowUpStatus.DONE)
        assert first_break(connection) is None
    told = [(row.actor, row.command, row.subject, json.loads(row.detail)) for row in rows(engine, audit)]
    assert told == [
        (
            "ani",
            "add_follow_up",
            f"follow_up:{number}",
            {"what": "Ganti baterai", "owner": "Diskominfo", "deadline": "2026-12-01", "status": "waiting"},
        ),
        (
            "budi",
            "change_follow_up",
            f"follow_up:{number}",
            {"status": {"before": "waiting", "after": "done"}, "deadline": {"before": "2026-12-01", "after": None}},
        ),
    ]


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(engine: Engine) -> None:
    with writing(engine) as connection:
        number = add_follow_up(connection, "Ganti baterai", "Diskominfo", None, author="ani", at=MONDAY)
    with engine.connect() as connection:
        (seen,) = follow_ups(connection, MONDAY)
    with writing(engine) as connection:
        change_follow_up(connection, number, author="budi", at=MONDAY, owner="Tim pesisir", seen=seen.version)
    with writing(engine) as connection, pytest.raises(ChangedMeanwhile):
        change_follow_up(connection, number, author="ani", at=MONDAY, owner="Dinas lain", seen=seen.version)
    with engine.connect() as connection:
        assert follow_ups(connection, MONDAY)[0].owner == "Tim pesisir"


def test_a_promise_that_is_taken_up_again_is_open_again(engine: Engine) -> None:
    with writing(engine) as connection:
        number = add_follow_up(connection, "Ganti baterai", "Diskominfo", None, author="ani", at=MONDAY)
        change_follow_up(connection, number, author="ani", at=MONDAY, status=FollowUpStatus.DROPPED)
        change_follow_up(connection, number, author="ani", at=MONDAY, status=FollowUpStatus.IN_PROGRESS)
        assert follow_ups(connection, MONDAY + timedelta(days=99))[0].closed_at is None


@pytest.mark.parametrize("what", ["", "   ", "x" * 301])
def test_a_promise_needs_words_and_not_too_many(engine: Engine, what: str) -> None:
    with writing(engine) as connection, pytest.raises(ValueError, match="text of 1 to 300"):
        add_follow_up(connection, what, "Diskominfo", None, author="ani", at=MONDAY)


def test_what_does_not_exist_cannot_be_changed(engine: Engine) -> None:
    with writing(engine) as connection, pytest.raises(NoSuchFollowUp):
        change_follow_up(connection, 7, author="ani", at=MONDAY, owner="x")
