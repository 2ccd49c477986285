"""The words of progress in the six dimensions. Indonesian first, English second."""

from __future__ import annotations

from dataclasses import dataclass

from command_centre.domain.progress import Feed, Indicator
from layouts.wording import Language, Words

_FEED: dict[Feed, tuple[str, str]] = {
    Feed.AVAILABILITY: ("ketersediaan", "availability"),
    Feed.COVERAGE: ("cakupan pengukuran", "coverage of measurement"),
    Feed.HTTPS: ("bagian yang memakai HTTPS", "share that uses HTTPS"),
    Feed.CERTIFICATE: ("bagian dengan sertifikat di atas 30 hari", "share with a certificate of more than 30 days"),
    Feed.FRESH_CONTENT: ("bagian dengan isi di bawah 30 hari", "share with content younger than 30 days"),
    Feed.ON_TIME: ("bagian yang belum lewat tenggat", "share that is not overdue"),
    Feed.MEASURED: ("bagian yang terukur", "share that is measured"),
}


@dataclass(frozen=True, slots=True)
class ProgressWords:
    """Sentences about progress in the language of ``words``."""

    words: Words

    @property
    def _is_indonesian(self) -> bool:
        return self.words.language is Language.INDONESIAN

    def official(self, share: float) -> str:
        """E.g. "angka resmi 75 %": what the city itself has declared."""
        return f"{'angka resmi' if self._is_indonesian else 'official'} {self.words.percent_down(share)}"

    def name(self, indicator: Indicator) -> str:
        return indicator.name_id if self._is_indonesian else indicator.name_en

    def feed(self, feed: Feed) -> str:
        """What an automatic indicator shows."""
        indonesian, english = _FEED[feed]
        return indonesian if self._is_indonesian else english

    def origin(self, indicator: Indicator) -> str:
        """Whether we measure it or somebody types it."""
        if indicator.feed is None:
            return "manual"
        return "otomatis" if self._is_indonesian else "automatic"


def progress_words(words: Words) -> ProgressWords:
    """The words of progress in the language of ``words``."""
    return ProgressWords(words)
