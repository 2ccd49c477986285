"""The registers of hotspots and of what they share. All mistakes at once, each with its line and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from command_centre.config.cells import (
    LENGTHS,
    Listed,
    PlaceNames,
    check_key,
    check_lengths,
    check_parents,
    has_all_keys,
    listed,
    parents_of,
    place_of,
    refuse_repeated,
    require,
    validity_of,
)
from command_centre.config.durations import parse_positive
from command_centre.config.mistakes import Mistake, nearest, quoted
from command_centre.config.model import HOTSPOTS_GROUP, PLACE_TYPES, SETTLEMENTS
from command_centre.config.register import Columns, Row, Table, read_table
from command_centre.domain.hotspot import CAPACITY
from command_centre.domain.target import Parent, ParentKind, Target, TargetKey, TargetKind

HOTSPOT_PREFIX = "wifi"
PARENT_KINDS: Mapping[str, ParentKind] = MappingProxyType({"induk": ParentKind.UPLINK, "listrik": ParentKind.POWER})
"""What the first word of a parent's key says that it is."""

HOTSPOT_COLUMNS = Columns(
    required=("key", "name", "short_name", "owner", "isp", "class_mbps", "place_type"),
    optional=(
        "kelurahan", "kecamatan", "settlement", "latitude", "longitude", "capacity", "parents", "address", "snmp", "uplink",
        "mqtt_device", "expected_every", "source", "valid_from", "valid_to", "note",
    ),
    headings=MappingProxyType(
        {
            "kunci": "key", "nama": "name", "nama_titik": "name", "nama_singkat": "short_name", "pemilik": "owner",
            "opd": "owner", "penyedia": "isp", "provider": "isp", "kelas": "class_mbps", "kelas_mbps": "class_mbps",
            "mbps": "class_mbps", "jenis_tempat": "place_type", "jenis": "place_type", "permukiman": "settlement",
            "lintang": "latitude", "lat": "latitude", "bujur": "longitude", "lon": "longitude", "long": "longitude",
            "kapasitas": "capacity", "induk": "parents", "alamat_snmp": "address", "perangkat_mqtt": "mqtt_device",
            "sumber": "source", "berlaku_sejak": "valid_from", "berlaku_sampai": "valid_to", "catatan": "note",
        }
    ),
)  # fmt: skip
PARENT_COLUMNS = Columns(("key", "name", "short_name", "owner"), ("parents", "source", "note"))

SHORT_NAME_LENGTH = 20
"""Characters that fit in the list of the fullest points (design notes)."""

MOST_CLIENTS = 1000

_HOTSPOT_LENGTHS = MappingProxyType({**LENGTHS, "short_name": SHORT_NAME_LENGTH, "address": 260, "snmp": 60, "uplink": 60})
_ADDRESS = re.compile(r"(?:(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?")
_DEVICE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


# --- what many share -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ParentsListed:
    """What the register of parents says. ``keys`` are all that are written; None when it cannot be said which there are."""

    parents: tuple[Parent, ...] = ()
    keys: frozenset[str] | None = frozenset()
    mistakes: tuple[Mistake, ...] = ()


NO_PARENTS = ParentsListed()
PARENTS_NOT_READABLE = ParentsListed(keys=None)


def read_parents(data: bytes, file: str) -> ParentsListed:
    """The register of what many targets share: providers' lines and areas of electricity."""
    table = read_table(data, file, PARENT_COLUMNS)
    found = [each for row in table.rows if (each := _parent(table, row)) is not None]
    refuse_repeated(table, "key", lambda row: row["key"])
    check_parents(table, ())
    keys = frozenset(row["key"] for row in table.rows) if has_all_keys(table, *PARENT_KINDS) else None
    return ParentsListed(tuple(found), keys, tuple(table.mistakes))


def _parent(table: Table, row: Row) -> Parent | None:
    before = len(table.mistakes)
    require(table, row, ("key", "name", "short_name", "owner"))
    prefix = row["key"].partition(":")[0]
    if row["key"] and prefix not in PARENT_KINDS:
        known = " or ".join(f"'{each}:'" for each in PARENT_KINDS)
        table.refuse(row, "key", f"{quoted(row['key'])} does not begin with {known}", nearest(prefix, PARENT_KINDS))
    elif row["key"]:
        check_key(table, row, prefix)
    check_lengths(table, row, _HOTSPOT_LENGTHS)
    if len(table.mistakes) > before:
        return None
    parents = tuple(TargetKey(each) for each in parents_of(row))
    key = TargetKey(row["key"])
    return Parent(key, PARENT_KINDS[prefix], row["name"], row["short_name"], row["owner"], parents, row["source"])


@dataclass(frozen=True, slots=True)
class Choices:
    """The city's providers, and its classes in Mbps; None when it cannot be said what they are."""

    providers: Sequence[str] | None
    classes: Sequence[int] | None


# --- hotspots --------------------------------------------------------------------------------------------------------


def read_hotspots(
    data: bytes,
    file: str,
    places: PlaceNames,
    choices: Choices,
    expected_every: timedelta,
    parents: Collection[str] | None,
) -> Listed:
    """The register of hotspots. ``parents`` are the keys of what many share; None when it cannot be said."""
    table = read_table(data, file, HOTSPOT_COLUMNS)
    targets = [each for row in table.rows if (each := _hotspot(table, row, places, choices, expected_every))]
    refuse_repeated(table, "key", lambda row: row["key"])
    refuse_repeated(table, "address", lambda row: row["address"].lower().removesuffix(":161"))
    _refuse_shared_devices(table)
    check_parents(table, parents)
    return listed(table, targets, HOTSPOT_PREFIX)


