"""``receivers`` and ``notifying`` in ``config.yaml``: where notifications go, and how a person answers them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict

from command_centre.config.durations import Duration
from command_centre.config.mistakes import nearest, quoted
from command_centre.config.model import Line, Section
from command_centre.config.receiver_kinds import RECEIVER_KINDS
from command_centre.config.secret import Secret
from command_centre.config.snapshot import PERIOD_KINDS, SnapshotWord
from command_centre.config.translate import Findings, as_far_as_sound, keys_of, validated
from command_centre.config.translate import Path as Trail
from command_centre.config.yaml_tree import Node, plain
from command_centre.domain.period import PeriodKind

MOST_RECEIVERS = 100
DUTY_KEY = Path("keys") / "duty.key"
"""Where the key that signs links of the duty page is, below the data folder."""


def _receiver_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text):
        raise ValueError("must be letters, digits, '.', '-' or '_', at most 64, such as piket-wa")
    return text


def _outside_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s?#]*)?", text):
        raise ValueError("must be the address under which phones reach the screens, such as https://cc.bontangkota.go.id")
    return text.rstrip("/")


def _audit_pace(pace: timedelta) -> timedelta:
    if not timedelta(seconds=5) <= pace <= timedelta(hours=1):
        raise ValueError("must be from 5s to 1h")
    return pace


ReceiverName = Annotated[str, AfterValidator(_receiver_name)]


class ReceiverFrame(Section):
    """What every receiver has, whatever its kind. ``person``: who answers there, as screens and reports name them.

    ``snapshots``: of which lengths the frozen snapshots are sent there.
    """

    name: ReceiverName
    kind: Line
    person: Line | None = None
    snapshots: tuple[SnapshotWord, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiverEntry:
    """One receiver of the configuration."""

    name: str
    kind: str
    person: str | None
    settings: Section
    snapshots: frozenset[PeriodKind] = frozenset()


class NotifyingSection(Section):
    """How notices are answered and watched over.

    ``alive`` and ``audited`` are addresses of a monitor outside, asked once a minute: the first while the program runs, the
    second only after an audit has found every due notice told. Such addresses carry a secret, so they are references.
    """

    public_url: Annotated[Line, AfterValidator(_outside_address)] | None = None
    link_lasts: Duration = timedelta(hours=4)
    key: Secret | None = None
    alive: Secret | None = None
    audited: Secret | None = None
    audit_every: Annotated[Duration, AfterValidator(_audit_pace)] = timedelta(seconds=60)
    english: bool = False

    model_config = ConfigDict(arbitrary_types_allowed=True)


def read_receivers(items: Sequence[Node], findings: Findings, context: Mapping[str, Any]) -> tuple[ReceiverEntry, ...]:
    """The good entries of the list; every mistake is noted."""
    read = [_receiver(index, item, findings, context) for index, item in enumerate(items)]
    good = tuple(each for each in read if each is not None)
    seen: set[str] = set()
    for index, each in enumerate(read):
        if each is not None and each.name in seen:
            findings.refuse(("receivers", index, "name"), f"{quoted(each.name)} is there twice")
        elif each is not None:
            seen.add(each.name)
    if len(items) > MOST_RECEIVERS:
        findings.refuse(("receivers",), f"has more than {MOST_RECEIVERS} entries")
    return good


def on_call(receivers: Sequence[ReceiverEntry]) -> tuple[str, ...]:
    """Who hears of trouble where nobody is named: not those that are there for snapshots, unless there are no others."""
    names = tuple(each.name for each in receivers if not each.snapshots)
    return names or tuple(each.name for each in receivers)


def _receiver(index: int, item: Node, findings: Findings, context: Mapping[str, Any]) -> ReceiverEntry | None:
    path: Trail = ("receivers", index)
    written = plain(item)
    if not isinstance(written, dict):
        findings.refuse(path, "must be a group of keys, beginning with 'name' and 'kind'")
        return None
    core = keys_of(ReceiverFrame)
    common = {key: value for key, value in written.items() if key in core}
    frame = as_far_as_sound(ReceiverFrame, common, path, findings, context)
    kind = written.get("kind")
    model = RECEIVER_KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        _refuse_kind(path, kind, findings)
        return None
    own = {key: value for key, value in written.items() if key not in core}
    strangers = [key for key in own if key not in keys_of(model)]
    for key in strangers:
        findings.refuse_unknown((*path, key), (*core, *keys_of(model)))
    known = {key: value for key, value in own.items() if key not in strangers}
    settings = validated(model, known, path, findings, context)
    if frame is None or settings is None:
        return None
    _warn_of_missing_secrets(path, settings, findings)
    asked = frozenset(PERIOD_KINDS[each] for each in frame.snapshots)
    return ReceiverEntry(frame.name, frame.kind, frame.person, settings, asked)


def _warn_of_missing_secrets(path: Trail, settings: Section, findings: Findings) -> None:
    """A reference that points at nothing stops the start later; better to hear it now. The value is not kept."""
    for key in keys_of(type(settings)):
        secret = getattr(settings, key, None)
        if isinstance(secret, Secret) and not secret.is_available():
            findings.warn((*path, key), f"{secret.reference} is not set here; the start will stop on it")


def _refuse_kind(path: Trail, kind: object, findings: Findings) -> None:
    if isinstance(kind, str):
        known = ", ".join(RECEIVER_KINDS)
        sentence = f"{quoted(kind)} is not a kind of receiver (there are: {known})"
        findings.refuse((*path, "kind"), sentence, nearest(kind, RECEIVER_KINDS))
