"""One incident in three lines: how urgent, where, how long; what; whose, and who has it since when."""

from __future__ import annotations

from datetime import datetime, timedelta

from command_centre.domain.rule import Severity
from command_centre.read.views import IncidentRow
from layouts.parts.age import age
from layouts.parts.glyph import glyph, severity_class, trouble_class
from layouts.parts.node import Element, Node, item, span
from layouts.theme import text_width_em
from layouts.wording import Words
from layouts.wording.incidents import IncidentWords, incident_words

FRESH = timedelta(minutes=15)
"""A critical incident this young blinks until somebody has it (0.83 Hz): the only movement besides clock and pulse."""
ROOM_EM = 11.6
"""Width of place and age together."""
SITE_PREFIX = "situs:"


def incident_row(row: IncidentRow, now: datetime, words: Words) -> Element:
    chip = span(words.severity(row.severity), f"cc-prio {severity_class(row.severity)}{blink(row, now)}")
    what: list[Node] = [glyph(trouble_class(row.status, row.reason)), *state_and_reason(row, words)]
    has = custody(row, now, incident_words(words))
    whose = [span(row.owner, "milik"), span("·"), has] if row.owner else [has]
    return item(
        [
            chip,
            span(_where(row, now, words), "di"),
            age(row.opened_at, now, words, class_name="umur"),
            span(what, "apa"),
            span(whose, "siapa"),
        ]
    )


def custody(row: IncidentRow, now: datetime, own: IncidentWords) -> Node:
    """Who has it and since when; a bright plate while nobody has: it asks for an act."""
    if row.acknowledged_at is None:
        return span(own.say.not_taken, "cc-belum-diterima")
    return span(own.taken(row.acknowledged_by, row.acknowledged_at, now), "diterima")


def blink(row: IncidentRow, now: datetime) -> str:
    """The class that lets the chip of a new critical incident blink until somebody has it."""
    is_new = row.severity is Severity.CRITICAL and row.acknowledged_at is None and now - row.opened_at < FRESH
    return " cc-baru" if is_new else ""


def _where(row: IncidentRow, now: datetime, words: Words) -> str:
    """E.g. "Situs DKUKMP" where there is room for the word beside the age, "DKUKMP" otherwise."""
    full = place(row, words)
    taken = text_width_em(full) + text_width_em(words.age(now - row.opened_at))
    return full if taken <= ROOM_EM else short_place(row, words)


def place(row: IncidentRow, words: Words) -> str:
    """The name of what is in trouble, with its kind: "Situs Kel. Loktuan"."""
    name = short_place(row, words)
    return words.site_called(name) if is_site(row) else name


def short_place(row: IncidentRow, words: Words) -> str:
    """The name of what is in trouble: "Kel. Loktuan"."""
    if row.is_blind:
        return incident_words(words).blind(row.kind)
    return words.name_in_group(row.where, row.group)


def is_site(row: IncidentRow) -> bool:
    return row.target.startswith(SITE_PREFIX)


def is_cause(row: IncidentRow) -> bool:
    """Whether it stands for many hotspots that share one cause."""
    return row.is_cause


def state_and_reason(row: IncidentRow, words: Words) -> list[Node]:
    """The state and why; a far screen keeps only the second. A shared cause: how many it takes along."""
    if row.is_blind:
        return [incident_words(words).no_data_from(row.children)]
    if is_cause(row):
        return [words.hotspots_down(row.children), span(f", {words.reason(row.reason)}", "keadaan")]
    state, why = words.status(row.status), words.reason(row.reason)
    reason = f"{why} {words.explained(row.children)}" if row.children else why
    return [reason] if state == why else [span(f"{state}, ", "keadaan"), reason]


def in_words(row: IncidentRow, words: Words) -> str:
    """The same as one text."""
    if row.is_blind:
        return incident_words(words).no_data_from(row.children)
    if is_cause(row):
        return words.hotspots_down(row.children)
    state, why = words.status(row.status), words.reason(row.reason)
    return why if state == why else f"{state}, {why}"


def resolved_row(row: IncidentRow, resolved_at: datetime, now: datetime, words: Words) -> Element:
    """Where, how long it lasted, when it ended."""
    return item(
        [
            span(place(row, words), "di"),
            span(words.age(resolved_at - row.opened_at), "lama"),
            span(words.moment(resolved_at, now), "pukul"),
        ],
        "selesai",
    )
