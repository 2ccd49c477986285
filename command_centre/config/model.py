"""The shape of the configuration: frozen sections, every key with a meaning, nothing else allowed.

``docs/configuration.md`` explains each key; a test fails when one is missing there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from command_centre.config.durations import Duration
from command_centre.config.mistakes import ConfigError, Mistake
from command_centre.config.secret import NOT_TO_BE_REPEATED, Secret, SecretUnavailableError, folder_of, is_reference
from command_centre.config.sizes import Size
from command_centre.domain.calendar import Window
from command_centre.domain.orders import Orders
from command_centre.domain.progress import Catalogue
from command_centre.domain.rule import DEFAULT_RULES, Rule
from command_centre.domain.special_day import SpecialDay
from command_centre.domain.target import Parent, Target, TargetKind

if TYPE_CHECKING:
    from command_centre.config.access import AccessSection
    from command_centre.config.integrity import IntegritySection
    from command_centre.config.receivers import NotifyingSection, ReceiverEntry
    from command_centre.config.snapshot import SnapshotSection

SITES_KIND = "websites"
"""The kind of collector that looks at ``inventory.sites``."""

GROUPS = ("OPD", "Kecamatan", "Kelurahan", "UPT, PKM", "Aplikasi")
"""The groups of sites, in the order in which a wall shows them."""

HOTSPOT_KINDS = ("hotspots_snmp", "hotspots_mqtt")
"""The kinds of collectors that look at ``inventory.hotspots``."""

HOTSPOTS_GROUP = "Wi-Fi"
"""The group of all hotspots."""

PLACE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("kantor layanan", "kantor", "layanan"), "kantor layanan"),
        **dict.fromkeys(("sekolah", "pendidikan"), "sekolah"),
        **dict.fromkeys(("kesehatan", "puskesmas", "posyandu"), "kesehatan"),
        **dict.fromkeys(("ibadah", "rumah ibadah", "tempat ibadah", "masjid", "musala", "gereja"), "ibadah"),
        **dict.fromkeys(("keamanan", "pos keamanan"), "keamanan"),
        **dict.fromkeys(("ruang publik", "publik", "taman", "keramaian"), "ruang publik"),
        **dict.fromkeys(("pesisir",), "pesisir"),
    }
)
"""What stands at a hotspot: every spelling, and the word for it."""

SETTLEMENTS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("Malahing", "Melahing"), "Malahing"),
        **dict.fromkeys(("Tihi-Tihi", "Tihi Tihi", "Tihik-Tihik"), "Tihi-Tihi"),
        **dict.fromkeys(("Selangan",), "Selangan"),
        **dict.fromkeys(("Gusung",), "Gusung"),
    }
)
"""The settlements on the coast and over the water: every spelling, and the word for it. They are never averaged away."""

MINUTE = timedelta(minutes=1)
FOREVER = "forever"


class Section(BaseModel):
    """A part of ``config.yaml``: frozen, no unknown key, and no value repeated in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class Mode(StrEnum):
    """``live`` is the only mode that contacts a real host."""

    DEMO = "demo"
    LIVE = "live"


class Theme(StrEnum):
    """How a wall is lit: dark for a dim room, light for a lit one."""

    DARK = "gelap"
    LIGHT = "terang"


