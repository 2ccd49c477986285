"""The guard list: Command Centre never asks for, and never keeps, what identifies a citizen. Pure.

Law 27/2022 (UU PDP) protects such data, and a wall does not need it: a service is watched by its counts. Three gates stand in a
row: an address that asks for a person's record is refused, a path that reads a personal field is refused, and an answer that
carries personal data all the same is dropped whole.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

PERSONAL_FIELDS = frozenset(
    {
        "nik", "nonik", "nomornik", "noktp", "nomorktp", "ktp", "nokk", "nomorkk", "kartukeluarga", "nokartukeluarga",
        "namaibu", "namaibukandung", "ibukandung", "namaayah", "tempatlahir", "tanggallahir", "tgllahir", "tempattanggallahir",
        "namapelapor", "nikpelapor", "alamatpelapor", "telppelapor", "teleponpelapor", "nohppelapor", "emailpelapor",
        "namapemohon", "alamatpemohon", "nohppemohon", "teleponpemohon", "emailpemohon", "namapasien", "norekammedis",
        "nomorrekammedis", "rekammedis", "diagnosa", "diagnosis", "golongandarah", "nobpjs", "nomorbpjs", "nokartubpjs",
        "nopaspor", "sidikjari", "fotoktp", "fotoselfie", "nomorhp", "nohp", "nowa", "nomorwa", "nomorwhatsapp", "namalengkap",
    }
)  # fmt: skip
"""Names of fields that hold personal data, without case and marks (``No_KK`` is ``nokk``). Source: the columns of Indonesian
population, health and complaint systems (UU 24/2013 art. 58, Permenkes 24/2022, SP4N-LAPOR forms)."""

PERSONAL_PLACES = frozenset(
    {
        "biodata",
        "penduduk",
        "datapenduduk",
        "pelapor",
        "pemohon",
        "pasien",
        "rekammedis",
        "ktp",
        "kk",
        "nik",
        "identitas",
        "datadiri",
    }
)
"""Steps of an address behind which lie the records of single people."""

COUNTS = frozenset(
    {"statistik", "statistic", "stats", "jumlah", "rekap", "rekapitulasi", "agregat", "count", "ringkasan", "antrean", "antrian"}
)
"""Steps of an address behind which lie counts, also of people."""

_NIK = re.compile(r'(?<![0-9A-Za-z])"([1-9][1-9]\d{4})(\d\d)(\d\d)\d\d\d{4}"')
_NAME = re.compile(r'"([A-Za-z][A-Za-z _.-]{1,28})"\s*:(?!\s*(?:null|""|\[\s*\]|\{\s*\}|false|0\b))')
_ELEMENT = re.compile(r"<(?:\w+:)?([A-Za-z][\w.-]{1,28})(?:\s[^<>]*)?>\s*[^<\s]")


def is_personal(field: str) -> bool:
    """Whether a field of this name holds personal data."""
    name = field.strip().lower()
    return name in ("no_rm", "no-rm") or re.sub(r"[^a-z]", "", name) in PERSONAL_FIELDS


def refused_address(url: str) -> str | None:
    """Why this address is never asked; None when it may be."""
    try:
        parts = urlsplit(url)
        asked = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return None  # no address at all: that is told elsewhere
    steps = unquote(parts.path).split("/")
    for step in steps if COUNTS.isdisjoint(each.lower() for each in steps) else ():
        if re.sub(r"[^a-z]", "", step.lower()) in PERSONAL_PLACES:
            return f"the address leads to records of single people ('{step[:40]}')"
    field = next((name for name, _ in asked if is_personal(name)), None)
    return f"the address asks for a person ('{field[:40]}')" if field is not None else None


def refused_path(path: str) -> str | None:
    """Why this place in an answer is never read; None when it may be."""
    field = next((word for word in re.findall(r"[A-Za-z][\w -]*", path) if is_personal(word)), None)
    return f"the path reads personal data ('{field[:40]}')" if field is not None else None


def personal_field(text: str) -> str | None:
    """The name of a field of this answer that holds personal data, or ``NIK`` for a value that is one; None: it holds none."""
    for pattern in (_NAME, _ELEMENT) if "<" in text[:200] else (_NAME,):
        for match in pattern.finditer(text):
            if is_personal(match.group(1)):
                return match.group(1)[:40]
    return "NIK" if any(_is_nik(*match.groups()) for match in _NIK.finditer(text)) else None


def _is_nik(place: str, day: str, month: str) -> bool:
    """A NIK is six digits of place, then day (women: plus 40), month and year of birth, then four digits (UU 24/2013)."""
    return 11 <= int(place[:2]) <= 97 and (1 <= int(day) <= 31 or 41 <= int(day) <= 71) and 1 <= int(month) <= 12


def masked(text: str) -> str:
    """Text with everything that looks like a NIK, a number of a phone or an e-mail address taken out: fit for a wall."""
    without_mail = re.sub(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63}", "***", text)
    return re.sub(r"(?<!\d)(?:\d{16}|(?:\+?62|0)8\d{7,11})(?!\d)", "***", without_mail)
