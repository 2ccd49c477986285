"""Timelines for rehearsals, and what is wanted of them: so many notices, each between two moments, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from command_centre.config.rehearsal import parse_rehearsal
from command_centre.pipeline.rehearsal import play

DOWN_RULE: Mapping[str, Any] = {
    "name": "down", "metric": "up", "op": "==", "threshold": 0, "for_s": 180, "severity": "critical",
}  # fmt: skip
NOTIFY: Mapping[str, Any] = {
    "group_by": ["rule", "zone"], "group_wait_s": 30, "group_interval_s": 300, "repeat_interval_s": 14400,
    "send_resolved": True, "channels": ["noc"],
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One notice that was accepted."""

    t: float
    kind: str
    targets: tuple[str, ...]
    to: str
    severity: str
    count: int
    group: str
    rule: str
    why: str


@dataclass(frozen=True)
class Played:
    """How a rehearsal went."""

    told: tuple[Told, ...]
    final: Mapping[str, str]

    def kinds(self) -> list[str]:
        return [each.kind for each in self.told]

    def of(self, kind: str) -> list[Told]:
        return [each for each in self.told if each.kind == kind]


def target(name: str = "web-1", **more: Any) -> dict[str, Any]:
    return {"id": name, "type": "website", "zone": "pusat", **more}


def rehearse(
    series: Mapping[str, Any],
    *,
    targets: Sequence[Mapping[str, Any]] | None = None,
    rules: Sequence[Mapping[str, Any]] = (DOWN_RULE,),
    notify: Mapping[str, Any] | None = None,
    actions: Sequence[Mapping[str, Any]] = (),
    readings: Sequence[Mapping[str, Any]] = (),
    end_s: float = 3600,
    start_epoch: float = 1_772_434_800,
    timezone: str = "Asia/Makassar",
    **config: Any,
) -> Played:
    """Play a timeline; a target that is not described is a website in the zone ``pusat``."""
    names = dict.fromkeys([*series, *(each["target"] for each in readings)])
    whole = {
        "interval_s": 60, "rules": list(rules), "notify": {**NOTIFY, **(notify or {})},
        "targets": list(targets) if targets is not None else [target(name) for name in names], **config,
    }  # fmt: skip
    file = {
        "config": whole, "series": dict(series), "actions": list(actions), "readings": list(readings), "end_s": end_s,
        "start_epoch": start_epoch, "timezone": timezone,
    }  # fmt: skip
    accepted, final = play(parse_rehearsal(file))
    told = []
    for t, each in accepted:
        notice, dispatch = each.dispatch.notice, each.dispatch
        told.append(
            Told(
                t, notice.kind.value, dispatch.targets, dispatch.receiver, notice.severity.value, dispatch.count,
                dispatch.group, dispatch.rule, notice.why.value,
            )
        )  # fmt: skip
    return Played(tuple(told), final)


@dataclass(frozen=True)
class Want:
    """A notice that must come between two moments (seconds of the timeline, both included)."""

    kind: str
    begin: float
    end: float
    targets: tuple[str, ...] | None = None
    to: str | None = None
    count: int | None = None

    def fits(self, told: Told) -> bool:
        return (
            told.kind == self.kind
            and self.begin <= told.t <= self.end
            and (self.targets is None or set(self.targets) == set(told.targets))
            and (self.to is None or self.to == told.to)
            and (self.count is None or self.count == told.count)
        )


def want(kind: str, begin: float, end: float, *targets: str, to: str | None = None, count: int | None = None) -> Want:
    return Want(kind, begin, end, targets or None, to, count)


def assert_told(played: Played, *wanted: Want) -> None:
    """Exactly the wanted notices, each once, and nothing else."""
    left = list(played.told)
    for each in wanted:
        found = next((told for told in left if each.fits(told)), None)
        assert found is not None, f"missing {each}; told were {_drawn(played.told)}"
        left.remove(found)
    assert not left, f"nobody asked for {_drawn(left)}"


def _drawn(told: Sequence[Told]) -> str:
    return "; ".join(f"{each.t:g} {each.kind} {','.join(each.targets[:4])} -> {each.to}" for each in told) or "nothing"
