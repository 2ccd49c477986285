"""Clean sites: the traps (news, law, queues, birds, sports, names, substrings), ordinary pages, innocent differences."""

# ruff: noqa: E501 - one text, one line

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from command_centre.domain.integrity import View
from tests.collectors.integrity.corpus import second
from tests.collectors.integrity.corpus.templates import ADDRESS, ORDINARY, TEMPLATES, Case, Parts, Truth, article

TALK: tuple[tuple[str, str], ...] = (
    ("Wali Kota Imbau Warga Jauhi Judi Online", "Pemerintah Kota Bontang mengimbau warga dan ASN menjauhi judi online, termasuk yang disamarkan sebagai permainan slot gacor atau togel. ASN yang terbukti bermain dikenai sanksi disiplin."),
    ("Polres Bontang Tangkap Bandar Togel", "Satreskrim menangkap seorang bandar togel online di Berbas Pantai. Barang bukti berupa rekapan togel hongkong dan telepon genggam disita, pelaku dijerat Pasal 303 KUHP."),
    ("Bahaya Judi Slot bagi Pelajar", "Sekolah mengadakan penyuluhan bahaya judi slot online. Istilah seperti maxwin, scatter hitam, dan RTP live sering dipakai untuk memikat anak muda hingga kecanduan."),
    ("Satgas Pemberantasan Perjudian Daring Dibentuk", "Berdasarkan Keppres Nomor 21 Tahun 2024 dibentuk satuan tugas pemberantasan perjudian daring. Satgas memblokir situs judi, situs slot, dan rekening bandar."),
    ("Kamus Istilah Judi Online untuk Orang Tua", "Orang tua perlu mengenali istilah yang dipakai bandar: gacor berarti sering menang, maxwin kemenangan tertinggi, scatter hitam simbol di mahjong ways, RTP live angka palsu, depo 10k setoran kecil, bonus new member umpan bagi korban, akun pro kamboja tipuan, anti rungkad janji palsu. Waspada dan laporkan ke aduankonten.id."),
    ("Kominfo Blokir Ribuan Situs", "Kementerian memblokir situs judi online. Nama yang sering muncul antara lain slot88, gacor77, toto4d, dan sbobet. Pemblokiran akan terus dilakukan."),
    ("Kasus Subdomain Disusupi Konten Judi Slot", "Diskominfo menemukan 17 subdomain yang disusupi konten judi slot. Peretasan memanfaatkan celah pengunggahan berkas; tim CSIRT sudah membersihkannya."),
    ("Khutbah Jumat: Haramnya Judi Online", "Khatib mengingatkan jamaah bahwa judi online, togel, dan sabung ayam adalah perbuatan haram yang merusak keluarga."),
    ("Layanan Konseling Korban Judi Online di RSUD", "RSUD Taman Husada membuka poli konseling bagi pecandu judi online. Banyak pasien kecanduan slot online dan terlilit utang pinjol."),
    ("Lapas Razia Togel Kamar Hunian", "Petugas lapas merazia kamar hunian dan menemukan kertas rekapan togel serta kartu remi."),
    ("Perda tentang Ketertiban Umum", "Pasal 27 melarang setiap orang menyediakan tempat untuk judi, togel, sabung ayam, dan taruhan bola. Pelanggaran dikenai pidana kurungan."),
    ("Satpol PP Tertibkan Warung Dingdong", "Petugas menertibkan warung yang menyediakan mesin dingdong dan judi tembak ikan online. Pemilik diberi sanksi tertulis."),
    ("Deklarasi Anti Judi Online ASN", "Seluruh ASN menandatangani pakta integritas menolak judi online, slot, togel, dan poker daring. Pelanggar diberi hukuman disiplin berat."),
    ("PPATK: Perputaran Dana Judi Online", "PPATK mencatat perputaran dana judi online triliunan rupiah. Transaksi deposit pulsa dan QRIS mendominasi, pelaku memakai rekening orang lain."),
    ("Mahasiswa Teliti Kecanduan Slot", "Penelitian menunjukkan pelajar mengenal slot gacor dari iklan. Dampak yang dirasakan antara lain utang dan putus sekolah."),
    ("Tips Mengenali Iklan Judi Terselubung", "Iklan judi memakai kata link alternatif, daftar sekarang, gampang menang, dan bonus deposit. Jangan diklik, laporkan ke aduan konten Komdigi."),
    ("Bandar Judi Bola Dibekuk", "Polisi membekuk bandar judi bola yang memakai situs sbobet saat Piala Dunia. Tersangka mengaku mendapat komisi mix parlay."),
    ("Literasi Digital: Stop Judi Online", "Kegiatan literasi digital mengajak siswa mengenali modus situs slot online, kasino online, dan poker online yang ilegal."),
    ("Sidang Kasus Togel Hongkong", "Terdakwa kasus togel hongkong dituntut satu tahun penjara. Jaksa menghadirkan barang bukti buku prediksi togel."),
    ("Pemkot Bersihkan Spanduk Togel", "Petugas menurunkan spanduk iklan togel online dan memblokir akun media sosial yang mempromosikannya."),
)  # fmt: skip

