"""How long a week takes, at full size and with ten metrics of each target, and the archive of a year.

Prints times and, as a floor, what plain SQLite and plain JSON need for the same rows on the same machine; asserts no clock.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, insert, select

from command_centre.domain.cut import CutTarget, DataCut
from command_centre.domain.period import parse_period
from command_centre.domain.seal import Frozen
from command_centre.domain.snapshot import Snapshot, snapshot
from command_centre.read.snapshots import SnapshotArchive
from command_centre.storage import snapshots
from command_centre.storage.canonical import canonical
from command_centre.storage.cutting import CityFacts, read_cut
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.signing import open_signer
from command_centre.storage.snapshots import sealed
from command_centre.storage.tables import metric, rollup, series, span, target
from command_centre.storage.times import to_ms
from layouts.snapshot import archive_page, forms
from layouts.wording import Language, words_for
from tests.support.busy_week import METRICS, ZONE, busy_cut

WEEKS = 52
HOUR_MS = 3_600_000
_Made = TypeVar("_Made")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cc-bench-snapshot-") as name, _database(Path(name)) as engine:
        cut = busy_cut("2026-W47", hotspots=721, sites=120, services=10, outages=12)
        print(
            f"\nOne week of {len(cut.targets)} targets, "
            f"{sum(len(each.spans) for each in cut.targets)} spans, {METRICS} metrics each"
        )
        _fill(engine, cut)
        _one_week(engine, cut, Path(name))
        _a_year(engine, cut, Path(name))


@contextmanager
def _database(folder: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{folder / 'city.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def _timed(what: str, do: Callable[[], _Made]) -> _Made:
    begun = time.perf_counter()
    made = do()
    print(f"  {what:<62} {time.perf_counter() - begun:8.3f} s")
    return made


def _one_week(engine: Engine, busy: DataCut, folder: Path) -> None:
    week = parse_period(busy.period)
    now = datetime(2026, 11, 22, 22, tzinfo=UTC)

    def read() -> DataCut:
        with engine.connect() as connection:
            return read_cut(connection, week, CityFacts("Kota Bontang", ZONE), now)

    _timed("floor: the same spans with plain SQLite", lambda: _plain_spans(engine))
    cut = _timed("cut: everything read from the database", read)
    floor = _timed("floor: the cut as JSON", lambda: json.dumps(canonical(cut).decode()))
    snap = _timed("snapshot: computed from the cut", lambda: snapshot(cut, "config", "0.1.0"))
    seal = _timed("sealed", lambda: sealed(open_signer(folder), snap, cut, revision=1, previous=None, cut_at=now))
    made = _timed("words of the document", lambda: forms.paper_document_of(snap, seal))
    _timed("paper and card, the first time (fonts are read)", lambda: forms.paper_and_card(made, seal))
    _timed("paper and card, again", lambda: forms.paper_and_card(made, seal))
    _timed("every form and the annex", lambda: dict(forms.all_forms(snap, seal, Language.INDONESIAN)))
    print(f"  the cut is {len(floor) / 1e6:.1f} MB of JSON")


def _a_year(engine: Engine, cut: DataCut, folder: Path) -> None:
    week = parse_period(cut.period)
    signer = open_signer(folder)
    previous: str | None = None
    snap: Snapshot = snapshot(cut, "config", "0.1.0")
    for _ in range(WEEKS):
        begins = to_ms(week.interval(ZONE).start)
        this = replace(snap, period=week.name, starts_at=begins, ends_at=begins + 7 * 24 * HOUR_MS)
        seal = sealed(signer, this, cut, revision=1, previous=previous, cut_at=datetime(2026, 11, 22, 22, tzinfo=UTC))
        with writing(engine) as connection:
            snapshots.freeze(connection, Frozen(seal, this, cut))
        previous, week = seal.seal, week.before()
    archive, words = SnapshotArchive(engine), words_for(Language.INDONESIAN, ZONE)
    _timed(f"archive of {WEEKS} weeks: read and drawn", lambda: archive_page.listing(archive.lines(), words))
    name = parse_period(cut.period).name
    _timed("one week opened from the archive: read and drawn", lambda: archive_page.period(archive.snapshot(name), name, words))


def _plain_spans(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.exec_driver_sql("SELECT target_id, since, until, status, reason, planned FROM span").fetchall())


def _fill(engine: Engine, cut: DataCut) -> None:
    """The rows that a week like this leaves: spans, and hourly and daily rollups of every metric."""
    with writing(engine) as connection:
        connection.execute(insert(target), [_target(each) for each in cut.targets])
        ids = {row.key: row.id for row in connection.execute(select(target.c.key, target.c.id))}
        connection.execute(insert(span), [row for each in cut.targets for row in _spans(ids[each.key], each)])
        names = ["clients_total", *(f"metric_{number}_seconds" for number in range(1, METRICS))]
        connection.execute(insert(metric), [{"name": name, "unit": "seconds", "help": "", "is_latency": False} for name in names])
        metrics = list(connection.execute(select(metric.c.id)).scalars())
        pairs = [{"target_id": target_id, "metric_id": metric_id} for target_id in ids.values() for metric_id in metrics]
        connection.execute(insert(series), pairs)
        numbers = list(connection.execute(select(series.c.id)).scalars())
        start = cut.starts_at // HOUR_MS * HOUR_MS
        for first in range(0, len(numbers), 500):
            some = numbers[first : first + 500]
            rows = [_rollup(number, 3600, start + hour * HOUR_MS) for number in some for hour in range(7 * 24)]
            rows += [_rollup(number, 86_400, (start // 86_400_000 + day) * 86_400_000) for number in some for day in range(8)]
            connection.execute(insert(rollup), rows)


def _rollup(number: int, seconds: int, bucket: int) -> dict[str, object]:
    width = {"resolution_seconds": seconds, "series_id": number, "bucket": bucket}
    return width | {"count": 60, "total": 60.0 + number % 7, "low": 0.5, "high": 2.0, "sketch": None}


def _target(each: CutTarget) -> dict[str, object]:
    attributes = {"isp": each.provider, "class_mbps": each.class_mbps, "settlement": each.settlement}
    kept = {name: str(value) for name, value in attributes.items() if value is not None}
    return {
        "key": each.key, "kind": each.kind, "name": each.name, "short_name": each.short_name, "owner": each.owner,
        "group_name": each.group, "kelurahan": each.kelurahan, "kecamatan": each.kecamatan, "address": "x",
        "expected_every_seconds": 60.0, "dimension": each.dimension, "source": "", "valid_from": "2026-01-01", "valid_to": None,
        "parents": json.dumps(each.parents), "attributes": json.dumps(kept), "created_at": 0, "changed_at": 0,
    }  # fmt: skip


def _spans(target_id: int, each: CutTarget) -> list[dict[str, object]]:
    return [{"target_id": target_id, **one._asdict()} for one in each.spans]


if __name__ == "__main__":
    main()
