"""The auditor: it believes neither notifier nor recorder, and gives a sign of life only when nothing is missing."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import Engine, delete, insert, update

from command_centre.domain.ports import DeliveryError
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.series import MetricName
from command_centre.pipeline.auditor import AUDIT_METRICS, Auditor, Findings, Signs, judge
from command_centre.storage.alert_tables import outbox as table
from command_centre.storage.alert_tables import silence
from command_centre.storage.database import writing
from command_centre.storage.outbox import claim, mark_dead, mark_sent, withdraw
from command_centre.storage.outbox_facts import dead_letters, percentile, read_facts
from command_centre.storage.tables import incident, lease
from command_centre.storage.times import to_ms
from tests.support.clock import NOON, FrozenClock
from tests.support.gateways import gateway
from tests.support.telling import make_due, message, open_incident, rows_of, until


class Watched:
    """An auditor on a real database, with a writer that lives, and what it said and signalled."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = FrozenClock(NOON)
        self.readings: list[Reading] = []
        self.beats: list[str] = []
        self.auditor = Auditor(
            engine,
            self.clock,
            self.readings.append,
            Signs(proven=(lambda: self.beats.append("proven"),)),
        )
        self.writer_lives()

    def writer_lives(self) -> None:
        now = to_ms(self.clock.now())
        row = {"holder": "t", "host": "h", "pid": 1, "token": "t", "acquired_at": now, "renewed_at": now}
        with writing(self.engine) as connection:
            connection.execute(delete(lease))
            connection.execute(insert(lease).values(shard="utama", **row))

    def audit_after(self, time: timedelta) -> Findings:
        self.clock.advance(time)
        self.writer_lives()
        return self.auditor.audit()


def send_all(engine: Engine, after: timedelta = timedelta(seconds=1)) -> None:
    with writing(engine) as connection:
        taken = claim(connection, "piket", "t", NOON, NOON + timedelta(seconds=90))
        assert taken is not None
        mark_sent(connection, [each.id for each in taken.rows], NOON + after)


def test_when_everything_due_was_told_it_says_so_and_gives_a_sign(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine)))
    send_all(engine)
    watched = Watched(engine)
    assert watched.audit_after(timedelta(minutes=1)).status is Status.UP
    assert watched.beats == ["proven"]
    assert watched.readings[0].reason is Reason.OK


def test_a_row_deleted_by_hand_is_found_within_one_period_and_the_signs_stop(engine: Engine) -> None:
    """O6"""
    make_due(engine, message(open_incident(engine)), message(open_incident(engine)))
    watched = Watched(engine)
    with writing(engine) as connection:
        connection.execute(delete(table).where(table.c.id == rows_of(engine)[0].id))
    findings = watched.audit_after(timedelta(minutes=1))
    assert findings.status is Status.DOWN
    assert "removed from the outbox" in findings.faults[0]
    assert watched.beats == []
    assert (watched.readings[0].status, watched.readings[0].reason) == (Status.DOWN, Reason.UNDELIVERED)


def test_a_message_on_its_way_is_no_fault_and_one_that_is_late_is(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine)))
    watched = Watched(engine)
    assert watched.audit_after(timedelta(minutes=9)).faults == ()
    assert "1 messages wait" in watched.audit_after(timedelta(minutes=2)).faults[0]


def test_what_is_due_later_is_not_late(engine: Engine) -> None:
    make_due(engine, message(open_incident(engine, severity=Severity.WARNING), due_at=NOON + timedelta(hours=7)))
    assert Watched(engine).audit_after(timedelta(hours=6)).faults == ()


def test_a_critical_incident_nobody_was_told_of_is_a_fault(engine: Engine) -> None:
    story = open_incident(engine)
    watched = Watched(engine)
    assert watched.audit_after(timedelta(minutes=14)).faults == ()
    assert f"first: {story}" in watched.audit_after(timedelta(minutes=2)).faults[0]


