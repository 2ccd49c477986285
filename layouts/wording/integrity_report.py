"""The words of the report about a site with injected content. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class ReportPhrases:
    """What the report says."""

    title: str
    simulated: str
    contact: str
    description: str
    chronology: str
    impact: str
    reported_by: str
    reach: str
    owner: str
    handled_by: str
    to_fill: str
    what: str
    how: str
    evidence_head: str
    more: str
    unknown: str
    taken: str
    report_due: str
    action_due: str
    late: str
    pages: str
    seen_by: str
    again: str
    personal_data: str
    services: str
    loss: str
    foot: str


_PHRASES: Mapping[Language, ReportPhrases] = MappingProxyType(
    {
        Language.INDONESIAN: ReportPhrases(
            title="Laporan insiden siber: penyusupan konten judi online",
            simulated="SIMULASI",
            contact="Kontak",
            description="Deskripsi insiden",
            chronology="Kronologi",
            impact="Dampak",
            reported_by="Pelapor: {name}",
            reach="Dapat dihubungi melalui: {contact}",
            owner="Pemilik sistem: {owner}",
            handled_by="Penanggung jawab penanganan: {name}",
            to_fill="……………………… (diisi petugas)",
            what="Situs {address} {phase} disusupi konten judi online.",
            how="Cara penempatan yang terlihat: {kinds}.",
            evidence_head="Bukti ({count} temuan; alamat dan kata dilumpuhkan agar tidak dapat diklik):",
            more="… dan {count} temuan lain dalam penampil bukti.",
            unknown="tidak diketahui",
            taken="insiden diterima oleh {name}",
            report_due="Tenggat lapor 1×24 jam: {moment}",
            action_due="Tenggat tindakan 2×24 jam (sesudahnya akses situs dapat diputus): {moment}",
            late="– LEWAT",
            pages="Alamat halaman yang memuat bukti: {count}.",
            seen_by="Terlihat oleh: {views}.",
            again="Infeksi ulang dalam 30 hari sesudah bersih: {count} kali.",
            personal_data="Kebocoran data pribadi: tidak dapat dilihat dari luar; ……………………… (diisi petugas)",
            services="Layanan yang terganggu: ……………………… (diisi petugas)",
            loss="Kerugian lain: ……………………… (diisi petugas)",
            foot="Draf otomatis Command Centre {city}, {moment}. Diperiksa dan dilengkapi petugas sebelum dikirim.",
        ),
        Language.ENGLISH: ReportPhrases(
            title="Cyber incident report: injected gambling content",
            simulated="SIMULATED",
            contact="Contact",
            description="Description of the incident",
            chronology="Chronology",
            impact="Impact",
            reported_by="Reported by: {name}",
            reach="Reached at: {contact}",
            owner="Owner of the system: {owner}",
            handled_by="Handled by: {name}",
            to_fill="……………………… (to be filled in)",
            what="Site {address}: {phase}, injected gambling content.",
            how="How it was placed, as far as seen: {kinds}.",
            evidence_head="Evidence ({count} findings; addresses and words are defanged):",
            more="… and {count} more findings in the evidence viewer.",
            unknown="not known",
            taken="taken by {name}",
            report_due="Report due within 1×24 hours: {moment}",
            action_due="Action due within 2×24 hours (access may be cut after that): {moment}",
            late="– OVERDUE",
            pages="Addresses that show evidence: {count}.",
            seen_by="Seen by: {views}.",
            again="Re-infections within 30 days of being clean: {count}.",
            personal_data="Personal data leaked: cannot be seen from outside; ……………………… (to be filled in)",
            services="Services disturbed: ……………………… (to be filled in)",
            loss="Other loss: ……………………… (to be filled in)",
            foot="Automatic draft of Command Centre {city}, {moment}. To be checked and completed before it is sent.",
        ),
    }
)


def report_phrases(language: Language) -> ReportPhrases:
    """The words of the report in one language."""
    return _PHRASES[language]
