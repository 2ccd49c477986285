"""Ids of the page of incidents."""

from __future__ import annotations

LIST = "konsol-daftar"
BESIDE = "konsol-samping"
DETAIL = "konsol-rinci"
CHOOSE = "konsol-pilih"
HEAD = "konsol-rinci-kop"
STANDING = "konsol-rinci-liputan"
CHART = "konsol-rinci-grafik"
CHART_TITLE = "konsol-rinci-judul-grafik"
STORY = "konsol-rinci-kronologi"
SYMPTOMS = "konsol-rinci-gejala"
RESULT = "konsol-hasil"
NOTE = "konsol-catatan"
ASSIGNEE = "konsol-kepada"
CAUSE = "konsol-sebab"
LENGTH = "konsol-lama"
REASON = "konsol-alasan"
WORK = "konsol-pekerjaan"
WORK_FROM = "konsol-mulai"
WORK_UNTIL = "konsol-selesai"
SEVERITY = "konsol-saring-tingkat"
KIND = "konsol-saring-jenis"
KELURAHAN = "konsol-saring-kelurahan"
OWNER = "konsol-saring-pemilik"
SEARCH = "konsol-saring-cari"

DEED = "konsol-lakukan"
"""Type of the ids of buttons that do something: ``{"type": DEED, "index": deed}``."""


def deed(index: str) -> dict[str, str]:
    """The id of the button of one deed; a number after a colon says to which silence or plan it is done."""
    return {"type": DEED, "index": index}
