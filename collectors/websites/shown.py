"""Text from elsewhere, made fit to be shown, logged and stored. Pure."""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s+")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
"""Control characters, those that turn the direction of writing, and halves of characters."""


def clean(text: str, length: int) -> str:
    """One line, no control characters, at most ``length`` characters."""
    return _SPACE.sub(" ", _UNFIT.sub(" ", text)).strip()[:length]
