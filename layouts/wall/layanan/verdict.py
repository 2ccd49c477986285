"""The sentence of the services screen: our own blindness first, then the worst service, then calm."""

from __future__ import annotations

from command_centre.domain.rule import Severity
from command_centre.read.services import ServiceRow, ServicesView
from command_centre.read.views import Condition
from layouts.parts.glyph import CALM, severity_class, state_class
from layouts.parts.node import Children
from layouts.parts.verdict import Verdict, fault_notice, fault_verdict, longest_that_fits, shedding
from layouts.wording import Words
from layouts.wording.services import ServiceWords, service_words

LATE_EM = 24.0
"""Room for what is overdue behind the counts, counted in the wide face; it is set in the narrow one."""

TROUBLE = (Condition.DOWN, Condition.DEGRADED, Condition.SLOW)


def verdict_on(view: ServicesView, words: Words) -> Verdict:
    """What a passer-by must know in five seconds."""
    blind = fault_verdict(view.faults, view.generated_at, words)
    if blind is not None:
        return blind
    own, counts = service_words(words), view.counts
    support = shedding(_support(view, own))
    if counts.registered == 0:
        return Verdict("cc-plat-buta", "k-nodata", words.say.no_data_plate, own.say.none_listed, shedding([own.say.hint]))
    if counts.expected == 0:
        return Verdict(CALM, "k-jadwal", words.condition(Condition.PLANNED).upper(), own.say.all_planned, support)
    if counts.measured == 0:
        return Verdict("cc-plat-buta", "k-nodata", words.say.no_data_plate, own.say.none_measured, support)
    troubled = [each for each in view.rows if each.condition in TROUBLE]
    if troubled:
        return _trouble(troubled, own, support)
    if _overdue(view):
        return Verdict(severity_class(Severity.WARNING), "k-lambat", words.severity(Severity.WARNING), _late(view, own), support)
    return Verdict(CALM, "", words.say.normal_plate, own.say.all_normal, support)


def _trouble(troubled: list[ServiceRow], own: ServiceWords, support: Children) -> Verdict:
    words, worst = own.words, troubled[0]
    severity = Severity.CRITICAL if worst.condition is Condition.DOWN else Severity.WARNING
    shape = state_class(worst.condition)
    sentence = longest_that_fits(_sentences(troubled, own))
    return Verdict(severity_class(severity), shape, words.severity(severity), sentence, support)


def _sentences(troubled: list[ServiceRow], own: ServiceWords) -> list[str]:
    """Fullest first: why and how long the queue is, then only the name, and how many others there are."""
    worst, others = troubled[0], len(troubled) - 1
    words = own.words
    queue = "" if worst.queue is None else f"{own.say.queue} {words.number(worst.queue)}"
    why = why_of(worst, own)
    full = ", ".join(each for each in (why, queue) if each)
    bare = own.is_worst(worst.short_name, worst.condition, "")
    tail = f", {words.and_more(others)}" if others else ""
    return [
        own.is_worst(worst.short_name, worst.condition, full) + tail,
        own.is_worst(worst.short_name, worst.condition, why) + tail,
        bare + tail,
        bare,
    ]


def why_of(row: ServiceRow, own: ServiceWords) -> str:
    """What is wrong, in two or three words; a slow service says how slow."""
    if row.condition is Condition.SLOW and row.total_seconds is not None:
        return own.seconds(row.total_seconds)
    return own.words.reason(row.reason)


def _late(view: ServicesView, own: ServiceWords) -> str:
    late = [each for each in view.rows if each.overdue]
    named = [f"{each.short_name} {own.words.number(each.overdue or 0)}" for each in late]
    lead = own.say.overdue_lead
    return longest_that_fits([f"{lead}: {', '.join(named)}", f"{lead}: {own.words.number(_overdue(view))}"])


def _overdue(view: ServicesView) -> int:
    return sum(each.overdue for each in view.rows if each.overdue)


def _support(view: ServicesView, own: ServiceWords) -> list[str]:
    """E.g. "5 dari 6 layanan normal, 22 dari 22 komponen menjawab." and what is overdue; a refused configuration is admitted."""
    counts, parts = view.counts, view.components
    notice = fault_notice(view.faults, view.generated_at, own.words)
    lead = f"{own.of(counts.normal, counts.expected)} {own.say.services_normal}"
    lead += f", {own.of(parts.up, parts.expected)} {own.say.components_answer}."
    hidden = len(view.rows) - 6
    return [*([notice] if notice else []), lead, _late_words(view, own), f"{hidden} {own.say.more}." if hidden > 0 else ""]


def _late_words(view: ServicesView, own: ServiceWords) -> str:
    late = [f"{own.words.number(each.overdue)} {each.short_name}" for each in view.rows if each.overdue]
    if not late:
        return ""
    lead = own.say.overdue_lead
    return longest_that_fits([f"{lead}: {', '.join(late)}.", f"{lead}: {own.words.number(_overdue(view))}."], LATE_EM)
