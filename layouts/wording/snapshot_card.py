"""What stands on the card for a phone, and in the text that goes with it. Pure."""

from __future__ import annotations

from typing import Any

from command_centre.domain.narrative import Measure, Story, Verdict, decision, measures, points, stories, verdict
from command_centre.domain.period import parse_period
from command_centre.domain.snapshot import GroupFigures, Snapshot
from command_centre.domain.target import TargetKind
from layouts.wording.snapshot import ABSENT, MEASURES, SnapshotWords, whole_points

LOW = 0.8
"""Below this a tile is filled, not framed: the limit of the walls."""

TILES = {
    "64.74.01.1003": ("Loktuan", 1, 0), "64.74.01.1004": ("Guntung", 2, 0),
    "64.74.03.1001": ("Belimbing", 0, 1), "64.74.01.1005": ("Gn. Elai", 1, 1), "64.74.01.1002": ("Btg. Baru", 2, 1),
    "64.74.03.1002": ("Gn. Telihan", 0, 2), "64.74.01.1006": ("Api-Api", 1, 2), "64.74.01.1001": ("Btg. Kuala", 2, 2),
    "64.74.03.1003": ("Kanaan", 0, 3), "64.74.02.1004": ("Satimpo", 1, 3), "64.74.02.1001": ("Tj. Laut", 2, 3),
    "64.74.02.1006": ("Tj. L. Indah", 3, 3), "64.74.02.1002": ("Bbs. Tengah", 1, 4), "64.74.02.1003": ("Bbs. Pantai", 2, 4),
    "64.74.02.1005": ("Btg. Lestari", 1, 5),
}  # fmt: skip
"""Kelurahan code → short name, column, row: where a kelurahan stands on every picture of the city."""

COAST = {"Gusung": (3, 0), "Malahing": (3, 4), "Selangan": (2, 5), "Tihi-Tihi": (3, 5)}

SHORT = 44
"""Letters of a heading that still fit its largest size."""


def card(snap: Snapshot, words: SnapshotWords, *, is_draft: bool) -> dict[str, Any]:
    """The texts of the card, in their places."""
    found = verdict(snap)
    period = parse_period(snap.period)
    headline = _headline(snap, found, words)
    return {
        "office": f"Command Centre {snap.city}",
        "title": f"{words.title(snap.period).rpartition('/')[0] or words.title(snap.period)}, {words.short_span(period)}",
        "marks": [*_marks(snap, words, is_draft=is_draft)],
        "headline": headline,
        "headline_size": 56 if len(headline) <= 2 * SHORT else 44,
        "numbers": [_number(each, snap, words) for each in measures(snap)[:3]],
        "tiles_title": words.say("Wi-Fi tersedia, %", "Wi-Fi available, %"),
        "tiles": _tiles(snap),
        "below": words.say(f"di bawah {whole_points(snap.limits.hotspot)}", f"below {whole_points(snap.limits.hotspot)}"),
        "low": words.say(f"di bawah {whole_points(LOW)}", f"below {whole_points(LOW)}"),
        "lines": _lines(snap, words),
        "foot": _foot(snap, words),
    }


def _marks(snap: Snapshot, words: SnapshotWords, *, is_draft: bool) -> list[str]:
    marks = [words.say("draf otomatis", "automatic draft")] if is_draft else []
    if snap.is_simulated:
        marks.append(words.say("data simulasi", "simulated data"))
    if not snap.is_whole:
        marks.append(words.say("belum lengkap", "not complete"))
    return marks


def _headline(snap: Snapshot, found: Verdict, words: SnapshotWords) -> str:
    first, *more = (each.text for each in words.verdict(found, snap.period))
    return " ".join([*more[:1], first] if more else [first])


