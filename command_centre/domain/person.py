"""Who somebody is to us, and what that allows. Pure: roles, not names, decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """Four kinds of visitor. Each may do what the one before may, and more."""

    WALL = "wall"  # a screen in the room: the wall pages and their live feed, nothing else
    OFFICIAL = "official"  # reads everything but what protects the system itself
    OPERATOR = "operator"  # acts on incidents, silences, plans, rechecks
    ADMIN = "admin"  # accounts, tokens, configuration

    def includes(self, other: Role) -> bool:
        """Whether this role may do what ``other`` may."""
        return _RANK[self] >= _RANK[other]


_RANK: Mapping[Role, int] = MappingProxyType({role: place for place, role in enumerate(Role)})


class Right(StrEnum):
    """What somebody may want to do; each belongs to the least role that has it."""

    SEE_WALLS = "see_walls"
    READ = "read"
    EXPORT = "export"
    ENTER_INDICATOR = "enter_indicator"  # a figure typed in by hand, with its evidence
    ACT_ON_INCIDENT = "act_on_incident"
    SILENCE = "silence"
    PLAN = "plan"
    RECHECK = "recheck"
    JUDGE_FINDING = "judge_finding"  # confirm a judol finding, or call it a false alarm
    SEE_EVIDENCE = "see_evidence"  # what a hacked page really sent
    FOLLOW_UP = "follow_up"
    APPROVE_SNAPSHOT = "approve_snapshot"  # record who signed a frozen period
    ADOPT_HOTSPOT = "adopt_hotspot"
    SEE_AUDIT = "see_audit"
    RELOAD = "reload"
    MANAGE_PEOPLE = "manage_people"


NEEDS: Mapping[Right, Role] = MappingProxyType(
    {
        Right.SEE_WALLS: Role.WALL,
        Right.READ: Role.OFFICIAL,
        Right.EXPORT: Role.OFFICIAL,
        Right.ENTER_INDICATOR: Role.OFFICIAL,
        Right.ACT_ON_INCIDENT: Role.OPERATOR,
        Right.SILENCE: Role.OPERATOR,
        Right.PLAN: Role.OPERATOR,
        Right.RECHECK: Role.OPERATOR,
        Right.JUDGE_FINDING: Role.OPERATOR,
        Right.SEE_EVIDENCE: Role.OPERATOR,
        Right.FOLLOW_UP: Role.OPERATOR,
        Right.APPROVE_SNAPSHOT: Role.OPERATOR,
        Right.ADOPT_HOTSPOT: Role.OPERATOR,
        Right.SEE_AUDIT: Role.ADMIN,
        Right.RELOAD: Role.ADMIN,
        Right.MANAGE_PEOPLE: Role.ADMIN,
    }
)
"""The least role for each right. A test holds that every right is named."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the program knows: an account that signed in, or the bearer of a token. ``must_replace``: a one-time password."""

    name: str
    role: Role
    must_replace: bool = False

    def may(self, right: Right) -> bool:
        """Whether this person's role has the right. With a one-time password still in use, only the walls may be seen."""
        return self.role.includes(NEEDS[right]) and not (self.must_replace and right is not Right.SEE_WALLS)


FREE_FOR_PAIR = 5
"""Failures of one name from one address that cost nothing yet."""
FREE_FOR_ADDRESS = 20
"""Of one address, whatever the names: several people may share it."""
FREE_FOR_NAME = 50
"""Of one name from anywhere: many, or a stranger could keep somebody out of the system by failing in their name."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=24)
MOST_DOUBLINGS = 10


def pause_after(failures: int, free: int) -> timedelta:
    """How long nobody may try again after so many failures: ``free`` cost nothing, then 30 s, doubling up to one hour."""
    if failures < free:
        return timedelta(0)
    return min(FIRST_PAUSE * (1 << min(failures - free, MOST_DOUBLINGS)), LONGEST_PAUSE)


def failures_that_count(failures: int, last_at: datetime, at: datetime) -> int:
    """After a day without a failure the earlier ones are forgotten."""
    return 0 if at - last_at >= FORGOTTEN_AFTER else failures
