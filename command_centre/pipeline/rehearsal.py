"""Rehearsal: a timeline played through rules on a frozen clock. The same functions decide as in the live city.

Only what is around them differs: readings come from the file, receivers are simulated, and everything is kept in one ``Memory``
instead of the database. A restart loses nothing of it, as the recorder loses nothing of its tables; while the process is down
no reading comes and nothing is sent.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple, TypeAlias

from command_centre.config.rehearsal import ActionPart, ConfigPart, Rehearsal, RehearsalError, parse_looks, split_series
from command_centre.domain.alert import Alert, AlertState, Phase, hear
from command_centre.domain.calendar import Interval, union
from command_centre.domain.dependencies import is_explained
from command_centre.domain.notification import NoticeKind
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import Change, Rule, RuleId, Severity, SilentFor, Verdict, judge, judge_silence, severity_of
from command_centre.domain.series import MetricName
from command_centre.domain.silence import Silence, is_silenced
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.domain.telling import Member, Notice, Policy, Told, decide, lapses, next_due
from command_centre.pipeline.rehearsal_receivers import Accepted, Dispatch, Receivers
from command_centre.pipeline.rehearsal_setup import FEWEST_BLIND, REACHABLE, Maintenance, PlannedRule, Setup, matcher

MOST_LOOKS = 5_000_000
MOST_ROUNDS = 20
"""Deciding again right after a decision settles at once; more rounds than this are a mistake of ours."""

SHORT_ABSENCE_LOOKS = 2
"""A restart that misses no more looks than this does not put off what is said about silence."""

BLIND = PlannedRule(
    Rule(
        RuleId("collector"),
        TargetKind.SELF,
        SilentFor(timedelta(0)),
        timedelta(0),
        timedelta(0),
        Severity.CRITICAL,
        explains=True,
    ),
    "collector",
    None,
    (),
)
"""Our own failure, when everything falls silent together: always watched, not a rule of the file."""

Group: TypeAlias = tuple[tuple[str, str], ...]


class Key(NamedTuple):
    """One rule on one target."""

    rule: str
    target: str


class Hold(Enum):
    """Why an alert is not told for now."""

    SILENCED = auto()
    PLANNED = auto()
    EXPLAINED = auto()  # by something it depends on
    INHIBITED = auto()
    TO_BE_CONFIRMED = auto()  # what explained it is well again: its next reading decides
    UNSEEN_PARENT = auto()  # what it depends on has not been looked at since


@dataclass(slots=True)
class Case:
    """One alert of the rehearsal, with what is known about it beyond its state."""

    alert: Alert
    planned: PlannedRule
    group: Group = ()
    breached_at: datetime | None = None
    hold: Hold | None = None
    released_at: datetime | None = None
    resumed_at: datetime | None = None
    acknowledged_at: datetime | None = None
    answer_ends_at: datetime | None = None
    is_withdrawn: bool = False
    targets: tuple[str, ...] = ()


@dataclass(slots=True)
class Memory:
    """Everything that the rehearsal has learned: what the live city keeps in tables."""

    cases: dict[Key, Case] = field(default_factory=dict)
    told: dict[Group, Told] = field(default_factory=dict)
    seen: dict[str, datetime] = field(default_factory=dict)  # newest reading of a target
    past: dict[tuple[str, MetricName], list[tuple[datetime, float]]] = field(default_factory=lambda: defaultdict(list))
    silences: list[Silence] = field(default_factory=list)
    maintenance: list[Maintenance] = field(default_factory=list)
    absences: list[Interval] = field(default_factory=list)  # while we were not there, longer than a restart takes
    removed: set[str] = field(default_factory=set)


class Look(NamedTuple):
    """One reading that arrives: when by our clock, of what, when it was taken, and its values."""

    target: str
    taken_at: datetime
    values: Mapping[MetricName, float]


class Player:
    """Plays one rehearsal. ``run`` answers with what the receivers accepted, in order; ``final`` says how each target is then."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._file = rehearsal
        self._setup = Setup(rehearsal.config, rehearsal.begins_at, rehearsal.zone)
        self._memory = Memory()
        self._receivers = Receivers()
        self._queue: list[datetime] = []
        self._known: set[datetime] = set()
        self._looks = _looks_of(rehearsal, self._setup)
        self._actions = _actions_of(rehearsal)
        self._offsets: list[tuple[datetime, float]] = _offsets_of(rehearsal, self._setup)
        self._down_until: datetime | None = None
        self._last_tick: datetime | None = None
        self._measured = {target for looks in self._looks.values() for target in (each.target for each in looks)} | {
            split_series(name, set(self._setup.labels))[0] for name in rehearsal.series
        }
        self._digest: dict[str, dict[str, Severity]] = defaultdict(dict)

    # --- the clock

    def run(self) -> Sequence[Accepted]:
        """Everything that was accepted until the end of the timeline."""
        end = self._end()
        self._note_times(end)
        while self._queue and self._queue[0] <= end:
            at = heapq.heappop(self._queue)
            self._step(at)
        return self._receivers.accepted

    def seconds(self, at: datetime) -> float:
        """A moment on the clock of the file: also where that clock was turned."""
        turned = [offset for since, offset in self._offsets if since <= at]
        return (at - self._setup.begins_at).total_seconds() + (turned[-1] if turned else 0.0)

    def final(self) -> dict[str, str]:
        """How each target stands: flapping, firing, nodata, pending or ok."""
        return {target: self._standing(target) for target in self._setup.labels}

    def _standing(self, target: str) -> str:
        cases = [case for key, case in self._memory.cases.items() if key.target == target]
        if any(case.alert.flapping.is_flapping for case in cases):
            return "flapping"
        ordinary = [case.alert.state.phase for case in cases if not case.planned.is_about_silence]
        silent = [case.alert.state.phase for case in cases if case.planned.is_about_silence]
        if any(phase.is_open for phase in ordinary):
            return "firing"
        if any(phase.is_open for phase in silent):
            return "nodata"
        return "pending" if Phase.PENDING in (*ordinary, *silent) else "ok"

    def _end(self) -> datetime:
        if self._file.end_s is not None:
            return self._setup.moment(self._file.end_s)
        return max((*self._looks, *(self._setup.moment(each.t) for each in self._file.actions)), default=self._setup.begins_at)

    def _note_times(self, end: datetime) -> None:
        within = Interval(self._setup.begins_at, end)
        ticks = int((end - self._setup.begins_at) / self._setup.interval)
        if ticks * len(self._setup.labels) > MOST_LOOKS:
            raise RehearsalError("the timeline has more looks than can be played in one go")
        for number in range(ticks + 1):
            self._wake(self._setup.begins_at + number * self._setup.interval)
        for moment in (*self._looks, *self._actions, *self._setup.bounds(within)):
            self._wake(moment)

    def _wake(self, at: datetime | None) -> None:
        if at is not None and at not in self._known:
            self._known.add(at)
            heapq.heappush(self._queue, at)

    # --- one moment

    def _step(self, at: datetime) -> None:
        actions = self._actions.get(at, [])
        for action in actions:
            self._befalls(action, at)
        if self._down_until is not None and at < self._down_until:
            for action in actions:
                self._people_do(action, at)
            return
        self._hear_all(at)
        self._hear_silence(at)
        self._look_for_blindness(at)
        for action in actions:
            self._people_do(action, at)
        self._hold_and_release(at)
        self._tell(at)
        self._end_quiet_hours(at)
        self._wake(self._receivers.deliver(at))

    def _is_tick(self, at: datetime) -> bool:
        return (at - self._setup.begins_at) % self._setup.interval == timedelta(0)

    # --- readings

    def _hear_all(self, at: datetime) -> None:
        for look in self._looks.get(at, ()):
            newest = self._memory.seen.get(look.target)
            is_listed = look.target in self._setup.labels and look.target not in self._memory.removed
            if is_listed and (newest is None or look.taken_at > newest):
                self._memory.seen[look.target] = look.taken_at
                self._hear(look, at)

    def _hear(self, look: Look, at: datetime) -> None:
        reading = Reading(TargetKey(look.target), look.taken_at, Status.UP, Reason.OK, values=look.values)
        for planned in self._setup.rules_for[look.target]:
            case = self._case(planned, look.target, at)
            earlier = self._earlier(planned.rule, look)
            verdict = judge(planned.rule, reading, is_open=case.alert.state.phase.is_open, earlier=earlier)
            moment = at if planned.is_about_silence else look.taken_at
            self._advance(case, look.target, verdict, severity_of(planned.rule, reading), moment, at)
        self._remember(look)

    def _earlier(self, rule: Rule, look: Look) -> float | None:
        """The oldest value within the time over which the rule looks."""
        if not isinstance(rule.condition, Change):
            return None
        begins = look.taken_at - rule.condition.over
        past = self._memory.past[look.target, rule.condition.metric]
        return next((value for taken_at, value in past if taken_at >= begins), None)

    def _remember(self, look: Look) -> None:
        for metric, length in self._setup.remembered.items():
            if metric in look.values:
                past = [each for each in self._memory.past[look.target, metric] if each[0] >= look.taken_at - length]
                self._memory.past[look.target, metric] = [*past, (look.taken_at, look.values[metric])]

    def _case(self, planned: PlannedRule, target: str, at: datetime) -> Case:
        key = Key(planned.rule.id, target)
        if key not in self._memory.cases:
            self._memory.cases[key] = Case(Alert(AlertState(Phase.CLEAR, at)), planned, targets=(target,))
        return self._memory.cases[key]

    def _advance(self, case: Case, target: str, verdict: Verdict, severity: Severity, moment: datetime, at: datetime) -> None:
        was_open = case.alert.state.phase.is_open
        # What fires now was told of now, however old the reading says it is; how long it has lasted is the readings' business.
        case.alert = hear(case.alert, verdict, severity, case.planned.rule, moment, self._setup.flap_limits)
        if verdict is Verdict.BREACHED:
            case.breached_at = at
        if case.alert.state.phase.is_open and not was_open:
            case.alert = replace(case.alert, fired_at=at)
            self._opens(case, target, at)
        if was_open and not case.alert.state.phase.is_open:
            case.alert = replace(case.alert, ended_at=at)

    def _opens(self, case: Case, target: str, at: datetime) -> None:
        case.released_at, case.resumed_at, case.is_withdrawn = None, None, False
        case.acknowledged_at, case.answer_ends_at, case.hold = None, None, None
        case.group = self._group(case, target)

    def _group(self, case: Case, target: str) -> Group:
        labels = self._labels(case, target)
        names = self._file.config.notify.group_by if case.planned is not BLIND else ("rule",)
        return tuple((name, labels.get(name, "")) for name in names)

    def _labels(self, case: Case, target: str) -> Mapping[str, str]:
        severity = case.alert.severity or case.planned.rule.severity
        return {**self._setup.labels.get(target, {}), "rule": case.planned.name, "severity": severity.value}

    # --- silence of one, silence of all

    def _hear_silence(self, at: datetime) -> None:
        if not self._is_tick(at):
            return
        for target in self._silent_targets(at):
            for planned in self._setup.rules_for[target]:
                condition = planned.rule.condition
                if isinstance(condition, SilentFor):
                    verdict = judge_silence(condition, self._last_heard(target), at)
                    self._advance(self._case(planned, target, at), target, verdict, planned.rule.severity, at, at)

    def _silent_targets(self, at: datetime) -> list[str]:
        """Those that are looked at and brought nothing just now."""
        return [each for each in self._setup.labels if each in self._measured and self._last_heard(each) < at]

    def _last_heard(self, target: str) -> datetime:
        """When it was last heard of, had the clock stood still while we were away: that silence proves nothing."""
        seen = self._memory.seen.get(target, self._setup.begins_at)
        missed = (each.end - max(each.start, seen) for each in self._memory.absences if each.end > seen)
        return seen + sum(missed, timedelta(0))

    def _look_for_blindness(self, at: datetime) -> None:
        if not self._is_tick(at):
            return
        watched = sorted(self._measured & set(self._setup.labels))
        silent = {each for each in watched if at - self._last_heard(each) > self._setup.blind_after}
        # Where everything is silent, nothing is left that could explain: neither a parent, nor its being one of few.
        is_total = len(silent) == len(watched) >= FEWEST_BLIND
        by_type: dict[str, list[str]] = defaultdict(list)
        for target in watched:
            if is_total or not is_explained(target, self._setup.parents, self._trouble):
                by_type[self._setup.labels[target]["type"]].append(target)
        for kind, targets in by_type.items():
            is_enough = is_total or len(targets) >= FEWEST_BLIND
            speakers = targets if len(targets) >= FEWEST_BLIND else watched
            self._judge_blindness(kind, targets, speakers, is_blind=is_enough and silent.issuperset(targets), at=at)

    def _judge_blindness(
        self, kind: str, targets: Sequence[str], speakers: Sequence[str], *, is_blind: bool, at: datetime
    ) -> None:
        """Blind for one kind of targets, until one of ``speakers`` is heard again."""
        key = Key(BLIND.rule.id, f"collector:{kind}")
        if not is_blind and key not in self._memory.cases:
            return
        case = self._case(BLIND, key.target, at)
        if is_blind and not case.alert.state.phase.is_open:
            case.targets = tuple(targets)
        speaks_again = any(self._memory.seen.get(each) == at for each in speakers)
        if is_blind or speaks_again:
            verdict = Verdict.BREACHED if is_blind else Verdict.FINE
            self._advance(case, key.target, verdict, Severity.CRITICAL, at, at)

    # --- what is held back

    def _hold_and_release(self, at: datetime) -> None:
        for key, case in self._memory.cases.items():
            if not (case.alert.state.phase.is_open or case.alert.flapping.is_flapping):
                continue
            before, case.hold = case.hold, self._hold(key, case, at)
            if before is not None and case.hold is None:
                case.released_at = at
                if before is Hold.PLANNED:
                    case.resumed_at = at

    def _hold(self, key: Key, case: Case, at: datetime) -> Hold | None:
        labels = self._labels(case, key.target)
        if is_silenced((*self._setup.silences, *self._memory.silences), labels, at):
            return Hold.SILENCED
        windows = (*self._setup.maintenance, *self._memory.maintenance)
        if any(each.covers(labels, at, self._setup.zone) for each in windows):
            return Hold.PLANNED
        if case.planned is BLIND:
            return None
        if self._is_blind_to(key.target) and case.planned.is_about_silence:
            return Hold.EXPLAINED
        if is_explained(key.target, self._setup.parents, self._trouble):
            return Hold.EXPLAINED
        if case.hold in (Hold.EXPLAINED, Hold.TO_BE_CONFIRMED) and not self._is_confirmed(case, at):
            return Hold.TO_BE_CONFIRMED
        if self._is_inhibited(key, labels):
            return Hold.INHIBITED
        return Hold.UNSEEN_PARENT if self._awaits_parent(key.target, case, at) else None

    def _is_confirmed(self, case: Case, at: datetime) -> bool:
        """Whether it was bad again in a reading after the one in which its explanation ended."""
        return case.hold is Hold.TO_BE_CONFIRMED and case.breached_at == at

    def _is_blind_to(self, target: str) -> bool:
        case = self._memory.cases.get(Key(BLIND.rule.id, f"collector:{self._setup.labels[target]['type']}"))
        return case is not None and case.alert.state.phase.is_open

    def _trouble(self, target: str) -> bool | None:
        if target not in self._measured:
            return None
        cases = [self._memory.cases.get(Key(each.rule.id, target)) for each in self._explaining(target)]
        return any(case is not None and case.alert.state.phase is not Phase.CLEAR for case in cases)

    def _explaining(self, target: str) -> Sequence[PlannedRule]:
        rules = self._setup.rules_for[target]
        explaining = [each for each in rules if each.rule.explains]
        return explaining if any(not each.is_about_silence for each in explaining) else rules

    def _awaits_parent(self, target: str, case: Case, at: datetime) -> bool:
        begun = case.alert.state.trouble_since
        if begun is None or at >= begun + self._setup.interval:
            return False
        above = [name for group in self._setup.parents.get(target, ()) for name in group if name in self._measured]
        waits = any(self._memory.seen.get(name, begun) < begun for name in above)
        if waits:
            self._wake(begun + self._setup.interval)
        return waits

    def _is_inhibited(self, key: Key, labels: Mapping[str, str]) -> bool:
        rules = [each for each in self._setup.config.inhibit if matcher(each.target).fits(labels)]
        return any(self._is_source(each.source, each.equal, key, labels) for each in rules)

    def _is_source(self, source: Mapping[str, Sequence[str]], equal: Sequence[str], own: Key, labels: Mapping[str, str]) -> bool:
        for key, case in self._memory.cases.items():
            if key != own and case.alert.state.phase.is_open:
                theirs = self._labels(case, key.target)
                if matcher(source).fits(theirs) and all(theirs.get(name) == labels.get(name) for name in equal):
                    return True
        return False

    # --- telling

    def _tell(self, at: datetime) -> None:
        groups: dict[Group, dict[str, Key]] = defaultdict(dict)
        for key, case in self._memory.cases.items():
            told = self._memory.told.get(case.group)
            name = "|".join(key)
            is_known = told is not None and (name in told.severities or name in told.flapping)
            if case.alert.state.phase.is_open or case.alert.flapping.is_flapping or is_known:
                if not case.group:
                    case.group = self._group(case, key.target)
                groups[case.group][name] = key
        for group, keys in groups.items():
            self._tell_group(group, keys, at)

    def _tell_group(self, group: Group, keys: Mapping[str, Key], at: datetime) -> None:
        told = self._memory.told.get(group, Told())
        members = [self._member(name, key) for name, key in keys.items()]
        policy = self._policy(keys, at)
        for _ in range(MOST_ROUNDS):
            notices, told = decide(policy, told, members, at)
            for notice in notices:
                self._send(group, keys, members, notice, at)
            if not notices:
                break
        self._memory.told[group] = told
        self._wake(next_due(policy, told, members, at))
        self._wake(lapses(members, at))

    def _policy(self, keys: Mapping[str, Key], at: datetime) -> Policy:
        cases = [(self._memory.cases[key], key.target) for key in keys.values()]
        current = [each for each in cases if each[0].alert.ended_at is None] or cases
        return self._setup.policy(
            [
                (self._labels(case, target), case.planned.channels, case.alert.severity or case.planned.rule.severity)
                for case, target in current
            ],
            at,
        )

    def _member(self, name: str, key: Key) -> Member:
        case = self._memory.cases[key]
        alert = case.alert
        fired = alert.fired_at or alert.state.since
        ends = case.answer_ends_at
        timeout = self._setup.config.notify.ack_timeout_s
        if ends is None and timeout is not None and case.acknowledged_at is not None:
            ends = case.acknowledged_at + timedelta(seconds=timeout)
        is_open = alert.state.phase.is_open and not case.is_withdrawn
        return Member(
            name,
            alert.severity or case.planned.rule.severity,
            fired,
            max(fired, case.released_at or fired),
            max(alert.severity_at or fired, case.released_at or fired),
            _kind_of(case),
            is_held=case.hold is not None,
            is_flapping=alert.flapping.is_flapping and not case.is_withdrawn,
            acknowledged_at=case.acknowledged_at,
            answer_ends_at=ends,
            ended_at=None if is_open else alert.ended_at or fired,
            is_withdrawn=case.is_withdrawn,
            resumed_at=case.resumed_at,
        )

    def _send(self, group: Group, keys: Mapping[str, Key], members: Sequence[Member], notice: Notice, at: datetime) -> None:
        cases = [self._memory.cases[keys[name]] for name in notice.members if name in keys]
        targets = tuple(dict.fromkeys(target for case in cases for target in case.targets))
        count = len(targets)
        if notice.kind in (NoticeKind.FIRING, NoticeKind.UPDATE):
            count = max(count, sum(each.ended_at is None and not each.is_held for each in members))
        values = [value for name, value in group if name != "rule"]
        label = "/".join(values) if values else cases[0].planned.name
        for receiver in notice.receivers:
            dispatch = Dispatch(notice, receiver, cases[0].planned.name, targets, count, label)
            if self._is_for_the_morning(notice, at):
                self._digest[receiver].update(dict.fromkeys(targets, notice.severity))
            else:
                self._receivers.enqueue(dispatch, at)

    def _is_for_the_morning(self, notice: Notice, at: datetime) -> bool:
        part, quiet = self._setup.config.quiet_hours, self._setup.gathering
        if part is None or quiet is None or notice.severity.rank >= part.at_least.rank:
            return False
        return quiet.contain(at, self._setup.zone_of(part))

    def _end_quiet_hours(self, at: datetime) -> None:
        if self._setup.gathering is None or self._setup.gathering.contain(
            at, self._setup.zone_of(self._setup.config.quiet_hours)
        ):
            return
        for receiver, targets in self._digest.items():
            self._receivers.enqueue(Dispatch.digest(receiver, targets, at), at)
        self._digest.clear()

    # --- what happens to us, and what people do

    def _befalls(self, action: ActionPart, at: datetime) -> None:
        match action.deed:
            case "restart":
                self._down_until = at + timedelta(seconds=action.down_s)
                if self._down_until - at > SHORT_ABSENCE_LOOKS * self._setup.interval:
                    self._memory.absences = list(union([*self._memory.absences, Interval(at, self._down_until)]))
                self._wake(self._down_until)
            case "channel" | "channel_down" | "channel_up":
                self._set_channel(action, at)
            case "reload" if action.config is not None:
                self._adopt(action.config, at)
            case "remove" if action.target or action.match:
                self._remove_targets(action, at)
            case "remove" | "remove_rule":
                self._remove_rules(action, at)
            case _:
                pass  # people do it: see below

    def _remove_targets(self, action: ActionPart, at: datetime) -> None:
        about = matcher(_labels_meant(action))
        gone = {name for name, labels in self._setup.labels.items() if about.fits(labels)}
        for key, case in self._memory.cases.items():
            if key.target in gone:
                self._withdraw(case, at)
        self._memory.removed |= gone
        self._measured -= gone

    def _remove_rules(self, action: ActionPart, at: datetime) -> None:
        config = self._setup.config
        rules = tuple(each for each in config.rules if each.name not in action.rule)
        self._adopt(config.model_copy(update={"rules": rules}), at)

    def _set_channel(self, action: ActionPart, at: datetime) -> None:
        mode = {"channel_up": "ok", "channel_down": action.mode or "http500"}.get(action.deed, action.mode or "ok")
        names = action.channel or action.target or tuple(each.name for each in self._setup.config.notify.channels)
        for name in names:
            self._wake(self._receivers.set_mode(name, mode, at, action.for_s))

    def _adopt(self, config: ConfigPart, at: datetime) -> None:
        """Another configuration: what it no longer knows is closed, everything else goes on."""
        self._setup = Setup(config, self._setup.begins_at, self._setup.zone)
        for key, case in self._memory.cases.items():
            rules = {each.rule.id: each for each in self._setup.rules_for.get(key.target, ())}
            if key.rule in rules:
                case.planned = rules[RuleId(key.rule)]
            elif case.planned is not BLIND:
                self._withdraw(case, at)
        for moment in self._setup.bounds(Interval(at, self._end())):
            self._wake(max(moment, at))

    def _withdraw(self, case: Case, at: datetime) -> None:
        if case.alert.state.phase.is_open or case.alert.flapping.is_flapping:
            case.is_withdrawn = True
        case.alert = replace(Alert(AlertState(Phase.CLEAR, at)), severity=case.alert.severity, ended_at=at)

    def _people_do(self, action: ActionPart, at: datetime) -> None:
        match action.deed:
            case "ack":
                for _, case in self._open_cases(action):
                    case.acknowledged_at = at
                    case.answer_ends_at = None if action.for_s is None else at + timedelta(seconds=action.for_s)
            case "unack":
                for _, case in self._open_cases(action):
                    case.acknowledged_at = case.answer_ends_at = None
            case "close":
                for _, case in self._open_cases(action):
                    # It stays an alert until it is well again, so that the same trouble is not told anew.
                    case.is_withdrawn, case.alert = True, replace(case.alert, ended_at=at)
            case "silence" | "maintenance":
                self._keep_quiet(action, at)
            case "lift":
                self._lift(action, at)
            case _:
                pass  # it happens to us: see above

    def _keep_quiet(self, action: ActionPart, at: datetime) -> None:
        start = at if action.from_s is None else self._setup.moment(action.from_s)
        end = start + timedelta(seconds=action.for_s) if action.for_s is not None else self._setup.moment(action.to_s or 0.0)
        about = matcher(_labels_meant(action))
        if action.deed == "silence":
            self._memory.silences.append(Silence(about, start, end, action.by, action.reason))
        elif start < end:
            self._memory.maintenance.append(Maintenance(about, Interval(start, end)))
        self._wake(max(start, at))
        self._wake(max(end, at))

    def _lift(self, action: ActionPart, at: datetime) -> None:
        """End every silence that speaks of one of the meant targets (of all, where none is named)."""
        meant = matcher(_labels_meant(action))
        every = [self._labels(case, key.target) for key, case in self._memory.cases.items()]
        labels = [each for each in every if not meant.labels or meant.fits(each)]

        def speaks_of(silence: Silence) -> bool:
            return not meant.labels or silence.matcher == meant or any(silence.matcher.fits(each) for each in labels)

        lifted = [
            replace(each, lifted_at=at) if speaks_of(each) else each for each in (*self._setup.silences, *self._memory.silences)
        ]
        self._setup = replace(self._setup, config=self._setup.config.model_copy(update={"silences": ()}))
        self._memory.silences = lifted

    def _meant(self, action: ActionPart) -> Iterator[tuple[Key, Case]]:
        about = matcher(_labels_meant(action))
        for key, case in self._memory.cases.items():
            if not about.labels or about.fits(self._labels(case, key.target)):
                yield key, case

    def _open_cases(self, action: ActionPart) -> list[tuple[Key, Case]]:
        return [(key, case) for key, case in self._meant(action) if case.alert.state.phase.is_open]


