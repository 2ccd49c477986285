"""Injected sites as the read side gives them, for tests of walls: the crisis of the design."""

from __future__ import annotations

from datetime import timedelta

from command_centre.domain.integrity import FindingKind
from command_centre.domain.target import TargetKey
from command_centre.read.injections import InjectedSite
from tests.support.wall_views import NOW


def injected(
    short_name: str,
    *,
    kind: FindingKind | None = FindingKind.HIDDEN_LINKS,
    place: str = "/galeri/s***-g****/",
    leads_to: str = "",
    pages: int = 2,
    minutes: int = 38,
    taken_by: str | None = None,
    taken_minutes: int = 20,
    is_confirmed: bool = False,
    clean_scans: int = 0,
    reinfections: int = 0,
) -> InjectedSite:
    """One site in alarm since ``minutes`` before NOW."""
    return InjectedSite(
        key=TargetKey(f"situs:{short_name.lower().replace(' ', '-')}"),
        is_confirmed=is_confirmed,
        since=NOW - timedelta(minutes=minutes),
        kind=kind,
        place=place,
        leads_to=leads_to,
        pages=pages,
        clean_scans=clean_scans,
        reinfections=reinfections,
        acknowledged_by=taken_by,
        acknowledged_at=None if taken_by is None else NOW - timedelta(minutes=taken_minutes),
    )


CRISIS = (
    injected(
        "Kanaan", kind=FindingKind.REDIRECT_SCRIPT, place="/", leads_to="hxxps://g****-maju[.]xyz/masuk", pages=1, minutes=6
    ),
    injected("DKUKMP", taken_by="R. Hidayat"),
    injected(
        "Disporapar",
        kind=FindingKind.SITEMAP,
        place="/wp-content/s***/",
        pages=14,
        minutes=21,
        taken_by="R. Hidayat",
        taken_minutes=4,
    ),
)
