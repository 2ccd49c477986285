"""``run.py decode mqtt``: what a mapping makes of recorded messages. No network, no configuration, no database."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from collectors.hotspots_mqtt.flaws import FlawKind
from collectors.hotspots_mqtt.intake import Intake, Limits, Notice
from collectors.hotspots_mqtt.mapping import Mapping, MappingError, parse_mapping, unknown_keys
from collectors.hotspots_mqtt.reader import Message, Presence, Reader, Value
from collectors.hotspots_mqtt.standing import STALE_AFTER

EXIT_OK = 0
EXIT_USAGE = 3
MAX_ERRORS = 100
"""Errors printed one by one; beyond that only their number is told."""

USAGE = "run.py decode mqtt --mapping FILE.json --input FILE.ndjson|- [--at EPOCH] [--json]"


class UsageError(Exception):
    """The command line, or a file it names, is not what it should be."""


@dataclass(slots=True)
class Options:
    """What the command line asks for. ``at`` is "now", in seconds since the epoch; None: the time of the last message."""

    mapping: str = ""
    input: str = ""
    at: float | None = None
    json: bool = False


@dataclass(slots=True)
class Book:
    """What has been read so far, as it is printed."""

    readings: list[dict[str, Any]] = field(default_factory=list)
    seen: set[tuple[str, str, float]] = field(default_factory=set)
    latest: dict[str, dict[str, tuple[float, float, Value]]] = field(default_factory=dict)
    availability: dict[str, str] = field(default_factory=dict)

    def write(self, notice: Notice) -> None:
        """One notice. A value that was read before (the same metric at the same device time) changes nothing."""
        if notice.presence is not None:
            self.availability[notice.device] = _AVAILABILITY[notice.presence]
        for taken in notice.values:
            key = (notice.device, taken.metric, taken.at)
            if taken.timed and key in self.seen:
                continue
            self.seen.add(key)
            entry = {"device": notice.device, "metric": taken.metric, "value": taken.value, "unit": taken.unit, "ts": taken.at}
            self.readings.append(entry | ({"retained": True} if notice.retained else {}))
            newest = self.latest.setdefault(notice.device, {})
            rank = (taken.at, notice.arrived)
            if taken.metric not in newest or rank >= newest[taken.metric][:2]:
                newest[taken.metric] = (*rank, taken.value)


_AVAILABILITY = {
    Presence.THERE: "up",
    Presence.ATTENTION: "up",
    Presence.GONE: "down",
    Presence.UNSETTLED: "unknown",
}


def decode_mqtt(argv: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    try:
        options = _read_options(argv)
        mapping, document = _read_mapping(options.mapping)
        with _open(options.input) as lines:
            answer = _decode(mapping, document, lines, options.at)
    except UsageError as trouble:
        print(json.dumps({"status": "unknown", "reason": "config", "message": str(trouble)}))
        print(f"{trouble}\n{USAGE}", file=sys.stderr)
        return EXIT_USAGE
    print(json.dumps(answer, allow_nan=False) if options.json else _for_people(answer))
    return EXIT_OK


def _read_options(argv: Sequence[str]) -> Options:
    options = Options()
    words = iter(argv)
    for word in words:
        if word == "--json":
            options.json = True
        elif word in ("--mapping", "--input", "--at"):
            value = next(words, None)
            if value is None:
                raise UsageError(f"{word} needs a value")
            _set_option(options, word, value)
        else:
            raise UsageError(f"unknown option '{word}'")
    if not options.mapping or not options.input:
        raise UsageError("--mapping and --input are needed")
    return options


def _set_option(options: Options, word: str, value: str) -> None:
    if word == "--at":
        try:
            options.at = float(value)
        except ValueError:
            raise UsageError(f"--at: '{value}' is not a number of seconds") from None
    elif word == "--mapping":
        options.mapping = value
    else:
        options.input = value


def _read_mapping(name: str) -> tuple[Mapping, dict[str, Any]]:
    try:
        document = json.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as trouble:
        raise UsageError(f"{name}: {trouble.strerror}") from None
    except ValueError:
        raise UsageError(f"{name}: is not JSON") from None
    if not isinstance(document, dict):
        raise UsageError(f"{name}: is not a mapping (a JSON object)")
    try:
        return parse_mapping(document), document
    except MappingError as mistakes:
        raise UsageError("; ".join(f"{name}: {each}" for each in mistakes.mistakes)) from None


def _open(name: str) -> TextIO:
    if name == "-":
        return sys.stdin
    try:
        return Path(name).open(encoding="utf-8", errors="replace")
    except OSError as trouble:
        raise UsageError(f"{name}: {trouble.strerror}") from None


def _decode(mapping: Mapping, document: dict[str, Any], lines: TextIO, at: float | None) -> dict[str, Any]:
    intake = Intake([Reader(mapping)], Limits(rejects_kept=MAX_ERRORS), _register(document))
    book = Book()
    bad_lines = 0
    last = 0.0
    for message in _messages(lines):
        if message is None:
            bad_lines += 1
            continue
        last = max(last, message.arrived)
        for notice in intake.take(message):
            book.write(notice)
    return _answer(intake, book, mapping, unknown_keys(document), bad_lines, last if at is None else at)


def _register(document: dict[str, Any]) -> frozenset[str] | None:
    """A mapping may name the devices it knows, to try the quarantine out."""
    known = document.get("devices", document.get("known_devices"))
    return frozenset(map(str, known)) if isinstance(known, list) else None


def _messages(lines: TextIO) -> Iterator[Message | None]:
    """One message per line; None for a line that is none."""
    for line in lines:
        if line.strip():
            yield _message_of(line)


def _message_of(line: str) -> Message | None:
    try:
        fields = json.loads(line)
        topic = base64.b64decode(fields["topic_b64"], validate=True)
        payload = base64.b64decode(fields["payload_b64"], validate=True)
        return Message(_topic_text(topic), payload, float(fields["t"]), bool(fields.get("retain", False)))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError):
        return None


def _topic_text(topic: bytes) -> str:
    """Lone surrogates stand for bytes that are not UTF-8: the topic check refuses them."""
    return topic.decode("utf-8", "surrogateescape")


def _answer(
    intake: Intake, book: Book, mapping: Mapping, strange_keys: Sequence[str], bad_lines: int, at: float
) -> dict[str, Any]:
    stale_after = STALE_AFTER if mapping.stale_after is None else mapping.stale_after
    standings = {
        name: state.signs.standing(at, stale_after).value for name, state in intake.states.items() if state.signs.was_heard
    }
    flaws = sum(intake.counts.values()) + bad_lines
    return {
        "status": standings,
        "reason": "ok" if not flaws else "partial",
        "message": _sentence(intake, book, flaws, strange_keys),
        "readings": book.readings,
        "availability": book.availability,
        "latest": {device: {metric: held[2] for metric, held in held_by.items()} for device, held_by in book.latest.items()},
        "errors": _errors(intake),
        "error_counts": _counts(intake.counts, bad_lines),
        "quarantine": list(intake.strangers),
        "messages": intake.messages,
    }


def _sentence(intake: Intake, book: Book, flaws: int, strange_keys: Sequence[str]) -> str:
    devices = {each["device"] for each in book.readings} | set(book.availability)
    said = f"{intake.messages} messages, {len(book.readings)} readings of {len(devices)} devices, {flaws} flaws"
    return said + (f"; keys not understood: {', '.join(strange_keys)}" if strange_keys else "")


def _errors(intake: Intake) -> list[dict[str, str]]:
    return [
        {"reason": each.flaw.kind.value, "topic": _printable(each.topic), "detail": each.flaw.detail} for each in intake.rejects
    ]


def _counts(counts: Counter[FlawKind], bad_lines: int) -> dict[str, int]:
    named = {kind.value: number for kind, number in sorted(counts.items())}
    return named | ({"bad_line": bad_lines} if bad_lines else {})


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)[:120]


def _for_people(answer: dict[str, Any]) -> str:
    values = [f"{each['device']} {each['metric']} = {each['value']} {each['unit'] or ''}".rstrip() for each in answer["readings"]]
    return "\n".join([answer["message"], *values])
