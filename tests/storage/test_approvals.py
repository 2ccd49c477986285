"""Who signed a frozen period: recorded with its row in the audit log, corrected by a newer one, never part of the seal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from command_centre.domain.seal import Approval
from command_centre.storage.approvals import (
    NoSuchSnapshot,
    Signing,
    approval_of,
    approvals,
    approve,
    withdraw_approval,
)
from command_centre.storage.audit_tables import audit
from command_centre.storage.database import writing
from command_centre.storage.snapshots import is_genuine, load
from tests.support.city import rows
from tests.support.hand_week import NEXT_MONDAY_AT_SIX, WEEK, fill, snapshotter

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
SIGNING = Signing("2026-W47", 1, "ani", "console", AT)
WORDS = {"number": "555/12", "name": "Nama Pejabat", "staff_number": "19700101 199001 1 001"}


@pytest.fixture
def frozen(engine: Engine, tmp_path: Path) -> Engine:
    """The week by hand, frozen."""
    fill(engine)
    snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX)
    return engine


def test_a_signature_is_recorded_with_its_audit_row_and_leaves_the_seal_alone(frozen: Engine) -> None:
    with frozen.connect() as connection:
        before = load(connection, "2026-W47")
    with writing(frozen) as connection:
        approve(connection, SIGNING, **WORDS, on=date(2026, 11, 23))
    with frozen.connect() as connection:
        assert approval_of(connection, "2026-W47", 1) == Approval(**WORDS, on=date(2026, 11, 23))
        after = load(connection, "2026-W47")
    assert before is not None
    assert after == before
    assert is_genuine(before.seal)
    assert [(row.actor, row.command, row.subject) for row in rows(frozen, audit)] == [
        ("ani", "approve_snapshot", "snapshot:2026-W47:r1")
    ]


def test_a_second_signature_corrects_the_first_and_a_withdrawn_one_leaves_a_draft(frozen: Engine) -> None:
    with writing(frozen) as connection:
        approve(connection, SIGNING, **WORDS, on=date(2026, 11, 23))
        approve(connection, SIGNING, **{**WORDS, "number": "555/13"}, on=date(2026, 11, 23))
    with frozen.connect() as connection:
        assert {key: each.number for key, each in approvals(connection).items()} == {("2026-W47", 1): "555/13"}
    with writing(frozen) as connection:
        assert withdraw_approval(connection, SIGNING)
        assert not withdraw_approval(connection, SIGNING)
    with frozen.connect() as connection:
        assert approval_of(connection, "2026-W47", 1) is None
        assert approvals(connection) == {}
    assert [row.command for row in rows(frozen, audit)] == ["approve_snapshot", "approve_snapshot", "withdraw_approval"]


def test_what_is_not_frozen_cannot_be_signed(frozen: Engine) -> None:
    """Least of all a revision that nobody has seen."""
    with writing(frozen) as connection, pytest.raises(NoSuchSnapshot):
        approve(connection, Signing("2026-W47", 2, "ani", "console", AT), **WORDS, on=date(2026, 11, 23))
    assert rows(frozen, audit) == []


@pytest.mark.parametrize("key", sorted(WORDS))
@pytest.mark.parametrize("text", ["", "  ", "x" * 61])
def test_a_signature_needs_words_that_fit_the_paper(frozen: Engine, key: str, text: str) -> None:
    with writing(frozen) as connection, pytest.raises(ValueError, match="1 to 60"):
        approve(connection, SIGNING, **{**WORDS, key: text}, on=date(2026, 11, 23))


def test_a_day_far_ahead_is_a_slip_also_on_a_leap_day(frozen: Engine) -> None:
    leap = Signing("2026-W47", 1, "ani", "console", datetime(2028, 2, 29, tzinfo=UTC))
    with writing(frozen) as connection, pytest.raises(ValueError, match="too far ahead"):
        approve(connection, leap, **WORDS, on=leap.at.date() + timedelta(days=32))
