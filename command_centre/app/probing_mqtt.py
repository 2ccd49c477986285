"""``run.py probe mqtt HOST:PORT``: one look at a broker: does it take us, may we listen, does it answer, what does it tell?"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collectors.hotspots_mqtt.broker import Attempt, Connection, Delivery
from collectors.hotspots_mqtt.flaws import FlawKind, RejectedError
from collectors.hotspots_mqtt.mapping import MappingError, parse_mapping
from collectors.hotspots_mqtt.options import MQTT_PORT, MQTTS_PORT, Broker, Protocol, Tls
from collectors.hotspots_mqtt.reader import Message, Reader
from collectors.hotspots_mqtt.topics import checked_topic
from collectors.hotspots_mqtt.troubles import Trouble
from command_centre.domain.reading import Reason, Status

USAGE = (
    "run.py probe mqtt HOST:PORT [--json] [--timeout S] [--wait S] [--topic FILTER]... [--mapping FILE] [--user U --password P]"
    " [--tls] [--ca-file F] [--cert F --key F] [--insecure] [--protocol auto|5|3.1.1] [--client-id ID]"
)
EXIT_CODES = {Status.UP: 0, Status.DEGRADED: 1, Status.DOWN: 2, Status.UNKNOWN: 3}
EXIT_USAGE = 3
MOST_TOPICS = 10


class UsageError(Exception):
    """The command line is not what it should be."""


@dataclass(slots=True)
class Request:
    """What the command line asks for. The password has no place in a ``repr``."""

    host: str = ""
    port: int = MQTT_PORT
    json: bool = False
    timeout: float = 10.0
    wait: float = 1.0
    topics: list[str] = field(default_factory=list)
    mapping: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    ca_file: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
    protocol: Protocol = Protocol.AUTO
    client_id: str = ""


@dataclass(slots=True)
class Seen:
    """What the broker handed over while we looked."""

    messages: int = 0
    retained: int = 0
    repeated: int = 0
    readings: int = 0
    topics: dict[str, None] = field(default_factory=dict)
    flaws: Counter[FlawKind] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we say about it."""

    status: Status
    trouble: Trouble


def probe_mqtt(argv: Sequence[str]) -> int:
    """Run the command; returns the exit code of a monitoring plugin."""
    began = time.monotonic()
    try:
        request = _read_request(argv)
        reader = _reader(request.mapping)
    except UsageError as mistake:
        if "--json" in argv:
            print(json.dumps({"status": "unknown", "reason": "config", "message": str(mistake), "elapsed_ms": 0}))
        print(f"{mistake}\n{USAGE}", file=sys.stderr)
        return EXIT_USAGE
    seen = Seen()
    attempt = _look(request, reader, seen, began)
    verdict = judge(attempt, seen)
    answer = _answer(verdict, attempt, seen, began)
    print(json.dumps(answer, allow_nan=False) if request.json else f"{answer['status']}: {answer['message']}")
    return EXIT_CODES[verdict.status]


# -- the command line


def _read_request(argv: Sequence[str]) -> Request:
    request = Request()
    words = iter(argv)
    address = None
    for word in words:
        if word in _FLAGS:
            _FLAGS[word](request)
        elif word in _VALUES:
            value = next(words, None)
            if value is None:
                raise UsageError(f"{word} needs a value")
            _VALUES[word](request, value)
        elif word.startswith("--") or address is not None:
            raise UsageError(f"unknown option '{word}'")
        else:
            address = word
    if address is None:
        raise UsageError("which broker? HOST:PORT is missing")
    _set_address(request, address)
    return request


def _set_flag(name: str) -> Callable[[Request], None]:
    return lambda request: setattr(request, name, True)


def _set_text(name: str) -> Callable[[Request, str], None]:
    return lambda request, value: setattr(request, name, value)


def _set_seconds(name: str) -> Callable[[Request, str], None]:
    def set_it(request: Request, value: str) -> None:
        try:
            seconds = float(value)
        except ValueError:
            seconds = -1.0
        if not 0 < seconds <= 600:
            raise UsageError(f"--{name}: '{value}' is not a number of seconds between 0 and 600")
        setattr(request, name, seconds)

    return set_it


def _add_topic(request: Request, value: str) -> None:
    request.topics.append(value)


def _set_protocol(request: Request, value: str) -> None:
    try:
        request.protocol = Protocol(value)
    except ValueError:
        raise UsageError(f"--protocol: '{value}' is none of {', '.join(Protocol)}") from None


_FLAGS: dict[str, Callable[[Request], None]] = {
    "--json": _set_flag("json"),
    "--tls": _set_flag("tls"),
    "--insecure": _set_flag("insecure"),
}
_VALUES: dict[str, Callable[[Request, str], None]] = {
    "--timeout": _set_seconds("timeout"),
    "--wait": _set_seconds("wait"),
    "--topic": _add_topic,
    "--mapping": _set_text("mapping"),
    "--user": _set_text("user"),
    "--password": _set_text("password"),
    "--ca-file": _set_text("ca_file"),
    "--cert": _set_text("cert"),
    "--key": _set_text("key"),
    "--client-id": _set_text("client_id"),
    "--protocol": _set_protocol,
}


