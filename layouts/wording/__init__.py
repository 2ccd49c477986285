"""Every word on a screen: states, reasons, times, numbers and sentences, in Indonesian first and English second.

The city's zone is handed in here and nowhere else. Availability and coverage are rounded down: 96.96 % never prints as 97 %.
No word for something unknown is a good word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import get_decimal_symbol, get_group_symbol

from command_centre.domain.hotspot import HotspotState
from command_centre.domain.prayer import Prayer
from command_centre.domain.reading import Reason, Source, Status
from command_centre.domain.rule import Severity
from command_centre.domain.target import Dimension
from command_centre.read.views import Condition, Fault

NBSP = "\u00a0"
ABSENT = "–"
KELURAHAN_GROUP = "Kelurahan"
"""The group of the register whose short names are bare place names."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Language(StrEnum):
    """The language of a screen; also its locale's first half."""

    INDONESIAN = "id"
    ENGLISH = "en"


_Member = TypeVar("_Member")
_Pair = tuple[str, str]  # Indonesian, English

_STATUS: Mapping[Status, _Pair] = MappingProxyType(
    {
        Status.UP: ("normal", "normal"),
        Status.DEGRADED: ("menurun", "degraded"),
        Status.DOWN: ("terputus", "down"),
        Status.UNKNOWN: ("tidak diketahui", "unknown"),
    }
)

_CONDITION: Mapping[Condition, _Pair] = MappingProxyType(
    {
        Condition.NORMAL: ("normal", "normal"),
        Condition.SLOW: ("lambat", "slow"),
        Condition.DEGRADED: ("menurun", "degraded"),
        Condition.DOWN: ("terputus", "down"),
        Condition.NO_DATA: ("tanpa data", "no data"),
        Condition.NO_ADDRESS: ("tanpa alamat", "no address"),
        Condition.PLANNED: ("terjadwal", "planned"),
    }
)

_HOTSPOT_STATE: Mapping[HotspotState, _Pair] = MappingProxyType(
    {
        HotspotState.NORMAL: ("normal", "normal"),
        HotspotState.SLOW: ("lambat", "slow"),
        HotspotState.FULL: ("penuh", "full"),
        HotspotState.NO_INTERNET: ("tanpa internet", "no internet"),
        HotspotState.DOWN: ("terputus", "down"),
        HotspotState.NO_DATA: ("tanpa data", "no data"),
        HotspotState.PLANNED_OFF: ("mati terjadwal", "planned off"),
    }
)

_PRAYER: Mapping[Prayer, _Pair] = MappingProxyType(
    {
        Prayer.FAJR: ("Subuh", "Fajr"),
        Prayer.DHUHR: ("Zuhur", "Dhuhr"),
        Prayer.ASR: ("Asar", "Asr"),
        Prayer.MAGHRIB: ("Magrib", "Maghrib"),
        Prayer.ISHA: ("Isya", "Isha"),
    }
)

_SOURCE: Mapping[Source, _Pair] = MappingProxyType(
    {
        Source.POLL: ("ditanya", "asked"),
        Source.RETRY: ("ditanya ulang", "asked again"),
        Source.MQTT: ("MQTT", "MQTT"),
        Source.PORTAL: ("portal penyedia", "provider's portal"),
        Source.FIELD: ("laporan lapangan", "field report"),
        Source.SELF: ("Command Centre", "Command Centre"),
        Source.SIMULATED: ("riwayat simulasi", "simulated history"),
    }
)

_SEVERITY: Mapping[Severity, _Pair] = MappingProxyType(
    {
        Severity.CRITICAL: ("KRITIS", "CRITICAL"),
        Severity.WARNING: ("TINGGI", "WARNING"),
        Severity.INFO: ("RENDAH", "INFO"),
    }
)

_DIMENSION: Mapping[Dimension, _Pair] = MappingProxyType(
    {
        Dimension.GOVERNANCE: ("Tata kelola", "Governance"),
        Dimension.BRANDING: ("Branding", "Branding"),
        Dimension.ECONOMY: ("Ekonomi", "Economy"),
        Dimension.LIVING: ("Kehidupan", "Living"),
        Dimension.SOCIETY: ("Masyarakat", "Society"),
        Dimension.ENVIRONMENT: ("Lingkungan", "Environment"),
    }
)

_FAULT: Mapping[Fault, _Pair] = MappingProxyType(
    {
        Fault.OWN_UPLINK: ("Sambungan Command Centre sendiri terputus", "Command Centre's own connection is lost"),
        Fault.STORAGE: ("Penyimpanan Command Centre bermasalah", "Command Centre's storage is failing"),
        Fault.COLLECTOR_SILENT: ("Tidak ada data baru yang tersimpan", "No new data is being stored"),
        Fault.CONFIG_REFUSED: (
            "Konfigurasi baru ditolak, yang lama tetap berlaku",
            "New configuration refused, the old one stays",
        ),
    }
)

_FAULT_MEANS: Mapping[Fault, _Pair] = MappingProxyType(
    {
        Fault.OWN_UPLINK: ("keadaan situs tidak diketahui", "the state of the sites is unknown"),
        Fault.STORAGE: ("angka di layar ini bisa tertinggal", "the figures on this screen may lag behind"),
        Fault.COLLECTOR_SILENT: ("pengumpul atau penyimpanan berhenti", "the collector or the storage has stopped"),
        Fault.CONFIG_REFUSED: ("perbaiki berkas konfigurasi", "correct the configuration file"),
    }
)

