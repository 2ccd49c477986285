"""The electronic services of the simulated city as real HTTP interfaces, in the shapes that such services have. Pure.

What waits, since when, and how much was done today follow from the name of the service and the time alone: applications arrive in
office hours, most are done well within their time, a few lie too long. Nothing about a person is ever in an answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from command_centre.demo.hosts import share
from command_centre.demo.rhythm import CITY_ZONE
from command_centre.domain.series import MetricName
from command_centre.domain.service import EXPECTED, OVERDUE, PROCESSED_TODAY, QUEUE_OPEN, SUBMITTED
from command_centre.domain.target import Target, TargetKey, TargetKind

SERVICE_DOMAIN = "simulasi.test"
HOST_PREFIX = "api-"
TOKEN = "token-simulasi"  # noqa: S105 - opens nothing but the simulated city
LOOK_BACK = timedelta(days=21)
"""Older than this is nothing that still waits."""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """How busy one service is: items a day, usual hours until one is done, share that is forgotten, hours until late."""

    per_day: float
    usual_hours: float
    forgotten: float
    is_round_the_clock: bool = False
    late_after_hours: float = 168.0


@dataclass(frozen=True, slots=True)
class Simulated:
    """One simulated interface: where it answers, in which shape, and what the register says of it in the simulation only."""

    path: str
    preset: str
    answer: Callable[[str, datetime], Body]
    attributes: Mapping[str, str] = field(default_factory=dict)


# -- who waits


def opened_items(key: str, desk: Desk, at: datetime) -> tuple[datetime, ...]:
    """When each item arrived that is open at ``at``, oldest first."""
    return tuple(opened for opened, done in _items(key, desk, at) if opened <= at < done)


def done_today(key: str, desk: Desk, at: datetime) -> int:
    """Items that were finished since the city's midnight."""
    midnight = at.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return sum(midnight <= done <= at for _, done in _items(key, desk, at))


