"""Snapshots to officials: the notice is due in the transaction that freezes a period, the paper is made when it is sent.

The outbox holds the words only. Whoever sends a letter takes the sealed snapshot, and the signature that stands by then, and
typesets paper and card from it: the same bytes that the archive gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from command_centre.app.snapshot_settings import language_of, letterhead_of, public_url_of
from command_centre.config.model import Config
from command_centre.domain.notification import Message, NoticeKind, Why
from command_centre.domain.period import PeriodKind, parse_period
from command_centre.domain.ports import DeliveryError
from command_centre.domain.rule import Severity
from command_centre.domain.seal import Approval, Frozen, Seal
from command_centre.domain.snapshot import Snapshot
from command_centre.pipeline.snapshotter import Told
from command_centre.receivers.enclosures import Enclose, Enclosure
from command_centre.storage import outbox
from command_centre.storage.approvals import approval_of
from command_centre.storage.snapshots import load_snapshot
from command_centre.storage.times import from_ms
from layouts.wording import Language, words_for
from layouts.wording.snapshot import SnapshotWords
from layouts.wording.snapshot_document import Letterhead, address_of
from layouts.wording.snapshot_mail import notice_lines, notice_title

NEWS_LASTS = timedelta(days=31)
"""A period that ended longer ago is frozen quietly: whoever begins with a database full of history wants no year of letters.
A revision is always told: a person asked for it."""

MEDIA = {"pdf": "application/pdf", "png": "image/png"}


# --- the notice ----------------------------------------------------------------------------------------------------------


def teller_of(config: Config) -> Told:
    """What tells the receivers of a configuration that a period was frozen: once each, for the key says period and revision."""

    def tell(connection: Connection, frozen: Frozen) -> None:
        at = from_ms(frozen.seal.cut_at)
        is_news = at - from_ms(frozen.snapshot.ends_at) <= NEWS_LASTS
        if is_news or frozen.seal.revision > 1:
            outbox.enqueue(connection, notices(config, frozen), at)

    return tell


def notices(config: Config, frozen: Frozen) -> Iterator[Message]:
    """One message for each receiver that wants periods of this length."""
    seal = frozen.seal
    at = from_ms(seal.cut_at)
    words = SnapshotWords(words_for(language_of(config), ZoneInfo(frozen.snapshot.zone)))
    title, lines = notice_title(frozen, words), notice_lines(frozen, words)
    base = public_url_of(config)
    for name in audience(config, parse_period(seal.period).kind):
        yield Message(
            key=f"snapshot:{seal.period}:r{seal.revision}:{name}",
            incident=None,
            receiver=name,
            kind=NoticeKind.SNAPSHOT,
            why=Why.FROZEN if seal.revision == 1 else Why.REVISED,
            severity=Severity.INFO,
            title=title,
            lines=lines,
            event_at=at,
            due_at=at,
            link=None if base is None else address_of(seal, base),
            facts={"period": seal.period, "revision": seal.revision, "seal": seal.seal},
        )


def audience(config: Config, kind: PeriodKind) -> tuple[str, ...]:
    """The receivers that want periods of this length."""
    return tuple(each.name for each in config.receivers if kind in each.snapshots)


# --- what goes with it ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SnapshotEnclosures:
    """Makes paper and card of the revision that a message tells of."""

    engine: Engine
    language: Language
    letterhead: Letterhead
    public_url: str | None

    def of(self, message: Message) -> tuple[Enclosure, ...]:
        """Nothing for other messages. Raises DeliveryError when the paper cannot be made now, or never can be."""
        if message.kind is not NoticeKind.SNAPSHOT:
            return ()
        period, revision = message.facts.get("period"), message.facts.get("revision")
        if not isinstance(period, str) or not isinstance(revision, int):
            raise DeliveryError.permanent("the message does not say which snapshot it tells of")
        return tuple(
            Enclosure(name, MEDIA[name.rpartition(".")[2]], data)
            for name, data in self._typeset(*self._kept(period, revision)).items()
        )

    def _kept(self, period: str, revision: int) -> tuple[Seal, Snapshot, Approval | None]:
        try:
            with self.engine.connect() as connection:
                found = load_snapshot(connection, period, revision)
                approval = approval_of(connection, period, revision)
        except DBAPIError:
            raise DeliveryError.temporary("the database cannot be read now") from None
        if found is None:
            raise DeliveryError.permanent(f"the snapshot {period} revision {revision} is not in the database")
        return (*found, approval)

    def _typeset(self, seal: Seal, snap: Snapshot, approval: Approval | None) -> dict[str, bytes]:
        from layouts.snapshot.forms import paper_and_card, paper_document_of  # heavy, and needed once a week
        from layouts.snapshot.paper import TypesettingError

        try:
            told = paper_document_of(snap, seal, self.language, self.letterhead, approval, self.public_url)
            return paper_and_card(told, seal)
        except TypesettingError as trouble:
            raise DeliveryError.temporary(f"the paper cannot be made: {trouble}") from None


def enclosing_of(config: Config, engine: Engine) -> Enclose:
    """What letters of one configuration carry."""
    return SnapshotEnclosures(engine, language_of(config), letterhead_of(config), public_url_of(config)).of
