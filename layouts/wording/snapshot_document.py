"""What stands on every form of the snapshot, as texts in their places. Pure: the same snapshot and seal, the same document.

Paper, card, page and text take their words from here, so that no two of them can disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from command_centre.domain.cut import CutFollowUp
from command_centre.domain.ledger import Group
from command_centre.domain.narrative import (
    Measure,
    areas_by_need,
    claim_by_provider,
    decision,
    measures,
    points,
    stories,
    told,
    verdict,
)
from command_centre.domain.period import Period, parse_period
from command_centre.domain.seal import Approval, Seal
from command_centre.domain.snapshot import NO_PLACE, GroupFigures, Snapshot, TargetFigures
from command_centre.domain.target import Dimension, TargetKind
from layouts.wording.snapshot import ABSENT, MEASURES, Sentence, SnapshotWords
from layouts.wording.snapshot_card import card
from layouts.wording.snapshot_comparison import comparisons

NEED_ATTENTION = 4
FOLLOW_UPS_SHOWN = 6
PROVIDERS_SHOWN = 2
KELURAHAN_SHOWN, COAST_SHOWN, DISTRICTS_SHOWN = 20, 5, 6
COAST_NAMED = 4
"""A city has fewer; a register that has more still gets a page that holds, and all of them in the annex."""
HOTSPOT, SITE, SERVICE = TargetKind.HOTSPOT.value, TargetKind.SITE.value, TargetKind.SERVICE.value

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who signs. Lines that the office fills in by hand stay dotted."""

    government: str = "PEMERINTAH KOTA BONTANG"
    office: str = "DINAS KOMUNIKASI DAN INFORMATIKA"
    address: str = "Jalan Awang Long, Bontang 75311, Kalimantan Timur"
    city: str = "Bontang"
    signatory: str = "Kepala Dinas Komunikasi dan Informatika"


BONTANG = Letterhead()


def document(
    snap: Snapshot,
    seal: Seal,
    words: SnapshotWords,
    letterhead: Letterhead = BONTANG,
    approval: Approval | None = None,
    public_url: str | None = None,
) -> Document:
    """Everything that is printed, in the order of the page. ``public_url``: where the archive is reached from outside."""
    period = parse_period(snap.period)
    this, last = words.this_and_last(snap.period)
    found = measures(snap)
    return {
        "language": words.words.language.value,
        "letterhead": _letterhead(letterhead, approval, period, words),
        "title": words.heading(snap.period),
        "name": words.title(snap.period),
        "period": f"{words.say('Periode', 'Period')}: {words.span(period, _zone_name(snap, words))}",
        "page_words": words.say("Halaman dari", "Page of").split(),
        "short_period": words.short_span(period),
        "draft": "" if approval else words.say("DRAF OTOMATIS", "AUTOMATIC DRAFT"),
        "incomplete": _incomplete(snap, words),
        "simulated": words.say("DATA SIMULASI", "SIMULATED DATA") if snap.is_simulated else "",
        "foot": _foot(snap, seal, words),
        "verdict": [_told(each) for each in words.verdict(verdict(snap), snap.period)],
        "measures": {
            "title": words.say("1. Ringkasan", "1. Summary"),
            "head": _measure_heads(words, this, last),
            "rows": [_measure_row(each, words) for each in found],
            "note": comparisons(snap, words),
        },
        "dimensions": _dimensions(snap, words),
        "stories": _stories(snap, words),
        "decision": {
            "title": words.say("Keputusan yang diminta.", "Decision asked."),
            **_told(words.decision(decision(snap))),
        },
        "areas": _areas(snap, words),
        "districts": _districts(snap, words),
        "attention": _attention(snap, words),
        "follow_ups": _follow_ups(snap, words),
        "quality": {"title": words.say("7. Catatan mutu data", "7. Notes on the data"), "lines": _quality(snap, words)},
        "incidents": _incidents(snap, words),
        "seal": _seal(seal, words, public_url),
        "card": card(snap, words, is_draft=approval is None),
    }


def _told(sentence: Sentence) -> Document:
    return {"text": sentence.text.replace("….", "…"), "evidence": list(sentence.evidence)}


