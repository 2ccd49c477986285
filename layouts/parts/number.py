"""One of the big numbers of a wall: value, denominator, a line of 24 hours, what the value is made of."""

from __future__ import annotations

from collections.abc import Sequence

from layouts.parts.node import Children, Element, bold, div, element, paragraph, span
from layouts.wording import ABSENT, CardTitle


def number_card(
    title: CardTitle, value: str, beside: Children, line: Element | None, detail: Sequence[Element | str]
) -> list[Element]:
    """``beside`` is the denominator ("/116") or a count of its own ("· 2 kritis")."""
    return [
        _title(title),
        div([bold(value), span(beside)], "cc-angka-nilai"),
        *([line] if line else []),
        paragraph(list(detail), "lepas-3"),
    ]


def absent_card(title: CardTitle, why: str) -> list[Element]:
    """A number nobody measures yet: a dash on a hatched ground, never 0."""
    return [_title(title), div([bold(ABSENT)], "cc-angka-nilai"), div(None, "cc-arsir cc-belum"), paragraph(why, "lepas-3")]


def _title(title: CardTitle) -> Element:
    parts = ((title.before, "lepas-2"), (title.core, ""), (title.after, "lepas-2"), (title.tail, "lepas-4"))
    return element("H2", [span(text, shed) for text, shed in parts if text])
