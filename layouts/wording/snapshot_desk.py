"""The words of the two desk pages of the snapshot: follow-ups, and signatures. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class DeskWords:
    """What both pages say."""

    follow_ups: str
    approvals: str
    archive: str
    console: str
    may_not: str
    none_open: str
    number: str
    what: str
    owner: str
    deadline: str
    status: str
    closed_on: str
    add: str
    new: str
    save: str
    overdue: str
    carried: str
    period: str
    revision: str
    letter: str
    signatory: str
    staff_number: str
    signed_on: str
    approve: str
    withdraw: str
    draft: str
    signed: str
    nothing_frozen: str
    figures_stay: str
    reports: Mapping[str, str]
    """What a page says after something was done, or refused, by a word in its address."""


_INDONESIAN = DeskWords(
    follow_ups="Tindak lanjut",
    approvals="Pengesahan cuplikan",
    archive="Arsip cuplikan",
    console="Konsol",
    may_not="Akun Anda dapat melihat halaman ini; mengubahnya memerlukan peran operator.",
    none_open="Tidak ada tindak lanjut yang berjalan.",
    number="No",
    what="Tindak lanjut",
    owner="Penanggung jawab",
    deadline="Tenggat",
    status="Status",
    closed_on="ditutup {day}",
    add="Tambah",
    new="Tindak lanjut baru",
    save="Simpan",
    overdue="lewat tenggat",
    carried="Baris yang belum ditutup terbawa ke cuplikan minggu berikutnya. Setiap perubahan dicatat di jejak audit.",
    period="Periode",
    revision="Revisi",
    letter="Nomor surat",
    signatory="Nama pejabat",
    staff_number="NIP",
    signed_on="Tanggal",
    approve="Sahkan",
    withdraw="Batalkan",
    draft="draf otomatis",
    signed="disahkan",
    nothing_frozen="Belum ada periode yang dibekukan.",
    figures_stay="Pengesahan menghapus tanda draf pada kertas. Angka tersegel tidak berubah; revisi baru kembali menjadi draf.",
    reports=MappingProxyType(
        {
            "tambah": "Baris baru disimpan.",
            "ubah": "Perubahan disimpan.",
            "sama": "Tidak ada yang berubah.",
            "sah": "Pengesahan dicatat.",
            "batal": "Pengesahan dibatalkan; kertas kembali menjadi draf.",
            "bentrok": "Baris itu baru saja diubah orang lain. Tidak ada yang disimpan; di bawah ini keadaan terbaru.",
            "keliru": "Isian tidak lengkap, terlalu panjang, atau bukan tanggal. Tidak ada yang disimpan.",
            "hilang": "Baris atau periode itu tidak ada. Tidak ada yang disimpan.",
            "tanpa-hak": "Peran Anda tidak berhak mengubah halaman ini. Tidak ada yang disimpan.",
            "gangguan": "Basis data sedang tidak dapat ditulisi. Tidak ada yang disimpan; coba lagi sebentar.",
        }
    ),
)

_ENGLISH = DeskWords(
    follow_ups="Follow-up",
    approvals="Signatures of snapshots",
    archive="Archive of snapshots",
    console="Console",
    may_not="Your account may see this page; changing it takes the role of operator.",
    none_open="Nothing is being followed up.",
    number="No",
    what="Follow-up",
    owner="Owner",
    deadline="Deadline",
    status="Status",
    closed_on="closed {day}",
    add="Add",
    new="New follow-up",
    save="Save",
    overdue="past its deadline",
    carried="Rows that are not closed are carried to the next week's snapshot. Every change is in the audit log.",
    period="Period",
    revision="Revision",
    letter="Number of the letter",
    signatory="Name of the official",
    staff_number="NIP",
    signed_on="Day",
    approve="Record",
    withdraw="Take back",
    draft="automatic draft",
    signed="signed",
    nothing_frozen="No period is frozen yet.",
    figures_stay="A signature takes the draft mark off the paper. Sealed figures do not change; a new revision is a draft again.",
    reports=MappingProxyType(
        {
            "tambah": "The new row is saved.",
            "ubah": "The change is saved.",
            "sama": "Nothing has changed.",
            "sah": "The signature is recorded.",
            "batal": "The signature is taken back; the paper is a draft again.",
            "bentrok": "Somebody else has just changed that row. Nothing was saved; below is how it stands.",
            "keliru": "Something is missing, too long, or no day. Nothing was saved.",
            "hilang": "There is no such row or period. Nothing was saved.",
            "tanpa-hak": "Your role may not change this page. Nothing was saved.",
            "gangguan": "The database cannot be written now. Nothing was saved; try again in a moment.",
        }
    ),
)


def desk_words(language: Language) -> DeskWords:
    """The words of one language."""
    return _INDONESIAN if language is Language.INDONESIAN else _ENGLISH
