"""The story of an injected site (W11 b, c): from the simulated city over HTTP to wall, messages and evidence, and out again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from command_centre.app.patrolling import IntegrityPatrol
from command_centre.app.wiring import Chosen
from command_centre.commands import Actor, Commands
from command_centre.config.loading import load
from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.rhythm import pace
from command_centre.demo.script import Script, ScriptedFault, Stretch
from command_centre.domain.integrity import Change, FindingKind, View
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import DEFAULT_RULES, INJECTED
from command_centre.pipeline.batch import write_batch
from command_centre.pipeline.integrity import IntegrityDesk
from command_centre.pipeline.rulebook import Rulebook
from command_centre.pipeline.sentences import Words
from command_centre.pipeline.teller import tell
from command_centre.read.evidence import Case, case_of, comparisons
from command_centre.read.queries import Queries
from command_centre.storage.alert_tables import outbox
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.inventory import sync_targets
from layouts import SITUS
from layouts.wall.situs import ids
from layouts.wording import Language, words_for
from tests.support.city import WITA
from tests.support.configuration import KINDS, TINY_CONFIG, write_config
from tests.support.dash_html import to_text
from tests.support.demo_city import ZONE, RunningCity, running_city, site

MINUTE = timedelta(minutes=1)
QUICKEST = min((site(f"dinas{number}") for number in range(200)), key=lambda each: pace(f"{each.short_name}.{ZONE}"))
SITE = replace(QUICKEST, name="Dinas Lingkungan Hidup", short_name="DLH", owner="Dinas Lingkungan Hidup")
REGISTER = (
    "key;name;short_name;owner;group;kelurahan;address\n"
    f"{SITE.key};{SITE.name};{SITE.short_name};{SITE.owner};OPD;;{SITE.address}\n"
)
SCRIPT = Script(
    30 * MINUTE,
    (
        ScriptedFault(SITE.key, Fault(FaultKind.INJECTED), Stretch(2 * MINUTE, 6 * MINUTE)),
        ScriptedFault(SITE.key, Fault(FaultKind.INJECTED_CLOAKED), Stretch(6 * MINUTE, 10 * MINUTE)),
    ),
)
WORDS = words_for(Language.INDONESIAN, WITA)
TO_THE_CSIRT = tuple(replace(each, receivers=("csirt",)) if each.id == INJECTED else each for each in DEFAULT_RULES)


@dataclass
class Town:
    """The city, the product's own parts in one thread, and a clock that only the test moves."""

    city: RunningCity
    engine: Engine
    chosen: Chosen
    desk: IntegrityDesk = field(default_factory=IntegrityDesk)
    rulebook: Rulebook = field(
        default_factory=lambda: Rulebook.of(TO_THE_CSIRT, (), WITA, Orders(receivers=("piket",), zone=WITA))
    )

    def pass_time(self, minutes: int) -> None:
        """Time passes, the site is looked at and scanned where it is due, and what has to be told is told."""
        self.city.advance(minutes * MINUTE)
        asyncio.run(self._scan())
        now = self.city.clock.now()
        with writing(self.engine) as connection:
            write_batch(connection, [Reading(SITE.key, now, Status.UP, Reason.OK)], self.rulebook, now)
            self.desk.chores()[0].do(connection, now, self.rulebook)
            tell(connection, now, self.rulebook, Words())
        with writing(self.engine) as connection:
            tell(connection, now + MINUTE, self.rulebook, Words())

    async def _scan(self) -> None:
        patrol = IntegrityPatrol(self.engine, self.desk, self.city.clock)
        await patrol.take_a_turn(self.chosen, self.city.place)
        await patrol.close()

    def wall(self) -> dict[str, str]:
        """The words of the sites wall, region by region."""
        view = Queries(self.engine, WITA, self.city.clock, is_simulated=True).sites()
        return {region: to_text(drawn) for region, drawn in SITUS.regions(view, WORDS).items()}

    def case(self) -> Case:
        found = case_of(self.engine, SITE.key, self.city.clock.now())
        assert found is not None
        return found

    def told(self) -> list[tuple[str, str]]:
        """Who was told what, in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
        return [(row.receiver, row.kind) for row in rows]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    (tmp_path / "config").mkdir()
    config = load(write_config(tmp_path / "config", TINY_CONFIG + "integrity: {}\n", REGISTER), KINDS)
    engine = open_database(f"sqlite:///{tmp_path / 'city.db'}")
    migrate(engine)
    with running_city([SITE], tmp_path / "city", SCRIPT) as city:
        with writing(engine) as connection:
            sync_targets(connection, config.targets, (), city.clock.now())
        yield Town(city, engine, Chosen(config.as_demo(), tmp_path))
    engine.dispose()


def test_an_injected_site_reaches_wall_messages_and_evidence_is_cloaked_cleaned_and_leaves_again(town: Town) -> None:
    town.pass_time(1)
    assert "judol" not in town.wall()[ids.SENTENCE]
    assert town.told() == []

    town.pass_time(3)  # injected
    wall = town.wall()
    assert wall[ids.SENTENCE].startswith("Situs DLH terindikasi judol")
    assert "BELUM DITERIMA tautan tersembunyi" in wall[ids.ABNORMAL]
    assert "http" not in wall[ids.ABNORMAL]
    assert town.told() == [("csirt", "firing")]
    assert town.case().site.owner == "Dinas Lingkungan Hidup"
    story = town.case().incident
    assert story is not None
    Commands(town.engine, town.city.clock).acknowledge(story, Actor("R. Hidayat", "duty page"))
    assert "R. Hidayat" in town.wall()[ids.ABNORMAL]
    assert comparisons(town.engine, SITE.key) == (), "everybody is sent the same"

    town.pass_time(4)  # cloaked: people are sent the normal page again
    case = town.case()
    assert case.incident == story, "it is still the same story"
    assert FindingKind.CLOAKED_BOT in {each.kind for each in case.findings}
    (pair,) = comparisons(town.engine, SITE.key)
    assert (pair.left.view, pair.right.view) == (View.BROWSER, View.BOT)
    assert any("SLOT" not in each.text and "hxxps" in each.text for each in pair.right_lines if each.is_own)

    town.pass_time(4)  # cleaned: three clean scans in a row
    assert "1 dari 3 pindai bersih" in town.wall()[ids.ABNORMAL]
    town.pass_time(2)
    town.pass_time(2)
    wall = town.wall()
    assert "judol" not in wall[ids.SENTENCE] + wall[ids.ABNORMAL]
    case = town.case()
    assert case.incident is None
    assert [each.change for each in case.changes] == [Change.CLEARED, Change.ALARM]
    assert town.told()[-1] == ("csirt", "resolved")
