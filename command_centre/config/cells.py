"""Cells that several registers have in common: keys, places, days, parents. Every mistake with its line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from command_centre.config.mistakes import Mistake, nearest, quoted
from command_centre.config.model import Kelurahan
from command_centre.config.register import Row, Table
from command_centre.domain.target import Place, Target

SHORT_NAME_LENGTH = 13
"""Characters that fit on a wall tile (design notes)."""

LENGTHS: Mapping[str, int] = MappingProxyType(
    {"short_name": SHORT_NAME_LENGTH, "name": 120, "owner": 120, "note": 500, "source": 500, "address": 2000}
)
"""Room for characters, by column."""

SOUTH, NORTH, WEST, EAST = 0.0, 0.25, 117.35, 117.65
"""The city with its coast and islands: 0°01'-0°12' N, 117°23'-117°38' E, and a little more. Latitude 0 is not "missing"."""

CODE = re.compile(r"\d{2}(\.\d{2}){2}(\.\d{4})?")
"""A Kemendagri code of a kecamatan or a kelurahan."""

OWN_PREFIX = "sendiri:"
"""Keys of parts of Command Centre itself; they may be parents without standing in a register."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What one register of targets says. ``keys`` are all keys written in it, also those of rows with mistakes.

    ``has_all_keys``: no row was lost and no key is badly written, so a key that is not there exists nowhere.
    """

    targets: tuple[Target, ...]
    keys: frozenset[str]
    mistakes: tuple[Mistake, ...]
    has_all_keys: bool = True

    @property
    def is_whole(self) -> bool:
        return self.has_all_keys and not self.mistakes

    @property
    def is_empty(self) -> bool:
        """Whether it certainly lists nothing."""
        return self.is_whole and not self.targets


NOTHING_LISTED = Listed((), frozenset(), ())
NOT_READABLE = Listed((), frozenset(), (), has_all_keys=False)


def listed(table: Table, targets: Iterable[Target], prefix: str) -> Listed:
    """What was read, with all keys that are written."""
    keys = frozenset(row["key"] for row in table.rows if row["key"])
    return Listed(tuple(targets), keys, tuple(table.mistakes), has_all_keys=has_all_keys(table, prefix))


def has_all_keys(table: Table, *prefixes: str) -> bool:
    """Whether every key of the register can be read."""
    well_written = all(any(_is_key(row["key"], prefix) for prefix in prefixes) for row in table.rows)
    return well_written and not table.has_lost_rows


def require(table: Table, row: Row, columns: Iterable[str]) -> None:
    """Cells that must not be empty."""
    for column in columns:
        if not row[column]:
            table.refuse(row, column, "must not be empty")


def check_key(table: Table, row: Row, prefix: str) -> None:
    """``situs:dlh``: the prefix of the register, then small letters, digits, '-' and '.'."""
    key = row["key"]
    if key and not _is_key(key, prefix):
        rest = re.sub(rf"^{prefix}[\s:_-]+", "", key.lower())
        guess = f"{prefix}:" + re.sub(r"[^a-z0-9.-]+", "-", rest).strip("-.")
        table.refuse(
            row,
            "key",
            f"{quoted(key)} is not a key: '{prefix}:' and small letters, digits, '-'",
            guess if _is_key(guess, prefix) else None,
        )


def _is_key(text: str, prefix: str) -> bool:
    return re.fullmatch(rf"{prefix}:[a-z0-9][a-z0-9.-]{{0,60}}", text) is not None


def check_lengths(table: Table, row: Row, lengths: Mapping[str, int] = LENGTHS) -> None:
    """Every cell fits where it is shown."""
    for column, most in lengths.items():
        if len(row[column]) > most:
            table.refuse(row, column, f"{quoted(row[column])} has {len(row[column])} characters; there is room for {most}")


class PlaceNames:
    """Kelurahan and kecamatan by code, name, short name and alias.

    ``doubtful`` are words of rows with mistakes: what they mean cannot be said now. None when rows were lost, or the register
    could not be read: then nothing unknown can be called wrong.
    """

    def __init__(self, kelurahan: Sequence[Kelurahan], doubtful: Collection[str] | None = ()) -> None:
        self._doubtful = None if doubtful is None else frozenset(map(_plain, doubtful))
        self._by_word = {_plain(word): each for each in kelurahan for word in words_of(each)}
        self._names = {_plain(word): each.name for each in kelurahan for word in words_of(each) if not CODE.fullmatch(word)}
        self._kecamatan = {
            _plain(word): each.kecamatan_code
            for each in kelurahan
            for word in (each.kecamatan_code, each.kecamatan, each.kecamatan.removeprefix("Bontang "))
        }
        self._kecamatan_names = tuple(dict.fromkeys(each.kecamatan for each in kelurahan))

    def kelurahan(self, word: str) -> Kelurahan | None:
        return self._by_word.get(_plain(word))

    def kecamatan(self, word: str) -> str | None:
        return self._kecamatan.get(_plain(word))

    def is_wrong(self, word: str) -> bool:
        """Whether an unknown word can mean nothing."""
        return self._doubtful is not None and _plain(word) not in self._doubtful

    def nearest_kelurahan(self, word: str) -> str | None:
        """The name that was probably meant; codes differ by a digit, so nothing is guessed for them."""
        close = None if re.match(r"[\d.,]", word) else nearest(_plain(word), self._names)
        return self._names[close] if close else None

    def nearest_kecamatan(self, word: str) -> str | None:
        return None if re.match(r"[\d.,]", word) else nearest(word, self._kecamatan_names)


def words_of(each: Kelurahan) -> tuple[str, ...]:
    """Everything that a kelurahan is called."""
    return (each.code, each.name, each.short_name, *each.aliases)


def _plain(word: str) -> str:
    return (
        re.sub(r"\s+", " ", word.lower())
        .removeprefix("kel. ")
        .removeprefix("kelurahan ")
        .removeprefix("kecamatan ")
        .removeprefix("kec. ")
        .strip()
    )


def place_of(table: Table, row: Row, places: PlaceNames) -> Place:
    """From kelurahan, kecamatan and coordinates; what is empty is not known."""
    kelurahan = places.kelurahan(row["kelurahan"]) if row["kelurahan"] else None
    kecamatan = places.kecamatan(row["kecamatan"]) if row["kecamatan"] else None
    if row["kelurahan"] and kelurahan is None and places.is_wrong(row["kelurahan"]):
        table.refuse(
            row, "kelurahan", f"{quoted(row['kelurahan'])} is not a kelurahan", places.nearest_kelurahan(row["kelurahan"])
        )
    if row["kecamatan"] and kecamatan is None and places.is_wrong(row["kecamatan"]):
        table.refuse(
            row, "kecamatan", f"{quoted(row['kecamatan'])} is not a kecamatan", places.nearest_kecamatan(row["kecamatan"])
        )
    if kelurahan and kecamatan and kelurahan.kecamatan_code != kecamatan:
        table.refuse(row, "kecamatan", f"{kelurahan.name} lies in {kelurahan.kecamatan} ({kelurahan.kecamatan_code})")
    point = point_of(table, row, "latitude", "longitude")
    return Place(
        kelurahan=kelurahan.code if kelurahan else None,
        kecamatan=kelurahan.kecamatan_code if kelurahan else kecamatan,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
    )


def point_of(table: Table, row: Row, latitude_column: str, longitude_column: str) -> tuple[float, float] | None:
    """Degrees; None when both cells are empty or something is wrong with them."""
    latitude, longitude = _degrees(table, row, latitude_column), _degrees(table, row, longitude_column)
    if bool(row[latitude_column]) != bool(row[longitude_column]):
        empty = longitude_column if row[latitude_column] else latitude_column
        table.refuse(row, empty, "must not be empty when the other coordinate is there")
    if latitude is None or longitude is None:
        return None
    if SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST:
        return latitude, longitude
    swapped = SOUTH <= longitude <= NORTH and WEST <= latitude <= EAST
    hint = "; latitude and longitude seem to be swapped" if swapped else ""
    table.refuse(row, latitude_column, f"{row[latitude_column]}, {row[longitude_column]} lies outside the city{hint}")
    return None


def _degrees(table: Table, row: Row, column: str) -> float | None:
    text = row[column]
    if not text:
        return None
    if not re.fullmatch(r"[-+]?\d{1,3}([.,]\d{1,12})?", text):
        table.refuse(row, column, f"{quoted(text)} is not a coordinate in degrees, such as 0.17029")
        return None
    return float(text.replace(",", "."))


def validity_of(table: Table, row: Row) -> tuple[date | None, date | None]:
    """The days from and to which a row holds, both included; None where it is open."""
    valid_from, valid_to = date_of(table, row, "valid_from"), date_of(table, row, "valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        table.refuse(row, "valid_to", f"{valid_to} is before valid_from {valid_from}")
    return valid_from, valid_to


def date_of(table: Table, row: Row, column: str) -> date | None:
    """``2026-11-24``, or as an Indonesian spreadsheet writes it: ``24/11/2026``."""
    text = row[column]
    if not text:
        return None
    for form, pattern in (("%Y-%m-%d", r"\d{4}-\d{2}-\d{2}"), ("%d/%m/%Y", r"\d{1,2}/\d{1,2}/\d{4}")):
        if re.fullmatch(pattern, text):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day has no zone
            except ValueError:
                break
    table.refuse(row, column, f"{quoted(text)} is not a date such as 2026-11-24")
    return None


def refuse_repeated(table: Table, column: str, identity: Callable[[Row], str]) -> None:
    """Rows whose ``identity`` stands on an earlier line already; an empty one is nobody's."""
    first: dict[str, int] = {}
    for row in table.rows:
        word = identity(row)
        if not word:
            continue
        if word in first:
            table.refuse(row, column, f"{quoted(row[column])} is already on line {first[word]}")
        else:
            first[word] = row.line


