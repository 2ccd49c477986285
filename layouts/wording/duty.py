"""The words of the duty page. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from command_centre.domain.incident import Cause, IncidentEventKind
from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class DutyWords:
    """What the duty page says."""

    product: str
    simulated: str
    minutes: str
    hours: str
    under_a_minute: str
    days: str
    not_taken: str
    taken_by: str
    taken_at: str
    given_to: str
    resolved: str
    resolved_lead: str
    where: str
    since: str
    scope: str
    scope_of: str
    children: str
    children_more: str
    suspected: str
    owner: str
    past: str
    past_now: str
    past_gap: str
    first_step: str
    no_first_step: str
    cause: str
    said: str
    take: str
    power: str
    not_a_fault: str
    snooze: str
    note: str
    note_label: str
    back_again: str
    undo: str
    nothing_recorded: str
    link_for: str
    you_have_it: str
    others_stopped: str
    you_snoozed: str
    you_labelled: str
    end_is_told: str
    undone: str
    noted: str
    back_noted: str
    too_late: str
    has_it_already: str
    refused: str
    refused_tampered: str
    refused_expired: str
    refused_used: str
    refused_gone: str
    refused_undo: str
    refused_form: str
    refused_words: str
    unavailable: str
    ask_operators: str
    back_text: str


INDONESIAN = DutyWords(
    product="Command Centre {city}",
    simulated="simulasi",
    minutes="{n} menit",
    hours="{h} jam {m} menit",
    under_a_minute="< 1 menit",
    days="{d} hari {h} jam",
    not_taken="Belum diterima",
    taken_by="Diterima {name} {time}",
    taken_at="Anda menangani sejak {time}",
    given_to="diserahkan kepada {name}",
    resolved="Sudah pulih {time}",
    resolved_lead="berlangsung {length}, tidak ada yang perlu dilakukan",
    where="Di mana",
    since="Sejak",
    scope="Cakupan",
    scope_of="{part} dari {whole}",
    children="{n} lainnya ikut terganggu",
    children_more="dan {n} lainnya",
    suspected="Dugaan",
    owner="Pemilik",
    past="6 jam",
    past_now="kini {state}",
    past_gap="putus: tidak terukur",
    first_step="Langkah pertama",
    no_first_step="belum ditulis",
    cause="Sebab",
    said="Catatan",
    take="Saya tangani",
    power="Listrik padam (PLN)",
    not_a_fault="Bukan gangguan",
    snooze="Tunda 1 jam",
    note="Catat",
    note_label="Catatan",
    back_again="Sudah pulih",
    undo="Batalkan jawaban (sisa {n} dtk)",
    nothing_recorded="Membuka halaman ini tidak mencatat apa pun.",
    link_for="Tautan untuk {name}, berlaku s.d. {time}.",
    you_have_it="Anda menangani sejak {time}",
    others_stopped="Pemberitahuan ke petugas lain dihentikan.",
    you_snoozed="Ditunda satu jam, sampai {time}",
    you_labelled="Sebab dicatat: {cause}",
    end_is_told="Pulihnya tetap akan diberitahukan.",
    undone="Jawaban dibatalkan. Pemberitahuan berjalan lagi.",
    noted="Catatan tersimpan.",
    back_noted="Dicatat: menurut Anda sudah pulih. Gangguan ditutup setelah pengukuran berikutnya membenarkannya.",
    too_late="Sudah pulih sebelum jawaban Anda. Gangguan tidak dibuka lagi.",
    has_it_already="Sudah ditangani {name} sejak {time}.",
    refused="Tautan ditolak",
    refused_tampered="Tautan ini tidak utuh atau bukan buatan Command Centre.",
    refused_expired="Tautan ini sudah lewat masa berlakunya.",
    refused_used="Tautan ini sudah dipakai untuk menjawab. Satu tautan hanya untuk satu jawaban.",
    refused_gone="Gangguan yang dimaksud tautan ini tidak ada.",
    refused_undo="Jawaban hanya dapat dibatalkan dalam 30 detik, di peramban yang memberikannya.",
    refused_form="Jawaban ini tidak dikenal.",
    refused_words="Catatan kosong tidak disimpan.",
    unavailable="Pangkalan data sedang tidak dapat ditulis. Jawaban belum tercatat; coba lagi sebentar.",
    ask_operators="Hubungi ruang kendali bila gangguan masih berlangsung.",
    back_text="menurut petugas sudah pulih",
)

ENGLISH = DutyWords(
    product="Command Centre {city}",
    simulated="simulated",
    minutes="{n} min",
    hours="{h} h {m} min",
    under_a_minute="< 1 min",
    days="{d} d {h} h",
    not_taken="Nobody has it yet",
    taken_by="Taken by {name} {time}",
    taken_at="You have it since {time}",
    given_to="given to {name}",
    resolved="Resolved {time}",
    resolved_lead="lasted {length}, nothing has to be done",
    where="Where",
    since="Since",
    scope="Scope",
    scope_of="{part} of {whole}",
    children="{n} others are affected",
    children_more="and {n} more",
    suspected="Suspected",
    owner="Owner",
    past="6 hours",
    past_now="now {state}",
    past_gap="gap: not measured",
    first_step="First step",
    no_first_step="not written yet",
    cause="Cause",
    said="Notes",
    take="I have it",
    power="Power cut (PLN)",
    not_a_fault="Not a fault",
    snooze="Quiet for 1 hour",
    note="Note it",
    note_label="Note",
    back_again="It is back",
    undo="Take the answer back ({n} s left)",
    nothing_recorded="Opening this page records nothing.",
    link_for="Link for {name}, valid until {time}.",
    you_have_it="You have it since {time}",
    others_stopped="Notices to others have been stopped.",
    you_snoozed="Quiet for an hour, until {time}",
    you_labelled="Cause recorded: {cause}",
    end_is_told="Its end will be told all the same.",
    undone="The answer was taken back. Notices go on.",
    noted="The note is kept.",
    back_noted="Recorded: you say it is back. The incident closes when the next measurement confirms it.",
    too_late="It was resolved before your answer. It is not opened again.",
    has_it_already="{name} has had it since {time}.",
    refused="Link refused",
    refused_tampered="This link is damaged, or was not made by Command Centre.",
    refused_expired="This link is no longer valid.",
    refused_used="This link has given its answer. One link is for one answer.",
    refused_gone="The incident of this link does not exist.",
    refused_undo="An answer can be taken back within 30 seconds, in the browser that gave it.",
    refused_form="This answer is not known.",
    refused_words="An empty note is not kept.",
    unavailable="The database cannot be written now. The answer is not recorded; try again in a moment.",
    ask_operators="Call the control room if the trouble goes on.",
    back_text="according to the person on duty it is back",
)

_CAUSE: Mapping[Cause, tuple[str, str]] = MappingProxyType(
    {
        Cause.POWER: ("listrik padam (PLN)", "power cut (PLN)"),
        Cause.CABLE: ("kabel putus", "cable cut"),
        Cause.PROVIDER: ("gangguan penyedia", "provider's fault"),
        Cause.DEVICE: ("perangkat rusak", "device broken"),
        Cause.SOFTWARE: ("perangkat lunak", "software"),
        Cause.PLANNED_WORK: ("pekerjaan terencana", "planned work"),
        Cause.NOT_A_FAULT: ("bukan gangguan", "not a fault"),
        Cause.OTHER: ("lain-lain", "other"),
    }
)

_DEED: Mapping[IncidentEventKind, tuple[str, str]] = MappingProxyType(
    {
        IncidentEventKind.ACKNOWLEDGED: ("menerima", "took it"),
        IncidentEventKind.ACK_WITHDRAWN: ("membatalkan jawaban", "took the answer back"),
        IncidentEventKind.NOTED: ("mencatat", "noted"),
        IncidentEventKind.ASSIGNED: ("menyerahkan kepada", "gave it to"),
        IncidentEventKind.CAUSE_LABELLED: ("mencatat sebab", "recorded the cause"),
        IncidentEventKind.SILENCED: ("menunda", "asked for quiet"),
        IncidentEventKind.SILENCE_LIFTED: ("mengakhiri tunda", "ended the quiet"),
    }
)


def duty_words(language: Language) -> DutyWords:
    """The words in one language."""
    return INDONESIAN if language is Language.INDONESIAN else ENGLISH


def cause_word(cause: Cause, language: Language) -> str:
    """What it was, in two or three words."""
    return _CAUSE[cause][0 if language is Language.INDONESIAN else 1]


def deed_word(kind: IncidentEventKind, language: Language) -> str:
    """What a person did; empty for what the machine did."""
    return _DEED.get(kind, ("", ""))[0 if language is Language.INDONESIAN else 1]
