"""The heading of a part of a screen: what it is on the left, how to read it on the right."""

from __future__ import annotations

from layouts.parts.node import Element, element, paragraph


def heading(title: str, aside: str = "") -> list[Element]:
    return [element("H2", title), paragraph(aside)]
