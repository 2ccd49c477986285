"""The file of a rehearsal: a timeline and the rules to play it through. ``docs/alerts.md`` describes it for people.

A slip of a known key is refused, and all mistakes are told at once. A key that is like none of ours plays no part; whoever reads
the file is told so. Where other systems have another word for the same thing (``keep_firing_for_s``, ``inhibit_rules``), that
word is understood as well; other ways to write the same thing are in ``rehearsal_words``.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from command_centre.config import rehearsal_words as words
from command_centre.config.mistakes import nearest, printable
from command_centre.domain.dependencies import find_cycle
from command_centre.domain.rule import Comparison, Severity

LARGEST_FILE_BYTES = 20_000_000
LONGEST_SECONDS = 400 * 86_400
MOST_LOOKS = 5_000_000
"""Targets times looks: about ten weeks of 720 hotspots at one look a minute need 70 million and are not played in one go."""


class RehearsalError(Exception):
    """The file cannot be played; the text has every reason."""


class Part(BaseModel):
    """A part of the file: frozen. A slip of a key is refused; a strange key plays no part and is noted (context ``ignored``)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        """The part in our own way of writing it."""
        return written

    @model_validator(mode="before")
    @classmethod
    def _in_our_words(cls, written: object, info: ValidationInfo) -> object:
        if not isinstance(written, dict) or not all(isinstance(key, str) for key in written):
            return written
        own = cls.rewritten(written)
        known = known_keys(cls)
        strange = [key for key in own if words.is_strange(key, known)]
        if strange and info.context is not None:
            info.context["ignored"].extend(strange)
        return {key: value for key, value in own.items() if key not in strange}


@functools.cache
def known_keys(part: type[Part]) -> frozenset[str]:
    """Every key that a part understands."""
    keys: set[str] = set()
    for name, field in part.model_fields.items():
        keys.add(name)
        if isinstance(field.validation_alias, AliasChoices):
            keys.update(each for each in field.validation_alias.choices if isinstance(each, str))
    return frozenset(keys)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a number")
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return float(value)


def _seconds(value: float) -> float:
    if not 0 <= value <= LONGEST_SECONDS:
        raise ValueError("must be a time in seconds, 0 or more")
    return value


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _words(value: object) -> object:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return (str(value),)
    return tuple(str(each) for each in value) if isinstance(value, list) else value


Real = Annotated[float, BeforeValidator(_number)]
Seconds = Annotated[float, BeforeValidator(_number), AfterValidator(_seconds)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_several)]
Match = dict[str, Annotated[tuple[str, ...], BeforeValidator(_words)]]


def _comparison(value: object) -> object:
    words = {"=": "==", "eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
    return words.get(value, value) if isinstance(value, str) else value


Op = Annotated[Comparison, BeforeValidator(_comparison)]

_LEVELS = {"high": "critical", "crit": "critical", "page": "critical", "warn": "warning", "low": "info", "notice": "info"}


def _severity(value: object) -> object:
    return _LEVELS.get(value.lower(), value.lower()) if isinstance(value, str) else value


Level = Annotated[Severity, BeforeValidator(_severity)]

DAYS: Mapping[str, int] = MappingProxyType(
    {
        **{name: day for day, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
        **{name: day for day, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))},
        **{name: day for day, name in enumerate(("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"))},
    }
)


def _day(value: object) -> object:
    if isinstance(value, str) and value.lower() in DAYS:
        return DAYS[value.lower()]
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 6:
        return value
    raise ValueError("must be a day of the week, such as mon or senin (or 0 for Monday to 6)")


def _clock(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-4]):[0-5]\d", value):
        hour, minute = value.split(":")
        if hour != "24":
            return time(int(hour), int(minute))
        if minute == "00":
            return time(0)
    raise ValueError("must be a time of day, such as 22:00")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"'{printable(value)}' is not a time zone") from None
    return value