_REASON: Mapping[Reason, _Pair] = MappingProxyType(
    {
        Reason.OK: ("normal", "normal"),
        Reason.SLOW: ("lambat", "slow"),
        Reason.DNS_NXDOMAIN: ("nama tidak ada di DNS", "name not in DNS"),
        Reason.DNS_SERVFAIL: ("DNS gagal menjawab", "DNS failed"),
        Reason.DNS_TIMEOUT: ("DNS tidak menjawab", "DNS does not answer"),
        Reason.DNS_NO_ADDRESS: ("DNS tanpa alamat IP", "DNS has no IP address"),
        Reason.DNS_REFUSED: ("DNS menolak", "DNS refused"),
        Reason.DNS_CHANGED: ("alamat DNS berubah", "DNS address changed"),
        Reason.CONNECT_REFUSED: ("sambungan ditolak", "connection refused"),
        Reason.CONNECT_TIMEOUT: ("sambungan: waktu habis", "connect timed out"),
        Reason.CONNECT_UNREACHABLE: ("tidak terjangkau", "unreachable"),
        Reason.IPV6_BROKEN: ("IPv6 tidak berfungsi", "IPv6 broken"),
        Reason.IPV4_BROKEN: ("IPv4 tidak berfungsi", "IPv4 broken"),
        Reason.TLS_TIMEOUT: ("TLS: waktu habis", "TLS timed out"),
        Reason.FIRST_BYTE_TIMEOUT: ("server tidak menjawab", "server does not answer"),
        Reason.TRANSFER_TIMEOUT: ("unduhan: waktu habis", "download timed out"),
        Reason.TIMEOUT: ("waktu habis", "timed out"),
        Reason.CONNECTION_RESET: ("diputus oleh server", "reset by the server"),
        Reason.EMPTY_REPLY: ("balasan kosong", "empty reply"),
        Reason.PROXY: ("galat server perantara", "proxy error"),
        Reason.TLS_EXPIRED: ("sertifikat kedaluwarsa", "certificate expired"),
        Reason.TLS_NOT_YET_VALID: ("sertifikat belum berlaku", "certificate not yet valid"),
        Reason.TLS_HOSTNAME: ("sertifikat milik nama lain", "certificate of another name"),
        Reason.TLS_UNTRUSTED: ("sertifikat tidak dipercaya", "certificate not trusted"),
        Reason.TLS_SELFSIGNED: ("sertifikat buatan sendiri", "self-signed certificate"),
        Reason.TLS_CHAIN: ("rantai sertifikat tak lengkap", "certificate chain incomplete"),
        Reason.TLS_PROTOCOL: ("versi TLS tidak cocok", "TLS version mismatch"),
        Reason.TLS_HANDSHAKE: ("jabat tangan TLS gagal", "TLS handshake failed"),
        Reason.TLS_CLIENT_CERT: ("meminta sertifikat klien", "asks for a client certificate"),
        Reason.TLS_WEAK: ("TLS lemah", "weak TLS"),
        Reason.TLS_REVOKED: ("sertifikat dicabut", "certificate revoked"),
        Reason.CERT_EXPIRING: ("sertifikat menipis", "certificate ends soon"),
        Reason.HTTP_STATUS: ("galat HTTP", "HTTP error"),
        Reason.AUTH_REQUIRED: ("meminta kata sandi", "asks for a password"),
        Reason.RATE_LIMITED: ("dibatasi oleh server", "rate limited"),
        Reason.MAINTENANCE: ("halaman pemeliharaan", "maintenance page"),
        Reason.BOT_CHALLENGE: ("tantangan antirobot", "bot challenge"),
        Reason.BLOCKED: ("akses diblokir", "blocked"),
        Reason.REDIRECT_LOOP: ("alihan berputar", "redirect loop"),
        Reason.REDIRECT_LIMIT: ("alihan terlalu banyak", "too many redirects"),
        Reason.REDIRECT_BAD: ("alihan rusak", "broken redirect"),
        Reason.REDIRECT_INSECURE: ("alihan ke HTTP", "redirect to plain HTTP"),
        Reason.REDIRECT_OFFSITE: ("dialihkan ke situs lain", "redirected to another site"),
        Reason.META_REFRESH: ("alihan lewat halaman", "redirect by page"),
        Reason.JS_REDIRECT: ("alihan lewat skrip", "redirect by script"),
        Reason.PROTOCOL_ERROR: ("balasan bukan HTTP", "reply is not HTTP"),
        Reason.TRUNCATED: ("halaman terpotong", "page cut short"),
        Reason.HEADER_TOO_LARGE: ("kepala balasan terlalu besar", "headers too large"),
        Reason.BODY_TOO_LARGE: ("halaman terlalu besar", "page too large"),
        Reason.BAD_ENCODING: ("isi tidak terbaca", "content unreadable"),
        Reason.EMPTY_BODY: ("halaman kosong", "empty page"),
        Reason.CONTENT_MISMATCH: ("isi tidak sesuai", "content does not match"),
        Reason.CONTENT_FORBIDDEN: ("isi terlarang", "forbidden content"),
        Reason.CONTENT_INJECTION: ("judol terindikasi", "gambling injection suspected"),
        Reason.CONTENT_STALE: ("isi tidak diperbarui", "content out of date"),
        Reason.DEFAULT_PAGE: ("halaman bawaan server", "server's default page"),
        Reason.DIRECTORY_LISTING: ("daftar berkas terbuka", "open file listing"),
        Reason.SUSPENDED: ("hosting ditangguhkan", "hosting suspended"),
        Reason.PARKED: ("domain diparkir", "domain parked"),
        Reason.DOMAIN_EXPIRED: ("domain kedaluwarsa", "domain expired"),
        Reason.APP_ERROR: ("galat aplikasi", "application error"),
        Reason.DEFACE: ("tampilan diubah pihak lain", "defaced"),
        Reason.PARTIAL: ("jawaban tidak lengkap", "partial answer"),
        Reason.REFUSED: ("ditolak", "refused"),
        Reason.AUTH: ("autentikasi gagal", "authentication failed"),
        Reason.UNKNOWN_USER: ("pengguna tidak dikenal", "unknown user"),
        Reason.WRONG_PRIV: ("kunci sandi salah", "wrong privacy key"),
        Reason.ENGINE_TIME: ("jam perangkat tidak cocok", "engine time mismatch"),
        Reason.AUTHORIZATION: ("tidak berhak membaca", "not authorised"),
        Reason.NOT_INCREASING: ("tabel perangkat rusak", "table not increasing"),
        Reason.LIMIT: ("tabel tanpa akhir", "endless table"),
        Reason.API_ERROR: ("layanan melaporkan galat", "service reports an error"),
        Reason.PARSE_ERROR: ("jawaban tidak terbaca", "answer cannot be read"),
        Reason.CONTENT_TYPE: ("halaman web, bukan data", "a web page instead of data"),
        Reason.MISSING_VALUE: ("nilai tidak ada", "value missing"),
        Reason.BAD_VALUE: ("nilai tidak sah", "value not valid"),
        Reason.HEALTH_WARN: ("komponen memberi peringatan", "a component warns"),
        Reason.HEALTH_FAIL: ("komponen gagal", "a component fails"),
        Reason.HEALTH_UNKNOWN: ("kesehatan tidak diketahui", "health unknown"),
        Reason.STALE: ("data tidak diperbarui", "data not updated"),
        Reason.PAGINATION: ("halaman data tidak utuh", "pages of data incomplete"),
        Reason.CLOCK: ("jam layanan salah", "service's clock is wrong"),
        Reason.PERSONAL_DATA: ("memuat data pribadi", "holds personal data"),
        Reason.OFFLINE: ("perangkat mati", "device offline"),
        Reason.FULL: ("penuh", "full"),
        Reason.CROWDED: ("hampir penuh", "nearly full"),
        Reason.NO_INTERNET: ("tersambung tanpa internet", "connected without internet"),
        Reason.BROKER_LOST: ("perantara MQTT terputus", "broker lost"),
        Reason.SESSION_TAKEN: ("sesi MQTT diambil alih", "session taken over"),
        Reason.NO_ADDRESS: ("belum ada alamat", "no address known"),
        Reason.NEVER_SEEN: ("belum pernah terukur", "never measured"),
        Reason.SILENT: ("tidak ada data", "no data"),
        Reason.OWN_UPLINK: ("sambungan kami terputus", "our own connection is lost"),
        Reason.COLLECTOR_FAULT: ("galat pengumpul data", "collector error"),
        Reason.STORAGE_FAULT: ("penyimpanan bermasalah", "storage failing"),
        Reason.WALL_SILENT: ("layar dinding diam", "wall screen silent"),
        Reason.UNDELIVERED: ("pemberitahuan tidak terkirim", "notices not delivered"),
        Reason.CONFIG: ("konfigurasi ditolak", "configuration refused"),
    }
)


