"""Rule: when a condition holds long enough, somebody has to know. Verdict: what the newest reading says about it.

Judging is done for every rule on every reading, so the conditions are plain data and the common answer (fine) comes first.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NewType, TypeAlias, assert_never

from command_centre.domain.reading import Reading, Status
from command_centre.domain.series import MetricName
from command_centre.domain.target import TargetKind

RuleId = NewType("RuleId", str)


class Severity(StrEnum):
    """How urgent: act now (may wake), act today, read in the digest."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Greater is more urgent."""
        return _RANKS[self]


_RANKS: Mapping[Severity, int] = MappingProxyType({Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2})


class Verdict(StrEnum):
    """What one reading says about one rule. NO_DATA moves nothing: missing data neither raises nor resolves."""

    BREACHED = "breached"
    FINE = "fine"
    NO_DATA = "no_data"


class Comparison(StrEnum):
    """How a value is held against a limit."""

    EQUAL = "=="
    UNEQUAL = "!="
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


_HOLDS: Mapping[Comparison, Callable[[float, float], bool]] = MappingProxyType(
    {
        Comparison.EQUAL: operator.eq,
        Comparison.UNEQUAL: operator.ne,
        Comparison.ABOVE: operator.gt,
        Comparison.AT_LEAST: operator.ge,
        Comparison.BELOW: operator.lt,
        Comparison.AT_MOST: operator.le,
    }
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A comparison with a number in the metric's own unit."""

    comparison: Comparison
    value: float
    _test: Callable[[float, float], bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked up once: a limit is asked hundreds of thousands of times a minute.
        object.__setattr__(self, "_test", _HOLDS[self.comparison])

    def holds(self, value: float) -> bool:
        return self._test(value, self.value)


@dataclass(frozen=True, slots=True)
class StatusIs:
    """Breached while a target has one of these statuses."""

    statuses: frozenset[Status]


@dataclass(frozen=True, slots=True)
class Level:
    """From this limit on, the trouble is more severe than the rule says."""

    severity: Severity
    limit: Limit


@dataclass(frozen=True, slots=True)
class Threshold:
    """Breached where ``breach`` holds; once it is an alert, over only where ``clear`` holds (where given: hysteresis).

    ``levels`` raise the severity; the most severe one that holds counts.
    """

    metric: MetricName
    breach: Limit
    clear: Limit | None = None
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Breached where the value has changed by so much within ``over``: the newest minus the oldest one within that time."""

    metric: MetricName
    over: timedelta
    breach: Limit


@dataclass(frozen=True, slots=True)
class SilentFor:
    """Breached while a target that should report has not done so for longer than ``after``: silence is itself a rule."""

    after: timedelta


Condition: TypeAlias = StatusIs | Threshold | Change | SilentFor


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition, how long it must hold before it fires, how long calm must last before it clears, and whom it concerns.

    ``explains`` says that a target in this trouble cannot be looked through: what depends on it is not told of.
    ``owner`` is who has to act and ``runbook`` the first step; the configuration refuses a rule without them. With ``asks_owner``
    the owner of the target acts, and ``owner`` only where the register names nobody.
    """

    id: RuleId
    applies_to: TargetKind
    condition: Condition
    hold: timedelta
    recover: timedelta
    severity: Severity
    explains: bool = False
    owner: str = ""
    runbook: str = ""
    receivers: tuple[str, ...] = ()
    asks_owner: bool = False


def judge(rule: Rule, reading: Reading, *, is_open: bool = False, earlier: float | None = None) -> Verdict:
    """The verdict of ``rule`` on ``reading``.

    ``is_open`` says whether it is an alert already (a separate clear limit counts then); ``earlier`` is the value with which a
    ``Change`` compares, None where nothing that old is known. Any reading ends a silence: see ``judge_silence`` for its start.
    """
    if reading.tentative:
        return Verdict.NO_DATA  # its retry decides
    condition = rule.condition
    if isinstance(condition, StatusIs):  # the common kinds first: this is asked for every rule on every reading
        return _judge_status(condition.statuses, reading.status)
    if isinstance(condition, SilentFor):
        return Verdict.FINE
    value = reading.values.get(condition.metric)
    if value is None:
        return Verdict.NO_DATA
    match condition:
        case Threshold():
            return _judge_value(value, condition.breach, condition.clear if is_open else None)
        case Change():
            return Verdict.NO_DATA if earlier is None else _judge_value(value - earlier, condition.breach, None)
        case unreachable:
            assert_never(unreachable)


def judge_silence(condition: SilentFor, last_seen: datetime, at: datetime) -> Verdict:
    """The verdict on a target that was last heard of at ``last_seen``. Never FINE: only a reading says that it is back."""
    return Verdict.BREACHED if at - last_seen > condition.after else Verdict.NO_DATA


def severity_of(rule: Rule, reading: Reading) -> Severity:
    """How severe a breach is: the most severe level that the value has reached, or else what the rule says."""
    if not isinstance(rule.condition, Threshold):
        return rule.severity
    value = reading.values.get(rule.condition.metric)
    reached = [each.severity for each in rule.condition.levels if value is not None and each.limit.holds(value)]
    return max((rule.severity, *reached), key=lambda each: each.rank)


def _judge_status(statuses: frozenset[Status], status: Status) -> Verdict:
    if status in statuses:
        return Verdict.BREACHED
    return Verdict.NO_DATA if status is Status.UNKNOWN else Verdict.FINE


def _judge_value(value: float, breach: Limit, clear: Limit | None) -> Verdict:
    if breach.holds(value):
        return Verdict.BREACHED
    return Verdict.FINE if clear is None or clear.holds(value) else Verdict.BREACHED


DOWN = StatusIs(frozenset({Status.DOWN}))
NOW, MINUTE, DAY = timedelta(0), timedelta(minutes=1), 86_400.0
CERTIFICATE = Threshold(
    MetricName("certificate_remaining_seconds"),
    Limit(Comparison.BELOW, 14 * DAY),
    levels=(Level(Severity.WARNING, Limit(Comparison.BELOW, 7 * DAY)),),
)
INJECTED = RuleId("site-judol")
INJECTION = Threshold(MetricName("injected_content"), Limit(Comparison.ABOVE, 0))
"""No reading carries this metric: the watch for injected content leads the alert itself (``pipeline.integrity_stories``)."""
CSIRT = "CSIRT Kota Bontang"
OPD, WIFI, SERVICES, OPERATORS = "OPD pemilik situs", "Tim Wi-Fi Diskominfo", "Pengelola layanan", "Jaga Command Centre"

DEFAULT_RULES = (
    Rule(
        RuleId("site-down"), TargetKind.SITE, DOWN, NOW, MINUTE, Severity.WARNING, explains=True, owner=OPD, asks_owner=True,
        runbook="Buka situs dari jaringan lain. Bila tetap tidak terbuka, hubungi pengelola situs.",
    ),
    Rule(
        RuleId("site-certificate"), TargetKind.SITE, CERTIFICATE, NOW, NOW, Severity.INFO, owner=OPD, asks_owner=True,
        runbook="Perbarui sertifikat sebelum masa berlakunya habis.",
    ),
    Rule(
        INJECTED, TargetKind.SITE, INJECTION, NOW, NOW, Severity.CRITICAL, owner=CSIRT,
        runbook="Jangan buka situs itu. Simpan bukti di /konsol/judol, lalu ikuti docs/runbooks/judol.md.",
    ),
    Rule(
        RuleId("hotspot-down"), TargetKind.HOTSPOT, DOWN, NOW, MINUTE, Severity.INFO, explains=True, owner=WIFI, asks_owner=True,
        runbook="Periksa listrik di lokasi, lalu hubungi penyedia.",
    ),
    Rule(
        RuleId("hotspot-silent"), TargetKind.HOTSPOT, SilentFor(15 * MINUTE), NOW, NOW, Severity.INFO,
        owner=WIFI, asks_owner=True, runbook="Titik tidak melapor. Periksa listrik di lokasi dan sambungan titik ke broker.",
    ),
    Rule(
        RuleId("service-down"), TargetKind.SERVICE, DOWN, 2 * MINUTE, MINUTE, Severity.WARNING, owner=SERVICES, asks_owner=True,
        runbook="Buka layanan dari jaringan lain. Bila tetap gagal, hubungi pengelola layanan.",
    ),
    Rule(
        RuleId("service-silent"), TargetKind.SERVICE, SilentFor(30 * MINUTE), NOW, NOW, Severity.INFO,
        owner=SERVICES, asks_owner=True, runbook="Layanan tidak melapor. Periksa alamat dan kunci antarmukanya.",
    ),
    Rule(
        RuleId("self-down"), TargetKind.SELF, DOWN, NOW, NOW, Severity.CRITICAL, owner=OPERATORS,
        runbook="Command Centre sendiri terganggu. Ikuti docs/operations.md.",
    ),
)  # fmt: skip
"""In force where ``config.yaml`` says nothing else: every target is covered without a line.

Hold is 0 where a failed look is confirmed by its retry before it counts. A single hotspot, or a certificate with days to go, can
wait for the digest (INFO): of 720 hotspots some are always down, and what many of them share is an incident of its own.
"""
