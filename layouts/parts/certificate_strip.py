"""Certificates on a line of remaining days, 0 to 90: what expires soon stands out before it hurts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from command_centre.read.views import CertificateMark
from layouts.parts.glyph import glyph
from layouts.parts.node import Element, div, element, paragraph, span
from layouts.wording import Words

SCALE_DAYS = 92
URGENT_DAYS, SOON_DAYS = 7, 14
NAMED = 3


def certificate_strip(marks: Sequence[CertificateMark], words: Words) -> list[Element]:
    """The strip, its scale, and the names of those that expire next."""
    days = sorted({min(max(_whole_days(each), 0), SCALE_DAYS) for each in marks})
    lines = [element("I", None, _mark_class(day), style={"left": _at(day)}) for day in days]
    limits = [element("U", None, style={"left": _at(day)}) for day in (URGENT_DAYS, 30)]
    scale = [element("Span", label, style={"left": _at(day)}) for day, label in ((7, "7"), (30, "30"), (60, "60"), (90, "90+"))]
    return [div([*lines, *limits], "strip"), div(scale, "sb"), _next_to_expire(marks, words)]


def _whole_days(mark: CertificateMark) -> int:
    return math.floor(mark.days)


def _at(day: int) -> str:
    return f"{100 * day / SCALE_DAYS:.4g}%"


def _mark_class(day: int) -> str:
    if day <= URGENT_DAYS:
        return "d"
    return "e" if day < SOON_DAYS else ""


def _next_to_expire(marks: Sequence[CertificateMark], words: Words) -> Element:
    nearest = sorted(marks, key=lambda each: (each.days, each.short_name))[:NAMED]
    if not nearest:
        return paragraph(words.say.no_certificate, "dk redup")
    soon = [each for each in nearest if each.days < SOON_DAYS]
    if soon:
        return paragraph([glyph("k-lambat"), span(" · ".join(_named(each, words) for each in soon))], "dk")
    return paragraph(_named(nearest[0], words), "dk redup")


def _named(mark: CertificateMark, words: Words) -> str:
    """E.g. "3 h Baznas"; one that is over says so. The number comes first: names end in numbers, too."""
    left = words.say.expired if mark.days < 0 else f"{_whole_days(mark)}\u00a0{words.say.days_short}"
    return f"{left} {mark.short_name}"
