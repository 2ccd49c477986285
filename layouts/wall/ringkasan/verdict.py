"""The sentence of the summary screen: what is wrong, by name where names fit, by count otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from command_centre.domain.reading import Status
from command_centre.domain.rule import Severity
from command_centre.read.views import Condition, Counts, IncidentRow, SummaryView
from layouts.parts.glyph import CALM, severity_class, state_class, trouble_class
from layouts.parts.incident_row import is_cause, is_site, place, short_place
from layouts.parts.limits import AMBER_BELOW, RED_BELOW
from layouts.parts.node import Element
from layouts.parts.verdict import Verdict, fault_notice, fault_verdict, longest_that_fits, shedding
from layouts.wording import Words

SUPPORT_EM = 48.0
"""Room for the support line, counted in the wide face; it is set in the narrow one."""
NAMED_AT_MOST = 4
_RANK = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


def worst_first(rows: Sequence[IncidentRow]) -> list[IncidentRow]:
    """Most severe first, then those that nobody has, then oldest first."""
    return sorted(rows, key=lambda row: (_RANK[row.severity], row.acknowledged_at is not None, row.opened_at))


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
        trouble_class(worst.status, worst.reason),
        words.severity(worst.severity),
        sentence,
        _support(view, rows, words),
    )


def _sentences(rows: Sequence[IncidentRow], total: int, words: Words) -> list[str]:
    """Candidates, fullest first."""
    if total == 1:
        return _about_one(rows[0], words)
    counted = _counted(rows, total, words)
    if total > NAMED_AT_MOST:
        if is_cause(rows[0]):
            return [*_worst_and_count(rows, total, words), counted]
        return [*_with_reason(rows, counted, words), counted]
    names = [short_place(row, words) for row in rows]
    listed = _worst_and_count(rows, total, words) if is_cause(rows[0]) else []
    listed += [f"{counted}: {words.listing(names[:shown], total - shown)}" for shown in range(min(len(names), total), 0, -1)]
    return [*_together(rows, total, words), *listed, counted]


def _worst_and_count(rows: Sequence[IncidentRow], total: int, words: Words) -> list[str]:
    """E.g. "Penyedia A Selatan: 262 titik terputus dan 3 gangguan lain": what takes many along stands first."""
    worst = rows[0]
    named = words.one_cause(short_place(worst, words), worst.children)[-1]
    return [words.and_others(named, total - 1), named, words.and_others(words.hotspots_down(worst.children), total - 1)]


def _about_one(row: IncidentRow, words: Words) -> list[str]:
    if is_cause(row):
        return [*words.one_cause(short_place(row, words), row.children), words.hotspots_down(row.children)]
    named = f"{place(row, words)} {words.status(row.status)}"
    counted = words.sites_are(1, Condition.DOWN) if _are_sites_down([row]) else words.counted_incidents(1)
    return [f"{named}: {words.reason(row.reason)}", named, f"{short_place(row, words)} {words.status(row.status)}", counted]


def _with_reason(rows: Sequence[IncidentRow], counted: str, words: Words) -> list[str]:
    """E.g. "45 situs terputus: tidak terjangkau": many at once for one reason have one story."""
    reasons = {row.reason for row in rows}
    return [f"{counted}: {words.reason(reason)}" for reason in reasons] if len(reasons) == 1 else []


def _together(rows: Sequence[IncidentRow], total: int, words: Words) -> list[str]:
    """E.g. "Situs DKUKMP, LPSE dan PKM Lestari terputus": up to three of the same kind in one breath."""
    if total > 3 or len(rows) != total or not _are_sites_down(rows):
        return []
    listed = words.listing([short_place(row, words) for row in rows])
    return [f"{subject} {words.status(Status.DOWN)}" for subject in (words.site_called(listed), listed)]


def _counted(rows: Sequence[IncidentRow], total: int, words: Words) -> str:
    """E.g. "3 situs terputus", or "3 gangguan aktif" where they differ in kind or not all are known."""
    if _are_sites_down(rows) and len(rows) == total:
        return words.sites_are(total, Condition.DOWN)
    return words.counted_incidents(total)


def _are_sites_down(rows: Sequence[IncidentRow]) -> bool:
    return all(is_site(row) and row.status is Status.DOWN for row in rows)


def _support(view: SummaryView, rows: Sequence[IncidentRow], words: Words) -> list[Element]:
    notice = fault_notice(view.faults, view.generated_at, words)
    if notice is not None:
        return shedding([notice])
    longest = longest_lasting(rows, view.generated_at, words, SUPPORT_EM / 2)
    active = words.active_of(view.sites.active, view.sites.measured)
    return shedding([f"{longest[0].upper()}{longest[1:]}.", active, _wifi(view, words), _unseen(view.sites, words)])


def _wifi(view: SummaryView, words: Words) -> str:
    """E.g. "640 dari 663 titik Wi-Fi melapor."; nothing while nobody has heard of any."""
    counts = view.hotspots
    return f"{words.hotspots_reporting(counts.reporting, counts.expected)}." if counts is not None and counts.measured else ""


def longest_lasting(rows: Sequence[IncidentRow], now: datetime, words: Words, room_em: float) -> str:
    """E.g. "terlama DKUKMP, sejak 10.52"; without the name where that is too long."""
    oldest = min(rows, key=lambda row: row.opened_at)
    moment = words.moment(oldest.opened_at, now)
    return longest_that_fits([words.oldest(moment, short_place(oldest, words)), words.oldest(moment)], room_em)


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
        return Verdict("cc-plat-buta", "k-nodata", say.no_data_plate, say.nothing_registered, shedding([say.register_empty_hint]))
    if counts.expected == 0:
        return Verdict(CALM, "k-jadwal", words.condition(Condition.PLANNED).upper(), say.everything_planned, support)
    if counts.measured == 0:
        return Verdict(
            "cc-plat-buta", "k-nodata", say.no_data_plate, say.nothing_measured, shedding([words.measured_of(0, counts.expected)])
        )
    if counts.down:
        shape = state_class(Condition.DOWN)
        sentence = words.sites_are(counts.down, Condition.DOWN)
        active = shedding([words.active_of(counts.active, counts.measured), _wifi(view, words), _unseen(counts, words)])
        return Verdict(shape, shape, words.condition(Condition.DOWN).upper(), sentence, active)
    share = view.hotspots.share if view.hotspots is not None else None
    if share is not None and share < AMBER_BELOW:
        return _wifi_trouble(share, view, words)
    return Verdict(CALM, "", say.normal_plate, _calm_sentence(counts, words), support)


def _wifi_trouble(share: float, view: SummaryView, words: Words) -> Verdict:
    """No incident, and yet fewer hotspots report than the limit allows: never calm."""
    condition = Condition.DOWN if share < RED_BELOW else Condition.DEGRADED
    sentences = words.wifi_below(words.percent_down(share, 1), words.percent_down(AMBER_BELOW))
    support = shedding([_wifi(view, words), words.active_of(view.sites.active, view.sites.measured)])
    shape = state_class(condition)
    return Verdict(shape, shape, words.condition(condition).upper(), longest_that_fits(sentences), support)


def _calm_sentence(counts: Counts, words: Words) -> str:
    lesser = [
        f"{words.number(count)} {words.condition(condition)}"
        for condition, count in ((Condition.DEGRADED, counts.degraded), (Condition.SLOW, counts.slow))
        if count
    ]
    return f"{words.say.no_open_incident}, {words.listing(lesser)}" if lesser else words.say.all_normal


def _calm_support(view: SummaryView, words: Words) -> list[Element]:
    notice = fault_notice(view.faults, view.generated_at, words)
    if notice is not None:
        return shedding([notice])
    since = words.moment(view.calm_since, view.generated_at) if view.calm_since is not None else None
    return shedding([words.calm_since(since), words.measured_of(view.sites.measured, view.sites.expected), _wifi(view, words)])
