"""Weeks that calendars make difficult, from readings to the frozen snapshot: a leap day, and Ramadan a year later."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import Engine, insert, select

from command_centre.domain.period import parse_period
from command_centre.domain.reading import Status
from command_centre.domain.seal import Frozen
from command_centre.pipeline.snapshotter import Snapshotter, due_at
from command_centre.read.snapshots import SnapshotArchive
from command_centre.storage.canonical import canonical, digest, plain
from command_centre.storage.cutting import CityFacts
from command_centre.storage.database import writing
from command_centre.storage.signing import open_signer
from command_centre.storage.snapshot_file import check, to_bytes
from command_centre.storage.snapshot_tables import snapshot as snapshot_table
from command_centre.storage.snapshots import load, seal_parts
from layouts.snapshot.forms import document_of
from tests.support.city import KOMINFO, WITA, reading, register, site, write

HOUR = timedelta(hours=1)


def look_every_hour(engine: Engine, first: datetime, hours: int, *, down: range) -> None:
    """One look an hour, just after it began; down in the hours of ``down``."""
    seen = [
        reading(first + hour * HOUR, Status.DOWN if hour in down else Status.UP, detail="" if hour not in down else "refused")
        for hour in range(hours)
    ]
    write(engine, *seen)


def frozen(engine: Engine, folder: Path, name: str) -> Frozen:
    maker = Snapshotter(engine, CityFacts("Kota Bontang", WITA), "config-1", open_signer(folder))
    period = parse_period(name)
    return maker.freeze(period, due_at(period, WITA)).frozen


@pytest.fixture
def city(engine: Engine) -> Engine:
    register(engine, site(every=HOUR))
    return engine


def test_a_leap_day_is_a_day_like_any_other(city: Engine, tmp_path: Path) -> None:
    """Down all of 29 February: one day of seven in its week, one of two that were watched in its month of 29 days."""
    monday = datetime(2028, 2, 28, tzinfo=WITA)
    look_every_hour(city, monday, 7 * 24, down=range(24, 48))
    week, month = frozen(city, tmp_path, "2028-W09").snapshot, frozen(city, tmp_path, "2028-02").snapshot
    figures = week.target(KOMINFO)
    assert figures is not None
    assert (figures.ledger.down, figures.ledger.up) == (24 * 3_600_000, 6 * 24 * 3_600_000)
    assert figures.availability == round(6 / 7, 9)
    assert week.groups_by("kind")[0].days == (1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    group = month.groups_by("kind")[0]
    assert len(group.days) == 29
    assert group.days[-2:] == (1.0, 0.0)
    assert set(group.days[:-2]) == {None}
    assert group.figure.availability == 0.5
    assert "29 Februari 2028" in str(document_of(month, frozen(city, tmp_path, "2028-02").seal)["period"])


def test_a_week_of_ramadan_is_laid_beside_the_week_of_ramadan_of_the_year_before(city: Engine, tmp_path: Path) -> None:
    """BEHAVIOUR 1.3, rule 5. 2026-W09 is the first full week of Ramadan 1447; its like in 1446 was 2025-W10."""
    look_every_hour(city, datetime(2025, 3, 3, tzinfo=WITA), 7 * 24, down=range(42))
    before = frozen(city, tmp_path, "2025-W10")
    look_every_hour(city, datetime(2026, 2, 23, tzinfo=WITA), 7 * 24, down=range(21))
    now = frozen(city, tmp_path, "2026-W09")
    like = now.snapshot.hijri_before
    assert like is not None
    assert (like.period, like.seal) == ("2025-W10", before.seal.seal)
    assert (like.get("site_availability"), now.snapshot.targets[0].availability) == (0.75, 0.875)
    assert now.snapshot.year_before is None
    note = document_of(now.snapshot, now.seal)["measures"]["note"]
    assert "Setahun lalu (minggu ke-9/2025): belum ada data." in note
    assert "(minggu ke-10/2025, Ramadan 1446 H): situs 75,00\u00a0%" in note
    assert "seluruhnya di bulan Ramadan" in note


def test_a_week_sealed_by_a_version_that_knew_less_is_still_as_sealed(city: Engine, tmp_path: Path) -> None:
    """Fields that came later are not written into what was sealed before them."""
    look_every_hour(city, datetime(2026, 2, 23, tzinfo=WITA), 7 * 24, down=range(21))
    week = frozen(city, tmp_path, "2026-W09")
    body, cut = plain(week.snapshot), plain(week.cut)
    del body["hijri_before"], cut["hijri_before"]
    parts = {**seal_parts(week.seal), "sha256": digest(body), "cut_sha256": digest(cut), "period": "2026-W09", "revision": 2}
    signer = open_signer(tmp_path)
    signed = {"seal": digest(parts), "public_key": signer.public_key, "signature": signer.sign(canonical(parts))}
    packed = {name: zstandard.compress(canonical(part)) for name, part in (("body", body), ("cut", cut))}
    with writing(city) as connection:
        row = dict(connection.execute(select(snapshot_table)).one()._mapping)
        connection.execute(insert(snapshot_table).values({**row, "id": row["id"] + 1, **parts, **signed, **packed}))
    old = SnapshotArchive(city).sealed_file("2026-W09", 2)
    assert old is not None
    assert check(json.loads(old)) == ()
    with city.connect() as connection:
        known = load(connection, "2026-W09", 2)
    assert known is not None
    assert known.snapshot == week.snapshot


def test_what_a_comparison_says_later_changes_nothing_that_is_frozen(city: Engine, tmp_path: Path) -> None:
    """The like of a week may be frozen after it (a catch-up): that is no late data, and no revision."""
    look_every_hour(city, datetime(2026, 2, 23, tzinfo=WITA), 7 * 24, down=range(21))
    week = frozen(city, tmp_path, "2026-W09")
    look_every_hour(city, datetime(2025, 3, 3, tzinfo=WITA), 7 * 24, down=range(42))
    frozen(city, tmp_path, "2025-W10")
    again = frozen(city, tmp_path, "2026-W09")
    assert again == week
    assert check(json.loads(to_bytes(again))) == ()
