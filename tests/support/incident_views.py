"""Sample views of open incidents: a normal day, a calm one, a crisis, and the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from command_centre.domain.calendar import Interval
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import Severity
from command_centre.domain.scoreboard import Load
from command_centre.read.views import IncidentRow, SelfFault, SourceHealth
from command_centre.read.wall_incidents import Flood, Held, IncidentsView
from tests.support.wall_views import NOW, RESOLVED, incident
from tests.support.wifi_views import cause, cause_row

SHIFT_BEGAN = NOW - timedelta(hours=6, minutes=4, seconds=31)
"""06.00 WITA of the day of NOW."""

NORMAL = (
    replace(
        incident(1, "DKUKMP", minutes=12, severity=Severity.CRITICAL, reason=Reason.CONTENT_INJECTION, owner="CSIRT Bontang"),
        next_step_at=NOW + timedelta(minutes=3),
        next_step_to=("Kabid Infrastruktur",),
    ),
    replace(
        cause_row(cause("listrik:loktuan", children=27, short_name="Listrik Loktuan", minutes=26)),
        acknowledged_at=NOW - timedelta(minutes=20),
        acknowledged_by="S. Aminah",
    ),
    incident(2, "PKM Lestari", minutes=4, reason=Reason.TLS_EXPIRED, owner="Dinkes"),
    incident(3, "Kel. Loktuan", minutes=46, owner="Kel. Loktuan", taken=39, taken_by="D. Pratama"),
    incident(4, "Disporapar", minutes=151, reason=Reason.HTTP_STATUS, owner="Disporapar", taken=140, taken_by="Y. Lestari"),
    incident(5, "Perizinan", minutes=1600, reason=Reason.SLOW, status=Status.DEGRADED, owner="DPMPTSP", taken=1500),
)


def load(actionable: int = 7, *, answer: int | None = 6, chattering: Sequence[str] = ()) -> Load:
    """The load of the shift that began at 06.00; ``answer``: minutes, median."""
    return Load(
        within=Interval(SHIFT_BEGAN, NOW),
        actionable=actionable,
        merged=27,
        median_answer=None if answer is None else timedelta(minutes=answer),
        unanswered=1,
        chattering=tuple(chattering),
        floods=(),
        night_pages=0,
    )


def incidents_view(
    rows: Sequence[IncidentRow] = (),
    *,
    held: Held = Held(merged=27, minor=14, silenced=1),  # noqa: B008 - a frozen value
    resolved: Sequence[IncidentRow] = RESOLVED,
    faults: Sequence[SelfFault] = (),
    burden: Load | None = None,
    flood: Flood | None = None,
    is_seen: bool = True,
    open_count: int | None = None,
) -> IncidentsView:
    """The view of ``rows``, as the read side would give it."""
    return IncidentsView(
        as_of=NOW - timedelta(seconds=4) if is_seen else None,
        generated_at=NOW,
        seq=4711,
        is_simulated=True,
        sources=SourceHealth(2, 26),
        faults=tuple(faults),
        rows=tuple(rows),
        open=len(rows) if open_count is None else open_count,
        critical=sum(each.severity is Severity.CRITICAL for each in rows),
        untaken=sum(each.acknowledged_at is None for each in rows),
        held=held,
        resolved=tuple(resolved),
        load=load() if burden is None else burden,
        flood=flood,
        calm_since=None if rows else NOW - timedelta(minutes=322),
    )


def crisis_view() -> IncidentsView:
    """A provider's line with 262 hotspots, and many sites at once."""
    rows = [
        cause_row(cause(minutes=11)),
        *(
            incident(20 + index, f"Kel. {name}", minutes=11, severity=Severity.WARNING, reason=Reason.CONNECT_REFUSED)
            for index, name in enumerate(("Satimpo", "Tanjung Laut", "Berbas Tengah", "Berbas Pantai", "Kanaan", "Guntung"))
        ),
        *NORMAL,
    ]
    return incidents_view(
        rows,
        held=Held(merged=289, minor=17, silenced=2, planned=1),
        burden=load(23, answer=18, chattering=("situs:simpeg", "situs:lpse")),
        flood=Flood(NOW - timedelta(minutes=11), 268),
        resolved=(),
    )
