"""The registers as domain objects: kelurahan and sites. Every mistake with file, line and column; nothing half applied."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from command_centre.config.mistakes import Mistake, nearest, quoted
from command_centre.config.model import Kelurahan
from command_centre.config.register import Row, Table, read_table
from command_centre.domain.target import Dimension, Place, Target, TargetKey, TargetKind

KELURAHAN_COLUMNS = (
    "code",
    "name",
    "short_name",
    "aliases",
    "kecamatan_code",
    "kecamatan",
    "centre_latitude",
    "centre_longitude",
    "office_latitude",
    "office_longitude",
    "postcode",
    "source",
)
SITE_COLUMNS = ("key", "name", "short_name", "owner", "group", "address")
SITE_PLACE_COLUMNS = ("kelurahan", "kecamatan", "latitude", "longitude")
SITE_FACT_COLUMNS = ("dimension", "source", "valid_from", "valid_to", "parents", "note")
SITE_ATTRIBUTE_COLUMNS = (
    "must_contain",
    "must_not_contain",
    "expect_status",
    "allowed_hosts",
    "content_max_age_days",
    "slow_after",
)
"""Columns that the collector of websites understands; they travel as text in ``Target.attributes``."""

SHORT_NAME_LENGTH = 13
"""Characters that fit on a wall tile (design notes)."""

LENGTHS: Mapping[str, int] = MappingProxyType(
    {"short_name": SHORT_NAME_LENGTH, "name": 120, "owner": 120, "note": 500, "source": 500, "address": 2000}
)
"""Room for characters, by column."""

SOUTH, NORTH, WEST, EAST = 0.0, 0.25, 117.35, 117.65
"""The city with its coast and islands: 0°01'-0°12' N, 117°23'-117°38' E, and a little more. Latitude 0 is not "missing"."""

_CODE = re.compile(r"\d{2}(\.\d{2}){2}(\.\d{4})?")
_KEY = re.compile(r"situs:[a-z0-9][a-z0-9.-]{0,60}")
_STATUS = r"([1-9]xx|[1-9]\d\d(-[1-9]\d\d)?)"
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?|\[[0-9a-f:.]+\]")


def read_kelurahan(data: bytes, file: str) -> tuple[tuple[Kelurahan, ...], tuple[Mistake, ...]]:
    """The kelurahan register."""
    table = read_table(data, file, KELURAHAN_COLUMNS, ())
    found = [each for row in table.rows if (each := _kelurahan(table, row)) is not None]
    _refuse_repeated(table, "code", lambda row: row["code"])
    _refuse_repeated(table, "name", lambda row: row["name"].lower())
    return tuple(found), tuple(table.mistakes)


def _kelurahan(table: Table, row: Row) -> Kelurahan | None:
    before = len(table.mistakes)
    _require(table, row, ("code", "name", "short_name", "kecamatan_code", "kecamatan"))
    for column, length in (("code", 13), ("kecamatan_code", 8)):
        if row[column] and (not _CODE.fullmatch(row[column]) or len(row[column]) != length):
            example = "64.74.01.1003" if length == 13 else "64.74.01"
            table.refuse(row, column, f"{quoted(row[column])} is not a Kemendagri code such as {example}")
    if row["code"] and row["kecamatan_code"] and not row["code"].startswith(row["kecamatan_code"] + "."):
        table.refuse(row, "kecamatan_code", f"{quoted(row['kecamatan_code'])} is not the beginning of {quoted(row['code'])}")
    centre = _point(table, row, "centre_latitude", "centre_longitude")
    office = _point(table, row, "office_latitude", "office_longitude")
    for kind, point in (("centre", centre), ("office", office)):
        if point is None and not row[f"{kind}_latitude"]:
            table.refuse(row, f"{kind}_latitude", "must not be empty")
    if centre is None or office is None or len(table.mistakes) > before:
        return None
    return Kelurahan(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        aliases=tuple(each.strip() for each in row["aliases"].split("|") if each.strip()),
        kecamatan_code=row["kecamatan_code"],
        kecamatan=row["kecamatan"],
        centre=centre,
        office=office,
        postcode=row["postcode"],
    )


@dataclass(frozen=True, slots=True)
class Sites:
    """What the sites register says. ``keys`` are all keys written in it, also those of rows with mistakes.

    A register that could not be read at all says nothing: names that refer to it cannot be judged.
    """

    targets: tuple[Target, ...]
    keys: frozenset[str]
    mistakes: tuple[Mistake, ...]
    could_be_read: bool = True

    @property
    def is_whole(self) -> bool:
        return self.could_be_read and not self.mistakes


def read_sites(data: bytes, file: str, kelurahan: Sequence[Kelurahan], groups: Sequence[str], expected_every: timedelta) -> Sites:
    """The sites register."""
    optional = (*SITE_PLACE_COLUMNS, *SITE_FACT_COLUMNS, *SITE_ATTRIBUTE_COLUMNS)
    table = read_table(data, file, SITE_COLUMNS, optional)
    places = PlaceNames(kelurahan)
    targets = [each for row in table.rows if (each := _site(table, row, places, groups, expected_every)) is not None]
    _refuse_repeated(table, "key", lambda row: row["key"])
    _refuse_repeated(table, "address", lambda row: _same_address(row["address"]))
    _check_parents(table)
    return Sites(tuple(targets), frozenset(row["key"] for row in table.rows if row["key"]), tuple(table.mistakes))


def _site(table: Table, row: Row, places: PlaceNames, groups: Sequence[str], expected_every: timedelta) -> Target | None:
    before = len(table.mistakes)
    _require(table, row, ("key", "name", "short_name", "owner", "group"))
    _check_key(table, row)
    _check_lengths(table, row)
    if row["group"] and row["group"] not in groups:
        table.refuse(row, "group", f"{quoted(row['group'])} is not a group of sites", nearest(row["group"], groups))
    place = _place(table, row, places)
    address = _address(table, row)
    valid_from, valid_to = _date(table, row, "valid_from"), _date(table, row, "valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        table.refuse(row, "valid_to", f"{valid_to} is before valid_from {valid_from}")
    dimension = _dimension(table, row)
    attributes = _attributes(table, row)
    if len(table.mistakes) > before:
        return None
    return Target(
        key=TargetKey(row["key"]),
        kind=TargetKind.SITE,
        name=row["name"],
        short_name=row["short_name"],
        owner=row["owner"],
        group=row["group"],
        place=place,
        address=address,
        expected_every=expected_every,
        dimension=dimension,
        source=row["source"],
        valid_from=valid_from,
        valid_to=valid_to,
        parents=tuple(TargetKey(each) for each in _parents_of(row)),
        attributes=attributes,
    )


def _require(table: Table, row: Row, columns: Iterable[str]) -> None:
    for column in columns:
        if not row[column]:
            table.refuse(row, column, "must not be empty")


def _check_key(table: Table, row: Row) -> None:
    key = row["key"]
    if key and not _KEY.fullmatch(key):
        rest = re.sub(r"^situs[\s:_-]+", "", key.lower())
        guess = "situs:" + re.sub(r"[^a-z0-9.-]+", "-", rest).strip("-.")
        table.refuse(
            row,
            "key",
            f"{quoted(key)} is not a key: 'situs:' and small letters, digits, '-'",
            guess if _KEY.fullmatch(guess) else None,
        )


def _check_lengths(table: Table, row: Row) -> None:
    for column, most in (
        ("short_name", SHORT_NAME_LENGTH),
        ("name", 120),
        ("owner", 120),
        ("note", 500),
        ("source", 500),
        ("address", 2000),
    ):
        if len(row[column]) > most:
            table.refuse(row, column, f"{quoted(row[column])} has {len(row[column])} characters; there is room for {most}")


class PlaceNames:
    """Kelurahan and kecamatan by code, name, short name and alias."""

    def __init__(self, kelurahan: Sequence[Kelurahan]) -> None:
        self._by_word = {_plain(word): each for each in kelurahan for word in _words_of(each)}
        self._names = {_plain(word): each.name for each in kelurahan for word in _words_of(each) if not _CODE.fullmatch(word)}
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

    def nearest_kelurahan(self, word: str) -> str | None:
        """The name that was probably meant; codes differ by a digit, so nothing is guessed for them."""
        close = None if re.match(r"[\d.,]", word) else nearest(_plain(word), self._names)
        return self._names[close] if close else None

    def nearest_kecamatan(self, word: str) -> str | None:
        return None if re.match(r"[\d.,]", word) else nearest(word, self._kecamatan_names)


def _words_of(each: Kelurahan) -> tuple[str, ...]:
    return (each.code, each.name, each.short_name, *each.aliases)


def _plain(word: str) -> str:
    return re.sub(r"\s+", " ", word.lower()).removeprefix("kel. ").removeprefix("kelurahan ").removeprefix("kecamatan ").strip()


def _place(table: Table, row: Row, places: PlaceNames) -> Place:
    kelurahan = places.kelurahan(row["kelurahan"]) if row["kelurahan"] else None
    kecamatan = places.kecamatan(row["kecamatan"]) if row["kecamatan"] else None
    if row["kelurahan"] and kelurahan is None:
        table.refuse(
            row, "kelurahan", f"{quoted(row['kelurahan'])} is not a kelurahan", places.nearest_kelurahan(row["kelurahan"])
        )
    if row["kecamatan"] and kecamatan is None:
        table.refuse(
            row, "kecamatan", f"{quoted(row['kecamatan'])} is not a kecamatan", places.nearest_kecamatan(row["kecamatan"])
        )
    if kelurahan and kecamatan and kelurahan.kecamatan_code != kecamatan:
        table.refuse(row, "kecamatan", f"{kelurahan.name} lies in {kelurahan.kecamatan} ({kelurahan.kecamatan_code})")
    point = _point(table, row, "latitude", "longitude")
    return Place(
        kelurahan=kelurahan.code if kelurahan else None,
        kecamatan=kelurahan.kecamatan_code if kelurahan else kecamatan,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
    )


def _point(table: Table, row: Row, latitude_column: str, longitude_column: str) -> tuple[float, float] | None:
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


def _dimension(table: Table, row: Row) -> Dimension | None:
    text = row["dimension"]
    known = [each.value for each in Dimension]
    if text and text not in known:
        table.refuse(row, "dimension", f"{quoted(text)} is not one of {', '.join(known)}", nearest(text, known))
        return None
    return Dimension(text) if text else None


def _date(table: Table, row: Row, column: str) -> date | None:
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


def _address(table: Table, row: Row) -> str | None:
    """None where no address is known: the site stays in the register, expected and not measured."""
    text = row["address"]
    if not text:
        return None
    trouble = _address_trouble(text)
    if trouble is not None:
        suggestion = f"http://{text}" if "://" not in text and _address_trouble(f"http://{text}") is None else None
        table.refuse(row, "address", trouble, suggestion)
        return None
    return text


def _address_trouble(text: str) -> str | None:
    if re.search(r"[\s\x00-\x20\"<>\\^`{|}]", text):
        return f"{quoted(text)} has spaces or characters that no web address has"
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        return f"{quoted(text)} is not a web address"
    if parts.scheme not in ("http", "https") or not text.lower().startswith(("http://", "https://")):
        return f"{quoted(text)} does not begin with http:// or https://"
    if parts.username is not None or parts.password is not None:
        return "the address carries a user name or password; that does not belong in a register"
    host = _ascii_host(parts)
    if host is None or not _HOST.fullmatch(host) or ".." in host or not port_is_good:
        return f"{quoted(text)} is not a web address"
    return None


def _ascii_host(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if ":" in host:
        return f"[{host}]"
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def _same_address(text: str) -> str:
    """What two spellings of one address have in common: without scheme, standard port and last slash."""
    without_scheme = re.sub(r"(?i)^https?://", "", text.strip())
    host, slash, path = without_scheme.partition("/")
    return re.sub(r":(80|443)$", "", host.lower().rstrip(".")) + (slash + path).rstrip("/")


def _attributes(table: Table, row: Row) -> Mapping[str, str]:
    checks: Mapping[str, tuple[str, str]] = {
        "expect_status": (rf"{_STATUS}(\s*,\s*{_STATUS})*", "is not a list of HTTP statuses such as 200, 300-399 or 2xx"),
        "content_max_age_days": (r"0*[1-9]\d{0,4}([.,]\d{1,3})?", "is not a number of days"),
        "slow_after": (r"\d{1,5}([.,]\d{1,3})?\s*(ms|s|m)?", "is not a time such as 3s or 800ms"),
    }
    for column, (pattern, complaint) in checks.items():
        if row[column] and not re.fullmatch(pattern, row[column]):
            table.refuse(row, column, f"{quoted(row[column])} {complaint}")
    return {column: row[column] for column in (*SITE_ATTRIBUTE_COLUMNS, "note") if row[column]}


def _refuse_repeated(table: Table, column: str, identity: Callable[[Row], str]) -> None:
    first: dict[str, int] = {}
    for row in table.rows:
        word = identity(row)
        if not word:
            continue
        if word in first:
            table.refuse(row, column, f"{quoted(row[column])} is already on line {first[word]}")
        else:
            first[word] = row.line


def _parents_of(row: Row) -> tuple[str, ...]:
    return tuple(each for each in re.split(r"[\s,|]+", row["parents"]) if each)


def _check_parents(table: Table) -> None:
    parents = {row["key"]: _parents_of(row) for row in table.rows}
    for row in table.rows:
        for each in _parents_of(row):
            if each not in parents and not each.startswith("sendiri:"):
                table.refuse(row, "parents", f"{quoted(each)} is not a key of the register", nearest(each, parents))
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
