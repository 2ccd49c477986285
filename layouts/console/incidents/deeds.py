"""What a press of a button means: from the fields of the page to one command, and from its outcome to a sentence.

Whether the person may is asked here, for each deed: a button that is not shown can still be pressed by whoever writes requests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy.exc import DBAPIError

from command_centre.commands import Actor, CommandRefusedError, Commands, Done, Outcome
from command_centre.domain.incident import Cause, IncidentId
from command_centre.domain.person import Person, Right
from command_centre.domain.target import TargetKey
from layouts.wording import Words
from layouts.wording.console import ConsoleWords, console_words

VIA = "console"

NEEDED: Mapping[str, Right] = MappingProxyType(
    {
        "terima": Right.ACT_ON_INCIDENT,
        "batal": Right.ACT_ON_INCIDENT,
        "tugaskan": Right.ACT_ON_INCIDENT,
        "pln": Right.ACT_ON_INCIDENT,
        "bukan": Right.ACT_ON_INCIDENT,
        "sebab": Right.ACT_ON_INCIDENT,
        "catat": Right.ACT_ON_INCIDENT,
        "tunda": Right.SILENCE,
        "akhiri-tunda": Right.SILENCE,
        "rawat": Right.PLAN,
        "akhiri-rawat": Right.PLAN,
        "uji": Right.RECHECK,
    }
)
"""The right that each deed asks for."""

LENGTHS: Mapping[str, timedelta] = MappingProxyType(
    {
        "30m": timedelta(minutes=30),
        "1h": timedelta(hours=1),
        "4h": timedelta(hours=4),
        "8h": timedelta(hours=8),
        "24h": timedelta(hours=24),
        "72h": timedelta(hours=72),
        "168h": timedelta(hours=168),
    }
)

_TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}))?\s+(.+)")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ T]+(.+)")


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands in the fields of the page. A browser may send anything: everything is text here."""

    note: str = ""
    assignee: str = ""
    cause: str = ""
    length: str = ""
    reason: str = ""
    work: str = ""
    work_from: str = ""
    work_until: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The sentence about a deed; ``is_done``: the fields may be emptied."""

    text: str
    is_done: bool = False


class MomentError(ValueError):
    """A time that cannot be read."""


def moment_in(text: str, now: datetime, words: Words) -> datetime:
    """A moment as people write it, by the city's clock: "14.00", "25-11-2026 14.00", "2026-11-25 14:00". Raises MomentError."""
    local = now.astimezone(words.zone)
    written = text.strip()
    if (found := _YEAR_FIRST.fullmatch(written)) is not None:
        year, month, day, clock = int(found[1]), int(found[2]), int(found[3]), found[4]
    elif (found := _DAY_FIRST.fullmatch(written)) is not None:
        year, month, day, clock = int(found[3] or local.year), int(found[2]), int(found[1]), found[4]
    else:
        year, month, day, clock = local.year, local.month, local.day, written
    time = _TIME.fullmatch(clock.strip())
    if time is None:
        raise MomentError(text)
    try:
        return datetime(year, month, day, int(time[1]), int(time[2]), tzinfo=words.zone)
    except ValueError:
        raise MomentError(text) from None


class Deeds:
    """Does what people ask for. ``story`` is the incident that is open, ``target`` what it is about."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    def do(
        self,
        pressed: str,
        person: Person | None,
        story: IncidentId,
        target: TargetKey,
        fields: Fields,
        now: datetime,
        words: Words,
    ) -> Said:
        """Do it, if the person may; answers with the sentence about what became of it."""
        say = console_words(words.language)
        deed, _, number = pressed.partition(":")
        right = NEEDED.get(deed)
        if right is None or person is None or not person.may(right):
            return Said(say.not_allowed)
        try:
            done = self._do(deed, _number(number), Actor(person.name, VIA), story, target, fields, now, words)
        except MomentError:
            return Said(say.bad_moment)
        except CommandRefusedError:
            return Said(_why(deed, fields, say))
        except DBAPIError:
            return Said(say.cannot_write)
        return _sentence(deed, done, say)

    def _do(
        self,
        deed: str,
        number: int,
        actor: Actor,
        story: IncidentId,
        target: TargetKey,
        fields: Fields,
        now: datetime,
        words: Words,
    ) -> Done:
        match deed:
            case "terima":
                return self._commands.acknowledge(story, actor)
            case "batal":
                return self._commands.take_back(story, actor)
            case "tugaskan":
                return self._commands.assign(story, actor, fields.assignee)
            case "pln" | "bukan" | "sebab":
                return self._commands.label_cause(story, actor, _cause(deed, fields.cause))
            case "catat":
                return self._commands.annotate(story, actor, fields.note)
            case "tunda":
                return self._commands.silence_incident(story, actor, _length(fields.length), fields.reason)
            case "akhiri-tunda":
                return self._commands.lift(number, actor)
            case "rawat":
                starts, ends = moment_in(fields.work_from, now, words), moment_in(fields.work_until, now, words)
                return self._commands.plan(fields.work, [target], actor, starts, ends)
            case "akhiri-rawat":
                return self._commands.call_off(number, actor)
            case _:
                return self._commands.recheck(target, actor)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _cause(deed: str, chosen: str) -> Cause:
    if deed == "pln":
        return Cause.POWER
    if deed == "bukan":
        return Cause.NOT_A_FAULT
    if chosen not in set(Cause):
        raise CommandRefusedError("there is no such cause")
    return Cause(chosen)


def _length(chosen: str) -> timedelta:
    if chosen not in LENGTHS:
        raise CommandRefusedError("there is no such length")
    return LENGTHS[chosen]


def _why(deed: str, fields: Fields, say: ConsoleWords) -> str:
    """The sentence about a command that made no sense."""
    needed = {"catat": fields.note, "tugaskan": fields.assignee, "tunda": fields.reason, "rawat": fields.work}
    if not needed.get(deed, "x").strip():
        return say.words_needed
    return say.bad_plan if deed == "rawat" else say.refused


def _sentence(deed: str, done: Done, say: ConsoleWords) -> Said:
    match done.outcome:
        case Outcome.DONE:
            return Said(say.done[deed], is_done=True)
        case Outcome.ALREADY:
            return Said(say.already, is_done=True)
        case Outcome.TOO_LATE:
            return Said(say.too_late)
        case Outcome.UNKNOWN | Outcome.USED:
            return Said(say.unknown)
