"""The incident report with its four mandatory fields: contact, description, chronology, impact. As text and as PDF.

BSSN regulation 1/2024, article 15, names the four. What the machine knows is filled in; what only people know is left as a line
to be filled in, and said to be so. Everything from a hacked page is defanged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from command_centre.domain.integrity import View
from command_centre.read.evidence import Case, grouped
from layouts.console.evidence.page import change_line
from layouts.snapshot.paper import TypesettingError, fonts
from layouts.wording import Words
from layouts.wording.integrity import IntegrityWords, integrity_words
from layouts.wording.integrity_report import ReportPhrases, report_phrases

MOST_FINDINGS = 12
MOST_PAGES = 4
TEMPLATE = Path(__file__).with_name("report.typ")


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reports: the city's contact (empty: to be filled in), the person, and whether it is all a simulation."""

    contact: str
    person: str
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One of the four fields: its heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The report as it is printed."""

    title: str
    subtitle: str
    mark: str
    fields: tuple[Field, ...]
    foot: str


def report_of(case: Case, desk: Desk, now: datetime, words: Words) -> Report:
    """The report about one site, as far as it is known at ``now``."""
    own, say = integrity_words(words.language), report_phrases(words.language)
    return Report(
        title=say.title,
        subtitle=f"{case.site.name} · {case.address}",
        mark=say.simulated if desk.is_simulated else "",
        fields=(
            Field(say.contact, _contact(case, desk, say)),
            Field(say.description, _description(case, own, say, words)),
            Field(say.chronology, _chronology(case, now, own, say, words)),
            Field(say.impact, _impact(case, own, say, words)),
        ),
        foot=say.foot.format(moment=f"{words.date(now)} {words.time_and_zone(now)}", city=words.say.city),
    )


def _contact(case: Case, desk: Desk, say: ReportPhrases) -> tuple[str, ...]:
    return (
        say.reported_by.format(name=desk.person),
        say.reach.format(contact=desk.contact or say.to_fill),
        say.owner.format(owner=case.site.owner or say.to_fill),
        say.handled_by.format(name=case.acknowledged_by or say.to_fill),
    )


def _description(case: Case, own: IntegrityWords, say: ReportPhrases, words: Words) -> tuple[str, ...]:
    kinds = ", ".join(dict.fromkeys(own.kind(each.kind) for each in case.findings)) or say.unknown
    groups = grouped(case.findings)
    lines = [
        say.what.format(phase=own.phase(case.site.phase).lower(), address=case.address),
        say.how.format(kinds=kinds),
        say.evidence_head.format(count=words.number(len(groups))),
    ]
    for number, group in enumerate(groups[:MOST_FINDINGS], 1):
        each, views = group.first, ", ".join(own.view(view) for view in group.views)
        pages = ", ".join(group.pages[:MOST_PAGES])
        hash_of = f" [SHA-256 {each.body_sha256}]" if each.body_sha256 else ""
        lines.append(f"{number}. {own.kind(each.kind)} ({views}), {pages}, {each.position}: {each.excerpt}{hash_of}")
    if len(groups) > MOST_FINDINGS:
        lines.append(say.more.format(count=words.number(len(groups) - MOST_FINDINGS)))
    return tuple(lines)


def _chronology(case: Case, now: datetime, own: IntegrityWords, say: ReportPhrases, words: Words) -> tuple[str, ...]:
    """Oldest first, each with its date; then both deadlines."""
    lines = [f"{words.date(each.at)} {change_line(each, each.at, own, words)}" for each in reversed(case.changes)]
    if case.acknowledged_at is not None:
        moment = f"{words.date(case.acknowledged_at)} {words.time(case.acknowledged_at)}"
        lines.append(f"{moment} {say.taken.format(name=case.acknowledged_by or '')}")
    for head, due in ((say.report_due, case.report_due), (say.action_due, case.action_due)):
        if due is not None:
            late = f" {say.late}" if now > due else ""
            lines.append(head.format(moment=f"{words.date(due)} {words.time_and_zone(due)}") + late)
    return tuple(lines) or (say.unknown,)


def _impact(case: Case, own: IntegrityWords, say: ReportPhrases, words: Words) -> tuple[str, ...]:
    pages = len({each.page for each in case.findings})
    views = [view for view in View if any(each.view is view for each in case.findings)]
    lines = [
        say.pages.format(count=words.number(pages)),
        say.seen_by.format(views=", ".join(own.view(each) for each in views) or say.unknown),
    ]
    if case.site.reinfections:
        lines.append(say.again.format(count=words.number(case.site.reinfections)))
    return (*lines, say.personal_data, say.services, say.loss)


def as_text(report: Report) -> str:
    """The report as plain text, for a mail or a form."""
    parts = [report.title.upper(), report.subtitle, *([report.mark] if report.mark else []), ""]
    for field in report.fields:
        parts += [field.heading.upper(), *(f"- {line}" for line in field.lines), ""]
    return "\n".join([*parts, report.foot, ""])


def as_pdf(report: Report, made_at: datetime, language: str) -> bytes:
    """The report as PDF/A. The same report at the same time gives the same bytes. Raises TypesettingError."""
    inputs = {"data": json.dumps(_document(report, language), ensure_ascii=False, sort_keys=True)}
    try:
        made, _ = typst.compile_with_warnings(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=fonts(),
            sys_inputs=inputs,
            format="pdf",
            pdf_standards="a-2a",
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise TypesettingError(f"{TEMPLATE.name}: {error.diagnostic}") from None
    return made


def _document(report: Report, language: str) -> Mapping[str, Any]:
    fields = [{"heading": each.heading, "lines": list(each.lines)} for each in report.fields]
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "mark": report.mark,
        "fields": fields,
        "foot": report.foot,
        "language": language,
    }
