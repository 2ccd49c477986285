"""Five kinds of government page, as they are found in Indonesian cities, and the cases that are made of them. All written here."""

# ruff: noqa: E501 - one text, one line

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from html import escape

from command_centre.domain.integrity import View

HOST = "dinas.bontang.test"
ADDRESS = f"http://{HOST}/"


class Truth(Enum):
    """What a person would say of a case."""

    INFECTED = auto()
    CLEAN = auto()
    SPAM = auto()  # visitors' comments: real, and no break-in


@dataclass(frozen=True, slots=True)
class Case:
    """One small site. ``pages`` are by path; ``shown_to`` replaces pages for some views; ``sent_to`` redirects some views away."""

    name: str
    truth: Truth
    pages: Mapping[str, str]
    shown_to: Mapping[View, Mapping[str, str]] = field(default_factory=dict)
    sent_to: Mapping[View, str] = field(default_factory=dict)

    def page(self, path: str, view: View) -> str | None:
        """What this view is shown under this path; None: nothing is there."""
        return self.shown_to.get(view, {}).get(path, self.pages.get(path))


@dataclass(frozen=True, slots=True)
class Parts:
    """What a page is made of. ``head``, ``body_end`` and ``footer`` are raw HTML put where an intruder would put them."""

    owner: str = "Dinas Contoh Kota Bontang"
    title: str = ""
    description: str = "Situs resmi pemerintah daerah"
    main: str = ""
    head: str = ""
    footer: str = ""
    body_end: str = ""
    top: str = ""


def article(heading: str, *paragraphs: str, date: str = "Senin, 2 Maret 2026") -> str:
    """One news item."""
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    return f'<article><h2>{heading}</h2><p class="tanggal">{date}</p>{text}</article>'


ORDINARY = (
    article(
        "Perekaman KTP-el Keliling di Kelurahan Tanjung Laut",
        "Dinas Kependudukan dan Pencatatan Sipil membuka layanan perekaman KTP-el keliling. Warga cukup membawa fotokopi Kartu Keluarga.",
        "Layanan dibuka pukul 08.30 sampai 13.00 WITA dan tidak dipungut biaya.",
    ),
    article(
        "Posyandu Balita dan Lansia RW 05",
        "Sebanyak 84 balita dan 37 lansia mengikuti posyandu di balai warga. Kader menimbang, mengukur, dan memberi makanan tambahan.",
        date="Kamis, 12 Februari 2026",
    ),
    article(
        "Lelang Rehabilitasi Drainase Jalan Kenanga",
        "Pokja pemilihan mengumumkan tender dengan nilai pagu Rp 2.450.000.000,00. Pendaftaran melalui SPSE paling lambat 16 Februari 2026.",
        date="Senin, 9 Februari 2026",
    ),
    article(
        "Musrenbang Kecamatan Menyepakati 23 Usulan Prioritas",
        "Musyawarah perencanaan menyepakati perbaikan drainase, lampu penerangan jalan, dan pelatihan digital bagi pelaku UMKM.",
        date="Selasa, 27 Januari 2026",
    ),
)


def modern(parts: Parts) -> str:
    """Hand-made HTML5 with a skip link and a hidden submenu."""
    return f"""<!DOCTYPE html>
<html lang="id"><head><meta charset="utf-8"><title>{parts.title or "Beranda - " + parts.owner}</title>
<meta name="description" content="{escape(parts.description)}"><link rel="stylesheet" href="/assets/css/app.css">{parts.head}</head>
<body>{parts.top}<a href="#isi" style="position:absolute;left:-9999px">Langsung ke isi</a>
<header><p class="org">{parts.owner}</p><nav><ul><li><a href="/">Beranda</a></li><li><a href="/profil">Profil</a></li>
<li><a href="/daftar-informasi-publik">Daftar Informasi Publik</a></li><li><a href="/kontak">Kontak</a></li></ul>
<ul class="submenu" style="display:none"><li><a href="/layanan/ktp">Perekaman KTP</a></li><li><a href="/layanan/akta">Akta</a></li></ul></nav></header>
<main id="isi">{parts.main}</main>
<footer><p>{parts.owner}, Jalan Bessai Berinta, Bontang. Telepon (0548) 20777.</p>{parts.footer}<p>Pengaduan: <a href="https://www.lapor.go.id">lapor.go.id</a></p></footer>
<script src="/assets/js/app.js" defer></script>{parts.body_end}</body></html>"""


