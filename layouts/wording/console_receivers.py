"""The words about receivers in the console. Indonesian first, English second."""

from __future__ import annotations

from dataclasses import dataclass

from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class ReceiverWords:
    """What the table of receivers says."""

    title: str
    over: str
    titles: tuple[str, ...]
    none: str


INDONESIAN = ReceiverWords(
    title="Penerima pemberitahuan",
    over="24 jam terakhir",
    titles=("Penerima", "Terkirim", "Menunggu", "Gagal", "Terakhir terkirim"),
    none="Belum ada pemberitahuan.",
)
ENGLISH = ReceiverWords(
    title="Receivers of notices",
    over="last 24 hours",
    titles=("Receiver", "Accepted", "Waiting", "Failed", "Last accepted"),
    none="No notice yet.",
)


def receiver_words(language: Language) -> ReceiverWords:
    """The words in one language."""
    return INDONESIAN if language is Language.INDONESIAN else ENGLISH
