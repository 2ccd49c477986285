"""``run.py probe service`` and ``run.py decode service``: their arguments, and their answer as JSON or as one line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from collectors.e_services import metrics
from collectors.e_services.definition import Definition
from collectors.e_services.documents import is_markup
from collectors.e_services.health import State
from collectors.e_services.judging import Answer, Finding, inspect, nothing_found, open_answer
from collectors.e_services.options import MAX_BODY_BYTES
from collectors.e_services.parsing import DefinitionError, parse_definition
from collectors.e_services.poller import Seen
from collectors.e_services.reporting import detail_of, phases_of
from collectors.e_services.templates import without_secrets
from collectors.e_services.values import Value
from collectors.websites.addresses import parse_address
from collectors.websites.options import Options, expectations_for
from collectors.websites.pages import read_page
from collectors.websites.shown import clean
from command_centre.domain.personal_data import masked

USAGE = """run.py probe service URL [--config FILE] [--json] [--timeout S] [--ca-file F]
run.py decode service --config FILE --input BODY|- [--json] [--content-type T] [--at EPOCH]"""


class UsageError(Exception):
    """The command line, or a file it names, makes no sense; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for. ``at`` is "now" of ``decode``."""

    url: str = ""
    config: str = ""
    input: str = ""
    content_type: str = ""
    as_json: bool = False
    timeout: timedelta = timedelta(seconds=10)
    ca_file: str | None = None
    at: datetime | None = None
    definition: Definition = field(default_factory=Definition)
    folder: Path | None = None


def parse_probe(argv: Sequence[str]) -> Wish:
    """The command line of ``probe service``, with its file read. Raises UsageError."""
    wish = _read_definition(_parsed(argv, _PROBE_VALUES, takes_url=True))
    if not wish.url:
        raise UsageError("which address? run.py probe service URL")
    try:
        parse_address(wish.url)
    except ValueError as trouble:
        raise UsageError(str(trouble)) from None
    return wish


def parse_decode(argv: Sequence[str]) -> Wish:
    """The command line of ``decode service``, with its file read. Raises UsageError."""
    wish = _read_definition(_parsed(argv, _DECODE_VALUES, takes_url=False))
    if not wish.config or not wish.input:
        raise UsageError("--config and --input are needed")
    return wish


def _parsed(argv: Sequence[str], values: Mapping[str, Callable[[Wish, str], Wish]], *, takes_url: bool) -> Wish:
    wish = Wish()
    words = list(argv)
    while words:
        word = words.pop(0)
        name, has_value, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if name == "--json":
            wish = replace(wish, as_json=True)
        elif name in values:
            if not has_value and not words:
                raise UsageError(f"{name} needs a value")
            wish = values[name](wish, value if has_value else words.pop(0))
        elif word.startswith("-") or wish.url or not takes_url:
            raise UsageError(f"what is '{re.sub(r'[^ -~]', '?', name)[:40]}'?")
        else:
            wish = replace(wish, url=word)
    return wish


def _number(name: str, text: str, low: float, high: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not low < number <= high:
        raise UsageError(f"{name}: must be a number between {low:g} and {high:g}")
    return number


def _ca_file(wish: Wish, text: str) -> Wish:
    if not Path(text).is_file():
        raise UsageError("--ca-file: there is no such file")
    return replace(wish, ca_file=text)


_CONFIG: Mapping[str, Callable[[Wish, str], Wish]] = MappingProxyType(
    {"--config": lambda wish, text: replace(wish, config=text)},
)
_PROBE_VALUES: Mapping[str, Callable[[Wish, str], Wish]] = MappingProxyType(
    {
        **_CONFIG,
        "--timeout": lambda wish, text: replace(wish, timeout=timedelta(seconds=_number("--timeout", text, 0, 600))),
        "--ca-file": _ca_file,
    }
)
_DECODE_VALUES: Mapping[str, Callable[[Wish, str], Wish]] = MappingProxyType(
    {
        **_CONFIG,
        "--input": lambda wish, text: replace(wish, input=text),
        "--content-type": lambda wish, text: replace(wish, content_type=text),
        "--at": lambda wish, text: replace(wish, at=datetime.fromtimestamp(_number("--at", text, 0, 1e11), UTC)),
    }
)


def _read_definition(wish: Wish) -> Wish:
    if not wish.config:
        return wish
    file = Path(wish.config)
    data = _read_yaml(file) if file.suffix in (".yaml", ".yml") else _read_json(file)
    if not isinstance(data, dict):
        raise UsageError(f"{file.name}: is not a definition (an object of keys to values)")
    try:
        return replace(wish, definition=parse_definition(data), folder=file.parent)
    except DefinitionError as trouble:
        raise UsageError(f"{file.name}: {trouble}") from None


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as trouble:
        raise UsageError(f"{file.name}: {trouble.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{file.name}: is not JSON") from None


def _read_yaml(file: Path) -> Any:
    from collectors.e_services.settings import read_definition_file

    try:
        return read_definition_file(file)
    except ValueError as trouble:
        raise UsageError(str(trouble)) from None


# --- decode -------------------------------------------------------------------------------------------------------------------


def decode(wish: Wish, body: bytes, now: datetime) -> Seen:
    """What the definition makes of a saved answer."""
    at = wish.at or now
    is_page = bool(body) and is_markup(body, wish.content_type)
    page = read_page(body, wish.content_type, expectations_for(Options(), {}), at.date()) if is_page else None
    opened = open_answer(Answer(body, wish.content_type, len(body) > MAX_BODY_BYTES, page), wish.definition)
    if opened.verdict is not None:
        return Seen(at, nothing_found(wish.definition, opened.verdict))
    return Seen(at, inspect(opened.document, wish.definition, at))


# --- the answer ---------------------------------------------------------------------------------------------------------------


def report(seen: Seen, definition: Definition, elapsed_ms: float) -> dict[str, object]:
    """The look as the command-line contract prints it; unknown is null, never 0."""
    finding = seen.finding
    last = seen.responses[-1] if seen.responses else None
    return {
        "status": finding.verdict.status.value,
        "reason": finding.verdict.reason.reason_class,
        "fine_reason": finding.verdict.reason.value,
        "message": detail_of(seen),
        "elapsed_ms": round(elapsed_ms, 3),
        "metrics": {name: _printed(value, seen) for name, value in finding.extraction.values.items()},
        "flaws": [
            {"metric": each.metric, "path": each.path, "reason": each.reason.value, "detail": _text(each.detail, seen)}
            for each in finding.extraction.flaws
        ],
        "health": _health(finding),
        "open_items": len(finding.opened) if definition.open_items is not None else None,
        "status_code": last.status if last is not None else None,
        "requests": len(seen.responses),
        "pages": seen.pages or None,
        "retry_after_s": seen.waits_seconds,
        "timings_ms": _timings(seen),
        "ignored_keys": list(definition.strange_keys),
    }


def _printed(value: Value | None, seen: Seen) -> Value | None:
    """Text as the service wrote it, but for what must not be shown; numbers as they are."""
    return masked(without_secrets(_sound(value), seen.secrets)) if isinstance(value, str) else value


def _text(text: str, seen: Seen) -> str:
    return masked(without_secrets(clean(text, 300), seen.secrets))


def _sound(text: str) -> str:
    """No halves of characters, which cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _health(finding: Finding) -> dict[str, object] | None:
    health = finding.health
    if health is None:
        return None
    return {
        "state": health.state.name.lower(),
        "components": {each.name: each.state.name.lower() for each in health.components},
    }


