"""From the words of a rehearsal file to the domain's: rules, dependencies, silences, windows, receivers. Frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from command_centre.config.rehearsal import ConfigPart, HoursPart, MaintenancePart, RotaPart, RulePart
from command_centre.domain.calendar import EVERY_DAY, Interval
from command_centre.domain.dependencies import Groups
from command_centre.domain.flapping import FlapLimits
from command_centre.domain.rota import Hours, Rota, Shift, Turn, told_by
from command_centre.domain.rule import Change, Condition, Level, Limit, Rule, RuleId, Severity, SilentFor, Threshold
from command_centre.domain.series import MetricName
from command_centre.domain.silence import Matcher, Silence
from command_centre.domain.target import TargetKind
from command_centre.domain.telling import Policy, Step

REACHABLE = "up"
"""The metric that says whether a target answers: its failure explains what depends on it."""

BLIND_AFTER_LOOKS = 5
"""So many looks that brought nothing from anywhere are our own failure, where no rule about silence says otherwise."""

FEWEST_BLIND = 3
"""Of fewer targets nobody can tell their failure from ours."""


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """A rule, the name people know it by, and what it is about."""

    rule: Rule
    name: str
    about: Matcher | None
    channels: tuple[str, ...]

    @property
    def is_about_silence(self) -> bool:
        return isinstance(self.rule.condition, SilentFor)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Agreed planned time for what ``about`` fits: once, or at some hours."""

    about: Matcher
    when: Interval | Hours
    zone: ZoneInfo | None = None  # the city's, where it says nothing

    def covers(self, labels: Mapping[str, str], at: datetime, zone: ZoneInfo) -> bool:
        inside = self.when.contains(at) if isinstance(self.when, Interval) else self.when.contain(at, self.zone or zone)
        return inside and self.about.fits(labels)

    def bounds(self, within: Interval, zone: ZoneInfo) -> Iterable[datetime]:
        """The moments at which it begins or ends."""
        parts = (self.when,) if isinstance(self.when, Interval) else self.when.intervals(within, self.zone or zone)
        return [moment for part in parts for moment in (part.start, part.end)]


