"""Profiles: what each vendor calls things, as data (``profiles/*.toml``), and which profile fits a device.

A profile is chosen by the device's sysObjectID (longest prefix), then by its sysDescr, then by which of the vendors' own subtrees
answers: many access points carry the sysObjectID of the SNMP agent they were built with. The format is described in README.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent / "profiles"
GENERIC = "generic"


class How(StrEnum):
    """What becomes of a column's rows."""

    SUM = "sum"
    MEAN = "mean"
    ROWS = "rows"  # how many rows there are, whatever they hold
    FIRST = "first"
    EACH = "each"


class ProfileError(Exception):
    """A profile file says something this program does not understand: a mistake of ours, found by the tests."""


@dataclass(frozen=True, slots=True)
class Where:
    """Keeps the rows of a column whose neighbour in another column holds one of some values."""

    column: str
    values: frozenset[str] = frozenset()
    not_values: frozenset[str] = frozenset()

    def keeps(self, value: str) -> bool:
        """Whether a row with this neighbour is kept."""
        return value in self.values if self.values else value not in self.not_values


@dataclass(frozen=True, slots=True)
class Take:
    """How to get one number: from one object (``oid``) or from the rows of a column (``column`` and ``how``).

    ``low`` and ``high`` bound what is believed (after scaling); anything else counts as not given. ``from_text`` also reads
    numbers sent as text. ``complement`` turns idle into busy (100 - x). ``named`` keeps the rows whose index spells a matching
    name. ``plus`` are further columns whose rows belong to the same sum. ``given`` names a column that must have rows for this
    rule to say anything: a table of clients without rows means nobody only on a device that has such tables.
    """

    oid: str | None = None
    column: str | None = None
    how: How = How.SUM
    scale: float = 1.0
    low: float = 0.0
    high: float = float("inf")
    from_text: bool = False
    complement: bool = False
    named: re.Pattern[str] | None = None
    where: Where | None = None
    plus: tuple[str, ...] = ()
    given: str | None = None

    def columns(self) -> tuple[str, ...]:
        """The columns whose rows this rule reads."""
        return (self.column, *self.plus) if self.column else ()


@dataclass(frozen=True, slots=True)
class Share:
    """How full something is: as a percentage at once, or as two of used, free and total, or part by part for each row."""

    percent: Take | None = None
    used: Take | None = None
    free: Take | None = None
    total: Take | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """How to get a word: from an object, from the first row of a column, or from sysDescr; ``pattern`` picks its first group."""

    oid: str | None = None
    column: str | None = None
    pattern: re.Pattern[str] | None = None
    fixed: str | None = None


@dataclass(frozen=True, slots=True)
class Radios:
    """The columns of a radio table; ``clients`` and ``busy`` (percent of air time) may stand in tables with other indexes."""

    name: str | None = None
    channel: str | None = None
    clients: str | None = None
    busy: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One vendor's system. In every list the first rule that yields something wins.

    ``speed_in_bits_per_second`` matches the names of interfaces whose ifHighSpeed is in bit/s, against IF-MIB. A ``fallback`` is
    taken only when no vendor's subtree answers: "Linux" says little. ``signs`` are objects of which such a device has at least
    one: asked, all vendors' in one request, where sysObjectID is net-snmp's. ``answers`` are subtrees, asked one by one where
    sysObjectID is absent or nobody's.
    """

    key: str
    vendor: str | None
    os: str | None = None
    object_ids: tuple[str, ...] = ()
    descr: re.Pattern[str] | None = None
    answers: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    model: tuple[Words, ...] = ()
    version: tuple[Words, ...] = ()
    clients: tuple[Take, ...] = ()
    access_points: tuple[Take, ...] = ()
    cpu: tuple[Take, ...] = ()
    memory: tuple[Share, ...] = ()
    temperature: tuple[Take, ...] = ()
    radios: Radios | None = None
    speed_in_bits_per_second: re.Pattern[str] | None = None
    fallback: bool = False
    vendors: Mapping[str, str] = field(default_factory=dict)

    def takes(self) -> list[Take]:
        """Every rule for a number, in the order of the file."""
        shares = [part for share in self.memory for part in (share.percent, share.used, share.free, share.total) if part]
        return [*self.clients, *self.access_points, *self.cpu, *shares, *self.temperature]

    def words(self) -> list[Words]:
        """Every rule for a word."""
        return [*self.model, *self.version]

    def scalars(self) -> list[str]:
        """Objects to ask by their full name."""
        return _unique([*(rule.oid for rule in self.takes()), *(rule.oid for rule in self.words())])

    def columns(self) -> list[str]:
        """Columns whose rows have to be found."""
        radio = self.radios or Radios()
        return _unique(
            [
                *(column for rule in self.takes() for column in (*rule.columns(), rule.given)),
                *(rule.where.column for rule in self.takes() if rule.where),
                *(rule.column for rule in self.words()),
                *(radio.name, radio.channel, radio.clients, radio.busy),
            ]
        )

    def counted_columns(self) -> frozenset[str]:
        """Columns whose rows are themselves the answer: walked at every look."""
        return frozenset(rule.column for rule in self.takes() if rule.how is How.ROWS and rule.column)


def _unique(names: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True, slots=True)
class Book:
    """All profiles. ``generic`` holds the standard MIBs' rules and the register of vendors by enterprise number."""

    profiles: tuple[Profile, ...]
    generic: Profile

    def by_object_id(self, object_id: str | None, descr: str) -> Profile | None:
        """The profile whose prefix of sysObjectID is longest; among equals the one whose sysDescr pattern fits."""
        fitting = [
            (len(prefix), _fits(profile, descr), profile)
            for profile in self.profiles
            for prefix in profile.object_ids
            if object_id and is_under(object_id, prefix) and _fits(profile, descr) >= 0
        ]
        return max(fitting, key=lambda fit: fit[:2])[2] if fitting else None

    def by_descr(self, descr: str) -> Profile | None:
        """The first profile whose sysDescr pattern fits, fallbacks left out."""
        return next((profile for profile in self.profiles if _fits(profile, descr) > 0 and not profile.fallback), None)

    def fallback(self, descr: str) -> Profile:
        """What is left when nothing tells the vendor: the fallback whose sysDescr pattern fits, or the generic profile."""
        return next((profile for profile in self.profiles if profile.fallback and _fits(profile, descr) > 0), self.generic)

    def betrayed_by(self, answers: Container[str]) -> Profile | None:
        """The first profile one of whose signs was answered."""
        return next((profile for profile in self.profiles if any(sign in answers for sign in profile.signs)), None)

    def signs(self) -> list[str]:
        """All signs of all profiles."""
        return [sign for profile in self.profiles for sign in profile.signs]

    def vendor_of(self, object_id: str | None) -> str | None:
        """The vendor by enterprise number (IANA), None for numbers not in the register."""
        if not object_id:
            return None
        known = [prefix for prefix in self.generic.vendors if is_under(object_id, prefix)]
        return self.generic.vendors[max(known, key=len)] if known else None


