"""The words of the archive of snapshots."""

from __future__ import annotations

from dataclasses import dataclass

from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class ArchiveWords:
    """Headings and links of the archive in one language."""

    title: str
    all_periods: str
    compare: str
    compare_hint: str
    period: str
    revision: str
    seal: str
    files: str
    late: str
    none: str
    unknown: str
    back: str
    change: str
    simulated: str
    paper: str
    card: str
    page: str
    workbook: str
    sealed_file: str


_WORDS = {
    Language.INDONESIAN: ArchiveWords(
        title="Arsip cuplikan",
        all_periods="Semua periode",
        compare="Bandingkan dua periode",
        compare_hint="Pilih dua periode untuk melihat angka keduanya berdampingan.",
        period="Periode",
        revision="Revisi",
        seal="Sidik",
        files="Berkas",
        late="data terlambat masuk, revisi tersedia",
        none="Belum ada periode yang dibekukan. Cuplikan pertama dibuat hari Senin pukul 06.00.",
        unknown="Periode ini belum dibekukan.",
        back="Kembali ke arsip",
        change="Selisih",
        simulated="data simulasi",
        paper="PDF",
        card="kartu",
        page="halaman",
        workbook="lembar kerja",
        sealed_file="berkas tersegel",
    ),
    Language.ENGLISH: ArchiveWords(
        title="Archive of snapshots",
        all_periods="All periods",
        compare="Compare two periods",
        compare_hint="Choose two periods to see their figures side by side.",
        period="Period",
        revision="Revision",
        seal="Seal",
        files="Files",
        late="late data came in, a revision is on offer",
        none="No period is frozen yet. The first snapshot is made on Monday at 06:00.",
        unknown="This period is not frozen.",
        back="Back to the archive",
        change="Difference",
        simulated="simulated data",
        paper="PDF",
        card="card",
        page="page",
        workbook="workbook",
        sealed_file="sealed file",
    ),
}


def archive_words(language: Language) -> ArchiveWords:
    """The words of one language."""
    return _WORDS[language]