def _zone_name(snap: Snapshot, words: SnapshotWords) -> str:
    return words.moment(snap.ends_at).rsplit(" ", 1)[-1]


def _incomplete(snap: Snapshot, words: SnapshotWords) -> str:
    if snap.is_whole:
        return ""
    until = words.moment(snap.ends_at)
    return words.say(f"Periode belum berakhir: data sampai {until}.", f"The period is not over: data until {until}.")


def _foot(snap: Snapshot, seal: Seal, words: SnapshotWords) -> str:
    revision = (
        words.say(f"revisi {seal.revision}", f"revision {seal.revision}") if seal.revision else words.say("konsep", "draft")
    )
    cut = words.say(f"Data dipotong {words.moment(seal.cut_at)}.", f"Data cut {words.moment(seal.cut_at)}.")
    return f"{words.title(snap.period)}, {revision}. {cut}"


def _letterhead(head: Letterhead, approval: Approval | None, period: Period, words: SnapshotWords) -> Document:
    blank = "……/……/……"
    signed = "" if approval is None else words.day(approval.on).partition(" ")[2]
    return {
        "government": head.government,
        "office": head.office,
        "address": head.address,
        "arms": words.say("lambang\ndaerah", "coat\nof arms"),
        "number": f"{words.say('Nomor', 'Number')}: {approval.number if approval else f'{blank}/{period.day_after.year}'}",
        "place_and_day": f"{head.city}, {signed or f'……………………… {period.day_after.year}'}",
        "signatory": head.signatory,
        "name": approval.name if approval else "………………………………………………",
        "staff_number": f"NIP {approval.staff_number if approval else '……………………………………'}",
    }


# --- page one ------------------------------------------------------------------------------------------------------------


def _measure_heads(words: SnapshotWords, this: str, last: str) -> list[str]:
    say = words.say
    return [
        say("Ukuran", "Measure"),
        this,
        last,
        say("Arah", "Change"),
        say("Batas", "Limit"),
        say("Pembilang / penyebut", "Numerator / denominator"),
        say("Cakupan", "Coverage"),
    ]


def _measure_row(measure: Measure, words: SnapshotWords) -> Document:
    coverage = ABSENT if measure.coverage is None else words.percent(measure.coverage, 1)
    return {
        "id": measure.name.value,
        "cells": [
            _measure_name(measure, words),
            words.this_value(measure),
            words.value(measure, measure.previous),
            words.change(measure),
            words.limit(measure),
            words.fraction(measure),
            coverage if measure.is_measured or measure.denominator is not None else ABSENT,
        ],
        "is_worse": measure.direction.value == "worse",
        "is_measured": measure.is_measured,
        "is_below": measure.is_within is False,
        "evidence": list(measure.evidence),
    }


def _measure_name(measure: Measure, words: SnapshotWords) -> str:
    return words.pair(MEASURES[measure.name])


def _dimensions(snap: Snapshot, words: SnapshotWords) -> Document:
    title = words.say("2. Enam dimensi kota cerdas", "2. Six dimensions of the smart city")
    if snap.dimensions is None:
        known = {each.of: each for each in snap.groups_by("dimension")}
        rows = [_dimension_by_sites(known[each.value], words) for each in Dimension if each.value in known]
        note = words.say(
            "Capaian indikator belum terukur. Sebagai gantinya: ketersediaan situs dan layanan tiap dimensi.",
            "Progress by indicator is not measured yet. Shown instead: availability of each dimension's sites and services.",
        )
        return {"title": title, "rows": rows, "note": note, "mark": None}
    rows = []
    for each in snap.dimensions:
        measured = words.unmeasured if each.measured_ratio is None else words.percent(each.measured_ratio, 0)
        rows.append(
            {
                "name": words.dimension(each.dimension),
                "solid": each.conservative_ratio,
                "hatched": each.conservative_ratio if each.measured_ratio is None else each.measured_ratio,
                "figure": f"{measured} {words.say('terukur', 'measured')}",
                "detail": f"{words.percent(each.conservative_ratio, 0)} {words.say('konservatif', 'conservative')}, "
                f"{each.measured_indicators}/{each.indicators}",
            }
        )
    note = words.say(
        "Batang penuh: konservatif (indikator tanpa data dihitung nol). Arsir: terukur.",
        "Solid bar: conservative (indicators without data count as nothing). Hatched: measured.",
    )
    mark = None if snap.official is None else snap.official.ratio
    return {"title": title, "rows": rows, "note": f"{note}{_official(snap, words)}", "mark": mark}


