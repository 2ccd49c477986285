"""The evidence viewer as HTML: pure functions from a view to a page. Everything from a hacked page is escaped plain text.

GET shows, only POST records. No script, no link to anything outside this server, nothing of theirs is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import quote

from command_centre.domain.integrity import Phase, Verdict
from command_centre.domain.target import TargetKey
from command_centre.read.evidence import Case, Comparison, Group, Line, grouped, verdicts
from command_centre.read.integrity import ChangeView, IntegrityView, SiteIntegrity
from command_centre.read.stewardship import Risk, SiteRisk
from layouts.wording import ABSENT, Words
from layouts.wording.integrity import IntegrityWords, integrity_words

PREFIX = "/konsol/judol"
LOUD = (Phase.CONFIRMED, Phase.INDICATED, Phase.SUSPECTED, Phase.REVIEW)
SHOWN_FINGERPRINT = 12
MOST_PAGES_NAMED = 6


@dataclass(frozen=True, slots=True)
class Visitor:
    """What whoever looks may do. ``said``: a sentence about what was just done; empty otherwise."""

    may_judge: bool
    may_see_evidence: bool
    said: str = ""


def address_of(key: TargetKey) -> str:
    """Where one site's page is."""
    return f"{PREFIX}/{quote(key, safe=':')}"


# -- all sites


def overview_page(view: IntegrityView, risks: Sequence[SiteRisk], words: Words, *, is_simulated: bool) -> str:
    """All sites: those that ask for somebody first, the others in one table below; last, and apart, who is an easy victim."""
    own = integrity_words(words.language)
    say = own.viewer
    loud = [each for each in view.sites if each.phase in LOUD]
    calm = [each for each in view.sites if each.phase not in LOUD]
    body = [
        _header(say.page, own, words, is_simulated=is_simulated),
        f'<p class="hitung">{escape(_counted(view, own, words))}</p>',
        _table(loud, view.as_of, own, words)
        if loud
        else f"<p>{escape(say.none_alarming if view.sites else say.no_scan_yet)}</p>",
        f"<details><summary>{escape(say.all_others)} ({len(calm)})</summary>{_table(calm, view.as_of, own, words)}</details>"
        if calm
        else "",
        _stewardship(risks, own, words),
        _limits(own),
    ]
    return _document(say.page, words, "".join(body))


def _counted(view: IntegrityView, own: IntegrityWords, words: Words) -> str:
    found = verdicts(view.sites)
    return own.viewer.counted.format(
        alarms=words.number(len(view.alarms)),
        reviews=words.number(sum(each.phase in (Phase.REVIEW, Phase.SUSPECTED) for each in view.sites)),
        clean=words.number(sum(each.phase is Phase.CLEAN and each.verdict is Verdict.CLEAN for each in view.sites)),
        unjudged=words.number(found.get(Verdict.UNJUDGED, 0)),
        scanned=words.number(len(view.sites)),
        expected=words.number(view.expected),
    )


def _table(sites: Sequence[SiteIntegrity], now: datetime, own: IntegrityWords, words: Words) -> str:
    say = own.viewer
    heads = "".join(f"<th>{escape(each)}</th>" for each in (say.site, say.verdict, say.since, say.last_scan, say.findings))
    return (
        f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(_row(each, now, own, words) for each in sites)}</tbody></table>"
    )


def _row(site: SiteIntegrity, now: datetime, own: IntegrityWords, words: Words) -> str:
    scan = ABSENT if site.last_scan_at is None else words.moment(site.last_scan_at, now)
    verdict = "" if site.verdict is None else f" · {own.verdict(site.verdict)}"
    since = ABSENT if site.since is None else words.moment(site.since, now)
    kinds = ", ".join(dict.fromkeys(own.kind(each.kind) for each in site.findings))
    owner = f"<em>{escape(site.owner)}</em>" if site.owner != site.name else ""
    return (
        f'<tr><td><a href="{escape(address_of(site.key))}">{escape(site.name)}</a>{owner}</td>'
        f"<td>{_state(site, own)}</td><td>{escape(since)}</td><td>{escape(scan + verdict)}</td>"
        f"<td>{escape(kinds or ABSENT)}</td></tr>"
    )