def _hotspot(table: Table, row: Row, places: PlaceNames, choices: Choices, expected_every: timedelta) -> Target | None:
    before = len(table.mistakes)
    require(table, row, ("key", "name", "short_name", "owner", "isp", "class_mbps", "place_type"))
    check_key(table, row, HOTSPOT_PREFIX)
    check_lengths(table, row, _HOTSPOT_LENGTHS)
    place = place_of(table, row, places)
    valid_from, valid_to = validity_of(table, row)
    attributes = dict(_attributes(table, row, choices))
    every = _expected_every(table, row, expected_every)
    _check_addresses(table, row)
    if len(table.mistakes) > before:
        return None
    return Target(
        key=TargetKey(row["key"]),
        kind=TargetKind.HOTSPOT,
        name=row["name"],
        short_name=row["short_name"],
        owner=row["owner"],
        group=HOTSPOTS_GROUP,
        place=place,
        address=row["address"] or None,
        expected_every=every,
        source=row["source"],
        valid_from=valid_from,
        valid_to=valid_to,
        parents=tuple(TargetKey(each) for each in parents_of(row)),
        attributes=attributes,
    )


def _attributes(table: Table, row: Row, choices: Choices) -> Iterator[tuple[str, str]]:
    """What only hotspots have, as text. A capacity that is not written is the usual one."""
    providers = (row["isp"],) if choices.providers is None else choices.providers
    yield "isp", _one_of(table, row, "isp", {each: each for each in providers}, "a provider")
    yield "class_mbps", _class(table, row, choices.classes)
    yield "place_type", _one_of(table, row, "place_type", PLACE_TYPES, "a type of place")
    yield "capacity", _capacity(table, row)
    if row["settlement"]:
        yield "settlement", _one_of(table, row, "settlement", SETTLEMENTS, "a settlement on the coast")
    for column in ("snmp", "uplink", "mqtt_device", "note"):
        if row[column]:
            yield column, row[column]


def _one_of(table: Table, row: Row, column: str, known: Mapping[str, str], what: str) -> str:
    """The word that is meant; capitals do not matter. ``known`` leads from every spelling to the word itself."""
    spellings = {spelling.lower(): word for spelling, word in known.items()}
    word = spellings.get(row[column].lower())
    if word is None and row[column]:
        table.refuse(row, column, f"{quoted(row[column])} is not {what}", nearest(row[column], known))
    return word or ""


def _class(table: Table, row: Row, classes: Sequence[int] | None) -> str:
    """``20`` or ``20 Mbps``."""
    match = re.fullmatch(r"0*(\d{1,6})\s*(mbps)?", row["class_mbps"].lower())
    if match and (classes is None or int(match.group(1)) in classes):
        return match.group(1)
    if row["class_mbps"]:
        known = "such as 20" if classes is None else f"(there are: {', '.join(map(str, classes))} Mbps)"
        table.refuse(row, "class_mbps", f"{quoted(row['class_mbps'])} is not a class {known}")
    return ""


def _capacity(table: Table, row: Row) -> str:
    text = row["capacity"]
    if not text:
        return str(CAPACITY)
    if not re.fullmatch(r"0*[1-9]\d{0,3}", text) or int(text) > MOST_CLIENTS:
        table.refuse(row, "capacity", f"{quoted(text)} is not a number of devices from 1 to {MOST_CLIENTS}")
    return text.lstrip("0")


def _expected_every(table: Table, row: Row, otherwise: timedelta) -> timedelta:
    if not row["expected_every"]:
        return otherwise
    try:
        return parse_positive(row["expected_every"])
    except ValueError as trouble:
        table.refuse(row, "expected_every", f"{quoted(row['expected_every'])}: {trouble}")
        return otherwise


def _check_addresses(table: Table, row: Row) -> None:
    """Where its SNMP agent is, and what it calls itself in topics."""
    address = _ADDRESS.fullmatch(row["address"])
    if row["address"] and (address is None or not 0 < int(address.group(1) or 161) < 65536):
        table.refuse(
            row, "address", f"{quoted(row['address'])} is not a host, or host:port, such as 192.0.2.7 or ap7.example:1161"
        )
    if row["mqtt_device"] and not _DEVICE.fullmatch(row["mqtt_device"]):
        table.refuse(
            row, "mqtt_device", f"{quoted(row['mqtt_device'])} is not a name in a topic: letters, digits, '_', '.', ':', '-'"
        )


def _refuse_shared_devices(table: Table) -> None:
    """Two hotspots under one name in topics would become one. Without a name of its own, the end of the key is its name."""
    first: dict[str, Row] = {}
    for row in table.rows:
        name = row["mqtt_device"] or row["key"].partition(":")[2]
        earlier = first.setdefault(name, row)
        if name and earlier is not row and (row["mqtt_device"] or earlier["mqtt_device"]):
            table.refuse(row, "mqtt_device", f"{quoted(name)} is already the name of the hotspot on line {earlier.line}")