def _official(snap: Snapshot, words: SnapshotWords) -> str:
    """The city's own figure beside ours: with its day, and never in the place of ours."""
    if snap.official is None:
        return ""
    figure, day = words.percent(snap.official.ratio, 0), words.day(date.fromisoformat(snap.official.declared_on))
    return words.say(
        f" Garis tegak: angka resmi {figure} ({day}), rumusnya belum dipublikasikan.",
        f" Upright line: the official figure of {figure} ({day}), whose formula is not published.",
    )


def _dimension_by_sites(group: GroupFigures, words: SnapshotWords) -> Document:
    figure = group.figure
    return {
        "name": words.dimension(group.of),
        "solid": figure.availability,
        "hatched": figure.availability,
        "figure": words.percent(figure.availability),
        "detail": words.say(f"{figure.measured}/{figure.expected} terukur", f"{figure.measured}/{figure.expected} measured"),
    }


def _stories(snap: Snapshot, words: SnapshotWords) -> Document:
    shown = stories(snap)
    items = [
        {
            "head": words.story_head(each).replace("….", "…"),
            "text": " ".join(sentence.text for sentence in words.story_official(each)),
            "number": words.number_of(each),
            "evidence": list(each.evidence),
            "line": words.story_lock_screen(each).text,
            "day": words.short_day(words.local_day(each.began)),
        }
        for each in shown
    ]
    others = snap.incidents.touching - len(shown)
    none = words.say("Tidak ada gangguan tercatat pada periode ini.", "No incident was recorded in this period.")
    rest = words.say(f"{others} gangguan lain ada di lampiran.", f"{others} other incidents are in the annex.")
    return {
        "title": words.say("3. Peristiwa menonjol", "3. Notable events"),
        "items": items,
        "note": none if not items else rest if others > 0 else "",
    }


def _incidents(snap: Snapshot, words: SnapshotWords) -> Document:
    """All of them: for forms that have room, and for whoever follows a sentence to its evidence."""
    say = words.say
    return {
        "title": say("Semua gangguan", "All incidents"),
        "note": say("Tidak ada gangguan tercatat pada periode ini.", "No incident was recorded in this period."),
        "head": [
            say("Nomor", "Number"), say("Waktu", "When"), say("Apa", "What"), say("Di mana", "Where"), say("Lama", "Length")
        ],
        "rows": [
            {
                "evidence": each.evidence[0],
                "cells": [
                    words.number_of(each), words.when(each), words.what(each), each.where, words.short_length(each.lasted)
                ],
            }
            for each in told(snap)
        ],
    }  # fmt: skip


# --- page two ------------------------------------------------------------------------------------------------------------


def _areas(snap: Snapshot, words: SnapshotWords) -> Document:
    kelurahan, coast = areas_by_need(snap)
    rest = len(kelurahan[KELURAHAN_SHOWN:]) + len(coast[COAST_SHOWN:])
    limit = snap.limits.hotspot
    return {
        "title": words.say(
            "4. Wi-Fi Bebas Kuota per kelurahan, ketersediaan harian (%)",
            "4. Free Wi-Fi by kelurahan, availability day by day (%)",
        ),
        "limit": limit,
        "kelurahan": [_area(each, snap.place(each.of), limit, words) for each in kelurahan[:KELURAHAN_SHOWN]],
        "coast": [_area(each, words.settlement(each.of, each.figure.registered), limit, words) for each in coast[:COAST_SHOWN]],
        "note": words.say(
            f"Garis putus-putus: batas {words.percent(limit, 0)}. Kotak hitam: hari di bawah batas. Celah: hari tidak terukur. "
            "Diurut dari yang perlu perhatian. Titik pesisir sudah termasuk dalam kelurahannya.",
            f"Dashed line: the limit of {words.percent(limit, 0)}. Black square: a day below it. Gap: a day not measured. "
            "Those that need attention come first. Points on the coast are part of their kelurahan as well.",
        )
        + (words.say(f" {rest} wilayah lain ada di lampiran.", f" {rest} other areas are in the annex.") if rest else ""),
    }