def _stewardship(risks: Sequence[SiteRisk], own: IntegrityWords, words: Words) -> str:
    """Sites that invite intruders. No state and no colour: this is no incident."""
    if not risks:
        return ""
    say = own.viewer
    rows = "".join(
        f"<tr><td>{escape(each.name)}</td><td>{escape(each.owner.strip() or ABSENT)}</td>"
        f"<td>{escape(', '.join(_risk_words(each, own, words)))}</td></tr>"
        for each in risks
    )
    return (
        f"<details><summary>{escape(say.risks)} ({len(risks)})</summary><p class='redup'>{escape(say.risks_intro)}</p>"
        f"<table><thead><tr><th>{escape(say.site)}</th><th>{escape(say.owner)}</th><th>{escape(say.risks)}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></details>"
    )


def _risk_words(site: SiteRisk, own: IntegrityWords, words: Words) -> list[str]:
    days = "" if site.neglected_days is None else f" ({words.number(site.neglected_days)} {own.viewer.days_old})"
    return [own.risk(each) + (days if each is Risk.NEGLECTED else "") for each in site.risks]


def _state(site: SiteIntegrity, own: IntegrityWords) -> str:
    kind = "p1" if site.phase.is_alarm else "p2" if site.phase in LOUD else ""
    glyph = '<i class="cc-glif k-judol"></i>' if site.phase.is_alarm else ""
    return f'<span class="kd {kind}">{glyph}{escape(own.phase(site.phase))}</span>'


# -- one site


def case_page(
    case: Case, compared: Sequence[Comparison], visitor: Visitor, now: datetime, words: Words, *, is_simulated: bool
) -> str:
    """One site: how it stands, what was found, what each visitor was sent, what people said, what may be done."""
    own = integrity_words(words.language)
    body = [
        _header(case.site.name, own, words, is_simulated=is_simulated, back=True),
        f'<p class="kabar" role="status">{escape(visitor.said)}</p>' if visitor.said else "",
        _facts(case, now, own, words),
        _findings(case, now, own, words),
        _compared(compared, visitor, own, words),
        _judging(case, visitor, own),
        _report(case, visitor, own),
        _chronology(case.changes, now, own, words),
        _exceptions(case, own, words),
        _limits(own),
    ]
    return _document(case.site.name, words, "".join(body))


def _facts(case: Case, now: datetime, own: IntegrityWords, words: Words) -> str:
    say, site = own.viewer, case.site
    rows = [
        (say.verdict, _state(site, own) + escape(_since(site, now, words))),
        (say.owner, escape(site.owner)),
        (say.site, f"<code>{escape(case.address)}</code> {escape(say.warning)}"),
        (say.last_scan, escape(_last_scan(case, now, own, words))),
    ]
    if case.report_due is not None and case.action_due is not None:
        rows.append((say.deadline, escape(_deadlines(case, now, own, words))))
    if site.reinfections:
        rows.append(("", escape(say.reinfections.format(count=words.number(site.reinfections)))))
    if site.phase.is_alarm and site.clean_scans:
        rows.append(("", escape(say.clean_scans.format(count=site.clean_scans))))
    return f"<dl>{''.join(f'<dt>{escape(head)}</dt><dd>{text}</dd>' for head, text in rows)}</dl>"


def _since(site: SiteIntegrity, now: datetime, words: Words) -> str:
    return "" if site.since is None else f" {words.say.since} {words.moment(site.since, now)}"


def _last_scan(case: Case, now: datetime, own: IntegrityWords, words: Words) -> str:
    site = case.site
    if site.last_scan_at is None:
        return ABSENT
    verdict = "" if site.verdict is None else f" · {own.verdict(site.verdict)}"
    why = "".join(f" · {own.view(view)}: {text}" for view, text in site.unjudged.items())
    return f"{words.moment(site.last_scan_at, now)}{verdict}{why}"


