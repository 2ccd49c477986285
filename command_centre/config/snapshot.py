"""The section ``snapshot`` of ``config.yaml``: whose paper it is, what the city promises itself, where the archive is reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

from command_centre.config.durations import Duration
from command_centre.config.model import Line, Number, Section
from command_centre.domain.cut import Limits
from command_centre.domain.period import PeriodKind

MOST_ADDRESS_LINES = 2
MINUTE = timedelta(minutes=1)


class SnapshotWord(StrEnum):
    """How a receiver asks for snapshots of one length."""

    WEEKLY = "mingguan"
    MONTHLY = "bulanan"
    YEARLY = "tahunan"


PERIOD_KINDS: Mapping[SnapshotWord, PeriodKind] = MappingProxyType(
    {SnapshotWord.WEEKLY: PeriodKind.WEEK, SnapshotWord.MONTHLY: PeriodKind.MONTH, SnapshotWord.YEARLY: PeriodKind.YEAR}
)


def _outside_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s?#]*)?", text):
        raise ValueError("must be the address under which people reach the screens, such as https://cc.bontangkota.go.id")
    return text.rstrip("/")


def _restore(length: timedelta) -> timedelta:
    if not MINUTE <= length <= timedelta(days=30) or length % MINUTE:
        raise ValueError("must be whole minutes, from 1m to 30d")
    return length


HeadLine = Annotated[Line, Field(max_length=70)]
"""What fits one line of the letterhead."""

Percent = Annotated[Number, Field(gt=0, le=100)]


class LetterheadEntry(Section):
    """Whose paper it is. The coat of arms and the name of the signatory are added by people."""

    government: HeadLine = "PEMERINTAH KOTA BONTANG"
    office: HeadLine = "DINAS KOMUNIKASI DAN INFORMATIKA"
    address: tuple[Annotated[Line, Field(max_length=110)], ...] = Field(
        default=("Jalan Awang Long, Bontang 75311, Kalimantan Timur",), min_length=1, max_length=MOST_ADDRESS_LINES
    )
    city: Annotated[Line, Field(max_length=30)] = "Bontang"
    signatory: Annotated[Line, Field(max_length=60)] = "Kepala Dinas Komunikasi dan Informatika"


class LimitsEntry(Section):
    """What the city promises itself, in percent of time. Own defaults: no figure of the city's was found."""

    sites: Percent = 99.0
    hotspots: Percent = 97.0
    services: Percent = 99.5
    contract: Percent = 97.0
    restore: Annotated[Duration, AfterValidator(_restore)] = timedelta(minutes=60)


class SnapshotSection(Section):
    """The snapshot as this city wants it. ``public_url`` is what the code on the paper and the links in letters begin with.

    ``complaints`` are the services that citizens complain to, with their parts.
    """

    public_url: Annotated[Line, AfterValidator(_outside_address)] | None = None
    complaints: tuple[Line, ...] = Field(default=("layanan:pengaduan",), max_length=20)
    letterhead: LetterheadEntry = LetterheadEntry()
    limits: LimitsEntry = LimitsEntry()

    def as_limits(self) -> Limits:
        """The limits as shares of time, as they stand in a cut."""
        written = self.limits
        return Limits(
            site=_share(written.sites),
            hotspot=_share(written.hotspots),
            service=_share(written.services),
            contract=_share(written.contract),
            restore_minutes=written.restore // MINUTE,
        )


def _share(percent: float) -> float:
    return round(percent / 100, 9)
