"""What becomes due in the outbox while stories open, grow, are answered and end: real tables, a clock that stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from command_centre.commands import Actor, Commands
from command_centre.domain.calendar import OneOff, Window
from command_centre.domain.incident import IncidentId
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rota import Hours
from command_centre.domain.rule import DEFAULT_RULES, Severity
from command_centre.domain.target import Parent, ParentKind, Place, Target, TargetKey, TargetKind
from command_centre.domain.telling import Step, Told
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.sentences import Words
from command_centre.pipeline.silence_watch import SilenceWatch
from command_centre.pipeline.teller import tell
from command_centre.pipeline.watchman import look_round
from command_centre.storage.alert_tables import outbox, silence
from command_centre.storage.database import writing
from command_centre.storage.inventory import sync_targets
from command_centre.storage.tables import incident, span, target
from command_centre.storage.telling import read_told, write_told
from tests.support.city import WITA, rows, site
from tests.support.clock import NOON, FrozenClock

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
LOKTUAN, GUNTUNG = "64.74.01.1003", "64.74.01.1004"
PROVIDER = Parent(TargetKey("induk:a"), ParentKind.UPLINK, "Jaringan Penyedia A", "Penyedia A", "Penyedia A")
NORTH = Parent(TargetKey("induk:a-utara"), ParentKind.UPLINK, "Uplink A Utara", "A Utara", "Penyedia A", (PROVIDER.key,))
SOUTH = Parent(TargetKey("induk:a-selatan"), ParentKind.UPLINK, "Uplink A Selatan", "A Selatan", "Penyedia A", (PROVIDER.key,))
POWER = Parent(TargetKey("listrik:loktuan"), ParentKind.POWER, "Listrik Loktuan", "Listrik Loktuan", "PLN")
PARENTS = {each.key: each for each in (PROVIDER, NORTH, SOUTH, POWER)}
ORDERS = Orders(
    receivers=("piket",),
    repeat=timedelta(hours=1),
    steps=(Step(15 * MINUTE, ("kabid",)), Step(30 * MINUTE, ("kadis",))),
    zone=WITA,
    parents=PARENTS,
)
WORDS = Words(places={LOKTUAN: "Loktuan", GUNTUNG: "Guntung"})


def hotspot(name: str, *parents: Parent, kelurahan: str = LOKTUAN) -> Target:
    keys = tuple(each.key for each in parents)
    return Target(
        TargetKey(f"wifi:{name}"), TargetKind.HOTSPOT, f"Titik {name}", name, "Tim Wi-Fi", "Wi-Fi", Place(kelurahan), "x", MINUTE,
        parents=keys,
    )  # fmt: skip


class Town:
    """Sites and hotspots on a real database; every ``pass_time`` is a look at all of them and a turn of the teller."""

    def __init__(
        self,
        engine: Engine,
        register: Sequence[Target],
        orders: Orders = ORDERS,
        windows: Sequence[Window] = (),
    ) -> None:
        self.engine, self.register, self.clock = engine, register, FrozenClock()
        self.rulebook = Rulebook.of(DEFAULT_RULES, windows, WITA, orders)
        self.commands = Commands(engine, self.clock)
        self.silence = SilenceWatch().chore()
        self.down: dict[str, Reason] = {}
        self.mute: set[str] = set()
        with writing(engine) as connection:
            sync_targets(connection, register, (), self.clock.now())
        self.look()

    def look(self) -> None:
        now = self.clock.now()
        readings = [self._reading(each.key) for each in self.register if each.key not in self.mute]
        with writing(self.engine) as connection:
            write_batch(connection, readings, self.rulebook, now)
            look_round(connection, now, self.rulebook)
        with writing(self.engine) as connection:
            self.silence.do(connection, now, self.rulebook)
            tell(connection, now, self.rulebook, WORDS)

    def _reading(self, key: str) -> Reading:
        reason = self.down.get(key)
        status = Status.UP if reason is None else Status.DOWN
        return Reading(TargetKey(key), self.clock.now(), status, reason or Reason.OK)

    def pass_time(self, minutes: int) -> None:
        for _ in range(minutes):
            self.clock.advance(MINUTE)
            self.look()

    def fails(self, *keys: str, reason: Reason = Reason.TIMEOUT) -> None:
        self.down.update(dict.fromkeys(keys, reason))

    def recovers(self, *keys: str) -> None:
        for key in keys or tuple(self.down):
            self.down.pop(key)

    def told(self) -> list[tuple[str, str, int]]:
        """Kind, receiver and minute of everything that became due, in order."""
        with self.engine.connect() as connection:
            due = connection.execute(select(outbox).order_by(outbox.c.id)).all()
        start = int(NOON.timestamp() * 1000)
        return [(row.kind, row.receiver, (row.due_at - start) // 60_000) for row in due]

    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.told()]

    def messages(self) -> list[Any]:
        return rows(self.engine, outbox)

    def story(self) -> IncidentId:
        """The newest story that stands by itself."""
        with self.engine.connect() as connection:
            own = select(incident.c.id).where(incident.c.parent_id.is_(None)).order_by(incident.c.id.desc())
            return IncidentId(connection.execute(own).scalars().first() or 0)


ACTOR = Actor("Budi", "console")
SITE = "situs:diskominfo"


def line(count: int, *parents: Parent, first: int = 0, kelurahan: str = LOKTUAN) -> tuple[Target, ...]:
    return tuple(hotspot(f"t{first + number}", *parents, kelurahan=kelurahan) for number in range(count))


def keys(targets: Sequence[Target]) -> tuple[str, ...]:
    return tuple(each.key for each in targets)


# --- one site


def test_an_outage_is_due_once_and_so_is_its_end(engine: Engine) -> None:
    """D1, D9."""
    town = Town(engine, (site(),))
    town.fails(SITE)
    town.pass_time(10)
    assert town.told() == [("firing", "piket", 2)]
    town.recovers()
    town.pass_time(10)
    assert town.kinds() == ["firing", "resolved"]


def test_an_outage_that_ends_while_it_is_gathered_is_never_told(engine: Engine) -> None:
    """D10: stored, not told."""
    town = Town(engine, (site(),), replace(ORDERS, wait=10 * MINUTE))
    town.fails(SITE)
    town.pass_time(3)
    town.recovers()
    town.pass_time(30)
    assert town.told() == []
    assert len(rows(engine, incident)) == 1


def test_what_nobody_answers_climbs_the_chain(engine: Engine) -> None:
    """O1."""
    town = Town(engine, (site(),))
    town.fails(SITE)
    town.pass_time(40)
    assert town.told() == [("firing", "piket", 2), ("escalated", "kabid", 17), ("escalated", "kadis", 32)]


def test_an_answer_stops_the_chain_and_the_reminders_and_everybody_hears_of_it(engine: Engine) -> None:
    """O1."""
    town = Town(engine, (site(),))
    town.fails(SITE)
    town.pass_time(20)
    town.commands.acknowledge(town.story(), ACTOR)
    town.pass_time(100)
    assert town.kinds() == ["firing", "escalated", "acked", "acked"]
    town.recovers()
    town.pass_time(10)
    assert sorted(receiver for kind, receiver, _ in town.told() if kind == "resolved") == ["kabid", "piket"]


def test_an_answer_lapses_and_the_trouble_is_recalled(engine: Engine) -> None:
    town = Town(engine, (site(),), replace(ORDERS, answer_lasts=30 * MINUTE, steps=()))
    town.fails(SITE)
    town.pass_time(5)
    town.commands.acknowledge(town.story(), ACTOR)
    town.pass_time(40)
    assert town.told()[-1] == ("reminder", "piket", 35)


def test_a_long_outage_is_recalled(engine: Engine) -> None:
    """D12."""
    town = Town(engine, (site(),), replace(ORDERS, steps=()))
    town.fails(SITE)
    town.pass_time(130)
    assert town.told() == [("firing", "piket", 2), ("reminder", "piket", 62), ("reminder", "piket", 122)]


def test_within_a_silence_nothing_is_due_but_the_end_of_what_was_told(engine: Engine) -> None:
    """S11."""
    town = Town(engine, (site(),))
    town.fails(SITE)
    town.pass_time(5)
    town.commands.silence({"target": [SITE]}, ACTOR, timedelta(hours=5), "kerja jaringan")
    town.pass_time(60)
    assert town.kinds() == ["firing"]
    town.recovers()
    town.pass_time(10)
    assert town.kinds() == ["firing", "resolved"]


def test_what_is_down_when_a_silence_ends_is_told_then(engine: Engine) -> None:
    town = Town(engine, (site(),), replace(ORDERS, steps=()))
    town.commands.silence({"kind": ["site"]}, ACTOR, timedelta(minutes=30), "kerja jaringan")
    town.fails(SITE)
    town.pass_time(40)
    assert town.told() == [("firing", "piket", 30)]


def test_a_problem_from_before_planned_work_is_recalled_once_after_it(engine: Engine) -> None:
    """M4."""
    work = Window("kerja", frozenset({TargetKey(SITE)}), OneOff(NOON + 5 * MINUTE, NOON + 90 * MINUTE))
    town = Town(engine, (site(),), replace(ORDERS, steps=()), (work,))
    town.fails(SITE)
    town.pass_time(100)
    assert town.told() == [("firing", "piket", 2), ("reminder", "piket", 90)]


def test_a_site_that_leaves_the_register_is_closed_not_recovered(engine: Engine) -> None:
    town = Town(engine, (site(), site("situs:lain")))
    town.fails(SITE)
    town.pass_time(5)
    town.register = (town.register[1],)
    with writing(engine) as connection:
        sync_targets(connection, town.register, (), town.clock.now())
    town.pass_time(10)
    assert town.kinds() == ["firing", "closed"]


def test_a_second_outage_is_a_second_story(engine: Engine) -> None:
    """D11."""
    town = Town(engine, (site(),), replace(ORDERS, steps=()))
    for _ in range(2):
        town.fails(SITE)
        town.pass_time(10)
        town.recovers()
        town.pass_time(10)
    assert town.kinds() == ["firing", "resolved", "firing", "resolved"]
    assert len({row.incident_id for row in town.messages()}) == 2


def test_flapping_is_told_once_and_ended_once(engine: Engine) -> None:
    """S4."""
    town = Town(engine, (site(),), replace(ORDERS, steps=(), repeat=None))
    for _ in range(15):
        town.fails(SITE)
        town.pass_time(1)
        town.recovers()
        town.pass_time(1)
    town.fails(SITE)
    town.pass_time(30)
    kinds = town.kinds()
    assert kinds.count("flapping_start") == kinds.count("flapping_stop") == 1
    assert kinds.count("firing") == 1


def restarted(town: Town) -> Town:
    """The same tables, and nothing else."""
    again = Town.__new__(Town)
    again.__dict__.update(town.__dict__)
    again.rulebook = Rulebook.of(DEFAULT_RULES, (), WITA, replace(ORDERS))
    again.silence = SilenceWatch().chore()
    return again


def test_silences_and_answers_hold_from_the_first_turn_after_a_restart(engine: Engine) -> None:
    """S10."""
    town = Town(engine, (site(), site("situs:lain")))
    town.commands.silence({"target": ["situs:lain"]}, ACTOR, timedelta(hours=5), "kerja jaringan")
    town.fails(SITE)
    town.pass_time(5)
    town.commands.acknowledge(town.story(), ACTOR)
    town.fails("situs:lain")
    again = restarted(town)
    again.pass_time(60)
    assert again.kinds() == ["firing", "acked"]


def test_every_notice_has_a_key_of_its_own_and_deciding_again_adds_none(engine: Engine) -> None:
    """D6, S9: a restart between two turns changes nothing, because everything is in tables."""
    town = Town(engine, (site(),))
    town.fails(SITE)
    town.pass_time(20)
    before = town.told()
    again = restarted(town)
    for _ in range(3):
        again.look()
    assert again.told() == before
    assert len({row.key for row in town.messages()}) == len(before)


def test_in_quiet_hours_what_is_not_critical_waits_for_their_end(engine: Engine) -> None:
    quiet = replace(ORDERS, quiet=Hours(NOON.astimezone(WITA).time(), (NOON + 120 * MINUTE).astimezone(WITA).time()), steps=())
    town = Town(engine, (site(),), quiet)
    town.fails(SITE)
    town.pass_time(5)
    assert town.told() == [("firing", "piket", 120)]


# --- many hotspots


def test_a_line_that_fails_is_one_page_with_its_children(engine: Engine) -> None:
    """S16, S13: 262 hotspots, one page."""
    behind = line(262, NORTH)
    town = Town(engine, (*behind, *line(6, NORTH, first=300)), replace(ORDERS, steps=()))
    town.fails(*keys(behind))
    town.pass_time(4)
    assert town.told() == [("firing", "piket", 2)]
    (message,) = town.messages()
    assert message.severity == Severity.CRITICAL.value
    assert "262 dari 268 titik Wi-Fi terputus: Uplink A Utara" in message.payload
    assert "Loktuan (262)" in message.payload
    children = [row for row in rows(engine, incident) if row.parent_id == message.incident_id]
    assert len(children) == 262
    town.recovers()
    town.pass_time(5)
    assert town.kinds() == ["firing", "resolved"]
    assert all(row.resolved_at is not None for row in rows(engine, incident))


def test_a_child_stays_measured_while_its_cause_is_told_instead_of_it(engine: Engine) -> None:
    """S15."""
    behind = line(20, NORTH)
    town = Town(engine, behind)
    town.pass_time(5)
    town.fails(*keys(behind))
    town.pass_time(10)
    town.recovers()
    town.pass_time(5)
    with engine.connect() as connection:
        first = connection.execute(select(target.c.id).where(target.c.key == behind[0].key)).scalar_one()
        parts = connection.execute(select(span).where(span.c.target_id == first).order_by(span.c.since)).all()
    lengths = [(row.status, (row.until - row.since) // 60_000) for row in parts]
    assert lengths[:2] == [("up", 6), ("down", 10)]
    assert lengths[2][0] == "up"


def test_a_single_hotspot_is_kept_for_the_digest(engine: Engine) -> None:
    behind = line(20, NORTH)
    town = Town(engine, behind)
    town.fails(*keys(behind[:3]))
    town.pass_time(30)
    assert town.told() == []
    assert [row.severity for row in rows(engine, incident)] == ["info"] * 3


def test_it_becomes_worse_when_more_go_down(engine: Engine) -> None:
    behind = line(40, NORTH)
    town = Town(engine, behind, replace(ORDERS, steps=()))
    town.fails(*keys(behind[:8]))
    town.pass_time(5)
    town.fails(*keys(behind))
    town.pass_time(5)
    assert [(row.kind, row.severity) for row in town.messages()] == [("firing", "warning"), ("update", "critical")]


def test_two_lines_that_fail_are_told_as_the_network_of_their_provider(engine: Engine) -> None:
    north, south = line(30, NORTH), line(30, SOUTH, first=100)
    town = Town(engine, (*north, *south), replace(ORDERS, steps=()))
    town.fails(*keys(north))
    town.pass_time(3)
    town.fails(*keys(south))
    town.pass_time(3)
    groups = {row.group_key: row for row in rows(engine, incident) if row.group_key is not None}
    assert groups[NORTH.key].parent_id == groups[PROVIDER.key].id
    assert groups[PROVIDER.key].parent_id is None
    assert [row.incident_id for row in town.messages() if row.kind == "firing"] == [groups[NORTH.key].id, groups[PROVIDER.key].id]
    town.recovers()
    town.pass_time(10)
    assert all(row.resolved_at is not None for row in rows(engine, incident))
    assert town.kinds().count("resolved") == 2


def test_those_that_stay_down_after_the_line_is_back_stand_by_themselves(engine: Engine) -> None:
    behind = line(30, NORTH)
    town = Town(engine, behind, replace(ORDERS, steps=()))
    town.fails(*keys(behind))
    town.pass_time(5)
    town.recovers(*keys(behind[:28]))
    town.pass_time(10)
    left = [row for row in rows(engine, incident) if row.resolved_at is None]
    assert [(row.parent_id, row.severity) for row in left] == [(None, "info"), (None, "info")]
    assert town.kinds() == ["firing", "resolved"]


def test_power_is_suspected_where_an_area_goes_dark(engine: Engine) -> None:
    dark = line(9, NORTH, POWER)
    town = Town(engine, (*dark, *line(60, NORTH, first=100)), replace(ORDERS, steps=()))
    town.fails(*keys(dark))
    town.pass_time(5)
    (message,) = town.messages()
    assert "Listrik Loktuan" in message.payload
    assert "PLN" in message.payload


def test_an_answer_to_the_cause_is_an_answer_for_all_its_children(engine: Engine) -> None:
    behind = line(40, NORTH)
    town = Town(engine, behind)
    town.fails(*keys(behind))
    town.pass_time(5)
    town.commands.acknowledge(IncidentId(town.messages()[0].incident_id), ACTOR)
    town.pass_time(60)
    assert town.kinds() == ["firing", "acked"]


# --- silence is a rule


def test_a_hotspot_that_falls_silent_has_a_story_after_its_waiting_time(engine: Engine) -> None:
    """S5, S6."""
    behind = line(20, NORTH)
    town = Town(engine, behind)
    town.pass_time(20)
    town.mute = {behind[0].key}
    town.pass_time(10)
    assert rows(engine, incident) == []
    town.pass_time(10)
    (story,) = rows(engine, incident)
    assert (story.rule, story.reason, story.resolved_at) == ("hotspot-silent", "silent", None)
    town.mute = set()
    town.pass_time(2)
    (story,) = rows(engine, incident)
    assert story.resolved_at is not None


def test_all_silent_at_once_is_one_page_about_ourselves(engine: Engine) -> None:
    """S7."""
    behind = line(60, NORTH)
    town = Town(engine, behind, replace(ORDERS, steps=()))
    town.pass_time(20)
    town.mute = set(keys(behind))
    town.pass_time(25)
    assert town.kinds() == ["collector_down"]
    assert "60 titik Wi-Fi" in town.messages()[0].payload
    town.mute = set()
    town.pass_time(10)
    assert town.kinds() == ["collector_down", "resolved"]


def test_what_was_silent_before_we_looked_proves_nothing_about_them(engine: Engine) -> None:
    behind = line(10, NORTH)
    town = Town(engine, behind)
    town.clock.advance(timedelta(hours=8))  # nobody watched, and then we are back
    town.silence = SilenceWatch().chore()
    town.mute = set(keys(behind))
    town.pass_time(10)
    assert town.told() == []


# --- the digest, and what is kept


def test_the_digest_comes_once_a_morning_and_says_what_is_small(engine: Engine) -> None:
    behind = line(20, NORTH)
    at = (NOON + 5 * MINUTE).astimezone(WITA).time()
    town = Town(engine, behind, replace(ORDERS, digest_at=at))
    town.fails(*keys(behind[:2]))
    town.pass_time(10)
    assert town.told() == [("digest", "piket", 5)]
    assert "2 gangguan kecil sejak kemarin" in town.messages()[0].payload


@pytest.mark.parametrize(
    "told",
    [
        Told(),
        Told({"a": Severity.CRITICAL}, frozenset({"b"}), frozenset({"a"}), NOON, NOON + SECOND, NOON, 2, ("piket", "kabid")),
    ],
)
def test_what_was_told_is_the_same_after_it_was_written_and_read(told: Told) -> None:
    """S8-S10: nothing of it lives in memory alone."""
    assert read_told(write_told(told)) == told


def test_a_silence_that_cannot_be_read_silences_nothing(engine: Engine) -> None:
    town = Town(engine, (site(),))
    town.commands.silence({"target": [SITE]}, ACTOR, timedelta(hours=5), "kerja jaringan")
    with writing(engine) as connection:
        connection.execute(update(silence).values(matcher="{"))
    town.fails(SITE)
    town.pass_time(5)
    assert town.kinds() == ["firing"]


def test_in_a_flood_the_lesser_news_is_one_message(engine: Engine) -> None:
    """S16: above ten in ten minutes."""
    many = tuple(site(f"situs:s{number}", name=f"Dinas {number}") for number in range(14))
    town = Town(engine, many, replace(ORDERS, steps=()))
    town.fails(*keys(many))
    town.pass_time(5)
    assert town.kinds() == ["digest"]
    assert "14 gangguan baru sekaligus" in town.messages()[0].payload
    town.recovers()
    town.pass_time(10)
    assert town.kinds()[0] == "digest"
    assert all(row.resolved_at is not None for row in rows(engine, incident))


def test_few_at_once_are_told_one_by_one(engine: Engine) -> None:
    many = tuple(site(f"situs:s{number}") for number in range(4))
    town = Town(engine, many, replace(ORDERS, steps=()))
    town.fails(*keys(many))
    town.pass_time(5)
    assert town.kinds() == ["firing"] * 4


def test_a_cause_waits_for_its_children_however_long_ago_the_first_of_them_failed(engine: Engine) -> None:
    behind = line(40, NORTH)
    town = Town(engine, behind, replace(ORDERS, steps=(), wait=3 * MINUTE))
    town.fails(*keys(behind[:4]))
    town.pass_time(3)
    town.fails(*keys(behind[:10]))
    town.pass_time(1)
    town.fails(*keys(behind))
    town.pass_time(4)
    (message,) = town.messages()
    assert "40 dari 40 titik" in message.payload
