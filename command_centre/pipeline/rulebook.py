"""What the recorder was told by the configuration: rules, planned windows, the city's zone. Frozen; a reload brings a new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from command_centre.domain.calendar import Interval, Window, union
from command_centre.domain.orders import Orders
from command_centre.domain.rule import Rule
from command_centre.domain.target import TargetKey, TargetKind
from command_centre.storage.painting import PlannedWithin


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules and windows, each where it is looked up."""

    rules: tuple[Rule, ...]
    zone: ZoneInfo
    windows: Mapping[TargetKey, tuple[Window, ...]]
    orders: Orders = field(default_factory=Orders)
    by_kind: Mapping[TargetKind, tuple[Rule, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, rules: Sequence[Rule], windows: Sequence[Window], zone: ZoneInfo, orders: Orders | None = None) -> Rulebook:
        """Sort the windows by target and the rules by kind."""
        by_target: dict[TargetKey, tuple[Window, ...]] = {}
        for window in windows:
            for key in window.targets:
                by_target[key] = (*by_target.get(key, ()), window)
        by_kind: dict[TargetKind, tuple[Rule, ...]] = defaultdict(tuple)
        for rule in rules:
            by_kind[rule.applies_to] = (*by_kind[rule.applies_to], rule)
        given = Orders() if orders is None else orders
        return cls(tuple(rules), zone, MappingProxyType(by_target), given, MappingProxyType(dict(by_kind)))

    def rules_for(self, kind: TargetKind) -> tuple[Rule, ...]:
        """The rules on targets of one kind."""
        return self.by_kind.get(kind, ())

    def planned_for(self, key: TargetKey) -> PlannedWithin:
        """The agreed planned time of one target."""
        windows = self.windows.get(key, ())

        def planned_within(within: Interval) -> Sequence[Interval]:
            return union(part for window in windows for part in window.intervals(within, self.zone)) if windows else ()

        return planned_within

    def is_planned(self, key: TargetKey, at: datetime) -> bool:
        """Whether ``at`` lies in planned time of the target."""
        return any(part.contains(at) for part in self.planned_for(key)(Interval(at, at + timedelta(seconds=1))))
