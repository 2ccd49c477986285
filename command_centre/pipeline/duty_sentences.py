"""The sentences of what the rota itself brings: a hole that is coming, a shift that is over. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from command_centre.domain.calendar import Interval
from command_centre.domain.rota import Stint
from command_centre.domain.target import Parent, TargetKey
from command_centre.storage.handover import Named, ShiftFacts

MOST_HOLES = 14
"""Two a day for a week; more are counted."""

_SAY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "holes": ("Piket {rota}: {count} kali tanpa petugas", "Duty {rota}: nobody on duty {count} times"),
        "hole": ("Piket {rota} kosong {when}", "Nobody on duty for {rota}, {when}"),
        "to_fallback": ("Pemberitahuan pada waktu itu menuju {who}.", "Whatever is to be told then goes to {who}."),
        "more": ("dan {more} lagi", "and {more} more"),
        "handover": ("Serah terima piket {rota}: {who}, {when}", "Handover of {rota}: {who}, {when}"),
        "nobody": ("tanpa petugas", "nobody"),
        "open": ("Masih terbuka: {count}{names}", "Still open: {count}{names}"),
        "resolved": ("Pulih: {count}{names}", "Resolved: {count}{names}"),
        "noteworthy": ("Perlu dicatat: {parts}", "Worth noting: {parts}"),
        "critical": ("{count} kritis{names}", "{count} critical{names}"),
        "worsened": ("{count} memburuk", "{count} became worse"),
        "escalated": ("{count} tidak dijawab hingga jenjang berikutnya", "{count} unanswered up to the next step"),
        "calls": ("{count} panggilan", "{count} calls"),
        "since": ("sejak {at}", "since {at}"),
        "untaken": ("belum ditangani", "not taken"),
        "is_critical": ("kritis", "critical"),
    }
)
_DAYS = (("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


@dataclass(frozen=True, slots=True)
class DutyWords:
    """One language, the city's zone, and the names of causes."""

    english: bool
    zone: ZoneInfo
    parents: Mapping[TargetKey, Parent]

    def holes_title(self, rota: str, found: Sequence[Interval]) -> str:
        """One line that makes sense on a lock screen."""
        if len(found) == 1:
            return self._say("hole", rota=rota, when=self._stretch(found[0]))
        return self._say("holes", rota=rota, count=len(found))

    def holes_lines(self, found: Sequence[Interval], fallback: Sequence[str]) -> tuple[str, ...]:
        """When nobody is on duty, and who is told instead."""
        lines = [self._stretch(each) for each in found[:MOST_HOLES]] if len(found) > 1 else []
        if len(found) > MOST_HOLES:
            lines.append(self._say("more", more=len(found) - MOST_HOLES))
        return (*lines, self._say("to_fallback", who=", ".join(fallback)))

    def handover_title(self, rota: str, shift: Stint) -> str:
        """Whose shift it was, and when."""
        return self._say("handover", rota=rota, who=shift.who or self._say("nobody"), when=self._stretch(shift.during))

    def handover_lines(self, facts: ShiftFacts) -> tuple[str, str, str]:
        """Three lines: what is open, what is over, what stood out and how many calls that made."""
        opened = [f"{self._name(each)} ({', '.join(self._state(each))})" for each in facts.open_named]
        noteworthy = [
            self._say("critical", count=facts.critical, names=self._names(facts.critical, self._all(facts.critical_named))),
            self._say("worsened", count=facts.worsened),
            self._say("escalated", count=facts.escalated),
            self._say("calls", count=facts.calls),
        ]
        return (
            self._say("open", count=facts.open, names=self._names(facts.open, opened)),
            self._say("resolved", count=facts.resolved, names=self._names(facts.resolved, self._all(facts.resolved_named))),
            self._say("noteworthy", parts="; ".join(noteworthy)),
        )

    def _all(self, named: Sequence[Named]) -> list[str]:
        return [self._name(each) for each in named]

    def _names(self, count: int, names: Sequence[str]) -> str:
        if not names:
            return ""
        more = [self._say("more", more=count - len(names))] if count > len(names) else []
        return f" ({', '.join((*names, *more))})"

    def _name(self, each: Named) -> str:
        parent = None if each.group_key is None else self.parents.get(each.group_key)
        return each.name if each.group_key is None else str(each.group_key) if parent is None else parent.short_name

    def _state(self, each: Named) -> list[str]:
        critical = [self._say("is_critical")] if each.is_critical else []
        return [
            *critical,
            self._say("since", at=self._moment(each.opened_at)),
            *([] if each.is_taken else [self._say("untaken")]),
        ]

    def _stretch(self, during: Interval) -> str:
        return f"{self._moment(during.start)} – {self._moment(during.end)}"

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        clock = f"{local:%H:%M}" if self.english else f"{local:%H.%M}"
        return f"{_DAYS[1 if self.english else 0][local.weekday()]} {local:%d/%m} {clock}"

    def _say(self, key: str, **values: object) -> str:
        return _SAY[key][1 if self.english else 0].format(**values)