def _set_address(request: Request, address: str) -> None:
    found = re.fullmatch(r"(?:(mqtts?|ssl|tcp)://)?(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/\[\]]+))(?::(\d{1,5}))?/?", address)
    if found is None or not 0 < int(found[4] or MQTT_PORT) < 65536:
        raise UsageError(f"'{address}' is not HOST:PORT")
    request.host = found[2] or found[3]
    request.tls = request.tls or found[1] in ("mqtts", "ssl") or bool(request.ca_file or request.cert or request.insecure)
    request.port = int(found[4] or (MQTTS_PORT if request.tls else MQTT_PORT))


def _reader(name: str | None) -> Reader | None:
    if name is None:
        return None
    try:
        return Reader(parse_mapping(json.loads(Path(name).read_text(encoding="utf-8"))))
    except OSError as trouble:
        raise UsageError(f"{name}: {trouble.strerror}") from None
    except MappingError as mistakes:
        raise UsageError(f"{name}: {'; '.join(mistakes.mistakes)}") from None
    except (ValueError, AttributeError):
        raise UsageError(f"{name}: is not a mapping (a JSON object)") from None


# -- the look


def _look(request: Request, reader: Reader | None, seen: Seen, began: float) -> Attempt:
    """One connection; a second one in the older version where the broker does not know MQTT 5."""
    protocol = Protocol.V311 if request.protocol is Protocol.V311 else Protocol.V5
    attempt = _connect_once(request, protocol, reader, seen, began)
    if attempt.trouble is not None and attempt.trouble.wrong_version and request.protocol is Protocol.AUTO:
        return _connect_once(request, Protocol.V311, reader, seen, began)
    return attempt


def _connect_once(request: Request, protocol: Protocol, reader: Reader | None, seen: Seen, began: float) -> Attempt:
    end = began + request.timeout
    filters = tuple(request.topics) or (reader.mapping.filters if reader is not None else ("#",))
    connection = Connection(
        _broker(request, max(0.1, end - time.monotonic())),
        protocol,
        filters,
        lambda delivery: _note(delivery, reader, seen),
        lambda _: connection.ask_again(),
        time.time,
    )
    attempt = connection.attempt

    def go_on() -> bool:
        now = time.monotonic()
        done = attempt.refused is not None or (attempt.echoed and now - attempt.began >= request.wait)
        return now < end and not (attempt.subscribed and done)

    connection.run(go_on)
    if attempt.trouble is None and attempt.refused is None and not (attempt.subscribed and attempt.echoed):
        what = "us any more" if attempt.subscribed else "our subscription" if attempt.connected else "our CONNECT"
        attempt.trouble = Trouble(Reason.TIMEOUT, f"the broker does not answer {what}")
    return attempt


def _broker(request: Request, seconds: float) -> Broker:
    return Broker(
        host=request.host,
        port=request.port,
        client_id=request.client_id or f"command-centre-probe-{os.getpid()}",
        user=request.user,
        password=request.password,
        tls=Tls(request.ca_file, request.cert, request.key, verify=not request.insecure) if request.tls else None,
        protocol=request.protocol,
        connect_timeout_seconds=seconds,
        session_expiry_seconds=0,
        receive_maximum=1_000,
    )


def _note(delivery: Delivery, reader: Reader | None, seen: Seen) -> None:
    delivery.acknowledge()
    seen.messages += 1
    seen.retained += delivery.retained
    seen.repeated += delivery.duplicate
    try:
        if delivery.topic is None:
            raise RejectedError(FlawKind.BAD_TOPIC)
        checked_topic(delivery.topic)
    except RejectedError as rejected:
        seen.flaws[rejected.flaw.kind] += 1
        return
    if len(seen.topics) < MOST_TOPICS:
        seen.topics[delivery.topic[:200]] = None
    if reader is not None:
        heard = reader.read(Message(delivery.topic, delivery.payload, delivery.arrived, delivery.retained))
        seen.readings += sum(len(look.samples) for look in heard.looks)
        seen.flaws.update(flaw.kind for flaw in (*heard.flaws, *(each for look in heard.looks for each in look.flaws)))


# -- the verdict


def judge(attempt: Attempt, seen: Seen) -> Verdict:
    """What one look says about a broker. A broker that breaks the rules in what it hands over is degraded, not down."""
    if attempt.trouble is not None:
        return Verdict(Status.DOWN, attempt.trouble)
    if attempt.refused is not None:
        return Verdict(Status.DOWN, attempt.refused)
    bad = seen.flaws[FlawKind.BAD_TOPIC]
    if bad:
        return Verdict(Status.DEGRADED, Trouble(Reason.PROTOCOL_ERROR, f"{bad} messages with topics that must not exist"))
    flaws = sum(seen.flaws.values())
    if flaws and not seen.readings:
        return Verdict(Status.DEGRADED, Trouble(Reason.PARTIAL, f"none of {seen.messages} messages fits the mapping"))
    return Verdict(Status.UP, Trouble(Reason.OK, f"takes us and answers; {seen.messages} messages while we looked"))


def _answer(verdict: Verdict, attempt: Attempt, seen: Seen, began: float) -> dict[str, Any]:
    return {
        "status": verdict.status.value,
        "reason": verdict.trouble.reason.reason_class,
        "message": verdict.trouble.detail,
        "elapsed_ms": round((time.monotonic() - began) * 1000),
        "protocol": attempt.protocol.value if attempt.connected else None,
        "session_present": attempt.resumed if attempt.connected else None,
        "messages": seen.messages,
        "retained": seen.retained,
        "repeated": seen.repeated,
        "readings": seen.readings,
        "topics": list(seen.topics),
        "errors": {kind.value: number for kind, number in sorted(seen.flaws.items())},
    }
