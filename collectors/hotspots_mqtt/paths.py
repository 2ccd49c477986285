"""Paths into a JSON payload: ``Wifi.RSSI``, ``radios[0].clients``, ``radios[*].clients``, ``["switch:0"].apower``.

The shorthand of JSONPath (RFC 9535) that fits on one line of a configuration file: names, indices and the wildcard. What begins
with ``/`` is a JSON pointer (RFC 6901).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

_STEP = re.compile(
    r"""\[\s*"(?P<double>[^"]*)"\s*\] | \[\s*'(?P<single>[^']*)'\s*\] | \[\s*(?P<index>-?\d+)\s*\] | \[\s*(?P<any>\*?)\s*\]
        | \.?(?P<name>[^.\[\]]+)""",
    re.VERBOSE,
)


class Absent:
    """The type of ``ABSENT``: what a path leads to when the payload does not have it. Not the same as ``null``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()
WILDCARD: Final = "*"

Step: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Path:
    """A way into a payload. ``text`` is how it was written; no steps mean the payload itself.

    Worked out once, for paths are followed for every message: ``is_many``, whether it may lead to several places, ``key``, its
    only step where that is a name, and ``rest``, what follows its first wildcard.
    """

    text: str
    steps: tuple[Step, ...]
    is_many: bool = field(init=False)
    key: str | None = field(init=False)
    rest: Path | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        only = self.steps[0] if len(self.steps) == 1 else None
        object.__setattr__(self, "is_many", WILDCARD in self.steps)
        object.__setattr__(self, "key", only if isinstance(only, str) and only != WILDCARD else None)
        tail = self.steps[self.steps.index(WILDCARD) + 1 :] if self.is_many else ()
        object.__setattr__(self, "rest", Path(self.text, tail) if self.is_many else None)


WHOLE: Final = Path("", ())
"""The payload itself."""


def parse_path(text: str) -> Path:
    """Read a path. Raises ValueError with a sentence for the editor."""
    body = text.strip()
    if body in ("", "$", ".", "@"):
        return Path(text, ())
    if body.startswith("/"):
        return Path(text, tuple(each.replace("~1", "/").replace("~0", "~") for each in body[1:].split("/")))
    body = body[1:] if body.startswith(("$.", "$[")) else body
    steps: list[Step] = []
    position = 0
    while position < len(body):
        found = _STEP.match(body, position)
        if found is None:
            raise ValueError(f"'{text}' is not a path: stuck at '{body[position : position + 10]}'")
        steps.append(_step_of(found))
        position = found.end()
    return Path(text, tuple(steps))


def _step_of(found: re.Match[str]) -> Step:
    if (index := found["index"]) is not None:
        return int(index)
    if found["any"] is not None or found["name"] in ("*", "#"):
        return WILDCARD
    return next(each for each in (found["double"], found["single"], found["name"]) if each is not None)


def look_up(path: Path, document: object) -> object:
    """What ``path`` leads to; ``ABSENT`` when there is nothing; a list where the path has a wildcard."""
    if path.key is not None and type(document) is dict:
        return document.get(path.key, ABSENT)  # the common case, thousands of times a second
    here: object = document
    for step in path.steps:
        if step == WILDCARD and path.rest is not None:
            return _look_up_each(path.rest, here)
        here = _one_step(here, step)
        if here is ABSENT:
            # A name with dots in it, written without brackets, is one key: {"wifi.clients": 3}.
            return document.get(path.text, ABSENT) if isinstance(document, dict) else ABSENT
    return here


def _look_up_each(rest: Path, here: object) -> object:
    if isinstance(here, dict):
        members: list[object] = list(here.values())
    elif isinstance(here, list):
        members = here
    else:
        return ABSENT
    found = [look_up(rest, member) for member in members]
    flat: list[object] = []
    for each in found:
        if each is ABSENT:
            continue
        if isinstance(each, list) and rest.is_many:
            flat.extend(each)
        else:
            flat.append(each)
    return flat


def _one_step(here: object, step: Step) -> object:
    if isinstance(here, dict):
        return here.get(str(step), ABSENT)
    if isinstance(here, list):
        index = _index(step)
        return here[index] if index is not None and -len(here) <= index < len(here) else ABSENT
    return ABSENT


def _index(step: Step) -> int | None:
    if isinstance(step, int):
        return step
    return int(step) if step.isascii() and step.isdigit() and len(step) < 10 else None
