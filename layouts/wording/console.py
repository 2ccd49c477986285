"""The words of the operator console. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from command_centre.domain.incident import IncidentEventKind
from command_centre.domain.notification import NoticeKind
from command_centre.domain.person import Role
from command_centre.domain.target import TargetKind
from command_centre.read.incidents import Tab
from command_centre.read.target_past import Reach
from layouts.wording import Language


@dataclass(frozen=True, slots=True)
class ConsoleWords:
    """What the console says; sentences with places are filled with ``str.format``."""

    title: str
    pages: Mapping[str, str]
    tabs: Mapping[Tab, str]
    kinds: Mapping[TargetKind, str]
    reaches: Mapping[Reach, str]
    roles: Mapping[Role, str]
    data_as_of: str
    no_data_yet: str
    sign_out: str
    lost: str
    unreadable: str
    priority: str
    incident: str
    age: str
    owner_and_taker: str
    untaken: str
    all_severities: str
    all_kinds: str
    all_kelurahan: str
    all_owners: str
    search: str
    search_hint: str
    nothing_here: str
    nothing_fits: str
    shown_of: str
    closed_title: str
    no_closed: str
    by_itself: str
    handover: str
    no_handover: str
    handed_note: str
    handed_silence: str
    handed_plan: str
    load: str
    load_actionable: str
    load_most: str
    load_merged: str
    load_not_sent: str
    load_answer: str
    load_median: str
    load_chattering: str
    load_aim_none: str
    choose: str
    choose_hint: str
    no_such: str
    since: str
    minutes_long: str
    over_at: str
    scope: str
    scope_of: str
    scope_one: str
    children_count: str
    suspected: str
    cause_said: str
    suspected_none: str
    taker: str
    taken_at: str
    next_step: str
    no_next_step: str
    owner: str
    explained_by: str
    chart: str
    chart_source: str
    event_line: str
    end_line: str
    planned_line: str
    chronology: str
    still: str
    children: str
    children_not_told: str
    children_more: str
    target: str
    kind: str
    state: str
    first: str
    evidence: str
    evidence_first: str
    evidence_hidden: str
    no_evidence: str
    near: str
    near_none: str
    register_changed: str
    first_step: str
    no_first_step: str
    quiet_until: str
    planned_until: str
    lift: str
    call_off: str
    take: str
    take_back: str
    taken: str
    assign: str
    assign_to: str
    power: str
    not_a_fault: str
    cause: str
    quiet: str
    plan: str
    recheck: str
    note_hint: str
    save: str
    keep: str
    reason: str
    reason_hint: str
    length: str
    lengths: Mapping[str, str]
    plan_name: str
    plan_from: str
    plan_until: str
    plan_hint: str
    done: Mapping[str, str]
    already: str
    too_late: str
    unknown: str
    not_allowed: str
    words_needed: str
    bad_moment: str
    bad_plan: str
    refused: str
    cannot_write: str
    keys: str
    key_list: tuple[tuple[str, str], ...]
    opened: str
    changed: str
    resolved: str
    acknowledged: str
    ack_withdrawn: str
    noted: str
    assigned: str
    cause_labelled: str
    silenced: str
    silence_lifted: str
    other_event: str
    told_sent: str
    told_dead: str
    told_withdrawn: str
    told_waiting: str
    told_late: str
    metrics: Mapping[str, str]
    kelurahan: str
    last_look: str
    availability: str
    measured: str
    open_target: str
    no_such_target: str
    never: str
    quality_lead: str
    quality: Mapping[str, str]
    quality_none: str
    quality_meaning: Mapping[str, str]
    score_lead: str
    score_days: str
    per_shift: str
    shift: str
    floods: str
    chattering: str
    standing: str
    top_ten: str
    night_pages: str
    top_share: str
    none: str
    answered: str
    unanswered: str
    walls_lead: str
    wall: str
    wall_page: str
    wall_seen: str
    wall_data_age: str
    wall_size: str
    wall_memory: str
    wall_state: Mapping[str, str]
    no_walls: str
    strangers_lead: str
    device: str
    first_heard: str
    last_heard: str
    messages: str
    sample: str
    decision: str
    decided: str
    choose_target: str
    adopt: str
    ignore: str
    wait: str
    adopted: str
    ignored: str
    waiting: str
    adopt_hint: str
    no_strangers: str
    settings_lead: str
    in_force: str
    in_collector: str
    differs: str
    last_refused: str
    never_refused: str
    reload: str
    reloading: str
    no_reload: str
    reload_hint: str
    warnings: str
    no_warnings: str
    section: str
    setting: str
    value: str


INDONESIAN = ConsoleWords(
    title="Konsol",
    pages=MappingProxyType(
        {
            "gangguan": "Gangguan",
            "target": "Target",
            "mutu": "Mutu daftar",
            "beban": "Beban alarm",
            "dinding": "Layar",
            "karantina": "Karantina",
            "konfigurasi": "Konfigurasi",
            "judol": "Judol",
            "cuplikan": "Cuplikan",
            "layar": "Dinding",
        }
    ),
    tabs=MappingProxyType(
        {
            Tab.OPEN: "Aktif",
            Tab.UNTAKEN: "Belum diterima",
            Tab.MINE: "Tugas saya",
            Tab.SILENCED: "Ditunda",
            Tab.PLANNED: "Pemeliharaan",
            Tab.CLOSED: "Selesai",
        }
    ),
    kinds=MappingProxyType(
        {
            TargetKind.SITE: "Situs",
            TargetKind.HOTSPOT: "Titik Wi-Fi",
            TargetKind.SERVICE: "Layanan",
            TargetKind.SELF: "Command Centre",
        }
    ),
    reaches=MappingProxyType(
        {Reach.HOUR: "1 jam", Reach.DAY: "24 jam", Reach.WEEK: "7 hari", Reach.MONTH: "30 hari", Reach.YEAR: "1 tahun"}
    ),
    roles=MappingProxyType({Role.WALL: "layar", Role.OFFICIAL: "pejabat", Role.OPERATOR: "operator", Role.ADMIN: "admin"}),
    data_as_of="Data per",
    no_data_yet="Belum ada data",
    sign_out="Keluar",
    lost="Sambungan ke server terputus. Daftar ini bisa tertinggal.",
    unreadable="Pangkalan data sedang tidak dapat dibaca. Daftar ini bisa tertinggal.",
    priority="Prioritas",
    incident="Gangguan",
    age="Umur",
    owner_and_taker="Pemilik, penerima",
    untaken="belum diterima",
    all_severities="Semua prioritas",
    all_kinds="Semua jenis",
    all_kelurahan="Semua kelurahan",
    all_owners="Semua pemilik",
    search="Cari",
    search_hint="Cari nama, kunci, pemilik",
    nothing_here="Tidak ada gangguan di sini.",
    nothing_fits="Tidak ada gangguan yang cocok dengan saringan ini.",
    shown_of="{shown} dari {all} ditampilkan; persempit saringan",
    closed_title="Selesai 24 jam terakhir",
    no_closed="Belum ada yang selesai.",
    by_itself="pulih sendiri",
    handover="Serah terima sif",
    no_handover="Tidak ada catatan, tunda yang berakhir, atau pemeliharaan.",
    handed_note="{name}: {text} ({author})",
    handed_silence="Tunda berakhir {time}: {text} ({author})",
    handed_plan="Pemeliharaan mulai {time}: {text} ({author})",
    load="Beban alarm sif ini ({shift})",
    load_actionable="Perlu tindakan",
    load_most="batas {n} per sif",
    load_merged="Digabung ke induk",
    load_not_sent="tidak dikirim",
    load_answer="Waktu terima",
    load_median="median, batas {n} m",
    load_chattering="Naik-turun cepat",
    load_aim_none="sasaran 0",
    choose="Pilih satu gangguan di daftar.",
    choose_hint="Membuka gangguan tidak mencatat apa pun; hanya tombol yang mencatat.",
    no_such="Gangguan ini tidak ada.",
    since="Sejak",
    minutes_long="berlangsung {length}",
    over_at="selesai {time}, {length}",
    scope="Cakupan",
    scope_of="{part} dari {whole}",
    scope_one="1 target",
    children_count="{n} gejala digabung",
    suspected="Dugaan penyebab",
    cause_said="menurut petugas",
    suspected_none="belum diketahui",
    taker="Penerima",
    taken_at="{name} {time}",
    next_step="pemberitahuan berikut {time}",
    no_next_step="tidak ada pemberitahuan menunggu",
    owner="Pemilik",
    explained_by="Bagian dari gangguan {id}: {name}",
    chart="{metric} di sekitar kejadian",
    chart_source="jam kota, arsir = waktu mati terjadwal",
    event_line="mulai {time}",
    end_line="selesai {time}",
    planned_line="terjadwal",
    chronology="Kronologi",
    still="Masih {state}, {length}",
    children="Gejala digabung",
    children_not_told="{n}, pemberitahuan tidak dikirim",
    children_more="dan {n} lainnya",
    target="Target",
    kind="Jenis",
    state="Keadaan",
    first="Mulai",
    evidence="Bukti",
    evidence_first="seperti yang diterima, tidak pernah dijalankan",
    evidence_hidden="Bukti mentah hanya untuk operator.",
    no_evidence="Tidak ada rincian yang tersimpan.",
    near="Kejadian berdekatan",
    near_none="Tidak ada gangguan lain dalam 15 menit sebelum dan sesudahnya.",
    register_changed="Baris daftar induk target ini diubah {time}.",
    first_step="Langkah pertama.",
    no_first_step="belum ditulis untuk aturan ini",
    quiet_until="Ditunda s.d. {time} oleh {author}: {reason}",
    planned_until="Pemeliharaan {start}–{end} oleh {author}: {name}",
    lift="Akhiri tunda",
    call_off="Akhiri pemeliharaan",
    take="Saya terima",
    take_back="Batalkan terima",
    taken="Diterima {time}",
    assign="Tugaskan",
    assign_to="Kepada",
    power="Listrik padam (PLN)",
    not_a_fault="Bukan gangguan",
    cause="Sebab",
    quiet="Tunda",
    plan="Pemeliharaan",
    recheck="Uji ulang",
    note_hint="Tambah catatan, tampil di laporan",
    save="Simpan",
    keep="Terapkan",
    reason="Alasan",
    reason_hint="mengapa tidak perlu diberitahukan",
    length="Lama",
    lengths=MappingProxyType(
        {"30m": "30 menit", "1h": "1 jam", "4h": "4 jam", "8h": "8 jam", "24h": "1 hari", "72h": "3 hari", "168h": "7 hari"}
    ),
    plan_name="Pekerjaan",
    plan_from="Mulai",
    plan_until="Selesai",
    plan_hint="14.00 hari ini, atau 25-11-2026 14.00",
    done=MappingProxyType(
        {
            "terima": "Diterima. Pemberitahuan lain dihentikan.",
            "batal": "Dibatalkan. Pemberitahuan berjalan lagi.",
            "tugaskan": "Ditugaskan.",
            "pln": "Sebab dicatat.",
            "bukan": "Sebab dicatat.",
            "sebab": "Sebab dicatat.",
            "tunda": "Ditunda. Pulihnya tetap diberitahukan.",
            "akhiri-tunda": "Tunda diakhiri.",
            "rawat": "Pemeliharaan dicatat. Pengukuran berjalan terus.",
            "akhiri-rawat": "Pemeliharaan diakhiri.",
            "uji": "Uji ulang diminta; hasilnya tampil begitu terukur.",
            "catat": "Catatan tersimpan.",
        }
    ),
    already="Sudah begitu sebelumnya; tidak ada yang diubah.",
    too_late="Gangguan ini sudah selesai; tidak ada yang diubah.",
    unknown="Yang dimaksud tidak ada (lagi).",
    not_allowed="Peran Anda tidak berhak melakukan ini.",
    words_needed="Isi dahulu kolomnya: tanpa kata-kata tidak ada yang disimpan.",
    bad_moment="Waktu tidak terbaca. Tulis misalnya 14.00 atau 25-11-2026 14.00.",
    bad_plan="Pemeliharaan harus selesai sesudah mulai, dan belum lewat.",
    refused="Ditolak: isian ini tidak masuk akal.",
    cannot_write="Pangkalan data sedang tidak dapat ditulis. Belum tercatat; coba lagi sebentar.",
    keys="Tombol cepat",
    key_list=(
        ("J / K", "gangguan berikut / sebelumnya"),
        ("A", "saya terima"),
        ("T", "tugaskan"),
        ("P", "listrik padam (PLN)"),
        ("B", "bukan gangguan"),
        ("D", "tunda"),
        ("M", "pemeliharaan"),
        ("U", "uji ulang"),
        ("C", "catatan"),
        ("/", "cari"),
        ("Esc", "tutup isian"),
    ),
    opened="{name} {state}: {reason}",
    changed="Gejala berubah: {reason}",
    resolved="Pulih: {state}",
    acknowledged="menerima. Pemberitahuan lain dihentikan",
    ack_withdrawn="membatalkan; pemberitahuan berjalan lagi",
    noted="mencatat: {text}",
    assigned="menugaskan {text}",
    cause_labelled="mencatat sebab: {text}",
    silenced="menunda: {text}",
    silence_lifted="mengakhiri tunda",
    other_event="{text}",
    told_sent="{kind} ke {receiver}, terkirim {time}",
    told_dead="{kind} ke {receiver} gagal: {error}",
    told_withdrawn="{kind} ke {receiver} tidak jadi dikirim",
    told_waiting="{kind} ke {receiver} menunggu",
    told_late="{kind} ke {receiver} belum terkirim",
    metrics=MappingProxyType(
        {
            "total_seconds": "Waktu jawab (dtk)",
            "clients_total": "Perangkat tersambung",
            "in_bits_per_second": "Unduh (Mbps)",
            "queue_open_total": "Antrean",
            "": "Keadaan",
        }
    ),
    kelurahan="Kelurahan",
    last_look="Terakhir",
    availability="Ketersediaan",
    measured="terukur",
    open_target="Buka riwayat",
    no_such_target="Target ini tidak ada dalam daftar.",
    never="belum pernah",
    quality_lead="Daftar induk yang rapi membuat setiap angka berarti. Perbaiki di lembar kerja daftar, lalu muat ulang.",
    quality=MappingProxyType(
        {
            "no_address": "Tanpa alamat",
            "duplicate": "Alamat kembar",
            "http_only": "Hanya HTTP",
            "off_domain": "Di luar go.id",
            "no_owner": "Tanpa pemilik",
            "no_place": "Tanpa kelurahan",
            "certificate": "Sertifikat < 30 hari",
            "neglected": "Isi tidak diperbarui",
            "never_seen": "Belum pernah terukur",
        }
    ),
    quality_none="Tidak ada.",
    quality_meaning=MappingProxyType(
        {
            "no_address": "terdaftar dan diharapkan, tetapi tidak dapat diukur",
            "duplicate": "dua baris menunjuk alamat yang sama: satu gangguan terhitung dua kali",
            "http_only": "tanpa enkripsi; sandi warga dapat dibaca orang",
            "off_domain": "situs pemerintah di luar bontangkota.go.id atau go.id",
            "no_owner": "tidak ada yang dapat dihubungi",
            "no_place": "tidak terhitung pada kelurahan mana pun",
            "certificate": "akan berakhir; peramban lalu menolak situs ini",
            "neglected": "pembaruan terakhir lebih dari 180 hari lalu",
            "never_seen": "beralamat, tetapi belum ada satu pun pengukuran",
        }
    ),
    score_lead="Alarm tanpa tindakan dihapus atau digabung, bukan dibiasakan (ISA-18.2). Gejala yang digabung tidak dihitung.",
    score_days="{n} hari terakhir",
    per_shift="Per sif",
    shift="Sif",
    floods="Banjir alarm",
    chattering="Naik-turun cepat",
    standing="Menyala > 24 jam",
    top_ten="Sepuluh tersering",
    night_pages="Panggilan malam",
    top_share="{share} dari semua alarm; sasaran paling banyak {aim}",
    none="tidak ada",
    answered="Median terima",
    unanswered="Tidak diterima",
    walls_lead="Setiap layar dinding melapor sendiri tiap 10 detik: apa yang tampil dan seberapa tua datanya.",
    wall="Layar",
    wall_page="Halaman",
    wall_seen="Terakhir melapor",
    wall_data_age="Umur data",
    wall_size="Ukuran",
    wall_memory="Memori",
    wall_state=MappingProxyType({"lives": "hidup", "silent": "diam", "closed": "ditutup"}),
    no_walls="Belum ada layar yang melapor.",
    strangers_lead="Perangkat yang mengirim lewat MQTT tetapi tidak ada dalam daftar. Tidak pernah dihitung sampai diputuskan.",
    device="Perangkat",
    first_heard="Pertama",
    last_heard="Terakhir",
    messages="Pesan",
    sample="Contoh pesan",
    decision="Keputusan",
    decided="Keputusan tercatat.",
    choose_target="Pilih satu target di tabel.",
    adopt="Jadikan titik kota",
    ignore="Abaikan",
    wait="Tunggu lagi",
    adopted="akan dimasukkan oleh {name}, {time}",
    ignored="diabaikan oleh {name}, {time}",
    waiting="menunggu keputusan",
    adopt_hint="Tambahkan baris ini ke daftar titik Wi-Fi, lalu muat ulang konfigurasi:",
    no_strangers="Tidak ada perangkat asing.",
    settings_lead="Yang sedang berlaku di server halaman ini. Sandi hanya disebut rujukannya.",
    in_force="Berlaku di halaman",
    in_collector="Berlaku di pengumpul",
    differs="Pengumpul dan halaman memakai konfigurasi yang berbeda: muat ulang belum selesai, atau ditolak.",
    last_refused="Muat ulang terakhir yang ditolak",
    never_refused="Tidak ada muat ulang yang ditolak dalam catatan.",
    reload="Muat ulang konfigurasi",
    reloading="Muat ulang diminta. Bila ada kesalahan, yang lama tetap berlaku dan daftar kesalahannya tampil di sini.",
    no_reload="Server ini tidak dijalankan oleh run.py; kirim SIGHUP sendiri.",
    reload_hint="Konfigurasi yang salah ditolak seluruhnya; tidak ada pengukuran yang hilang.",
    warnings="Peringatan",
    no_warnings="Tidak ada peringatan.",
    section="Bagian",
    setting="Kunci",
    value="Nilai",
)

ENGLISH = ConsoleWords(
    title="Console",
    pages=MappingProxyType(
        {
            "gangguan": "Incidents",
            "target": "Targets",
            "mutu": "Register quality",
            "beban": "Alarm load",
            "dinding": "Walls",
            "karantina": "Quarantine",
            "konfigurasi": "Configuration",
            "judol": "Injected content",
            "cuplikan": "Snapshots",
            "layar": "Screens",
        }
    ),
    tabs=MappingProxyType(
        {
            Tab.OPEN: "Open",
            Tab.UNTAKEN: "Not taken",
            Tab.MINE: "Mine",
            Tab.SILENCED: "Silenced",
            Tab.PLANNED: "Planned work",
            Tab.CLOSED: "Closed",
        }
    ),
    kinds=MappingProxyType(
        {
            TargetKind.SITE: "Site",
            TargetKind.HOTSPOT: "Hotspot",
            TargetKind.SERVICE: "Service",
            TargetKind.SELF: "Command Centre",
        }
    ),
    reaches=MappingProxyType(
        {Reach.HOUR: "1 hour", Reach.DAY: "24 hours", Reach.WEEK: "7 days", Reach.MONTH: "30 days", Reach.YEAR: "1 year"}
    ),
    roles=MappingProxyType({Role.WALL: "wall", Role.OFFICIAL: "official", Role.OPERATOR: "operator", Role.ADMIN: "admin"}),
    data_as_of="Data as of",
    no_data_yet="No data yet",
    sign_out="Sign out",
    lost="The connection to the server is lost. This list may be behind.",
    unreadable="The database cannot be read now. This list may be behind.",
    priority="Priority",
    incident="Incident",
    age="Age",
    owner_and_taker="Owner, taken by",
    untaken="not taken",
    all_severities="All priorities",
    all_kinds="All kinds",
    all_kelurahan="All kelurahan",
    all_owners="All owners",
    search="Search",
    search_hint="Search name, key, owner",
    nothing_here="No incident here.",
    nothing_fits="No incident fits this filter.",
    shown_of="{shown} of {all} shown; narrow the filter",
    closed_title="Closed in the last 24 hours",
    no_closed="None closed yet.",
    by_itself="recovered by itself",
    handover="Handover",
    no_handover="No notes, no silence that ends, no planned work.",
    handed_note="{name}: {text} ({author})",
    handed_silence="Silence ends {time}: {text} ({author})",
    handed_plan="Planned work begins {time}: {text} ({author})",
    load="Alarm load of this shift ({shift})",
    load_actionable="To act on",
    load_most="limit {n} a shift",
    load_merged="Merged",
    load_not_sent="not sent",
    load_answer="Time to take",
    load_median="median, limit {n} min",
    load_chattering="Chattering",
    load_aim_none="aim 0",
    choose="Choose an incident from the list.",
    choose_hint="Opening an incident records nothing; only buttons do.",
    no_such="There is no such incident.",
    since="Since",
    minutes_long="for {length}",
    over_at="over {time}, {length}",
    scope="Scope",
    scope_of="{part} of {whole}",
    scope_one="1 target",
    children_count="{n} merged",
    suspected="Suspected cause",
    cause_said="said by a person",
    suspected_none="not known yet",
    taker="Taken by",
    taken_at="{name} {time}",
    next_step="next notice {time}",
    no_next_step="no notice waits",
    owner="Owner",
    explained_by="Part of incident {id}: {name}",
    chart="{metric} around the event",
    chart_source="city time, hatched = planned off",
    event_line="began {time}",
    end_line="over {time}",
    planned_line="planned",
    chronology="Story",
    still="Still {state}, {length}",
    children="Merged symptoms",
    children_not_told="{n}, nobody was told",
    children_more="and {n} more",
    target="Target",
    kind="Kind",
    state="State",
    first="Began",
    evidence="Evidence",
    evidence_first="as received, never run",
    evidence_hidden="Raw evidence is for operators only.",
    no_evidence="No details are kept.",
    near="At nearly the same time",
    near_none="No other incident within 15 minutes before and after.",
    register_changed="The register's line of this target was changed {time}.",
    first_step="First step.",
    no_first_step="not written for this rule yet",
    quiet_until="Silenced until {time} by {author}: {reason}",
    planned_until="Planned work {start}–{end} by {author}: {name}",
    lift="End the silence",
    call_off="End the work",
    take="I take it",
    take_back="Give it back",
    taken="Taken {time}",
    assign="Assign",
    assign_to="To",
    power="Power cut (PLN)",
    not_a_fault="Not a fault",
    cause="Cause",
    quiet="Silence",
    plan="Planned work",
    recheck="Check again",
    note_hint="Add a note; reports show it",
    save="Save",
    keep="Apply",
    reason="Reason",
    reason_hint="why nobody needs to be told",
    length="For",
    lengths=MappingProxyType(
        {"30m": "30 minutes", "1h": "1 hour", "4h": "4 hours", "8h": "8 hours", "24h": "1 day", "72h": "3 days", "168h": "7 days"}
    ),
    plan_name="Work",
    plan_from="From",
    plan_until="Until",
    plan_hint="14:00 today, or 25-11-2026 14:00",
    done=MappingProxyType(
        {
            "terima": "Taken. Other notices have stopped.",
            "batal": "Given back. Notices go on.",
            "tugaskan": "Assigned.",
            "pln": "Cause recorded.",
            "bukan": "Cause recorded.",
            "sebab": "Cause recorded.",
            "tunda": "Silenced. Its end is told all the same.",
            "akhiri-tunda": "The silence has ended.",
            "rawat": "Planned work recorded. Measuring goes on.",
            "akhiri-rawat": "Planned work has ended.",
            "uji": "A new look is asked for; its result shows as soon as it is measured.",
            "catat": "The note is kept.",
        }
    ),
    already="It was so before; nothing changed.",
    too_late="This incident is over; nothing changed.",
    unknown="There is no such thing (any more).",
    not_allowed="Your role may not do that.",
    words_needed="Fill in the field first: nothing is kept without words.",
    bad_moment="This time cannot be read. Write 14:00 or 25-11-2026 14:00.",
    bad_plan="Work must end after it begins, and not lie in the past.",
    refused="Refused: this makes no sense.",
    cannot_write="The database cannot be written now. Not recorded; try again in a moment.",
    keys="Keys",
    key_list=(
        ("J / K", "next / previous incident"),
        ("A", "I take it"),
        ("T", "assign"),
        ("P", "power cut (PLN)"),
        ("B", "not a fault"),
        ("D", "silence"),
        ("M", "planned work"),
        ("U", "check again"),
        ("C", "note"),
        ("/", "search"),
        ("Esc", "close the form"),
    ),
    opened="{name} {state}: {reason}",
    changed="It looks different: {reason}",
    resolved="Recovered: {state}",
    acknowledged="took it. Other notices have stopped",
    ack_withdrawn="gave it back; notices go on",
    noted="noted: {text}",
    assigned="assigned it to {text}",
    cause_labelled="recorded the cause: {text}",
    silenced="silenced it: {text}",
    silence_lifted="ended the silence",
    other_event="{text}",
    told_sent="{kind} to {receiver}, accepted {time}",
    told_dead="{kind} to {receiver} failed: {error}",
    told_withdrawn="{kind} to {receiver} was not sent after all",
    told_waiting="{kind} to {receiver} waits",
    told_late="{kind} to {receiver} not sent yet",
    metrics=MappingProxyType(
        {
            "total_seconds": "Response time (s)",
            "clients_total": "Devices connected",
            "in_bits_per_second": "Download (Mbps)",
            "queue_open_total": "Queue",
            "": "State",
        }
    ),
    kelurahan="Kelurahan",
    last_look="Last look",
    availability="Availability",
    measured="measured",
    open_target="Open its past",
    no_such_target="The register lists no such target.",
    never="never",
    quality_lead="A tidy register gives every figure its meaning. Correct it in the register's sheet, then reload.",
    quality=MappingProxyType(
        {
            "no_address": "No address",
            "duplicate": "Same address twice",
            "http_only": "HTTP only",
            "off_domain": "Outside go.id",
            "no_owner": "No owner",
            "no_place": "No kelurahan",
            "certificate": "Certificate < 30 days",
            "neglected": "Content not kept up",
            "never_seen": "Never measured",
        }
    ),
    quality_none="None.",
    quality_meaning=MappingProxyType(
        {
            "no_address": "registered and expected, but cannot be measured",
            "duplicate": "two lines with one address: one failure counts twice",
            "http_only": "not encrypted; passwords can be read on the way",
            "off_domain": "a government site outside bontangkota.go.id or go.id",
            "no_owner": "nobody can be called",
            "no_place": "counted in no kelurahan",
            "certificate": "ends soon; browsers will refuse the site",
            "neglected": "last updated more than 180 days ago",
            "never_seen": "has an address, and not one measurement yet",
        }
    ),
    score_lead="An alarm that asks for no act is removed or merged, not got used to (ISA-18.2). Merged symptoms do not count.",
    score_days="last {n} days",
    per_shift="By shift",
    shift="Shift",
    floods="Floods",
    chattering="Chattering",
    standing="Standing > 24 h",
    top_ten="Ten most frequent",
    night_pages="Night pages",
    top_share="{share} of all alarms; the aim is {aim} at most",
    none="none",
    answered="Median to take",
    unanswered="Not taken",
    walls_lead="Every wall reports by itself each 10 seconds: what it shows and how old its data are.",
    wall="Wall",
    wall_page="Page",
    wall_seen="Last report",
    wall_data_age="Age of data",
    wall_size="Size",
    wall_memory="Memory",
    wall_state=MappingProxyType({"lives": "lives", "silent": "silent", "closed": "closed"}),
    no_walls="No wall has reported yet.",
    strangers_lead="Devices that speak by MQTT and are in no register. Never counted until somebody decides.",
    device="Device",
    first_heard="First",
    last_heard="Last",
    messages="Messages",
    sample="Sample message",
    decision="Decision",
    decided="The decision is kept.",
    choose_target="Choose a target from the table.",
    adopt="Make it a hotspot of the city",
    ignore="Ignore",
    wait="Wait again",
    adopted="to be entered by {name}, {time}",
    ignored="ignored by {name}, {time}",
    waiting="waits for a decision",
    adopt_hint="Add this line to the register of hotspots, then reload the configuration:",
    no_strangers="No strange devices.",
    settings_lead="What is in force in the server of this page. Of secrets only the reference is named.",
    in_force="In force in this page's server",
    in_collector="In force in the collector",
    differs="Collector and pages run different configurations: a reload is under way, or was refused.",
    last_refused="Last refused reload",
    never_refused="No refused reload on record.",
    reload="Reload the configuration",
    reloading="A reload is asked for. If there are mistakes, the old one stays in force and the list of them shows here.",
    no_reload="This server was not started by run.py; send SIGHUP yourself.",
    reload_hint="A wrong configuration is refused as a whole; no measurement is lost.",
    warnings="Warnings",
    no_warnings="No warnings.",
    section="Section",
    setting="Key",
    value="Value",
)

_NOTICE: Mapping[NoticeKind, tuple[str, str]] = MappingProxyType(
    {
        NoticeKind.FIRING: ("Pemberitahuan", "Notice"),
        NoticeKind.UPDATE: ("Pembaruan", "Update"),
        NoticeKind.REMINDER: ("Pengingat", "Reminder"),
        NoticeKind.ESCALATED: ("Eskalasi", "Escalation"),
        NoticeKind.ACKED: ("Kabar diterima", "News that it is taken"),
        NoticeKind.RESOLVED: ("Kabar pulih", "News of the end"),
        NoticeKind.DOWNGRADED: ("Kabar mereda", "News that it eased"),
        NoticeKind.CLOSED: ("Kabar ditutup", "News that it was closed"),
        NoticeKind.FLAPPING_START: ("Kabar naik-turun", "News of flapping"),
        NoticeKind.FLAPPING_STOP: ("Kabar tenang lagi", "News of calm"),
        NoticeKind.NODATA: ("Kabar tanpa data", "News of silence"),
        NoticeKind.COLLECTOR_DOWN: ("Kabar pengumpul mati", "News of a dead collector"),
        NoticeKind.DIGEST: ("Ringkasan", "Digest"),
    }
)

_CHANGE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        IncidentEventKind.WORSENED.value: ("Memburuk atau meluas: {reason}", "Worse or wider: {reason}"),
        IncidentEventKind.EASED.value: ("Mereda: {reason}", "Eased: {reason}"),
        IncidentEventKind.EXPLAINED.value: ("Digabung ke gangguan induknya", "Merged into the incident that explains it"),
        IncidentEventKind.FLAPPING.value: ("Naik-turun cepat; dikabarkan sekali", "Flapping; told once"),
        IncidentEventKind.CALM_AGAIN.value: ("Tenang lagi", "Calm again"),
    }
)

DEEDS: Mapping[str, str] = MappingProxyType(
    {
        IncidentEventKind.ACKNOWLEDGED.value: "acknowledged",
        IncidentEventKind.ACK_WITHDRAWN.value: "ack_withdrawn",
        IncidentEventKind.NOTED.value: "noted",
        IncidentEventKind.ASSIGNED.value: "assigned",
        IncidentEventKind.CAUSE_LABELLED.value: "cause_labelled",
        IncidentEventKind.SILENCED.value: "silenced",
        IncidentEventKind.SILENCE_LIFTED.value: "silence_lifted",
    }
)
"""What people did, and the field of ``ConsoleWords`` that says it."""


def console_words(language: Language) -> ConsoleWords:
    """The words in one language."""
    return INDONESIAN if language is Language.INDONESIAN else ENGLISH


def notice_word(kind: str, language: Language) -> str:
    """What sort of message it was; the bare word where this version does not know it."""
    if kind not in {each.value for each in NoticeKind}:
        return kind
    return _NOTICE[NoticeKind(kind)][0 if language is Language.INDONESIAN else 1]


def change_word(kind: str, language: Language) -> str | None:
    """What the machine found, with a place for the reason; None where this version does not know it."""
    words = _CHANGE.get(kind)
    return None if words is None else words[0 if language is Language.INDONESIAN else 1]