@dataclass(frozen=True)
class Setup:
    """Everything that the configuration of a rehearsal says, at a beginning and in a zone."""

    config: ConfigPart
    begins_at: datetime
    zone: ZoneInfo

    def moment(self, seconds: float) -> datetime:
        return self.begins_at + timedelta(seconds=seconds)

    @cached_property
    def interval(self) -> timedelta:
        return timedelta(seconds=self.config.interval_s)

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """The labels of each target."""
        return {
            each.id: {**each.labels, "target": each.id, "id": each.id, "type": each.type, "kind": each.type, "zone": each.zone}
            for each in self.config.targets
        }

    @cached_property
    def parents(self) -> Mapping[str, Groups[str]]:
        return {each.id: each.above for each in self.config.targets if each.above}

    @cached_property
    def rules(self) -> tuple[PlannedRule, ...]:
        explicit = [planned for part in self.config.rules for planned in _rules_of(part)]
        nodata = self.config.nodata
        if nodata is not None and not any(each.is_about_silence for each in explicit):
            rule = _rule("nodata", SilentFor(timedelta(seconds=nodata.after_s)), nodata.severity, explains=True)
            explicit.append(PlannedRule(rule, "nodata", None, ()))
        return tuple(explicit)

    @cached_property
    def rules_for(self) -> Mapping[str, tuple[PlannedRule, ...]]:
        """The rules about each target."""
        return {
            target: tuple(each for each in self.rules if each.about is None or each.about.fits(labels))
            for target, labels in self.labels.items()
        }

    @cached_property
    def remembered(self) -> Mapping[MetricName, timedelta]:
        """For how long values have to be kept: what a rule about change looks back over."""
        changes = [each.rule.condition for each in self.rules if isinstance(each.rule.condition, Change)]
        return {each.metric: max(other.over for other in changes if other.metric == each.metric) for each in changes}

    @cached_property
    def blind_after(self) -> timedelta:
        """How long everything may be silent before it is our own failure."""
        afters = [each.rule.condition.after for each in self.rules if isinstance(each.rule.condition, SilentFor)]
        return min(afters, default=BLIND_AFTER_LOOKS * self.interval)

    @cached_property
    def flap_limits(self) -> FlapLimits | None:
        part = self.config.flapping
        return None if part is None else FlapLimits(part.window, part.high_pct, part.low_pct)

    @cached_property
    def silences(self) -> tuple[Silence, ...]:
        return tuple(
            Silence(matcher(each.match), self.moment(each.from_s), self.moment(each.to_s), each.author, each.reason)
            for each in self.config.silences
        )

    @cached_property
    def maintenance(self) -> tuple[Maintenance, ...]:
        return tuple(self._maintenance(each) for each in self.config.maintenance)

    def _maintenance(self, part: MaintenancePart) -> Maintenance:
        if part.to_s is not None:
            return Maintenance(matcher(part.match), Interval(self.moment(part.from_s or 0.0), self.moment(part.to_s)))
        if part.from_ is None or part.to is None:
            raise ValueError("a window without an end")
        zone = None if part.timezone is None else ZoneInfo(part.timezone)
        return Maintenance(matcher(part.match), Hours(part.from_, part.to, frozenset(part.days) or EVERY_DAY), zone)

    def zone_of(self, part: HoursPart | RotaPart | None) -> ZoneInfo:
        """The zone in which hours are meant: their own, or the city's."""
        return self.zone if part is None or part.timezone is None else ZoneInfo(part.timezone)

    @cached_property
    def rota(self) -> Rota | None:
        part = self.config.rota
        return None if part is None else _rota(part, self)

    @cached_property
    def quiet(self) -> Hours | None:
        return None if self.config.quiet_hours is None else _hours(self.config.quiet_hours)

    @cached_property
    def gathering(self) -> Hours | None:
        """From when to when what need not wake is gathered for the digest: the quiet hours, or until the digest's own time."""
        part = self.config.quiet_hours
        if part is None or self.quiet is None or part.digest_at is None:
            return self.quiet
        return Hours(part.from_, part.digest_at, self.quiet.days)

    def policy(self, members: Iterable[tuple[Mapping[str, str], tuple[str, ...], Severity]], at: datetime) -> Policy:
        """How a group is told now; ``members`` are labels, own channels and severity of each alert in it."""
        notify = self.config.notify
        receivers = dict.fromkeys(
            name for labels, own, severity in members for name in self._receivers(labels, own, severity, at)
        )
        return Policy(
            self._people(receivers, at),
            timedelta(seconds=notify.group_wait_s),
            timedelta(seconds=notify.group_interval_s),
            timedelta(seconds=notify.repeat_interval_s) if notify.repeat_interval_s else None,
            tuple(
                Step(timedelta(seconds=each.after_s), self._people(each.to, at), each.at_least) for each in self.config.escalation
            ),
            notify.send_resolved,
        )

    def _receivers(self, labels: Mapping[str, str], own: tuple[str, ...], severity: Severity, at: datetime) -> tuple[str, ...]:
        routed = self._routed({**labels, "severity": severity.value}, at)
        if own or routed:
            return (*own, *routed) if routed else own
        return tuple(each.name for each in self.config.notify.channels if severity.rank >= each.at_least.rank)

    def _routed(self, labels: Mapping[str, str], at: datetime) -> tuple[str, ...]:
        found: list[str] = []
        for route in self.config.routes:
            fits = not route.match or matcher(route.match).fits(labels)
            if fits and (route.hours is None or _hours(route.hours).contain(at, self.zone_of(route.hours))):
                found.extend(route.channels)
                if not route.also:
                    break
        return tuple(found)

    def _people(self, names: Iterable[str], at: datetime) -> tuple[str, ...]:
        """Names of receivers; the rota's name stands for who is on duty."""
        people: list[str] = []
        for name in names:
            if self.rota is not None and name in (self.rota.name, "rota", "oncall"):
                people.extend(told_by(self.rota, at) or (each.name for each in self.config.notify.channels))
            else:
                people.append(name)
        return tuple(dict.fromkeys(people))

    def bounds(self, within: Interval) -> Iterable[datetime]:
        """The moments at which something begins or ends by the calendar alone."""
        for silence in self.silences:
            yield from (silence.starts_at, silence.ends_at)
        for window in self.maintenance:
            yield from window.bounds(within, self.zone)
        if self.gathering is not None:
            yield from (each.end for each in self.gathering.intervals(within, self.zone_of(self.config.quiet_hours)))


