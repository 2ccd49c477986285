"""Deadline watch: what is open becomes as severe as the city's calendar says. Before it is told, in the same transaction.

What was raised stays so while it lasts, also beyond the deadline: severity never falls by the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from command_centre.domain.deadline import Deadline, in_force, is_raised
from command_centre.storage.raising import open_stories_of, raise_severity
from command_centre.storage.telling import Story


def raise_by_calendar(connection: Connection, at: datetime, deadlines: Sequence[Deadline]) -> int:
    """Raise the open stories of targets whose deadline is in force; returns how many."""
    now = [each for each in deadlines if each.during.contains(at)]
    if not now:
        return 0
    raised = 0
    for story in open_stories_of(connection, frozenset[str]().union(*(each.targets for each in now))):
        deadline = in_force(now, story.target, at)
        if deadline is not None and is_raised(deadline, story.severity):
            raise_severity(connection, story, deadline.raise_to, deadline.name, at)
            raised += 1
    return raised


def deadline_of(story: Story, at: datetime, deadlines: Sequence[Deadline]) -> Deadline | None:
    """The deadline that makes a story as severe as it is; None where it would be so anyway."""
    deadline = None if story.group_key is not None or story.resolved_at is not None else in_force(deadlines, story.target, at)
    return deadline if deadline is not None and story.severity is deadline.raise_to else None
