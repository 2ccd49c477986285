"""Which sites are easy victims: from the register and the newest readings, and never because nothing is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from command_centre.domain.series import Metric, MetricName, Unit
from command_centre.domain.target import Target
from command_centre.read.stewardship import Risk, is_leftover, stewardship
from command_centre.storage.database import writing
from command_centre.storage.inventory import sync_targets
from tests.support.city import reading, site, write
from tests.support.clock import NOON, FrozenClock

AGE = MetricName("content_age_seconds")
DAY = timedelta(days=1)


def town(engine: Engine, *sites: Target) -> None:
    with writing(engine) as connection:
        sync_targets(connection, sites, [Metric(AGE, Unit.SECONDS, "Age of the newest content.")], NOON)


def risks(engine: Engine) -> dict[str, tuple[Risk, ...]]:
    return {each.key: each.risks for each in stewardship(engine, FrozenClock(NOON))}


def test_a_site_in_good_hands_is_not_listed_and_one_without_any_comes_first(engine: Engine) -> None:
    good = replace(site("situs:baik"), address="https://baik.contoh.go.id/")
    bad = replace(site("situs:gugus", name="Gugus Tugas Covid"), address="http://gugus.example/", owner=" ")
    plain = replace(site("situs:http"), address="http://http.contoh.go.id/")
    town(engine, good, bad, plain)
    assert list(risks(engine).items()) == [
        ("situs:gugus", (Risk.LEFTOVER, Risk.NO_OWNER, Risk.HTTP_ONLY, Risk.OFF_DOMAIN)),
        ("situs:http", (Risk.HTTP_ONLY,)),
    ]


def test_old_content_is_neglect_and_unknown_content_is_not(engine: Engine) -> None:
    old, unknown = (replace(site(f"situs:{name}"), address=f"https://{name}.contoh.go.id/") for name in ("lama", "entah"))
    town(engine, old, unknown)
    write(engine, reading(NOON, key="situs:lama", values={AGE: (900 * DAY).total_seconds()}), reading(NOON, key="situs:entah"))
    found = stewardship(engine, FrozenClock(NOON))
    assert [(each.key, each.risks, each.neglected_days) for each in found] == [("situs:lama", (Risk.NEGLECTED,), 900)]


@pytest.mark.parametrize(
    ("text", "is_over"),
    [
        ("Satgas Covid-19", True),
        ("Pemilu 2024", True),
        ("http://mtq2019.contoh.go.id", True),
        ("Rencana Kerja 2026", False),
        ("Rencana Kerja 2025", False),
        ("Dinas Perlombaan", False),
        ("Diskominfo, NIP 19702019011001", False),
    ],
)
def test_a_name_that_names_an_occasion_or_a_past_year_is_a_left_over(text: str, *, is_over: bool) -> None:
    assert is_leftover(text, NOON) is is_over
