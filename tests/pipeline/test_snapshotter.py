"""Frozen weeks on both databases: the week by hand, catching up, late data, retention, restoring (R3, R5 to R10)."""

from __future__ import annotations

import io
import json
import math
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from command_centre.domain.period import parse_period
from command_centre.domain.seal import Frozen
from command_centre.domain.snapshot import Snapshot
from command_centre.pipeline.snapshotter import CODE_VERSION, due_at
from command_centre.storage import snapshots
from command_centre.storage.canonical import canonical, evidence_digest
from command_centre.storage.database import migrate, open_database, writing
from command_centre.storage.retention import Retention, remove_old_piece
from command_centre.storage.snapshot_file import check, compare, to_bytes
from command_centre.storage.snapshot_tables import snapshot as snapshot_table
from command_centre.storage.tables import dirty, metadata, rollup, series, span, target
from command_centre.storage.times import to_ms
from layouts.snapshot.forms import all_forms
from layouts.wording import Language
from tests.support.hand_week import (
    MINUTE,
    NEXT_MONDAY_AT_SIX,
    WEEK,
    ZONE,
    fill,
    moment,
    sheet,
    snapshotter,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def week(engine: Engine, tmp_path: Path) -> Frozen:
    """The week by hand, frozen."""
    fill(engine)
    return snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX).frozen


# --- R5: the week by hand ------------------------------------------------------------------------------------------------


def test_every_figure_of_the_week_by_hand_is_as_worked_out(week: Frozen) -> None:
    """R5."""
    wrong = [
        f"{row['figure']}: worked out {row['value']}, the snapshot says {found}"
        for row in sheet("expected")
        if (found := figure(week.snapshot, row["figure"])) != row["value"]
    ]
    assert wrong == []


def test_the_spreadsheet_agrees_with_its_own_formulas() -> None:
    for row in sheet("expected"):
        if row["formula"]:
            exact = eval(row["formula"], {"__builtins__": {}}, {"max": max})
            assert row["value"] in (as_percent(exact), as_number(exact), as_number(exact * 100)), row


def test_the_paper_shows_the_figures_of_the_week_by_hand_to_the_last_digit(week: Frozen) -> None:
    """R5, and the brief of an official: what is signed is what was worked out."""
    words = text_of(paper_of(week))
    missing = [row["on paper"] for row in sheet("expected") if row["on paper"] and row["on paper"] not in words]
    assert missing == []


def test_time_always_adds_up_to_the_time_for_which_a_target_was_expected(week: Frozen) -> None:
    for each in week.cut.targets:
        found = week.snapshot.target(each.key)
        assert found is not None
        assert sum(found.ledger) == each.expected_until - each.expected_from


# --- R7: identical bytes, and what differs --------------------------------------------------------------------------------


def test_the_same_week_gives_the_same_bytes_in_every_form(engine: Engine, tmp_path: Path) -> None:
    """R7: two runs, two processes' worth of objects, the same files."""
    fill(engine)
    made = [snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX) for _ in range(2)]
    assert [each.is_new for each in made] == [True, False]
    first, second = (forms_of(each.frozen) for each in made)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_one_changed_minute_gives_another_hash_and_verify_names_the_target(engine: Engine, tmp_path: Path, week: Frozen) -> None:
    """R7: one minute less of one outage."""
    with writing(engine) as connection:
        outage = (span.c.since == to_ms(moment("Rab 00:00"))) & (span.c.reason == "offline")
        connection.execute(update(span).where(outage).values(until=to_ms(moment("Rab 23:59"))))
    other = snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX + HOUR).frozen
    assert other.seal.sha256 != week.seal.sha256
    told = compare(json.loads(to_bytes(week)), json.loads(to_bytes(other)))
    assert any("wifi:h" in each for each in told)
    assert not any("situs:a" in each for each in told)


def test_one_changed_sample_gives_another_hash_and_verify_names_the_target(engine: Engine, tmp_path: Path) -> None:
    """R7: one value of one metric, which moves no status."""
    fill(engine)
    add_rollup(engine, "wifi:g", moment("Sel 10:00"), 600.0)
    first = snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX).frozen
    with writing(engine) as connection:
        connection.execute(update(rollup).where(rollup.c.resolution_seconds == 86_400).values(total=601.0))
    second = snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX + HOUR).frozen
    assert second.seal.revision == 2
    assert second.seal.seal != first.seal.seal
    told = compare(json.loads(to_bytes(first)), json.loads(to_bytes(second)))
    assert [each for each in told if "evidence" in each and "wifi:g" in each]


