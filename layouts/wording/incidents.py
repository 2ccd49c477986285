"""The words of open incidents on walls: who has them, what is held back, how much comes in. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from command_centre.domain.target import TargetKind
from layouts.wording import Language, Words


@dataclass(frozen=True, slots=True)
class IncidentPhrases:
    """What walls say about incidents."""

    page: str
    not_taken: str
    taken_by: str
    taken: str
    next_to: str
    all_taken: str
    untaken_of: str
    none_taken_one: str
    none_taken: str
    taken_one: str
    flood_name: str
    flood: str
    no_flood: str
    flood_limit: str
    flood_sentence: str
    worst: str
    shift: str
    limits: str
    actionable: str
    at_most: str
    answered_in: str
    aim: str
    chattering: str
    standing: str
    none: str
    more: str
    held: str
    silenced: str
    planned: str
    merged: str
    minor: str
    nothing_held: str
    resolved: str
    resolved_within: str
    nothing_resolved: str
    blind: str
    no_data_from: str
    sound_on: str
    sound_off: str
    sound_blocked: str
    sound_muted: str


INDONESIAN = IncidentPhrases(
    page="Gangguan",
    not_taken="BELUM DITERIMA",
    taken_by="diterima {name} {time}",
    taken="diterima {time}",
    next_to="lalu {who} {time}",
    all_taken="{count} gangguan, semua sudah diterima",
    untaken_of="{untaken} dari {count} gangguan belum diterima",
    none_taken_one="{where} belum diterima",
    none_taken="{count} gangguan, belum satu pun diterima",
    taken_one="{where} sudah diterima",
    flood_name="Banjir alarm",
    flood="SEJAK {time}",
    no_flood="tidak",
    flood_limit="> 10 dalam 10 m",
    flood_sentence="Banjir alarm sejak {time}: {recent} dalam 10 menit.",
    worst="Terburuk: {where}, {what}.",
    shift="Beban giliran {start}–{end}",
    limits="ISA-18.2",
    actionable="Untuk petugas",
    at_most="paling banyak {most}",
    answered_in="Sampai diterima",
    aim="sasaran {length}",
    chattering="Alarm berulang",
    standing="Lebih dari 24 jam",
    none="tidak ada",
    more="{first} +{others}",
    held="Tidak ditampilkan",
    silenced="ditunda",
    planned="terjadwal",
    merged="digabung ke penyebabnya",
    minor="untuk laporan pagi",
    nothing_held="Tidak ada yang ditahan",
    resolved="Baru pulih",
    resolved_within="6 jam terakhir",
    nothing_resolved="Belum ada",
    blind="Pemantauan {kind}",
    no_data_from="tidak ada data dari {count}",
    sound_on="suara nyala",
    sound_off="suara mati",
    sound_blocked="suara terblokir",
    sound_muted="suara mati s.d. {time}",
)

ENGLISH = IncidentPhrases(
    page="Incidents",
    not_taken="NOT TAKEN",
    taken_by="taken by {name} {time}",
    taken="taken {time}",
    next_to="then {who} {time}",
    all_taken="{count} incidents, all of them taken",
    untaken_of="{untaken} of {count} incidents not taken",
    none_taken_one="{where} not taken yet",
    none_taken="{count} incidents, none of them taken",
    taken_one="{where} has been taken",
    flood_name="Alarm flood",
    flood="SINCE {time}",
    no_flood="no",
    flood_limit="> 10 in 10 min",
    flood_sentence="Alarm flood since {time}: {recent} within 10 minutes.",
    worst="Worst: {where}, {what}.",
    shift="Load of shift {start}–{end}",
    limits="ISA-18.2",
    actionable="For people",
    at_most="{most} at most",
    answered_in="Until taken",
    aim="aim {length}",
    chattering="Chattering",
    standing="For more than 24 h",
    none="none",
    more="{first} +{others}",
    held="Not listed",
    silenced="silenced",
    planned="planned",
    merged="merged into their cause",
    minor="for the morning digest",
    nothing_held="Nothing is held back",
    resolved="Just recovered",
    resolved_within="last 6 hours",
    nothing_resolved="Nothing yet",
    blind="Watch on {kind}",
    no_data_from="no data from {count}",
    sound_on="sound on",
    sound_off="sound off",
    sound_blocked="sound blocked",
    sound_muted="sound off until {time}",
)

_BY_LANGUAGE: Mapping[Language, IncidentPhrases] = MappingProxyType({Language.INDONESIAN: INDONESIAN, Language.ENGLISH: ENGLISH})


_KINDS: Mapping[TargetKind, tuple[str, str]] = MappingProxyType(
    {
        TargetKind.SITE: ("situs", "sites"),
        TargetKind.HOTSPOT: ("titik Wi-Fi", "hotspots"),
        TargetKind.SERVICE: ("layanan", "services"),
        TargetKind.SELF: ("diri sendiri", "ourselves"),
    }
)


@dataclass(frozen=True, slots=True)
class IncidentWords:
    """These phrases, put together with numbers and times."""

    words: Words
    say: IncidentPhrases

    def taken(self, name: str, at: datetime, now: datetime) -> str:
        """E.g. "diterima R. Hidayat 10.58"."""
        time = self.words.moment(at, now)
        return self.say.taken_by.format(name=name, time=time) if name else self.say.taken.format(time=time)

    def next_step(self, who: Sequence[str], at: datetime, now: datetime) -> str:
        """E.g. "lalu Kabid Infrastruktur 11.05"."""
        return " ".join(self.say.next_to.format(who=", ".join(who), time=self.words.moment(at, now)).split())

    def standing(self, untaken: int, count: int, where: str) -> tuple[str, ...]:
        """How many of the open incidents nobody has; of a single one, its name. Fullest first."""
        counted = self.words.number(count)
        if count == 1:
            named = (self.say.none_taken_one if untaken else self.say.taken_one).format(where=where)
            return named, self.say.not_taken.capitalize() if untaken else self.words.counted_incidents(1)
        if untaken == 0:
            return (self.say.all_taken.format(count=counted), self.words.counted_incidents(count))
        if untaken == count:
            return (self.say.none_taken.format(count=counted), self.words.counted_incidents(count))
        return (self.say.untaken_of.format(untaken=self.words.number(untaken), count=counted),)

    def first_and_more(self, names: Sequence[str]) -> str:
        """E.g. "e-SAKIP +2"; the word for nothing where there is none."""
        if not names:
            return self.say.none
        others = len(names) - 1
        return self.say.more.format(first=names[0], others=self.words.number(others)) if others else names[0]

    def blind(self, kind: TargetKind) -> str:
        """What can no longer be seen: "Pemantauan titik Wi-Fi"."""
        pair = _KINDS[kind]
        return self.say.blind.format(kind=pair[0] if self.words.language is Language.INDONESIAN else pair[1])

    def no_data_from(self, count: int) -> str:
        """E.g. "tidak ada data dari 705"."""
        return self.say.no_data_from.format(count=self.words.number(count))

    def length(self, length: timedelta) -> str:
        return self.words.age(length)


def incident_words(words: Words) -> IncidentWords:
    """The words of incidents in the language and the zone of ``words``."""
    return IncidentWords(words, _BY_LANGUAGE[words.language])
