"""Orders: who is to be told of what, how soon, and who is next when nobody answers. Written in ``config.yaml``, frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from command_centre.domain.deadline import Deadline
from command_centre.domain.flapping import FlapLimits
from command_centre.domain.rota import Hours, Rota, told_by
from command_centre.domain.rule import Severity
from command_centre.domain.target import Parent, TargetKey
from command_centre.domain.telling import Policy, Step

NOTHING: Mapping[str, Rota] = MappingProxyType({})
NOBODY: Mapping[TargetKey, Parent] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Orders:
    """How incidents are told.

    ``receivers`` hear of everything from WARNING on that no rule sends elsewhere; a name may be that of a rota, which stands for
    whoever is on duty. In the ``quiet`` hours only what is CRITICAL is told; the rest waits for their end. ``answer_lasts``: an
    answer without an end in sight lapses after it. At ``digest_at`` everybody hears once what was too small to be told.
    """

    receivers: tuple[str, ...] = ()
    wait: timedelta = timedelta(seconds=30)
    interval: timedelta = timedelta(minutes=5)
    repeat: timedelta | None = timedelta(hours=4)
    answer_lasts: timedelta | None = timedelta(hours=4)
    steps: tuple[Step, ...] = ()
    rotas: Mapping[str, Rota] = field(default_factory=lambda: NOTHING)
    quiet: Hours | None = None
    digest_at: time | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    parents: Mapping[TargetKey, Parent] = field(default_factory=lambda: NOBODY)
    flap_limits: FlapLimits | None = field(default_factory=FlapLimits)
    deadlines: tuple[Deadline, ...] = ()

    def policy(self, own: tuple[str, ...], at: datetime) -> Policy:
        """How one story is told now; ``own`` are the receivers of its rule, where it names any."""
        steps = tuple(Step(each.after, self._people(each.receivers, at), each.at_least) for each in self.steps)
        receivers = self._people(own or self.receivers, at)
        return Policy(receivers, self.wait, self.interval, self.repeat, steps)

    def everybody(self, at: datetime) -> tuple[str, ...]:
        """Who hears the digest."""
        return self._people(self.receivers, at)

    def waits_until(self, severity: Severity, at: datetime) -> datetime | None:
        """Until when something of this severity is kept for the digest; None: it is told now."""
        if severity is Severity.CRITICAL or self.quiet is None or not self.quiet.contain(at, self.zone):
            return None
        minute = timedelta(minutes=1)
        moment = at.astimezone(UTC).replace(second=0, microsecond=0)
        while self.quiet.contain(moment, self.zone):  # at most a day of minutes
            moment += minute
        return moment

    def _people(self, names: Iterable[str], at: datetime) -> tuple[str, ...]:
        people: list[str] = []
        for name in names:
            rota = self.rotas.get(name)
            people.extend((name,) if rota is None else told_by(rota, at))
        return tuple(dict.fromkeys(people))