def matcher(match: Mapping[str, Sequence[str]]) -> Matcher:
    """A matcher from the file's words; ``a|b`` is either, ``.*`` of a regular expression is the same as ``*``."""
    return Matcher({name.removesuffix("_re"): tuple(_alternatives(values)) for name, values in match.items()})


def _alternatives(values: Iterable[str]) -> Iterable[str]:
    for value in values:
        for each in value.removeprefix("^").removesuffix("$").split("|"):
            yield each.replace(".*", "*").replace(".+", "?*")


def _rules_of(part: RulePart) -> Iterable[PlannedRule]:
    about = _about(part)
    if part.op is not None and part.threshold is not None:
        rule = _rule(part.name, _condition(part), part.severity, explains=part.metric == REACHABLE, part=part)
        yield PlannedRule(rule, part.name, about, part.channels)
    if part.nodata_s is not None:
        both = part.op is not None
        condition = SilentFor(timedelta(seconds=part.nodata_s))
        severity = part.nodata_severity or part.severity
        silence = _rule(
            f"{part.name}/nodata" if both else part.name, condition, severity, explains=True, part=None if both else part
        )
        yield PlannedRule(silence, part.name, about, part.channels)


def _rule(name: str, condition: Condition, severity: Severity, *, explains: bool, part: RulePart | None = None) -> Rule:
    hold, recover = (0.0, 0.0) if part is None else (part.for_s, part.recover_s)
    return Rule(
        RuleId(name), TargetKind.SITE, condition, timedelta(seconds=hold), timedelta(seconds=recover), severity, explains=explains
    )


def _about(part: RulePart) -> Matcher | None:
    labels = {**part.match, **({"type": part.types} if part.types else {}), **({"target": part.targets} if part.targets else {})}
    return matcher(labels) if labels else None


def _condition(part: RulePart) -> Condition:
    if part.op is None or part.threshold is None:
        raise ValueError("a rule without a condition")
    metric, breach = MetricName(part.metric), Limit(part.op, part.threshold)
    if part.over_s is not None:
        return Change(metric, timedelta(seconds=part.over_s), breach)
    has_clear = part.clear_op is not None and part.clear_threshold is not None
    clear = Limit(part.clear_op, part.clear_threshold) if has_clear else None  # type: ignore[arg-type]
    levels = tuple(Level(each.severity, Limit(each.op or part.op, each.threshold)) for each in part.levels)
    return Threshold(metric, breach, clear, levels)


def _hours(part: HoursPart) -> Hours:
    return Hours(part.from_, part.to, frozenset(part.days) or EVERY_DAY)


def _rota(part: RotaPart, setup: Setup) -> Rota:
    return Rota(
        part.name,
        part.people,
        timedelta(seconds=part.turn_s),
        setup.moment(part.start_s),
        setup.zone_of(part),
        regular=tuple(Turn(each.who, _hours(each)) for each in part.shifts),
        overrides=tuple(Shift(each.who, Interval(setup.moment(each.from_s), setup.moment(each.to_s))) for each in part.overrides),
        fallback=part.fallback,
    )