def _items(key: str, desk: Desk, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    first = (at - LOOK_BACK).astimezone(CITY_ZONE).date()
    for offset in range(LOOK_BACK.days + 1):
        yield from _items_of_day(key, desk, first.toordinal() + offset)


@lru_cache(maxsize=2048)
def _items_of_day(key: str, desk: Desk, ordinal: int) -> tuple[tuple[datetime, datetime], ...]:
    """(arrived, done) of every item that arrives on one day of the city."""
    day = datetime.fromordinal(ordinal).date()
    is_open = desk.is_round_the_clock or day.weekday() < 5
    expected = desk.per_day if is_open else 0.0
    number = int(expected) + (share(key, "more", day.isoformat()) < expected - int(expected))
    midnight = datetime.combine(day, time(0), CITY_ZONE)
    return tuple(sorted(_item(key, desk, midnight, index) for index in range(number)))


def _item(key: str, desk: Desk, midnight: datetime, index: int) -> tuple[datetime, datetime]:
    words = (key, midnight.date().isoformat(), str(index))
    begins, ends = (0.0, 24.0) if desk.is_round_the_clock else (7.5, 15.5)
    opened = midnight + timedelta(hours=begins + (ends - begins) * share(*words, "opened"))
    drawn = max(share(*words, "length"), 1e-6)
    hours = desk.usual_hours * -math.log(drawn)
    if share(*words, "forgotten") < desk.forgotten:
        hours += 24 * 15
    return _to_second(opened), _to_second(opened + timedelta(hours=hours))


def _to_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


# -- shapes


def _tickets(desk: Desk) -> Callable[[str, datetime], Body]:
    def answer(key: str, at: datetime) -> Body:
        waiting = opened_items(key, desk, at)
        late = sum(at - moment > timedelta(hours=desk.late_after_hours) for moment in waiting)
        data = [
            {
                "id": f"{key.partition(':')[2][:4].upper()}-{moment:%y%m%d%H%M}",
                "kategori": "permohonan",
                "status": "DIPROSES" if at - moment > timedelta(hours=4) else "MENUNGGU",
                "tgl_pengajuan": moment.isoformat(),
            }
            for moment in waiting
        ]
        return {"success": True, "data": data, "selesai_hari_ini": done_today(key, desk, at), "terlambat": late, "simulasi": True}

    return answer


def _queue(desk: Desk) -> Callable[[str, datetime], Body]:
    def answer(key: str, at: datetime) -> Body:
        return {
            "layanan": key,
            "status": "normal",
            "waktu": at.astimezone(CITY_ZONE).isoformat(timespec="seconds"),
            "antrean": len(opened_items(key, desk, at)),
            "diproses_hari_ini": done_today(key, desk, at),
            "simulasi": True,
        }

    return answer


def _plans(desk: Desk, offset: float) -> Callable[[str, datetime], Body]:
    """Plans come in over the month before they are due: slowly at first, most in the last week."""

    def answer(key: str, at: datetime) -> Body:
        local = at.astimezone(CITY_ZONE)
        handed_in = min(32, int(32 * (offset + (1 - offset) * (local.day + local.hour / 24) / 31)))
        return {
            "success": True,
            "data": {
                "opd_total": 32,
                "opd_masuk": handed_in,
                "diperbarui": local.isoformat(timespec="seconds"),
                "belum_diverifikasi": len(opened_items(key, desk, at)),
            },
            "checks": 3,
            "simulasi": True,
        }

    return answer


def _whistle(desk: Desk) -> Callable[[str, datetime], Body]:
    def answer(key: str, at: datetime) -> Body:
        waiting = len(opened_items(key, desk, at))
        counts = {"pending": waiting - waiting // 2, "proses": waiting // 2, "verifikasi": 0, "investigasi": 0}
        return {
            "success": True,
            "data": {
                "ringkasan": {"total": 60 + waiting, "hari_ini": 1},
                "per_status": {name: {"label": name, "total": number} for name, number in counts.items()},
                "tingkat_penyelesaian": {"selesai": 52, "ditolak": 8, "persentase_selesai": 86.7},
            },
            "generated_at": at.astimezone(CITY_ZONE).isoformat(timespec="seconds"),
            "simulasi": True,
        }

    return answer


def _catalogue(_: str, at: datetime) -> Body:
    newest = at - timedelta(hours=31)
    return {
        "success": True,
        "result": {"count": 412, "results": [{"metadata_modified": newest.strftime("%Y-%m-%dT%H:%M:%S")}]},
        "simulasi": True,
    }


def _envelope(_: str, at: datetime) -> Body:
    return {"success": True, "message": "OK", "data": {"peraturan": 1873, "waktu": at.isoformat()}, "simulasi": True}


def work_of(key: str, at: datetime) -> dict[MetricName, float]:
    """The figures that the collector reads from the interface, for the simulated past."""
    said = SIMULATED[key].answer(key, at)
    data = said.get("data")
    figures: dict[MetricName, float | None] = {
        QUEUE_OPEN: said.get("antrean"),
        PROCESSED_TODAY: said.get("diproses_hari_ini", said.get("selesai_hari_ini")),
        OVERDUE: said.get("terlambat"),
    }
    if isinstance(data, list):
        figures[QUEUE_OPEN] = len(data)
    elif isinstance(data, dict) and "opd_total" in data:
        figures |= {QUEUE_OPEN: data["belum_diverifikasi"], SUBMITTED: data["opd_masuk"], EXPECTED: data["opd_total"]}
    return {name: float(value) for name, value in figures.items() if value is not None}


_PLAN_QUEUE: Mapping[str, Any] = MappingProxyType({"metric": "queue_open_total", "path": "data.belum_diverifikasi"})
_DONE: Mapping[str, Any] = MappingProxyType({"metric": "processed_today_total", "path": "selesai_hari_ini"})
_LATE: Mapping[str, Any] = MappingProxyType({"metric": "overdue_total", "path": "terlambat"})

SIMULATED: Mapping[str, Simulated] = MappingProxyType(
    {
        "layanan:e-planning": Simulated("/api/rekap", "perencanaan", _plans(Desk(4.0, 30, 0.0), 0.5), {"due": "11-30"}),
        "layanan:e-budgeting": Simulated("/api/rekap", "perencanaan", _plans(Desk(2.5, 30, 0.0), 0.2), {"due": "12-04"}),
        "layanan:siperietnik": Simulated("/api/tiket", "tiket", _tickets(Desk(14.0, 34, 0.01)), {"sla": "5 hari kerja"}),
        "layanan:oss": Simulated("/api/tiket", "tiket", _tickets(Desk(9.0, 34, 0.0)), {"sla": "5 hari kerja"}),
        "layanan:sp4n": Simulated("/api/tiket", "tiket", _tickets(Desk(1.2, 60, 0.08, late_after_hours=192))),
        "layanan:super-apps": Simulated(
            "/api/aduan/rekap", "tiket", _tickets(Desk(9.0, 8, 0.0, is_round_the_clock=True, late_after_hours=24))
        ),
        "layanan:wbs": Simulated("/api/statistik", "wbs", _whistle(Desk(0.4, 90, 0.0))),
        "layanan:112-panggilan": Simulated("/api/antrean", "antrean", _queue(Desk(64.0, 0.6, 0.0, is_round_the_clock=True))),
        "layanan:antrean-rsud": Simulated("/api/antrean", "antrean", _queue(Desk(90.0, 0.8, 0.0))),
        "layanan:data-terbuka": Simulated("/api/3/action/package_search", "ckan", _catalogue),
        "layanan:jdih": Simulated("/api/status", "laravel", _envelope),
        "layanan:ppid": Simulated("/api/tiket", "tiket", _tickets(Desk(0.8, 60, 0.0, late_after_hours=336))),
        "layanan:e-beasiswa": Simulated("/api/antrean", "antrean", _queue(Desk(12.0, 4, 0.0))),
        "layanan:simbak": Simulated("/api/status", "laravel", _envelope),
    }
)
"""Every service of the shipped register that has an interface in the simulation."""

PROTECTED = TargetKey("layanan:super-apps")
"""The one that asks for a token."""


def host_of(key: str) -> str:
    """The name under which a service answers in the simulated city."""
    return f"{HOST_PREFIX}{key.partition(':')[2]}.{SERVICE_DOMAIN}"


def with_interface(target: Target) -> Target:
    """The same service with its simulated interface; one without stays *expected, not measured*."""
    known = SIMULATED.get(target.key) if target.kind is TargetKind.SERVICE else None
    if known is None or target.address is not None:
        return target
    own = {name: text for name, text in target.attributes.items() if name != "definition"}
    attributes = {**known.attributes, **own, "preset": known.preset}
    return replace(target, address=f"https://{host_of(target.key)}{known.path}", attributes=attributes, source="simulasi")


def definitions(token_file: str) -> dict[str, dict[str, Any]]:
    """What the collector is told about services whose preset does not say everything, by key."""
    plans = {
        key: {"preset": "perencanaan", "extract": [dict(_PLAN_QUEUE)]} for key in ("layanan:e-planning", "layanan:e-budgeting")
    }
    desks = {
        key: {"preset": "tiket", "extract": [dict(_DONE), dict(_LATE)]}
        for key, each in SIMULATED.items()
        if each.preset == "tiket"
    }
    auth = {"type": "bearer", "token": f"file:{token_file}"}
    return {**plans, **desks, PROTECTED: {**desks[PROTECTED], "auth": auth}}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a simulated interface says: a status and a body of JSON."""

    status: int
    body: bytes


def answer(targets: tuple[TargetKey, ...], path: str, authorization: str, at: datetime) -> Answer | None:
    """The answer of the service behind a host; None when no service of the simulation is there."""
    key = next((each for each in targets if each in SIMULATED), None)
    if key is None:
        return None
    if path.partition("?")[0] != SIMULATED[key].path:
        return refused(404, "tidak ditemukan")
    if key == PROTECTED and authorization != f"Bearer {TOKEN}":
        return refused(401, "token tidak berlaku")
    return Answer(200, json.dumps(SIMULATED[key].answer(key, at)).encode())


def refused(status: int, message: str) -> Answer:
    """An error in the shape of such services."""
    return Answer(status, json.dumps({"success": False, "message": message, "simulasi": True}).encode())


def login_page() -> bytes:
    """What stands in place of the data when a service has forgotten who we are: a page for people, with status 200."""
    return (
        b"<!doctype html><html lang=id><head><title>Masuk</title></head><body><h1>Silakan masuk</h1>"
        b"<form method=post action=/login><input name=username><input name=password type=password></form></body></html>"
    )