def test_a_file_whose_figure_was_changed_by_hand_is_named_figure_by_figure(week: Frozen) -> None:
    content = json.loads(to_bytes(week))
    assert check(content) == ()
    content["snapshot"]["incidents"]["closed"] = 5
    found = [str(each) for each in check(content)]
    assert any("incidents.closed: says 5, the data say 4" in each for each in found)
    assert any(each.startswith("snapshot: its SHA-256") for each in found)


def test_a_file_whose_evidence_was_changed_by_hand_names_the_target(week: Frozen) -> None:
    content = json.loads(to_bytes(week))
    hotspot = next(each for each in content["cut"]["targets"] if each["key"] == "wifi:h")
    hotspot["spans"][1][1] -= MINUTE
    found = [str(each) for each in check(content)]
    assert any(each.startswith("evidence of wifi:h") for each in found)
    assert any("targets[wifi:h].ledger" in each for each in found)


def test_a_seal_that_was_written_by_somebody_else_is_not_genuine(week: Frozen) -> None:
    content = json.loads(to_bytes(week))
    content["seal"]["revision"] = 7
    assert [each.where for each in check(content)] == ["seal"]


# --- R3: late data -------------------------------------------------------------------------------------------------------


def test_late_data_offer_a_revision_and_leave_what_is_frozen_as_it_is(engine: Engine, tmp_path: Path, week: Frozen) -> None:
    """R3."""
    maker = snapshotter(engine, tmp_path)
    assert maker.look_back(NEXT_MONDAY_AT_SIX + HOUR) == {"2026-W47": False}
    late_reading_of_c(engine)
    assert maker.look_back(NEXT_MONDAY_AT_SIX + 2 * HOUR) == {"2026-W47": True}
    with engine.connect() as connection:
        assert snapshots.load(connection, "2026-W47") == week
        assert [each.differs_now for each in snapshots.archive(connection)] == [True]

    revised = maker.freeze(WEEK, NEXT_MONDAY_AT_SIX + 3 * HOUR)
    assert (revised.is_new, revised.frozen.seal.revision) == (True, 2)
    assert revised.frozen.seal.previous == week.seal.seal
    assert any(each.startswith("targets[situs:c].availability: – → 1.0") for each in revised.frozen.changes)
    with engine.connect() as connection:
        assert snapshots.load(connection, "2026-W47", 1) == week
        assert [each.differs_now for each in snapshots.archive(connection)] == [False]


def test_asking_again_without_late_data_makes_no_revision(engine: Engine, tmp_path: Path, week: Frozen) -> None:
    again = snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX + 5 * HOUR)
    assert (again.is_new, again.frozen) == (False, week)


def test_the_database_itself_refuses_to_change_what_is_frozen(engine: Engine, week: Frozen) -> None:
    with pytest.raises(DBAPIError, match="never changed"), writing(engine) as connection:
        connection.execute(update(snapshot_table).values(sha256=week.seal.sha256[::-1]))


# --- R6: the calendar ------------------------------------------------------------------------------------------------------


def test_a_week_is_frozen_on_monday_at_six_and_not_before(engine: Engine, tmp_path: Path) -> None:
    """R6."""
    fill(engine)
    maker = snapshotter(engine, tmp_path)
    before = maker.freeze_due(NEXT_MONDAY_AT_SIX - timedelta(seconds=1))
    assert "2026-W47" not in [each.seal.period for each in before]
    assert [each.seal.period for each in maker.freeze_due(NEXT_MONDAY_AT_SIX)] == ["2026-W47"]
    assert due_at(WEEK, ZONE) == NEXT_MONDAY_AT_SIX