def _deadlines(case: Case, now: datetime, own: IntegrityWords, words: Words) -> str:
    """Both clocks, and whether they have run out."""
    parts = []
    for head, due in (("1×24", case.report_due), ("2×24", case.action_due)):
        if due is not None:
            late = f" ({own.viewer.overdue})" if now > due else ""
            parts.append(f"{head}: {words.date(due)} {words.time_and_zone(due)}{late}")
    return " · ".join(parts)


def _findings(case: Case, now: datetime, own: IntegrityWords, words: Words) -> str:
    say = own.viewer
    when = "" if case.found_at is None else f" ({words.moment(case.found_at, now)})"
    kept = {each.sha256 for each in case.pages}
    listed = "".join(_finding(each, kept, own, words) for each in grouped(case.findings))
    return f"<h2>{escape(say.findings + when)}</h2>" + (f"<ol class='temuan'>{listed}</ol>" if listed else f"<p>{ABSENT}</p>")


def _finding(group: Group, kept: set[str], own: IntegrityWords, words: Words) -> str:
    say, finding = own.viewer, group.first
    head = f"{own.signal(finding.signal)}: {own.kind(finding.kind)} · {', '.join(own.view(each) for each in group.views)}"
    pages = "".join(f"<p><code>{escape(each)}</code></p>" for each in group.pages[:MOST_PAGES_NAMED])
    if len(group.pages) > MOST_PAGES_NAMED:
        pages += f"<p>{escape(words.and_more(len(group.pages) - MOST_PAGES_NAMED))}</p>"
    weight = f"{say.weight} {words.number(finding.weight, 2)}" + (f", {say.decisive}" if finding.is_decisive else "")
    stored = ""
    if finding.body_sha256:
        is_kept = finding.body_sha256 in kept
        stored = f"{say.kept} {finding.body_sha256[:SHOWN_FINGERPRINT]}…" if is_kept else say.gone
    return (
        f'<li id="{escape(finding.fingerprint)}"><b>{escape(head)}</b> <span>{escape(weight)}</span>'
        f"{pages}<p>{escape(say.position)}: <code>{escape(finding.position)}</code></p>"
        f"<blockquote>{escape(finding.excerpt)}</blockquote>"
        f'<p class="redup">{escape(say.why)}: {escape(finding.why)}</p><p class="redup">{escape(stored)}</p></li>'
    )


def _compared(compared: Sequence[Comparison], visitor: Visitor, own: IntegrityWords, words: Words) -> str:
    say = own.viewer
    head = f"<h2>{escape(say.compare)}</h2>"
    if not visitor.may_see_evidence:
        return f"{head}<p>{escape(say.evidence_denied)}</p>"
    if not compared:
        return f"{head}<p>{escape(say.not_asked)}</p>"
    return f"{head}<p class='redup'>{escape(say.compare_intro)}</p>" + "".join(_pair(each, own, words) for each in compared)


def _pair(pair: Comparison, own: IntegrityWords, words: Words) -> str:
    sides = ((pair.left, pair.left_lines), (pair.right, pair.right_lines))
    columns = "".join(
        f"<div><h4>{escape(own.view(page.view))} · {escape(words.number(page.size_bytes))} B · "
        f"{escape(page.sha256[:SHOWN_FINGERPRINT])}…</h4>"
        f"<pre>{''.join(_line(line, own, words) for line in lines)}</pre></div>"
        for page, lines in sides
    )
    return f"<h3><code>{escape(pair.url)}</code></h3><div class='sisi'>{columns}</div>" + ("<p>…</p>" if pair.is_cut else "")


def _line(line: Line, own: IntegrityWords, words: Words) -> str:
    if line.skipped:
        return f"<i>{escape(own.viewer.same_lines.format(count=words.number(line.skipped)))}</i>\n"
    return f"<ins>+ {escape(line.text)}</ins>\n" if line.is_own else f"  {escape(line.text)}\n"


