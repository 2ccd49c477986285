"""Typed values of indicators: nothing without evidence, nothing from the future, nothing ever overwritten."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.progress import IndicatorId
from command_centre.storage.database import writing
from command_centre.storage.progress import TypedValue, ValueRefusedError, add_value, newest_values, values_of
from tests.support.clock import NOON

SPBE = IndicatorId("tk-indeks-spbe")
TYPED = TypedValue(SPBE, 2.79, NOON - timedelta(days=30), "https://contoh.go.id/surat/12", "Petugas A")


def test_the_newest_value_is_the_one_about_the_latest_moment(engine: Engine) -> None:
    with writing(engine) as connection:
        add_value(connection, TYPED, NOON)
        add_value(connection, replace(TYPED, value=2.11, as_of=NOON - timedelta(days=400)), NOON)
    with engine.connect() as connection:
        assert newest_values(connection, NOON)[SPBE].value == 2.79
        assert newest_values(connection, NOON - timedelta(days=31))[SPBE].value == 2.11
        assert newest_values(connection, NOON - timedelta(days=500)) == {}


def test_a_correction_is_a_newer_row_and_the_older_one_stays(engine: Engine) -> None:
    with writing(engine) as connection:
        add_value(connection, TYPED, NOON)
        add_value(connection, replace(TYPED, value=2.8, note="salah ketik"), NOON + timedelta(hours=1))
    with engine.connect() as connection:
        assert newest_values(connection, NOON + timedelta(hours=2))[SPBE].value == 2.8
        assert newest_values(connection, NOON + timedelta(hours=2), known_by=NOON)[SPBE].value == 2.79
        assert [each.value for each in values_of(connection, SPBE)] == [2.8, 2.79]


def test_a_value_keeps_who_answers_for_it_and_where_it_can_be_checked(engine: Engine) -> None:
    with writing(engine) as connection:
        add_value(connection, replace(TYPED, value=0.1 + 0.2), NOON)
    with engine.connect() as connection:
        kept = newest_values(connection, NOON)[SPBE]
    assert (kept.value, kept.as_of, kept.evidence, kept.author) == (0.1 + 0.2, TYPED.as_of, TYPED.evidence, "Petugas A")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (replace(TYPED, evidence="  "), "needs evidence"),
        (replace(TYPED, author=""), "somebody who answers"),
        (replace(TYPED, as_of=NOON + timedelta(seconds=1)), "has not come yet"),
        (replace(TYPED, value=math.nan), "not a number"),
        (replace(TYPED, value=math.inf), "not a number"),
        (replace(TYPED, note="x" * 1001), "at most 1000 characters"),
    ],
)
def test_a_value_that_nobody_could_defend_is_refused(engine: Engine, typed: TypedValue, why: str) -> None:
    with writing(engine) as connection:
        with pytest.raises(ValueRefusedError, match=why):
            add_value(connection, typed, NOON)
        assert newest_values(connection, NOON) == {}