_METRIC_SCALE: Mapping[str, float] = MappingProxyType(
    {
        "in_bits_per_second": 1e-6,
        "out_bits_per_second": 1e-6,
        "latency_seconds": 1e3,
        "packet_loss_ratio": 1e2,
        "cpu_ratio": 1e2,
        "memory_used_ratio": 1e2,
        "air_busy_ratio": 1e2,
        "uptime_seconds": 1 / 3600,
    }
)
"""From base units to those that people read."""


@dataclass(frozen=True, slots=True)
class CardTitle:
    """The title of a number: ``core`` always stands, ``before`` and ``after`` go on far screens, ``tail`` on the farthest."""

    core: str
    before: str = ""
    after: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Fixed words of the screens, one field per place where they stand. A missing one is a type error, not a blank."""

    city: str
    simulated: str
    summary_page: str
    sites_page: str
    data_as_of: str
    all_sites: str
    sites: str
    site: str
    active: str
    measured: str
    expected: str
    registered: str
    sites_card: CardTitle
    hotspots_card: CardTitle
    services_card: CardTitle
    incidents_card: CardTitle
    not_measured_yet: str
    critical: str
    incidents: str
    worst_first: str
    no_incident: str
    incidents_unknown: str
    no_open_incident: str
    resolved_24h: str
    map_title: str
    map_meaning: str
    nowhere: str
    dimensions: str
    measured_share: str
    conservative_share: str
    conservative_short: str
    coverage: str
    official_share: str
    unmeasured: str
    abnormal: str
    grid_meaning: str
    certificates: str
    without_https: str
    no_certificate: str
    expired: str
    days_short: str
    seconds_short: str
    no_data_plate: str
    normal_plate: str
    all_normal: str
    nothing_registered: str
    nothing_measured: str
    everything_planned: str
    since: str
    register_empty_hint: str
    too_far: str
    not_drawn: str
    lost_title: str
    lost_text: str
    stale_title: str
    stale_text: str
    seconds_ago: str
    server_silent: str
    hotspots_page: str
    hotspots: str
    hotspot: str
    reporting: str
    scheduled: str
    no_hotspot: str
    hotspots_unmeasured: str
    hotspots_planned: str
    hotspots_in_limits: str
    hotspot_map_title: str
    hotspot_map_meaning: str
    coast: str
    sea: str
    map_scale: str
    area_limit: str
    bar_meaning: str
    area: str
    day: str
    connected: str
    mbps: str
    whole_city: str
    providers: str
    classes: str
    class_names: Mapping[str, str]
    fullest: str
    nobody_told: str
    dark_times: str
    today: str
    no_dark_time: str
    no_dark_time_now: str
    now: str
    next: str
    unknown_hotspot: str
    back_to_wall: str
    state: str
    provider: str
    speed_class: str
    place_type: str
    capacity: str
    owner: str
    kelurahan: str
    coordinates: str
    depends_on: str
    listed_by: str
    last_words: str
    source_column: str
    when: str
    what: str
    values: str
    nobody_spoke: str
    period_names: Mapping[str, str]
    clients_chart: str
    traffic_chart: str
    availability_chart: str
    download: str
    upload: str
    availability: str
    unwatched: str
    planned_band: str
    synthetic: str
    metric_names: Mapping[str, str]


INDONESIAN = Phrases(
    city="Kota Bontang",
    simulated="simulasi",
    summary_page="Ringkasan kota",
    sites_page="Situs OPD & kelurahan",
    data_as_of="Data per",
    all_sites="Semua situs",
    sites="situs",
    site="situs",
    active="aktif",
    measured="terukur",
    expected="diharapkan",
    registered="terdaftar",
    sites_card=CardTitle("Situs", after=" OPD & kelurahan", tail=" aktif"),
    hotspots_card=CardTitle("Wi-Fi", before="Titik ", tail=" melapor"),
    services_card=CardTitle("Layanan", after=" elektronik", tail=" normal"),
    incidents_card=CardTitle("Gangguan", after=" aktif"),
    not_measured_yet="belum diukur",
    critical="kritis",
    incidents="Gangguan",
    worst_first="terburuk di atas",
    no_incident="Tidak ada gangguan aktif.",
    incidents_unknown="Belum diketahui.",
    no_open_incident="Tidak ada gangguan aktif",
    resolved_24h="Selesai dalam 24 jam terakhir",
    map_title="Situs per kelurahan",
    map_meaning="aktif/diharapkan",
    nowhere="Tanpa lokasi",
    dimensions="Capaian enam dimensi",
    measured_share="terukur",
    conservative_share="konservatif",
    conservative_short="kons.",
    coverage="cakupan",
    official_share="angka resmi 75\u00a0%",
    unmeasured="belum terukur",
    abnormal="Tidak normal",
    grid_meaning="angka = waktu tanggap, detik · garis bawah = 24 jam terakhir",
    certificates="Sertifikat, sisa hari",
    without_https="tanpa HTTPS",
    no_certificate="belum ada yang terukur",
    expired="habis",
    days_short="h",
    seconds_short="dtk",
    no_data_plate="TANPA DATA",
    normal_plate="NORMAL",
    all_normal="Semua situs yang terukur normal",
    nothing_registered="Belum ada situs dalam daftar",
    nothing_measured="Belum ada situs yang terukur",
    everything_planned="Semua situs sedang mati terjadwal",
    since="sejak",
    register_empty_hint="Isi data/inventory/sites.csv, lalu jalankan ulang.",
    too_far="Layar ini terlalu jauh untuk halaman {page}",
    not_drawn="tidak dapat digambar",
    lost_title="Sambungan ke server terputus sejak {time}",
    lost_text="Angka di bawah berumur {age}, jangan dipakai untuk keputusan. Mencoba lagi (ke-{attempt}).",
    stale_title="Data berhenti sejak {time}",
    stale_text="Server menjawab, tetapi angka di bawah berumur {age}. Jangan dipakai untuk keputusan.",
    seconds_ago="({age} lalu)",
    server_silent="server tidak menjawab",
    hotspots_page="Wi-Fi Bebas Kuota",
    hotspots="titik",
    hotspot="titik",
    reporting="melapor",
    scheduled="terjadwal",
    no_hotspot="Belum ada titik Wi-Fi dalam daftar",
    hotspots_unmeasured="Belum ada titik Wi-Fi yang terukur",
    hotspots_planned="Semua titik Wi-Fi sedang mati terjadwal",
    hotspots_in_limits="Semua kelurahan di atas batas",
    hotspot_map_title="Wi-Fi per kelurahan",
    hotspot_map_meaning="melapor/diharapkan",
    coast="pesisir",
    sea="laut",
    map_scale="2 km, skema",
    area_limit="Kelurahan, batas",
    bar_meaning="batang = daya tampung",
    area="Kelurahan",
    day="24 jam",
    connected="perangkat",
    mbps="Mbps",
    whole_city="Kota",
    providers="Penyedia",
    classes="Kelas, Mbps",
    class_names=MappingProxyType({"7": "pesisir", "20": "layanan", "50": "umum"}),
    fullest="Paling penuh",
    nobody_told="belum ada yang terukur",
    dark_times="Mati terjadwal",
    today="hari ini",
    no_dark_time="Tidak ada jendela hari ini",
    no_dark_time_now="Tidak ada jendela kini",
    now="Kini",
    next="berikut",
    unknown_hotspot="Titik Wi-Fi ini tidak ada dalam daftar",
    back_to_wall="Peta Wi-Fi",
    state="Keadaan",
    provider="Penyedia",
    speed_class="Kelas",
    place_type="Jenis tempat",
    capacity="Daya tampung",
    owner="Penanggung jawab",
    kelurahan="Kelurahan",
    coordinates="Koordinat",
    depends_on="Bergantung pada",
    listed_by="Asal data",
    last_words="Kabar terakhir tiap sumber",
    source_column="Sumber",
    when="Waktu",
    what="Keadaan",
    values="Angka",
    nobody_spoke="Belum ada sumber yang melapor.",
    period_names=MappingProxyType({"24h": "24 jam", "7d": "7 hari", "30d": "30 hari"}),
    clients_chart="Perangkat tersambung",
    traffic_chart="Lalu lintas, Mbps",
    availability_chart="Ketersediaan, %",
    download="unduh",
    upload="unggah",
    availability="ketersediaan",
    unwatched="tidak terukur",
    planned_band="arsir = mati terjadwal",
    synthetic="data contoh",
    metric_names=MappingProxyType(
        {
            "clients_total": "perangkat",
            "in_bits_per_second": "unduh Mbps",
            "out_bits_per_second": "unggah Mbps",
            "latency_seconds": "tunda md",
            "packet_loss_ratio": "paket hilang %",
            "cpu_ratio": "prosesor %",
            "memory_used_ratio": "memori %",
            "air_busy_ratio": "udara terpakai %",
            "temperature_celsius": "suhu °C",
            "uptime_seconds": "hidup jam",
        }
    ),
)

ENGLISH = Phrases(
    city="City of Bontang",
    simulated="simulation",
    summary_page="City summary",
    sites_page="Sites of offices & kelurahan",
    data_as_of="Data as of",
    all_sites="All sites",
    sites="sites",
    site="site",
    active="active",
    measured="measured",
    expected="expected",
    registered="registered",
    sites_card=CardTitle("Sites", tail=" active"),
    hotspots_card=CardTitle("Wi-Fi", after=" hotspots", tail=" reporting"),
    services_card=CardTitle("Services", tail=" normal"),
    incidents_card=CardTitle("Incidents", after=" open"),
    not_measured_yet="not measured yet",
    critical="critical",
    incidents="Incidents",
    worst_first="worst first",
    no_incident="No open incident.",
    incidents_unknown="Not known.",
    no_open_incident="No open incident",
    resolved_24h="Resolved in the last 24 hours",
    map_title="Sites per kelurahan",
    map_meaning="active/expected",
    nowhere="No location",
    dimensions="Six dimensions",
    measured_share="measured",
    conservative_share="conservative",
    conservative_short="cons.",
    coverage="coverage",
    official_share="official 75\u00a0%",
    unmeasured="not measured",
    abnormal="Not normal",
    grid_meaning="number = response time, seconds · bar below = last 24 hours",
    certificates="Certificates, days",
    without_https="without HTTPS",
    no_certificate="none measured yet",
    expired="expired",
    days_short="d",
    seconds_short="s",
    no_data_plate="NO DATA",
    normal_plate="NORMAL",
    all_normal="All measured sites are normal",
    nothing_registered="No site in the register yet",
    nothing_measured="No site measured yet",
    everything_planned="All sites are inside a planned window",
    since="since",
    register_empty_hint="Fill in data/inventory/sites.csv and start again.",
    too_far="This screen is too far away for the page {page}",
    not_drawn="could not be drawn",
    lost_title="Connection to the server lost since {time}",
    lost_text="The figures below are {age} old, do not decide on them. Trying again (no. {attempt}).",
    stale_title="Data stopped at {time}",
    stale_text="The server answers, but the figures below are {age} old. Do not decide on them.",
    seconds_ago="({age} ago)",
    server_silent="the server does not answer",
    hotspots_page="Free Wi-Fi",
    hotspots="hotspots",
    hotspot="hotspot",
    reporting="reporting",
    scheduled="planned",
    no_hotspot="No hotspot in the register yet",
    hotspots_unmeasured="No hotspot measured yet",
    hotspots_planned="All hotspots are inside a planned window",
    hotspots_in_limits="All kelurahan above their limit",
    hotspot_map_title="Wi-Fi per kelurahan",
    hotspot_map_meaning="reporting/expected",
    coast="coast",
    sea="sea",
    map_scale="2 km, schematic",
    area_limit="Kelurahan, limit",
    bar_meaning="bar = capacity",
    area="Kelurahan",
    day="24 h",
    connected="devices",
    mbps="Mbps",
    whole_city="City",
    providers="Providers",
    classes="Class, Mbps",
    class_names=MappingProxyType({"7": "coast", "20": "offices", "50": "public"}),
    fullest="Fullest",
    nobody_told="none measured yet",
    dark_times="Planned off",
    today="today",
    no_dark_time="No window today",
    no_dark_time_now="No window now",
    now="Now",
    next="next",
    unknown_hotspot="This hotspot is not in the register",
    back_to_wall="Wi-Fi map",
    state="State",
    provider="Provider",
    speed_class="Class",
    place_type="Type of place",
    capacity="Capacity",
    owner="Owner",
    kelurahan="Kelurahan",
    coordinates="Coordinates",
    depends_on="Depends on",
    listed_by="Listed by",
    last_words="What each source last said",
    source_column="Source",
    when="Time",
    what="State",
    values="Figures",
    nobody_spoke="No source has reported yet.",
    period_names=MappingProxyType({"24h": "24 hours", "7d": "7 days", "30d": "30 days"}),
    clients_chart="Devices connected",
    traffic_chart="Traffic, Mbps",
    availability_chart="Availability, %",
    download="download",
    upload="upload",
    availability="availability",
    unwatched="not measured",
    planned_band="hatched = planned off",
    synthetic="sample data",
    metric_names=MappingProxyType(
        {
            "clients_total": "devices",
            "in_bits_per_second": "download Mbps",
            "out_bits_per_second": "upload Mbps",
            "latency_seconds": "latency ms",
            "packet_loss_ratio": "packet loss %",
            "cpu_ratio": "processor %",
            "memory_used_ratio": "memory %",
            "air_busy_ratio": "air time %",
            "temperature_celsius": "temperature °C",
            "uptime_seconds": "uptime h",
        }
    ),
)


@dataclass(frozen=True, slots=True)
class AgeUnits:
    """Short units of an age; the browser's script writes ages with the same ones."""

    second: str
    minute: str
    hour: str
    day: str