_TIMINGS = frozenset({metrics.CONNECT_SECONDS, metrics.TLS_SECONDS, metrics.FIRST_BYTE_SECONDS, metrics.TRANSFER_SECONDS})


def _timings(seen: Seen) -> dict[str, float]:
    known = {"dns": seen.dns_seconds} if seen.dns_seconds is not None else {}
    phases = dict(phases_of(seen.responses)) if seen.responses else {}
    known |= {name.removesuffix("_seconds"): value for name, value in phases.items() if value is not None and name in _TIMINGS}
    return {name: round(value * 1000, 3) for name, value in known.items()}


def one_line(seen: Seen, elapsed_ms: float) -> str:
    """The answer for a person at a terminal."""
    verdict = seen.finding.verdict
    values = ", ".join(
        f"{name}={_printed(value, seen)}" for name, value in seen.finding.extraction.values.items() if value is not None
    )
    shown = f" [{clean(values, 400)}]" if values else ""
    bad = [each.name for each in seen.finding.health.components if each.state is not State.PASS] if seen.finding.health else []
    parts = f" (not in order: {', '.join(bad[:5])})" if bad else ""
    return f"{verdict.status.value.upper()} {verdict.reason.value}: {detail_of(seen)}{parts}{shown} ({elapsed_ms:.0f} ms)"
