"""What the recorder was told by the configuration: rules, planned windows, the city's zone. Frozen; a reload brings a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from command_centre.domain.calendar import Interval, Window, union
from command_centre.domain.rule import Rule
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.storage.painting import PlannedWithin


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules and windows, each where it is looked up."""

    rules: tuple[Rule, ...]
    zone: ZoneInfo
    windows: Mapping[TargetKey, tuple[Window, ...]]

    @classmethod
    def of(cls, rules: Sequence[Rule], windows: Sequence[Window], zone: ZoneInfo) -> Rulebook:
        """Sort the windows by target."""
        by_target: dict[TargetKey, tuple[Window, ...]] = {}
        for window in windows:
            for key in window.targets:
                by_target[key] = (*by_target.get(key, ()), window)
        return cls(tuple(rules), zone, MappingProxyType(by_target))

    def rules_for(self, kind: TargetKind) -> tuple[Rule, ...]:
        """The rules on targets of one kind."""
        return tuple(rule for rule in self.rules if rule.applies_to is kind)

    def planned_for(self, key: TargetKey) -> PlannedWithin:
        """The agreed planned time of one target."""
        windows = self.windows.get(key, ())

        def planned_within(within: Interval) -> Sequence[Interval]:
            return union(part for window in windows for part in window.intervals(within, self.zone)) if windows else ()

        return planned_within

    def is_planned(self, key: TargetKey, at: datetime) -> bool:
        """Whether ``at`` lies in planned time of the target."""
        return any(part.contains(at) for part in self.planned_for(key)(Interval(at, at + timedelta(seconds=1))))
