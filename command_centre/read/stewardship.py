"""Which sites are easy victims, and why: risk that somebody should take care of, shown apart from incidents.

Nothing here says that a site was broken into. Made from the register and from what the collectors last measured; what was not
measured is no risk that is known, and is not listed as one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Engine, select

from command_centre.domain.ports import Clock
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.read.register import Flaw, RegisterQueries
from command_centre.storage.tables import target

OLD_AFTER_YEARS = 1
"""A year in a site's name that lies further back names something that is over."""

_TEMPORARY = re.compile(
    r"(?<![a-z])(covid|corona|gugus[ -]tugas|vaksin|pilkada|pemilu|pilpres|mtq|porprov|popda|sensus"
    r"|hut[ -]kota|festival|lomba)(?![a-z])"
)
"""What a site is called that was made for one occasion."""
_YEAR = re.compile(r"(?<!\d)20[0-3]\d(?!\d)")


class Risk(StrEnum):
    """One reason why a site is an easy victim."""

    NEGLECTED = "neglected"  # its newest content is older than half a year
    LEFTOVER = "leftover"  # made for one occasion that is over, as its name says
    NO_OWNER = "no_owner"
    HTTP_ONLY = "http_only"
    OFF_DOMAIN = "off_domain"  # not below go.id: nobody in the city may hold the name


_FLAW_OF: Mapping[str, Risk] = MappingProxyType(
    {"neglected": Risk.NEGLECTED, "no_owner": Risk.NO_OWNER, "http_only": Risk.HTTP_ONLY, "off_domain": Risk.OFF_DOMAIN}
)


@dataclass(frozen=True, slots=True)
class SiteRisk:
    """One site and its risks. ``neglected_days``: how old its newest content is, where that is one of them."""

    key: TargetKey
    name: str
    owner: str
    risks: tuple[Risk, ...]
    neglected_days: int | None


def stewardship(engine: Engine, clock: Clock) -> tuple[SiteRisk, ...]:
    """The sites with a risk, those with most first."""
    flaws = RegisterQueries(engine, clock).flaws()
    with engine.connect() as connection:
        asked = select(target.c.key, target.c.name, target.c.owner, target.c.address)
        rows = connection.execute(asked.where(target.c.kind == TargetKind.SITE.value, target.c.removed_at.is_(None))).all()
    risks: dict[str, list[Risk]] = {row.key: [] for row in rows}
    for flaw, risk in _FLAW_OF.items():
        for each in flaws.get(flaw, ()):
            if each.key in risks:
                risks[each.key].append(risk)
    for row in rows:
        if is_leftover(f"{row.name} {row.address or ''}", clock.now()):
            risks[row.key].append(Risk.LEFTOVER)
    days = _days(flaws.get("neglected", ()))
    found = [
        SiteRisk(TargetKey(row.key), row.name, row.owner, tuple(sorted(risks[row.key], key=list(Risk).index)), days.get(row.key))
        for row in rows
        if risks[row.key]
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.risks), -(each.neglected_days or 0), each.name)))


def is_leftover(text: str, now: datetime) -> bool:
    """Whether a name or address names an occasion, or a year that is past."""
    years = [int(each) for each in _YEAR.findall(text)]
    return bool(_TEMPORARY.search(text.lower())) or any(each < now.year - OLD_AFTER_YEARS for each in years)


def _days(flaws: tuple[Flaw, ...]) -> Mapping[str, int | None]:
    return {each.key: each.days for each in flaws}
