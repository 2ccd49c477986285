"""A week in which everything that a paper can hold is there, and every name is as long as a register lets it be."""

from __future__ import annotations

from dataclasses import replace

from command_centre.domain.cut import (
    CutComplaints,
    CutDimension,
    CutFollowUp,
    CutInjections,
    CutOfficial,
    CutSpan,
    CutTarget,
    DataCut,
    Earlier,
)
from command_centre.domain.period import parse_period
from command_centre.domain.target import Dimension
from tests.support.busy_week import busy_cut

NAME = "Dinas Pemberdayaan Perempuan, Perlindungan Anak, Pengendalian Penduduk dan Keluarga Berencana Wilayah Utara"
FIGURES = (("hotspot_availability", 0.99842), ("incidents_closed", 1038.0), ("restore_median_ms", 52 * 60_000.0),
           ("service_availability", 0.9997), ("site_availability", 0.9998), ("sites_suspected", 1.0))  # fmt: skip


def crowded_cut(name: str = "2026-W09") -> DataCut:
    """The cut; the week lies in Ramadan, so that the paper says that too."""
    week = parse_period(name)
    cut = busy_cut(name, hotspots=160, sites=40, services=8, outages=9)
    targets = tuple(_long(each, number) for number, each in enumerate(cut.targets))
    incidents = tuple(
        replace(each, group_key=f"induk:{NAME}-{each.id}", severity="critical", acknowledged_at=each.opened_at + 23 * 3_600_000)
        if each.id <= 3
        else each
        for each in cut.incidents
    )
    return replace(
        cut,
        city=f"Kota {NAME}",
        is_whole=False,
        places=tuple((code, f"{name} {NAME}") for code, name in cut.places),
        targets=targets,
        incidents=incidents,
        follow_ups=tuple(CutFollowUp(n, f"{NAME} {NAME} {n}", f"{NAME} {n}", "in_progress", "2026-02-11") for n in range(1, 15)),
        previous=Earlier(week.before().name, "0" * 64, FIGURES),
        year_before=Earlier(week.a_year_before().name, "0" * 64, FIGURES),
        hijri_before=Earlier("2025-W10", "0" * 64, FIGURES),
        complaints=CutComplaints(due=1016, answered_in_time=1014),
        injections=CutInjections(looked_at=117, expected=120, suspected=17, remaining=0),
        dimensions=tuple(CutDimension(each.value, 0.824, 0.743, 19, 20) for each in Dimension),
        official=CutOfficial(0.75, "2025-10-15", "pernyataan"),
        pending_rollups=1_234_567,
        notes=tuple(f"{NAME} {NAME} {number}" for number in range(9)),
    )


def _long(target: CutTarget, number: int) -> CutTarget:
    """Every name long; every third target down for most of the week, so that everything needs attention."""
    start, end = target.expected_from, target.expected_until
    middle = start + (end - start) // 3
    spans = (CutSpan(start, middle, "down", "timeout", planned=False), CutSpan(middle, end, "up", "ok", planned=False))
    return replace(
        target,
        name=f"{NAME} {number}",
        short_name=f"{NAME} {number}",
        owner=NAME,
        group=NAME,
        provider=None if target.provider is None else f"{target.provider} {NAME}",
        spans=spans if number % 3 == 0 else target.spans,
    )
