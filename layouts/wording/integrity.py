"""The words of the judol watch: on the wall, in the evidence viewer, in the report. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from command_centre.domain.integrity import Change, FindingKind, Phase, Signal, Verdict, View
from command_centre.read.stewardship import Risk
from layouts.wording import Language

_Member = TypeVar("_Member")
_Pair = tuple[str, str]

_PHASE: Mapping[Phase, _Pair] = MappingProxyType(
    {
        Phase.UNSEEN: ("Belum dinilai", "Not judged yet"),
        Phase.CLEAN: ("Bersih", "Clean"),
        Phase.REVIEW: ("Perlu ditinjau", "To be reviewed"),
        Phase.SUSPECTED: ("Dicurigai, menunggu pemindaian berikutnya", "Suspected, the next scan decides"),
        Phase.INDICATED: ("Terindikasi", "Indicated"),
        Phase.CONFIRMED: ("Terkonfirmasi", "Confirmed"),
    }
)

_VERDICT: Mapping[Verdict, _Pair] = MappingProxyType(
    {
        Verdict.CLEAN: ("bersih", "clean"),
        Verdict.REVIEW: ("perlu ditinjau", "to be reviewed"),
        Verdict.INDICATED: ("terindikasi", "indicated"),
        Verdict.UNJUDGED: ("tidak dapat dinilai", "could not be judged"),
    }
)

_VIEW: Mapping[View, _Pair] = MappingProxyType(
    {
        View.BROWSER: ("peramban", "browser"),
        View.BOT: ("robot mesin pencari", "search robot"),
        View.BOT_AGAIN: ("robot seluler", "mobile robot"),
        View.REFERRER: ("dari hasil pencarian", "from a search result"),
        View.MOBILE: ("ponsel", "phone"),
        View.FILES: ("berkas situs", "site files"),
    }
)

_SIGNAL: Mapping[Signal, _Pair] = MappingProxyType(
    {
        Signal.HEAD: ("judul dan keterangan halaman", "title and description"),
        Signal.CLOAKING: ("tampilan berbeda menurut pengunjung", "shown to some visitors only"),
        Signal.REDIRECT: ("pengalihan", "redirect"),
        Signal.LINKS: ("tautan", "links"),
        Signal.PATHS: ("alamat halaman", "addresses"),
        Signal.TEMPLATE: ("bahasa atau rupa halaman", "language or template"),
        Signal.TEXT: ("teks", "text"),
        Signal.FOREIGN_CODE: ("kode dari situs lain", "foreign code"),
        Signal.PROBE_PATHS: ("halaman yang tidak seharusnya ada", "pages that should not exist"),
        Signal.TAKEOVER: ("pengambilalihan nama", "takeover of the name"),
    }
)

_KIND: Mapping[FindingKind, _Pair] = MappingProxyType(
    {
        FindingKind.TITLE: ("judul halaman", "page title"),
        FindingKind.CANONICAL: ("alamat kanonik", "canonical address"),
        FindingKind.STRUCTURED_DATA: ("data terstruktur", "structured data"),
        FindingKind.VISIBLE_LINKS: ("tautan terlihat", "visible links"),
        FindingKind.HIDDEN_LINKS: ("tautan tersembunyi", "hidden links"),
        FindingKind.COMMENT_LINKS: ("komentar kode", "source comment"),
        FindingKind.COMMENT_SPAM: ("spam komentar", "comment spam"),
        FindingKind.VISIBLE_TEXT: ("teks terlihat", "visible text"),
        FindingKind.HIDDEN_TEXT: ("teks tersembunyi", "hidden text"),
        FindingKind.SCRIPT: ("skrip", "script"),
        FindingKind.FRAME: ("bingkai asing", "foreign frame"),
        FindingKind.FOREIGN_HOST: ("kode situs asing", "foreign host"),
        FindingKind.REDIRECT_HTTP: ("pengalihan", "redirect"),
        FindingKind.REDIRECT_META: ("pengalihan meta", "meta redirect"),
        FindingKind.REDIRECT_SCRIPT: ("pengalihan skrip", "script redirect"),
        FindingKind.SITEMAP: ("peta situs", "sitemap"),
        FindingKind.SITEMAP_GROWTH: ("peta situs membengkak", "swollen sitemap"),
        FindingKind.ROBOTS: ("robots.txt", "robots.txt"),
        FindingKind.FEED: ("umpan berita", "feed"),
        FindingKind.PATH: ("alamat halaman", "address"),
        FindingKind.LANGUAGE: ("bahasa berubah", "language changed"),
        FindingKind.TAKEOVER: ("nama diambil alih", "name taken over"),
        FindingKind.CLOAKED_BOT: ("hanya untuk robot", "robots only"),
        FindingKind.CLOAKED_REFERRER: ("hanya dari pencarian", "searchers only"),
        FindingKind.CLOAKED_MOBILE: ("hanya untuk ponsel", "phones only"),
        FindingKind.CLOAKED_BROWSER: ("disembunyikan dari robot", "hidden from robots"),
    }
)

_CHANGE: Mapping[Change, _Pair] = MappingProxyType(
    {
        Change.SUSPICION: ("indikasi pertama; menunggu pemindaian berikutnya", "first indication; the next scan decides"),
        Change.ALARM: ("terindikasi disusupi konten judi online", "indicated: injected gambling content"),
        Change.REINFECTION: (
            "terindikasi lagi dalam 30 hari sesudah bersih (infeksi ulang)",
            "indicated again within 30 days of being clean (re-infection)",
        ),
        Change.CONFIRMED: ("dikonfirmasi oleh petugas", "confirmed by a person"),
        Change.CLEARED: ("bersih dalam tiga pemindaian berturut-turut", "clean in three scans in a row"),
        Change.DISMISSED: ("dinyatakan alarm palsu oleh petugas", "called a false alarm by a person"),
    }
)

_RISK: Mapping[Risk, _Pair] = MappingProxyType(
    {
        Risk.NEGLECTED: ("isi lama", "old content"),
        Risk.LEFTOVER: ("sisa kegiatan yang sudah lewat", "left over from something that is past"),
        Risk.NO_OWNER: ("tanpa pemilik", "no owner"),
        Risk.HTTP_ONLY: ("hanya http", "http only"),
        Risk.OFF_DOMAIN: ("di luar go.id", "not below go.id"),
    }
)


@dataclass(frozen=True, slots=True)
class WallPhrases:
    """On the sites wall."""

    indicated: str
    confirmed: str
    counted: str
    sites_are: str
    site_is: str
    leads_to: str
    pages: str
    not_taken: str
    cleaning: str
    again: str


@dataclass(frozen=True, slots=True)
class ViewerPhrases:
    """In the evidence viewer."""

    page: str
    home: str
    simulated: str
    intro: str
    no_scan_yet: str
    counted: str
    site: str
    owner: str
    verdict: str
    since: str
    last_scan: str
    findings: str
    deadline: str
    overdue: str
    none_alarming: str
    all_others: str
    warning: str
    chronology: str
    by: str
    position: str
    why: str
    weight: str
    decisive: str
    kept: str
    gone: str
    compare: str
    compare_intro: str
    only_here: str
    same_lines: str
    not_asked: str
    no_difference: str
    evidence_denied: str
    judge: str
    confirm: str
    confirm_note: str
    dismiss: str
    dismiss_intro: str
    reason: str
    days: str
    may_not_judge: str
    done: str
    refused: str
    nothing_changed: str
    too_late: str
    report: str
    report_text: str
    report_pdf: str
    limits: str
    unjudged: str
    clean_scans: str
    reinfections: str
    risks: str
    risks_intro: str
    days_old: str
    exceptions: str
    exception_until: str
    runbook: str


INDONESIAN_WALL = WallPhrases(
    indicated="Judol terindikasi",
    confirmed="Judol terkonfirmasi",
    counted="judol",
    sites_are="{count} situs terindikasi judol",
    site_is="Situs {name} terindikasi judol",
    leads_to="ke {place}",
    pages="[{count} hal.]",
    not_taken="BELUM DITERIMA",
    cleaning="{count} dari 3 pindai bersih",
    again="infeksi ulang ke-{count}",
)
ENGLISH_WALL = WallPhrases(
    indicated="Injection indicated",
    confirmed="Injection confirmed",
    counted="injected",
    sites_are="{count} sites show injected gambling",
    site_is="Site {name} shows injected gambling",
    leads_to="to {place}",
    pages="[{count} pages]",
    not_taken="NOT TAKEN",
    cleaning="{count} of 3 clean scans",
    again="re-infection {count}",
)

INDONESIAN_VIEWER = ViewerPhrases(
    page="Pemantauan judi online",
    home="Konsol",
    simulated="SIMULASI",
    intro="Semua alamat dan kata dari situs sudah dilumpuhkan (hxxps, [.], s***). Tidak ada yang dapat diklik atau dijalankan.",
    no_scan_yet="Belum ada situs yang dipindai.",
    counted="{alarms} dalam alarm · {reviews} perlu ditinjau · {clean} bersih · {unjudged} tidak dapat dinilai · "
    "{scanned} dari {expected} situs sudah dipindai",
    site="Situs",
    owner="Pemilik",
    verdict="Keadaan",
    since="Sejak",
    last_scan="Pindai terakhir",
    findings="Temuan",
    deadline="Tenggat",
    overdue="lewat",
    none_alarming="Tidak ada situs dalam alarm atau perlu ditinjau.",
    all_others="Situs lain",
    warning="Jangan membuka situs ini dengan peramban biasa.",
    chronology="Kronologi",
    by="oleh",
    position="Letak",
    why="Mengapa (catatan mesin, bahasa Inggris)",
    weight="Bobot",
    decisive="menentukan",
    kept="isi halaman tersimpan, SHA-256",
    gone="isi halaman tidak (lagi) disimpan",
    compare="Perbandingan tampilan",
    compare_intro="Sumber halaman seperti dikirim kepada tiap pengunjung. Baris bertanda + hanya ada di sisi itu.",
    only_here="hanya di sini",
    same_lines="… {count} baris sama …",
    not_asked="Untuk tampilan ini tidak ada isi halaman yang disimpan.",
    no_difference="Kedua isi sama.",
    evidence_denied="Isi halaman hanya untuk operator ke atas.",
    judge="Penilaian petugas",
    confirm="Konfirmasi penyusupan",
    confirm_note="Catatan (apa yang dilihat)",
    dismiss="Nyatakan alarm palsu",
    dismiss_intro="Hanya bukti yang sama persis di situs ini yang dikecualikan, dan pengecualian selalu berakhir.",
    reason="Alasan",
    days="Berlaku (hari, paling lama 180)",
    may_not_judge="Penilaian hanya oleh operator ke atas.",
    done="Penilaian tercatat.",
    refused="Tidak dicatat: tulis alasannya, dan lama pengecualian antara 1 dan 180 hari.",
    nothing_changed="Tidak ada yang berubah: keadaan situs sudah demikian.",
    too_late="Tidak dicatat: ada pemindaian baru. Lihat bukti yang sekarang, lalu nilai kembali.",
    report="Laporan insiden",
    report_text="Unduh teks",
    report_pdf="Unduh PDF",
    limits="Batas pemantauan ini",
    unjudged="Tidak dapat dinilai",
    clean_scans="{count} dari 3 pemindaian bersih berturut-turut",
    reinfections="infeksi ulang dalam 30 hari: {count}",
    risks="Kerawanan situs",
    risks_intro="Bukan insiden: situs yang mudah disusupi karena kurang terurus. Yang tidak terukur tidak disebut.",
    days_old="hari",
    exceptions="Pengecualian yang berlaku",
    exception_until="sampai",
    runbook="Langkah penanganan: docs/runbooks/judol.md",
)
ENGLISH_VIEWER = ViewerPhrases(
    page="Watch for injected gambling",
    home="Console",
    simulated="SIMULATED",
    intro="Every address and word on this page is defanged (hxxps, [.], s***). Nothing can be clicked or run.",
    no_scan_yet="No site has been scanned yet.",
    counted="{alarms} in alarm · {reviews} to be reviewed · {clean} clean · {unjudged} could not be judged · "
    "{scanned} of {expected} sites scanned",
    site="Site",
    owner="Owner",
    verdict="State",
    since="Since",
    last_scan="Last scan",
    findings="Findings",
    deadline="Deadline",
    overdue="overdue",
    none_alarming="No site is in alarm or to be reviewed.",
    all_others="Other sites",
    warning="Do not open this site in an ordinary browser.",
    chronology="Chronology",
    by="by",
    position="Where",
    why="Why",
    weight="Weight",
    decisive="decisive",
    kept="the page is kept, SHA-256",
    gone="the page is not kept (any more)",
    compare="Comparison of views",
    compare_intro="The page's source as sent to each visitor. Lines marked + are on that side only.",
    only_here="only here",
    same_lines="… {count} equal lines …",
    not_asked="No page is kept for this view.",
    no_difference="Both are the same.",
    evidence_denied="What the page sent is for operators and above.",
    judge="A person's judgement",
    confirm="Confirm the injection",
    confirm_note="Note (what was seen)",
    dismiss="Call it a false alarm",
    dismiss_intro="Only exactly this evidence on this site is excepted, and every exception ends.",
    reason="Reason",
    days="Holds for (days, at most 180)",
    may_not_judge="Only operators and above judge.",
    done="The judgement is recorded.",
    refused="Not recorded: give a reason, and between 1 and 180 days for an exception.",
    nothing_changed="Nothing changed: the site stood so already.",
    too_late="Not recorded: there is a newer scan. Look at its evidence and judge again.",
    report="Incident report",
    report_text="Download text",
    report_pdf="Download PDF",
    limits="What this watch cannot see",
    unjudged="Could not be judged",
    clean_scans="{count} of 3 clean scans in a row",
    reinfections="re-infections within 30 days: {count}",
    risks="Risks",
    risks_intro="No incidents: sites that are easy victims because nobody looks after them. What was not measured is not named.",
    days_old="days",
    exceptions="Exceptions in force",
    exception_until="until",
    runbook="Steps: docs/runbooks/judol.md",
)

_LIMITS: tuple[_Pair, ...] = (
    (
        "Penyusup yang memeriksa alamat Google sungguhan menunjukkan halaman biasa kepada kita.",
        "An intruder who verifies the search engine's addresses shows us the normal page.",
    ),
    (
        "Isi yang hanya digambar oleh peramban (JavaScript yang berjalan) tidak terlihat: skrip dibaca, tidak dijalankan.",
        "Content that only a running browser draws is not seen: scripts are read, not run.",
    ),
    (
        "Halaman yang tidak ditautkan dan tidak ada di peta situs tidak ditemukan; Google Search Console mengetahuinya.",
        "Pages that nothing links to and no sitemap names are not found; the search engine's console knows them.",
    ),
    (
        "Gambar tanpa kata atau tautan, dan penyamaran menurut negara atau penyedia, tidak terlihat.",
        "Pictures without words or links, and cloaking by country or provider, are not seen.",
    ),
    (
        "Bersih berarti: tidak ditemukan apa pun di halaman yang diperiksa. Bukan jaminan bahwa situs tidak disusupi.",
        "Clean means: nothing was found on the pages looked at. It is no guarantee.",
    ),
)


@dataclass(frozen=True, slots=True)
class IntegrityWords:
    """The words of one language."""

    language: Language
    wall: WallPhrases
    viewer: ViewerPhrases

    def phase(self, phase: Phase) -> str:
        return self._pick(_PHASE, phase)

    def verdict(self, verdict: Verdict) -> str:
        return self._pick(_VERDICT, verdict)

    def view(self, view: View) -> str:
        return self._pick(_VIEW, view)

    def signal(self, signal: Signal) -> str:
        return self._pick(_SIGNAL, signal)

    def kind(self, kind: FindingKind) -> str:
        return self._pick(_KIND, kind)

    def change(self, change: Change) -> str:
        return self._pick(_CHANGE, change)

    def risk(self, risk: Risk) -> str:
        return self._pick(_RISK, risk)

    @property
    def limits(self) -> tuple[str, ...]:
        """What the watch cannot see: said wherever evidence is shown."""
        return tuple(each[self._place] for each in _LIMITS)

    @property
    def _place(self) -> int:
        return 0 if self.language is Language.INDONESIAN else 1

    def _pick(self, words: Mapping[_Member, _Pair], member: _Member) -> str:
        return words[member][self._place]


_WORDS: Mapping[Language, IntegrityWords] = MappingProxyType(
    {
        Language.INDONESIAN: IntegrityWords(Language.INDONESIAN, INDONESIAN_WALL, INDONESIAN_VIEWER),
        Language.ENGLISH: IntegrityWords(Language.ENGLISH, ENGLISH_WALL, ENGLISH_VIEWER),
    }
)


def integrity_words(language: Language) -> IntegrityWords:
    """The words of the judol watch in one language."""
    return _WORDS[language]
