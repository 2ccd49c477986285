"""The words of a notification: what a person reads on a lock screen, and below it. Indonesian first, English second.

The message brings its own sentences (title and lines, made where the rule was decided). Here they get the word for how urgent it
is, the time in the city's zone, how long it lasts, why it was sent, and the link. Whatever may come from elsewhere is made inert.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

from command_centre.domain.delivery import UNHEARD
from command_centre.domain.notification import Message, NoticeKind, Why
from command_centre.domain.rule import Severity

MOST_LETTERS = 3_000
MOST_LINE_LETTERS = 400
MOST_LINES = 40

_Pair = tuple[str, str]

_SEVERITY: Mapping[Severity, _Pair] = MappingProxyType(
    {Severity.CRITICAL: ("KRITIS", "CRITICAL"), Severity.WARNING: ("TINGGI", "WARNING"), Severity.INFO: ("RENDAH", "INFO")}
)

_KIND: Mapping[NoticeKind, _Pair] = MappingProxyType(
    {
        NoticeKind.FIRING: ("", ""),  # the word for its severity says it
        NoticeKind.UPDATE: ("memburuk", "worse"),
        NoticeKind.REMINDER: ("masih berlangsung", "still going on"),
        NoticeKind.ESCALATED: ("belum ada yang menangani", "nobody has taken it"),
        NoticeKind.ACKED: ("ditangani", "taken"),
        NoticeKind.RESOLVED: ("PULIH", "RESOLVED"),
        NoticeKind.DOWNGRADED: ("membaik, belum pulih", "better, not over"),
        NoticeKind.CLOSED: ("DITUTUP", "CLOSED"),
        NoticeKind.FLAPPING_START: ("naik-turun", "flapping"),
        NoticeKind.FLAPPING_STOP: ("tidak lagi naik-turun", "no longer flapping"),
        NoticeKind.NODATA: ("tanpa data", "no data"),
        NoticeKind.COLLECTOR_DOWN: ("pemantauan buta", "monitoring is blind"),
        NoticeKind.DIGEST: ("ringkasan", "digest"),
        NoticeKind.SNAPSHOT: ("", ""),  # its title is its name
    }
)

_WHY: Mapping[Why, _Pair] = MappingProxyType(
    {
        Why.FIRST: ("gangguan baru", "a new trouble"),
        Why.WORSE: ("lebih parah daripada yang diberitahukan", "worse than what was told"),
        Why.WIDER: ("lebih luas daripada yang diberitahukan", "wider than what was told"),
        Why.BETTER: ("berkurang, belum selesai", "less severe, not over"),
        Why.REMINDER: ("pengingat, keadaan belum berubah", "a reminder, nothing has changed"),
        Why.UNANSWERED: ("belum ada yang menangani", "nobody has taken it"),
        Why.ACK_EXPIRED: ("sudah diterima, belum ada kabar lagi", "taken, and nothing was heard since"),
        Why.ANSWERED: ("sudah ada yang menangani", "somebody has it"),
        Why.RESOLVED: ("semua yang diberi tahu juga diberi tahu akhirnya", "everyone who was told hears the end"),
        Why.ENDED_BY_HAND: ("diakhiri oleh petugas atau perubahan konfigurasi", "ended by a person or a change of configuration"),
        Why.FLAPPING: ("keadaan sering berganti, pemberitahuan ditahan", "the state keeps changing, notices are held back"),
        Why.CALM_AGAIN: ("keadaan tenang kembali", "calm again"),
        Why.SILENT: ("tidak ada data lebih lama daripada biasanya", "no data for longer than is normal"),
        Why.BLIND: ("semua sumber diam bersamaan", "all sources fell silent together"),
        Why.MORNING: ("dikumpulkan selama jam tenang", "gathered during the quiet hours"),
        Why.FROZEN: ("periode berakhir dan cuplikannya dibekukan", "the period is over and its snapshot was frozen"),
        Why.HOLE: ("jadwal piket berlubang", "the rota has a hole"),
        Why.HANDOVER: ("giliran piket berganti", "the duty changes hands"),
        Why.REVISED: ("cuplikan ini direvisi karena datanya berubah", "this snapshot was revised because its data changed"),
    }
)

_SAY: Mapping[str, _Pair] = MappingProxyType(
    {
        "simulated": ("SIMULASI", "SIMULATED"),
        "was": ("SEMPAT TERGANGGU, SUDAH PULIH", "WAS IN TROUBLE, NOW RESOLVED"),
        "since": ("Sejak {when}", "Since {when}"),
        "lasted": ("Berlangsung {begin} sampai {end} ({length})", "Lasted from {begin} to {end} ({length})"),
        "late": (
            "Pemberitahuan awal tidak dapat dikirim; ini satu-satunya kabar tentang gangguan ini.",
            "The first notice could not be sent; this is the only word about this trouble.",
        ),
        "answer": ("Jawab: {link}", "Answer: {link}"),
        "open": ("Buka: {link}", "Open: {link}"),
        "why": ("Dikirim karena: {why}", "Sent because: {why}"),
    }
)

_OURS = re.compile(r"(?i)\.go\.id$")
_HOST = re.compile(r"(?i)\b(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\b")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Characters that are not seen but act: controls, changes of direction, joiners, line breaks."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Words in one language and the city's zone. ``is_simulated``: every message says so."""

    zone: ZoneInfo
    english: bool = False
    is_simulated: bool = False

    def title(self, message: Message) -> str:
        """The one line that has to make sense on a lock screen."""
        mark = f"[{self._say('simulated')}] " if self.is_simulated else ""
        head = self._head(message)
        return f"{mark}{head}{': ' if head else ''}{_shortened(inert(message.title))}"

    def body(self, message: Message) -> str:
        """What follows: the times, the message's own lines, the link, and why it was sent."""
        lines = [self._times(message), *(_shortened(inert(line)) for line in message.lines[:MOST_LINES])]
        if UNHEARD in message.facts:
            lines.append(self._say("late"))
        if message.link is not None:
            leads = "open" if message.kind is NoticeKind.SNAPSHOT else "answer"
            lines.append(self._say(leads).format(link=message.link))
        lines.append(self._say("why").format(why=self._pick(_WHY[message.why])))
        return "\n".join(each for each in lines if each)

    def whole(self, message: Message) -> str:
        """Title and body in one text, for chats. Bounded: a chat refuses what is longer than it likes."""
        text = f"{self.title(message)}\n{self.body(message)}"
        return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"

    def length(self, lasted: timedelta) -> str:
        """``2 j 10 m``; seconds only below a minute, days above 48 hours."""
        seconds = max(int(lasted.total_seconds()), 0)
        units = ("h", "j", "m", "dtk") if not self.english else ("d", "h", "m", "s")
        if seconds < 60:
            return f"{seconds} {units[3]}"
        minutes = seconds // 60
        hours, days = minutes // 60, minutes // 1440
        if hours >= 48:
            return f"{days} {units[0]} {hours % 24} {units[1]}"
        return f"{hours} {units[1]} {minutes % 60} {units[2]}" if hours else f"{minutes} {units[2]}"

    def moment(self, at: datetime) -> str:
        """``10.02``"""
        return f"{at.astimezone(self.zone):%H.%M}" if not self.english else f"{at.astimezone(self.zone):%H:%M}"

    def _head(self, message: Message) -> str:
        if UNHEARD in message.facts:
            return self._say("was")
        if message.kind is NoticeKind.SNAPSHOT:
            return ""
        kind, severity = self._pick(_KIND[message.kind]), self._pick(_SEVERITY[message.severity])
        if message.kind in (NoticeKind.RESOLVED, NoticeKind.CLOSED):
            return kind
        return f"{severity}, {kind}" if kind else severity

    def _times(self, message: Message) -> str:
        began = _began(message)
        if began is None:
            return ""
        if message.kind in (NoticeKind.RESOLVED, NoticeKind.CLOSED):
            length = self.length(message.event_at - began)
            return self._say("lasted").format(begin=self.moment(began), end=self._full(message.event_at), length=length)
        since = self._say("since").format(when=self._full(began))
        lasted = message.due_at - began
        return f"{since} ({self.length(lasted)})" if lasted >= timedelta(minutes=1) else since

    def _full(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        zone = get_timezone_name(local, "short", locale="en" if self.english else "id")
        return f"{self.moment(at)} {zone}, {local:%d/%m/%Y}"

    def _say(self, key: str) -> str:
        return self._pick(_SAY[key])

    def _pick(self, pair: _Pair) -> str:
        return pair[1] if self.english else pair[0]


def _began(message: Message) -> datetime | None:
    """When the trouble began, where the message knows it; its own moment for the first word about it."""
    for name in (UNHEARD, "since"):
        said = message.facts.get(name)
        moment = _moment(said) if isinstance(said, str) else None
        if moment is not None:
            return moment
    return message.event_at if message.kind is NoticeKind.FIRING else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def inert(text: str) -> str:
    """``text`` on one line, without unseen characters, and with nothing in it that a chat would turn into a link or a call.

    Addresses of the government's own domains stay readable as names; those of anybody else are broken: ``slot[.]example``.
    """
    seen = "".join(" " if unicodedata.category(each) in _UNSEEN else each for each in text)
    one_line = " ".join(seen.split())
    without_schemes = re.sub(r"(?i)(h)tt(ps?)://", r"\1xx\2://", one_line)
    without_hosts = _HOST.sub(lambda found: _broken(found.group()), without_schemes)
    return re.sub(r"@(?=\w)", "@\u2060", without_hosts)  # "@everyone" calls nobody; the word joiner is not seen


def _broken(host: str) -> str:
    return host if _OURS.search(host) else host.replace(".", "[.]")


def _shortened(text: str) -> str:
    return text if len(text) <= MOST_LINE_LETTERS else text[: MOST_LINE_LETTERS - 1] + "…"
