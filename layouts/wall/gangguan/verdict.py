"""The sentence of the screen of incidents: our own blindness first, then what nobody has taken, then calm."""

from __future__ import annotations

from command_centre.read.views import IncidentRow
from command_centre.read.wall_incidents import IncidentsView
from layouts.parts.glyph import CALM, severity_class, trouble_class
from layouts.parts.incident_row import in_words, place, short_place
from layouts.parts.node import Element
from layouts.parts.verdict import Verdict, fault_notice, fault_verdict, longest_that_fits, shedding
from layouts.wording import Words
from layouts.wording.incidents import IncidentWords, incident_words


def verdict_on(view: IncidentsView, words: Words) -> Verdict:
    """What a passer-by must know in five seconds: does anything wait for somebody to take it?"""
    blind = fault_verdict(view.faults, view.generated_at, words)
    if blind is not None:
        return blind
    own = incident_words(words)
    if view.rows:
        return _in_trouble(view, own)
    if view.as_of is None:
        return Verdict("cc-plat-buta", "k-nodata", words.say.no_data_plate, words.say.nothing_measured, _calm_support(view, own))
    return Verdict(CALM, "", words.say.normal_plate, words.say.no_open_incident, _calm_support(view, own))


def _in_trouble(view: IncidentsView, own: IncidentWords) -> Verdict:
    words, worst = own.words, view.rows[0]
    where = short_place(worst, words)
    return Verdict(
        severity_class(worst.severity),
        trouble_class(worst.status, worst.reason),
        words.severity(worst.severity),
        longest_that_fits(own.standing(view.untaken, view.open, where)),
        _support(view, worst, own),
    )


def _support(view: IncidentsView, worst: IncidentRow, own: IncidentWords) -> list[Element]:
    notice = fault_notice(view.faults, view.generated_at, own.words)
    worst_of_all = own.say.worst.format(where=place(worst, own.words), what=in_words(worst, own.words))
    return shedding([notice or "", _flood(view, own), worst_of_all])


def _flood(view: IncidentsView, own: IncidentWords) -> str:
    if view.flood is None:
        return ""
    time = own.words.moment(view.flood.since, view.generated_at)
    return own.say.flood_sentence.format(time=time, recent=own.words.number(view.flood.recent))


def _calm_support(view: IncidentsView, own: IncidentWords) -> list[Element]:
    notice = fault_notice(view.faults, view.generated_at, own.words)
    since = None if view.calm_since is None else own.words.moment(view.calm_since, view.generated_at)
    return shedding([notice or "", own.words.calm_since(since), _flood(view, own)])
