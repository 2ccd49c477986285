"""The mapping language: one document says where a device's name, values, time and availability stand in topic and payload.

``README.md`` explains every key with an example. A document is read once into a ``Mapping``; a ``Reader`` applies it to messages.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from collectors.hotspots_mqtt.moments import zone_of
from collectors.hotspots_mqtt.paths import Path, parse_path
from collectors.hotspots_mqtt.presets import INHERITED, PRESETS, preset_of_topic
from collectors.hotspots_mqtt.quantities import Quantity, quantity_of
from collectors.hotspots_mqtt.topics import TopicPattern, parse_pattern


class Format(StrEnum):
    """How a payload is written."""

    JSON = "json"
    PLAIN = "plain"
    COLLECTD = "collectd-plain"
    HOMIE = "homie"
    SPARKPLUG = "sparkplug-b"


class ValueType(StrEnum):
    """How a value is read."""

    AUTO = "auto"
    NUMBER = "number"
    NUMBER_ID = "number_id"  # Indonesian notation: 1.234,5
    DURATION = "duration"
    FLAG = "flag"
    TEXT = "text"
    TIME = "time"
    COUNT = "count"  # how many members
    SUM = "sum"
    MEAN = "mean"
    MAX = "max"
    MIN = "min"


@dataclass(frozen=True, slots=True)
class Field:
    """One metric and where it stands. ``words`` gives numbers for words; ``scale`` and ``offset`` make the unit of the metric.

    Worked out once: ``quantity``, what the metric's name promises, and ``is_plain``, whether a number is taken as it is written.
    """

    metric: str
    path: Path
    type: ValueType = ValueType.AUTO
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    words: AnyMapping[str, float] = field(default_factory=dict)
    quantity: Quantity = field(init=False, repr=False)
    is_plain: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        plain = not self.unit and self.scale == 1.0 and self.offset == 0.0 and self.type is not ValueType.TEXT
        object.__setattr__(self, "quantity", quantity_of(self.metric))
        object.__setattr__(self, "is_plain", plain)


@dataclass(frozen=True, slots=True)
class Availability:
    """Which words say that a device is there. ``degraded`` are those of ``up`` that ask for attention."""

    up: frozenset[str]
    down: frozenset[str]
    degraded: frozenset[str] = frozenset()
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """One convention as the configuration describes it."""

    name: str
    format: Format
    topics: tuple[TopicPattern, ...]
    status_topics: tuple[TopicPattern, ...] = ()
    fields: tuple[Field, ...] = ()
    metric: str = ""
    device: Path | None = None
    fixed_device: str = ""
    each: Path | None = None
    times: tuple[Path, ...] = ()
    time_format: str = ""
    zone: tzinfo | None = None
    availability: Availability | None = None
    names: AnyMapping[str, str] = field(default_factory=dict)
    scales: AnyMapping[str, float] = field(default_factory=dict)
    not_a_share: frozenset[str] = frozenset()
    unit_paths: AnyMapping[str, Path] = field(default_factory=dict)
    sequence: Path | None = None
    boot: Path | None = None
    stale_after: float | None = None

    @property
    def filters(self) -> tuple[str, ...]:
        """The subscriptions this mapping needs. Sparkplug's messages have two depths, whatever the pattern says."""
        if self.format is Format.SPARKPLUG:
            return tuple(dict.fromkeys("/".join((*each.filter.split("/")[:2], "#")) for each in self.topics))
        return tuple(dict.fromkeys(each.filter for each in (*self.topics, *self.status_topics)))


