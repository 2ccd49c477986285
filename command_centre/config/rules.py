"""``alerts``, ``rules`` and ``rota`` in ``config.yaml``: what is told, to whom, who is next, who is on duty.

Every target is covered without a line here (``domain.rule.DEFAULT_RULES``). An entry of ``rules`` with the id of one of those
changes it; any other is a rule of its own, and needs an owner and a first step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from command_centre.config.deadlines import DeadlineEntry, build_deadlines
from command_centre.config.durations import Duration, parse_duration, parse_positive
from command_centre.config.mistakes import nearest, quoted
from command_centre.config.model import Line, Number, Section
from command_centre.config.naming import Names
from command_centre.config.translate import Findings
from command_centre.config.translate import Path as Trail
from command_centre.config.windows import DAYS
from command_centre.domain.calendar import EVERY_DAY, Interval
from command_centre.domain.orders import Orders
from command_centre.domain.reading import Status
from command_centre.domain.rota import ANNOUNCED_AHEAD, Hours, Rota, Shift, holes, overlapping
from command_centre.domain.rule import (
    DEFAULT_RULES,
    Comparison,
    Condition,
    Limit,
    Rule,
    RuleId,
    Severity,
    SilentFor,
    StatusIs,
    Threshold,
)
from command_centre.domain.series import MetricName
from command_centre.domain.target import Parent, TargetKey, TargetKind
from command_centre.domain.telling import Step

NEVER = "never"
ONE_WEEK = timedelta(days=7)
LONGEST_AHEAD = timedelta(days=30)
EPOCH_MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001 - the city's own clock; its zone is put to it


def _clock(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise ValueError('must be a time of day in quotation marks, such as "07:00"')


def _or_never(value: object) -> object:
    length = None if value == NEVER else parse_positive(value)
    if length is not None and length < timedelta(minutes=1):
        raise ValueError("must be at least 1m: whoever is told more often stops listening")
    return length


def _ahead(value: object) -> object:
    length = parse_positive(value)
    if not timedelta(days=1) <= length <= LONGEST_AHEAD:
        raise ValueError("must be between 1d and 30d: who is told too late cannot swap, who is told too early forgets")
    return length


def _moment(value: object) -> object:
    if isinstance(value, str):
        try:
            return datetime.strptime(value, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the city's own clock; its zone is put to it
        except ValueError:
            pass
    raise ValueError("must be a moment such as 2026-03-02 08:00")


Clock = Annotated[time, BeforeValidator(_clock)]
Hold = Annotated[timedelta | None, BeforeValidator(parse_duration)]
Repeat = Annotated[timedelta | None, BeforeValidator(_or_never)]
Ahead = Annotated[timedelta, BeforeValidator(_ahead)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class ChainStep(Section):
    """Who is told when nobody has answered for so long."""

    after: Duration
    to: tuple[Line, ...] = Field(min_length=1)
    at_least: Severity = Severity.WARNING


class AlertsSection(Section):
    """How incidents are told."""

    receivers: tuple[Line, ...] = ()
    wait: Duration = timedelta(seconds=30)
    interval: Duration = timedelta(minutes=5)
    repeat: Repeat = timedelta(hours=4)
    answer_lasts: Repeat = timedelta(hours=4)
    chain: tuple[ChainStep, ...] = ()
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    digest_at: Clock | None = time(7)
    deadlines: tuple[DeadlineEntry, ...] = ()


class RuleEntry(Section):
    """One rule as written. Without ``id`` of a known rule it needs a kind, a condition, an owner and a first step."""

    id: Line
    kind: TargetKind | None = None
    status: tuple[Status, ...] = ()
    metric: Line | None = None
    above: Number | None = None
    below: Number | None = None
    clear: Number | None = None
    silent_for: Duration | None = None
    hold: Hold = None
    recover: Hold = None
    severity: Severity | None = None
    owner: Line | None = None
    runbook: Line | None = None
    receivers: tuple[Line, ...] = ()


class OverrideEntry(Section):
    """Somebody takes over for a while: leave, or a swap."""

    who: Line
    from_: Moment = Field(alias="from")
    until: Moment


class RotaEntry(Section):
    """Who is on duty, in turns of ``turn`` from ``starts`` on, within ``from`` to ``until`` on ``days`` where they are given."""

    name: Line
    people: tuple[Line, ...] = Field(min_length=1)
    turn: Duration = ONE_WEEK
    starts: Moment = EPOCH_MONDAY
    from_: Clock | None = Field(default=None, alias="from")
    until: Clock | None = None
    days: tuple[Line, ...] = ()
    overrides: tuple[OverrideEntry, ...] = ()
    fallback: tuple[Line, ...] = ()
    announce: Ahead = ANNOUNCED_AHEAD


def assemble(
    section: AlertsSection | None,
    rules: Mapping[int, RuleEntry],
    rotas: Mapping[int, RotaEntry],
    receivers: Sequence[str],
    parents: Iterable[Parent],
    zone: ZoneInfo,
    findings: Findings,
    names: Names,
    everybody: Sequence[str] | None = None,
) -> tuple[tuple[Rule, ...], Orders]:
    """The rules and the orders in force; every mistake is noted. ``everybody``: who hears where nobody is named."""
    on_duty = build_rotas(rotas, receivers, zone, findings)
    known, alerts = (*receivers, *on_duty), section or AlertsSection()
    orders = build_orders(alerts, receivers, on_duty, parents, zone, findings, everybody)
    deadlines = build_deadlines(alerts.deadlines, names, zone, findings)
    return build_rules(rules, known, findings), replace(orders, deadlines=deadlines)


def build_rules(entries: Mapping[int, RuleEntry], receivers: Iterable[str], findings: Findings) -> tuple[Rule, ...]:
    """The rules in force: the defaults, changed and added to. Every mistake is noted."""
    rules = {each.id: each for each in DEFAULT_RULES}
    known, written = set(receivers), set[str]()
    for index, entry in entries.items():
        path: Trail = ("rules", index)
        if entry.id in written:
            findings.refuse((*path, "id"), f"{quoted(entry.id)} is there twice")
        written.add(entry.id)
        refuse_strangers(entry.receivers, known, (*path, "receivers"), findings)
        rule = _rule(entry, rules.get(RuleId(entry.id)), path, findings)
        if rule is not None:
            rules[rule.id] = rule
    return tuple(rules.values())


def refuse_strangers(names: Sequence[str], known: Iterable[str], path: Trail, findings: Findings) -> None:
    """Receivers that nobody knows."""
    for place, name in enumerate(names):
        _refuse_stranger(name, known, (*path, place), findings)


def _refuse_stranger(name: str, known: Iterable[str], path: Trail, findings: Findings) -> None:
    if name not in set(known):
        findings.refuse(path, f"{quoted(name)} is neither a receiver nor a rota", nearest(name, known))


def _rule(entry: RuleEntry, known: Rule | None, path: Trail, findings: Findings) -> Rule | None:
    condition = _condition(entry, path, findings)
    if known is not None:
        return _changed(known, entry, condition, path, findings)
    for key, value in (("kind", entry.kind), ("severity", entry.severity), ("owner", entry.owner), ("runbook", entry.runbook)):
        if value is None:
            findings.refuse_missing((*path, key))
    if condition is None:
        findings.refuse(path, "a rule needs a condition: 'status', 'metric' with 'above' or 'below', or 'silent_for'")
    if condition is None or not (entry.kind and entry.severity and entry.owner and entry.runbook):
        return None
    return Rule(
        RuleId(entry.id),
        entry.kind,
        condition,
        entry.hold or timedelta(0),
        entry.recover or timedelta(0),
        entry.severity,
        owner=entry.owner,
        runbook=entry.runbook,
        receivers=entry.receivers,
    )


def _changed(known: Rule, entry: RuleEntry, condition: Condition | None, path: Trail, findings: Findings) -> Rule:
    if entry.kind is not None and entry.kind is not known.applies_to:
        findings.refuse(
            (*path, "kind"), f"rule {quoted(known.id)} is about {known.applies_to.value}; give another rule another id"
        )
    return replace(
        known,
        condition=known.condition if condition is None else condition,
        hold=known.hold if entry.hold is None else entry.hold,
        recover=known.recover if entry.recover is None else entry.recover,
        severity=entry.severity or known.severity,
        owner=entry.owner or known.owner,
        asks_owner=known.asks_owner and entry.owner is None,
        runbook=entry.runbook or known.runbook,
        receivers=entry.receivers or known.receivers,
    )


def _condition(entry: RuleEntry, path: Trail, findings: Findings) -> Condition | None:
    """The one condition of an entry; None where it gives none, or more than one (which is noted)."""
    given = [bool(entry.status), entry.metric is not None, entry.silent_for is not None]
    if sum(given) > 1:
        findings.refuse(path, "has more than one condition: give 'status', 'metric' or 'silent_for'")
        return None
    if entry.metric is None and (entry.above, entry.below, entry.clear) != (None, None, None):
        findings.refuse_missing((*path, "metric"))
        return None
    if entry.status:
        return StatusIs(frozenset(entry.status))
    if entry.silent_for is not None:
        return SilentFor(entry.silent_for)
    return None if entry.metric is None else _threshold(entry, entry.metric, path, findings)


def _threshold(entry: RuleEntry, metric: str, path: Trail, findings: Findings) -> Condition | None:
    if (entry.above is None) is (entry.below is None):
        findings.refuse(path, "needs either 'above' or 'below'")
        return None
    rises = entry.above is not None
    limit = entry.above if entry.above is not None else entry.below
    if limit is None:
        return None
    if entry.clear is not None and (entry.clear > limit if rises else entry.clear < limit):
        findings.refuse((*path, "clear"), "lies inside the breach: calm must begin on the other side of the limit")
    clear = None
    if entry.clear is not None:
        clear = Limit(Comparison.AT_MOST if rises else Comparison.AT_LEAST, entry.clear)
    return Threshold(MetricName(metric), Limit(Comparison.ABOVE if rises else Comparison.BELOW, limit), clear)


def build_rotas(
    entries: Mapping[int, RotaEntry], receivers: Iterable[str], zone: ZoneInfo, findings: Findings
) -> dict[str, Rota]:
    """The rotas by name. Every mistake is noted; a hole that a fallback fills is a warning."""
    rotas: dict[str, Rota] = {}
    known = set(receivers)
    for index, entry in entries.items():
        path: Trail = ("rota", index)
        if entry.name in rotas or entry.name in known:
            findings.refuse((*path, "name"), f"{quoted(entry.name)} is already the name of a receiver or a rota")
        for key, names in (("people", entry.people), ("fallback", entry.fallback)):
            refuse_strangers(names, known, (*path, key), findings)
        for place, each in enumerate(entry.overrides):
            _refuse_stranger(each.who, known, (*path, "overrides", place, "who"), findings)
        rota = _rota(entry, path, zone, findings)
        if rota is not None:
            _look_for_holes(rota, path, findings)
            rotas[entry.name] = rota
    return rotas


def _rota(entry: RotaEntry, path: Trail, zone: ZoneInfo, findings: Findings) -> Rota | None:
    if (entry.from_ is None) is not (entry.until is None):
        findings.refuse(path, "'from' and 'until' belong together")
        return None
    strangers = [day for day in entry.days if day.lower() not in DAYS]
    for day in strangers:
        findings.refuse((*path, "days"), f"{quoted(day)} is no day of the week", nearest(day, DAYS))
    for place, each in enumerate(entry.overrides):
        if each.until <= each.from_:
            findings.refuse((*path, "overrides", place, "until"), "must come after 'from'")
    if strangers or any(each.until <= each.from_ for each in entry.overrides):
        return None
    days = frozenset(DAYS[day.lower()] for day in entry.days) or EVERY_DAY
    covered = None if entry.from_ is None or entry.until is None else Hours(entry.from_, entry.until, days)
    shifts = tuple(Shift(each.who, Interval(_there(each.from_, zone), _there(each.until, zone))) for each in entry.overrides)
    pair = overlapping(shifts)
    if pair is not None:
        findings.refuse((*path, "overrides"), f"two overrides at once: {quoted(pair[0].who)} and {quoted(pair[1].who)}")
    starts = _there(entry.starts, zone)
    return Rota(entry.name, entry.people, entry.turn, starts, zone, covered, (), shifts, entry.fallback, entry.announce)


def _there(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone).astimezone(UTC)


def _look_for_holes(rota: Rota, path: Trail, findings: Findings) -> None:
    week = Interval(rota.starts_at, rota.starts_at + ONE_WEEK)
    found = holes(rota, week)
    if not found:
        return
    begins, ends = (each.astimezone(rota.zone) for each in (found[0].start, found[0].end))
    when = f"{begins:%A %H:%M} to {ends:%A %H:%M}"
    if rota.fallback:
        findings.warn((*path, "name"), f"nobody is on duty from {when}; a page then goes to the fallback")
    else:
        findings.refuse(path, f"nobody is on duty from {when}: give a 'fallback', or cover these hours")


def build_orders(
    section: AlertsSection,
    receivers: Sequence[str],
    rotas: Mapping[str, Rota],
    parents: Iterable[Parent],
    zone: ZoneInfo,
    findings: Findings,
    everybody: Sequence[str] | None = None,
) -> Orders:
    """How incidents are told. Where nobody is named, everybody who can be told is, or who ``everybody`` lists."""
    known = (*receivers, *rotas)
    refuse_strangers(section.receivers, known, ("alerts", "receivers"), findings)
    for place, step in enumerate(section.chain):
        refuse_strangers(step.to, known, ("alerts", "chain", place, "to"), findings)
        if place and step.after <= section.chain[place - 1].after:
            findings.refuse(("alerts", "chain", place, "after"), "each step must come after the one before it")
    if (section.quiet_from is None) is not (section.quiet_until is None):
        findings.refuse(("alerts",), "'quiet_from' and 'quiet_until' belong together")
    quiet = None
    if section.quiet_from is not None and section.quiet_until is not None:
        quiet = Hours(section.quiet_from, section.quiet_until)
    by_key: dict[TargetKey, Parent] = {each.key: each for each in parents}
    return Orders(
        receivers=section.receivers or tuple(receivers if everybody is None else everybody),
        wait=section.wait,
        interval=section.interval,
        repeat=section.repeat,
        answer_lasts=section.answer_lasts,
        steps=tuple(Step(each.after, each.to, each.at_least) for each in section.chain),
        rotas=MappingProxyType(dict(rotas)),
        quiet=quiet,
        digest_at=section.digest_at,
        zone=zone,
        parents=MappingProxyType(by_key),
    )
