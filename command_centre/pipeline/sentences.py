"""The sentences of a notice: what and where, how wide, whose it is, the first step. Indonesian first, English second.

How urgent it is, since when, and why it was sent are added where the message is written for its receiver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from command_centre.domain.deadline import Deadline
from command_centre.domain.incident import IncidentId
from command_centre.domain.notification import NoticeKind
from command_centre.domain.reading import Reason, Status
from command_centre.domain.rule import INJECTED, Rule
from command_centre.domain.target import Parent, ParentKind, TargetKind
from command_centre.pipeline.silence_watch import BLIND
from command_centre.storage.telling import Story

Fact: TypeAlias = str | int | float | bool | None
MOST_AREAS = 5

_SAY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "down": ("{name} terputus: {reason}", "{name} is down: {reason}"),
        "degraded": ("{name} terganggu: {reason}", "{name} is degraded: {reason}"),
        "silent": ("{name}: {reason}", "{name}: {reason}"),
        "certificate": ("{name}: masa berlaku sertifikat hampir habis", "{name}: its certificate ends soon"),
        "injected": ("{name} terindikasi disusupi konten judi online", "{name} shows injected gambling content"),
        "evidence": ("Bukti (dilumpuhkan): {detail}", "Evidence (defanged): {detail}"),
        "over": ("{name}", "{name}"),
        "many": ("{count} dari {total} titik Wi-Fi terputus: {name}", "{count} of {total} hotspots are down: {name}"),
        "many_over": ("{count} titik Wi-Fi kembali tersambung: {name}", "{count} hotspots are back: {name}"),
        "blind": ("Tidak ada data dari {count} {kinds}: pemantauan buta", "No data from {count} {kinds}: monitoring is blind"),
        "blind_over": ("Data dari {kinds} kembali masuk", "Data from {kinds} comes in again"),
        "kind_site": ("situs", "sites"),
        "kind_hotspot": ("titik Wi-Fi", "hotspots"),
        "kind_service": ("layanan", "services"),
        "kind_self": ("bagian Command Centre", "parts of Command Centre"),
        "taken": ("Ditangani oleh {who}", "Taken by {who}"),
        "area": ("Wilayah: {areas}", "Area: {areas}"),
        "more_areas": ("{areas}, dan {more} kelurahan lain", "{areas}, and {more} more"),
        "uplink": ("Dugaan: jaringan penyedia ({owner})", "Likely cause: the provider's network ({owner})"),
        "power": ("Dugaan: listrik padam ({owner})", "Likely cause: a power failure ({owner})"),
        "deadline": (
            "Lebih mendesak karena tenggat: {name} (sampai {until})",
            "More urgent because of a deadline: {name} (until {until})",
        ),
        "owner": ("Penanggung jawab: {owner}", "Owner: {owner}"),
        "step": ("Langkah pertama: {step}", "First step: {step}"),
        "call_provider": (
            "Hubungi penyedia dan sebut jumlah titik serta waktunya.",
            "Call the provider; name the number of hotspots and the time.",
        ),
        "ask_power": (
            "Tanyakan gangguan listrik ke PLN, lalu pastikan perangkat hidup kembali.",
            "Ask the power company, then see that the devices come back.",
        ),
        "flood": ("Banjir gangguan: {count} gangguan baru sekaligus", "A flood: {count} new troubles at once"),
        "flood_over": ("{count} gangguan pulih sekaligus", "{count} troubles over at once"),
        "and_more": ("dan {more} lagi", "and {more} more"),
        "morning": (
            "{begun} gangguan kecil sejak kemarin, {lasting} masih berlangsung",
            "{begun} small troubles since yesterday, {lasting} still going on",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """In which language, and the words that other modules own: those for reasons and for places."""

    english: bool = False
    reason: Callable[[Reason], str] = field(default=lambda reason: reason.value.replace("_", " "))
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def say(self, key: str, **values: object) -> str:
        return _SAY[key][1 if self.english else 0].format(**values)


def title_of(story: Story, kind: NoticeKind, words: Words, parent: Parent | None, count: int) -> str:
    """One line that makes sense on a lock screen."""
    is_over = kind in (NoticeKind.RESOLVED, NoticeKind.CLOSED)
    if story.group_kind == BLIND:
        kinds = words.say(f"kind_{story.target_kind}")
        return words.say("blind_over" if is_over else "blind", count=count, kinds=kinds)
    if story.group_key is not None:
        name = story.group_key if parent is None else parent.name
        total = story.scope_total or count
        return words.say("many_over" if is_over else "many", count=count, total=max(total, count), name=name)
    if is_over:
        return words.say("over", name=story.name)
    key = {Status.DOWN: "down", Status.DEGRADED: "degraded"}.get(story.status, "silent")
    if story.rule == "site-certificate":
        key = "certificate"
    if story.rule == INJECTED:
        key = "injected"
    return words.say(key, name=story.name, reason=words.reason(story.reason))


def lines_of(story: Story, words: Words, rule: Rule | None, parent: Parent | None, areas: Mapping[str, int]) -> tuple[str, ...]:
    """What follows: who has it, the evidence of the judol watch, how wide, the likely cause, whose it is, the first step."""
    lines = [
        words.say("taken", who=story.acknowledged_by) if story.acknowledged_by else "",
        words.say("evidence", detail=story.detail) if story.rule == INJECTED and story.detail else "",
        _area(story, words, areas),
        _suspicion(words, parent),
        words.say("owner", owner=owner) if (owner := owner_of(story, parent)) else "",
        words.say("step", step=step) if (step := first_step(words, rule, parent)) else "",
    ]
    return tuple(each for each in lines if each)


def deadline_line(words: Words, deadline: Deadline | None, zone: ZoneInfo) -> tuple[str, ...]:
    """Why it is more urgent than on other days."""
    if deadline is None:
        return ()
    last_day = (deadline.during.end - timedelta(seconds=1)).astimezone(zone)
    return (words.say("deadline", name=deadline.name, until=f"{last_day:%d/%m/%Y}"),)


def facts_of(story: Story, words: Words, rule: Rule | None, parent: Parent | None, count: int) -> dict[str, Fact]:
    """The same for programs."""
    return {
        "target": story.target if story.group_key is None else story.group_key,
        "name": story.name if parent is None else parent.name,
        "rule": story.rule,
        "status": story.status.value,
        "reason": story.reason.value,
        "since": story.opened_at.isoformat(),
        "scope": count if story.group_key is not None else None,
        "scope_total": story.scope_total,
        "owner": owner_of(story, parent),
        "suspected": _suspicion(words, parent),
        "first_step": first_step(words, rule, parent),
    }


def owner_of(story: Story, parent: Parent | None) -> str:
    return story.owner if parent is None else parent.owner


def first_step(words: Words, rule: Rule | None, parent: Parent | None) -> str:
    """The first thing to do."""
    if parent is not None:
        return words.say("ask_power" if parent.kind is ParentKind.POWER else "call_provider")
    return "" if rule is None else rule.runbook


def _suspicion(words: Words, parent: Parent | None) -> str:
    if parent is None:
        return ""
    return words.say("power" if parent.kind is ParentKind.POWER else "uplink", owner=parent.owner)


def _area(story: Story, words: Words, areas: Mapping[str, int]) -> str:
    if story.group_key is None:
        place = words.places.get(story.kelurahan or "", "") if story.target_kind != TargetKind.SELF else ""
        return words.say("area", areas=place) if place else ""
    named = [f"{words.places.get(code, code)} ({number})" for code, number in list(areas.items())[:MOST_AREAS]]
    if not named:
        return ""
    listed, more = ", ".join(named), len(areas) - len(named)
    return words.say("area", areas=words.say("more_areas", areas=listed, more=more) if more else listed)


def key_of(story: IncidentId, number: int, kind: NoticeKind, receiver: str) -> str:
    """The idempotency key of one notice to one receiver: the same event never makes two messages of one key."""
    return f"incident-{story}/{number}/{kind.value}/{receiver}"