def test_children_answered_and_silenced_incidents_need_no_message_of_their_own(engine: Engine) -> None:
    parent, child, answered = (open_incident(engine) for _ in range(3))
    make_due(engine, message(parent))
    send_all(engine)
    with writing(engine) as connection:
        connection.execute(update(incident).where(incident.c.id == child).values(parent_id=parent))
        connection.execute(update(incident).where(incident.c.id == answered).values(acknowledged_at=to_ms(NOON)))
    watched = Watched(engine)
    assert watched.audit_after(timedelta(hours=1)).faults == ()
    open_incident(engine)
    row = {"matcher": "{}", "author": "a", "reason": "r", "starts_at": to_ms(NOON), "created_at": to_ms(NOON)}
    with writing(engine) as connection:
        connection.execute(insert(silence).values(ends_at=to_ms(NOON + timedelta(days=1)), **row))
    assert watched.audit_after(timedelta(hours=1)).faults == ()


def test_without_receivers_nobody_can_be_told_and_that_is_no_fault(engine: Engine) -> None:
    open_incident(engine)
    watched = Watched(engine)
    facts_at = NOON + timedelta(hours=1)
    with engine.connect() as connection:
        facts = read_facts(connection, facts_at, since=NOON, untold_before=facts_at)
    watched.clock.advance(timedelta(hours=1))
    assert facts.untold
    judged = judge(facts, NOON, somebody_listens=False)
    assert judged.faults == ()


def test_dead_letters_are_a_worry_that_stops_no_sign_and_withdrawn_ones_are_none(engine: Engine) -> None:
    """D8: dead letters are visible."""
    first, second = open_incident(engine), open_incident(engine)
    make_due(engine, message(first), message(second))
    with writing(engine) as connection:
        mark_dead(connection, [rows_of(engine)[0].id], NOON, "HTTP 400")
        withdraw(connection, second, NOON, "answered by S. Aminah")
    watched = Watched(engine)
    findings = watched.audit_after(timedelta(minutes=1))
    assert findings.status is Status.DEGRADED
    assert watched.beats == ["proven"]
    with engine.connect() as connection:
        [letter] = dead_letters(connection)
    assert (letter.why, letter.receiver) == ("HTTP 400", "piket")


def test_a_recorder_without_sign_of_life_is_a_fault(engine: Engine) -> None:
    watched = Watched(engine)
    watched.clock.advance(timedelta(seconds=61))
    findings = watched.auditor.audit()
    assert findings.faults == ("the recorder shows no sign of life",)
    assert watched.beats == []


def test_the_time_from_event_to_acceptance_is_measured(engine: Engine) -> None:
    """D14"""
    make_due(engine, *(message(open_incident(engine)) for _ in range(3)))
    for seconds in (1, 2, 30):
        send_all(engine, timedelta(seconds=seconds))
    watched = Watched(engine)
    values = watched.audit_after(timedelta(minutes=1)).values
    assert values[MetricName("notice_dwell_p95_seconds")] == 30.0
    assert values[MetricName("notices_waiting_total")] == 0.0
    assert set(values) <= {metric.name for metric in AUDIT_METRICS}


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([], 0.95) is None
    assert percentile([5], 0.95) == timedelta(milliseconds=5)
    assert percentile(list(range(1, 101)), 0.95) == timedelta(milliseconds=95)


def test_an_outside_monitor_hears_the_process_live_and_stop(engine: Engine) -> None:
    """O7: the sign stops with the process; who watches outside tells within its own period."""
    with gateway() as monitor:
        from command_centre.receivers.heartbeat import beat

        signs = Signs(alive=(lambda: beat(f"{monitor.url}/alive"),))
        clock = FrozenClock(NOON)
        auditor = Auditor(engine, clock, lambda _: None, signs, every=timedelta(milliseconds=20))
        stop = threading.Event()
        thread = threading.Thread(target=auditor.run, args=(stop,))
        thread.start()
        until(lambda: len(monitor.asked) >= 3)
        stop.set()
        thread.join(5)
        assert not thread.is_alive(), "whoever stopped gives no sign any more"


def test_a_sign_nobody_hears_stops_no_audit(engine: Engine) -> None:
    def unheard() -> None:
        raise DeliveryError.temporary("no connection")

    watched = Watched(engine)
    watched.auditor.adopt(Signs(proven=(unheard,)))
    assert watched.audit_after(timedelta(minutes=1)).faults == ()
    assert len(watched.readings) == 1
