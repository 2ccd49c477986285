"""What one full pass of rules takes of one core: 10,000 targets with 20 rules each, judged and led on, against a bare loop.

Run it with ``python -m tests.benchmarks.bench_alerts``. It prints; it asserts no clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from command_centre.domain.alert import Alert, AlertState, Phase, hear
from command_centre.domain.reading import Reading, Reason, Status
from command_centre.domain.rule import Comparison, Level, Limit, Rule, RuleId, Severity, StatusIs, Threshold, Verdict, judge
from command_centre.domain.series import MetricName
from command_centre.domain.target import TargetKey, TargetKind
from tests.support.clock import NOON

TARGETS, RULES = 10_000, 20
PROMISED_SECONDS = 1.0
SHARE_IN_TROUBLE = 50  # every fiftieth target
METRICS = tuple(MetricName(f"metric_{number}_ratio") for number in range(RULES - 4))


def rules() -> tuple[Rule, ...]:
    """Four about the state, sixteen about quantities, a quarter of these with hysteresis and levels."""
    states = [_rule(f"state-{number}", StatusIs(frozenset({Status.DOWN}))) for number in range(4)]
    limit, clear = Limit(Comparison.ABOVE, 0.9), Limit(Comparison.AT_MOST, 0.8)
    levels = (Level(Severity.CRITICAL, Limit(Comparison.ABOVE, 0.99)),)
    quantities = [
        _rule(f"metric-{number}", Threshold(metric, limit, clear, levels) if number % 4 == 0 else Threshold(metric, limit))
        for number, metric in enumerate(METRICS)
    ]
    return (*states, *quantities)


def _rule(name: str, condition: StatusIs | Threshold) -> Rule:
    return Rule(RuleId(name), TargetKind.SITE, condition, timedelta(minutes=3), timedelta(minutes=1), Severity.WARNING)


def readings() -> list[Reading]:
    """One of each target; every fiftieth is in trouble."""
    calm, high = dict.fromkeys(METRICS, 0.5), dict.fromkeys(METRICS, 0.95)
    return [
        Reading(TargetKey(f"t{number}"), NOON, Status.DOWN, Reason.TIMEOUT, values=high)
        if number % SHARE_IN_TROUBLE == 0
        else Reading(TargetKey(f"t{number}"), NOON, Status.UP, Reason.OK, values=calm)
        for number in range(TARGETS)
    ]


def one_pass(looks: Sequence[Reading], every: Sequence[Rule], alerts: dict[tuple[str, str], Alert]) -> int:
    """Judge every rule on every reading as the recorder does: what has always been well costs its verdict and nothing else."""
    led = 0
    for look in looks:
        for rule in every:
            key = (rule.id, look.target)
            known = alerts.get(key)
            verdict = judge(rule, look, is_open=known is not None and known.state.phase.is_open)
            if known is None and verdict is Verdict.FINE:
                continue
            before = known or Alert(AlertState(Phase.CLEAR, look.taken_at))
            alerts[key] = hear(before, verdict, rule.severity, rule, look.taken_at)
            led += 1
    return led


def bare_loop(looks: Sequence[Reading], every: Sequence[Rule]) -> int:
    """The floor: touch every pair once."""
    known: dict[tuple[str, str], Alert] = {}
    return sum(known.get((rule.id, look.target)) is None for look in looks for rule in every)


def seconds(do: Callable[[], object]) -> float:
    begun = time.process_time()  # of this core, however busy the machine is otherwise
    do()
    return time.process_time() - begun


def main() -> None:
    """Print the best of three passes and its ratio to the floor."""
    looks, every = readings(), rules()
    floor = min(seconds(lambda: bare_loop(looks, every)) for _ in range(3))
    passes = [seconds(lambda: one_pass(looks, every, {})) for _ in range(3)]
    best = min(passes)
    print(f"{TARGETS} targets x {RULES} rules: {best:.2f} s of one core a pass (promised {PROMISED_SECONDS:g} s)")
    print(f"a bare loop over the pairs: {floor:.2f} s; ratio {best / floor:.1f}")


if __name__ == "__main__":
    main()
