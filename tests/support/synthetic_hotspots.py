"""Writes the synthetic register of hotspots: ``python -m tests.support.synthetic_hotspots`` from the root of the project.

No public list of the 721 points exists. This one has the published totals (330 + 262 + 113 in the three kecamatan, 16 more that
the press does not place; 7, 20 and 50 Mbps; two points in each of four settlements on the coast) and invents the rest from a
fixed seed, so that everybody has the same city. Every row says ``sintetis``. Diskominfo's own list takes its place.
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from command_centre.config.inventory import read_kelurahan
from command_centre.config.model import Kelurahan

PROJECT = Path(__file__).resolve().parents[2]
HOTSPOTS = PROJECT / "data" / "inventory" / "hotspots.csv"
PARENTS = PROJECT / "data" / "inventory" / "parents.csv"
SEED = 721
SOURCE = "sintetis"
VALID_FROM = "2024-10-01"
OWNER = "Diskominfo"
CAPACITY = 30

PROVIDER_A, PROVIDER_B = "Penyedia A", "Penyedia B"
ON_PROVIDER_B = 184
"""Of 721; the others are with A, and so is all of Bontang Selatan."""
WORSHIP_ON_PROVIDER_B = 15

OFFICES = 125
SHARES = {"sekolah": 0.36, "kesehatan": 0.14, "keamanan": 0.14, "ruang publik": 0.36}
"""Of what is neither an office, nor a place of worship, nor on the coast."""

MBPS = {"pesisir": 7, "kantor layanan": 20}
"""All others have 50, but for the places of worship without location, which hang on an office's line."""

WORDS = {
    "kantor layanan": ("Kantor Layanan", "Ktr"),
    "sekolah": ("Sekolah", "Skl"),
    "kesehatan": ("Fasilitas Kesehatan", "Kes"),
    "ibadah": ("Rumah Ibadah", "Ibd"),
    "keamanan": ("Pos Keamanan", "Pos"),
    "ruang publik": ("Ruang Publik", "Pub"),
}

POINTS: Mapping[str, tuple[int, int]] = {
    "Bontang Kuala": (38, 3), "Bontang Baru": (52, 4), "Loktuan": (74, 6), "Guntung": (46, 4), "Gunung Elai": (58, 4),
    "Api-Api": (62, 5), "Tanjung Laut": (56, 5), "Berbas Tengah": (48, 4), "Berbas Pantai": (44, 4), "Satimpo": (38, 3),
    "Bontang Lestari": (31, 2), "Tanjung Laut Indah": (45, 3), "Belimbing": (51, 4), "Gunung Telihan": (36, 2), "Kanaan": (26, 3),
}  # fmt: skip
"""How many points a kelurahan has, and how many of them are places of worship."""

UNPLACED = (16, 2)

COAST: Mapping[str, tuple[str, float, float]] = {
    "Gusung": ("Guntung", 0.1887, 117.5071),
    "Malahing": ("Tanjung Laut Indah", 0.1089, 117.5369),
    "Selangan": ("Bontang Lestari", 0.0850, 117.5330),
    "Tihi-Tihi": ("Bontang Lestari", 0.0664, 117.5278),
}
"""Settlements with two points each, and the kelurahan they belong to. Where Selangan lies is a guess."""

CROWDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Api-Api": (("Taman Adipura", "Taman Adipura"), ("Lapangan Bessai Berinta", "Bessai Berinta")),
    "Bontang Kuala": (("Panggung Bontang Kuala", "Panggung Kuala"),),
    "Tanjung Laut Indah": (("Taman Tanjung Laut Indah", "Taman Tj. L. Indah"),),
    "Loktuan": (("Pelabuhan Loktuan", "Pelabuhan Loktuan"),),
}
"""Places where many come, by kelurahan (partly a guess): the first public places there carry their names, four points each."""
POINTS_PER_CROWD = 4

SHORE = (
    (0.038, 117.5100), (0.056, 117.5065), (0.072, 117.4955), (0.094, 117.4840), (0.1035, 117.4860), (0.107, 117.4885),
    (0.1165, 117.5000), (0.127, 117.5020), (0.1355, 117.5120), (0.148, 117.5030), (0.161, 117.4900), (0.168, 117.4880),
    (0.174, 117.4915), (0.181, 117.4955), (0.188, 117.5000), (0.1965, 117.4985),
)  # fmt: skip
"""Where the land ends in the east, roughly: (latitude, longitude)."""

MAIN = (0.1035, 0.1965, 117.4450)
SOUTH = (0.0380, 0.0940, 117.4330)
"""South, north and west of what a map shows: the town, and Bontang Lestari in its inset."""

