"""What other parts of Command Centre measure and a snapshot shows: complaints, progress by indicator, injected links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from command_centre.config.model import Config
from command_centre.config.snapshot import SnapshotSection
from command_centre.domain.calendar import Interval
from command_centre.domain.complaints import complaints_of
from command_centre.domain.cut import CutComplaints, CutDimension, CutInjections, CutOfficial
from command_centre.domain.integrity import Change, Phase
from command_centre.domain.ledger import HOUR_MS
from command_centre.domain.progress import Catalogue
from command_centre.domain.service import OVERDUE, PROCESSED_TODAY
from command_centre.domain.target import TargetKind
from command_centre.read.progress import read_progress
from command_centre.read.rows import read_register
from command_centre.storage.cutting import Supplements
from command_centre.storage.integrity_tables import integrity_event, integrity_scan, integrity_watch
from command_centre.storage.tables import metric, rollup, series, target
from command_centre.storage.times import ONE_MILLISECOND, to_ms

ALARMS = (Change.ALARM.value, Change.REINFECTION.value, Change.CONFIRMED.value)
STANDING = (Phase.INDICATED.value, Phase.CONFIRMED.value)


def supplements_of(config: Config) -> Callable[[Connection, Interval], Supplements]:
    """What a configuration lets the snapshot show beside its own accounting."""

    def supplement(connection: Connection, within: Interval) -> Supplements:
        last_day = (within.end - ONE_MILLISECOND).astimezone(config.zone).date()
        return Supplements(
            complaints=complaints(connection, (config.snapshot or SnapshotSection()).complaints, within),
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


def complaints(connection: Connection, keys: Sequence[str], within: Interval) -> CutComplaints | None:
    """What the services for complaints told; None when none of them told enough."""
    last_day = within.end.date()
    register = [each for each in read_register(connection, last_day) if each.kind == TargetKind.SERVICE.value]
    ours = [each for each in register if each.key in keys or each.attributes.get("part_of") in keys]
    wholes = {each.attributes["part_of"] for each in ours if "part_of" in each.attributes}
    asked = [each.id for each in ours if each.has_address or each.key not in wholes]
    start, end = to_ms(within.start), to_ms(within.end)
    finished = _hourly(connection, asked, PROCESSED_TODAY, (start, end))
    overdue = _hourly(connection, asked, OVERDUE, (start, end))
    return complaints_of([(finished.get(each, {}), overdue.get(each, {})) for each in asked], range(start, end, HOUR_MS))


def _hourly(
    connection: Connection, targets: Sequence[int], name: str, within: tuple[int, int]
) -> Mapping[int, Mapping[int, int]]:
    """Target → hour → the highest count of that hour; of what is overdue the usual one. Begins an hour before the time itself."""
    which = (
        select(series.c.target_id, rollup.c.bucket, rollup.c.high, rollup.c.total, rollup.c.count)
        .join(series, series.c.id == rollup.c.series_id)
        .join(metric, metric.c.id == series.c.metric_id)
        .where(
            metric.c.name == name,
            series.c.target_id.in_(targets),
            rollup.c.resolution_seconds == HOUR_MS // 1000,
            rollup.c.bucket >= within[0] - HOUR_MS,
            rollup.c.bucket < within[1],
        )
    )
    found: dict[int, dict[int, int]] = {}
    for target_id, bucket, high, total, count in connection.execute(which):
        value = high if name == PROCESSED_TODAY else total / count
        found.setdefault(target_id, {})[bucket] = int(value + 0.5)
    return found


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
