"""``run.py probe website``: its arguments, and its answer as JSON or as one line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from collectors.websites import metrics
from collectors.websites.addresses import parse_address
from collectors.websites.options import Options, parse_status_ranges, user_agent
from command_centre.domain.reading import Fact, Reading
from command_centre.domain.series import MetricName


class UsageError(Exception):
    """The command line makes no sense; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    url: str = ""
    options: Options = field(default_factory=lambda: Options(user_agent=user_agent("")))
    as_json: bool = False
    integrity: bool = False


def parse_arguments(argv: Sequence[str]) -> Wish:
    """Read the command line. Raises UsageError."""
    wish = Wish(as_json="--json" in argv)
    words = list(argv)
    while words:
        word = words.pop(0)
        name, has_value, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if name in _SWITCHES:
            wish = _SWITCHES[name](wish)
        elif name in _VALUES:
            if not has_value and not words:
                raise UsageError(f"{name} needs a value")
            wish = _applied(wish, name, value if has_value else words.pop(0))
        elif word.startswith("-"):
            raise UsageError(f"unknown option {_shown(name)}")
        elif wish.url:
            raise UsageError("one address at a time")
        else:
            wish = replace(wish, url=word)
    return _checked(wish)


def _shown(word: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", word)[:40]


def _applied(wish: Wish, name: str, value: str) -> Wish:
    try:
        return replace(wish, options=_VALUES[name](wish.options, value))
    except ValueError as trouble:
        raise UsageError(f"{name}: {trouble}") from None


def _checked(wish: Wish) -> Wish:
    if not wish.url:
        raise UsageError("which address? run.py probe website URL")
    try:
        parse_address(wish.url)
    except ValueError as trouble:
        raise UsageError(str(trouble)) from None
    return wish


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise ValueError("is not a number")
    return number


def _timeout(options: Options, text: str) -> Options:
    seconds = _number(text)
    if not 0 < seconds <= 600:
        raise ValueError("must lie between 0 and 600 seconds")
    return replace(options, timeout=timedelta(seconds=seconds))


def _ca_file(options: Options, text: str) -> Options:
    if not Path(text).is_file():
        raise ValueError("there is no such file")
    return replace(options, ca_file=text)


def _header(options: Options, text: str) -> Options:
    name, colon, value = text.partition(":")
    if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or re.search(r"[\r\n\0]", value):
        raise ValueError("is written 'Name: value'")
    if name.lower() == "user-agent":
        return replace(options, user_agent=value.strip())
    return replace(options, headers=(*options.headers, (name, value.strip())))


def _basic_auth(options: Options, text: str) -> Options:
    if ":" not in text:
        raise ValueError("is written user:password")
    return replace(options, basic_auth=text)


def _proxy(options: Options, text: str) -> Options:
    scheme, separator, _ = text.partition("://")
    if not text or (separator and scheme.lower() not in ("http", "https", "socks4", "socks4a", "socks5", "socks5h")):
        raise ValueError("is written http://host:port")
    return replace(options, proxy=text)


def _pattern(options: Options, text: str) -> Options:
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as trouble:
        raise ValueError(f"is not a regular expression ({trouble})") from None
    return replace(options, must_match=text)


_VALUES: Mapping[str, Callable[[Options, str], Options]] = MappingProxyType(
    {
        "--timeout": _timeout,
        "--ca-file": _ca_file,
        "--expect-status": lambda options, text: replace(options, expect_status=parse_status_ranges(text)),
        "--must-contain": lambda options, text: replace(options, must_contain=(*options.must_contain, text)),
        "--must-not-contain": lambda options, text: replace(options, must_not_contain=(*options.must_not_contain, text)),
        "--must-contain-regex": _pattern,
        "--header": _header,
        "--basic-auth": _basic_auth,
        "--proxy": _proxy,
        "--cert-warn-days": lambda options, text: replace(options, certificate_warn_days=_number(text)),
        "--slow-ms": lambda options, text: replace(options, slow_after=timedelta(milliseconds=min(_number(text), 1e9))),
        "--contact": lambda options, text: replace(options, user_agent=user_agent(_shown(text))),
        "--server": lambda options, text: replace(options, servers=(*options.servers, text)),
    }
)

_SWITCHES: Mapping[str, Callable[[Wish], Wish]] = MappingProxyType(
    {
        "--json": lambda wish: replace(wish, as_json=True),
        "--insecure": lambda wish: replace(wish, options=replace(wish.options, verify=False)),
        "--no-follow": lambda wish: replace(wish, options=replace(wish.options, follow=False)),
        "--integrity": lambda wish: replace(wish, integrity=True),
    }
)


def report(reading: Reading, elapsed_ms: float) -> dict[str, object]:
    """The reading as the command-line contract prints it; unknown is null, never 0."""
    total = _value(reading, metrics.TOTAL_SECONDS)
    return {
        "status": reading.status.value,
        "reason": reading.reason.reason_class,
        "fine_reason": reading.reason.value,
        "message": reading.detail,
        "elapsed_ms": round(total * 1000 if total is not None else elapsed_ms, 3),
        "status_code": _whole(_value(reading, metrics.HTTP_STATUS_CODE)),
        "redirects": len(_texts(reading.evidence.get("redirects", ()))),
        "final_url": reading.evidence.get("final_url"),
        "title": reading.evidence.get("title"),
        "body_bytes": _whole(_value(reading, metrics.BODY_BYTES)),
        "retry_after_s": reading.evidence.get("retry_after_seconds"),
        "cert": _certificate(reading),
        "timings_ms": {
            name.removesuffix("_seconds"): round(value * 1000, 3) for name, value in reading.values.items() if name in _TIMINGS
        },
        "ipv4_up": _flag(_value(reading, metrics.IPV4_UP_RATIO)),
        "ipv6_up": _flag(_value(reading, metrics.IPV6_UP_RATIO)),
        "remote_address": reading.evidence.get("remote_address"),
        "http_version": reading.evidence.get("http_version"),
        "findings": [],
    }


_TIMINGS = frozenset(
    {
        metrics.DNS_SECONDS,
        metrics.CONNECT_SECONDS,
        metrics.TLS_SECONDS,
        metrics.FIRST_BYTE_SECONDS,
        metrics.TRANSFER_SECONDS,
        metrics.TOTAL_SECONDS,
    }
)
DAY_SECONDS = 86_400


def _certificate(reading: Reading) -> dict[str, object] | None:
    seen = reading.evidence
    if "certificate_sha256" not in seen:
        return None
    return {
        "not_after": seen.get("certificate_not_after"),
        "not_before": seen.get("certificate_not_before"),
        "days_left": _days(_value(reading, metrics.LEAF_CERTIFICATE_REMAINING_SECONDS)),
        "chain_days_left": _days(_value(reading, metrics.CERTIFICATE_REMAINING_SECONDS)),
        "chain_length": seen.get("certificate_chain_length"),
        "issuer": seen.get("certificate_issuer"),
        "subject": seen.get("certificate_subject"),
        "sans": list(_texts(seen.get("certificate_sans", ()))),
        "sha256": seen.get("certificate_sha256"),
    }


def _value(reading: Reading, name: MetricName) -> float | None:
    return reading.values.get(name)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _flag(value: float | None) -> bool | None:
    return None if value is None else value > 0


def _days(seconds: float | None) -> int | None:
    return None if seconds is None else math.floor(seconds / DAY_SECONDS)


def _texts(fact: Fact) -> tuple[str, ...]:
    return fact if isinstance(fact, tuple) else ()


def one_line(reading: Reading, elapsed_ms: float) -> str:
    """The answer for a person at a terminal."""
    days = _days(_value(reading, metrics.LEAF_CERTIFICATE_REMAINING_SECONDS))
    certificate = "" if days is None else f", certificate {days} days"
    status = _whole(_value(reading, metrics.HTTP_STATUS_CODE))
    answer = "" if status is None else f", HTTP {status}"
    return f"{reading.status.value.upper()} {reading.reason.value}: {reading.detail}{answer}{certificate} ({elapsed_ms:.0f} ms)"
