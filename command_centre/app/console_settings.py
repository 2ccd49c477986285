"""The configuration in force as lines to be read, and the wish to read it again. Of a secret only its reference is named."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel
from sqlalchemy import Engine

from command_centre.app.supervising import SUPERVISED
from command_centre.config.durations import format_duration
from command_centre.domain.person import Person
from command_centre.domain.ports import Clock
from command_centre.domain.target import TargetKind
from command_centre.storage.audit import Entry, write_audit
from command_centre.storage.database import writing
from layouts.console.incidents.deeds import VIA
from layouts.console.sheets.settings import InForce

if TYPE_CHECKING:
    from command_centre.config.model import Config

MOST_LETTERS = 300
ANSWER_FIRST_SECONDS = 0.3
"""The page that asked gets its answer before this process begins its new life."""

Line = tuple[str, str, str]


def in_force(config: Config) -> InForce:
    """The configuration of this server."""
    warnings = tuple(str(each) for each in config.warnings)
    return InForce(tuple(_lines(config)), config.config_hash, warnings, can_reload=is_supervised())


def is_supervised() -> bool:
    """Whether run.py started this process and passes on the wish for another configuration."""
    return os.environ.get(SUPERVISED) == "1"


def _lines(config: Config) -> Iterator[Line]:
    yield ("config.yaml", "path", config.source_path.name)
    yield ("config.yaml", "mode", config.mode.value)
    for name in (
        "city",
        "web",
        "storage",
        "retention",
        "uplink",
        "inventory",
        "access",
        "notifying",
        "integrity",
        "snapshot",
        "demo",
    ):
        section = getattr(config, name)
        if isinstance(section, BaseModel):
            yield from _section(name, section)
    yield from _collectors(config)
    yield from _parts(config)


def _section(name: str, section: BaseModel, prefix: str = "") -> Iterator[Line]:
    for key in type(section).model_fields:
        value = getattr(section, key)
        if isinstance(value, BaseModel):
            yield from _section(name, value, f"{prefix}{key}.")
        elif value is not None:
            yield (name, f"{prefix}{key}", _text(value))


def _collectors(config: Config) -> Iterator[Line]:
    for each in config.collectors:
        pace = (("every", each.every), ("timeout", each.timeout), ("at_once", each.at_once), ("retry_after", each.retry_after))
        for key, value in pace:
            yield (f"collectors: {each.kind}", key, _text(value))
        yield from _section(f"collectors: {each.kind}", each.settings)


def _parts(config: Config) -> Iterator[Line]:
    for kind in TargetKind:
        if kind is not TargetKind.SELF:
            yield ("register", kind.value, str(len(config.targets_of(kind))))
    for window in config.windows:
        yield ("windows", window.name, f"{len(window.targets)} targets")
    for wall in config.walls:
        yield ("walls", wall.name, ", ".join(wall.screens))
    for receiver in config.receivers:
        yield ("receivers", receiver.name, receiver.kind)  # never where it leads: numbers of telephones are nobody's business
    for rule in config.rules:
        yield (
            "rules",
            rule.id,
            f"{rule.severity.value}, hold {format_duration(rule.hold)}, recover {format_duration(rule.recover)}",
        )


def _text(value: object) -> str:
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(_text(each) for each in value)[:MOST_LETTERS]
    return str(value)[:MOST_LETTERS]


class Reloading:
    """Passes the wish for another configuration on to run.py, which passes it on to everybody."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def ask(self, person: Person) -> None:
        """Write down who asked; then ask."""
        with writing(self._engine) as connection:
            write_audit(connection, Entry(self._clock.now(), person.name, VIA, "reload", "configuration"))
        later = threading.Timer(ANSWER_FIRST_SECONDS, os.kill, (os.getppid(), signal.SIGHUP))
        later.daemon = True
        later.start()
