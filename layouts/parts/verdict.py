"""The verdict: a plate, one sentence that is never cut off, one line of support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from command_centre.read.views import Fault, SelfFault
from layouts.parts.glyph import glyph
from layouts.parts.node import Children, Element, div, element, span
from layouts.theme import text_width_em
from layouts.wording import Words

SENTENCE_EM = 23.5
"""Room for the sentence in the full tier: 61 rem less margins and the widest plate, at 2.05 rem per em."""
BLINDING = (Fault.OWN_UPLINK, Fault.COLLECTOR_SILENT, Fault.STORAGE)
"""Troubles of ours that leave the state of the city unknown, worst first: they take the verdict."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``plate_class`` is a state (``k-…``) or a severity (``cc-plat-…``); ``glyph_class`` is empty where no shape is meant."""

    plate_class: str
    glyph_class: str
    plate: str
    sentence: str
    support: Children


def plate(verdict: Verdict) -> Element:
    shape = [glyph(verdict.glyph_class)] if verdict.glyph_class else []
    return div([*shape, element("Span", verdict.plate)], f"cc-vonis-tanda {verdict.plate_class}")


def shedding(sentences: Sequence[str]) -> list[Element]:
    """Sentences of a support line, the important first: a narrow screen drops the last ones whole."""
    return [span(each) for each in sentences if each]


def longest_that_fits(candidates: Sequence[str], room_em: float = SENTENCE_EM) -> str:
    """The first of ``candidates`` (fullest first) that needs no second line; the last one when none does."""
    return next((each for each in candidates if text_width_em(each) <= room_em), candidates[-1])


def fault_verdict(faults: Sequence[SelfFault], now: datetime, words: Words) -> Verdict | None:
    """The verdict while we are blind; None while we see."""
    worst = next((each for kind in BLINDING for each in faults if each.fault is kind), None)
    if worst is None:
        return None
    moment = words.moment(worst.since, now)
    support = shedding([f"{words.say.since.capitalize()} {moment}: {words.fault_means(worst.fault)}."])
    return Verdict("cc-plat-buta", "k-nodata", words.say.no_data_plate, words.fault(worst.fault), support)


def is_sighted(faults: Sequence[SelfFault]) -> bool:
    """Whether "nothing is wrong" may be said at all."""
    return not any(each.fault in BLINDING for each in faults)


def fault_notice(faults: Sequence[SelfFault], now: datetime, words: Words) -> str | None:
    """What must be admitted although the figures are right: a refused configuration."""
    refused = next((each for each in faults if each.fault is Fault.CONFIG_REFUSED), None)
    if refused is None:
        return None
    return f"{words.fault(refused.fault)} ({words.say.since} {words.moment(refused.since, now)})."