def _number(measure: Measure, snap: Snapshot, words: SnapshotWords) -> dict[str, Any]:
    kind = measure.evidence[0].removeprefix("kind:")
    group = snap.group("kind", kind)
    seen = "" if group is None else f"{group.figure.measured}/{group.figure.registered} {words.short_kind(kind)}"
    coverage = "" if measure.coverage is None else f", {words.percent(measure.coverage, 1)}"
    return {
        "name": words.available(measure),
        "value": None if measure.value is None else words.words.number(points(measure.value) // 10 / 10, 1),
        "text": words.unmeasured,
        "change": _change(measure, words.from_last(snap.period), words),
        "seen": f"{seen}{coverage}",
    }


def _change(measure: Measure, from_last: str, words: SnapshotWords) -> str:
    if measure.change is None:
        return ABSENT if measure.value is None else words.say("tanpa pembanding", "nothing to compare")
    if measure.change == 0:
        return words.say("= tetap", "= unchanged")
    arrow = "▲" if measure.change > 0 else "▼"
    return f"{arrow} {words.amount(measure)} {from_last}"


def _tiles(snap: Snapshot) -> list[dict[str, Any]]:
    kelurahan = {each.of: each for each in snap.groups_by("kelurahan")}
    coast = {each.of: each for each in snap.groups_by("settlement")}
    limit = snap.limits.hotspot
    placed = [_placed(name, x, y, kelurahan.get(code), limit) for code, (name, x, y) in TILES.items()]
    return placed + [_placed(name, x, y, coast[name], limit) | {"coast": True} for name, (x, y) in COAST.items() if name in coast]


def _placed(name: str, x: int, y: int, group: GroupFigures | None, limit: float) -> dict[str, Any]:
    return {"name": name, "x": x, "y": y, "coast": False, **_tile(group, limit)}


def _tile(group: GroupFigures | None, limit: float) -> dict[str, str]:
    value = None if group is None else group.figure.availability
    if value is None:
        return {"value": ABSENT, "state": "none"}
    if points(value) >= points(limit):
        return {"value": whole_points(value), "state": "within"}
    return {"value": whole_points(value), "state": "low" if value < LOW else "below"}


def _lines(snap: Snapshot, words: SnapshotWords) -> list[dict[str, Any]]:
    lines = [_story(each, words) for each in stories(snap, most=2)]
    asked = words.decision_short(decision(snap))
    return [*lines, {"head": words.say("Diminta", "Asked"), "text": asked, "asks": True}]


def _story(story: Story, words: SnapshotWords) -> dict[str, Any]:
    day = words.short_day(words.local_day(story.began))
    return {"head": day, "text": words.story_lock_screen(story).text, "asks": False}


def _foot(snap: Snapshot, words: SnapshotWords) -> str:
    hotspots = snap.group("kind", TargetKind.HOTSPOT.value)
    seen = "" if hotspots is None or hotspots.figure.coverage is None else words.percent(hotspots.figure.coverage, 1)
    told = snap.incidents
    closed = words.say(
        f"{told.closed} dari {told.touching} gangguan selesai", f"{told.closed} of {told.touching} incidents closed"
    )
    return f"{closed}; {words.say('cakupan Wi-Fi', 'Wi-Fi coverage')} {seen}" if seen else closed


def short_text(snap: Snapshot, seal: str, words: SnapshotWords) -> str:
    """The text for WhatsApp: the verdict, three numbers, the stories, what is asked; a first line that makes sense alone."""
    title, verdict_lines, figures, happened, (asked_word, asked), remarks = _told_shortly(snap, words)
    name, _, span = title.partition(" (")
    lines = [f"*{name}* ({span}", *verdict_lines, "", *(f"• {each}" for each in figures), "", *(f"• {each}" for each in happened)]
    lines += ["", f"*{asked_word}:* {asked}", *(f"_{each}_" for each in remarks)]
    return "\n".join([*lines, f"SHA-256 {seal[:12]}", ""])


def short_title(snap: Snapshot, words: SnapshotWords) -> str:
    """E.g. "Cuplikan minggu ke-47/2026 (16 s.d. 22 Nov 2026)"."""
    return f"{words.title(snap.period)} ({words.short_span(parse_period(snap.period))})"


def short_lines(snap: Snapshot, seal: str, words: SnapshotWords) -> tuple[str, ...]:
    """The same as ``short_text`` below its first line, without marks of any chat: for letters."""
    _, verdict_lines, figures, happened, (asked_word, asked), remarks = _told_shortly(snap, words)
    listed = [f"• {each}" for each in (*figures, *happened)]
    return (*verdict_lines, *listed, f"{asked_word}: {asked}", *remarks, f"SHA-256 {seal[:12]}")


def _told_shortly(
    snap: Snapshot, words: SnapshotWords
) -> tuple[str, list[str], list[str], list[str], tuple[str, str], list[str]]:
    """Title, verdict, figures, stories, what is asked, and remarks: each as plain sentences."""
    figures = []
    for each in measures(snap)[:3]:
        change = words.change(each)
        figures.append(f"{words.pair(MEASURES[each.name])}: {words.this_value(each)}{f' ({change})' if change else ''}")
    remarks = [words.say("Data simulasi.", "Simulated data.")] if snap.is_simulated else []
    remarks += [] if snap.is_whole else [words.say("Periode belum berakhir.", "The period is not over.")]
    return (
        short_title(snap, words),
        [each.text for each in words.verdict(verdict(snap), snap.period)],
        figures,
        [words.story_handover(each).text for each in stories(snap)],
        (words.say("Diminta", "Asked"), words.decision(decision(snap)).text),
        remarks,
    )
