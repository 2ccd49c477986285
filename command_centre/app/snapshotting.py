"""``run.py snapshot``: make, show and verify frozen periods. Starts fast: verifying needs neither the web nor a configuration."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo

from command_centre.app.supervising import EXIT_USAGE

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from command_centre.app.wiring import Chosen
    from command_centre.domain.period import Period
    from command_centre.domain.seal import Approval, Frozen
    from command_centre.pipeline.snapshotter import Snapshotter, Told

EXIT_DIFFERS = 1
DOTTED = "……………………………………"
"""Where a number is filled in by hand."""
USAGE = """run.py snapshot [--week 2026-W47 | --month 2026-11 | --year 2026] [--out DIR] [--english] [--json]
                [--number TEXT --signed-by NAME --nip TEXT]     records who signed; until then the paper is marked a draft
                [--config FILE] [--demo]                        without a period: the last week that is over
run.py snapshot verify FILE [--against FILE]                    is the file what was sealed, and if not, what differs
"""


def run_snapshot(rest: list[str]) -> int:
    """``run.py snapshot …``. 0: done, or as sealed. 1: differs. 2: configuration refused. 3: wrong usage."""
    if rest[:1] in (["--help"], ["-h"], ["help"]):
        print(USAGE, end="")
        return 0
    if rest[:1] == ["verify"]:
        return verify(rest[1:])
    if rest[:1] == ["due"]:
        from command_centre.app import snapshot_turns

        return snapshot_turns.run_due(rest[1:])
    return make(rest)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"run.py snapshot: {message}\n\n{USAGE}")


# --- verify ------------------------------------------------------------------------------------------------------------


def verify(rest: Sequence[str]) -> int:
    """Check a sealed file against itself, or against another one."""
    from command_centre.storage.snapshot_file import NotASnapshotError, check, compare, read_file

    parser = _Parser(prog="run.py snapshot verify", add_help=False)
    parser.add_argument("file", type=Path)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args(list(rest))
    try:
        content = read_file(options.file)
        findings = [str(each) for each in check(content)]
        if options.against is not None:
            findings += [f"{options.against}: {each}" for each in compare(content, read_file(options.against))]
    except NotASnapshotError as error:
        print(f"run.py snapshot verify: {error}", file=sys.stderr)
        return EXIT_USAGE
    seal = content["seal"]
    for each in findings:
        print(each)
    if findings:
        print(f"{options.file}: NOT as sealed, {len(findings)} findings")
        return EXIT_DIFFERS
    simulated = ", SIMULATED data" if content["snapshot"]["is_simulated"] else ""
    print(f"{options.file}: {seal['period']} revision {seal['revision']}{simulated}: as sealed")
    print(f"seal {seal['seal']}\npublic key {seal['public_key']}")
    return 0


# --- make --------------------------------------------------------------------------------------------------------------


def make(rest: Sequence[str]) -> int:
    """Freeze a period, or find it frozen, and write its forms."""
    options = _options(rest)
    from command_centre.app import wiring
    from command_centre.storage.database import StorageError
    from command_centre.storage.signing import KeyTrouble
    from layouts.snapshot.paper import TypesettingError

    words = [*(["--config", str(options.config)] if options.config else []), *(["--demo"] if options.demo else [])]
    chosen = wiring.choose(words)
    try:
        frozen, is_new, approval, sealed = _frozen(chosen, options, datetime.now(UTC))
        files = _write(frozen, approval, sealed, chosen, options)
    except (ValueError, OSError, StorageError, KeyTrouble, TypesettingError) as error:
        print(f"run.py snapshot: {error}", file=sys.stderr)
        return 1
    _tell(frozen, files, is_new=is_new, as_json=options.json)
    return 0


def _options(rest: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="run.py snapshot", add_help=False)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--week")
    which.add_argument("--month")
    which.add_argument("--year")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--english", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--number")
    parser.add_argument("--signed-by")
    parser.add_argument("--nip", default="")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args(list(rest))
    if (options.number is None) is not (options.signed_by is None):
        parser.error("--number and --signed-by go together: a paper without either is a draft")
    _period_named(parser, options)
    return options


def _period_named(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    from command_centre.domain.period import PeriodKind, parse_period

    options.period = None
    for kind, text in ((PeriodKind.WEEK, options.week), (PeriodKind.MONTH, options.month), (PeriodKind.YEAR, options.year)):
        if text is None:
            continue
        try:
            options.period = parse_period(text)
        except ValueError as error:
            parser.error(str(error))
        if options.period.kind is not kind:
            parser.error(f"--{kind.value} does not take '{text}'")


def _frozen(chosen: Chosen, options: argparse.Namespace, now: datetime) -> tuple[Frozen, bool, Approval | None, bytes]:
    """The snapshot, whether it was frozen just now, who signed it, and its sealed file."""
    from command_centre.domain.period import PeriodKind, last_ended
    from command_centre.read.snapshots import SnapshotArchive
    from command_centre.storage.database import migrate, open_database
    from command_centre.storage.snapshot_file import to_bytes

    engine = open_database(chosen.config.database_url())
    try:
        migrate(engine)
        period: Period = options.period or last_ended(PeriodKind.WEEK, now, chosen.config.zone)
        made = snapshotter_of(chosen, engine).freeze(period, now)
        kept = SnapshotArchive(engine).sealed_file(period.name, made.frozen.seal.revision)
        sealed = to_bytes(made.frozen) if kept is None else kept  # a draft is kept nowhere
        return made.frozen, made.is_new, _approval(engine, made.frozen, options, now), sealed
    finally:
        engine.dispose()


def _approval(engine: Engine, frozen: Frozen, options: argparse.Namespace, now: datetime) -> Approval | None:
    """Who signed: as said now and then recorded, or as recorded before. A period that is not over cannot be signed."""
    from command_centre.storage.approvals import Signing, approval_of, approve
    from command_centre.storage.database import writing

    seal = frozen.seal
    if options.number is None:
        with engine.connect() as connection:
            return approval_of(connection, seal.period, seal.revision)
    if seal.revision == 0:
        raise ValueError(f"{seal.period} is not over: a draft cannot be signed")
    signing = Signing(seal.period, seal.revision, getpass.getuser(), "command line", now)
    day = now.astimezone(ZoneInfo(frozen.snapshot.zone)).date()
    with writing(engine) as connection:
        nip = options.nip or DOTTED
        return approve(connection, signing, number=options.number, name=options.signed_by, staff_number=nip, on=day)


def snapshotter_of(chosen: Chosen, engine: Engine, tell: Told | None = None) -> Snapshotter:
    """The snapshotter of a configuration; ``tell`` is called in the transaction in which a revision is frozen.

    Without it the receivers of the configuration are told. Raises KeyTrouble when the signing key cannot be used.
    """
    from command_centre.app.snapshot_mailing import teller_of
    from command_centre.app.snapshot_settings import limits_of
    from command_centre.app.snapshot_supplements import supplements_of
    from command_centre.pipeline.snapshotter import Snapshotter
    from command_centre.storage.cutting import CityFacts
    from command_centre.storage.signing import open_signer

    config = chosen.config
    places = {each.code: each.name for each in config.kelurahan} | {
        each.kecamatan_code: each.kecamatan for each in config.kelurahan
    }
    city = CityFacts(config.city.name, config.zone, config.windows, places, limits_of(config))
    folder = chosen.data_dir / "demo" / "keys" if chosen.is_demo else chosen.data_dir / "keys"
    supplement = supplements_of(config)
    return Snapshotter(engine, city, config.config_hash, open_signer(folder), supplement, tell or teller_of(config))


def _write(frozen: Frozen, approval: Approval | None, sealed: bytes, chosen: Chosen, options: argparse.Namespace) -> list[Path]:
    from command_centre.app.snapshot_settings import paper_settings_of
    from layouts.snapshot.forms import all_forms, file_name
    from layouts.wording import Language

    language = Language.ENGLISH if options.english else Language.INDONESIAN
    own = paper_settings_of(chosen.config)
    made = all_forms(frozen.snapshot, frozen.seal, language, own.letterhead, approval, own.public_url)
    folder = options.out or chosen.data_dir / "snapshots"
    folder.mkdir(parents=True, exist_ok=True)
    files = [(f"{file_name(frozen.seal)}.json", sealed), *made]
    return [_write_whole(folder / name, data) for name, data in files]


def _write_whole(path: Path, data: bytes) -> Path:
    """All of it or nothing: somebody may be sending the old one meanwhile."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _tell(frozen: Frozen, files: Sequence[Path], *, is_new: bool, as_json: bool) -> None:
    from command_centre.domain.snapshot import headline

    seal, snap = frozen.seal, frozen.snapshot
    if as_json:
        told = {
            "period": seal.period,
            "revision": seal.revision,
            "is_new": is_new,
            "is_whole": snap.is_whole,
            "is_simulated": snap.is_simulated,
            "seal": seal.seal,
            "sha256": seal.sha256,
            "previous": seal.previous,
            "public_key": seal.public_key,
            "headline": dict(headline(snap)),
            "changes": list(frozen.changes),
            "files": [str(each) for each in files],
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    how = "frozen now" if is_new else "frozen before" if seal.revision else "not over yet: a draft, not frozen"
    print(f"{seal.period}, revision {seal.revision}: {how}{', SIMULATED data' if snap.is_simulated else ''}")
    print(f"seal {seal.seal}\npublic key {seal.public_key}")
    for change in frozen.changes:
        print(f"  changed: {change}")
    for path in files:
        print(path)
