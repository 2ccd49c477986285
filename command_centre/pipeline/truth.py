"""Truth: what several sources say of one hotspot becomes one status, before it is recorded. Each sample keeps its own source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from command_centre.domain.hotspot import STANDING_SINCE, Terms, Voice, joined, terms_of, truth_of, voice_of
from command_centre.domain.reading import Reading, Source
from command_centre.domain.target import Target, TargetKey, TargetKind


class HotspotTruths:
    """Remembers the newest word of each source about each hotspot of the register (bounded by the register's length).

    After a restart it knows nothing; each source is heard again within one interval. Used from the event loop only.
    """

    def __init__(self, targets: Iterable[Target]) -> None:
        self._terms: dict[TargetKey, Terms] = {}
        self._voices: dict[TargetKey, dict[Source, Voice]] = {}
        self.adopt(targets)

    def adopt(self, targets: Iterable[Target]) -> None:
        """Go on with another register; what was heard about the hotspots that stay is kept."""
        self._terms = {each.key: terms_of(each) for each in targets if each.kind is TargetKind.HOTSPOT}
        self._voices = {key: voices for key, voices in self._voices.items() if key in self._terms}

    def settle(self, reading: Reading) -> Reading:
        """The same look, with the status that all sources together support at its time. Other targets pass unchanged.

        ``evidence["said"]`` keeps what this source alone said, where that was something else.
        """
        terms = self._terms.get(reading.target)
        if terms is None or reading.tentative:
            return reading
        voices = self._voices.setdefault(reading.target, {})
        heard = voice_of(reading)
        before = voices.get(heard.source)
        voices[heard.source] = heard if before is None else joined(before, heard)
        truth = truth_of(voices.values(), reading.taken_at, terms)
        if (truth.status, truth.reason) == (reading.status, reading.reason):
            return reading
        said = f"{reading.source}: {reading.status}/{reading.reason}"
        return replace(
            reading,
            status=truth.status,
            reason=truth.reason,
            detail=truth.detail or reading.detail,
            evidence={**reading.evidence, "said": said},
        )


def is_overruled_repetition(settled: Reading) -> bool:
    """Whether a settled reading only says again what another source contradicts: it vouches for nothing and needs no row.

    It measured nothing either: recorded, it would stand before the values of the source that sees the hotspot serve.
    """
    return STANDING_SINCE in settled.evidence and "said" in settled.evidence
