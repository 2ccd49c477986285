"""Sizes of files as people write them: ``500MB 20GB 1TB``, in powers of a thousand, as disks are sold."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_SIZE = re.compile(r"(\d{1,9})\s*(MB|GB|TB)", re.IGNORECASE)
UNITS = MappingProxyType({"MB": 10**6, "GB": 10**9, "TB": 10**12})
LARGEST = 1000 * UNITS["TB"]


def parse_size(text: object) -> int:
    """Bytes. Raises ValueError with a sentence for the editor."""
    if isinstance(text, int) and not isinstance(text, bool) and text >= UNITS["MB"]:
        return text
    match = _SIZE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError("a size is written like 500MB, 20GB or 1TB")
    size = int(match.group(1)) * UNITS[match.group(2).upper()]
    if not 0 < size <= LARGEST:
        raise ValueError("must be from 1MB to 1000TB")
    return size


def format_size(size: int) -> str:
    """The shortest writing: ``parse_size(format_size(x)) == x`` for whole megabytes."""
    unit = next((each for each in ("TB", "GB") if size >= UNITS[each] and size % UNITS[each] == 0), "MB")
    return f"{size // UNITS[unit]}{unit}"


Size = Annotated[int, BeforeValidator(parse_size), PlainSerializer(format_size, return_type=str)]
"""A size in bytes, for pydantic models."""