WIDE = {"Bontang Lestari": (0.0115, 0.0140), "Loktuan": (0.0046, 0.0040), "Guntung": (0.0046, 0.0046)}
NARROW = {"Bontang Kuala", "Gunung Telihan", "Berbas Pantai", "Berbas Tengah", "Tanjung Laut", "Tanjung Laut Indah"}
APART = 0.00125
APART_IN_THE_SOUTH = 0.0028
MOST_TRIES = 4000


@dataclass(slots=True)
class Point:
    """One hotspot in the making."""

    kelurahan: Kelurahan | None
    place_type: str
    name: str = ""
    short_name: str = ""
    settlement: str = ""
    at: tuple[float, float] | None = None
    isp: str = PROVIDER_A


def make_points(kelurahan: Sequence[Kelurahan]) -> list[Point]:
    """All points, kelurahan by kelurahan."""
    chance = random.Random(SEED)
    counts = {each.name: POINTS[each.name] for each in kelurahan} | {"": UNPLACED}
    offices = _shared_out(OFFICES, {name: total for name, (total, _) in counts.items()})
    points: list[Point] = []
    for name, (total, worship) in counts.items():
        where = next((each for each in kelurahan if each.name == name), None)
        types = ["ibadah"] * worship + ["kantor layanan"] * offices[name]
        types += ["pesisir"] * (2 * sum(home == name for home, _, _ in COAST.values()))
        types += Counter(_shared_out(total - len(types), SHARES)).elements()
        points += [Point(where, each) for each in types]
    _name(points)
    _place(points, chance)
    _connect(points, chance)
    return points


