"""The patrol: sites in turn, within the night, each as often as it is due; from a real page over HTTP into the tables."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from command_centre.app.patrolling import IntegrityPatrol
from command_centre.app.wiring import Chosen
from command_centre.config.integrity import IntegritySection
from command_centre.config.loading import load
from command_centre.config.model import Mode
from command_centre.domain.integrity import Phase, Verdict
from command_centre.domain.rule import DEFAULT_RULES
from command_centre.pipeline.integrity import IntegrityDesk
from command_centre.pipeline.rulebook import Rulebook
from command_centre.read.integrity import SiteIntegrity, integrity
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.inventory import sync_targets
from tests.collectors.integrity.corpus.infected import links
from tests.collectors.integrity.corpus.templates import ORDINARY, TEMPLATES, Parts
from tests.support.clock import NOON, FrozenClock
from tests.support.configuration import KINDS, TINY_CONFIG, write_config
from tests.support.http_servers import response, serving

WITA = ZoneInfo("Asia/Makassar")
SITES = "key;name;short_name;owner;group;kelurahan;address\nsitus:uji;Dinas Uji;Uji;Dinas Uji;OPD;;{url}\n"
HACKED = TEMPLATES[1](Parts(main=ORDINARY[0], footer=f'<div style="display:none">{links("slot")}</div>'))
CLEAN = TEMPLATES[1](Parts(main=ORDINARY[0]))
NIGHT = NOON.replace(hour=18)  # 02:00 WITA
DAY = NOON.replace(hour=4)  # noon in Bontang


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database; what the patrol writes is tried on both kinds in ``tests/pipeline``."""
    opened = open_database(f"sqlite:///{tmp_path / 'uji.db'}")
    migrate(opened)
    yield opened
    opened.dispose()


def chosen(folder: Path, url: str, section: str = "integrity: {}\n") -> Chosen:
    """A live configuration with one site at this address."""
    config = load(write_config(folder, TINY_CONFIG + section, SITES.format(url=url)), KINDS)
    return Chosen(replace(config, mode=Mode.LIVE), folder)


def patrolled(
    engine: Engine, folder: Path, page: str, *clocks: FrozenClock, section: str = "integrity: {}\n"
) -> list[SiteIntegrity]:
    """What is known of the site after one turn at each of these times, and how it was asked."""

    async def scene() -> list[SiteIntegrity]:
        desk = IntegrityDesk()
        seen: list[SiteIntegrity] = []
        async with serving(response(page)) as site:
            now = chosen(folder, site.url(), section)
            with writing(engine) as connection:
                sync_targets(connection, now.config.targets, [], NOON.astimezone(WITA))
            for clock in clocks:
                patrol = IntegrityPatrol(engine, desk, clock)
                await patrol.take_a_turn(now, None)
                await patrol.close()
                with writing(engine) as connection:
                    desk.chores()[0].do(connection, clock.now(), Rulebook.of(DEFAULT_RULES, (), WITA))
                seen += integrity(engine, clock.now()).sites
        return seen

    return asyncio.run(scene())


def test_a_hacked_site_is_in_alarm_after_its_turn(engine: Engine, tmp_path: Path) -> None:
    seen = patrolled(engine, tmp_path, HACKED, FrozenClock(NIGHT))
    assert [(each.phase, each.verdict) for each in seen] == [(Phase.INDICATED, Verdict.INDICATED)]
    assert all("http:" not in finding.excerpt for finding in seen[0].findings)


def test_a_site_is_left_alone_by_day(engine: Engine, tmp_path: Path) -> None:
    assert patrolled(engine, tmp_path, HACKED, FrozenClock(DAY)) == []


def test_without_the_section_nothing_is_searched(engine: Engine, tmp_path: Path) -> None:
    assert patrolled(engine, tmp_path, HACKED, FrozenClock(NIGHT), section="") == []


def test_a_clean_site_is_not_searched_twice_in_a_night_and_again_in_the_next(engine: Engine, tmp_path: Path) -> None:
    later, next_night = NIGHT + timedelta(hours=2), NIGHT + timedelta(days=1)
    seen = patrolled(engine, tmp_path, CLEAN, *map(FrozenClock, (NIGHT, later, next_night)))
    assert [(each.phase, each.last_scan_at) for each in seen] == [
        (Phase.CLEAN, NIGHT),
        (Phase.CLEAN, NIGHT),
        (Phase.CLEAN, next_night),
    ]


@pytest.mark.parametrize(
    ("clock", "is_night"), [("21:59", False), ("22:00", True), ("00:00", True), ("04:59", True), ("05:00", False)]
)
def test_the_night_goes_over_midnight_and_ends_on_the_minute(clock: str, *, is_night: bool) -> None:
    assert IntegritySection().covers(clock) is is_night


def test_an_afternoon_does_not_go_over_midnight() -> None:
    section = IntegritySection.model_validate({"from": "13:00", "until": "15:00"})
    assert [section.covers(each) for each in ("12:59", "13:00", "14:59", "15:00", "23:00")] == [False, True, True, False, False]