def _labels_meant(action: ActionPart) -> dict[str, tuple[str, ...]]:
    named = {"target": action.target, "rule": action.rule}
    return {**action.match, **{name: values for name, values in named.items() if values}}


def _kind_of(case: Case) -> NoticeKind:
    if case.planned is BLIND:
        return NoticeKind.COLLECTOR_DOWN
    return NoticeKind.NODATA if case.planned.is_about_silence else NoticeKind.FIRING


# --- the timeline


def _looks_of(rehearsal: Rehearsal, setup: Setup) -> dict[datetime, list[Look]]:
    """Every reading of the file by the time of its arrival."""
    by_moment: dict[datetime, dict[str, dict[MetricName, float]]] = defaultdict(lambda: defaultdict(dict))
    for target, metric, text in _series_of(rehearsal, setup):
        for moment, kind, value in _spread(text, rehearsal, setup):
            if value is not None:
                by_moment[moment][target].update(dict.fromkeys(_metrics(setup, metric, kind), value))
    looks: dict[datetime, list[Look]] = defaultdict(list)
    for moment, values in by_moment.items():
        looks[moment] = [Look(target, moment, each) for target, each in values.items()]
    for moment, look in _explicit(rehearsal, setup):
        looks[moment].append(look)
    return dict(looks)


