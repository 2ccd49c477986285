"""Ages tick in the browser: an element says since when, the page's plain script keeps its text true every second."""

from __future__ import annotations

from datetime import datetime

from layouts.parts.node import Element, element
from layouts.wording import Words


def epoch_milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def age(since: datetime, now: datetime, words: Words, tag: str = "Span", class_name: str = "") -> Element:
    """The time since ``since``; its first text is right at ``now``, the time of the view."""
    classes = f"cc-umur {class_name}".strip()
    return element(tag, words.age(now - since), classes, attributes={"data-since": str(epoch_milliseconds(since))})