def is_under(oid: str, prefix: str) -> bool:
    """Whether ``oid`` is ``prefix`` or lies below it."""
    return oid == prefix or oid.startswith(prefix + ".")


def _fits(profile: Profile, descr: str) -> int:
    """1: its pattern fits; 0: it has none; -1: it has one that does not fit."""
    if profile.descr is None:
        return 0
    return 1 if profile.descr.search(descr) else -1


def load_book(folder: Path = FOLDER) -> Book:
    """Read every profile. Raises ProfileError."""
    profiles = [_read_profile(path) for path in sorted(folder.glob("*.toml"))]
    generic = [profile for profile in profiles if profile.key == GENERIC]
    if not generic:
        raise ProfileError(f"{folder.name}: no {GENERIC}.toml")
    return Book(tuple(profile for profile in profiles if profile.key != GENERIC), generic[0])


def _read_profile(path: Path) -> Profile:
    try:
        with path.open("rb") as file:
            return _profile(path.stem, tomllib.load(file))
    except (tomllib.TOMLDecodeError, ProfileError, re.error, TypeError, ValueError) as trouble:
        raise ProfileError(f"{path.name}: {trouble}") from None


def _profile(key: str, table: dict[str, Any]) -> Profile:
    table = dict(table)
    profile = Profile(
        key,
        table.pop("vendor", None),
        table.pop("os", None),
        tuple(table.pop("object_ids", ())),
        _pattern(table.pop("descr", None)),
        tuple(table.pop("answers", ())),
        tuple(table.pop("signs", ())),
        _rules(_words, table.pop("model", [])),
        _rules(_words, table.pop("version", [])),
        _rules(_take, table.pop("clients", [])),
        _rules(_take, table.pop("access_points", [])),
        _rules(_take, table.pop("cpu", [])),
        _rules(_share, table.pop("memory", [])),
        _rules(_take, table.pop("temperature", [])),
        Radios(**table.pop("radios")) if "radios" in table else None,
        _pattern(table.pop("speed_in_bits_per_second", None)),
        bool(table.pop("fallback", False)),
        MappingProxyType(table.pop("vendors", {})),
    )
    if table:
        raise ProfileError(f"unknown key '{next(iter(table))}'")
    return profile


def _rules(read: Callable[[dict[str, Any]], Any], tables: list[dict[str, Any]]) -> tuple[Any, ...]:
    return tuple(read(dict(table)) for table in tables)


def _take(table: dict[str, Any]) -> Take:
    take = Take(
        named=_pattern(table.pop("named", None)),
        where=_where(table.pop("where", None)),
        how=How(table.pop("how", How.SUM)),
        plus=tuple(table.pop("plus", ())),
        **table,
    )
    if (take.oid is None) == (take.column is None):
        raise ProfileError("a rule has either 'oid' or 'column'")
    return take


def _where(table: dict[str, Any] | None) -> Where | None:
    if table is None:
        return None
    kept, dropped = (frozenset(str(value) for value in table.get(key, ())) for key in ("values", "not_values"))
    if bool(kept) == bool(dropped):
        raise ProfileError("'where' has either 'values' or 'not_values'")
    return Where(table["column"], kept, dropped)


def _share(table: dict[str, Any]) -> Share:
    parts = {name: _take(dict(part)) for name, part in table.items()}
    share = Share(**parts)
    if share.percent is None and (share.total is None) + (share.used is None) + (share.free is None) != 1:
        raise ProfileError("memory is 'percent', or two of 'used', 'free' and 'total'")
    return share


def _words(table: dict[str, Any]) -> Words:
    return Words(pattern=_pattern(table.pop("pattern", None)), **table)


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text)
