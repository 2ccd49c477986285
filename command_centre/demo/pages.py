"""The pages of the simulated sites: plausible, written for this purpose, the same for the same host and day. Pure."""

from __future__ import annotations

import gzip
import html
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from command_centre.demo.hosts import share
from command_centre.demo.rhythm import CITY_ZONE

NEGLECTED_FOR = timedelta(days=900)


@dataclass(frozen=True, slots=True)
class Page:
    """One page, plain and compressed, with the value of its Last-Modified header."""

    plain: bytes
    compressed: bytes
    last_modified: str


def front_page(host: str, title: str, day: date) -> Page:
    """The front page of a living site on ``day`` (a day of the city): news of the last days and weeks."""
    return _page(host, title, day)


def neglected_page(host: str, title: str, day: date) -> Page:
    """The same site when nobody has written anything for two and a half years."""
    return _page(host, title, day - NEGLECTED_FOR)


def database_error_page() -> bytes:
    """What an application shows that has lost its database, with HTTP 200 as such applications do."""
    return _document("Database Error", "<h1>Error establishing a database connection</h1>" + _FOOT.format(owner="Situs"))


def maintenance_page() -> bytes:
    return _document(
        "Sedang dalam pemeliharaan",
        "<h1>Situs sedang dalam pemeliharaan terjadwal</h1><p>Silakan kembali beberapa saat lagi.</p>"
        + _FOOT.format(owner="Situs"),
    )


def foreign_page() -> bytes:
    return _document("Hadiah Kilat", "<h1>Selamat datang di situs lain</h1>" + _FOOT.format(owner="Situs lain"))


def error_page(status: int, words: str) -> bytes:
    return _document(f"{status} {words}", f"<h1>{status} {words}</h1>" + _FOOT.format(owner="Server"))


def newest_item(host: str, day: date) -> datetime:
    """When the newest item on the living page of ``day`` was written: a few days ago, in the morning."""
    minute = int(share(host, "minute") * 60)
    return datetime.combine(day - timedelta(days=int(share(host, "newest") * 4)), time(8, minute), CITY_ZONE)


def front_page_text(host: str, title: str, day: date) -> bytes:
    """The page as text, not compressed."""
    return _document(title, _body(host, title, _dates(host, day)))


def _page(host: str, title: str, day: date) -> Page:
    plain = front_page_text(host, title, day)
    return Page(plain, gzip.compress(plain, 6, mtime=0), _http_date(newest_item(host, day)))


def _dates(host: str, day: date) -> list[date]:
    newest = newest_item(host, day).date()
    gap = 1 + share(host, "pace of news") * 4
    return [newest - timedelta(days=int(index * gap)) for index in range(6 + int(share(host, "size") * 60))]


def _http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _body(host: str, title: str, dates: list[date]) -> str:
    owner = html.escape(title)
    news = "\n".join(_item(host, day, index) for index, day in enumerate(dates))
    return (
        f"<header><h1>{owner}</h1><p>Pemerintah Kota Bontang</p></header>\n"
        "<nav><ul>" + "".join(f'<li><a href="/{word.lower()}">{word}</a></li>' for word in _MENU) + "</ul></nav>\n"
        f"<main><h2>Berita terbaru</h2>\n{news}\n</main>\n" + _FOOT.format(owner=owner)
    )


def _item(host: str, day: date, index: int) -> str:
    def pick(words: tuple[str, ...], what: str) -> str:
        return words[int(share(host, what, str(index)) * len(words))]

    headline = f"{pick(_DEEDS, 'deed')} {pick(_SUBJECTS, 'subject')} di {pick(_PLACES, 'place')}"
    text = " ".join(pick(_SENTENCES, f"sentence {number}") for number in range(2 + int(share(host, "length", str(index)) * 5)))
    when = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return (
        f'<article><h3><a href="/berita/{day:%Y-%m-%d}-{index}">{headline}</a></h3>'
        f'<time datetime="{day:%Y-%m-%d}">{when}</time><p>{text}</p></article>'
    )


def _document(title: str, body: str) -> bytes:
    return (
        '<!DOCTYPE html>\n<html lang="id"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title></head>\n<body>\n{body}\n</body></html>\n"
    ).encode()


_FOOT = (
    "<footer><p>{owner}, Kota Bontang, Kalimantan Timur</p>"
    "<p><strong>simulasi</strong>: halaman buatan untuk peragaan Command Centre, bukan situs resmi.</p></footer>"
)
_MENU = ("Beranda", "Profil", "Berita", "Layanan", "Dokumen", "Galeri", "Kontak")
_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_DEEDS = (
    "Petugas meninjau",
    "Warga mengikuti",
    "Pemerintah kota membuka",
    "Kelurahan menyiapkan",
    "Tim gabungan memeriksa",
    "Pelajar mengunjungi",
    "Kader menggelar",
)
_SUBJECTS = (
    "pelatihan usaha kecil",
    "kerja bakti saluran air",
    "layanan administrasi keliling",
    "pos layanan terpadu",
    "penanaman bakau",
    "rapat rencana kerja",
    "lomba kebersihan lingkungan",
    "sosialisasi keselamatan kerja",
)
_PLACES = ("aula kantor", "kawasan pesisir", "balai pertemuan", "taman kota", "pasar", "sekolah dasar", "pelabuhan rakyat")
_SENTENCES = (
    "Kegiatan dimulai pada pagi hari dan diikuti warga dari beberapa rukun tetangga.",
    "Panitia menyediakan pendaftaran di tempat tanpa biaya.",
    "Hasilnya dilaporkan kepada pimpinan dan diumumkan melalui papan informasi.",
    "Warga yang berhalangan dapat datang kembali pada jadwal berikutnya.",
    "Pengaturan lalu lintas di sekitar lokasi dibantu petugas setempat.",
    "Bahan dan alat berasal dari anggaran tahun berjalan.",
    "Masukan warga dicatat untuk perbaikan layanan pada triwulan berikutnya.",
    "Dokumentasi kegiatan tersedia di bagian informasi.",
    "Peserta mendapat penjelasan singkat sebelum acara dimulai.",
    "Kegiatan serupa direncanakan di kecamatan lain bulan depan.",
)