TRAPS: tuple[tuple[str, str], ...] = (
    ("Slot Parkir Pasar Rawa Indah Ditambah", "Dinas Perhubungan menambah 120 slot parkir motor dan 40 slot parkir mobil. Slot kosong terlihat pada papan informasi. Daftar slot parkir langganan dibuka tiap bulan."),
    ("Booking Slot Antrean RSUD Online", "Pasien dapat memilih slot antrean poli melalui aplikasi. Slot online dibuka pukul 07.00; slot pagi 30 pasien, slot siang 20 pasien. Daftar slot vaksin anak setiap Rabu."),
    ("Lomba Burung Berkicau Piala Wali Kota", "Murai batu milik warga Guntung tampil gacor dan menjadi juara. Burung gacor hari ini mendapat nilai tertinggi dari juri. Kicau mania dari Samarinda ikut hadir."),
    ("Tim Hoki Bontang Raih Perak PORPROV", "Tim hoki ruangan putra menang 4-2. Pelatih menyebut keberuntungan, atau hoki, ikut membantu. Pemain gacor mencetak gol setiap laga."),
    ("Pelatihan Analisis Data: Scatter Plot dan Boxplot", "Peserta belajar membuat scatter plot dan histogram dari data HK kependudukan. Scatter plot memperlihatkan hubungan dua peubah."),
    ("Mengenal Pak Toto Suharto, Petugas Kebersihan Teladan", "Toto Suharto sudah dua puluh tahun menjaga kebersihan. Pak Toto bersama Judi Santoso menerima penghargaan dari wali kota."),
    ("Rencana Ruang Terbuka Publik (RTP) 2026", "RTP Lok Tuan selesai. RTP hari ini ramai dikunjungi warga; RTP live musik digelar tiap Sabtu. Pola ruang RTP mengikuti RTRW."),
    ("Bandar Udara dan Pelabuhan Loktuan", "Akses ke bandar udara Samarinda lewat jalan poros. Delegasi Bandar Lampung berkunjung mempelajari pelabuhan."),
    ("Bonus Demografi dan Lapangan Kerja", "Bonus demografi harus dimanfaatkan. Anggota baru koperasi mendapat bonus poin, deposit tabungan minimal Rp 10.000."),
    ("Dana Desa dan Dana Kelurahan", "Penyaluran dana kelurahan tahap satu. Slot dana desa tidak berlaku untuk kota; kelurahan memakai DAU tambahan."),
    ("Formasi CPNS: 12 Slot Tenaga Kesehatan", "Tersedia 12 slot formasi perawat dan 5 slot dokter. Link pendaftaran resmi hanya sscasn.bkn.go.id. Daftar akun SSCASN lebih dahulu."),
    ("Resensi Film: Jackpot", "Film Jackpot menceritakan keluarga yang menang undian. Adegan di kasino Las Vegas dan meja roulette digarap apik."),
    ("Server dan Jaringan Pusat Data", "Server luar ruang dipindahkan. Pusat data memiliki slot RAM, slot PCI, slot kartu memori, dan server cadangan di Thailand tidak digunakan."),
    ("Jadwal Live Draw Piala Wali Kota", "Live draw babak grup turnamen sepak bola pelajar disiarkan langsung. Undian grup dihadiri 16 tim. Bola resmi turnamen disediakan panitia."),
    ("Sabung Ayam dalam Cerita Rakyat", "Cerita rakyat Kutai mengisahkan sabung ayam antara dua pangeran. Naskahnya disimpan di perpustakaan daerah."),
    ("Kompos dari Sampah Pasar", "Kelompok tani mengolah kompos. Acuan harga pupuk ditetapkan. Alfabet tanaman obat dan diabetes dibahas penyuluh. Agenda berikut: smartphone untuk petani."),
    ("Pragmatik dan Semantik dalam Pengajaran Bahasa", "Guru bahasa mempelajari pragmatik. Permainan bahasa dipakai di kelas; kartu domino huruf menarik bagi anak."),
    ("Turnamen Domino Antar-RT", "Warga RT 12 mengadakan turnamen domino memperingati HUT RI. Juara mendapat piala bergilir dan beras."),
    ("Mahjong di Taman Lansia", "Komunitas lansia Tionghoa bermain mahjong sambil minum teh. Permainan mahjong melatih daya ingat."),
    ("Pengumuman Pemenang Undian Pajak", "Pemenang undian taat pajak diumumkan. Jackpot berupa sepeda motor. Kemenangan dapat diambil di Bapenda."),
    ("Poker Face di Panggung Teater Pelajar", "Pentas teater berjudul Poker Face memukau penonton. Sutradara muda berbakat itu siswa SMA 1."),
    ("Data HK, SGP, dan Ekspor", "Ekspor ke Hong Kong dan Singapura naik. Data ekspor HK dan SGP dirilis BPS. Keluaran industri pengolahan tumbuh 4 persen."),
    ("Nomor Telepon Penting", "Pemadam 113, Ambulans 119, PLN 123, Kantor 0548-20777, WhatsApp 0812-5588-8168, NIP 19881688 201403 1 138."),
    ("Prediksi Cuaca dan Pasang Surut", "Prediksi hari ini hujan ringan. Angka jitu kejadian banjir turun. Pasaran ikan stabil. Data keluaran debit waduk tersedia."),
    ("Kredit Mikro: Minimal Deposit dan Bunga", "Minimal deposit Rp 50.000 di BPR. Bonus tabungan pelajar. Deposito berjangka 12 bulan. Withdraw lewat teller."),
    ("Akun Pro Bono Bantuan Hukum", "Pengacara pro bono membantu warga. Daftar akun layanan di posbakum. Login dengan NIK."),
    ("Pertandingan Taruhan Gengsi", "Laga derbi mempertaruhkan gengsi. Taruhan harga diri bagi kedua tim, kata pelatih. Pola permainan menyerang."),
    ("Layanan Link Alternatif SP4N", "Bila situs utama lambat gunakan link alternatif lapor.go.id. Link login ASN ada di portal pegawai."),
    ("Tembak Ikan dengan Panah Dilarang", "Nelayan dilarang menembak ikan dengan panah di terumbu. Tembak ikan merusak karang."),
    ("Casino: Nama Lokal Ikan?", "Tidak ada kasino di Bontang. Yang ada Kasino Warkop, pelawak kenamaan, yang diabadikan dalam mural."),
)  # fmt: skip