def parents_of(row: Row) -> tuple[str, ...]:
    """The keys in the cell ``parents``."""
    return tuple(each for each in re.split(r"[\s,|]+", row["parents"]) if each)


def check_parents(table: Table, elsewhere: Collection[str] | None) -> None:
    """Parents are keys of this register or of those ``elsewhere``, and nothing is above itself (BEHAVIOUR S17).

    ``elsewhere`` is None when nobody can say what stands there.
    """
    parents = {row["key"]: parents_of(row) for row in table.rows}
    for row in table.rows:
        for each in parents_of(row):
            if elsewhere is not None and each not in parents and each not in elsewhere and not each.startswith(OWN_PREFIX):
                table.refuse(
                    row, "parents", f"{quoted(each)} is not a key of the register", nearest(each, (*parents, *elsewhere))
                )
        if _is_own_ancestor(row["key"], parents):
            table.refuse(row, "parents", f"{quoted(row['key'])} is among its own parents")


def _is_own_ancestor(key: str, parents: Mapping[str, tuple[str, ...]]) -> bool:
    seen: set[str] = set()
    waiting = list(parents.get(key, ()))
    while waiting:
        each = waiting.pop()
        if each == key:
            return True
        if each not in seen:
            seen.add(each)
            waiting.extend(parents.get(each, ()))
    return False
