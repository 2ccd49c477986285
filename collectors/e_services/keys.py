"""A mapping under examination: each key asked for is checked, each mistake is kept with its place, the rest is strange. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from collectors.e_services.documents import Format
from collectors.e_services.extracting import Aggregate
from collectors.e_services.health import HealthStyle
from collectors.e_services.moments import read_duration
from collectors.e_services.paths import BadPathError, Path, compile_path
from collectors.e_services.values import ValueType
from command_centre.domain.personal_data import refused_path

Choice = TypeVar("Choice", HealthStyle, Format, ValueType, Aggregate)


class Keys:
    """A mapping under examination: what was asked for is understood, what is left over is strange."""

    def __init__(self, data: Any, where: str, mistakes: list[str], strange: list[str] | None = None) -> None:
        self._data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        self.where = where
        self.mistakes = mistakes
        self.strange: list[str] = [] if strange is None else strange
        self._asked: set[str] = set()
        if not isinstance(data, Mapping):
            self.complain("", "is not a mapping of keys to values")

    def complain(self, key: str, sentence: str) -> None:
        place = ".".join(each for each in (self.where, key) if each) or "definition"
        self.mistakes.append(f"{place}: {sentence}")

    @property
    def present(self) -> frozenset[str]:
        """The keys that are there, whatever their value: null can be meant."""
        return frozenset(self._data)

    def items(self) -> list[tuple[str, Any]]:
        """Everything, where the keys are names of the editor's own."""
        return [(str(name), value) for name, value in self._data.items()]

    def any(self, *names: str) -> Any:
        """The value of the first of these keys that is there."""
        self._asked.update(names)
        return next((self._data[name] for name in names if self._data.get(name) is not None), None)

    def text(self, *names: str) -> str:
        value = self.any(*names)
        if value is None or isinstance(value, str):
            return (value or "").strip()
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        self.complain(names[0], "is not a text")
        return ""

    def flag(self, name: str) -> bool:
        value = self.any(name)
        if value not in (None, True, False):
            self.complain(name, "is neither true nor false")
        return value is True

    def whole(self, low: int, high: int, *names: str) -> int | None:
        value = self.any(*names)
        if value is None:
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.complain(names[0], f"is not a whole number between {low} and {high}")
            return None
        return value

    def choice(self, choices: type[Choice], *names: str) -> Choice | None:
        word = self.text(*names).lower()
        if not word:
            return None
        for each in choices:
            if each.value == word:
                return each
        self.complain(names[0], f"'{word[:40]}' is none of {', '.join(each.value for each in choices)}")
        return None

    def zone(self, name: str = "tz") -> str | None:
        zone = self.text(name)
        try:
            return ZoneInfo(zone).key if zone else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.complain(name, f"'{zone[:40]}' is not a time zone")
            return None

    def path(self, wanted: Format, *names: str) -> Path | None:
        text = self.text(*names)
        return compiled(self, names[0], text, wanted) if text else None

    def length(self, *units: tuple[str, float]) -> timedelta | None:
        """A length of time: text (``24h``, ``2 hari``), or a number in the unit that the key's name says."""
        for name, unit in units:
            value = self.any(name)
            if value is None:
                continue
            seconds = (
                value * unit if isinstance(value, (int, float)) and not isinstance(value, bool) else read_duration(value, "")
            )
            if seconds is None or not 0 < seconds < 1e10:
                self.complain(name, "is not a length of time; write 90s, 30m, 24h or 2d")
                return None
            return timedelta(seconds=seconds)
        return None

    def inner(self, key: str, data: Any) -> Keys:
        return Keys(data, ".".join(each for each in (self.where, key) if each), self.mistakes, self.strange)

    def done(self) -> None:
        """Everything has been asked for: the rest is strange."""
        place = f"{self.where}." if self.where else ""
        self.strange += [f"{place}{str(key)[:60]}" for key in self._data if key not in self._asked]


def compiled(keys: Keys, name: str, text: str, wanted: Format) -> Path | None:
    """The path, unless it cannot be understood or would read personal data."""
    refusal = refused_path(text)
    if refusal is not None:
        keys.complain(name, refusal)
        return None
    try:
        return compile_path(text, wanted)
    except BadPathError as trouble:
        keys.complain(name, str(trouble))
        return None