_AGE_UNITS: Mapping[Language, AgeUnits] = MappingProxyType(
    {
        Language.INDONESIAN: AgeUnits("dtk", "m", "j", "h"),
        Language.ENGLISH: AgeUnits("s", "min", "h", "d"),
    }
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language in one zone. Build it with :func:`words_for`."""

    language: Language
    zone: ZoneInfo
    locale: str
    decimal_symbol: str
    group_symbol: str
    say: Phrases
    units: AgeUnits

    # -- closed sets

    def status(self, status: Status) -> str:
        return self._pick(_STATUS, status)

    def condition(self, condition: Condition) -> str:
        return self._pick(_CONDITION, condition)

    def hotspot_state(self, state: HotspotState) -> str:
        return self._pick(_HOTSPOT_STATE, state)

    def prayer(self, prayer: Prayer) -> str:
        return self._pick(_PRAYER, prayer)

    def source(self, source: Source) -> str:
        """How a reading reached us."""
        return self._pick(_SOURCE, source)

    def severity(self, severity: Severity) -> str:
        return self._pick(_SEVERITY, severity)

    def dimension(self, dimension: Dimension) -> str:
        return self._pick(_DIMENSION, dimension)

    def fault(self, fault: Fault) -> str:
        """The trouble of ours as a sentence."""
        return self._pick(_FAULT, fault)

    def fault_means(self, fault: Fault) -> str:
        """What the trouble of ours means for the figures on the screen."""
        return self._pick(_FAULT_MEANS, fault)

    def reason(self, reason: Reason, status_code: int | None = None) -> str:
        """Why, in two or three words; an HTTP error names its code."""
        if reason is Reason.HTTP_STATUS and status_code is not None:
            return f"{'galat' if self.language is Language.INDONESIAN else 'error'} {status_code}"
        return self._pick(_REASON, reason)

    def _pick(self, words: Mapping[_Member, _Pair], member: _Member) -> str:
        indonesian, english = words[member]
        return indonesian if self.language is Language.INDONESIAN else english

    # -- numbers

    def number(self, value: float, decimals: int = 0) -> str:
        """``1234.5`` → "1.234,5"."""
        text = f"{value:,.{decimals}f}"
        return text.replace(",", "\0").replace(".", self.decimal_symbol).replace("\0", self.group_symbol)

    def percent_down(self, ratio: float, decimals: int = 0) -> str:
        """A ratio (0..1) in percent, rounded down: availability and coverage never look better than they are."""
        scale = 10**decimals
        return f"{self.number(math.floor(ratio * 100 * scale + 1e-9) / scale, decimals)}{NBSP}%"

    def whole_percent(self, ratio: float) -> str:
        """The same without the sign, for columns of shares: "82"."""
        return self.number(math.floor(ratio * 100 + 1e-9))

    def seconds(self, value: float) -> str:
        """A duration for a tile: one decimal, two below a tenth of a second."""
        return self.number(value, 2 if value < 0.095 else 1)

    def share(self, active: int, whole: int) -> str:
        """E.g. "113/116"."""
        return f"{self.number(active)}/{self.number(whole)}"

    # -- time

    def clock(self, at: datetime) -> str:
        """A running clock: "14:05:09"."""
        return at.astimezone(self.zone).strftime("%H:%M:%S")

    def time(self, at: datetime) -> str:
        """Time of day in prose: "14.05"."""
        return format_time(at, "HH.mm" if self.language is Language.INDONESIAN else "HH:mm", self.zone, self.locale)

    def time_and_zone(self, at: datetime) -> str:
        """E.g. "14.05 WITA"."""
        return f"{self.time(at)} {self.zone_name(at)}"

    def zone_name(self, at: datetime) -> str:
        """E.g. "WITA"."""
        return at.astimezone(self.zone).tzname() or get_timezone_name(self.zone, locale=self.locale)

    def date(self, at: datetime) -> str:
        """E.g. "Senin, 23 Nov 2026"."""
        return format_date(at.astimezone(self.zone), "EEEE, d MMM yyyy", self.locale)

    def moment(self, at: datetime, now: datetime) -> str:
        """Time of day, with the date when that is not today: "14.05", "21 Nov 14.05"."""
        local, today = at.astimezone(self.zone), now.astimezone(self.zone)
        if local.date() == today.date():
            return self.time(at)
        return f"{format_date(local, 'd MMM', self.locale)} {self.time(at)}"

    def day(self, at: datetime) -> str:
        """E.g. "23 Nov"."""
        return format_date(at.astimezone(self.zone), "d MMM", self.locale)

    def age(self, length: timedelta) -> str:
        """E.g. "< 1 m", "26 m", "1 j 12 m", "2 h 4 j"; rounded down; a clock that ran backwards counts as no time."""
        units = self.units
        if length < MINUTE:
            return f"< 1 {units.minute}"
        if length < HOUR:
            return f"{length // MINUTE} {units.minute}"
        if length < DAY:
            return f"{length // HOUR} {units.hour} {length % HOUR // MINUTE:02d} {units.minute}"
        return f"{length // DAY} {units.day} {length % DAY // HOUR} {units.hour}"

    # -- sentences

    def sources(self, silent: int, total: int) -> str:
        """E.g. "2 dari 26 sumber senyap"."""
        if self.language is Language.INDONESIAN:
            return f"{silent} dari {total} sumber senyap" if silent else f"semua {total} sumber menjawab"
        return f"{silent} of {total} sources silent" if silent else f"all {total} sources answer"

    def open_of(self, count: int) -> str:
        """E.g. "8 aktif, terburuk di atas"."""
        return f"{self.number(count)} {'aktif' if self.language is Language.INDONESIAN else 'open'}, {self.say.worst_first}"

    def part_of(self, part: int, whole: int) -> str:
        """E.g. "5 dari 8"."""
        return f"{self.number(part)} {'dari' if self.language is Language.INDONESIAN else 'of'} {self.number(whole)}"

    def counted_sites(self, count: int) -> str:
        """E.g. "3 situs", "1 site"."""
        return f"{self.number(count)} {self.say.site if count == 1 else self.say.sites}"

    def sites_are(self, count: int, condition: Condition) -> str:
        """E.g. "3 situs terputus"."""
        return f"{self.counted_sites(count)} {self.condition(condition)}"

    def counted_incidents(self, count: int) -> str:
        """E.g. "3 gangguan aktif"."""
        if self.language is Language.INDONESIAN:
            return f"{self.number(count)} gangguan aktif"
        return f"{self.number(count)} open {'incident' if count == 1 else 'incidents'}"

    def site_called(self, name: str) -> str:
        """E.g. "Situs DKUKMP"; a name that says so itself stays as it is."""
        word = self.say.site
        if name.lower().startswith(word):
            return name
        return f"{word.capitalize()} {name}"

    def name_in_group(self, name: str, group: str) -> str:
        """E.g. "Kel. Loktuan": outside its group, a kelurahan's site must not read like the kelurahan itself."""
        is_bare = group == KELURAHAN_GROUP and not name.startswith("Kel")
        return f"Kel. {name}" if is_bare else name

    def listing(self, names: Sequence[str], others: int = 0) -> str:
        """E.g. "A", "A dan B", "A, B dan 3 lainnya"."""
        joint = " dan " if self.language is Language.INDONESIAN else " and "
        parts = (
            [*names, f"{self.number(others)} {'lainnya' if self.language is Language.INDONESIAN else 'others'}"]
            if others
            else list(names)
        )
        return joint.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)

    def and_more(self, count: int) -> str:
        """E.g. "… dan 12 lainnya"."""
        return (
            f"… dan {self.number(count)} lainnya" if self.language is Language.INDONESIAN else f"… and {self.number(count)} more"
        )

    def not_shown(self, count: int) -> str:
        """E.g. "4.880 tidak ditampilkan, terburuk didahulukan"."""
        if self.language is Language.INDONESIAN:
            return f"{self.number(count)} tidak ditampilkan, yang terburuk didahulukan"
        return f"{self.number(count)} not shown, worst first"

    def resolved_count(self, count: int) -> str:
        """E.g. "5 selesai dalam 24 jam"."""
        return f"{count} selesai dalam 24 jam" if self.language is Language.INDONESIAN else f"{count} resolved in 24 hours"

    def oldest(self, moment: str, where: str = "") -> str:
        """E.g. "terlama DKUKMP, sejak 10.52", "terlama sejak 10.52"."""
        word = "terlama" if self.language is Language.INDONESIAN else "longest"
        return f"{word} {where}, {self.say.since} {moment}" if where else f"{word} {self.say.since} {moment}"

    def slowest(self, name: str, seconds: float) -> str:
        """E.g. "terlama Beasiswa 5,2 dtk"."""
        word = "terlama" if self.language is Language.INDONESIAN else "slowest"
        return f"{word} {name} {self.seconds(seconds)} {self.say.seconds_short}"

    def calm_since(self, moment: str | None) -> str:
        """E.g. "Tidak ada gangguan aktif sejak 06.42."."""
        return f"{self.say.no_open_incident} {self.say.since} {moment}." if moment else f"{self.say.no_open_incident}."

    def measured_of(self, measured: int, expected: int) -> str:
        """E.g. "Terukur 117 dari 120 situs."."""
        return f"{self.say.measured.capitalize()} {self.part_of(measured, expected)} {self.say.sites}."

    def active_of(self, active: int, measured: int) -> str:
        """E.g. "Aktif 113 dari 116 situs terukur."."""
        if self.language is Language.INDONESIAN:
            return f"Aktif {self.part_of(active, measured)} situs terukur."
        return f"Active {self.part_of(active, measured)} measured sites."

    def counted_hotspots(self, count: int) -> str:
        """E.g. "262 titik", "1 hotspot"."""
        return f"{self.number(count)} {self.say.hotspot if count == 1 else self.say.hotspots}"

    def hotspots_down(self, count: int) -> str:
        """E.g. "262 titik terputus"."""
        return f"{self.counted_hotspots(count)} {self.hotspot_state(HotspotState.DOWN)}"

    def as_one(self, count: int) -> str:
        """E.g. "1 gangguan"."""
        if self.language is Language.INDONESIAN:
            return f"{self.number(count)} gangguan"
        return f"{self.number(count)} {'incident' if count == 1 else 'incidents'}"

    def one_cause(self, name: str, count: int) -> tuple[str, ...]:
        """Fullest first: "Penyedia A Selatan: 262 titik terputus, satu penyebab"."""
        one = "satu penyebab" if self.language is Language.INDONESIAN else "one cause"
        down = f"{name}: {self.hotspots_down(count)}"
        return f"{down}, {one}", f"{name}: {self.counted_hotspots(count)}, {one}", down

    def and_others(self, sentence: str, others: int) -> str:
        """E.g. "… dan 3 gangguan lain"."""
        if self.language is Language.INDONESIAN:
            return f"{sentence} dan {self.number(others)} gangguan lain"
        return f"{sentence} and {self.number(others)} other {'incident' if others == 1 else 'incidents'}"

    def wifi_below(self, share: str, limit: str) -> tuple[str, ...]:
        """Fullest first: "Wi-Fi melapor 88,2 %, di bawah batas 97 %"."""
        below = "di bawah batas" if self.language is Language.INDONESIAN else "below the limit of"
        short = f"Wi-Fi {self.say.reporting} {share}"
        return f"{short}, {below} {limit}", short

    def suspected(self, cause: str) -> str:
        """E.g. "diduga Listrik Loktuan"."""
        return f"{'diduga' if self.language is Language.INDONESIAN else 'suspected:'} {cause}"

    def coast_silent(self, silent: int, whole: int) -> str:
        """E.g. "pesisir 5 dari 8 senyap"."""
        return f"{self.say.coast} {self.part_of(silent, whole)} {'senyap' if self.language is Language.INDONESIAN else 'silent'}"

    def places_below(self, count: int, limit: str) -> str:
        """E.g. "4 kelurahan di bawah 97 %"."""
        return f"{self.number(count)} kelurahan {'di bawah' if self.language is Language.INDONESIAN else 'below'} {limit}"

    def hotspots_reporting(self, reporting: int, expected: int) -> str:
        """E.g. "714 dari 721 titik Wi-Fi melapor"."""
        if self.language is Language.INDONESIAN:
            return f"{self.part_of(reporting, expected)} titik Wi-Fi melapor"
        return f"{self.part_of(reporting, expected)} hotspots reporting"

    def limit(self, limit: str) -> str:
        """E.g. "(batas 97 %)"."""
        return f"({'batas' if self.language is Language.INDONESIAN else 'limit'} {limit})"

    def metric(self, name: str, value: float) -> str | None:
        """E.g. "perangkat 12", "unduh Mbps 8,4"; None for what has no words (it is shown nowhere)."""
        label = self.say.metric_names.get(name)
        if label is None:
            return None
        scaled = value * _METRIC_SCALE.get(name, 1.0)
        return f"{label} {self.number(scaled, 0 if scaled >= 100 or float(scaled).is_integer() else 1)}"

    def capacity_of(self, clients: int) -> str:
        """E.g. "30 perangkat"."""
        return f"{self.number(clients)} {self.say.connected}"

    def from_to(self, start: datetime, end: datetime) -> str:
        """E.g. "11.50–12.20"."""
        return f"{self.time(start)}–{self.time(end)}"

    def explained(self, count: int) -> str:
        """Targets explained by the same cause: "+ 40 target ikut"."""
        return (
            f"+ {self.number(count)} ikut terdampak"
            if self.language is Language.INDONESIAN
            else f"+ {self.number(count)} affected"
        )


def words_for(language: Language, zone: ZoneInfo) -> Words:
    """The words of a language, with the city's zone; symbols of numbers come from CLDR."""
    indonesian = language is Language.INDONESIAN
    locale = "id_ID" if indonesian else "en_GB"
    return Words(
        language,
        zone,
        locale,
        get_decimal_symbol(locale),
        get_group_symbol(locale),
        INDONESIAN if indonesian else ENGLISH,
        _AGE_UNITS[language],
    )
