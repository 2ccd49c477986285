"""A busy week of a whole city as a data cut: 721 hotspots, 120 sites, services. Made up, and the same every time."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from command_centre.domain.cut import (
    CutFollowUp,
    CutIncident,
    CutRollup,
    CutSpan,
    CutTarget,
    DataCut,
    Earlier,
    Limits,
)
from command_centre.domain.period import parse_period
from command_centre.storage.times import to_ms

ZONE = ZoneInfo("Asia/Makassar")
HOUR = 3_600_000
KELURAHAN = (
    ("64.74.01.1001", "Bontang Kuala"), ("64.74.01.1002", "Bontang Baru"), ("64.74.01.1003", "Loktuan"),
    ("64.74.01.1004", "Guntung"), ("64.74.01.1005", "Gunung Elai"), ("64.74.01.1006", "Api-Api"),
    ("64.74.02.1001", "Tanjung Laut"), ("64.74.02.1002", "Berbas Tengah"), ("64.74.02.1003", "Berbas Pantai"),
    ("64.74.02.1004", "Satimpo"), ("64.74.02.1005", "Bontang Lestari"), ("64.74.02.1006", "Tanjung Laut Indah"),
    ("64.74.03.1001", "Belimbing"), ("64.74.03.1002", "Gunung Telihan"), ("64.74.03.1003", "Kanaan"),
)  # fmt: skip
KECAMATAN = (("64.74.01", "Bontang Utara"), ("64.74.02", "Bontang Selatan"), ("64.74.03", "Bontang Barat"))
COAST = ("Gusung", "Malahing", "Selangan", "Tihi-Tihi")
DIMENSIONS = ("governance", "branding", "economy", "living", "society", "environment")
METRICS = 10


def busy_cut(name: str = "2026-W47", *, hotspots: int = 721, sites: int = 120, services: int = 10, outages: int = 4) -> DataCut:
    """The cut of one week; ``outages`` a target on average."""
    period = parse_period(name)
    within = period.interval(ZONE)
    start, end = to_ms(within.start), to_ms(within.end)
    chance = random.Random(name)
    targets = [
        *(_hotspot(number, hotspots, start, end, chance, outages) for number in range(hotspots)),
        *(_page("site", number, start, end, chance, outages) for number in range(sites)),
        *(_page("service", number, start, end, chance, outages) for number in range(services)),
    ]
    targets.sort(key=lambda each: each.key)
    return DataCut(
        period=name,
        zone=ZONE.key,
        city="Kota Bontang",
        starts_at=start,
        ends_at=end,
        day_starts=tuple(to_ms(each) for each in period.day_starts(ZONE)),
        is_whole=True,
        is_simulated=True,
        limits=Limits(),
        places=tuple(sorted((*KELURAHAN, *KECAMATAN))),
        targets=tuple(targets),
        incidents=_incidents(targets, start),
        follow_ups=(
            CutFollowUp(1, "Surat klaim ke Penyedia A", "Diskominfo, bidang infrastruktur", "in_progress", "2026-11-27"),
            CutFollowUp(2, "Ganti baterai Gusung dan Selangan", "Diskominfo, tim pesisir", "assigned", "2026-11-30"),
            CutFollowUp(3, "Perbarui sertifikat dua situs", "Pengelola situs", "waiting", "2026-11-25"),
        ),
        previous=Earlier(
            period.before().name,
            "0" * 64,
            (("hotspot_availability", 0.9842), ("incidents_closed", 38.0), ("restore_median_ms", 52 * 60_000.0),
             ("service_availability", 0.997), ("site_availability", 0.9948)),
        ),
    )  # fmt: skip


def _spans(start: int, end: int, chance: random.Random, outages: int) -> tuple[CutSpan, ...]:
    edges = sorted(chance.randrange(start, end) for _ in range(2 * chance.randrange(0, 2 * outages + 1)))
    spans, reached = [], start
    for begin, finish in zip(edges[::2], edges[1::2], strict=True):
        finish = min(finish, begin + int(HOUR * chance.random() ** 3 * 8) + 60_000)
        if begin <= reached:
            continue
        spans.append(CutSpan(reached, begin, "up", "ok", False))
        if chance.random() > 0.1:
            status, reason = ("down", "timeout") if chance.random() < 0.6 else ("degraded", "full")
            spans.append(CutSpan(begin, finish, status, reason, False))
        reached = finish
    if reached < end:
        spans.append(CutSpan(reached, end, "up", "ok", False))
    assert all(left.until <= right.since for left, right in pairwise(spans))
    return tuple(spans)


def _rollups(chance: random.Random) -> tuple[CutRollup, ...]:
    return tuple(CutRollup(f"metric_{n}_seconds", 10_000, round(chance.random() * 1e4, 3), 0.01, 3.5) for n in range(METRICS))


def _hotspot(number: int, of: int, start: int, end: int, chance: random.Random, outages: int) -> CutTarget:
    located = number >= 16 or of < 100
    code = KELURAHAN[number % len(KELURAHAN)][0] if located else None
    settlement = COAST[number % 4] if of - 8 <= number else None
    planned: tuple[tuple[int, int], ...] = ()
    if number % 12 == 0:
        day = 24 * HOUR
        planned = tuple((start + n * day + 4 * HOUR, start + n * day + 4 * HOUR + HOUR // 2) for n in range(7))
    return CutTarget(
        key=f"wifi:{number:04}",
        kind="hotspot",
        name=f"Titik {number}",
        short_name=f"Titik {number}",
        owner="Diskominfo",
        group="Wi-Fi",
        expected_from=start,
        expected_until=end,
        kelurahan=code,
        kecamatan=None if code is None else code[:8],
        settlement=settlement,
        provider=("Penyedia A", "Penyedia B")[number % 2],
        class_mbps=7 if settlement else (20, 50)[number % 2],
        parents=(f"induk:penyedia-{'ab'[number % 2]}",),
        spans=_spans(start, end, chance, outages * (4 if settlement else 1)),
        planned=planned,
        usual=tuple(chance.randrange(0, 2500) for _ in range(24)),
        rollups=_rollups(chance),
    )


def _page(kind: str, number: int, start: int, end: int, chance: random.Random, outages: int) -> CutTarget:
    return CutTarget(
        key=f"{'situs' if kind == 'site' else 'layanan'}:{number:03}",
        kind=kind,
        name=f"Dinas {number}",
        short_name=f"Dinas {number}",
        owner=f"Dinas {number % 40}",
        group="OPD",
        expected_from=start,
        expected_until=end,
        is_measured=number % 40 != 39,
        dimension=DIMENSIONS[number % 6],
        spans=() if number % 40 == 39 else _spans(start, end, chance, outages if number % 9 == 0 else 1),
        rollups=_rollups(chance),
    )


def _incidents(targets: list[CutTarget], start: int) -> tuple[CutIncident, ...]:
    day = 24 * HOUR
    hot = [each for each in targets if each.kind == "hotspot"]
    cable, coast, noon = start + day + 13 * HOUR, start + 3 * day, 20 * HOUR
    found = [
        CutIncident(
            1, "wifi-group", "critical", hot[10].key, "hotspot", "down", "timeout", cable, start + day + noon, cable + 420_000,
            "cable", "Penyedia A", None, "kelurahan", "64.74.01.1003", 120, 126,
        ),
        CutIncident(
            2, "wifi-group", "warning", hot[-20].key, "hotspot", "down", "no_internet", coast,
            group_kind="kelurahan", group_key="64.74.02.1005", scope=12, scope_total=40,
        ),
    ]  # fmt: skip
    pages = [each for each in targets if each.kind == "site"]
    for number, each in enumerate(pages[:30]):
        opened = start + number * timedelta(hours=5) // timedelta(milliseconds=1)
        found.append(
            CutIncident(
                3 + number,
                "site-down",
                "warning",
                each.key,
                "site",
                "down",
                "http_status",
                opened,
                opened + (10 + number) * 60_000,
                opened + 60_000 * (number % 7),
            )
        )
    return tuple(found)
