"""What the rota makes due by itself: holes are announced days ahead, a shift that ends is handed over. Real tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine

from command_centre.commands import Actor, Commands
from command_centre.domain.calendar import Interval
from command_centre.domain.incident import IncidentId
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Status
from command_centre.domain.rota import Hours, Rota, Shift
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.domain.telling import Step
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.duty_watch import watch_duty
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.sentences import Words
from command_centre.pipeline.teller import tell
from command_centre.storage.alert_tables import outbox
from command_centre.storage.audit_tables import due_step
from command_centre.storage.database import writing
from command_centre.storage.tables import incident
from tests.support.city import WITA, reading, register, rows, site
from tests.support.clock import FrozenClock

MONDAY = datetime(2026, 3, 2, 8, tzinfo=WITA).astimezone(UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WEEKLY = Rota("piket", ("budi", "sari"), 7 * DAY, MONDAY, WITA, fallback=("kepala",))
ALWAYS_BUT_TUESDAY_NIGHT = replace(
    WEEKLY,
    covered=Hours(time(6), time(2)),
    overrides=tuple(
        Shift("dewi", Interval(_at, _at + 4 * HOUR))
        for number in range(30)
        if (_at := datetime(2026, 3, 2, 2, tzinfo=WITA).astimezone(UTC) + number * DAY) and number != 8
    ),
)
"""Every night from 02:00 to 06:00 somebody has taken over, except that of Tuesday, 10 March."""


def ordered(rota: Rota, **more: Any) -> Orders:
    rotas: Mapping[str, Rota] = MappingProxyType({rota.name: rota})
    return Orders(receivers=("piket",), rotas=rotas, zone=WITA, **more)


def watch(engine: Engine, orders: Orders, at: datetime) -> int:
    with writing(engine) as connection:
        return watch_duty(connection, at, orders)


def due(engine: Engine, why: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Receiver, title and lines of what became due for a reason."""
    found = [each for each in rows(engine, outbox) if each.why == why]
    inside = [json.loads(each.payload) for each in found]
    return [(each.receiver, text["title"], tuple(text["lines"])) for each, text in zip(found, inside, strict=True)]


# --- holes


def test_a_hole_of_next_tuesday_is_announced_to_the_fallback_a_week_ahead_and_once(engine: Engine) -> None:
    """O5."""
    orders = ordered(ALWAYS_BUT_TUESDAY_NIGHT)
    hole = datetime(2026, 3, 10, 2, tzinfo=WITA).astimezone(UTC)
    watch(engine, orders, hole - 7 * DAY - MINUTE)
    assert due(engine, "hole") == []
    for minutes in (0, 1, 60, 24 * 60, 6 * 24 * 60):
        watch(engine, orders, hole - 7 * DAY + minutes * MINUTE)
    title = "Piket piket kosong Sel 10/03 02.00 – Sel 10/03 06.00"
    assert due(engine, "hole") == [("kepala", title, ("Pemberitahuan pada waktu itu menuju kepala.",))]


def test_a_hole_is_announced_as_far_ahead_as_the_rota_says(engine: Engine) -> None:
    orders = ordered(replace(ALWAYS_BUT_TUESDAY_NIGHT, announce=2 * DAY))
    hole = datetime(2026, 3, 10, 2, tzinfo=WITA).astimezone(UTC)
    watch(engine, orders, hole - 3 * DAY)
    assert due(engine, "hole") == []
    watch(engine, orders, hole - 2 * DAY)
    assert len(due(engine, "hole")) == 1


def test_nights_without_anybody_are_one_message_a_week_and_not_one_a_night(engine: Engine) -> None:
    orders = ordered(replace(WEEKLY, covered=Hours(time(6), time(22))))
    for number in range(7):
        watch(engine, orders, MONDAY + number * DAY)
    found = due(engine, "hole")
    assert len(found) == 2  # this week's and the next one's
    assert found[1][1] == "Piket piket: 8 kali tanpa petugas"
    assert len(found[1][2]) == 9


def test_a_hole_that_a_change_of_the_rota_makes_is_announced_although_its_week_was(engine: Engine) -> None:
    orders = ordered(ALWAYS_BUT_TUESDAY_NIGHT)
    at = datetime(2026, 3, 9, 12, tzinfo=WITA).astimezone(UTC)
    watch(engine, orders, at)
    wider = replace(ALWAYS_BUT_TUESDAY_NIGHT, overrides=ALWAYS_BUT_TUESDAY_NIGHT.overrides[:10])
    watch(engine, ordered(wider), at + HOUR)
    assert next(title for _, title, _ in due(engine, "hole")).startswith("Piket piket kosong Sel 10/03")
    assert len(due(engine, "hole")) > 1


def test_a_rota_without_holes_announces_nothing(engine: Engine) -> None:
    for number in range(10):
        watch(engine, ordered(WEEKLY), MONDAY + number * DAY + HOUR)
    assert due(engine, "hole") == []


