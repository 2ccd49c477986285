"""Seal: what makes a snapshot a link of a chain that nobody can quietly change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from command_centre.domain.cut import DataCut
from command_centre.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Seal:
    """One link. ``sha256`` and ``cut_sha256`` are of canonical bytes; ``cut_at`` (epoch milliseconds) is when data were read.

    ``seal`` is the hash of all of it but key and signature; ``previous`` the seal before, None for the first of the chain.
    Revision 0 is a draft of a period that is not over: it is in no chain.
    """

    period: str
    revision: int
    cut_at: int
    sha256: str
    cut_sha256: str
    previous: str | None
    seal: str
    public_key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """One snapshot with everything it was made from. ``changes`` is what differs from the revision before."""

    seal: Seal
    snapshot: Snapshot
    cut: DataCut
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """What people add by signing: the number of the letter, who signed, and when. Until then the paper is an automatic draft.

    It stands beside the seal and never in it: what was measured is the same, whoever signs.
    """

    number: str
    name: str
    staff_number: str
    on: date
