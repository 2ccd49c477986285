"""The register of electronic services and their parts. All mistakes at once, each with its line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from command_centre.config.cells import (
    LENGTHS,
    Listed,
    check_key,
    check_lengths,
    check_parents,
    listed,
    parents_of,
    refuse_repeated,
    require,
    validity_of,
)
from command_centre.config.durations import parse_positive
from command_centre.config.mistakes import nearest, quoted
from command_centre.config.register import Columns, Row, Table, read_table
from command_centre.config.service_levels import parse_due, parse_hours, parse_service_level
from command_centre.domain.target import Dimension, Place, Target, TargetKey, TargetKind

SERVICES_KIND = "e_services"
"""The kind of collector that looks at ``inventory.services``."""

SERVICES_GROUP = "Layanan"
"""The group of all services."""

SERVICE_PREFIX = "layanan"

ATTRIBUTES = ("part_of", "preset", "definition", "sla", "hours", "queue_word", "due", "public_name", "note")
"""Columns that travel as text in ``Target.attributes``."""

SERVICE_COLUMNS = Columns(
    required=("key", "name", "short_name", "owner", "dimension"),
    optional=("address", *ATTRIBUTES, "expected_every", "parents", "source", "valid_from", "valid_to"),
    headings=MappingProxyType(
        {
            "kunci": "key", "nama": "name", "nama_singkat": "short_name", "pemilik": "owner", "opd": "owner",
            "dimensi": "dimension",
            "bagian_dari": "part_of", "alamat": "address", "definisi": "definition", "tenggat": "sla", "jam_layanan": "hours",
            "jam_kerja": "hours", "kata_antrean": "queue_word", "batas_masuk": "due", "sebutan_pemilik": "public_name",
            "induk": "parents", "sumber": "source", "berlaku_sejak": "valid_from", "berlaku_sampai": "valid_to",
            "catatan": "note",
        }
    ),
)  # fmt: skip

_LENGTHS = MappingProxyType({**LENGTHS, "short_name": 14, "queue_word": 18, "public_name": 24, "preset": 40, "definition": 80})
"""What fits in a row of the wall (design notes): name, owner, what is waiting."""

_ADDRESS_ABSENT = frozenset({"belum ada", "-"})
"""How people write that there is no address."""

_PRESET = re.compile(r"[a-z0-9][a-z0-9_-]*")
_DEFINITION = re.compile(r"[a-z0-9][a-z0-9._-]*\.ya?ml")
_ODD = re.compile(r"[\s\x00-\x20\"<>\\^`|]")


def read_services(data: bytes, file: str, expected_every: timedelta, parents: Collection[str] | None = ()) -> Listed:
    """The register of services. ``parents`` are the keys of what many targets share; None when it cannot be said."""
    table = read_table(data, file, SERVICE_COLUMNS)
    targets = [each for row in table.rows if (each := _service(table, row, expected_every)) is not None]
    refuse_repeated(table, "key", lambda row: row["key"])
    check_parents(table, parents)
    _check_parts(table)
    return listed(table, targets, SERVICE_PREFIX)


def _service(table: Table, row: Row, otherwise: timedelta) -> Target | None:
    before = len(table.mistakes)
    require(table, row, ("key", "name", "short_name", "owner", "dimension"))
    check_key(table, row, SERVICE_PREFIX)
    check_lengths(table, row, _LENGTHS)
    dimension = _dimension(table, row)
    address = _address(table, row)
    valid_from, valid_to = validity_of(table, row)
    every = _expected_every(table, row, otherwise)
    _check_words(table, row)
    if len(table.mistakes) > before:
        return None
    return Target(
        key=TargetKey(row["key"]),
        kind=TargetKind.SERVICE,
        name=row["name"],
        short_name=row["short_name"],
        owner=row["owner"],
        group=SERVICES_GROUP,
        place=Place(),
        address=address,
        expected_every=every,
        dimension=dimension,
        source=row["source"],
        valid_from=valid_from,
        valid_to=valid_to,
        parents=tuple(TargetKey(each) for each in parents_of(row)),
        attributes=dict(_attributes(row)),
    )


def _attributes(row: Row) -> Iterator[tuple[str, str]]:
    for column in ATTRIBUTES:
        if row[column]:
            yield column, row[column]


def _dimension(table: Table, row: Row) -> Dimension | None:
    known = [each.value for each in Dimension]
    if row["dimension"] in known:
        return Dimension(row["dimension"])
    if row["dimension"]:
        sentence = f"{quoted(row['dimension'])} is not one of {', '.join(known)}"
        table.refuse(row, "dimension", sentence, nearest(row["dimension"], known))
    return None


def _address(table: Table, row: Row) -> str | None:
    """None where there is no interface yet: the service stays in the register, expected and not measured."""
    text = row["address"]
    if not text or text.lower() in _ADDRESS_ABSENT:
        return None
    trouble = _address_trouble(text)
    if trouble is None:
        return text
    table.refuse(row, "address", trouble)
    return None


def _address_trouble(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return f"{quoted(text)} is not a web address"
    if parts.scheme not in ("http", "https"):
        return f"{quoted(text)} does not begin with http:// or https:// (leave it empty where there is none yet)"
    if "@" in parts.netloc:
        return "the address carries a user name or password; that does not belong in a register"
    if _ODD.search(text) or not host or port == 0:
        return f"{quoted(text)} is not a web address"
    return None


def _expected_every(table: Table, row: Row, otherwise: timedelta) -> timedelta:
    if not row["expected_every"]:
        return otherwise
    try:
        return parse_positive(row["expected_every"])
    except ValueError as trouble:
        table.refuse(row, "expected_every", f"{quoted(row['expected_every'])}: {trouble}")
        return otherwise


def _check_words(table: Table, row: Row) -> None:
    """Texts that somebody else reads later, tried now."""
    parsers: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("sla", parse_service_level),
        ("hours", parse_hours),
        ("due", parse_due),
        ("preset", lambda text: _like(_PRESET, text, "is not the name of a preset: small letters, digits, '-', '_'")),
        ("definition", lambda text: _like(_DEFINITION, text, "is not the name of a file such as sp4n.yaml, without a folder")),
    )
    for column, parse in parsers:
        if not row[column]:
            continue
        try:
            parse(row[column])
        except ValueError as trouble:
            table.refuse(row, column, f"{quoted(row[column])} {trouble}")


def _like(pattern: re.Pattern[str], text: str, complaint: str) -> None:
    if not pattern.fullmatch(text):
        raise ValueError(complaint)


def _check_parts(table: Table) -> None:
    """A part belongs to a service of this register; parts have no parts."""
    above = {row["key"]: row["part_of"] for row in table.rows if row["key"]}
    for row in table.rows:
        whole = row["part_of"]
        if not whole:
            continue
        if whole == row["key"]:
            table.refuse(row, "part_of", "a service cannot be a part of itself")
        elif whole not in above:
            table.refuse(row, "part_of", f"{quoted(whole)} is not a key of the register", nearest(whole, above))
        elif above[whole]:
            table.refuse(row, "part_of", f"{quoted(whole)} is a part itself, of {quoted(above[whole])}; parts have no parts")