def _area(group: GroupFigures, name: str, limit: float, words: SnapshotWords) -> Document:
    value = group.figure.availability
    return {
        "name": name,
        "value": words.unmeasured if value is None else words.percent(value, 1).removesuffix("%").rstrip(),
        "ratio": value,
        "days": list(group.days),
        "is_below": value is not None and points(value) < points(limit),
        "is_low": value is not None and value < 0.8,
    }


def _districts(snap: Snapshot, words: SnapshotWords) -> Document:
    groups = sorted(snap.groups_by("kecamatan"), key=lambda each: (each.of == NO_PLACE, each.of))
    none = words.say("Tanpa lokasi", "No location")
    shown = groups if len(groups) <= DISTRICTS_SHOWN else groups[: DISTRICTS_SHOWN - 1]
    rows = [_district(snap.place(each.of) if each.of != NO_PLACE else none, each.figure, words) for each in shown]
    if len(shown) < len(groups):
        rest = len(groups) - len(shown)
        rows.append([words.say(f"{rest} lain: lampiran", f"{rest} others: annex"), *[""] * 4])
    city = snap.group("kind", HOTSPOT)
    total = None if city is None else _district(words.say("Kota", "City"), city.figure, words)
    return {
        "head": [
            words.say("Wilayah", "District"),
            words.say("Titik", "Points"),
            words.say("Tersedia", "Available"),
            words.say("Menit aktif / terukur", "Minutes up / measured"),
            words.say("Cakupan", "Coverage"),
        ],
        "rows": rows,
        "total": total,
    }


def _district(name: str, figure: Group, words: SnapshotWords) -> list[str]:
    return [
        name,
        words.number(figure.registered),
        words.percent(figure.availability),
        f"{words.minutes(figure.ledger.served)} / {words.minutes(figure.ledger.measured)}",
        ABSENT if figure.coverage is None else words.percent(figure.coverage, 1),
    ]


def _attention(snap: Snapshot, words: SnapshotWords) -> Document:
    pages = [each for each in snap.targets if each.kind in (SITE, SERVICE)]
    below = sorted((each for each in pages if _is_below(each, snap)), key=_worst_first)
    rows = [
        [
            _page_name(each, words),
            words.percent(each.availability),
            words.short_length(each.outage_longest),
        ]
        for each in below[:NEED_ATTENTION]
    ]
    return {
        "head": [
            words.say("5. Situs dan layanan, perlu perhatian", "5. Sites and services that need attention"),
            words.say("Tersedia", "Available"),
            words.say("Terlama", "Longest"),
        ],
        "rows": rows,
        "note": " ".join([*_the_others(pages, len(below), len(rows), words), *_owed_and_lost(snap, words)]),
    }


def _is_below(target: TargetFigures, snap: Snapshot) -> bool:
    limit = snap.limits.of(target.kind)
    return target.availability is not None and limit is not None and points(target.availability) < points(limit)


def _worst_first(target: TargetFigures) -> tuple[float, str]:
    return 1.0 if target.availability is None else target.availability, target.key


def _page_name(target: TargetFigures, words: SnapshotWords) -> str:
    if target.kind == SERVICE:
        return f"{target.short_name} ({words.say('layanan', 'service')})"
    return words.words.site_called(words.words.name_in_group(target.short_name, target.group))


def _the_others(pages: Sequence[TargetFigures], below: int, shown: int, words: SnapshotWords) -> list[str]:
    unmeasured = sum(each.availability is None for each in pages)
    fine = len(pages) - below - unmeasured
    parts = [
        words.say(f"{fine} situs dan layanan lain dalam batas.", f"{fine} other sites and services are within their limits.")
    ]
    if below > shown:
        parts.append(
            words.say(f"{below - shown} lagi di bawah batas, lihat lampiran.", f"{below - shown} more are below, see the annex.")
        )
    if unmeasured:
        parts.append(words.say(f"{unmeasured} tidak terukur.", f"{unmeasured} not measured."))
    return parts