Zone = Annotated[str, AfterValidator(_zone)]
Day = Annotated[int, BeforeValidator(_day)]
Days = Annotated[tuple[Day, ...], BeforeValidator(words.days)]
Clock = Annotated[time, BeforeValidator(_clock)]


class LevelPart(Part):
    """From this limit on, a rule is more severe."""

    severity: Level
    threshold: Real
    op: Op | None = None


class RulePart(Part):
    """One rule: a condition on a metric, or on silence (``nodata_s``)."""

    name: Name
    metric: Name = "up"
    op: Op | None = None
    threshold: Real | None = None
    for_s: Seconds = 0.0
    recover_s: Seconds = Field(
        default=0.0,
        validation_alias=AliasChoices("recover_s", "keep_firing_for_s", "keep_firing_s", "clear_for_s", "resolve_for_s"),
    )
    severity: Level = Severity.WARNING
    clear_op: Op | None = None
    clear_threshold: Real | None = None
    levels: tuple[LevelPart, ...] = ()
    over_s: Seconds | None = Field(default=None, validation_alias=AliasChoices("over_s", "rate_over_s", "change_over_s"))
    nodata_s: Seconds | None = Field(
        default=None,
        validation_alias=AliasChoices(
            "nodata_s",
            "nodata_after_s",
            "nodata_for_s",
            "no_data_s",
            "no_data_after_s",
            "absent_for_s",
            "silent_for_s",
            "stale_after_s",
            "nodata",
        ),
    )
    nodata_severity: Level | None = None
    match: Match = {}
    types: Names = Field(default=(), validation_alias=AliasChoices("types", "type", "applies_to"))
    targets: Names = ()
    channels: Names = Field(default=(), validation_alias=AliasChoices("channels", "receivers", "channel"))
    owner: str = ""
    runbook: str = ""

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.rule(written)

    @model_validator(mode="after")
    def _has_a_condition(self) -> RulePart:
        if (self.op is None) is not (self.threshold is None):
            raise ValueError("'op' and 'threshold' belong together")
        if self.op is None and self.nodata_s is None:
            raise ValueError("has no condition: give 'op' and 'threshold', or 'nodata_s'")
        if (self.clear_op is None) is not (self.clear_threshold is None):
            raise ValueError("'clear_op' and 'clear_threshold' belong together")
        if self.over_s is not None and (self.clear_op is not None or self.levels or self.op is None):
            raise ValueError("'over_s' goes with 'op' and 'threshold' alone")
        _refuse_clear_inside_breach(self)
        return self


def _refuse_clear_inside_breach(rule: RulePart) -> None:
    """The clear limit must lie on the calm side: otherwise an alert could begin and end with the same value."""
    if rule.op is None or rule.clear_op is None or rule.threshold is None or rule.clear_threshold is None:
        return
    rises = rule.op in (Comparison.ABOVE, Comparison.AT_LEAST)
    falls = rule.op in (Comparison.BELOW, Comparison.AT_MOST)
    if (rises and rule.clear_threshold > rule.threshold) or (falls and rule.clear_threshold < rule.threshold):
        raise ValueError("the clear limit lies inside the breach")
    if (rises and rule.clear_op in (Comparison.ABOVE, Comparison.AT_LEAST)) or (
        falls and rule.clear_op in (Comparison.BELOW, Comparison.AT_MOST)
    ):
        raise ValueError("'clear_op' points the same way as 'op'")


class ChannelPart(Part):
    """One receiver by name; it may want only some severities."""

    name: Name
    at_least: Level = Field(default=Severity.INFO, validation_alias=AliasChoices("at_least", "min_severity"))


