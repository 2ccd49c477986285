"""The inbox of the simulated phone as HTML: what a demo has sent, newest first. Pure. What was written elsewhere is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from command_centre.domain.rule import Severity
from layouts.duty.page import document
from layouts.wording import Words
from layouts.wording.duty import duty_words
from layouts.wording.inbox import InboxWords, inbox_words

REFRESH_SECONDS = 3
_LOOK = {Severity.CRITICAL: "p1", Severity.WARNING: "p2", Severity.INFO: "p4"}
_WELL = frozenset({"resolved", "closed", "acked"})
"""Messages that bring no trouble: calm, whatever the trouble was."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as a phone got it: the first line of ``text`` is what a lock screen shows. ``link`` leads to the duty page."""

    person: str
    kind: str
    severity: Severity
    at: datetime
    text: str
    link: str | None


def inbox_page(arrived: Sequence[Arrived], words: Words) -> str:
    """The page; it looks for news by itself, without a script."""
    say = inbox_words(words.language)
    mark = f"<header><b>{escape(say.title)}</b><span>{escape(duty_words(words.language).simulated)}</span></header>"
    lead = f'<p class="ket">{escape(say.lead)}</p>'
    listed = "".join(_message(each, words, say) for each in arrived) or f'<p class="kosong">{escape(say.empty)}</p>'
    return document(say.title, words, f'{mark}{lead}<section class="ps">{listed}</section>', refresh_seconds=REFRESH_SECONDS)


def _message(each: Arrived, words: Words, say: InboxWords) -> str:
    head, *rest = [line for line in each.text.splitlines() if line.strip()] or [""]
    look = "tn" if each.kind in _WELL else _LOOK[each.severity]
    lines = "".join(f"<li>{escape(line)}</li>" for line in rest if "://" not in line)
    link = f'<a href="{escape(each.link)}">{escape(say.open)}</a>' if each.link else ""
    when = f"<p>{escape(say.to.format(person=each.person, time=words.clock(each.at)))}</p>"
    return f'<article class="{look}"><h2>{escape(head)}</h2>{when}<ul>{lines}</ul>{link}</article>'