def _owed_and_lost(snap: Snapshot, words: SnapshotWords) -> list[str]:
    owed = [each for each in claim_by_provider(snap) if each.below >= 60_000]
    parts = [
        words.say(
            f"{each.provider}: {words.minutes(each.below)} menit-titik di bawah kontrak (terencana dan listrik dikeluarkan).",
            f"{each.provider}: {words.minutes(each.below)} point-minutes below contract (planned time and power cuts left out).",
        )
        for each in sorted(owed, key=lambda each: -each.below)[:PROVIDERS_SHOWN]
    ]
    lost = snap.people_lost
    if not lost.is_unknown:
        hours = words.person_hours(lost.total)
        unknown = words.say(f"; {lost.not_known} titik tanpa data perangkat", f"; {lost.not_known} points without device counts")
        parts.append(
            words.say(f"Jam-orang hilang: {hours}", f"Person-hours lost: {hours}") + (unknown if lost.not_known else "") + "."
        )
    return parts


def _follow_ups(snap: Snapshot, words: SnapshotWords) -> Document:
    shown = [each for each in snap.follow_ups if each.closed_at is None or each.closed_at >= snap.starts_at]
    rest = len(shown) - FOLLOW_UPS_SHOWN
    return {
        "title": words.say("6. Tindak lanjut", "6. Follow-up"),
        "head": [
            words.say("No", "No"),
            words.say("Tindak lanjut", "What"),
            words.say("Penanggung jawab", "Owner"),
            words.say("Tenggat", "Deadline"),
            words.say("Status", "Status"),
        ],
        "rows": [_follow_up(each, words) for each in shown[:FOLLOW_UPS_SHOWN]],
        "note": _follow_up_note(len(shown), rest, words),
    }


def _follow_up_note(shown: int, rest: int, words: SnapshotWords) -> str:
    if not shown:
        return words.say("Tidak ada tindak lanjut yang berjalan.", "Nothing is being followed up.")
    return words.say(f"{rest} baris lagi ada di lampiran.", f"{rest} more rows are in the annex.") if rest > 0 else ""


def _follow_up(row: CutFollowUp, words: SnapshotWords) -> list[str]:
    deadline = ABSENT if row.deadline is None else words.short_day(date.fromisoformat(row.deadline))
    return [str(row.id), row.what, row.owner, deadline, words.status(row.status)]


def _quality(snap: Snapshot, words: SnapshotWords) -> list[str]:
    lines = [
        words.say(
            "Tersedia = waktu aktif dibagi waktu terukur, tiap sasaran; angka kelompok adalah rata-rata sasarannya, pembilang "
            "dan penyebut dijumlahkan. Waktu tidak terukur tidak dihitung mati maupun aktif, tampak di kolom cakupan. "
            "Waktu terencana dikeluarkan dari penyebut.",
            "Available = time up by time measured, of each target; a group's figure is the mean over its targets, numerators and "
            "denominators are summed. Time not measured counts neither as up nor as down and shows under coverage. "
            "Planned time is left out of the denominator.",
        ),
        *_intervals(snap, words),
        *_counted(snap, words),
        *_about_ourselves(snap, words),
        *snap.notes,
    ]
    if snap.is_simulated:
        lines.insert(0, words.say("Semua angka berasal dari kota simulasi.", "All figures come from a simulated city."))
    return lines


def _intervals(snap: Snapshot, words: SnapshotWords) -> list[str]:
    lines = []
    for kind in (HOTSPOT, SITE, SERVICE):
        group = snap.group("kind", kind)
        figure = None if group is None else group.figure
        if figure is None or figure.availability is None or figure.coverage is None or figure.pessimistic is None:
            continue
        name, with_planned = words.kind(kind), words.percent(figure.with_planned)
        low, high = words.percent(figure.pessimistic, 1), words.percent(figure.optimistic, 1)
        lines.append(
            words.say(
                f"Ketersediaan {name} yang mungkin dengan cakupan {words.percent(figure.coverage, 1)}: {low} s.d. {high}; "
                f"waktu terencana ikut dihitung: {with_planned}.",
                f"Possible availability of {name} with coverage {words.percent(figure.coverage, 1)}: {low} to {high}; "
                f"with planned time included: {with_planned}.",
            )
        )
    return lines