def _judging(case: Case, visitor: Visitor, own: IntegrityWords) -> str:
    say = own.viewer
    head = f"<h2>{escape(say.judge)}</h2>"
    if not visitor.may_judge:
        return f"{head}<p>{escape(say.may_not_judge)}</p>"
    if case.found_scan is None:
        return ""
    seen = f'<input type="hidden" name="pindai" value="{case.found_scan}">'
    confirm = (
        f'<form method="post">{seen}<label>{escape(say.confirm_note)}<input name="catatan" maxlength="500" required '
        f'autocomplete="off"></label><button name="tindakan" value="confirm" class="u">{escape(say.confirm)}</button></form>'
    )
    dismiss = (
        f'<form method="post">{seen}<p class="redup">{escape(say.dismiss_intro)}</p>'
        f'<label>{escape(say.reason)}<input name="catatan" maxlength="500" required autocomplete="off"></label>'
        f'<label>{escape(say.days)}<input name="hari" type="number" min="1" max="180" value="30" required></label>'
        f'<button name="tindakan" value="dismiss">{escape(say.dismiss)}</button></form>'
    )
    return f'{head}<div class="nilai">{confirm}{dismiss}</div>'


def _report(case: Case, visitor: Visitor, own: IntegrityWords) -> str:
    """The report is about an alarm; it carries evidence, so it is for who may see that."""
    if not visitor.may_see_evidence or not (case.findings or case.alarm_at):
        return ""
    say, address = own.viewer, address_of(case.site.key)
    links = " ".join(
        f'<a class="tb" href="{escape(address)}/laporan.{form}">{escape(word)}</a>'
        for form, word in (("txt", say.report_text), ("pdf", say.report_pdf))
    )
    return f"<h2>{escape(say.report)}</h2><p>{links}</p><p class='redup'>{escape(say.runbook)}</p>"


def _chronology(changes: Iterable[ChangeView], now: datetime, own: IntegrityWords, words: Words) -> str:
    lines = "".join(f"<li>{escape(change_line(each, now, own, words))}</li>" for each in changes)
    return f"<h2>{escape(own.viewer.chronology)}</h2><ul>{lines}</ul>" if lines else ""


def change_line(change: ChangeView, now: datetime, own: IntegrityWords, words: Words) -> str:
    """E.g. "12.04 dikonfirmasi oleh petugas, oleh R. Hidayat: tautan di kaki halaman"."""
    who = f", {own.viewer.by} {change.author}" if change.author else ""
    note = f": {change.note}" if change.note else ""
    return f"{words.moment(change.at, now)} {own.change(change.change)}{who}{note}"


def _exceptions(case: Case, own: IntegrityWords, words: Words) -> str:
    say = own.viewer
    lines = "".join(
        f"<li>{escape(f'{each.reason} ({each.author}, {say.exception_until} {words.date(each.ends_at)})')}</li>"
        for each in case.exceptions
    )
    return f"<h2>{escape(say.exceptions)}</h2><ul>{lines}</ul>" if lines else ""


def _limits(own: IntegrityWords) -> str:
    lines = "".join(f"<li>{escape(each)}</li>" for each in own.limits)
    return f'<section class="batas"><h2>{escape(own.viewer.limits)}</h2><ul>{lines}</ul></section>'


def _header(title: str, own: IntegrityWords, words: Words, *, is_simulated: bool, back: bool = False) -> str:
    say = own.viewer
    mark = f'<span class="cth">{escape(say.simulated)}</span>' if is_simulated else ""
    up = f'<a href="{PREFIX}">{escape(say.page)}</a>' if back else ""
    return (
        f'<header><nav><b>{escape(words.say.city)}</b> <a href="/konsol">{escape(say.home)}</a> {up}{mark}</nav>'
        f"<h1>{escape(title)}</h1><p class='redup'>{escape(say.intro)}</p></header>"
    )


def _document(title: str, words: Words, body: str) -> str:
    sheets = "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in ("tokens.css", "evidence.css"))
    return (
        f'<!doctype html><html lang="{words.language.value}" class="cc-bukti" data-tema="gelap"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow">'
        f'<meta name="referrer" content="no-referrer"><title>{escape(title)}</title>{sheets}</head>'
        f"<body><main>{body}</main></body></html>"
    )