def _one_line(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    if any(ord(each) < 32 or ord(each) == 127 for each in text):
        raise ValueError("must be one line without control characters")
    return text.strip()


Line = Annotated[str, AfterValidator(_one_line), Field(max_length=200)]
WholeNumber = Annotated[int, Strict()]  # otherwise "true" would be 1
Number = Annotated[float, Strict()]


class City(Section):
    """The city itself."""

    name: Line = "Kota Bontang"
    timezone: Line = "Asia/Makassar"
    contact: Line | None = None
    latitude: Number = Field(default=0.13, ge=-66, le=66)
    longitude: Number = Field(default=117.49, ge=-180, le=180)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
            raise ValueError("is not a time zone; Bontang's is Asia/Makassar") from None
        return name

    @field_validator("contact")
    @classmethod
    def _reachable(cls, contact: str | None) -> str | None:
        if contact is not None and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S+", contact):
            raise ValueError("must be an e-mail address or a web address: it is shown to the owners of the sites")
        return contact

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the city lives."""
        return ZoneInfo(self.timezone)


class Web(Section):
    """Where the screens are served."""

    host: Line = "127.0.0.1"
    port: WholeNumber = Field(default=8050, ge=0, le=65535)

    @field_validator("host")
    @classmethod
    def _a_host(cls, host: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._:-]+", host):
            raise ValueError("must be a host name or an address, without port and without http://")
        return host


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where the database is: an address without a password, or a reference to the whole address."""

    plain: str | None = None
    secret: Secret | None = None
    folder: Path | None = None

    def resolve(self) -> str:
        """The address for SQLAlchemy; a relative SQLite path begins at the folder of ``config.yaml``."""
        url = self.secret.resolve() if self.secret is not None else str(self.plain)
        prefix, separator, path = url.partition(":///")
        if not separator or not prefix.startswith("sqlite") or not path or path.startswith(("/", ":memory:", "file:")):
            return url
        return f"{prefix}:///{(self.folder or Path()).resolve() / path}"

    def __str__(self) -> str:
        return self.secret.reference if self.secret is not None else str(self.plain)


def _database_url(value: object, info: ValidationInfo) -> DatabaseUrl:
    if isinstance(value, DatabaseUrl):
        return replace(value, folder=value.folder or folder_of(info))
    if not isinstance(value, str):
        raise ValueError("must be a database address such as sqlite:///data/command-centre.db, or env:NAME, or file:path")
    if is_reference(value):
        return DatabaseUrl(secret=Secret(value, folder_of(info)), folder=folder_of(info))
    if re.search(r"[^:/?#]+://[^/?#]*:[^/?#]*@", value) or re.search(r"(?i)[?&](password|passfile|sslpassword)=", value):
        raise PydanticCustomError(NOT_TO_BE_REPEATED, "carries a password; write the whole address as env:NAME or file:path")
    if not re.match(r"(sqlite|postgresql)(\+\w+)?://", value):
        raise ValueError("must begin with sqlite:/// or postgresql:// (or be a reference env:NAME, file:path)")
    return DatabaseUrl(plain=value, folder=folder_of(info))


class Storage(Section):
    """The database."""

    url: Annotated[DatabaseUrl, BeforeValidator(_database_url)] = Field(
        default_factory=lambda: DatabaseUrl(plain="sqlite:///data/command-centre.db"), validate_default=True
    )

    model_config = ConfigDict(arbitrary_types_allowed=True)


def _duration_or_forever(value: object) -> object:
    return None if value == FOREVER else value


Keep = Annotated[Duration | None, BeforeValidator(_duration_or_forever)]
"""How long something is kept; None is for ever."""


class Retention(Section):
    """How long each class of data is kept. None means for ever."""

    raw: Keep = timedelta(days=30)
    five_minutes: Keep = timedelta(days=120)
    hourly: Keep = timedelta(days=1095)
    daily: Keep = None
    most_bytes: Size | None = None


class CollectorFrame(Section):
    """What every collector has, whatever its kind."""

    kind: Line = Field(examples=["websites"])
    every: Duration = MINUTE
    timeout: Duration = timedelta(seconds=10)
    at_once: WholeNumber = Field(default=20, ge=1, le=1000)
    retry_after: Duration = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Collector:
    """One collector: its pace, and the settings that its own kind understands."""

    kind: str
    every: timedelta
    timeout: timedelta
    at_once: int
    retry_after: timedelta
    settings: BaseModel


def split_host_port(text: str) -> tuple[str, int]:
    """``192.0.2.1:53`` or ``[2001:db8::1]:53`` as host and port. Raises ValueError with a sentence for the editor."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})", text)
    if not match or not 0 < int(match.group(3)) < 65536:
        raise ValueError("must be host:port, such as 192.0.2.1:443")
    return match.group(1) or match.group(2), int(match.group(3))


def _host_and_port(text: str) -> str:
    split_host_port(text)
    return text


class Uplink(Section):
    """How we know that our own connection is alive: reference addresses, ``host:port``."""

    every: Duration = timedelta(seconds=15)
    references: tuple[Annotated[Line, AfterValidator(_host_and_port)], ...] = ()


class Inventory(Section):
    """The registers. Paths begin at the folder of ``config.yaml``; without ``kelurahan`` the shipped register is used."""

    sites: Line | None = None
    hotspots: Line | None = None
    services: Line | None = None
    parents: Line | None = None
    kelurahan: Line | None = None
    holidays: Line | None = None
    groups: tuple[Line, ...] = Field(default=GROUPS, min_length=1)
    providers: tuple[Line, ...] = Field(default=("Penyedia A", "Penyedia B"), min_length=1)
    classes: tuple[Annotated[WholeNumber, Field(ge=1, le=100_000)], ...] = Field(default=(7, 20, 50), min_length=1)


class Progress(Section):
    """The road to 100 %: the catalogue of indicators, and how far back automatic ones look."""

    catalogue: Line | None = None
    period: Duration = timedelta(days=7)


class PrayerEntry(Section):
    """A window around prayers as written: which ones, and from how long before to how long after they begin."""

    times: tuple[Line, ...] = Field(default=("subuh", "zuhur", "asar", "magrib", "isya"), min_length=1)
    before: Duration = timedelta(minutes=5)
    after: Duration = timedelta(minutes=25)
    friday_after: Duration | None = None


class WindowEntry(Section):
    """Agreed planned time as written: once (two moments), weekly (days), monthly (dates), or around prayers."""

    name: Line = Field(examples=["Cadangan mingguan"])
    targets: tuple[Line, ...] = Field(min_length=1, examples=[("Aplikasi",)])
    days: tuple[Line, ...] = ()
    dates: tuple[WholeNumber, ...] = ()
    months: tuple[Line, ...] = ()
    prayer: PrayerEntry | None = None
    from_: Line | None = Field(default=None, alias="from")
    until: Line | None = None
    first_day: Line | None = None
    last_day: Line | None = None


def _resolution(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d{2,4}x[1-9]\d{2,4}", text):
        raise ValueError("must be width x height in pixels, such as 1920x1080")
    return text


class Sound(StrEnum):
    """Whether a wall may be heard."""

    ON = "on"
    OFF = "off"


def _mute_hours(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)", text):
        raise ValueError('must be hours of the day, such as "22:00-06:00"')
    return text


def _minute(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return 60 * int(hours) + int(minutes)


class Wall(Section):
    """One screen on a wall, and the room it hangs in. In the ``mute`` hours (of the city's clock) it is seen and not heard."""

    name: Line = Field(examples=["utama"])
    screens: tuple[Line, ...] = Field(min_length=1, examples=[("ringkasan",)])
    every: Duration = timedelta(seconds=30)
    theme: Theme = Theme.DARK
    screen_diagonal: Number = Field(default=55, ge=7, le=500)
    resolution: Annotated[Line, AfterValidator(_resolution)] = "1920x1080"
    viewing_distance_m: Number = Field(default=3, gt=0, le=100)
    sound: Sound = Sound.ON
    mute: tuple[Annotated[Line, AfterValidator(_mute_hours)], ...] = Field(default=(), max_length=10)

    @property
    def mute_minutes(self) -> tuple[tuple[int, int], ...]:
        """The mute hours as minutes of the day; an end that is not after its beginning lies in the next day."""
        return tuple((_minute(start), _minute(end)) for start, _, end in (each.partition("-") for each in self.mute))

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of the screen."""
        width, _, height = self.resolution.partition("x")
        return int(width), int(height)


class Demo(Section):
    """What the demo overrides, so that a newcomer sees a living wall within seconds."""

    every: Duration = timedelta(seconds=10)
    hotspots_every: Duration = timedelta(seconds=30)
    timeout: Duration = timedelta(seconds=4)
    retry_after: Duration = timedelta(seconds=1)
    history: Duration = timedelta(hours=24)
    script: Line = "biasa"


@dataclass(frozen=True, slots=True)
class Kelurahan:
    """One kelurahan of the register. Points are (latitude, longitude) in degrees; latitude is barely above 0."""

    code: str
    name: str
    short_name: str
    aliases: tuple[str, ...]
    kecamatan_code: str
    kecamatan: str
    centre: tuple[float, float]
    office: tuple[float, float]
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a person wrote, checked and frozen. What the program learns lives in tables, never here.

    In demo mode the collectors and targets already carry the pace of ``demo`` (see ``as_demo``).
    """

    city: City
    mode: Mode
    web: Web
    storage: Storage
    retention: Retention
    collectors: tuple[Collector, ...]
    uplink: Uplink
    inventory: Inventory
    windows: tuple[Window, ...]
    walls: tuple[Wall, ...]
    demo: Demo
    targets: tuple[Target, ...]
    kelurahan: tuple[Kelurahan, ...]
    config_hash: str
    source_path: Path
    warnings: tuple[Mistake, ...] = ()
    parents: tuple[Parent, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    catalogue: Catalogue = field(default_factory=Catalogue)
    access: AccessSection | None = None
    receivers: tuple[ReceiverEntry, ...] = ()
    rules: tuple[Rule, ...] = DEFAULT_RULES
    orders: Orders = field(default_factory=Orders)
    notifying: NotifyingSection | None = None
    integrity: IntegritySection | None = None
    snapshot: SnapshotSection | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the city."""
        return self.city.zone

    def targets_of(self, kind: TargetKind) -> tuple[Target, ...]:
        """The targets of one kind, in the order of their register."""
        return tuple(each for each in self.targets if each.kind is kind)

    def collector(self, kind: str) -> Collector | None:
        """The collector of one kind; None when the city uses none."""
        return next((each for each in self.collectors if each.kind == kind), None)

    def wall(self, name: str) -> Wall | None:
        """The wall of that name; None when there is none."""
        return next((each for each in self.walls if each.name == name), None)

    def database_url(self) -> str:
        """The database's address, secrets resolved. Raises ConfigError when the reference points at nothing."""
        try:
            return self.storage.url.resolve()
        except SecretUnavailableError as trouble:
            raise ConfigError([Mistake(str(self.source_path), str(trouble), where="storage.url")]) from None

    def as_demo(self) -> Config:
        """The same city in demo mode, at the pace of the demo."""
        pace = self.demo
        collectors = tuple(
            replace(
                each,
                every=pace.hotspots_every if each.kind in HOTSPOT_KINDS else pace.every,
                timeout=min(each.timeout, pace.timeout),
                retry_after=pace.retry_after,
            )
            for each in self.collectors
        )
        targets = tuple(
            replace(each, expected_every=pace.hotspots_every if each.kind is TargetKind.HOTSPOT else pace.every)
            for each in self.targets
        )
        return replace(self, mode=Mode.DEMO, collectors=collectors, targets=targets)
