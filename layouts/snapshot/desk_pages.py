"""The two desk pages of the snapshot as HTML: follow-ups and signatures. Pure; whatever somebody typed is escaped.

GET shows, only POST changes, and everything works without a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from command_centre.read.snapshot_desk import STATUSES, FollowUpRow, SignedPeriod
from layouts.snapshot import ids
from layouts.wording import ABSENT, Words
from layouts.wording.snapshot import SnapshotWords
from layouts.wording.snapshot_desk import DeskWords, desk_words

MOST_WHAT, MOST_SIGNED = 300, 60


def follow_up_page(
    rows: Sequence[FollowUpRow], words: Words, *, may_change: bool, said: str = "", simulated: bool = False
) -> str:
    """What was promised, as a table of forms; read only for whoever may not change it."""
    say, thing = desk_words(words.language), SnapshotWords(words)
    heads = [say.number, say.what, say.owner, say.deadline, say.status]
    body = "".join(_form_row(each, thing, say) if may_change else _plain_row(each, thing, say) for each in rows)
    table = _table([*heads, *([""] if may_change else [])], body) if rows else f"<p>{escape(say.none_open)}</p>"
    parts = [
        table,
        _new_row(say) if may_change else f"<p>{escape(say.may_not)}</p>",
        f"<p class='redup'>{escape(say.carried)}</p>",
    ]
    return _document(say.follow_ups, words, said, "".join(parts), simulated=simulated)


def approval_page(
    periods: Sequence[SignedPeriod], words: Words, *, today: date, may_change: bool, said: str = "", simulated: bool = False
) -> str:
    """Which frozen periods are signed, and the form to sign one."""
    say, thing = desk_words(words.language), SnapshotWords(words)
    heads = [say.period, say.revision, say.letter, say.signatory, say.staff_number, say.signed_on]
    body = "".join(_period_row(each, thing, say, today, may_change=may_change) for each in periods)
    table = _table([*heads, ""], body) if periods else f"<p>{escape(say.nothing_frozen)}</p>"
    note = "" if may_change else f"<p>{escape(say.may_not)}</p>"
    return _document(
        say.approvals, words, said, f"{table}{note}<p class='redup'>{escape(say.figures_stay)}</p>", simulated=simulated
    )


def _document(title: str, words: Words, said: str, body: str, *, simulated: bool) -> str:
    say = desk_words(words.language)
    sheets = "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in ("tokens.css", "desk.css"))
    links = (
        (say.console, ids.CONSOLE),
        (say.follow_ups, ids.FOLLOW_UPS),
        (say.approvals, ids.APPROVALS),
        (say.archive, ids.PREFIX),
    )
    nav = " ".join(f'<a href="{address}">{escape(name)}</a>' for name, address in links)
    mark = f'<span class="contoh">{escape(words.say.simulated)}</span>' if simulated else ""
    report = say.reports.get(said, "")
    told = f'<p class="kabar" role="status">{escape(report)}</p>' if report else ""
    return (
        f'<!doctype html><html lang="{words.language.value}" class="cc-meja" data-tema="terang"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>{sheets}</head>'
        f'<body><div class="titik arsip isian"><header><h1>{escape(title)} {mark}</h1><nav>{nav}</nav></header>'
        f"<main>{told}{body}</main></div></body></html>\n"
    )


def _table(heads: Sequence[str], body: str) -> str:
    cells = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    rows = f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="gulir" tabindex="0"><table class="sumber">{rows}</table></div>'


# --- follow-ups ----------------------------------------------------------------------------------------------------------


def _plain_row(row: FollowUpRow, words: SnapshotWords, say: DeskWords) -> str:
    deadline = ABSENT if row.deadline is None else words.short_day(row.deadline)
    cells = (str(row.id), row.what, row.owner, f"{deadline}{_late(row, say)}", _standing(row, words, say))
    return f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in cells)}</tr>"


def _standing(row: FollowUpRow, words: SnapshotWords, say: DeskWords) -> str:
    if row.closed_at is None:
        return words.status(row.status)
    day = words.short_day(row.closed_at.astimezone(words.words.zone).date())
    return f"{words.status(row.status)}, {say.closed_on.format(day=day)}"


def _late(row: FollowUpRow, say: DeskWords) -> str:
    return f" ({say.overdue})" if row.is_overdue else ""


def _form_row(row: FollowUpRow, words: SnapshotWords, say: DeskWords) -> str:
    """The fields stand in cells of a table; ``form`` says where they belong."""
    form = f"b{row.id}"
    late = f"<small>{escape(say.overdue)}</small>" if row.is_overdue else ""
    closed = f"<small>{escape(_standing(row, words, say))}</small>" if row.closed_at is not None else ""
    hidden = f'<input type="hidden" name="laku" value="ubah"><input type="hidden" name="nomor" value="{row.id}">'
    hidden += f'<input type="hidden" name="versi" value="{row.version}">'
    return (
        f'<tr><td>{row.id}<form id="{form}" method="post" action="{ids.FOLLOW_UPS}">{hidden}</form></td>'
        f"<td>{_field('apa', row.what, say.what, MOST_WHAT, form)}</td>"
        f"<td>{_field('siapa', row.owner, say.owner, MOST_WHAT, form)}</td>"
        f"<td>{_day('tenggat', row.deadline, say.deadline, form)}{late}</td>"
        f"<td>{_choice(row.status, words, say, form)}{closed}</td>"
        f'<td><button form="{form}">{escape(say.save)}</button></td></tr>'
    )


def _new_row(say: DeskWords) -> str:
    return (
        f'<form method="post" action="{ids.FOLLOW_UPS}" class="baru"><h2>{escape(say.new)}</h2>'
        '<input type="hidden" name="laku" value="tambah">'
        f"<label><span>{escape(say.what)}</span>{_field('apa', '', say.what, MOST_WHAT)}</label>"
        f"<label><span>{escape(say.owner)}</span>{_field('siapa', '', say.owner, MOST_WHAT)}</label>"
        f"<label><span>{escape(say.deadline)}</span>{_day('tenggat', None, say.deadline)}</label>"
        f"<button>{escape(say.add)}</button></form>"
    )


def _field(name: str, value: str, label: str, most: int, form: str = "") -> str:
    owner = f' form="{form}"' if form else ""
    return f'<input name="{name}" value="{escape(value)}" aria-label="{escape(label)}" maxlength="{most}" required{owner}>'


def _day(name: str, value: date | None, label: str, form: str = "", *, required: bool = False) -> str:
    owner = f' form="{form}"' if form else ""
    shown = "" if value is None else value.isoformat()
    must = " required" if required else ""
    return f'<input type="date" name="{name}" value="{shown}" aria-label="{escape(label)}"{must}{owner}>'


def _choice(status: str, words: SnapshotWords, say: DeskWords, form: str) -> str:
    options = "".join(
        f'<option value="{each}"{" selected" if each == status else ""}>{escape(words.status(each))}</option>'
        for each in STATUSES
    )
    return f'<select name="status" aria-label="{escape(say.status)}" form="{form}">{options}</select>'


# --- signatures ----------------------------------------------------------------------------------------------------------


def _period_row(period: SignedPeriod, words: SnapshotWords, say: DeskWords, today: date, *, may_change: bool) -> str:
    name = f'<a href="{ids.PREFIX}{escape(period.period)}">{escape(words.title(period.period))}</a>'
    paper = f'<a href="{ids.FILES}{escape(period.period)}/{period.revision}/pdf">PDF</a>'
    head = f"<td>{name} {paper}</td><td>{period.revision}</td>"
    given = period.approval
    if given is not None:
        cells = (given.number, given.name, given.staff_number, words.short_day(given.on))
        told = "".join(f"<td>{escape(each)}</td>" for each in cells)
        return f"<tr>{head}{told}<td>{_withdrawal(period, say) if may_change else escape(say.signed)}</td></tr>"
    if not may_change:
        return f'<tr>{head}<td colspan="4"></td><td>{escape(say.draft)}</td></tr>'
    return f"<tr>{head}{_signing(period, say, today)}</tr>"


def _signing(period: SignedPeriod, say: DeskWords, today: date) -> str:
    form = f"p{period.period}"
    return (
        f"<td>{_hidden(period, form, 'sah')}{_field('nomor_surat', '', say.letter, MOST_SIGNED, form)}</td>"
        f"<td>{_field('nama', '', say.signatory, MOST_SIGNED, form)}</td>"
        f"<td>{_field('nip', '', say.staff_number, MOST_SIGNED, form)}</td>"
        f"<td>{_day('tanggal', today, say.signed_on, form, required=True)}</td>"
        f'<td><button form="{form}">{escape(say.approve)}</button></td>'
    )


def _withdrawal(period: SignedPeriod, say: DeskWords) -> str:
    form = f"p{period.period}"
    return f'{_hidden(period, form, "batal")}<button form="{form}">{escape(say.withdraw)}</button>'


def _hidden(period: SignedPeriod, form: str, deed: str) -> str:
    return (
        f'<form id="{form}" method="post" action="{ids.APPROVALS}"><input type="hidden" name="laku" value="{deed}">'
        f'<input type="hidden" name="periode" value="{escape(period.period)}">'
        f'<input type="hidden" name="revisi" value="{period.revision}"></form>'
    )