def wordpress(parts: Parts) -> str:
    """A WordPress theme with its usual hidden texts for screen readers."""
    return f"""<!doctype html><html lang="id-ID"><head><meta charset="UTF-8"><title>{parts.title or parts.owner}</title>
<meta name="description" content="{escape(parts.description)}"/><meta property="og:title" content="{parts.title or parts.owner}"/>
<meta name="generator" content="WordPress 6.4"/><style>.screen-reader-text{{clip:rect(1px,1px,1px,1px);position:absolute!important}}
.menu-toggle{{display:none}}@media(max-width:600px){{.wide{{display:none}}}}</style>{parts.head}</head>
<body class="home blog">{parts.top}<div id="page"><a class="skip-link screen-reader-text" href="#content">Lewati ke konten</a>
<header id="masthead"><p class="site-title"><a href="/">{parts.owner}</a></p></header><div id="content">{parts.main}</div>
<aside id="secondary"><section class="widget"><h2>Tautan</h2><ul><li><a href="https://www.bontangkota.go.id">Kota Bontang</a></li>
<li><a href="https://jdih.bontangkota.go.id">JDIH</a></li></ul></section></aside>
<footer id="colophon">{parts.footer}<p>Diberdayakan oleh <a href="https://wordpress.org/">WordPress</a></p></footer></div>
<script>window._wpemojiSettings={{"baseUrl":"https:\\/\\/s.w.org\\/images\\/core\\/emoji\\/15\\/72x72\\/"}};</script>{parts.body_end}</body></html>"""


def joomla(parts: Parts) -> str:
    """Tables, fonts and a marquee: fifteen years old and still served."""
    return f"""<html><head><title>{parts.title or parts.owner}</title><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="generator" content="Joomla! 1.5"><meta name="description" content="{escape(parts.description)}">{parts.head}</head>
<body bgcolor="#e8f0e8">{parts.top}<table width="960" align="center"><tr><td colspan="2" bgcolor="#006633"><font color="white" size="5"><b>{parts.owner}</b></font><br>
<marquee scrollamount="3"><font color="yellow">Selamat datang di website resmi {parts.owner}.</font></marquee></td></tr>
<tr><td width="200" bgcolor="#ccddcc"><b>MENU</b><br><a href="index.php">Beranda</a><br><a href="index.php?option=com_content&amp;id=2">Visi dan Misi</a><br>
Statistik: hari ini 214, kemarin 356, total 1.204.882</td><td valign="top">{parts.main}</td></tr>
<tr><td colspan="2" align="center">{parts.footer}<font size="1">Hak cipta &copy; 2014-2026 {parts.owner}</font></td></tr></table>{parts.body_end}</body></html>"""


def bootstrap(parts: Parts) -> str:
    """A template with modals, a carousel and an accessibility widget: much of it hidden until somebody clicks."""
    return f"""<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{parts.title or parts.owner}</title>
<meta name="description" content="{escape(parts.description)}">
<link href="https://cdn.jsdelivr.net/npm/bootstrap@5/dist/css/bootstrap.min.css" rel="stylesheet">{parts.head}</head>
<body>{parts.top}<nav class="navbar"><a class="navbar-brand" href="/">{parts.owner}</a></nav>
<div class="modal fade" id="pengumuman" style="display:none" aria-hidden="true"><div class="modal-body"><p>Pengumuman: layanan tutup pada hari libur nasional.</p>
<a href="https://www.instagram.com/pemkotbontang">Instagram</a></div></div>
<div class="carousel"><img src="/img/slide1.jpg" alt="Festival Laut Bontang"><img src="/img/slide2.jpg" alt="Wali Kota meninjau pasar"></div>
<div class="container">{parts.main}</div><div id="aksesibilitas" style="visibility:hidden"><button>Perbesar huruf</button></div>
<footer class="bg-dark text-white">{parts.footer}<span class="visually-hidden">Bagikan ke</span><a href="https://wa.me/?text=berita">WhatsApp</a></footer>
<script src="https://cdn.jsdelivr.net/npm/bootstrap@5/dist/js/bootstrap.bundle.min.js"></script>
<script>document.querySelector('.bagikan')&&(location.href='https://www.facebook.com/sharer/sharer.php?u='+encodeURIComponent(location.href));</script>{parts.body_end}</body></html>"""


def village(parts: Parts) -> str:
    """A kelurahan's page in a ready-made system, with running text and visitors' counters."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{parts.title or "Website Resmi " + parts.owner}</title>
<meta property="og:site_name" content="{parts.owner}"/><meta property="og:description" content="{escape(parts.description)}"/>{parts.head}</head>
<body class="hold-transition">{parts.top}<div class="runtext">Selamat datang. Kantor buka Senin sampai Kamis 07.30-16.00 WITA.</div>
<div id="wrapper"><div class="post">{parts.main}</div><div class="box"><h3>Statistik Pengunjung</h3><table><tr><td>Hari ini</td><td>88</td></tr>
<tr><td>Kemarin</td><td>138</td></tr><tr><td>Total</td><td>77.168</td></tr></table></div></div>
<div class="footer">{parts.footer}<p>Aparatur kelurahan: NIP 19770803 200604 1 008</p></div>{parts.body_end}</body></html>"""


TEMPLATES: tuple[Callable[[Parts], str], ...] = (modern, wordpress, joomla, bootstrap, village)
