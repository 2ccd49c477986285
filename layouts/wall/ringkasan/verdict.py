"""The sentence of the summary screen: what is wrong, by name where names fit, by count otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from command_centre.domain.reading import Status
from command_centre.domain.rule import Severity
from command_centre.read.views import Condition, Counts, IncidentRow, SummaryView
from layouts.parts.glyph import CALM, severity_class, state_class, status_class
from layouts.parts.incident_row import SITE_PREFIX, place
from layouts.parts.verdict import Verdict, fault_notice, fault_verdict, longest_that_fits
from layouts.wording import Words

SUPPORT_EM = 48.0
"""Room for the support line, counted in the wide face; it is set in the narrow one."""
_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


def worst_first(rows: Sequence[IncidentRow]) -> list[IncidentRow]:
    """Most severe first, then oldest first."""
    return sorted(rows, key=lambda row: (_RANK[row.severity], row.opened_at))


def verdict_on(view: SummaryView, words: Words) -> Verdict:
    """Our own blindness first, then incidents, then what is down without one, then calm."""
    blind = fault_verdict(view.faults, view.generated_at, words)
    if blind is not None:
        return blind
    if view.incidents_open and view.incidents:
        return _in_trouble(view, words)
    return _without_incident(view, words)


def _in_trouble(view: SummaryView, words: Words) -> Verdict:
    rows = worst_first(view.incidents)
    worst = rows[0]
    sentence = longest_that_fits(_sentences(rows, view.incidents_open, words))
    return Verdict(
        severity_class(worst.severity),
        status_class(worst.status),
        words.severity(worst.severity),
        sentence,
        _support(view, rows, words),
    )


def _sentences(rows: Sequence[IncidentRow], total: int, words: Words) -> list[str]:
    """Candidates, fullest first."""
    if total == 1:
        (only, *_) = rows
        named = f"{place(only.where, only.target, words)} {words.status(only.status)}"
        return [
            f"{named}: {words.reason(only.reason)}",
            named,
            f"{only.where} {words.status(only.status)}",
            _counted(rows, total, words),
        ]
    counted = _counted(rows, total, words)
    names = [row.where for row in rows]
    listed = [f"{counted}: {words.listing(names[:shown], total - shown)}" for shown in range(min(len(names), total, 4), 0, -1)]
    together = _together(rows, total, words)
    return [*together, *listed, counted]


def _together(rows: Sequence[IncidentRow], total: int, words: Words) -> list[str]:
    """E.g. "Situs DKUKMP, LPSE dan PKM Lestari terputus": up to three of the same kind in one breath."""
    if total > 3 or len(rows) != total or not _are_sites_down(rows):
        return []
    listed = words.listing([row.where for row in rows])
    return [f"{subject} {words.status(Status.DOWN)}" for subject in (words.site_called(listed), listed)]


def _counted(rows: Sequence[IncidentRow], total: int, words: Words) -> str:
    """E.g. "3 situs terputus", or "3 gangguan aktif" where they differ in kind."""
    if _are_sites_down(rows) and len(rows) == total:
        return words.sites_are(total, Condition.DOWN)
    return words.counted_incidents(total)


def _are_sites_down(rows: Sequence[IncidentRow]) -> bool:
    return all(row.target.startswith(SITE_PREFIX) and row.status is Status.DOWN for row in rows)


def _support(view: SummaryView, rows: Sequence[IncidentRow], words: Words) -> str:
    notice = fault_notice(view.faults, view.generated_at, words)
    if notice is not None:
        return notice
    oldest = min(rows, key=lambda row: row.opened_at)
    longest = words.longest(oldest.where, words.moment(oldest.opened_at, view.generated_at))
    active = words.active_of(view.sites.active, view.sites.measured)
    unseen = _unseen(view.sites, words)
    return longest_that_fits([f"{longest} {active} {unseen}".strip(), f"{longest} {active}", active], SUPPORT_EM)


def _unseen(counts: Counts, words: Words) -> str:
    """E.g. "3 tanpa data, 12 tanpa alamat."."""
    parts = [
        f"{words.number(count)} {words.condition(condition)}"
        for condition, count in ((Condition.NO_DATA, counts.no_data), (Condition.NO_ADDRESS, counts.no_address))
        if count
    ]
    return f"{', '.join(parts)}." if parts else ""


def _without_incident(view: SummaryView, words: Words) -> Verdict:
    counts, say = view.sites, words.say
    support = _calm_support(view, words)
    if counts.registered == 0:
        return Verdict("cc-plat-buta", "k-nodata", say.no_data_plate, say.nothing_registered, say.register_empty_hint)
    if counts.expected == 0:
        return Verdict(CALM, "k-jadwal", words.condition(Condition.PLANNED).upper(), say.everything_planned, support)
    if counts.measured == 0:
        return Verdict("cc-plat-buta", "k-nodata", say.no_data_plate, say.nothing_measured, words.measured_of(0, counts.expected))
    if counts.down:
        shape = state_class(Condition.DOWN)
        sentence = words.sites_are(counts.down, Condition.DOWN)
        return Verdict(
            shape, shape, words.condition(Condition.DOWN).upper(), sentence, words.active_of(counts.active, counts.measured)
        )
    return Verdict(CALM, "", say.normal_plate, _calm_sentence(counts, words), support)


def _calm_sentence(counts: Counts, words: Words) -> str:
    lesser = [
        f"{words.number(count)} {words.condition(condition)}"
        for condition, count in ((Condition.DEGRADED, counts.degraded), (Condition.SLOW, counts.slow))
        if count
    ]
    return f"{words.say.no_open_incident}, {words.listing(lesser)}" if lesser else words.say.all_normal


def _calm_support(view: SummaryView, words: Words) -> str:
    notice = fault_notice(view.faults, view.generated_at, words)
    if notice is not None:
        return notice
    since = words.moment(view.calm_since, view.generated_at) if view.calm_since is not None else None
    return f"{words.calm_since(since)} {words.measured_of(view.sites.measured, view.sites.expected)}"