def _channel(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class NotifyPart(Part):
    """How alerts are gathered and told."""

    group_by: Names = ("rule",)
    group_wait_s: Seconds = 30.0
    group_interval_s: Seconds = 300.0
    repeat_interval_s: Seconds | None = 14_400.0
    send_resolved: bool = True
    channels: tuple[Annotated[ChannelPart, BeforeValidator(_channel)], ...] = Field(
        default=(ChannelPart(name="noc"),), min_length=1, validation_alias=AliasChoices("channels", "channel", "receivers")
    )
    ack_timeout_s: Seconds | None = Field(
        default=None, validation_alias=AliasChoices("ack_timeout_s", "ack_expires_s", "ack_expire_s")
    )


class TargetPart(Part):
    """One thing that is watched. ``parent``: what it depends on; several in ``parents`` stand in for each other."""

    id: Name = Field(validation_alias=AliasChoices("id", "name", "target"))
    type: str = ""
    zone: str = ""
    parent: Names = ()
    parents: Names = Field(default=(), validation_alias=AliasChoices("parents", "depends_on"))
    labels: dict[str, str] = {}

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.target(written, known_keys(cls))

    @property
    def above(self) -> tuple[tuple[str, ...], ...]:
        """What it depends on, in groups that stand in for each other."""
        return tuple(group for group in (self.parent, self.parents) if group)


class FlappingPart(Part):
    """When changing too often counts as flapping (see ``domain.flapping``)."""

    window: Annotated[int, Field(ge=2, le=1000)] = 20
    high_pct: Real = 30.0
    low_pct: Real = 25.0

    @model_validator(mode="after")
    def _in_order(self) -> FlappingPart:
        if not 0 <= self.low_pct <= self.high_pct <= 100:
            raise ValueError("'low_pct' must not be above 'high_pct', both between 0 and 100")
        return self


_FROM = AliasChoices("from_s", "start_s")
_TO = AliasChoices("to_s", "end_s", "until_s")


class SpanPart(Part):
    """A stretch of the timeline; it always ends."""

    from_s: Seconds = Field(default=0.0, validation_alias=_FROM)
    to_s: Seconds = Field(validation_alias=_TO)

    @model_validator(mode="after")
    def _forward(self) -> SpanPart:
        if self.to_s <= self.from_s:
            raise ValueError("must end after it begins")
        return self


class SilencePart(SpanPart):
    """A person's promise of quiet."""

    match: Match = Field(min_length=1, validation_alias=AliasChoices("match", "matcher", "matchers"))
    author: str = Field(default="", validation_alias=AliasChoices("author", "by", "created_by"))
    reason: str = Field(default="", validation_alias=AliasChoices("reason", "comment"))

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.with_end(words.with_match(written))


class HoursPart(Part):
    """Hours of the wall clock; ``to`` not after ``from`` reaches into the next day."""

    from_: Clock = Field(validation_alias=AliasChoices("from", "start"))
    to: Clock = Field(validation_alias=AliasChoices("to", "until", "end"))
    days: Days = Field(default=(), validation_alias=AliasChoices("days", "weekdays", "weekday", "day"))
    timezone: Zone | None = Field(default=None, validation_alias=AliasChoices("timezone", "tz"))


class MaintenancePart(Part):
    """Agreed planned time: once (``from_s`` to ``to_s``) or by the wall clock (``from``, ``to``, ``days``)."""

    name: str = ""
    match: Match = Field(min_length=1, validation_alias=AliasChoices("match", "matcher", "matchers"))
    from_s: Seconds | None = Field(default=None, validation_alias=_FROM)
    to_s: Seconds | None = Field(default=None, validation_alias=_TO)
    from_: Clock | None = Field(default=None, validation_alias=AliasChoices("from", "start"))
    to: Clock | None = Field(default=None, validation_alias=AliasChoices("to", "until", "end"))
    days: Days = Field(default=(), validation_alias=AliasChoices("days", "weekdays", "weekday", "day"))
    timezone: Zone | None = Field(default=None, validation_alias=AliasChoices("timezone", "tz"))
    reason: str = Field(default="", validation_alias=AliasChoices("reason", "comment"))

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.with_end(words.with_hours(words.with_match(written)))

    @model_validator(mode="after")
    def _ends(self) -> MaintenancePart:
        once, weekly = self.from_s is not None or self.to_s is not None, self.from_ is not None or self.to is not None
        if once == weekly:
            raise ValueError("needs 'from_s' and 'to_s', or 'from' and 'to'")
        if (once and self.to_s is None) or (weekly and self.to is None):
            raise ValueError("has no end: every window ends")
        if weekly and self.from_ is None:
            raise ValueError("has no beginning: give 'from'")
        if once and self.to_s is not None and self.to_s <= (self.from_s or 0.0):
            raise ValueError("must end after it begins")
        return self


class StepPart(Part):
    """One step of the chain."""

    after_s: Seconds = Field(validation_alias=AliasChoices("after_s", "after"))
    to: Names = Field(min_length=1, validation_alias=AliasChoices("to", "channel", "channels", "receiver"))
    at_least: Level = Field(default=Severity.INFO, validation_alias=AliasChoices("at_least", "min_severity", "severity"))


class RoutePart(Part):
    """Which channels hear of what, perhaps only at some hours. The first route that fits decides."""

    match: Match = {}
    channels: Names = Field(min_length=1, validation_alias=AliasChoices("channels", "channel", "to", "receiver", "receivers"))
    hours: Annotated[HoursPart | None, BeforeValidator(words.hours)] = Field(
        default=None, validation_alias=AliasChoices("hours", "active", "time")
    )
    also: bool = Field(default=False, validation_alias=AliasChoices("also", "continue"))

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.route(written)


class InhibitPart(Part):
    """While something that fits ``source`` is an alert, what fits ``target`` and has ``equal`` labels is not told."""

    source: Match = Field(min_length=1, validation_alias=AliasChoices("source", "source_match", "source_matchers"))
    target: Match = Field(min_length=1, validation_alias=AliasChoices("target", "target_match", "target_matchers"))
    equal: Names = ()


class ShiftPart(SpanPart):
    """Somebody takes over for a while."""

    who: Name = Field(validation_alias=AliasChoices("who", "person", "to"))


class TurnPart(HoursPart):
    """Somebody's regular hours."""

    who: Name = Field(validation_alias=AliasChoices("who", "person"))


class RotaPart(Part):
    """Who is on duty: people in turn, or by regular hours; overrides come first, ``fallback`` fills the holes."""

    name: Name = "piket"
    people: Names = Field(default=(), validation_alias=AliasChoices("people", "members", "rotation"))
    turn_s: Annotated[Seconds, Field(gt=0)] = Field(
        default=604_800.0, validation_alias=AliasChoices("turn_s", "rotation_s", "shift_s", "every_s")
    )
    start_s: Real = 0.0
    shifts: tuple[TurnPart, ...] = ()
    overrides: tuple[ShiftPart, ...] = ()
    fallback: Names = ()
    timezone: Zone | None = Field(default=None, validation_alias=AliasChoices("timezone", "tz"))

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.rota(written)

    @model_validator(mode="after")
    def _somebody(self) -> RotaPart:
        if not self.people and not self.shifts:
            raise ValueError("has nobody in it: give 'people' or 'shifts'")
        return self


class QuietPart(HoursPart):
    """Hours in which only what is severe enough is told; the rest is gathered for one digest at their end."""

    at_least: Level = Field(default=Severity.CRITICAL, validation_alias=AliasChoices("at_least", "min_severity", "except"))
    digest_at: Clock | None = Field(default=None, validation_alias=AliasChoices("digest_at", "digest"))


class NodataPart(Part):
    """Silence of any target for longer than this is told."""

    after_s: Seconds
    severity: Level = Severity.WARNING


def _nodata(value: object) -> object:
    return {"after_s": value} if isinstance(value, (int, float)) else value


class ConfigPart(Part):
    """The rules of the rehearsal."""

    interval_s: Annotated[Seconds, Field(ge=1)] = 60.0
    rules: tuple[RulePart, ...] = Field(min_length=1)
    notify: NotifyPart = NotifyPart()
    targets: tuple[TargetPart, ...] = Field(min_length=1)
    flapping: FlappingPart | None = None
    silences: tuple[SilencePart, ...] = ()
    maintenance: tuple[MaintenancePart, ...] = Field(
        default=(),
        validation_alias=AliasChoices("maintenance", "maintenances", "maintenance_windows", "windows", "downtimes"),
    )
    escalation: tuple[StepPart, ...] = ()
    routes: tuple[RoutePart, ...] = ()
    inhibit: tuple[InhibitPart, ...] = Field(default=(), validation_alias=AliasChoices("inhibit", "inhibit_rules", "inhibition"))
    rota: Annotated[RotaPart | None, BeforeValidator(words.rota_of_shifts)] = Field(
        default=None, validation_alias=AliasChoices("rota", "oncall", "on_call")
    )
    quiet_hours: Annotated[QuietPart | None, BeforeValidator(words.hours)] = None
    nodata: Annotated[NodataPart | None, BeforeValidator(_nodata)] = Field(
        default=None, validation_alias=AliasChoices("nodata", "nodata_s", "nodata_after_s", "no_data_s", "stale_after_s")
    )
    timezone: Zone | None = None
    start_epoch: Real | None = None

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.config(written)

    @model_validator(mode="after")
    def _fits_together(self) -> ConfigPart:
        wrong = [*_wrong_names(self), *_wrong_parents(self), *_wrong_windows(self), *_wrong_steps(self), *_wrong_shifts(self)]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def _wrong_names(config: ConfigPart) -> Iterable[str]:
    for what, names in (("rules", [each.name for each in config.rules]), ("targets", [each.id for each in config.targets])):
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{what}: '{printable(name)}' is there {count} times"


def _wrong_parents(config: ConfigPart) -> Iterable[str]:
    known = {each.id for each in config.targets}
    for each in config.targets:
        for parent in sorted({name for group in each.above for name in group} - known):
            meant = nearest(parent, known)
            yield f"targets: '{printable(each.id)}' depends on '{printable(parent)}', which nobody knows" + _meant(meant)
    cycle = find_cycle({each.id: each.above for each in config.targets})
    if cycle is not None:
        yield f"targets: the parents go in a circle: {printable(' -> '.join(cycle))}"


def _wrong_windows(config: ConfigPart) -> Iterable[str]:
    """Windows about strangers. A silence may be about one: it is made on the way, and whom it concerns comes and goes."""
    known = {each.id for each in config.targets}
    for place, window in enumerate(config.maintenance):
        for name in window.match.get("target", ()):
            if name not in known and not re.search(r"[*?\[.|]", name):
                yield f"maintenance[{place}]: nobody knows a target '{printable(name)}'" + _meant(nearest(name, known))


def _wrong_steps(config: ConfigPart) -> Iterable[str]:
    afters = [each.after_s for each in config.escalation]
    if afters != sorted(afters):
        yield "escalation: each step must come after the one before it"


def _wrong_shifts(config: ConfigPart) -> Iterable[str]:
    overrides = sorted(config.rota.overrides, key=lambda each: each.from_s) if config.rota is not None else []
    for before, after in itertools.pairwise(overrides):
        if after.from_s < before.to_s:
            yield f"rota: two overrides at once, '{printable(before.who)}' and '{printable(after.who)}'"


def _meant(name: str | None) -> str:
    return f"; did you mean '{name}'?" if name else ""


def _value(value: object) -> object:
    words = {"up": 1.0, "ok": 1.0, "down": 0.0}
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    return None if value is None else _number(value)


class ReadingPart(Part):
    """One reading: when it arrived, what it said of itself when it was taken (``ts``), and the monotonic clock."""

    t: Real
    target: Name = Field(validation_alias=AliasChoices("target", "id"))
    value: Annotated[float | None, BeforeValidator(_value)] = Field(default=None, validation_alias=AliasChoices("value", "v"))
    metric: Name | None = None
    ts: Real | None = None
    mono: Real | None = None


class ActionPart(Part):
    """Something that somebody does, or that happens to us, at ``t``."""

    t: Seconds
    do: Name = Field(validation_alias=AliasChoices("do", "action", "type"))
    target: Names = Field(default=(), validation_alias=AliasChoices("target", "targets"))
    rule: Names = ()
    match: Match = {}
    by: str = Field(default="", validation_alias=AliasChoices("by", "who", "user", "author"))
    down_s: Seconds = 0.0
    channel: Names = Field(default=(), validation_alias=AliasChoices("channel", "channels"))
    mode: str = Field(default="", validation_alias=AliasChoices("mode", "state", "status"))
    for_s: Seconds | None = Field(
        default=None, validation_alias=AliasChoices("for_s", "duration_s", "expires_s", "timeout_s", "to_after_s")
    )
    to_s: Seconds | None = Field(default=None, validation_alias=AliasChoices("to_s", "until_s", "end_s"))
    from_s: Seconds | None = None
    reason: str = Field(default="", validation_alias=AliasChoices("reason", "comment", "note", "text"))
    config: ConfigPart | None = None

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.action(written)

    @model_validator(mode="after")
    def _known(self) -> ActionPart:
        deed = self.deed
        if deed not in set(DEEDS.values()):
            meant = nearest(self.do, DEEDS)
            known = ", ".join(dict.fromkeys(DEEDS.values()))
            raise ValueError(f"'{printable(self.do)}' is nothing that can be done (there are: {known})" + _meant(meant))
        if deed in ("silence", "maintenance") and self.for_s is None and self.to_s is None:
            raise ValueError(f"a {deed} must end: give 'for_s' or 'to_s'")
        if deed in ("silence", "maintenance", "remove", "remove_rule") and not (self.target or self.rule or self.match):
            raise ValueError(f"'{deed}' needs a target")
        if deed == "reload" and self.config is None:
            raise ValueError("'reload' needs a 'config'")
        return self

    @property
    def deed(self) -> str:
        """What is done, in our word for it."""
        return DEEDS.get(self.do, "")


DEEDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("restart", "crash", "kill", "stop"), "restart"),
        **dict.fromkeys(("ack", "acknowledge"), "ack"),
        **dict.fromkeys(("unack", "unacknowledge", "remove_ack"), "unack"),
        **dict.fromkeys(("silence", "add_silence", "snooze"), "silence"),
        **dict.fromkeys(("unsilence", "lift", "lift_silence", "remove_silence", "delete_silence", "expire_silence"), "lift"),
        **dict.fromkeys(("maintenance", "plan", "downtime"), "maintenance"),
        **dict.fromkeys(("channel", "channel_mode", "set_channel", "mode"), "channel"),
        **dict.fromkeys(("channel_down", "channel_fail", "fail_channel"), "channel_down"),
        **dict.fromkeys(("channel_up", "channel_ok", "restore_channel"), "channel_up"),
        **dict.fromkeys(("remove", "remove_target", "delete_target", "delete"), "remove"),
        **dict.fromkeys(("remove_rule", "delete_rule", "disable_rule"), "remove_rule"),
        **dict.fromkeys(("close", "close_incident"), "close"),
        **dict.fromkeys(("reload", "reconfigure"), "reload"),
    }
)
"""What can be done in a rehearsal: every word, and ours for it."""