def _series_of(rehearsal: Rehearsal, setup: Setup) -> Iterator[tuple[str, str | None, str]]:
    for name, written in rehearsal.series.items():
        target, metric = split_series(name, set(setup.labels))
        if isinstance(written, str):
            yield target, metric, written
        else:
            for each, text in written.items():
                yield target, each, text


def _spread(text: str, rehearsal: Rehearsal, setup: Setup) -> Iterator[tuple[datetime, str, float | None]]:
    """The readings of a series at their times; after its last token it goes on as it ended."""
    looks = parse_looks(text)
    if not looks:
        return
    interval = rehearsal.config.interval_s
    last = len(looks) - 1 if rehearsal.end_s is None else int(rehearsal.end_s // interval)
    for number in range(last + 1):
        kind, value = looks[min(number, len(looks) - 1)]
        yield setup.moment(number * interval), kind, value


def _metrics(setup: Setup, metric: str | None, kind: str) -> list[MetricName]:
    """Which metrics a value is about: the named one; U and D mean reachability, a number means whatever else rules ask for."""
    if metric is not None:
        return [MetricName(metric)]
    asked = list(dict.fromkeys(each.metric for each in setup.config.rules if each.op is not None)) or [REACHABLE]
    if kind == "state":
        return [MetricName(REACHABLE)] if REACHABLE in asked else [MetricName(each) for each in asked]
    return [MetricName(each) for each in asked if each != REACHABLE] or [MetricName(REACHABLE)]


def _explicit(rehearsal: Rehearsal, setup: Setup) -> Iterator[tuple[datetime, Look]]:
    """Readings written one by one. One from the future was taken when it came; one too old to speak of now says nothing."""
    patience = max(BLIND_PATIENCE, 5 * setup.interval)
    for each in rehearsal.readings:
        arrived = setup.moment(each.t if each.mono is None else each.mono)
        taken = arrived if each.ts is None else min(setup.moment(_relative(each.ts, setup)), arrived)
        if each.value is not None and arrived - taken <= patience:
            yield arrived, Look(each.target, taken, dict.fromkeys(_metrics(setup, each.metric, _kind(each.value)), each.value))


BLIND_PATIENCE = timedelta(minutes=5)


def _kind(value: float) -> str:
    return "state" if value in (0.0, 1.0) else "value"


def _relative(ts: float, setup: Setup) -> float:
    """A device's own time in seconds of the timeline, whether it counts from the beginning or from 1970."""
    begin = setup.begins_at.timestamp()
    return ts - begin if ts > begin / 2 else ts


def _offsets_of(rehearsal: Rehearsal, setup: Setup) -> list[tuple[datetime, float]]:
    """How far the wall clock is from the monotonic one, from when on."""
    timed = sorted((each.mono, each.t) for each in rehearsal.readings if each.mono is not None)
    return [(setup.moment(mono), t - mono) for mono, t in timed]


def _actions_of(rehearsal: Rehearsal) -> dict[datetime, list[ActionPart]]:
    actions: dict[datetime, list[ActionPart]] = defaultdict(list)
    for each in rehearsal.actions:
        actions[rehearsal.begins_at + timedelta(seconds=each.t)].append(each)
    return dict(actions)


def play(rehearsal: Rehearsal) -> tuple[Iterable[tuple[float, Accepted]], dict[str, str]]:
    """What the receivers accepted with its second on the timeline, in order, and how every target stands at the end."""
    player = Player(rehearsal)
    accepted = player.run()
    return [(player.seconds(each.at), each) for each in accepted], player.final()
