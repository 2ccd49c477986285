"""Sample views of electronic services that do not exist: the day of the mock-up, a calm one, and the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from command_centre.domain.reading import Reason
from command_centre.domain.target import TargetKey
from command_centre.read.conditions import HISTORY_LENGTH, count
from command_centre.read.services import Components, ItemClock, ServiceRow, ServicesView, Submission
from command_centre.read.views import Condition, SelfFault, SourceHealth, Step
from tests.support.wall_views import DAY, NOW

QUIET = (Condition.NORMAL,) * HISTORY_LENGTH


def service(
    name: str,
    owner: str,
    condition: Condition = Condition.NORMAL,
    *,
    parts: int = 3,
    availability: float | None = 0.9971,
    seconds: float | None = 1.0,
    usual: float | None = 1.0,
    queue: int | None = None,
    word: str = "",
    clocks: Sequence[ItemClock] = (),
    submission: Submission | None = None,
    overdue: int | None = None,
    processed: int | None = None,
    reason: Reason = Reason.OK,
    trouble: Sequence[int] = (),
) -> ServiceRow:
    """One row; ``trouble`` are the half hours in which it was slow."""
    history = tuple(Condition.SLOW if index in trouble else each for index, each in enumerate(QUIET))
    measured = condition not in (Condition.NO_ADDRESS, Condition.NO_DATA)
    up = parts if measured and condition is not Condition.DOWN else 0
    return ServiceRow(
        key=TargetKey(f"layanan:{name.lower().replace(' ', '-')}"),
        name=name,
        short_name=name,
        owner=owner,
        condition=condition,
        reason=reason,
        since=NOW - timedelta(minutes=12),
        last_seen=NOW - timedelta(seconds=4),
        components=Components(up, parts if measured else 0, parts),
        history=(*history[:-1], condition),
        availability=availability,
        watched_days=30.0,
        total_seconds=seconds,
        usual_seconds=usual,
        response_24h=() if usual is None else _line(usual, seconds),
        queue=queue,
        queue_word=word,
        processed_today=processed,
        overdue=overdue,
        clocks=tuple(clocks),
        submission=submission,
    )


def _line(usual: float, seconds: float | None) -> tuple[Step, ...]:
    """Hours of nearly the same, then what is so now."""
    before = [Step(NOW - DAY + timedelta(hours=each), usual * (1 + 0.02 * (each % 3))) for each in range(24)]
    return (*before, Step(NOW - timedelta(minutes=20), seconds))


def clock(level: str, shares: Sequence[float], *, overdue: int = 0, due_today: int = 0) -> ItemClock:
    """A clock on which every open item is told one by one."""
    late = [1.1 + 0.1 * each for each in range(overdue)]
    return ItemClock(level, tuple(sorted([*shares, *late], reverse=True)), len(shares) + overdue, overdue, due_today)


def normal_day() -> tuple[ServiceRow, ...]:
    """The day of the mock-up: licensing slow, a complaint overdue, plans due."""
    many = [0.08 + 0.017 * each for each in range(40)] + [0.85, 0.87, 0.89, 0.92, 0.94, 0.96, 0.98]
    return (
        service(
            "Perizinan", "DPMPTSP", Condition.SLOW, parts=4, availability=0.9942, seconds=4.8, usual=1.2, queue=41,
            word="permohonan", reason=Reason.SLOW, overdue=1, trouble=(21, 22, 46),
            clocks=[clock("6 hari kerja", many, overdue=1, due_today=3)],
        ),
        service(
            "Pengaduan", "SP4N, Super Apps, WBS", availability=0.9986, seconds=0.9, usual=0.8, queue=9, word="terbuka",
            overdue=1,
            clocks=[clock("1x24 jam", [0.15, 0.45, 0.9]), clock("6 hari kerja", [0.08, 0.2, 0.41, 0.55, 0.8], overdue=1)],
        ),
        service("Darurat 112", "Diskominfo, 13 instansi", availability=0.9999, seconds=0.4, usual=0.4, queue=2,
                word="panggilan aktif", processed=32),
        service("e-Planning", "Bapperida", seconds=1.1, queue=12, word="belum diverifikasi", trouble=(30,),
                submission=Submission(29, 32, date(2026, 11, 30), 5)),
        service("e-Budgeting", "BPKAD", availability=0.9964, seconds=1.6, usual=1.5, queue=7, word="menunggu validasi",
                submission=Submission(24, 32, date(2026, 12, 4), 9)),
        service("e-Delivery", "kelompok layanan publik", parts=6, availability=0.999, seconds=0.7, usual=0.7, queue=3,
                word="antrean proses"),
    )  # fmt: skip


def calm_day() -> tuple[ServiceRow, ...]:
    """Nothing wrong, nothing overdue."""
    rows = [replace(each, overdue=None, condition=Condition.NORMAL, reason=Reason.OK) for each in normal_day()]
    return tuple(replace(each, clocks=tuple(clock(one.level, [0.2]) for one in each.clocks)) for each in rows)


def crisis() -> tuple[ServiceRow, ...]:
    """Two services gone, the rest impaired."""
    first, second, *rest = normal_day()
    return (
        replace(first, condition=Condition.DOWN, reason=Reason.HTTP_STATUS, total_seconds=None, queue=None, clocks=(),
                overdue=None, components=Components(0, 4, 4)),
        replace(second, condition=Condition.DOWN, reason=Reason.AUTH_REQUIRED, total_seconds=None, queue=None, clocks=(),
                overdue=None, components=Components(0, 3, 3)),
        *(replace(each, condition=Condition.DEGRADED, reason=Reason.CERT_EXPIRING) for each in rest),
    )  # fmt: skip


def unmeasured() -> tuple[ServiceRow, ...]:
    """The shipped register in live mode: nothing has an interface yet."""
    return tuple(
        service(each.short_name, each.owner, Condition.NO_ADDRESS, parts=each.components.expected, availability=None,
                seconds=None, usual=None, reason=Reason.NO_ADDRESS)
        for each in normal_day()
    )  # fmt: skip


LONG = "Layanan Permohonan Informasi Publik dan Pengaduan Masyarakat Terpadu Satu Pintu Kota Bontang"


def services_view(rows: Sequence[ServiceRow], *, faults: Sequence[SelfFault] = ()) -> ServicesView:
    """The screen of some rows."""
    parts = [each.components for each in rows]
    return ServicesView(
        as_of=NOW - timedelta(seconds=4) if rows else None,
        generated_at=NOW,
        seq=4711,
        is_simulated=True,
        sources=SourceHealth(2, 26),
        faults=tuple(faults),
        counts=count(each.condition for each in rows),
        rows=tuple(rows),
        components=Components(sum(c.up for c in parts), sum(c.measured for c in parts), sum(c.expected for c in parts)),
    )
