"""The words of the snapshot: names, numbers and sentences, Indonesian first, English second.

Sentences are made from facts and carry the ids of their evidence. They name what happened and where, and blame nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import assert_never

from babel.dates import format_date

from command_centre.domain.incident import Cause
from command_centre.domain.narrative import (
    FEW,
    Decision,
    DecisionKind,
    Direction,
    Measure,
    MeasureName,
    Overall,
    Story,
    Verdict,
    points,
)
from command_centre.domain.period import Period, PeriodKind, parse_period
from command_centre.domain.reading import Reason
from command_centre.domain.snapshot import GroupFigures
from command_centre.domain.target import Dimension, TargetKind
from layouts.wording import ABSENT, NBSP, Language, Words

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
MOST_SUBJECT = 28
COAST_NAMED = 4
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

Pair = tuple[str, str]  # Indonesian, English

MEASURES: Mapping[MeasureName, Pair] = MappingProxyType(
    {
        MeasureName.SITES: ("Ketersediaan situs", "Availability of sites"),
        MeasureName.HOTSPOTS: ("Ketersediaan Wi-Fi", "Availability of Wi-Fi"),
        MeasureName.SERVICES: ("Ketersediaan layanan", "Availability of services"),
        MeasureName.CLOSED: ("Gangguan selesai", "Incidents closed"),
        MeasureName.RESTORE: ("Waktu pulih, median", "Time to restore, median"),
        MeasureName.COMPLAINTS: ("Aduan dijawab tepat waktu", "Complaints answered in time"),
        MeasureName.INJECTIONS: ("Situs terindikasi judol", "Sites suspected of injection"),
    }
)

_THING: Mapping[MeasureName, Pair] = MappingProxyType(
    {
        MeasureName.SITES: ("situs", "sites"),
        MeasureName.HOTSPOTS: ("Wi-Fi", "Wi-Fi"),
        MeasureName.SERVICES: ("layanan elektronik", "electronic services"),
    }
)

_DIRECTION: Mapping[Direction, Pair] = MappingProxyType(
    {
        Direction.BETTER: ("membaik", "better"),
        Direction.WORSE: ("memburuk", "worse"),
        Direction.SAME: ("tetap", "unchanged"),
        Direction.NEITHER: ("", ""),
        Direction.NOT_KNOWN: ("tanpa pembanding", "nothing to compare"),
    }
)

_KIND: Mapping[str, Pair] = MappingProxyType(
    {
        TargetKind.SITE.value: ("situs", "sites"),
        TargetKind.HOTSPOT.value: ("titik Wi-Fi", "Wi-Fi points"),
        TargetKind.SERVICE.value: ("layanan", "services"),
    }
)

_STATUS: Mapping[str, Pair] = MappingProxyType(
    {
        "waiting": ("menunggu", "waiting"),
        "assigned": ("ditugaskan", "assigned"),
        "in_progress": ("diproses", "in progress"),
        "done": ("selesai", "done"),
        "dropped": ("tidak dilanjutkan", "dropped"),
    }
)

_CAUSE: Mapping[Cause, Pair] = MappingProxyType(
    {
        Cause.POWER: ("listrik padam", "power cut"),
        Cause.CABLE: ("kabel putus", "cut cable"),
        Cause.PROVIDER: ("jaringan penyedia", "the provider's network"),
        Cause.DEVICE: ("perangkat", "the device"),
        Cause.SOFTWARE: ("perangkat lunak", "software"),
        Cause.PLANNED_WORK: ("pekerjaan terencana", "planned work"),
        Cause.NOT_A_FAULT: ("bukan gangguan", "no fault"),
        Cause.OTHER: ("sebab lain", "another cause"),
    }
)
"""Neutral words: a cause is named, nobody is blamed."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and what proves it: ids of incidents, measures, targets, follow-ups."""

    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SnapshotWords:
    """The snapshot's words in one language and zone."""

    words: Words

    def say(self, indonesian: str, english: str) -> str:
        """The one of the two that this language is."""
        return indonesian if self.words.language is Language.INDONESIAN else english

    def pair(self, pair: Pair) -> str:
        return self.say(*pair)

    # -- numbers

    def percent(self, ratio: float | None, decimals: int = 2) -> str:
        """Rounded down; "tidak terukur" where nobody measured: never 0 and never 100."""
        if ratio is None:
            return self.unmeasured
        return self.words.percent_down(ratio, 0 if ratio >= 1 else decimals)

    @property
    def unmeasured(self) -> str:
        return self.say("tidak terukur", "not measured")

    def number(self, value: float, decimals: int = 0) -> str:
        return self.words.number(value, decimals)

    def minutes(self, milliseconds: int) -> str:
        """Whole minutes, rounded down: "6.833.252"."""
        return self.number(milliseconds // MINUTE_MS)

    def length(self, milliseconds: float) -> str:
        """In words: "6 jam 49 menit", "38 menit", "kurang dari 1 menit"."""
        minutes = int(milliseconds) // MINUTE_MS
        if minutes < 1:
            return self.say("kurang dari 1 menit", "less than a minute")
        days, rest = divmod(minutes, 1440)
        hours, minutes = divmod(rest, 60)
        units = self.say("hari jam menit", "d h min").split()
        parts = [f"{value} {unit}" for value, unit in zip((days, hours, minutes), units, strict=True) if value]
        return " ".join(parts[:2])

    def short_length(self, milliseconds: int) -> str:
        """For a column: "6 j 49 m"."""
        return self.words.age(timedelta(milliseconds=milliseconds)) if milliseconds else ABSENT

    def person_hours(self, lost: int) -> str:
        """Hundredths of a device × milliseconds as hours of one person with a device, rounded down."""
        return self.number(lost // (100 * HOUR_MS))

    # -- times

    def day(self, day: date) -> str:
        """E.g. "Senin 16 November 2026"."""
        return format_date(day, "EEEE d MMMM yyyy", self.words.locale)

    def short_day(self, day: date) -> str:
        """E.g. "Jum 27 Nov"."""
        return format_date(day, "EEE d MMM", self.words.locale)

    def local_day(self, milliseconds: int) -> date:
        return (EPOCH + timedelta(milliseconds=milliseconds)).astimezone(self.words.zone).date()

    def clock(self, milliseconds: int) -> str:
        return self.words.time(EPOCH + timedelta(milliseconds=milliseconds))

    def moment(self, milliseconds: int) -> str:
        """E.g. "23 November 2026 pukul 06.00 WITA"."""
        at = EPOCH + timedelta(milliseconds=milliseconds)
        day = format_date(self.local_day(milliseconds), "d MMMM yyyy", self.words.locale)
        return f"{day} {self.say('pukul', 'at')} {self.words.time_and_zone(at)}"

    # -- the document and its period

    def title(self, name: str) -> str:
        """E.g. "Cuplikan minggu ke-47/2026"."""
        period = parse_period(name)
        match period.kind:
            case PeriodKind.WEEK:
                return self.say(
                    f"Cuplikan minggu ke-{period.number}/{period.year}", f"Snapshot of week {period.number}/{period.year}"
                )
            case PeriodKind.MONTH:
                month = self.month(period)
                return self.say(f"Cuplikan bulan {month}", f"Snapshot of {month}")
            case PeriodKind.YEAR:
                return self.say(f"Cuplikan tahun {period.year}", f"Snapshot of {period.year}")
            case unreachable:
                assert_never(unreachable)

    def month(self, period: Period) -> str:
        """E.g. "November 2026"."""
        return format_date(period.first_day, "MMMM yyyy", self.words.locale)

    def heading(self, name: str) -> str:
        """The underlined title of the first page."""
        kind = parse_period(name).kind
        words = {
            PeriodKind.WEEK: ("MINGGUAN", "WEEKLY"),
            PeriodKind.MONTH: ("BULANAN", "MONTHLY"),
            PeriodKind.YEAR: ("TAHUNAN", "YEARLY"),
        }
        return self.say(f"CUPLIKAN {words[kind][0]} COMMAND CENTRE", f"COMMAND CENTRE {words[kind][1]} SNAPSHOT")

    def this_and_last(self, name: str) -> tuple[str, str]:
        """Column heads: "Minggu ini", "Minggu lalu"."""
        words: Mapping[PeriodKind, tuple[Pair, Pair]] = {
            PeriodKind.WEEK: (("Minggu ini", "This week"), ("Minggu lalu", "Last week")),
            PeriodKind.MONTH: (("Bulan ini", "This month"), ("Bulan lalu", "Last month")),
            PeriodKind.YEAR: (("Tahun ini", "This year"), ("Tahun lalu", "Last year")),
        }
        this, last = words[parse_period(name).kind]
        return self.pair(this), self.pair(last)

    def span(self, period: Period, zone_name: str) -> str:
        """E.g. "Senin 16 November 2026 pukul 00.00 s.d. Minggu 22 November 2026 pukul 24.00 WITA"."""
        first, last = self.day(period.first_day), self.day(period.last_day)
        return self.say(f"{first} pukul 00.00 s.d. {last} pukul 24.00 {zone_name}", f"{first} 00:00 to {last} 24:00 {zone_name}")

    def from_last(self, name: str) -> str:
        """Behind a change on the card: "dari minggu lalu"."""
        last = self.this_and_last(name)[1].lower()
        return self.say(f"dari {last}", f"from {last}")

    def short_span(self, period: Period) -> str:
        """E.g. "16 s.d. 22 Nov 2026"."""
        first, last = period.first_day, period.last_day
        begin = format_date(first, "d" if first.month == last.month else "d MMM", self.words.locale)
        return f"{begin} {self.say('s.d.', 'to')} {format_date(last, 'd MMM yyyy', self.words.locale)}"

    # -- measures

    def value(self, measure: Measure, value: float | None) -> str:
        """A value of a measure in its own unit; "–" for what there is not."""
        if value is None:
            return ABSENT
        match measure.name:
            case MeasureName.SITES | MeasureName.HOTSPOTS | MeasureName.SERVICES:
                return self.percent(value)
            case MeasureName.RESTORE:
                return f"{self.number(int(value) // MINUTE_MS)} {self.say('menit', 'min')}"
            case MeasureName.CLOSED | MeasureName.COMPLAINTS | MeasureName.INJECTIONS:
                return self.number(value)
            case unreachable:
                assert_never(unreachable)

    def available(self, measure: Measure) -> str:
        """The heading of a number on the card: "Wi-Fi tersedia"."""
        thing = self.say("layanan", "services") if measure.name is MeasureName.SERVICES else self.pair(_THING[measure.name])
        return f"{thing[0].upper()}{thing[1:]} {self.say('tersedia', 'available')}"

    def limit(self, measure: Measure) -> str:
        """The limit of a measure; complaints are all due in time."""
        if measure.name is MeasureName.COMPLAINTS:
            return self.say("semua", "all") if measure.is_measured else ABSENT
        return self.value(measure, measure.limit)

    def this_value(self, measure: Measure) -> str:
        return self.value(measure, measure.value) if measure.is_measured else self.unmeasured

    def change(self, measure: Measure) -> str:
        """E.g. "▲ 0,13 membaik", "▼ 7 lebih sedikit", "= tetap"."""
        if measure.name is MeasureName.COMPLAINTS and measure.is_measured:
            is_few = measure.denominator is not None and measure.denominator < FEW
            return self.say("jumlah kecil, tanpa %", "small number, no %") if is_few else ""
        if measure.change is None:
            return self.pair(_DIRECTION[Direction.NOT_KNOWN]) if measure.is_measured else ""
        if measure.change == 0:
            return f"= {self.pair(_DIRECTION[Direction.SAME])}"
        arrow = "▲" if measure.change > 0 else "▼"
        return f"{arrow} {self.amount(measure)} {self._verdict_of(measure)}".rstrip()

    def amount(self, measure: Measure) -> str:
        """How much it changed, without sign: points with two decimals, or a whole number."""
        change = 0 if measure.change is None else abs(measure.change)
        return self.number(change / 100, 2) if measure.name in _THING else self.number(change)

    def _verdict_of(self, measure: Measure) -> str:
        if measure.name is MeasureName.CLOSED:
            more = measure.change is not None and measure.change > 0
            return self.say("lebih banyak", "more") if more else self.say("lebih sedikit", "fewer")
        return self.pair(_DIRECTION[measure.direction])

    def fraction(self, measure: Measure) -> str:
        """Numerator and denominator with their unit."""
        if measure.denominator is None:
            return ABSENT
        match measure.name:
            case MeasureName.SITES | MeasureName.HOTSPOTS | MeasureName.SERVICES:
                served = ABSENT if measure.numerator is None else self.minutes(measure.numerator)
                return f"{served} / {self.minutes(measure.denominator)} {self.say('menit', 'min')}"
            case MeasureName.RESTORE:
                return self.incidents(measure.denominator)
            case MeasureName.CLOSED:
                return f"{self._part(measure)} / {self.incidents(measure.denominator)}"
            case MeasureName.COMPLAINTS:
                return f"{self._part(measure)} / {self.number(measure.denominator)} {self.say('aduan', 'complaints')}"
            case MeasureName.INJECTIONS:
                return f"{self._part(measure)} / {self.number(measure.denominator)} {self.say('situs', 'sites')}"
            case unreachable:
                assert_never(unreachable)

    def _part(self, measure: Measure) -> str:
        return ABSENT if measure.numerator is None else self.number(measure.numerator)

    def incidents(self, count: int) -> str:
        return self.say(f"{self.number(count)} gangguan", f"{self.number(count)} {'incident' if count == 1 else 'incidents'}")

    # -- the verdict

    def verdict(self, found: Verdict, name: str) -> tuple[Sentence, ...]:
        """A few sentences for the top of the page."""
        period = self.this_and_last(name)[0].lower()
        sentences = [Sentence(self._overall(found.overall, period), tuple(f"kind:{each.value}" for each in _KINDS))]
        for each in (*found.below, *found.moved):
            because = self._because(found.because) if found.because is not None and _is_about(each, found.because) else ""
            evidence = each.evidence + (found.because.evidence if because and found.because is not None else ())
            sentences.append(Sentence(self._below(each, because), evidence))
        if found.coast:
            sentences.append(Sentence(self._coast(found.coast), tuple(f"settlement:{each.of}" for each in found.coast)))
        if found.suspected:
            sentences.append(Sentence(self._suspected(found.suspected, found.remaining), ("injections",)))
        return tuple(sentences)

    def _overall(self, overall: Overall, period: str) -> str:
        match overall:
            case Overall.WITHIN:
                return self.say(f"Layanan {period} dalam batas.", f"Services were within their limits {period}.")
            case Overall.MOSTLY_WITHIN:
                return self.say(
                    f"Layanan {period} sebagian besar dalam batas.", f"Services were mostly within their limits {period}."
                )
            case Overall.BELOW:
                return self.say(f"Layanan {period} di bawah batas.", f"Services were below their limits {period}.")
            case Overall.LITTLE_SEEN:
                return self.say(
                    f"Layanan {period} hanya sebagian terukur; angka di bawah berlaku untuk waktu yang terukur.",
                    f"Services were only partly measured {period}; the figures below hold for the time that was.",
                )
            case Overall.NOT_SEEN:
                return self.say(f"Layanan {period} tidak terukur.", f"Services were not measured {period}.")
            case unreachable:
                assert_never(unreachable)

    def _below(self, measure: Measure, because: str) -> str:
        thing, value = self.pair(_THING[measure.name]), self.this_value(measure)
        subject = thing[0].upper() + thing[1:]
        if measure.change is not None and measure.change < 0:
            moved = self.say(
                f"{subject} turun {self.amount(measure)} poin menjadi {value}",
                f"{subject} fell {self.amount(measure)} points to {value}",
            )
        else:
            moved = self.say(
                f"{subject} {value}, di bawah batas {self.limit(measure)}",
                f"{subject} {value}, below the limit of {self.limit(measure)}",
            )
        return f"{moved}{because}."

    def _because(self, story: Story) -> str:
        return self.say(f", terutama {self.what(story)} di {story.where}", f", mainly {self.what(story)} at {story.where}")

    def _coast(self, coast: Sequence[GroupFigures]) -> str:
        """Settlements below the limit, by name and number: no average hides them."""
        names = [f"{each.of} {self.percent(each.figure.availability, 1)}" for each in coast[:COAST_NAMED]]
        rest = len(coast) - len(names)
        named = self.listing([*names, *([self.say(f"{rest} lagi", f"{rest} more")] if rest else [])])
        return self.say(f"Pesisir di bawah batas: {named}.", f"On the coast below the limit: {named}.")

    def _suspected(self, suspected: int, remaining: int | None) -> str:
        found = self.say(f"{suspected} situs terindikasi judol", f"{suspected} sites suspected of injected gambling links")
        left = (
            self.say("dan sudah bersih", "and clean again")
            if not remaining
            else self.say(f"dan {remaining} belum bersih", f"and {remaining} not clean yet")
        )
        return f"{found} {left}."

    # -- stories

    def what(self, story: Story) -> str:
        """What it was: the cause people gave, else the reason that was measured."""
        cause = story.incident.cause
        if cause is not None and cause in _CAUSES:
            return self.pair(_CAUSE[Cause(cause)])
        return self.words.reason(Reason(story.incident.reason)) if story.incident.reason in _REASONS else story.incident.reason

    def number_of(self, story: Story) -> str:
        """The incident's number on paper: "G-2026-1117-6"."""
        day = self.local_day(story.incident.opened_at)
        return f"G-{day:%Y-%m%d}-{story.incident.id}"

    def story_head(self, story: Story) -> str:
        """E.g. "Selasa 17 November, 13.42 s.d. 20.31. Kabel putus, Loktuan."."""
        what = self.what(story)
        return f"{self.when(story)}. {what[0].upper()}{what[1:]}, {story.where}."

    def when(self, story: Story) -> str:
        first = self._long_day(story.began)
        if story.ended is None:
            return self.say(f"{first}, sejak {self.clock(story.began)}", f"{first}, since {self.clock(story.began)}")
        to = self.say("s.d.", "to")
        if self.local_day(story.began) == self.local_day(story.ended):
            return f"{first}, {self.clock(story.began)} {to} {self.clock(story.ended)}"
        return f"{first} {self.clock(story.began)} {to} {self._long_day(story.ended)} {self.clock(story.ended)}"

    def _long_day(self, milliseconds: int) -> str:
        return format_date(self.local_day(milliseconds), "EEEE d MMMM", self.words.locale)

    def story_official(self, story: Story) -> tuple[Sentence, ...]:
        """The prose of the first page: scope, length, how soon somebody took it."""
        return tuple(
            Sentence(text, story.evidence) for text in (self._scope(story), self._lasted(story), self._answered(story)) if text
        )

    def _scope(self, story: Story) -> str:
        if story.scope <= 1:
            return ""
        kind = self.pair(_KIND[story.incident.kind])
        return self.say(
            f"{self.number(story.scope)} {kind} terdampak, dihitung satu gangguan.",
            f"{self.number(story.scope)} {kind} affected, counted as one incident.",
        )

    def _lasted(self, story: Story) -> str:
        length = self.length(story.lasted)
        if story.ended is None:
            return self.say(
                f"Belum pulih pada akhir periode, sudah {length}.", f"Not restored at the end of the period, after {length}."
            )
        return self.say(f"Pulih setelah {length}.", f"Restored after {length}.")

    def _answered(self, story: Story) -> str:
        if story.answered_after is None:
            return self.say("Penerimaan oleh petugas tidak tercatat.", "No record of an officer taking it.")
        return self.say(
            f"Diterima petugas setelah {self.length(story.answered_after)}.",
            f"Taken by an officer after {self.length(story.answered_after)}.",
        )

    def story_handover(self, story: Story) -> Sentence:
        """One line for whoever takes over."""
        until = (
            self.short_length(story.lasted)
            if story.ended is not None
            else self.say(
                f"masih berlangsung, {self.short_length(story.lasted)}", f"still going on, {self.short_length(story.lasted)}"
            )
        )
        scope = f", {self.number(story.scope)} {self.pair(_KIND[story.incident.kind])}" if story.scope > 1 else ""
        day = self.short_day(self.local_day(story.began))
        return Sentence(
            f"{day} {self.clock(story.began)}: {self.what(story)}, {story.where}{scope}, {until} [{self.number_of(story)}]",
            story.evidence,
        )

    def story_lock_screen(self, story: Story) -> Sentence:
        """What fits a lock screen."""
        scope = f" ({self.number(story.scope)})" if story.scope > 1 else ""
        return Sentence(f"{story.where}{scope}: {self.what(story)}, {self.short_length(story.lasted)}", story.evidence)

    # -- the decision

    def decision(self, asked: Decision) -> Sentence:
        """What is asked of an official, and until when."""
        until = self.say(f"paling lambat {self.day(asked.until)}", f"by {self.day(asked.until)}")
        return Sentence(self._question(asked, until), asked.evidence)

    def _question(self, asked: Decision, until: str) -> str:
        match asked.kind:
            case DecisionKind.INJECTION:
                return self.say(
                    f"Menetapkan siapa yang membersihkan {asked.number} situs yang masih terindikasi judol, {until}.",
                    f"Decide who cleans {asked.number} sites still suspected of injection, {until}.",
                )
            case DecisionKind.OVERDUE:
                return self.say(
                    f"Memutuskan kelanjutan tindak lanjut nomor {asked.number} yang lewat tenggat ({asked.subject}), {until}.",
                    f"Decide how follow-up {asked.number}, past its deadline, goes on ({asked.subject}), {until}.",
                )
            case DecisionKind.REPEATED:
                return self.say(
                    f"Menetapkan rencana perbaikan {asked.subject} ({asked.number} gangguan dalam satu periode), {until}.",
                    f"Agree on a plan for {asked.subject} ({asked.number} incidents in one period), {until}.",
                )
            case DecisionKind.CLAIM:
                minutes = self.minutes(asked.number)
                return self.say(
                    f"Menyetujui surat klaim kepada {asked.subject}: {minutes} menit-titik di bawah kontrak, {until}.",
                    f"Approve the claim to {asked.subject}: {minutes} point-minutes below contract, {until}.",
                )
            case DecisionKind.COVERAGE:
                return self.say(
                    f"Menetapkan akses pemantauan untuk {asked.number} titik Wi-Fi yang tidak terukur, {until}.",
                    f"Arrange access to monitor {asked.number} Wi-Fi points that are not measured, {until}.",
                )
            case DecisionKind.NOTHING:
                return self.say("Tidak ada keputusan yang diminta untuk periode ini.", "No decision is asked for this period.")
            case unreachable:
                assert_never(unreachable)

    def decision_short(self, asked: Decision) -> str:
        """The same for a card: what, and until which day; at most some fifty letters and a name."""
        day = format_date(asked.until, "d MMM", self.words.locale)
        until = self.say(f"s.d. {day}", f"by {day}")
        subject = asked.subject if len(asked.subject) <= MOST_SUBJECT else f"{asked.subject[: MOST_SUBJECT - 1]}…"
        match asked.kind:
            case DecisionKind.INJECTION:
                return self.say(
                    f"Bersihkan {asked.number} situs terindikasi judol, {until}", f"Clean {asked.number} suspected sites, {until}"
                )
            case DecisionKind.OVERDUE:
                return self.say(
                    f"Putuskan tindak lanjut no. {asked.number} yang lewat tenggat, {until}",
                    f"Decide on overdue follow-up {asked.number}, {until}",
                )
            case DecisionKind.REPEATED:
                return self.say(f"Tetapkan rencana perbaikan {subject}, {until}", f"Agree on a plan for {subject}, {until}")
            case DecisionKind.CLAIM:
                return self.say(
                    f"Setujui klaim {subject}, {self.minutes(asked.number)} menit-titik, {until}",
                    f"Approve the claim to {subject}, {self.minutes(asked.number)} point-minutes, {until}",
                )
            case DecisionKind.COVERAGE:
                return self.say(
                    f"Buka akses pantau {asked.number} titik Wi-Fi, {until}", f"Open monitoring of {asked.number} points, {until}"
                )
            case DecisionKind.NOTHING:
                return self.say("Tidak ada keputusan", "No decision")
            case unreachable:
                assert_never(unreachable)

    # -- rows

    def status(self, status: str) -> str:
        return self.pair(_STATUS[status]) if status in _STATUS else status

    def dimension(self, name: str) -> str:
        return self.words.dimension(Dimension(name))

    def kind(self, kind: str) -> str:
        return self.pair(_KIND[kind])

    def short_kind(self, kind: str) -> str:
        """For narrow places: "titik"."""
        return self.say("titik", "points") if kind == TargetKind.HOTSPOT else self.kind(kind)

    def settlement(self, name: str, hotspots: int) -> str:
        return f"{name} ({hotspots})"

    def listing(self, names: Sequence[str]) -> str:
        return self.words.listing(names)


_KINDS = (TargetKind.SITE, TargetKind.HOTSPOT, TargetKind.SERVICE)
_CAUSES = frozenset(each.value for each in Cause)
_REASONS = frozenset(each.value for each in Reason)


def _is_about(measure: Measure, story: Story) -> bool:
    return f"kind:{story.incident.kind}" in measure.evidence


def whole_points(ratio: float) -> str:
    """For a card's tile: whole percent, rounded down."""
    return str(points(ratio) // 100)


__all__ = ["ABSENT", "NBSP", "Sentence", "SnapshotWords", "whole_points"]
