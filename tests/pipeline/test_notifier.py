"""The notifier with real threads on real databases: each notice once, in order, and nobody waits for somebody else's gateway."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete

from command_centre.app.clock import SystemClock
from command_centre.domain.delivery import UNHEARD, Patience
from command_centre.domain.notification import Message, NoticeKind
from command_centre.domain.ports import DeliveryError, Receiver
from command_centre.pipeline.notifier import Holder, Notifier
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import open_database, writing
from command_centre.storage.times import to_ms
from tests.support.telling import Kept, make_due, message, open_incident, out_of_order, rows_of, until

QUICK = Patience(first=timedelta(milliseconds=50), longest=timedelta(milliseconds=100), attempts=1_000)


@contextmanager
def notifying(engine: Engine, receivers: Mapping[str, Receiver], patience: Patience = QUICK) -> Iterator[Notifier]:
    notifier = Notifier(engine, receivers, SystemClock(), patience=patience, chance=lambda: 1.0)
    stop = threading.Event()
    thread = threading.Thread(target=notifier.run, args=(stop,))
    thread.start()
    try:
        yield notifier
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


def now() -> datetime:
    return datetime.now(UTC)


def all_settled(engine: Engine) -> bool:
    return all(row.sent_at is not None or row.dead_at is not None for row in rows_of(engine))


def test_an_outage_gives_exactly_one_notice_within_the_bound(engine: Engine) -> None:
    """D1"""
    phone = Kept()
    with notifying(engine, {"piket": phone}):
        begun = time.monotonic()
        make_due(engine, message(open_incident(engine), at=now()))
        until(lambda: all_settled(engine))
        assert time.monotonic() - begun < 2
    assert phone.kinds() == ["firing"]
    [row] = rows_of(engine)
    assert row.sent_at is not None


def test_a_receiver_that_fails_for_a_while_gets_each_notice_once_and_the_healthy_one_too(engine: Engine) -> None:
    """D2"""
    is_broken = threading.Event()
    is_broken.set()

    def fail_while_broken(_: Message) -> None:
        if is_broken.is_set():
            raise DeliveryError.temporary("out of order")

    healthy, failing = Kept(), Kept(fail_while_broken)
    story = open_incident(engine)
    with notifying(engine, {"sehat": healthy, "rusak": failing}):
        make_due(engine, message(story, receiver="sehat", at=now()), message(story, receiver="rusak", at=now()))
        until(lambda: failing.asked >= 3 and healthy.kinds() == ["firing"])
        is_broken.clear()
        until(lambda: all_settled(engine))
    assert healthy.kinds() == failing.kinds() == ["firing"]
    assert healthy.asked == 1


def test_a_time_out_that_was_processed_makes_at_most_one_duplicate_with_the_same_key(engine: Engine) -> None:
    """D3"""
    processed: list[str] = []

    def process_but_time_out_first(told: Message) -> None:
        processed.append(told.key)
        if len(processed) == 1:
            raise DeliveryError.temporary("no answer in time")

    with notifying(engine, {"piket": Kept(process_but_time_out_first)}):
        make_due(engine, message(open_incident(engine), at=now()))
        until(lambda: all_settled(engine))
    assert len(processed) == 2
    assert len(set(processed)) == 1


def test_an_outage_inside_an_egress_outage_is_told_once_with_both_times(engine: Engine) -> None:
    """D4"""
    is_cut = threading.Event()
    is_cut.set()

    def fail_while_cut(_: Message) -> None:
        if is_cut.is_set():
            raise DeliveryError.temporary("no connection")

    phone = Kept(fail_while_cut)
    story = open_incident(engine)
    begun = now() - timedelta(minutes=20)
    with notifying(engine, {"piket": phone}):
        make_due(engine, message(story, at=begun, due_at=begun))
        until(lambda: phone.asked >= 2)
        make_due(engine, message(story, NoticeKind.RESOLVED, at=now()))
        asked = phone.asked
        until(lambda: phone.asked >= asked + 2)
        is_cut.clear()
        until(lambda: all_settled(engine))
    [told] = phone.taken
    assert told.kind is NoticeKind.RESOLVED
    assert told.facts[UNHEARD] == datetime.fromtimestamp(to_ms(begun) / 1000, UTC).isoformat()


def test_two_copies_running_by_mistake_send_one_notice_per_event(engine: Engine, database_url: str) -> None:
    """D7"""
    phone = Kept(lambda _: time.sleep(0.005))
    stories = [open_incident(engine) for _ in range(20)]
    other = open_database(database_url)
    try:
        with notifying(engine, {"piket": phone}), notifying(other, {"piket": phone}):
            for story in stories:
                make_due(engine, message(story, at=now()))
            make_due(engine, *(message(story, NoticeKind.RESOLVED, at=now()) for story in stories[:10]))
            until(lambda: all_settled(engine))
    finally:
        other.dispose()
    keys = [each.key for each in phone.taken]
    assert len(keys) == len(set(keys))
    assert {each.incident for each in phone.taken} == set(stories)


def test_a_hanging_receiver_delays_nobody_else(engine: Engine) -> None:
    """D8"""
    let_go = threading.Event()

    def hang(_: Message) -> None:
        let_go.wait(10)
        raise DeliveryError.temporary("no answer in time")

    quick = Kept()
    stories = [open_incident(engine) for _ in range(5)]
    with notifying(engine, {"macet": Kept(hang), "lancar": quick}):
        make_due(engine, *(message(story, receiver="macet", at=now()) for story in stories))
        time.sleep(0.3)
        begun = time.monotonic()
        make_due(engine, *(message(story, receiver="lancar", at=now()) for story in stories))
        until(lambda: len(quick.kinds()) == 5)
        took = time.monotonic() - begun
        let_go.set()
    assert took < 2


def test_what_will_never_be_taken_is_a_dead_letter_at_once_and_visible(engine: Engine) -> None:
    def refuse(_: Message) -> None:
        raise DeliveryError.permanent("HTTP 400")

    phone = Kept(refuse)
    with notifying(engine, {"piket": phone}):
        make_due(engine, message(open_incident(engine), at=now()))
        until(lambda: all_settled(engine))
    [row] = rows_of(engine)
    assert phone.asked == 1
    assert row.last_error == "HTTP 400"


def test_attempts_are_bounded(engine: Engine) -> None:
    phone = Kept(out_of_order)
    with notifying(engine, {"piket": phone}, Patience(timedelta(milliseconds=1), timedelta(milliseconds=1), attempts=3)):
        make_due(engine, message(open_incident(engine), at=now()))
        until(lambda: all_settled(engine))
    assert phone.asked == 3


def test_a_receiver_that_asks_to_be_left_alone_is_left_alone(engine: Engine) -> None:
    def too_many(_: Message) -> None:
        raise DeliveryError.temporary("HTTP 429", timedelta(seconds=60))

    phone = Kept(too_many)
    with notifying(engine, {"piket": phone}):
        make_due(engine, *(message(open_incident(engine), at=now()) for _ in range(3)))
        until(lambda: phone.asked == 1)
        time.sleep(0.8)
    assert phone.asked == 1


def test_a_bug_in_one_receiver_ends_neither_it_nor_the_others(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    def stumble(told: Message) -> None:
        if told.incident == stories[0]:
            raise RuntimeError("a bug")

    stories = [open_incident(engine) for _ in range(2)]
    phone = Kept(stumble)
    with notifying(engine, {"piket": phone}):
        make_due(engine, *(message(story, at=now()) for story in stories))
        until(lambda: [each.incident for each in phone.taken] == [stories[1]])
    assert "failed on a message of ours" in caplog.text


def test_receivers_can_be_changed_while_it_runs(engine: Engine) -> None:
    """A renamed receiver: what waited for the old name is a dead letter, the new one works."""
    old, new = Kept(out_of_order), Kept()
    story = open_incident(engine)
    with notifying(engine, {"lama": old}) as notifier:
        make_due(engine, message(story, receiver="lama", at=now()))
        until(lambda: old.asked >= 1)
        notifier.adopt({"baru": new})
        make_due(engine, message(story, receiver="baru", at=now()))
        until(lambda: new.kinds() == ["firing"])


def test_the_link_is_made_when_the_message_goes_and_is_not_in_the_table(engine: Engine) -> None:
    phone = Kept()
    notifier = Notifier(engine, {"piket": phone}, SystemClock(), link_of=lambda told: f"https://cc.example/piket/{told.incident}")
    stop = threading.Event()
    thread = threading.Thread(target=notifier.run, args=(stop,))
    thread.start()
    story = open_incident(engine)
    make_due(engine, message(story, at=now()))
    until(lambda: len(phone.taken) == 1)
    stop.set()
    thread.join(10)
    assert phone.taken[0].link == f"https://cc.example/piket/{story}"
    assert "piket/" not in rows_of(engine)[0].payload


def test_a_database_that_refuses_for_a_while_costs_no_notice_and_makes_no_duplicate(engine: Engine, database_url: str) -> None:
    """The outcome of a sending is written down as soon as the database takes it; meanwhile nothing is sent again."""
    other = open_database(database_url)
    phone = Kept()
    with notifying(engine, {"piket": phone}):
        with writing(other) as connection:  # SQLite: the write lock of the whole file is held by its BEGIN IMMEDIATE
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
            time.sleep(0.5)
        make_due(engine, message(open_incident(engine), at=now()))
        until(lambda: all_settled(engine))
    other.dispose()
    assert phone.kinds() == ["firing"]


def test_a_holder_knows_who_is_no_more() -> None:
    here = Holder.of_this_process()
    assert not here.outlives(here.name)
    assert here.outlives(Holder(here.host, here.pid, "another life").name)
    assert here.outlives(Holder(here.host, 2**22 + 5, "x").name)  # beyond any process number of Linux
    assert not here.outlives(Holder("elsewhere", here.pid, "x").name)
    assert not here.outlives("nonsense")


def test_a_row_that_was_removed_while_it_was_sent_stops_nobody(engine: Engine) -> None:
    def remove(_: Message) -> None:
        with writing(engine) as connection:
            connection.execute(delete(outbox).where(outbox.c.incident_id == stories[0]))

    stories = [open_incident(engine) for _ in range(2)]
    phone = Kept(remove)
    with notifying(engine, {"piket": phone}):
        make_due(engine, *(message(story, at=now()) for story in stories))
        until(lambda: len(phone.taken) == 2)
