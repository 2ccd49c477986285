"""What other parts of Command Centre measure and a snapshot shows: progress by indicator, the watch for injected links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection, func, select

from command_centre.config.model import Config
from command_centre.domain.calendar import Interval
from command_centre.domain.cut import CutDimension, CutInjections, CutOfficial
from command_centre.domain.integrity import Change, Phase
from command_centre.domain.progress import Catalogue
from command_centre.domain.target import TargetKind
from command_centre.read.progress import read_progress
from command_centre.read.rows import read_register
from command_centre.storage.cutting import Supplements
from command_centre.storage.integrity_tables import integrity_event, integrity_scan, integrity_watch
from command_centre.storage.tables import target
from command_centre.storage.times import ONE_MILLISECOND, to_ms

ALARMS = (Change.ALARM.value, Change.REINFECTION.value, Change.CONFIRMED.value)
STANDING = (Phase.INDICATED.value, Phase.CONFIRMED.value)


def supplements_of(config: Config) -> Callable[[Connection, Interval], Supplements]:
    """What a configuration lets the snapshot show beside its own accounting."""

    def supplement(connection: Connection, within: Interval) -> Supplements:
        last_day = (within.end - ONE_MILLISECOND).astimezone(config.zone).date()
        return Supplements(
            injections=injections(connection, within),
            dimensions=dimensions(connection, config.catalogue, last_day, within),
            official=official(config.catalogue),
        )

    return supplement


def dimensions(connection: Connection, catalogue: Catalogue, last_day: date, within: Interval) -> tuple[CutDimension, ...] | None:
    """Progress at the end of the period; None without a catalogue."""
    if not catalogue.indicators:
        return None
    progress = read_progress(connection, catalogue, read_register(connection, last_day), within)
    return tuple(
        CutDimension(
            dimension=each.dimension.value,
            measured_ratio=None if each.measured is None else round(each.measured, 6),
            conservative_ratio=round(each.conservative, 6),
            measured_indicators=each.filled,
            indicators=each.total,
        )
        for each in progress.dimensions
    )


def official(catalogue: Catalogue) -> CutOfficial | None:
    """The city's own figure; None where it declared none."""
    told = catalogue.official
    return None if told is None else CutOfficial(told.value, told.declared_on.isoformat(), told.source)


def injections(connection: Connection, within: Interval) -> CutInjections | None:
    """Sites scanned, suspected and still suspected; None when nothing was scanned in that time."""
    start, end = to_ms(within.start), to_ms(within.end)
    during = (integrity_scan.c.at >= start) & (integrity_scan.c.at < end)
    looked_at = connection.execute(select(func.count(integrity_scan.c.target_id.distinct())).where(during)).scalar_one()
    if not looked_at:
        return None
    alarmed = select(integrity_event.c.target_id).where(
        integrity_event.c.change.in_(ALARMS), integrity_event.c.at >= start, integrity_event.c.at < end
    )
    standing = select(integrity_watch.c.target_id).where(integrity_watch.c.phase.in_(STANDING), integrity_watch.c.since < end)
    still = set(connection.execute(standing).scalars())
    sites = select(func.count()).where(target.c.kind == TargetKind.SITE.value, target.c.address.is_not(None))
    expected = connection.execute(sites.where(target.c.removed_at.is_(None))).scalar_one()
    return CutInjections(
        looked_at=int(looked_at),
        expected=max(int(expected), int(looked_at)),
        suspected=len(set(connection.execute(alarmed).scalars()) | still),
        remaining=len(still),
    )