def _shared_out(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """``total`` in whole parts by weight; the largest remainders get one more."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    parts = {name: int(part) for name, part in exact.items()}
    for name in sorted(exact, key=lambda each: (parts[each] - exact[each], each))[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def _name(points: Iterable[Point]) -> None:
    numbers: Counter[tuple[str, str]] = Counter()
    for point in points:
        where = point.kelurahan.name if point.kelurahan else ""
        numbers[where, point.place_type] += 1
        number = numbers[where, point.place_type]
        if point.place_type == "pesisir":
            settlements = [name for name, (home, _, _) in COAST.items() if home == where]
            point.settlement = settlements[(number - 1) // 2]
            point.name = f"Pesisir {point.settlement} {2 - number % 2}"
            point.short_name = f"{point.settlement} {2 - number % 2}"
            continue
        crowds = CROWDS.get(where, ()) if point.place_type == "ruang publik" else ()
        if number <= POINTS_PER_CROWD * len(crowds):
            name, short = crowds[(number - 1) // POINTS_PER_CROWD]
            turn = (number - 1) % POINTS_PER_CROWD + 1
            point.name = f"{name} {turn}"
            point.short_name = f"{short} {turn}"
            continue
        word, letters = WORDS[point.place_type]
        point.name = f"{word} {where or 'Tanpa Lokasi'} {number}"
        point.short_name = f"{letters} {point.kelurahan.short_name if point.kelurahan else 'tanpa lokasi'} {number}"


def _place(points: Iterable[Point], chance: random.Random) -> None:
    taken: list[tuple[float, float]] = []
    for point in points:
        if point.settlement:
            _, latitude, longitude = COAST[point.settlement]
            turn = 1 if point.name.endswith("2") else -1
            point.at = (latitude + 0.0007 * turn, longitude + 0.0010 * turn)
        elif point.kelurahan is not None:
            point.at = _somewhere_in(point.kelurahan, taken, chance)
            taken.append(point.at)


def _somewhere_in(kelurahan: Kelurahan, taken: Iterable[tuple[float, float]], chance: random.Random) -> tuple[float, float]:
    """Near the office or the centre, on land, on the map, and not upon another point."""
    in_the_south = kelurahan.name == "Bontang Lestari"
    south, north, west = SOUTH if in_the_south else MAIN
    apart = APART_IN_THE_SOUTH if in_the_south else APART
    spread = WIDE.get(kelurahan.name, (0.0026, 0.0030) if kelurahan.name in NARROW else (0.0036, 0.0038))
    for attempt in range(MOST_TRIES):
        middle = kelurahan.office if chance.random() < 0.6 else kelurahan.centre
        wider = 1 + attempt / 400
        latitude = middle[0] + chance.gauss(0, spread[0]) * wider
        longitude = middle[1] + chance.gauss(0, spread[1]) * wider
        on_the_map = south < latitude < north and west < longitude < _shore(latitude)
        if on_the_map and all((latitude - y) ** 2 + (longitude - x) ** 2 > apart**2 for y, x in taken):
            return latitude, longitude
    raise AssertionError(f"no room left in {kelurahan.name}")


def _shore(latitude: float) -> float:
    for (south, east_there), (north, east_here) in pairwise(SHORE):
        if south <= latitude <= north:
            return east_there + (east_here - east_there) * (latitude - south) / (north - south)
    return SHORE[0][1]


def _connect(points: Sequence[Point], chance: random.Random) -> None:
    """Bontang Selatan and the coast hang on provider A; B has its share of the rest."""
    free = [
        each for each in points if not each.settlement and (each.kelurahan is None or "Selatan" not in each.kelurahan.kecamatan)
    ]
    worship = [each for each in free if each.place_type == "ibadah"]
    others = [each for each in free if each.place_type != "ibadah"]
    chosen = chance.sample(worship, WORSHIP_ON_PROVIDER_B) + chance.sample(others, ON_PROVIDER_B - WORSHIP_ON_PROVIDER_B)
    for each in chosen:
        each.isp = PROVIDER_B


# --- rows ------------------------------------------------------------------------------------------------------------

Row = dict[str, object]


def hotspot_rows(points: Iterable[Point]) -> Iterator[Row]:
    """The register, kecamatan by kecamatan as the list of kelurahan has them."""
    numbers: Counter[str] = Counter()
    for point in points:
        area = _kecamatan(point)
        numbers[area] += 1
        yield {
            "key": f"wifi:{area}-{numbers[area]:04}",
            "name": point.name,
            "short_name": point.short_name,
            "owner": OWNER,
            "kelurahan": point.kelurahan.name if point.kelurahan else "",
            "settlement": point.settlement,
            "latitude": f"{point.at[0]:.5f}" if point.at else "",
            "longitude": f"{point.at[1]:.5f}" if point.at else "",
            "class_mbps": _mbps(point),
            "isp": point.isp,
            "place_type": point.place_type,
            "capacity": CAPACITY,
            "parents": " ".join(_parents_of(point)),
            "address": "",
            "snmp": "",
            "uplink": "",
            "mqtt_device": "",
            "source": SOURCE,
            "valid_from": VALID_FROM,
            "valid_to": "",
            "note": "" if point.at else "lokasi belum dipetakan",
        }


def _mbps(point: Point) -> int:
    return 20 if point.kelurahan is None and point.place_type == "ibadah" else MBPS.get(point.place_type, 50)


def _kecamatan(point: Point) -> str:
    return point.kelurahan.kecamatan.removeprefix("Bontang ").lower() if point.kelurahan else "tanpa"


def _parents_of(point: Point) -> Iterator[str]:
    line = f"induk:{_slug(point.isp)}"
    yield line if point.kelurahan is None else f"{line}-{_kecamatan(point)}"
    if point.kelurahan is not None:
        yield f"listrik:{_slug(point.settlement or point.kelurahan.name)}"


def parent_rows(points: Sequence[Point]) -> Iterator[Row]:
    """Every parent that a point names, and what is above it."""
    for isp in (PROVIDER_A, PROVIDER_B):
        yield _parent_row(f"induk:{_slug(isp)}", f"Jaringan {isp}", isp, isp, "")
        areas = dict.fromkeys(each.kelurahan.kecamatan for each in points if each.isp == isp and each.kelurahan)
        for kecamatan in areas:
            area = kecamatan.removeprefix("Bontang ")
            key, name = f"induk:{_slug(isp)}-{area.lower()}", f"Uplink {isp}, {kecamatan}"
            yield _parent_row(key, name, f"{isp} {area}", isp, f"induk:{_slug(isp)}")
    for name in dict.fromkeys(each.settlement or each.kelurahan.name for each in points if each.kelurahan):
        kind, owner = ("Genset pesisir", "Tim pesisir") if name in COAST else ("Listrik", "PLN")
        yield _parent_row(f"listrik:{_slug(name)}", f"{kind} {name}", f"Listrik {_short(name, points)}", owner, "")


def _short(name: str, points: Iterable[Point]) -> str:
    return next((each.kelurahan.short_name for each in points if each.kelurahan and each.kelurahan.name == name), name)


def _parent_row(key: str, name: str, short_name: str, owner: str, parents: str) -> Row:
    return {"key": key, "name": name, "short_name": short_name, "owner": owner, "parents": parents, "source": SOURCE}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def as_csv(rows: Iterable[Row]) -> bytes:
    """The rows as the registers are kept: UTF-8, semicolons."""
    listed = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, listed[0], delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    return text.getvalue().encode()


def registers() -> tuple[bytes, bytes]:
    """The registers of hotspots and of parents."""
    reference = PROJECT / "data" / "reference" / "kelurahan.csv"
    kelurahan = read_kelurahan(reference.read_bytes(), reference.name).kelurahan
    points = make_points(kelurahan)
    return as_csv(hotspot_rows(points)), as_csv(parent_rows(points))


if __name__ == "__main__":
    hotspots, parents = registers()
    HOTSPOTS.write_bytes(hotspots)
    PARENTS.write_bytes(parents)
