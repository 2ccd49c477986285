"""The words of the simulated phone's inbox. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class InboxWords:
    """What the inbox says."""

    title: str
    lead: str
    empty: str
    to: str
    open: str


_BY_LANGUAGE: Mapping[Language, InboxWords] = MappingProxyType(
    {
        Language.INDONESIAN: InboxWords(
            title="Kotak masuk ponsel simulasi",
            lead="Semua pemberitahuan kota simulasi. Tidak ada yang dikirim ke ponsel sungguhan.",
            empty="Belum ada pesan",
            to="untuk {person} · {time}",
            open="Buka halaman piket",
        ),
        Language.ENGLISH: InboxWords(
            title="Inbox of the simulated phone",
            lead="All notices of the simulated city. Nothing is sent to a real phone.",
            empty="No message yet",
            to="to {person} · {time}",
            open="Open the duty page",
        ),
    }
)


def inbox_words(language: Language) -> InboxWords:
    """The words of one language."""
    return _BY_LANGUAGE[language]
