"""The words of electronic services. Indonesian first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType

from command_centre.read.services import Components, Submission
from command_centre.read.views import Condition
from layouts.wording import Language, Words


@dataclass(frozen=True, slots=True)
class ServicePhrases:
    """What the screen and the page of services say."""

    page: str
    service_column: str
    availability_column: str
    response_column: str
    queue_column: str
    deadline_column: str
    days: str
    usual: str
    components: str
    unwatched: str
    absent: str
    no_interface: str
    no_deadline: str
    in_queue: str
    processed_today: str
    overdue: str
    due_today: str
    open: str
    units: str
    due: str
    working_days: str
    due_passed: str
    due_is_today: str
    queue: str
    services_normal: str
    components_answer: str
    overdue_lead: str
    all_normal: str
    none_listed: str
    none_measured: str
    all_planned: str
    hint: str
    more: str
    unknown: str
    back_to_wall: str
    parts: str
    parts_of: str
    service_level: str
    hours: str
    note: str
    response_chart: str
    queue_chart: str
    open_items: str
    office_hours: str
    nothing_told: str
    work: str


INDONESIAN = ServicePhrases(
    page="Layanan elektronik",
    service_column="Layanan, terburuk di atas",
    availability_column="Ketersediaan 24 jam",
    response_column="Waktu tanggap 24 jam",
    queue_column="Antrean",
    deadline_column="Tenggat layanan (garis), lewat (merah)",
    days="hari",
    usual="biasa",
    components="komp.",
    unwatched="belum terukur",
    absent="belum ada",
    no_interface="tanpa antarmuka data",
    no_deadline="tenggat belum tercatat",
    in_queue="dalam antrean",
    processed_today="selesai hari ini",
    overdue="lewat tenggat",
    due_today="jatuh hari ini",
    open="terbuka",
    units="OPD",
    due="tenggat",
    working_days="hari kerja",
    due_passed="sudah lewat",
    due_is_today="hari ini",
    queue="antrean",
    services_normal="layanan normal",
    components_answer="komponen menjawab",
    overdue_lead="Lewat tenggat",
    all_normal="Semua layanan yang terukur normal",
    none_listed="Belum ada layanan pada daftar",
    none_measured="Belum ada layanan yang terukur",
    all_planned="Semua layanan sedang mati terjadwal",
    hint="Isi data/inventory/services.csv; layanan tanpa antarmuka tetap tercatat.",
    more="layanan lain tidak muat di layar",
    back_to_wall="Layar layanan",
    unknown="Layanan ini tidak ada pada daftar",
    parts="Bagian",
    parts_of="Bagian dari",
    service_level="Tenggat layanan",
    hours="Jam layanan",
    note="Catatan",
    response_chart="Waktu tanggap (detik)",
    queue_chart="Antrean",
    open_items="Yang terbuka",
    office_hours="jam kantor",
    nothing_told="Tidak ada yang disampaikan",
    work="Pekerjaan",
)

ENGLISH = ServicePhrases(
    page="Electronic services",
    service_column="Service, worst on top",
    availability_column="Availability 24 hours",
    response_column="Response time 24 hours",
    queue_column="Queue",
    deadline_column="Deadline (line), overdue (red)",
    days="days",
    usual="usually",
    components="parts",
    unwatched="not measured yet",
    absent="none yet",
    no_interface="no data interface yet",
    no_deadline="no deadline on record",
    in_queue="in the queue",
    processed_today="done today",
    overdue="overdue",
    due_today="due today",
    open="open",
    units="offices",
    due="due",
    working_days="working days",
    due_passed="has passed",
    due_is_today="today",
    queue="queue",
    services_normal="services normal",
    components_answer="parts answer",
    overdue_lead="Overdue",
    all_normal="All measured services are normal",
    none_listed="No service on the register yet",
    none_measured="No service is measured yet",
    all_planned="All services are off as planned",
    hint="Fill in data/inventory/services.csv; a service without an interface stays on the register.",
    more="more services do not fit on the screen",
    back_to_wall="Wall of services",
    unknown="The register lists no such service",
    parts="Parts",
    parts_of="Part of",
    service_level="Deadline",
    hours="Opening hours",
    note="Note",
    response_chart="Response time (seconds)",
    queue_chart="Queue",
    open_items="Open items",
    office_hours="office hours",
    nothing_told="Nothing was told",
    work="Work",
)

_PHRASES: Mapping[Language, ServicePhrases] = MappingProxyType({Language.INDONESIAN: INDONESIAN, Language.ENGLISH: ENGLISH})
_OF: Mapping[Language, str] = MappingProxyType({Language.INDONESIAN: "dari", Language.ENGLISH: "of"})


@dataclass(frozen=True, slots=True)
class ServiceWords:
    """Sentences about services in the language of ``words``."""

    words: Words

    @property
    def say(self) -> ServicePhrases:
        return _PHRASES[self.words.language]

    def of(self, part: int, whole: int) -> str:
        """E.g. "5 dari 6"."""
        return f"{self.words.number(part)} {_OF[self.words.language]} {self.words.number(whole)}"

    def components(self, components: Components) -> str:
        """E.g. "3/4 komp."; the denominator is what should be measured."""
        return f"{self.words.share(components.up, components.expected)} {self.say.components}"

    def watched(self, days: float) -> str:
        """E.g. "30 hari"; fewer where nobody has looked for so long."""
        return f"{self.words.number(max(1, min(round(days), 30)))} {self.say.days}"

    def level(self, text: str) -> str:
        """A service level as it is read on a wall: "1×24 jam"."""
        return text.replace("x24", "×24").replace(" x ", "×")

    def submission(self, told: Submission) -> str:
        """E.g. "29 dari 32 OPD, tenggat 30 Nov (5 hari kerja)"."""
        lead = f"{self.of(told.submitted, told.expected)} {self.say.units}"
        return lead if told.due is None else f"{lead}, {self.say.due} {self.day(told.due)} ({self._left(told)})"

    def _left(self, told: Submission) -> str:
        if told.has_passed:
            return self.say.due_passed
        return f"{self.words.number(told.working_days)} {self.say.working_days}" if told.working_days else self.say.due_is_today

    def day(self, day: date) -> str:
        """E.g. "30 Nov"."""
        return self.words.day(datetime.combine(day, time(12), self.words.zone))

    def is_worst(self, name: str, condition: Condition, why: str) -> str:
        """E.g. "Perizinan lambat: 4,8 detik"."""
        return f"{name} {self.words.condition(condition)}" + (f": {why}" if why else "")

    def seconds(self, value: float) -> str:
        """E.g. "4,8 detik"."""
        unit = "detik" if self.words.language is Language.INDONESIAN else "seconds"
        return f"{self.words.seconds(value)} {unit}"


def service_words(words: Words) -> ServiceWords:
    """The words of services in the language of ``words``."""
    return ServiceWords(words)
