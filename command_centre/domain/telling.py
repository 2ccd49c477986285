"""Telling: who has to be told what about one group of alerts, and when. Pure; the same for the live city and for a rehearsal.

A *group* is what is told together: the alerts that share a cause. ``Told`` is what has been said about it so far; ``decide``
compares that with how its members are, and answers with the notices that are due and with what has been told after them.
Suppressing stops creation and repetition, never recovery: whoever heard of a trouble hears of its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias

from command_centre.domain.notification import NoticeKind, Why
from command_centre.domain.rule import Severity

NOTHING_TOLD: Mapping[str, Severity] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain: when nobody has answered for ``after``, ``receivers`` are told as well.

    It is taken only for troubles at least as severe as ``at_least``.
    """

    after: timedelta
    receivers: tuple[str, ...]
    at_least: Severity = Severity.INFO


@dataclass(frozen=True, slots=True)
class Policy:
    """How a group is told.

    ``wait``: how long a new group gathers before it is told (the cause may come a moment later). ``interval``: the least time
    between two notices about changes in a group. ``repeat``: how often an unchanged trouble is recalled; None is never.
    """

    receivers: tuple[str, ...]
    wait: timedelta = timedelta(seconds=30)
    interval: timedelta = timedelta(minutes=5)
    repeat: timedelta | None = timedelta(hours=4)
    steps: tuple[Step, ...] = ()
    tells_recovery: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """One alert of the group as it is now.

    ``ready_at``: not to be told before (it was silenced, planned, or explained by something else until then); ``is_held``: it
    still is. ``changed_at``: when its severity last changed. ``acknowledged_at`` is None where nobody has it; an answer that
    has lapsed (``answer_ends_at``) no longer counts. ``ended_at`` is None while it is open; ``is_withdrawn``: it ended without
    a recovery. ``resumed_at``: when planned time that lay over it ended, which is worth a reminder.
    """

    key: str
    severity: Severity
    fired_at: datetime
    ready_at: datetime
    changed_at: datetime
    kind: NoticeKind = NoticeKind.FIRING
    is_held: bool = False
    is_flapping: bool = False
    acknowledged_at: datetime | None = None
    answer_ends_at: datetime | None = None
    ended_at: datetime | None = None
    is_withdrawn: bool = False
    resumed_at: datetime | None = None

    def is_answered(self, at: datetime) -> bool:
        """Whether somebody has it."""
        return self.acknowledged_at is not None and (self.answer_ends_at is None or at < self.answer_ends_at)


