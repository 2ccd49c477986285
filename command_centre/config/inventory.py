"""The registers as domain objects: kelurahan and sites. Every mistake with file, line and column; nothing half applied."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from command_centre.config.cells import (
    CODE,
    Listed,
    PlaceNames,
    check_key,
    check_lengths,
    check_parents,
    listed,
    parents_of,
    place_of,
    point_of,
    refuse_repeated,
    require,
    validity_of,
)
from command_centre.config.mistakes import Mistake, nearest, quoted
from command_centre.config.model import Kelurahan
from command_centre.config.register import Columns, Row, Table, read_table
from command_centre.domain.target import Dimension, Target, TargetKey, TargetKind

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

SITE_PREFIX = "situs"

_STATUS = r"([1-9]xx|[1-9]\d\d(-[1-9]\d\d)?)"
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?|\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True)
class KelurahanListed:
    """What the register of kelurahan says. ``doubtful`` are the words of rows with mistakes; None when rows were lost."""

    kelurahan: tuple[Kelurahan, ...]
    mistakes: tuple[Mistake, ...] = ()
    doubtful: frozenset[str] | None = frozenset()

    def places(self) -> PlaceNames:
        """The names that other registers may use."""
        return PlaceNames(self.kelurahan, self.doubtful)


NO_KELURAHAN = KelurahanListed((), doubtful=None)


def read_kelurahan(data: bytes, file: str) -> KelurahanListed:
    """The kelurahan register."""
    table = read_table(data, file, Columns(KELURAHAN_COLUMNS))
    found = [each for row in table.rows if (each := _kelurahan(table, row)) is not None]
    refuse_repeated(table, "code", lambda row: row["code"])
    refuse_repeated(table, "name", lambda row: row["name"].lower())
    return KelurahanListed(tuple(found), tuple(table.mistakes), None if table.has_lost_rows else _doubtful(table, found))


def _doubtful(table: Table, found: Sequence[Kelurahan]) -> frozenset[str]:
    """Everything that rows with mistakes call themselves."""
    good = {each.code for each in found}
    columns = ("code", "name", "short_name", "kecamatan_code", "kecamatan")
    return frozenset(
        word
        for row in table.rows
        if row["code"] not in good
        for word in (
            *(row[column] for column in columns),
            row["kecamatan"].removeprefix("Bontang "),
            *(each.strip() for each in row["aliases"].split("|")),
        )
        if word
    )


def _kelurahan(table: Table, row: Row) -> Kelurahan | None:
    before = len(table.mistakes)
    require(table, row, ("code", "name", "short_name", "kecamatan_code", "kecamatan"))
    for column, length in (("code", 13), ("kecamatan_code", 8)):
        if row[column] and (not CODE.fullmatch(row[column]) or len(row[column]) != length):
            example = "64.74.01.1003" if length == 13 else "64.74.01"
            table.refuse(row, column, f"{quoted(row[column])} is not a Kemendagri code such as {example}")
    if row["code"] and row["kecamatan_code"] and not row["code"].startswith(row["kecamatan_code"] + "."):
        table.refuse(row, "kecamatan_code", f"{quoted(row['kecamatan_code'])} is not the beginning of {quoted(row['code'])}")
    centre = point_of(table, row, "centre_latitude", "centre_longitude")
    office = point_of(table, row, "office_latitude", "office_longitude")
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


def read_sites(
    data: bytes,
    file: str,
    places: PlaceNames,
    groups: Sequence[str] | None,
    expected_every: timedelta,
    parents: Collection[str] | None = (),
) -> Listed:
    """The sites register. ``groups`` and ``parents`` (keys of the register of parents) are None when it cannot be said."""
    optional = (*SITE_PLACE_COLUMNS, *SITE_FACT_COLUMNS, *SITE_ATTRIBUTE_COLUMNS)
    table = read_table(data, file, Columns(SITE_COLUMNS, optional))
    targets = [each for row in table.rows if (each := _site(table, row, places, groups, expected_every)) is not None]
    refuse_repeated(table, "key", lambda row: row["key"])
    refuse_repeated(table, "address", lambda row: _same_address(row["address"]))
    check_parents(table, parents)
    return listed(table, targets, SITE_PREFIX)


def _site(table: Table, row: Row, places: PlaceNames, groups: Sequence[str] | None, expected_every: timedelta) -> Target | None:
    before = len(table.mistakes)
    require(table, row, ("key", "name", "short_name", "owner", "group"))
    check_key(table, row, SITE_PREFIX)
    check_lengths(table, row)
    if row["group"] and groups is not None and row["group"] not in groups:
        table.refuse(row, "group", f"{quoted(row['group'])} is not a group of sites", nearest(row["group"], groups))
    place = place_of(table, row, places)
    address = _address(table, row)
    valid_from, valid_to = validity_of(table, row)
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
        parents=tuple(TargetKey(each) for each in parents_of(row)),
        attributes=attributes,
    )


def _dimension(table: Table, row: Row) -> Dimension | None:
    text = row["dimension"]
    known = [each.value for each in Dimension]
    if text and text not in known:
        table.refuse(row, "dimension", f"{quoted(text)} is not one of {', '.join(known)}", nearest(text, known))
        return None
    return Dimension(text) if text else None


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