Series: TypeAlias = str | dict[str, str]


class Rehearsal(Part):
    """The whole file. ``expect``, ``why``, ``basis``, ``strict`` and ``kind`` are for whoever checks the outcome: nothing follows
    from them."""

    id: str = ""
    config: ConfigPart
    series: dict[str, Series] = {}
    readings: tuple[ReadingPart, ...] = ()
    actions: tuple[ActionPart, ...] = ()
    end_s: Seconds | None = None
    timezone: str = "Asia/Jakarta"
    start_epoch: Real = 1_772_434_800.0
    kind: Any = None
    expect: Any = None
    why: Any = None
    basis: Any = None
    strict: Any = None

    @classmethod
    def rewritten(cls, written: dict[str, Any]) -> dict[str, Any]:
        return words.with_whole_reloads(written)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.timezone or self.timezone)

    @property
    def begins_at(self) -> datetime:
        epoch = self.start_epoch if self.config.start_epoch is None else self.config.start_epoch
        return datetime.fromtimestamp(epoch, UTC)

    @model_validator(mode="after")
    def _about_known_targets(self) -> Rehearsal:
        known = {each.id for each in self.config.targets}
        known |= {each.id for action in self.actions if action.config is not None for each in action.config.targets}
        named = [split_series(key, known)[0] for key in self.series] + [each.target for each in self.readings]
        strangers = sorted({name for name in named if name not in known})
        wrong = [f"nobody knows a target '{printable(name)}'" + _meant(nearest(name, known)) for name in strangers[:20]]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def split_series(key: str, targets: set[str]) -> tuple[str, str | None]:
    """Target and metric of the name of a series: ``ap-1``, or ``ap-1.cpu_pct`` (also with ``:`` or ``/``)."""
    if key in targets:
        return key, None
    for mark in (".", ":", "/", "|", " "):
        target, found, metric = key.rpartition(mark)
        if found and target in targets and metric:
            return target, metric
    return key, None