@dataclass(frozen=True, slots=True)
class Told:
    """What has been said about a group.

    ``severities``: the members that were told and not yet told to be over, with the severity last told. ``changed_at``: the last
    notice about a change; ``recalled_at``: the last notice that recalled the trouble; ``chain_at``: where the clock of the chain
    began; ``taken``: how many of its steps were taken. ``receivers``: everyone who heard of it.
    """

    severities: Mapping[str, Severity] = field(default_factory=lambda: NOTHING_TOLD)
    flapping: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    changed_at: datetime | None = None
    recalled_at: datetime | None = None
    chain_at: datetime | None = None
    taken: int = 0
    receivers: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        return not self.severities and not self.flapping


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is due: to whom, about which members, and why. ``event_at`` is when it came to be so."""

    kind: NoticeKind
    why: Why
    members: tuple[str, ...]
    receivers: tuple[str, ...]
    severity: Severity
    event_at: datetime
    step: int = 0


Outcome: TypeAlias = tuple[Sequence[Notice], Told]


@dataclass(frozen=True, slots=True)
class _Question:
    """What every part of the decision looks at."""

    policy: Policy
    before: Told
    members: Mapping[str, Member]
    at: datetime

    def told_members(self, told: Told) -> list[Member]:
        return [self.members[key] for key in told.severities if key in self.members]

    def pressing(self, told: Told) -> list[Member]:
        """Those that were told, go on, and that nobody has."""
        return [each for each in self.told_members(told) if _is_pressing(each, self.at)]


def decide(policy: Policy, told: Told, members: Iterable[Member], at: datetime) -> Outcome:
    """The notices about one group that are due at ``at``, and what has been told after them."""
    question = _Question(policy, told, {each.key: each for each in members}, at)
    notices: list[Notice] = []
    for part in _PARTS:
        more, told = part(question, told)
        notices.extend(more)
    return notices, Told() if told.is_over else told


def next_due(policy: Policy, told: Told, members: Iterable[Member], at: datetime) -> datetime | None:
    """When to decide again if nothing happens until then; None where only something new can make a notice due."""
    question = _Question(policy, told, {each.key: each for each in members}, at)
    dues = [due(question, told) for due in _DUES]
    return min((each for each in dues if each is not None), default=None)


def _is_pressing(member: Member, at: datetime) -> bool:
    is_quiet = member.is_held or member.is_flapping or member.ended_at is not None
    return not is_quiet and not member.is_answered(at)


def _worst(members: Iterable[Member]) -> Severity:
    return max((each.severity for each in members), key=lambda each: each.rank)


def _joined(*groups: Iterable[str]) -> tuple[str, ...]:
    """Every name once, in the order of appearance."""
    return tuple(dict.fromkeys(name for group in groups for name in group))


def _without(told: Told, keys: Iterable[str]) -> Told:
    gone = set(keys)
    left = {key: severity for key, severity in told.severities.items() if key not in gone}
    return replace(told, severities=left, answered=told.answered - gone)


# --- flapping: announced once, told of nothing else meanwhile, ended once


def _flapping(question: _Question, told: Told) -> Outcome:
    begins = [
        each
        for each in question.members.values()
        if each.is_flapping and not each.is_held and each.key not in told.flapping and not each.is_withdrawn
    ]
    if not begins:
        return (), told
    receivers = _joined(question.policy.receivers, told.receivers)
    keys = tuple(each.key for each in begins)
    notice = Notice(NoticeKind.FLAPPING_START, Why.FLAPPING, keys, receivers, _worst(begins), question.at)
    return (notice,), replace(told, flapping=told.flapping | set(keys), receivers=receivers)


def _calm_again(question: _Question, told: Told) -> Outcome:
    ends = sorted(key for key in told.flapping if key not in question.members or not question.members[key].is_flapping)
    if not ends:
        return (), told
    known = [question.members[key] for key in ends if key in question.members]
    # This notice says how it is now; for what is well again it is the recovery.
    over = [key for key in ends if key not in question.members or question.members[key].ended_at is not None]
    after = replace(_without(told, over), flapping=told.flapping - set(ends))
    if not known:
        return (), after
    keys = tuple(each.key for each in known)
    return (Notice(NoticeKind.FLAPPING_STOP, Why.CALM_AGAIN, keys, told.receivers, _worst(known), question.at),), after


# --- answers


def _answers(question: _Question, told: Told) -> Outcome:
    has = [each for each in question.told_members(told) if each.ended_at is None and each.is_answered(question.at)]
    lapsed = told.answered - {each.key for each in has}
    new = [each for each in has if each.key not in told.answered]
    after = replace(told, answered=(told.answered - lapsed) | {each.key for each in new})
    notices: list[Notice] = []
    if new:
        keys = tuple(each.key for each in new)
        notices.append(Notice(NoticeKind.ACKED, Why.ANSWERED, keys, told.receivers, _worst(new), question.at))
    unanswered = [question.members[key] for key in sorted(lapsed) if key in question.members]
    pressing = [each for each in unanswered if _is_pressing(each, question.at)]
    if pressing:
        more, after = _take_up_again(question, after, pressing)
        notices.extend(more)
    return notices, after


def _take_up_again(question: _Question, told: Told, pressing: Sequence[Member]) -> Outcome:
    """An answer has lapsed: recall the trouble, and let the chain go on from the step it had reached."""
    taken = question.policy.steps[: told.taken]
    chain_at = question.at - (taken[-1].after if taken else timedelta(0))
    keys = tuple(each.key for each in pressing)
    notice = Notice(NoticeKind.REMINDER, Why.ACK_EXPIRED, keys, _joined(question.policy.receivers), _worst(pressing), question.at)
    return (notice,), replace(told, chain_at=chain_at, recalled_at=question.at)


# --- the first notice of a trouble


def _untold(question: _Question, told: Told) -> list[Member]:
    return [
        each
        for each in question.members.values()
        if each.ended_at is None and not each.is_held and not each.is_flapping and each.key not in told.severities
    ]


def _first_due(question: _Question, told: Told) -> datetime | None:
    untold = _untold(question, told)
    if not untold:
        return None
    earliest = min(max(each.fired_at + question.policy.wait, each.ready_at) for each in untold)
    is_more_severe = all(_worst(untold).rank > severity.rank for severity in told.severities.values())
    if not told.severities or told.changed_at is None or is_more_severe:
        return earliest
    return max(earliest, told.changed_at + question.policy.interval)


def _first(question: _Question, told: Told) -> Outcome:
    due = _first_due(question, question.before if question.before.severities else told)
    if due is None or due > question.at:
        return (), told
    untold = [each for each in _untold(question, told) if each.ready_at <= question.at]
    receivers = question.policy.receivers
    notices = [
        Notice(kind, _WHY_FIRST[kind], tuple(each.key for each in members), receivers, _worst(members), _earliest(members))
        for kind in _WHY_FIRST
        if (members := [each for each in untold if each.kind is kind])
    ]
    begins_chain = not question.pressing(told)
    after = replace(
        told,
        severities={**told.severities, **{each.key: each.severity for each in untold}},
        changed_at=question.at,
        recalled_at=question.at,
        chain_at=question.at if begins_chain else told.chain_at,
        taken=0 if begins_chain else told.taken,
        receivers=_joined(told.receivers, receivers),
    )
    return notices, after


_WHY_FIRST: Mapping[NoticeKind, Why] = MappingProxyType(
    {NoticeKind.COLLECTOR_DOWN: Why.BLIND, NoticeKind.FIRING: Why.FIRST, NoticeKind.NODATA: Why.SILENT}
)


def _earliest(members: Sequence[Member]) -> datetime:
    return min(each.fired_at for each in members)


# --- more and less severe


def _changed(question: _Question, told: Told, *, worse: bool) -> list[Member]:
    return [
        each
        for each in question.told_members(told)
        if each.ended_at is None
        and not each.is_held
        and not each.is_flapping
        and each.severity is not told.severities[each.key]
        and (each.severity.rank > told.severities[each.key].rank) is worse
    ]


def _worse_due(question: _Question, told: Told) -> datetime | None:
    worse = _changed(question, told, worse=True)
    return min((each.changed_at + question.policy.wait for each in worse), default=None)


def _better_due(question: _Question, told: Told) -> datetime | None:
    better = _changed(question, told, worse=False)
    if not better:
        return None
    earliest = min(each.changed_at + question.policy.wait for each in better)
    return earliest if told.changed_at is None else max(earliest, told.changed_at + question.policy.interval)


def _worse(question: _Question, told: Told) -> Outcome:
    due = _worse_due(question, told)
    if due is None or due > question.at:
        return (), told
    return _tell_change(question, told, _changed(question, told, worse=True), NoticeKind.UPDATE, Why.WORSE)


def _better(question: _Question, told: Told) -> Outcome:
    due = _better_due(question, question.before)
    members = _changed(question, told, worse=False)
    if due is None or due > question.at or not members:
        return (), told
    return _tell_change(question, told, members, NoticeKind.DOWNGRADED, Why.BETTER)


def _tell_change(question: _Question, told: Told, members: Sequence[Member], kind: NoticeKind, why: Why) -> Outcome:
    receivers = _joined(told.receivers, question.policy.receivers)
    event_at = min(each.changed_at for each in members)
    notice = Notice(kind, why, tuple(each.key for each in members), receivers, _worst(members), event_at)
    severities = {**told.severities, **{each.key: each.severity for each in members}}
    after = replace(told, severities=severities, changed_at=question.at, recalled_at=question.at, receivers=receivers)
    return (notice,), after


# --- the end


def _ended(question: _Question, told: Told) -> list[str]:
    """Told, and over: whether silenced meanwhile or not."""
    return [key for key in told.severities if _is_over(question.members.get(key))]


def _is_over(member: Member | None) -> bool:
    return member is None or (member.ended_at is not None and not member.is_flapping)


def _ended_due(question: _Question, told: Told) -> datetime | None:
    ended = [question.members.get(key) for key in _ended(question, told)]
    if not ended:
        return None
    moments = [each.ended_at for each in ended if each is not None and each.ended_at is not None]
    earliest = min(moments) + question.policy.wait if len(moments) == len(ended) else question.at
    return earliest if told.changed_at is None else max(earliest, told.changed_at + question.policy.interval)


def _over(question: _Question, told: Told) -> Outcome:
    due = _ended_due(question, question.before)
    keys = _ended(question, told)
    if due is None or due > question.at or not keys:
        return (), told
    withdrawn = [key for key in keys if key not in question.members or question.members[key].is_withdrawn]
    recovered = [key for key in keys if key not in withdrawn]
    notices = [
        _end_notice(question, told, NoticeKind.RESOLVED, Why.RESOLVED, recovered),
        _end_notice(question, told, NoticeKind.CLOSED, Why.ENDED_BY_HAND, withdrawn),
    ]
    after = replace(_without(told, keys), changed_at=question.at)
    return [each for each in notices if each is not None], after


def _end_notice(question: _Question, told: Told, kind: NoticeKind, why: Why, keys: Sequence[str]) -> Notice | None:
    if not keys or not question.policy.tells_recovery:
        return None
    severity = max((told.severities[key] for key in keys), key=lambda each: each.rank)
    moments = [member.ended_at for key in keys if (member := question.members.get(key)) and member.ended_at is not None]
    return Notice(kind, why, tuple(keys), told.receivers, severity, min(moments, default=question.at))


# --- what nobody has answered


def _reminder_due(question: _Question, told: Told) -> datetime | None:
    pressing = question.pressing(told)
    if not pressing or told.recalled_at is None:
        return None
    resumed = [each.resumed_at for each in pressing if each.resumed_at is not None and each.resumed_at > told.recalled_at]
    regular = [] if question.policy.repeat is None else [told.recalled_at + question.policy.repeat]
    return min([*resumed, *regular], default=None)


def _reminder(question: _Question, told: Told) -> Outcome:
    due = _reminder_due(question, told)
    if due is None or due > question.at:
        return (), told
    pressing = question.pressing(told)
    keys = tuple(each.key for each in pressing)
    notice = Notice(NoticeKind.REMINDER, Why.REMINDER, keys, question.policy.receivers, _worst(pressing), due)
    return (notice,), replace(told, recalled_at=question.at)


def _step_due(question: _Question, told: Told) -> datetime | None:
    pressing = question.pressing(told)
    steps = question.policy.steps[told.taken :]
    if not pressing or not steps or told.chain_at is None:
        return None
    worst = _worst(pressing)
    return next((told.chain_at + each.after for each in steps if worst.rank >= each.at_least.rank), None)


def _chain(question: _Question, told: Told) -> Outcome:
    notices: list[Notice] = []
    while (due := _step_due(question, told)) is not None and due <= question.at:
        pressing = question.pressing(told)
        worst = _worst(pressing)
        place = next(
            place for place, each in enumerate(question.policy.steps) if place >= told.taken and worst.rank >= each.at_least.rank
        )
        step = question.policy.steps[place]
        keys = tuple(each.key for each in pressing)
        notices.append(Notice(NoticeKind.ESCALATED, Why.UNANSWERED, keys, step.receivers, worst, due, step=place + 1))
        told = replace(told, taken=place + 1, receivers=_joined(told.receivers, step.receivers))
    return notices, told


_PARTS: tuple[Callable[[_Question, Told], Outcome], ...] = (
    _flapping,
    _calm_again,
    _worse,
    _first,
    _better,
    _over,
    _answers,
    _reminder,
    _chain,
)

_DUES: tuple[Callable[[_Question, Told], datetime | None], ...] = (
    _first_due,
    _worse_due,
    _better_due,
    _ended_due,
    _reminder_due,
    _step_due,
)


def lapses(members: Iterable[Member], at: datetime) -> datetime | None:
    """When the next answer lapses; None where none will."""
    ends = [each.answer_ends_at for each in members if each.answer_ends_at is not None and each.answer_ends_at > at]
    return min(ends, default=None)