class MappingError(ValueError):
    """A document that is no mapping. ``mistakes`` are sentences for the editor, all of them."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


_SYNONYMS: AnyMapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "preset": ("convention",),
        "topic": ("topics",),
        "status_topic": ("status_topics", "availability_topic", "lwt_topic"),
        "time": ("timestamp", "time_path"),
        "time_format": ("time_unit",),
        "tz": ("timezone", "time_zone", "zone"),
        "device": ("device_path", "device_field"),
        "device_name": (),
        "each": ("items", "records", "foreach", "array"),
        "scale": ("scales", "factor", "factors"),
        "offset": ("offsets",),
        "units": ("unit",),
        "types": ("type",),
        "words": ("values", "value_map", "map", "enum"),
        "names": ("rename", "metrics", "aliases"),
        "metric": (),
        "fields": (),
        "format": (),
        "availability": (),
        "sequence": ("seq",),
        "boot": (),
        "not_a_share": (),
        "unit_paths": (),
        "uptime_format": ("duration_format",),
        "stale_after_s": (
            "stale_after",
            "stale_s",
            "timeout_s",
            "expire_after_s",
            "expire_after",
            "max_age_s",
            "silence_s",
            "offline_after_s",
            "ttl_s",
            "patience_s",
        ),
        "every_s": ("interval_s", "interval", "expected_interval_s", "expected_every_s", "period_s", "heartbeat_s"),
        "periods": ("stale_after_intervals", "stale_factor", "missed_intervals"),
    }
)
"""Every key of the language, with the other words that are understood for it."""

PATIENCE = 3
"""Periods of silence after which a device counts as stale."""

_FORMATS: AnyMapping[str, Format] = MappingProxyType(
    {
        "json": Format.JSON, "text": Format.PLAIN, "plain": Format.PLAIN, "raw": Format.PLAIN, "value": Format.PLAIN,
        "collectd": Format.COLLECTD, "collectdplain": Format.COLLECTD, "homie": Format.HOMIE, "homie4": Format.HOMIE,
        "homie5": Format.HOMIE, "sparkplug": Format.SPARKPLUG, "sparkplugb": Format.SPARKPLUG, "spb": Format.SPARKPLUG,
    }
)  # fmt: skip

_TYPES: AnyMapping[str, ValueType] = MappingProxyType(
    {each.value: each for each in ValueType}
    | {
        "float": ValueType.NUMBER, "int": ValueType.NUMBER, "integer": ValueType.NUMBER, "bool": ValueType.FLAG,
        "boolean": ValueType.FLAG, "string": ValueType.TEXT, "str": ValueType.TEXT, "uptime": ValueType.DURATION,
        "routeros": ValueType.DURATION, "tasmota": ValueType.DURATION, "len": ValueType.COUNT, "length": ValueType.COUNT,
        "avg": ValueType.MEAN, "average": ValueType.MEAN,
    }
)  # fmt: skip


def unknown_keys(document: AnyMapping[str, Any]) -> tuple[str, ...]:
    """Keys that the language does not have."""
    known = set(_SYNONYMS).union(*_SYNONYMS.values()) | {"name"}
    return tuple(sorted(str(key) for key in document if key not in known))


def _get(document: AnyMapping[str, Any], key: str) -> Any:
    return next((document[each] for each in (key, *_SYNONYMS[key]) if document.get(each) is not None), None)


def parse_mapping(document: AnyMapping[str, Any], fixed: AnyMapping[str, str] | None = None) -> Mapping:
    """Read a document. ``fixed`` puts words in the place of placeholders (one shard of many). Raises MappingError."""
    return _Parser(document, fixed or {}).parse()


class _Parser:
    """Reads one document and collects every mistake before it complains."""

    def __init__(self, document: AnyMapping[str, Any], fixed: AnyMapping[str, str]) -> None:
        self._mistakes: list[str] = []
        self._fixed = fixed
        self._document = self._completed(dict(document))

    def _completed(self, document: dict[str, Any]) -> dict[str, Any]:
        """With what the preset says, wholly when it is named, in facts only when just the topic is of its kind."""
        asked = _get(document, "preset")
        if asked is not None:
            preset = PRESETS.get(str(asked))
            if preset is None:
                self._mistakes.append(f"preset '{asked}' is not known; there are {', '.join(sorted(PRESETS))}")
                return document
            return {**preset, **document}
        topic = _get(document, "topic")
        name = preset_of_topic(topic) if isinstance(topic, str) else None
        if name is None:
            return document
        preset = PRESETS[name]
        facts = {key: preset[key] for key in INHERITED if key in preset and _get(document, key) is None}
        if preset.get("format") == "homie" and "availability" in preset:
            facts.setdefault("availability", preset["availability"])
        return {**facts, **document}

    def parse(self) -> Mapping:
        form = self._format()
        mapping = Mapping(
            name=str(self._document.get("name") or self._document.get("preset") or ""),
            format=form,
            topics=self._patterns("topic"),
            status_topics=self._patterns("status_topic"),
            fields=self._fields(),
            metric=str(_get(self._document, "metric") or ""),
            device=self._path("device"),
            fixed_device=str(_get(self._document, "device_name") or ""),
            each=self._path("each"),
            times=self._times(),
            time_format=str(_get(self._document, "time_format") or ""),
            zone=self._zone(),
            availability=self._availability(),
            names=self._texts("names"),
            scales=self._numbers("scale"),
            not_a_share=frozenset(map(str, self._document.get("not_a_share", ()))),
            unit_paths=self._unit_paths(),
            sequence=self._path("sequence"),
            boot=self._path("boot"),
            stale_after=self._stale_after(),
        )
        if not mapping.topics and not mapping.status_topics:
            self._mistakes.append("topic is missing")
        if self._mistakes:
            raise MappingError(self._mistakes)
        return mapping

    def _format(self) -> Format:
        written = _get(self._document, "format")
        if written is None:
            return Format.JSON
        found = _FORMATS.get("".join(each for each in str(written).casefold() if each.isalnum()))
        if found is None:
            self._mistakes.append(f"format '{written}' is not known; there are {', '.join(each.value for each in Format)}")
        return found or Format.JSON

    def _patterns(self, key: str) -> tuple[TopicPattern, ...]:
        written = _get(self._document, key)
        patterns: list[TopicPattern] = []
        for each in [written] if isinstance(written, str) else written or []:
            try:
                patterns.append(parse_pattern(str(each), self._fixed))
            except ValueError as mistake:
                self._mistakes.append(f"{key}: {mistake}")
        return tuple(patterns)

    def _path(self, key: str) -> Path | None:
        written = _get(self._document, key)
        return None if written is None or written == "" else self._read_path(key, written)

    def _read_path(self, key: str, written: object) -> Path | None:
        try:
            return parse_path(str(written))
        except ValueError as mistake:
            self._mistakes.append(f"{key}: {mistake}")
            return None

    def _times(self) -> tuple[Path, ...]:
        """One path, or several whose texts belong together (a date and a time of day)."""
        written = _get(self._document, "time")
        if isinstance(written, dict):
            for key in ("format", "tz"):
                if key in written:
                    self._document.setdefault("time_format" if key == "format" else key, written[key])
            written = written.get("path")
        many = written if isinstance(written, list) else [] if written in (None, "") else [written]
        return tuple(path for each in many if (path := self._read_path("time", each)) is not None)

    def _zone(self) -> tzinfo | None:
        written = _get(self._document, "tz")
        if written is None:
            return None
        try:
            return zone_of(str(written))
        except ValueError as mistake:
            self._mistakes.append(f"tz: {mistake}")
            return None

    def _availability(self) -> Availability | None:
        written = _get(self._document, "availability")
        if written is None:
            return None
        if not isinstance(written, dict):
            self._mistakes.append("availability: must have the keys up and down")
            return None
        path = written.get("path")
        return Availability(
            up=_words(written.get("up")),
            down=_words(written.get("down")),
            degraded=_words(written.get("degraded")),
            path=None if path in (None, "") else self._read_path("availability.path", path),
        )

    def _fields(self) -> tuple[Field, ...]:
        written = _get(self._document, "fields") or {}
        if not isinstance(written, dict):
            self._mistakes.append("fields: must be a table of metric: path")
            return ()
        found = (self._field(str(metric), spec) for metric, spec in written.items())
        return tuple(each for each in found if each is not None)

    def _field(self, metric: str, spec: Any) -> Field | None:
        details = spec if isinstance(spec, dict) else {"path": spec}
        path = self._read_path(f"fields.{metric}", details.get("path", ""))
        if path is None:
            return None
        return Field(
            metric=metric,
            path=path,
            type=self._type(metric, details),
            unit=str(details.get("unit") or self._texts("units").get(metric, "")),
            scale=self._number(f"fields.{metric}.scale", details.get("scale", self._numbers("scale").get(metric, 1.0))),
            offset=self._number(f"fields.{metric}.offset", details.get("offset", self._numbers("offset").get(metric, 0.0))),
            words=self._word_numbers(metric, details.get("words") or details.get("map") or details.get("values")),
        )

    def _type(self, metric: str, details: AnyMapping[str, Any]) -> ValueType:
        written = next((details[key] for key in ("type", "agg", "aggregate", "op") if key in details), None)
        written = written or self._texts("types").get(metric)
        if written is None:
            return ValueType.AUTO
        found = _TYPES.get(str(written))
        if found is None:
            self._mistakes.append(f"fields.{metric}: type '{written}' is not known; there are {', '.join(ValueType)}")
        return found or ValueType.AUTO

    def _word_numbers(self, metric: str, own: Any) -> AnyMapping[str, float]:
        shared = _get(self._document, "words") or {}
        table = own if isinstance(own, dict) else shared.get(metric, shared) if isinstance(shared, dict) else {}
        if not isinstance(table, dict):
            return {}
        return {
            str(word).casefold(): self._number(f"words.{word}", number)
            for word, number in table.items()
            if not isinstance(number, dict)
        }

    def _unit_paths(self) -> AnyMapping[str, Path]:
        found = ((unit, self._read_path(f"unit_paths.{unit}", path)) for unit, path in self._texts("unit_paths").items())
        return {unit: path for unit, path in found if path is not None}

    def _texts(self, key: str) -> AnyMapping[str, str]:
        table = _get(self._document, key)
        return {str(name): str(text) for name, text in table.items()} if isinstance(table, dict) else {}

    def _numbers(self, key: str) -> AnyMapping[str, float]:
        table = _get(self._document, key)
        if not isinstance(table, dict):
            return {}
        return {str(name): self._number(f"{key}.{name}", number) for name, number in table.items()}

    def _number(self, key: str, written: Any) -> float:
        try:
            return float(written)
        except (TypeError, ValueError):
            self._mistakes.append(f"{key}: '{written}' is not a number")
            return 1.0

    def _stale_after(self) -> float | None:
        own, every = _get(self._document, "stale_after_s"), _get(self._document, "every_s")
        if own is not None:
            return self._number("stale_after_s", own)
        periods = _get(self._document, "periods")
        patience = PATIENCE if periods is None else self._number("periods", periods)
        return None if every is None else patience * self._number("every_s", every)


def _words(written: Any) -> frozenset[str]:
    many = written if isinstance(written, list | tuple | frozenset) else [] if written is None else [written]
    return frozenset(_word(each) for each in many)


def _word(value: object) -> str:
    return str(value).casefold().strip() if not isinstance(value, bool) else str(value).lower()
