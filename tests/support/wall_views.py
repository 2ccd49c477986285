"""Sample views of a city that does not exist: a normal day, a calm one, a bad one, and the edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from command_centre.domain.incident import IncidentId
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Dimension, TargetKey
from command_centre.read.views import (
    CertificateMark,
    Condition,
    Counts,
    DimensionBar,
    IncidentRow,
    KelurahanTile,
    SelfFault,
    SitesView,
    SiteTile,
    SourceHealth,
    Step,
    SummaryView,
)

NOW = datetime(2026, 11, 23, 4, 4, 31, tzinfo=UTC)  # Monday 12.04.31 WITA
DAY = timedelta(hours=24)

KELURAHAN = (
    ("64.74.01.1001", "Btg. Kuala"),
    ("64.74.01.1002", "Btg. Baru"),
    ("64.74.01.1003", "Loktuan"),
    ("64.74.01.1004", "Guntung"),
    ("64.74.01.1005", "Gn. Elai"),
    ("64.74.01.1006", "Api-Api"),
    ("64.74.02.1001", "Tj. Laut"),
    ("64.74.02.1002", "Bbs. Tengah"),
    ("64.74.02.1003", "Bbs. Pantai"),
    ("64.74.02.1004", "Satimpo"),
    ("64.74.02.1005", "Btg. Lestari"),
    ("64.74.02.1006", "Tj. L. Indah"),
    ("64.74.03.1001", "Belimbing"),
    ("64.74.03.1002", "Gn. Telihan"),
    ("64.74.03.1003", "Kanaan"),
)
_OPD = (
    "Bag. Ekbang, Bag. Hukum, Bag. Kesra, Bag. Org., Bag. Pem., Bag. Umum, Bapenda, Bapperida, Baznas, BKPSDM, "
    "BPBD, BPKAD, Damkar, Dekranasda, Dinkes, Disdikbud, Disdukcapil, Dishub, Diskominfo, Disnaker, Disporapar, "
    "DKP3, DKUKMP, DLH, DP3AKB, DPK, DPMPTSP, DPUPRK, DSPM, Inspektorat, Kesbangpol, Korpri, Perkimtan, PKK, "
    "Prokompim, RSUD, Satpol PP, Setda, Setwan, UKPBJ"
)
_UPT = (
    "PKM Sel. 1, PKM Sel. 2, PKM Utr. 1, PKM Utr. 2, PKM Barat, PKM Lestari, Labkesda, UPT Pasar, Metrologi, "
    "Sampah, UPT PPA, Rusunawa, UPT TPI, UPT IPAL, MPP, SMPN 1, SMPN 2, SMPN 3, SMPN 4, SMPN 5, SMPN 6, SMPN 7"
)
_APL = (
    "112, Antre RSUD, Aparus, Beasiswa, Berita, Cloud, CSIRT, Data, e-Arsip, e-BPHTB, e-Finance, e-Monev, e-Perpus, "
    "e-Retribusi, e-SAKIP, e-SKP, e-Takah, Gugus Covid, Inspirasi, Intip CCTV, Izin digital, JDIH, LPSE, Mata Btg, "
    "Naskah, PBB, Pemakaman, Petakita, Portal, PPID, Sillaj, Simbak, Simpatiku, Simpeg, Simwas, Siperietnik, SPMB, "
    "SuperApps, Surel, WBS"
)
REGISTER: tuple[tuple[str, str, str | None], ...] = (
    *((name, "OPD", "64.74.02.1005") for name in _OPD.split(", ")),
    *(
        (name, "Kecamatan", code)
        for name, code in (("Kec. Barat", "64.74.03.1001"), ("Kec. Selatan", "64.74.02.1004"), ("Kec. Utara", "64.74.01.1005"))
    ),
    *((f"Kel. {name}" if name == "Loktuan" else name, "Kelurahan", code) for code, name in KELURAHAN),
    *((name, "UPT, SMP", KELURAHAN[index % 12][0]) for index, name in enumerate(_UPT.split(", "))),
    *((name, "Aplikasi", None) for name in _APL.split(", ")),
)
"""The register: short name, group, kelurahan. 120 sites."""


def counts(conditions: Iterable[Condition]) -> Counts:
    found = Counter(each.value for each in conditions)
    return Counts(**dict(found))


def tile(
    name: str,
    condition: Condition = Condition.NORMAL,
    reason: Reason | None = None,
    *,
    group: str = "OPD",
    kelurahan: str | None = None,
    minutes: int = 26,
    seconds: float | None = 0.4,
    code: int | None = 200,
    history: Sequence[Condition] | None = None,
    owner: str = "Diskominfo",
) -> SiteTile:
    """One site; trouble began ``minutes`` before NOW."""
    is_seen = condition not in (Condition.NO_DATA, Condition.NO_ADDRESS)
    return SiteTile(
        key=TargetKey(f"situs:{name.lower().replace(' ', '-')}"),
        name=f"Situs {name}",
        short_name=name,
        group=group,
        owner=owner,
        kelurahan=kelurahan,
        condition=condition,
        reason=reason if reason is not None else _REASON[condition],
        since=NOW - timedelta(minutes=minutes) if condition is not Condition.NO_ADDRESS else None,
        last_seen=NOW - timedelta(seconds=20) if is_seen else None,
        total_seconds=seconds if condition in (Condition.NORMAL, Condition.SLOW, Condition.DEGRADED) else None,
        status_code=code if is_seen else None,
        certificate_days=80.0,
        uses_https=True,
        planned_until=NOW + timedelta(hours=1) if condition is Condition.PLANNED else None,
        history=tuple(history) if history is not None else (Condition.NORMAL,) * 48,
    )


_REASON = {
    Condition.NORMAL: Reason.OK,
    Condition.SLOW: Reason.SLOW,
    Condition.DEGRADED: Reason.CERT_EXPIRING,
    Condition.DOWN: Reason.TIMEOUT,
    Condition.NO_DATA: Reason.SILENT,
    Condition.NO_ADDRESS: Reason.NO_ADDRESS,
    Condition.PLANNED: Reason.OK,
}

_BAD_DAY: dict[str, tuple[Condition, Reason, int, float, int | None]] = {
    "Disporapar": (Condition.DOWN, Reason.HTTP_STATUS, 151, 0.0, 502),
    "Kel. Loktuan": (Condition.DOWN, Reason.TIMEOUT, 26, 0.0, None),
    "PKM Lestari": (Condition.DOWN, Reason.TLS_EXPIRED, 4, 0.0, None),
    "LPSE": (Condition.SLOW, Reason.SLOW, 33, 3.9, 200),
    "Beasiswa": (Condition.SLOW, Reason.SLOW, 58, 5.2, 200),
    "Simpatiku": (Condition.SLOW, Reason.SLOW, 17, 4.1, 200),
    "Guntung": (Condition.DEGRADED, Reason.CONTENT_STALE, 3000, 0.6, 200),
    "Baznas": (Condition.DEGRADED, Reason.CERT_EXPIRING, 400, 0.8, 200),
    "DSPM": (Condition.NO_DATA, Reason.SILENT, 30, 0.0, None),
    "Gn. Telihan": (Condition.NO_ADDRESS, Reason.NO_ADDRESS, 0, 0.0, None),
    "Btg. Lestari": (Condition.NO_ADDRESS, Reason.NO_ADDRESS, 0, 0.0, None),
    "Metrologi": (Condition.NO_ADDRESS, Reason.NO_ADDRESS, 0, 0.0, None),
    "e-SAKIP": (Condition.PLANNED, Reason.OK, 64, 0.0, 200),
}


def normal_day_tiles() -> tuple[SiteTile, ...]:
    """120 sites: three down, three slow, two degraded, one silent, three without address, one planned."""
    return tuple(_tile_of_day(index, _BAD_DAY) for index in range(len(REGISTER)))


def calm_tiles() -> tuple[SiteTile, ...]:
    quiet = {name: facts for name, facts in _BAD_DAY.items() if facts[0] in (Condition.NO_DATA, Condition.NO_ADDRESS)}
    return tuple(_tile_of_day(index, quiet) for index in range(len(REGISTER)))


def crisis_tiles() -> tuple[SiteTile, ...]:
    """The data centre is gone: 45 sites down, 12 slow."""
    bad = dict(_BAD_DAY)
    for index, (name, *_) in enumerate(REGISTER):
        if index % 8 in (0, 3, 5):
            bad[name] = (Condition.DOWN, Reason.CONNECT_UNREACHABLE, 11 + index % 3, 0.0, None)
        elif index % 10 == 2:
            bad[name] = (Condition.SLOW, Reason.SLOW, 9, 3.0 + index / 20, 200)
    return tuple(_tile_of_day(index, bad) for index in range(len(REGISTER)))


def _tile_of_day(index: int, bad: dict[str, tuple[Condition, Reason, int, float, int | None]]) -> SiteTile:
    name, group, kelurahan = REGISTER[index]
    rng = Random(index)  # deterministic sample data, not a secret
    usual = rng.choice((0.18, 0.21, 0.26, 0.3, 0.38, 0.41, 0.52, 0.61, 0.72, 0.88, 1.1, 1.35))
    condition, reason, minutes, seconds, code = bad.get(name, (Condition.NORMAL, Reason.OK, 5000, usual, 200))
    past = [Condition.NORMAL] * 48
    if rng.random() < 0.16:
        past[rng.randrange(44)] = rng.choice((Condition.SLOW, Condition.SLOW, Condition.DOWN))
    if condition is not Condition.NORMAL:
        since = min(48, -(-minutes // 30) or 48)
        past[48 - since :] = [condition] * since
    return tile(
        name, condition, reason, group=group, kelurahan=kelurahan, minutes=minutes, seconds=seconds, code=code, history=past
    )


def sites_view(
    tiles: Sequence[SiteTile], *, faults: Sequence[SelfFault] = (), certificates: Sequence[CertificateMark] | None = None
) -> SitesView:
    """The view of ``tiles``, as the read side would give it."""
    order = (Condition.DOWN, Condition.DEGRADED, Condition.SLOW, Condition.NO_DATA, Condition.PLANNED)
    abnormal = sorted(
        (each for each in tiles if each.condition in order), key=lambda each: (order.index(each.condition), each.since or NOW)
    )
    return SitesView(
        as_of=NOW - timedelta(seconds=4) if tiles else None,
        generated_at=NOW,
        seq=4711,
        is_simulated=True,
        sources=SourceHealth(2, 26),
        faults=tuple(faults),
        counts=counts(each.condition for each in tiles),
        tiles=tuple(tiles),
        abnormal=tuple(abnormal),
        certificates=_certificates(tiles) if certificates is None else tuple(certificates),
        without_https=18 if tiles else 0,
    )


def _certificates(tiles: Sequence[SiteTile]) -> tuple[CertificateMark, ...]:
    rng = Random(3)
    soon = {"Baznas": 3.4, "Sillaj": 6.2, "SMPN 4": 9.9, "e-Monev": 11.0, "Dekranasda": 13.5}
    return tuple(
        CertificateMark(each.key, each.short_name, soon.get(each.short_name, rng.uniform(15, 91)))
        for each in tiles
        if rng.random() < 0.85 or each.short_name in soon
    )


def incident(
    number: int,
    where: str,
    *,
    minutes: int = 26,
    severity: Severity = Severity.WARNING,
    reason: Reason = Reason.TIMEOUT,
    owner: str = "Diskominfo",
    resolved: int | None = None,
    key: str | None = None,
    status: Status = Status.DOWN,
    taken: int | None = None,
    taken_by: str = "R. Hidayat",
) -> IncidentRow:
    """One incident, opened ``minutes`` before NOW; ``resolved``, ``taken``: minutes before NOW when it ended, or was taken."""
    return IncidentRow(
        id=IncidentId(number),
        severity=severity,
        target=TargetKey(key if key is not None else f"situs:{where.lower()}"),
        where=where,
        group="OPD",
        status=status,
        reason=reason,
        owner=owner,
        opened_at=NOW - timedelta(minutes=minutes),
        resolved_at=None if resolved is None else NOW - timedelta(minutes=resolved),
        acknowledged_at=None if taken is None else NOW - timedelta(minutes=taken),
        acknowledged_by="" if taken is None else taken_by,
    )


NORMAL_INCIDENTS = (
    incident(1, "PKM Lestari", minutes=4, reason=Reason.TLS_EXPIRED, owner="Dinkes"),
    incident(2, "Kel. Loktuan", minutes=26, owner="Kel. Loktuan"),
    incident(3, "Disporapar", minutes=151, reason=Reason.HTTP_STATUS, owner="Disporapar"),
)

RESOLVED = (
    incident(11, "UPT Pasar", minutes=340, resolved=322),
    incident(12, "Kel. Satimpo", minutes=470, resolved=400),
    incident(13, "e-Perpus", minutes=900, resolved=860),
    incident(14, "SMPN 4", minutes=1300, resolved=1291),
)


def summary_view(
    tiles: Sequence[SiteTile],
    *,
    incidents: Sequence[IncidentRow] = (),
    open_count: int | None = None,
    resolved: Sequence[IncidentRow] = RESOLVED,
    faults: Sequence[SelfFault] = (),
    dimensions: Sequence[DimensionBar] | None = None,
) -> SummaryView:
    """The summary of ``tiles`` and ``incidents``."""
    total = counts(each.condition for each in tiles)
    return SummaryView(
        as_of=NOW - timedelta(seconds=4) if tiles else None,
        generated_at=NOW,
        seq=4711,
        is_simulated=True,
        sources=SourceHealth(2, 26),
        faults=tuple(faults),
        sites=total,
        sites_active_24h=day_of_steps(total.active, (-1, -2, 0, 1)),
        hotspots=None,
        hotspots_registered=None,
        hotspots_reporting_24h=(),
        hotspots_expected_24h=(),
        services=None,
        incidents=tuple(incidents),
        incidents_open=len(incidents) if open_count is None else open_count,
        incidents_critical=sum(each.severity is Severity.CRITICAL for each in incidents),
        incidents_24h=day_of_steps(len(incidents), (2, 1, 0, 1)),
        resolved_24h=tuple(resolved),
        kelurahan=tuple(
            KelurahanTile(code, code[:8], counts(each.condition for each in tiles if each.kelurahan == code))
            for code, _ in KELURAHAN
        ),
        settlements=(),
        dimensions=tuple(dimensions)
        if dimensions is not None
        else tuple(DimensionBar(each, None, None, 0, 10) for each in Dimension),
        calm_since=NOW - timedelta(minutes=322) if not incidents else None,
    )


def day_of_steps(now_value: int, before: Sequence[int]) -> tuple[Step, ...]:
    """A value that changed every few hours and ends at ``now_value``."""
    gap = DAY / (len(before) + 1)
    earlier = [Step(NOW - DAY + gap * index, max(now_value + each, 0)) for index, each in enumerate(before)]
    return (*earlier, Step(NOW - timedelta(minutes=26), now_value))
