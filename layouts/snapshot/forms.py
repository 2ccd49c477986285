"""All forms of one snapshot, as files: paper, card, page, text, annex. The same snapshot gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from command_centre.domain.seal import Approval, Seal
from command_centre.domain.snapshot import Snapshot
from layouts.snapshot import annex, paper
from layouts.snapshot.fitting import fitted
from layouts.snapshot.web_page import web_page
from layouts.wording import Language, words_for
from layouts.wording.snapshot import SnapshotWords
from layouts.wording.snapshot_card import short_text
from layouts.wording.snapshot_document import BONTANG, Document, Letterhead, document

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def document_of(
    snap: Snapshot,
    seal: Seal,
    language: Language = Language.INDONESIAN,
    letterhead: Letterhead = BONTANG,
    approval: Approval | None = None,
    public_url: str | None = None,
) -> Document:
    """Everything that is printed, in one language."""
    return document(snap, seal, words_of(snap, language), letterhead, approval, public_url)


def paper_document_of(
    snap: Snapshot,
    seal: Seal,
    language: Language = Language.INDONESIAN,
    letterhead: Letterhead = BONTANG,
    approval: Approval | None = None,
    public_url: str | None = None,
) -> Document:
    """The same for paper and card: long names are shortened so that two pages always hold."""
    return document_of(fitted(snap), seal, language, letterhead, approval, public_url)


def paper_and_card(made: Document, seal: Seal) -> dict[str, bytes]:
    """What is sent by e-mail and WhatsApp: file name → bytes. ``made`` is a ``paper_document_of``."""
    name = file_name(seal)
    return {f"{name}.pdf": paper.pdf(made, seal.cut_at), f"{name}.png": paper.card(made)}


def all_forms(
    snap: Snapshot,
    seal: Seal,
    language: Language = Language.INDONESIAN,
    letterhead: Letterhead = BONTANG,
    approval: Approval | None = None,
    public_url: str | None = None,
) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes) of every form but the sealed file itself."""
    name = file_name(seal)
    yield from paper_and_card(paper_document_of(snap, seal, language, letterhead, approval, public_url), seal).items()
    yield f"{name}.html", web_page(document_of(snap, seal, language, letterhead, approval, public_url)).encode()
    yield f"{name}.txt", short_text(snap, seal.seal, words_of(snap, language)).encode()
    tables = annex.sheets(snap)
    yield f"{name}.xlsx", annex.as_xlsx(tables, made_at(seal))
    for sheet in tables:
        yield f"{name}-{sheet.name}.csv", annex.as_csv(sheet)
    yield f"{name}-targets.parquet", annex.as_parquet(next(each for each in tables if each.name == "targets"))


def file_name(seal: Seal) -> str:
    """E.g. ``cuplikan-2026-W47-r1``; a draft has no revision."""
    return f"cuplikan-{seal.period}-{f'r{seal.revision}' if seal.revision else 'konsep'}"


def made_at(seal: Seal) -> datetime:
    """The date written into files: when the data were cut, so that a file made later has the same bytes."""
    return EPOCH + timedelta(milliseconds=seal.cut_at)


def words_of(snap: Snapshot, language: Language) -> SnapshotWords:
    """The snapshot's words in one language and its own zone."""
    return SnapshotWords(words_for(language, ZoneInfo(snap.zone)))