def test_after_weeks_of_standing_still_each_period_is_frozen_exactly_once_and_in_order(engine: Engine, tmp_path: Path) -> None:
    """R6: run late, run twice, missed for two weeks."""
    fill(engine)
    told: list[str] = []
    maker = snapshotter(engine, tmp_path, tell=lambda _, frozen: told.append(frozen.seal.period))
    three_weeks_late = NEXT_MONDAY_AT_SIX + timedelta(weeks=2, days=2)
    first = [each.seal.period for each in maker.freeze_due(three_weeks_late)]
    assert first == ["2026-W46", "2026-W47", "2026-W48", "2026-11", "2026-W49"]
    assert maker.freeze_due(three_weeks_late) == ()
    assert told == first
    with engine.connect() as connection:
        links = connection.execute(select(snapshot_table.c.previous, snapshot_table.c.seal).order_by(snapshot_table.c.id)).all()
    assert [link.previous for link in links] == [None, *(link.seal for link in links[:-1])]


def test_a_due_week_waits_an_hour_for_its_last_rollups_and_then_says_how_many_are_missing(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with writing(engine) as connection:
        hotspot = connection.execute(select(target.c.id).where(target.c.key == "wifi:g")).scalar_one()
        bucket = to_ms(moment("Min 23:00"))
        connection.execute(insert(dirty).values(resolution_seconds=3600, bucket=bucket, target_id=hotspot, marked_at=bucket))
    maker = snapshotter(engine, tmp_path)
    assert "2026-W47" not in [each.seal.period for each in maker.freeze_due(NEXT_MONDAY_AT_SIX)]
    late = maker.freeze_due(NEXT_MONDAY_AT_SIX + HOUR)
    assert [(each.seal.period, each.snapshot.pending_rollups) for each in late] == [("2026-W47", 1)]


def test_a_week_that_is_not_over_is_a_draft_and_is_not_kept(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    made = snapshotter(engine, tmp_path).freeze(WEEK, moment("Kam 12:00"))
    assert (made.is_new, made.frozen.seal.revision, made.frozen.snapshot.is_whole) == (False, 0, False)
    assert "Periode belum berakhir" in text_of(paper_of(made.frozen))
    with engine.connect() as connection:
        assert snapshots.archive(connection) == ()


def test_a_period_that_has_not_begun_is_refused(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with pytest.raises(ValueError, match="has not begun"):
        snapshotter(engine, tmp_path).freeze(parse_period("2026-W48"), NEXT_MONDAY_AT_SIX - timedelta(hours=7))


def test_a_period_of_an_empty_register_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to freeze"):
        snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX)


def test_month_and_year_are_frozen_by_the_same_function(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    maker = snapshotter(engine, tmp_path)
    month = maker.freeze(parse_period("2026-11"), datetime(2026, 12, 1, 6, tzinfo=ZONE)).frozen.snapshot
    assert month.ends_at - month.starts_at == 30 * 1440 * MINUTE
    year = maker.freeze(parse_period("2026"), datetime(2027, 1, 1, 6, tzinfo=ZONE)).frozen.snapshot
    assert year.ends_at - year.starts_at == 365 * 1440 * MINUTE
    assert (figure(month, "situs:f longest"), figure(year, "situs:f longest")) == ("14400", "14400")


def test_the_week_before_is_the_one_that_is_compared_with(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    maker = snapshotter(engine, tmp_path)
    before = maker.freeze(WEEK.before(), NEXT_MONDAY_AT_SIX).frozen
    week = maker.freeze(WEEK, NEXT_MONDAY_AT_SIX).frozen
    assert week.snapshot.previous is not None
    assert (week.snapshot.previous.period, week.snapshot.previous.seal) == ("2026-W46", before.seal.seal)


# --- R8 to R10 -------------------------------------------------------------------------------------------------------------


def test_a_site_that_nobody_watched_is_not_measured_and_neither_up_nor_down(week: Frozen) -> None:
    """R8."""
    silent = week.snapshot.target("situs:c")
    assert silent is not None
    assert silent.availability is None
    assert silent.coverage == 0
    assert "1 tidak terukur" in text_of(paper_of(week))


def test_a_week_without_any_data_is_an_honest_page(engine: Engine, tmp_path: Path) -> None:
    """R8 for the whole city."""
    fill(engine)
    with writing(engine) as connection:
        connection.execute(delete(span))
    empty = snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX).frozen
    words = text_of(paper_of(empty))
    assert "Layanan minggu ini tidak terukur." in words
    assert not re.search(r"\b(0,00|100,00|100)\s%.*Ketersediaan", words)
    assert words.count("tidak terukur") >= 4


def test_retention_leaves_what_an_unfrozen_week_needs_and_takes_it_once_it_is_frozen(engine: Engine, tmp_path: Path) -> None:
    """R9."""
    fill(engine)
    short = Retention(hourly=timedelta(days=1), daily=timedelta(days=1))
    maker = snapshotter(engine, tmp_path)
    maker.freeze_due(NEXT_MONDAY_AT_SIX - HOUR)  # nothing of week 47 yet: it is needed
    forget(engine, short, NEXT_MONDAY_AT_SIX - HOUR)
    assert count_rollups(engine) == 24
    week = maker.freeze(WEEK, NEXT_MONDAY_AT_SIX).frozen
    assert figure(week.snapshot, "people lost") == "60"

    much_later = datetime(2028, 3, 1, tzinfo=ZONE)
    maker.freeze_due(much_later)
    for _ in range(4):
        maker.freeze_due(much_later)
    forget(engine, short, much_later)
    assert count_rollups(engine) == 0
    with engine.connect() as connection:
        assert snapshots.load(connection, "2026-W47") == week


def test_a_restored_database_gives_the_same_seal(engine: Engine, tmp_path: Path, week: Frozen) -> None:
    """R10: everything copied into an empty database of another kind, frozen there with the same key."""
    restored = open_database(f"sqlite:///{tmp_path / 'restored.db'}")
    migrate(restored)
    with engine.connect() as source, writing(restored) as copy:
        for table in metadata.sorted_tables:
            if table is snapshot_table or table.name == "snapshot_check":
                continue
            rows = [dict(row._mapping) for row in source.execute(select(table))]
            if rows:
                copy.execute(insert(table), rows)
    again = snapshotter(restored, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX).frozen
    restored.dispose()
    assert again.seal == week.seal
    assert forms_of(again) == forms_of(week)


# --- registers that change -------------------------------------------------------------------------------------------------


def test_a_renamed_target_keeps_its_history_and_offers_no_revision(engine: Engine, tmp_path: Path, week: Frozen) -> None:
    with writing(engine) as connection:
        connection.execute(update(target).where(target.c.key == "situs:a").values(name="Badan Baru", short_name="Baru"))
    maker = snapshotter(engine, tmp_path)
    assert maker.look_back(NEXT_MONDAY_AT_SIX + HOUR) == {"2026-W47": False}
    assert not maker.freeze(WEEK, NEXT_MONDAY_AT_SIX + HOUR).is_new


def test_a_target_without_a_date_in_the_register_is_expected_from_when_it_was_first_known(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with writing(engine) as connection:
        connection.execute(
            update(target)
            .where(target.c.key.in_(["situs:c", "situs:e"]))
            .values(valid_from=None, valid_to=None, created_at=to_ms(moment("Jum 00:00")))
        )
    cut = snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX).frozen.cut
    begins = {each.key: each.expected_from for each in cut.targets}
    assert begins["situs:c"] == to_ms(moment("Jum 00:00"))
    assert begins["situs:e"] == to_ms(moment("Sen 00:00"))  # it was seen before it was entered


def test_a_target_taken_out_during_the_week_is_expected_until_then(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with writing(engine) as connection:
        connection.execute(update(target).where(target.c.key == "situs:b").values(removed_at=to_ms(moment("Sab 09:30"))))
    week = snapshotter(engine, tmp_path).freeze(WEEK, NEXT_MONDAY_AT_SIX).frozen
    found = week.snapshot.target("situs:b")
    assert found is not None
    assert sum(found.ledger) == (5 * 1440 + 570) * MINUTE
    assert found.ledger.down == 0


def test_knowledge_from_after_the_week_changes_nothing_in_it(engine: Engine, tmp_path: Path, week: Frozen) -> None:
    """The incident open at the end was closed on Monday; cutting later gives the same evidence."""
    open_at_end = next(each for each in week.cut.incidents if each.id == 2)
    assert (open_at_end.resolved_at, open_at_end.acknowledged_at) == (None, None)
    later = snapshotter(engine, tmp_path)._cut
    with engine.connect() as connection:
        assert evidence_digest(later(connection, WEEK, NEXT_MONDAY_AT_SIX + timedelta(days=30))) == evidence_digest(week.cut)


def test_the_version_on_the_paper_is_that_of_the_program() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{CODE_VERSION}"' in project


# --- helpers ---------------------------------------------------------------------------------------------------------------


def as_percent(ratio: float) -> str:
    return f"{math.floor(ratio * 10_000 + 1e-7) / 100:.2f}".replace(".", ",")


def as_number(value: float) -> str:
    rounded = math.floor(value * 100 + 1e-6) / 100
    return f"{rounded:g}".replace(".", ",") if rounded == round(rounded, 1) else f"{rounded:.2f}".replace(".", ",")


def in_minutes(milliseconds: int | None) -> str:
    assert milliseconds is not None
    return as_number(milliseconds / MINUTE)


def figure(snap: Snapshot, name: str) -> str:
    """One figure as the spreadsheet writes it."""
    subject, what = name.rsplit(" ", 1)
    if subject == "incidents":
        value = getattr(snap.incidents, what)
        is_length = what.startswith(("restore", "acknowledge_")) or what == "longest"
        return in_minutes(value) if is_length else str(value)
    if subject.startswith("claim"):
        provider, mbps = subject.removeprefix("claim ").rsplit(" ", 1)
        line = next(each for each in snap.claim if (each.provider, each.class_mbps) == (provider, int(mbps)))
        return in_minutes(getattr(line, what))
    if subject == "people":
        hours = snap.people_lost.total / 100 / 60 / MINUTE
        return as_number(hours) if what == "lost" else str(snap.people_lost.not_known)
    if subject.startswith("equity"):
        area = next(each for each in snap.equity if each.area == subject.split(" ", 1)[1])
        value = area.usable_mbps if what == "usable" else area.saturated
        assert value is not None
        return as_number(value) if what == "usable" else as_percent(value)
    if ":" in subject and snap.target(subject) is not None:
        return figure_of_target(snap, subject, what)
    return figure_of_group(snap, subject, what)


def figure_of_target(snap: Snapshot, key: str, what: str) -> str:
    found = snap.target(key)
    assert found is not None
    if what in found.ledger._fields:
        return in_minutes(getattr(found.ledger, what))
    if what == "longest":
        return in_minutes(found.outage_longest)
    value = {
        "availability": found.availability,
        "coverage": found.coverage,
        "with_planned": found.ledger.availability_with_planned,
    }[what]
    return "tidak terukur" if value is None else as_percent(value)


def figure_of_group(snap: Snapshot, subject: str, what: str) -> str:
    by, _, of = subject.partition(":")
    found = snap.group(by, of)
    assert found is not None, subject
    if what in ("numerator", "denominator"):
        ledger = found.figure.ledger
        return in_minutes(ledger.served if what == "numerator" else ledger.measured)
    value = getattr(found.figure, what)
    return "tidak terukur" if value is None else as_percent(value)


def forms_of(frozen: Frozen) -> dict[str, bytes]:
    return dict(all_forms(frozen.snapshot, frozen.seal, Language.INDONESIAN)) | {"json": to_bytes(frozen)}


def paper_of(frozen: Frozen) -> bytes:
    return next(data for name, data in forms_of(frozen).items() if name.endswith(".pdf"))


def text_of(pdf: bytes) -> str:
    """The words of the paper, with every space a plain one."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return re.sub(r"\s+", " ", " ".join(pages))


def late_reading_of_c(engine: Engine) -> None:
    with writing(engine) as connection:
        site = connection.execute(select(target.c.id).where(target.c.key == "situs:c")).scalar_one()
        row = {"target_id": site, "status": "up", "reason": "ok", "planned": False}
        connection.execute(insert(span).values(row | {"since": to_ms(moment("Sel 10:00")), "until": to_ms(moment("Sel 10:02"))}))


def add_rollup(engine: Engine, key: str, at: datetime, total: float) -> None:
    with writing(engine) as connection:
        asked = select(series.c.id).join(target, target.c.id == series.c.target_id).where(target.c.key == key)
        series_id = connection.execute(asked).scalar_one()
        row = {"resolution_seconds": 86_400, "series_id": series_id, "count": 60, "total": total, "low": 8.0, "high": 12.0}
        bucket = to_ms(at) // 86_400_000 * 86_400_000
        connection.execute(insert(rollup).values(row | {"bucket": bucket, "sketch": None}))


def forget(engine: Engine, keep: Retention, now: datetime) -> None:
    for _ in range(100):
        with writing(engine) as connection:
            if remove_old_piece(connection, keep, now) == 0:
                return


def count_rollups(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(rollup.c.bucket)).all())


def test_canonical_bytes_refuse_what_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"value": math.nan})