def _pages(texts: tuple[tuple[str, str], ...], kind: str) -> Iterator[Case]:
    templates = cycle(TEMPLATES)
    for number, (heading, text) in enumerate(texts):
        main = article(heading, text) + ORDINARY[number % 4]
        yield Case(f"{kind}: {heading}", Truth.CLEAN, {"/": next(templates)(Parts(main=main))})


def _titled() -> Iterator[Case]:
    """The same as a page of its own: the words are in title, description, address and links of other pages as well."""
    templates = cycle(TEMPLATES[1:])
    for number, (heading, text) in enumerate((*TALK, *TRAPS)):
        owner = "Diskominfo Kota Bontang"
        slug = "-".join("".join(each for each in word if each.isalnum()) for word in heading.lower().split())
        parts = Parts(
            owner=owner, title=f"{heading} - {owner}", description=f"{heading}. {text[:120]}", main=article(heading, text)
        )
        home = TEMPLATES[0](Parts(main=f'<ul><li><a href="/berita/{slug}">{heading}</a></li></ul>{ORDINARY[number % 4]}'))
        pages = {"/": home, f"/berita/{slug}": next(templates)(parts), "/sitemap.xml": _sitemap([f"berita/{slug}", "profil"])}
        yield Case(f"own page: {heading}", Truth.CLEAN, pages)