Looks: TypeAlias = tuple[tuple[str, float | None], ...]
"""Readings in order: ``state`` (written U or D) or ``value``, and the number; None where a reading is missing."""

_TOKEN = re.compile(r"(?:([UD_])(\d*))|(?:(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?:x(\d+))?)|(?:(?:NaN|nan|null|None)(?:x(\d+))?)")


def parse_looks(text: str) -> Looks:
    """``U5 D3 _4 91x2``: five times up, three times down, four missing, twice 91. Raises RehearsalError."""
    looks: list[tuple[str, float | None]] = []
    for token in text.split():
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise RehearsalError(f"series: '{printable(token[:40])}' is no reading; written are U5, D3, _4 or 91x2")
        letter, times, number, copies, blanks = match.groups()
        count = int(times or copies or blanks or 1)
        if len(looks) + count > MOST_LOOKS:
            raise RehearsalError("series: is longer than can be played in one go")
        values: Mapping[str | None, tuple[str, float | None]] = {"U": ("state", 1.0), "D": ("state", 0.0), "_": ("value", None)}
        looks.extend([values[letter] if letter else ("value", None if number is None else float(number))] * count)
    return tuple(looks)


def read_rehearsal(path: Path, ignored: list[str] | None = None) -> Rehearsal:
    """The file at ``path``; strange keys are added to ``ignored``. Raises RehearsalError with every mistake in it."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as trouble:
        raise RehearsalError(f"{path}: {trouble.strerror or trouble}") from None
    if len(data) > LARGEST_FILE_BYTES:
        raise RehearsalError(f"{path}: is larger than {LARGEST_FILE_BYTES // 1_000_000} MB")
    try:
        written = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as trouble:
        raise RehearsalError(f"{path}: is not JSON: {trouble}") from None
    return parse_rehearsal(written, ignored)


def parse_rehearsal(written: object, ignored: list[str] | None = None) -> Rehearsal:
    """A rehearsal from what the file holds; strange keys are added to ``ignored``.

    Raises RehearsalError with every mistake in it.
    """
    if not isinstance(written, dict):
        raise RehearsalError("a rehearsal is an object with 'config' and 'series'")
    try:
        return Rehearsal.model_validate(written, context={"ignored": [] if ignored is None else ignored})
    except ValidationError as trouble:
        sentences = [_sentence(each["loc"], each["type"], each["msg"]) for each in trouble.errors(include_url=False)]
        raise RehearsalError("; ".join(dict.fromkeys(sentences))) from None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _sentence(place: tuple[int | str, ...], kind: str, message: str) -> str:
    where = ""
    for step in place:
        where += f"[{step}]" if isinstance(step, int) else f".{step}" if where else step
    said = {"missing": "is missing", "extra_forbidden": "is no key of this file"}.get(kind, message.removeprefix("Value error, "))
    return f"{printable(where)}: {said}" if where else said