def test_a_page_in_the_hole_goes_to_the_fallback_and_one_outside_to_who_is_on_duty(engine: Engine) -> None:
    """O5."""
    orders = ordered(ALWAYS_BUT_TUESDAY_NIGHT, wait=timedelta(0), repeat=None)
    register(engine, site(), site("situs:b"))
    for at, key in (
        (datetime(2026, 3, 10, 3, tzinfo=WITA), "situs:diskominfo"),
        (datetime(2026, 3, 10, 7, tzinfo=WITA), "situs:b"),
    ):
        city_fails(engine, orders, at.astimezone(UTC), key)
    assert [each.receiver for each in rows(engine, outbox)] == ["kepala", "sari"]


def city_fails(engine: Engine, orders: Orders, at: datetime, key: str, status: Status = Status.DOWN) -> None:
    """A site is looked at, the teller has its turn."""
    rulebook = Rulebook.of(DEFAULT_RULES, (), WITA, orders)
    with writing(engine) as connection:
        write_batch(connection, [reading(at, status, key=key)], rulebook, at)
        tell(connection, at, rulebook, Words())


# --- handover


def test_a_shift_is_handed_over_once_with_what_is_open_what_is_over_and_what_stood_out(engine: Engine) -> None:
    orders = ordered(WEEKLY, wait=timedelta(0), steps=(Step(15 * MINUTE, ("kepala",)),))
    register(engine, site(), site("situs:b"), site("situs:c"))
    change = MONDAY + 7 * DAY
    city_fails(engine, orders, change - 3 * HOUR, "situs:diskominfo")
    city_fails(engine, orders, change - 2 * HOUR, "situs:b")
    city_fails(engine, orders, change - HOUR, "situs:b", Status.UP)
    city_fails(engine, orders, change - HOUR + 2 * MINUTE, "situs:b", Status.UP)
    watch(engine, orders, change - MINUTE)
    assert due(engine, "handover") == []
    for seconds in (0, 20, 40, 3_000):
        watch(engine, orders, change + timedelta(seconds=seconds))
    (receiver, title, lines), *others = due(engine, "handover")
    assert (receiver, others) == ("sari", [])
    assert title == "Serah terima piket piket: budi, Sen 02/03 08.00 – Sen 09/03 08.00"
    assert lines[0] == "Masih terbuka: 1 (Diskominfo (sejak Sen 09/03 05.00, belum ditangani))"
    assert lines[1] == "Pulih: 1 (Diskominfo)"
    assert lines[2] == "Perlu dicatat: 0 kritis; 0 memburuk; 2 tidak dijawab hingga jenjang berikutnya; 4 panggilan"


def test_what_somebody_has_taken_is_not_called_untaken(engine: Engine) -> None:
    orders = ordered(WEEKLY, wait=timedelta(0))
    register(engine)
    change = MONDAY + 7 * DAY
    city_fails(engine, orders, change - HOUR, "situs:diskominfo")
    clock = FrozenClock()
    clock.advance(change - MINUTE - clock.now())
    Commands(engine, clock).acknowledge(IncidentId(rows(engine, incident)[0].id), Actor("Budi", "console"))
    watch(engine, orders, change)
    assert due(engine, "handover")[0][2][0] == "Masih terbuka: 1 (Diskominfo (sejak Sen 09/03 07.00))"


def test_the_fallback_takes_over_where_a_hole_begins_and_hands_over_where_it_ends(engine: Engine) -> None:
    orders = ordered(ALWAYS_BUT_TUESDAY_NIGHT)
    for hour in (2, 6):
        watch(engine, orders, datetime(2026, 3, 10, hour, tzinfo=WITA).astimezone(UTC))
    assert [(to, title) for to, title, _ in due(engine, "handover")] == [
        ("kepala", "Serah terima piket piket: sari, Sen 09/03 08.00 – Sel 10/03 02.00"),
        ("sari", "Serah terima piket piket: tanpa petugas, Sel 10/03 02.00 – Sel 10/03 06.00"),
    ]


def test_a_handover_missed_by_hours_is_not_made_up_for(engine: Engine) -> None:
    watch(engine, ordered(WEEKLY), MONDAY + 7 * DAY + 2 * HOUR)
    assert due(engine, "handover") == []


def test_the_very_first_turn_takes_over_from_nobody(engine: Engine) -> None:
    watch(engine, ordered(WEEKLY), MONDAY + MINUTE)
    assert due(engine, "handover") == []


def test_every_message_of_the_rota_stands_in_the_ledger_that_the_auditor_reads(engine: Engine) -> None:
    watch(engine, ordered(WEEKLY), MONDAY + 7 * DAY)
    watch(engine, ordered(ALWAYS_BUT_TUESDAY_NIGHT), datetime(2026, 3, 4, tzinfo=UTC))
    assert len(rows(engine, outbox)) == len(rows(engine, due_step)) == 2


def test_another_language_says_the_same(engine: Engine) -> None:
    with writing(engine) as connection:
        watch_duty(connection, MONDAY + 7 * DAY, ordered(WEEKLY), english=True)
    assert due(engine, "handover")[0][1:] == (
        "Handover of piket: budi, Mon 02/03 08:00 – Mon 09/03 08:00",
        ("Still open: 0", "Resolved: 0", "Worth noting: 0 critical; 0 became worse; 0 unanswered up to the next step; 0 calls"),
    )