def _sitemap(paths: list[str]) -> str:
    urls = "".join(f"<url><loc>{ADDRESS}{each}</loc></url>" for each in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def _ordinary() -> Iterator[Case]:
    owners = ("Dinas Kesehatan", "Kecamatan Bontang Utara", "Kelurahan Loktuan", "BPKAD", "Dinas Perpustakaan dan Kearsipan")
    for number, template in enumerate(TEMPLATES):
        for share in range(3):
            main = "".join(ORDINARY[share:]) + ORDINARY[0]
            yield Case(f"ordinary {number}.{share}", Truth.CLEAN, {"/": template(Parts(owner=owners[number], main=main))})


def _structures() -> Iterator[Case]:
    main = "".join(ORDINARY)
    plain = {"/": TEMPLATES[0](Parts(main=main))}
    hidden_news = f'<div class="modal" style="display:none">{article(*TALK[0])}</div>'
    yield Case("hidden: warning in a modal", Truth.CLEAN, {"/": TEMPLATES[3](Parts(main=main + hidden_news))})
    hidden_menu = (
        '<ul style="display:none">' + "".join(f'<li><a href="/layanan/{n}">Layanan {n}</a></li>' for n in range(60)) + "</ul>"
    )
    yield Case("hidden: long menu", Truth.CLEAN, {"/": TEMPLATES[0](Parts(main=main + hidden_menu))})
    foreign_hidden = '<div style="display:none"><a href="https://translate.google.com/">Terjemahkan</a><a href="https://www.hotelbontang.example/">Hotel</a></div>'
    yield Case(
        "hidden: foreign links without gambling", Truth.CLEAN, {"/": TEMPLATES[1](Parts(main=main, footer=foreign_hidden))}
    )
    portals = '<ul><li><a href="https://www.kompas.com/tag/judi-online">Polisi bongkar situs judi online</a></li><li><a href="https://www.detik.com/berita/slot-gacor-marak">Maraknya slot gacor di kalangan pelajar</a></li></ul>'
    yield Case("links to press reports", Truth.CLEAN, {"/": TEMPLATES[1](Parts(main=main, footer=portals))})
    unknown_press = '<a href="https://kabarbontang.example/2026/03/waspada-situs-slot-gacor-di-bontang">Waspada situs slot gacor di Bontang</a>'
    yield Case("link to a small newspaper", Truth.CLEAN, {"/": TEMPLATES[0](Parts(main=main, footer=unknown_press))})
    blocked = "".join(
        f"<tr><td>{n}</td><td>{host}</td><td>diblokir</td></tr>"
        for n, host in enumerate(("slot88.example", "gacor77.example", "rajatogel.example", "sbobet.example"))
    )
    table = f"<h2>Daftar Situs Judi Online yang Diblokir</h2><table>{blocked}</table>"
    yield Case("table of blocked hosts", Truth.CLEAN, {"/": TEMPLATES[2](Parts(main=table + ORDINARY[0]))})
    store = "<script>if(/android/i.test(navigator.userAgent)){location.href='https://play.google.com/store/apps/details?id=id.go.bontang'}</script>"
    yield Case("script: to the app store", Truth.CLEAN, {"/": TEMPLATES[0](Parts(main=main, body_end=store))})
    own = "<script>if(location.protocol!=='https:'){location.replace('https://dinas.bontang.test'+location.pathname)}</script>"
    yield Case("script: step up to https", Truth.CLEAN, {"/": TEMPLATES[0](Parts(main=main, head=own))})
    packed = "<script>eval(function(p,a,c,k,e,d){return p}('0 1=2',3,3,'var|menu|document'.split('|'),0,{}))</script>"
    yield Case("script: packed menu", Truth.CLEAN, {"/": TEMPLATES[2](Parts(main=main, head=packed))})
    icon = f'<script>var icon="data:image/png;base64,{"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ" * 20}";</script>'
    yield Case("script: pictures as text", Truth.CLEAN, {"/": TEMPLATES[3](Parts(main=main, head=icon))})
    search = '<script type="application/json">[{"judul":"Polres tangkap bandar togel online"},{"judul":"Waspada judi slot online"}]</script>'
    yield Case("script: search index with warnings", Truth.CLEAN, {"/": TEMPLATES[0](Parts(main=main, body_end=search))})
    slots = '<my-card v-slot:header data-slot="gacor"><slot name="judul"></slot></my-card><ins class="adslot" data-ad-slot="88168"></ins>'
    yield Case("component slots", Truth.CLEAN, {"/": TEMPLATES[3](Parts(main=main + slots))})
    maps = '<iframe src="https://www.google.com/maps/embed?pb=1" width="600"></iframe><iframe src="https://www.youtube.com/embed/x1"></iframe>'
    yield Case("frames: map and film", Truth.CLEAN, {"/": TEMPLATES[1](Parts(main=main + maps))})
    refresh = '<meta http-equiv="refresh" content="5;url=https://dinas.bontang.test/beranda">'
    yield Case("meta refresh to itself", Truth.CLEAN, {"/": TEMPLATES[0](Parts(main=main, head=refresh))})
    moved = '<link rel="canonical" href="https://dinas.bontangkota.go.id/">'
    yield Case("canonical on the city's domain", Truth.CLEAN, {"/": TEMPLATES[0](Parts(main=main, head=moved))})
    many = [f"berita/{2015 + n % 11}/daftar-informasi-publik-{n}" for n in range(800)]
    yield Case("sitemap: many pages", Truth.CLEAN, {**plain, "/sitemap.xml": _sitemap(many)})
    news = [
        f"berita/{slug}"
        for slug in (
            "polisi-tangkap-bandar-togel-online",
            "waspada-judi-slot-online",
            "bahaya-situs-slot-gacor",
            "penertiban-togel",
            "slot-parkir-baru",
            "daftar-slot-vaksin",
        )
    ]
    yield Case("sitemap: news about gambling", Truth.CLEAN, {**plain, "/sitemap.xml": _sitemap(news)})
    comment = (
        '<div id="comments"><p>Semoga judi online di kota kita segera diberantas, anak tetangga saya kecanduan slot.</p></div>'
    )
    yield Case("comment by a citizen", Truth.CLEAN, {"/": TEMPLATES[1](Parts(main=main + comment))})
    dark = '<div class="hero" style="background:#003366"><p style="color:#fff">Layanan Publik Kota Bontang</p><a style="color:white" href="/layanan">Layanan</a></div>'
    yield Case("white on dark", Truth.CLEAN, {"/": TEMPLATES[0](Parts(main=dark + main))})


def _differences() -> Iterator[Case]:
    """Views differ, and nothing is wrong."""
    main = "".join(ORDINARY)
    base = {"/": TEMPLATES[0](Parts(main=main + "<p>Pengunjung: 214</p>"))}
    counter = {view: {"/": TEMPLATES[0](Parts(main=main + f"<p>Pengunjung: {215 + n}</p>"))} for n, view in enumerate(View)}
    yield Case("views: counter", Truth.CLEAN, base, counter)
    turning = {view: {"/": TEMPLATES[0](Parts(main=article(*TALK[n]) + main))} for n, view in enumerate(View)}
    yield Case("views: rotating news about gambling", Truth.CLEAN, base, turning)
    mobile = {View.MOBILE: {"/": TEMPLATES[4](Parts(main=main))}, View.BOT_AGAIN: {"/": TEMPLATES[4](Parts(main=main))}}
    yield Case("views: mobile template", Truth.CLEAN, base, mobile)
    prerendered = {View.BOT: {"/": TEMPLATES[2](Parts(main=article(*TRAPS[2]) + main))}}
    yield Case("views: other page for robots, nothing in it", Truth.CLEAN, base, prerendered)
    token = {
        view: {"/": TEMPLATES[0](Parts(main=main, head=f'<meta name="csrf-token" content="{"x7Kd9" * (n + 3)}">'))}
        for n, view in enumerate(View)
    }
    yield Case("views: tokens", Truth.CLEAN, base, token)
    one = {View.BOT: {"/": TEMPLATES[0](Parts(main=article(*TALK[4]) + main))}}
    yield Case("views: glossary in one view only", Truth.CLEAN, base, one)
    phone = dict.fromkeys((View.MOBILE, View.BOT_AGAIN), "http://m.dinas.bontang.test/")
    yield Case("views: phones to the mobile site", Truth.CLEAN, base, sent_to=phone)
    moved = dict.fromkeys(View, "https://dinas.bontangkota.go.id/")
    yield Case("all views: moved to the city's domain", Truth.CLEAN, base, sent_to=moved)


def _spam() -> Iterator[Case]:
    links = '<a href="https://rajaslot77.example/" rel="nofollow ugc">slot gacor hari ini</a> <a href="https://kudatoto4d.example/">bandar togel terpercaya</a>'
    for number, mark in enumerate(('id="comments" class="comment-list"', 'class="komentar"', 'id="bukutamu"')):
        block = f"<div {mark}><h3>Komentar</h3><p>Terima kasih infonya.</p><p>{links}</p></div>"
        yield Case(f"spam by visitors {number}", Truth.SPAM, {"/": TEMPLATES[number](Parts(main=ORDINARY[0] + block))})


def clean() -> tuple[Case, ...]:
    """Every clean case."""
    groups = (_pages(TALK, "talk"), _pages(TRAPS, "trap"), _titled(), _ordinary(), _structures(), _differences(), second.clean())
    return tuple(case for group in groups for case in group)


def spam() -> tuple[Case, ...]:
    """Visitors' spam: real, and of lower weight."""
    return tuple(_spam())
