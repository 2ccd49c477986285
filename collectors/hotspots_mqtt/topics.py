"""Topics: which are legal, and patterns with named levels (``kota/wifi/{device}/telemetri``). Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from collectors.hotspots_mqtt.flaws import FlawKind, RejectedError

LONGEST_TOPIC = 1_024
LONGEST_DEVICE = 128

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff+#]")

DEVICE_NAMES = ("device", "ap", "host", "hostname", "node", "id", "serial", "sn", "name", "mac", "thing", "client")
"""Placeholders that may name the device, best first."""

_SAME_FOR_A_DEVICE = frozenset({*DEVICE_NAMES, "city", "shard"})
_SLOTS = 1_000
_FIRST_OF_MANY = 100


def checked_topic(topic: str) -> str:
    """The topic itself. Raises RejectedError for one that nobody may publish to (MQTT 5, section 4.7)."""
    if not topic or len(topic) > LONGEST_TOPIC or _FORBIDDEN.search(topic):
        raise RejectedError(FlawKind.BAD_TOPIC, "empty, too long, or with a character that a topic must not have")
    return topic


def checked_device(name: str) -> str:
    """The device's name itself. Raises RejectedError for one that is no name."""
    if not name.strip():
        raise RejectedError(FlawKind.NO_DEVICE, "the topic names no device")
    if len(name) > LONGEST_DEVICE or not name.isprintable():
        raise RejectedError(FlawKind.NO_DEVICE, "the device's name is too long or not printable")
    return name


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """A topic with placeholders. ``filter`` is what the broker is asked for."""

    text: str
    filter: str
    expression: re.Pattern[str]
    names: frozenset[str]

    def match(self, topic: str) -> Mapping[str, str] | None:
        """The named levels of ``topic``; None when it is another one."""
        found = self.expression.fullmatch(topic)
        return None if found is None else found.groupdict()


def parse_pattern(text: str, fixed: Mapping[str, str] | None = None) -> TopicPattern:
    """Read a pattern; ``fixed`` puts a word in the place of a placeholder. Raises ValueError with a sentence for the editor."""
    for name, word in (fixed or {}).items():
        text = text.replace(f"{{{name}}}", word)
    if not text:
        raise ValueError("a topic must not be empty")
    levels = text.split("/")
    if "#" in text and (levels[-1] != "#" or "#" in "".join(levels[:-1])):
        raise ValueError(f"'{text}': '#' stands only at the end, alone in its level")
    seen: set[str] = set()
    expression = "/".join(_level_expression(level, seen) for level in levels[: -1 if levels[-1] == "#" else None])
    if levels[-1] == "#":
        expression = f"{expression}(?:/.*)?" if expression else ".+"
    asked = "/".join("+" if _PLACEHOLDER.search(level) else level for level in levels)
    return TopicPattern(text, asked, re.compile(expression), frozenset(seen))


def _level_expression(level: str, seen: set[str]) -> str:
    if level == "+":
        return "[^/]*"
    if "+" in level:
        raise ValueError(f"'{level}': '+' stands alone in its level")
    parts: list[str] = []
    position = 0
    for found in _PLACEHOLDER.finditer(level):
        parts.append(re.escape(level[position : found.start()]))
        name = found[1]
        # Alone in its level a placeholder may be empty, so that the message is counted as "no device" and not as another topic.
        some = "[^/]*" if found[0] == level else "[^/]+"
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{some})")
        seen.add(name)
        position = found.end()
    return "".join(parts) + re.escape(level[position:])


def slot_of(topic: str, patterns: Sequence[TopicPattern], taken: Collection[int] = ()) -> int:
    """Which millisecond of a second a topic has, so that what a device says in several topics in one instant stays apart.

    It follows from the topic alone: after a restart a repeated message has the same time as before, and so changes nothing. The
    one topic of most devices has 0; where a pattern stands for many topics of a device, each has its own. ``taken`` are those of
    the device's other topics: of two that would share one, the later gets the next.
    """
    slot = _wanted_slot(topic, patterns)
    for _ in range(_SLOTS):
        if slot not in taken:
            break
        slot = (slot + 1) % _SLOTS
    return slot


def _wanted_slot(topic: str, patterns: Sequence[TopicPattern]) -> int:
    for number, pattern in enumerate(patterns):
        if pattern.match(topic) is not None:
            stands_for_many = "+" in pattern.text or "#" in pattern.text or not pattern.names <= _SAME_FOR_A_DEVICE
            return _hashed_slot(topic) if stands_for_many else min(number, _FIRST_OF_MANY - 1)
    return _hashed_slot(topic)


def _hashed_slot(topic: str) -> int:
    return _FIRST_OF_MANY + zlib.crc32(topic.encode("utf-8", "surrogatepass")) % (_SLOTS - _FIRST_OF_MANY)