def _counted(snap: Snapshot, words: SnapshotWords) -> list[str]:
    """Totals and their parts, so that nobody has to add them up to find that they do not."""
    groups = [each for each in snap.groups_by("kecamatan") if each.of != NO_PLACE]
    nowhere = snap.group("kecamatan", NO_PLACE)
    if not groups:
        return []
    located = sum(each.figure.registered for each in groups)
    total = located + (0 if nowhere is None else nowhere.figure.registered)
    parts = " + ".join(words.number(each.figure.registered) for each in groups)
    none = words.number(total - located)
    city = snap.group("kind", HOTSPOT)
    measured = (
        ""
        if city is None
        else words.say(
            f" Terukur {words.number(city.figure.measured)} dari {words.number(city.figure.expected)} yang diharapkan.",
            f" {words.number(city.figure.measured)} measured of {words.number(city.figure.expected)} expected.",
        )
    )
    return [
        words.say(
            f"Titik per kecamatan {parts} = {words.number(located)}; {none} dari {words.number(total)} belum punya lokasi.",
            f"Points by district {parts} = {words.number(located)}; {none} of {words.number(total)} have no location yet.",
        )
        + measured
    ]


def _about_ourselves(snap: Snapshot, words: SnapshotWords) -> list[str]:
    lines = []
    if snap.complaints is None or snap.injections is None:
        missing = [
            text
            for text, told in (
                (words.say("aduan warga", "citizens' complaints"), snap.complaints),
                (words.say("pemindaian judol", "the scan for injected links"), snap.injections),
            )
            if told is None
        ]
        lines.append(words.say(f"Belum terukur: {words.listing(missing)}.", f"Not measured yet: {words.listing(missing)}."))
    if snap.complaints is not None and snap.complaints.measured_services < snap.complaints.services:
        part, whole = snap.complaints.measured_services, snap.complaints.services
        lines.append(
            words.say(
                f"Aduan dihitung dari {part} dari {whole} kanal; kanal lain tidak terukur.",
                f"Complaints are counted over {part} of {whole} channels; the others are not measured.",
            )
        )
    if snap.incidents.of_command_centre:
        count = snap.incidents.of_command_centre
        lines.append(
            words.say(
                f"{count} gangguan pada Command Centre sendiri tidak ikut dihitung.",
                f"{count} incidents of Command Centre itself are not counted.",
            )
        )
    if snap.pending_rollups:
        lines.append(
            words.say(
                f"{words.number(snap.pending_rollups)} ringkasan data belum selesai saat dipotong.",
                f"{words.number(snap.pending_rollups)} summaries of data were not finished when it was cut.",
            )
        )
    return lines


def _seal(seal: Seal, words: SnapshotWords, public_url: str | None) -> Document:
    return {
        "label": words.say("Sidik SHA-256", "SHA-256 seal"),
        "halves": [seal.seal[:32], seal.seal[32:]],
        "short": seal.seal[:12],
        "key": words.say(f"Kunci publik {seal.public_key[:16]}…", f"Public key {seal.public_key[:16]}…"),
        "how": words.say("Periksa: run.py snapshot verify", "Check: run.py snapshot verify"),
        "code": qr_text(seal, public_url),
    }


def qr_text(seal: Seal, public_url: str | None = None) -> str:
    """What the code on the page says: which snapshot it is, and its seal; as an address where the archive has one.

    The seal stands behind the "#": a browser does not send it, and whoever compares it has it from the paper itself.
    """
    if public_url is None or seal.revision == 0:
        return f"command-centre:{seal.period}:r{seal.revision}:sha256:{seal.seal}"
    return f"{address_of(seal, public_url)}#r{seal.revision}-sha256-{seal.seal}"


def address_of(seal: Seal, public_url: str) -> str:
    """Where the period stands in the archive."""
    return f"{public_url}/cuplikan/{seal.period}"
