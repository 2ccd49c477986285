"""One message → what it says about which device. Pure but for the births that a Sparkplug message refers to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NamedTuple, TypeAlias

from collectors.hotspots_mqtt import sparkplug
from collectors.hotspots_mqtt.flaws import Flaw, FlawKind, RejectedError
from collectors.hotspots_mqtt.mapping import Availability, Field, Format, ValueType
from collectors.hotspots_mqtt.mapping import Mapping as MessageMapping
from collectors.hotspots_mqtt.moments import Claim, read_time
from collectors.hotspots_mqtt.paths import ABSENT, WHOLE, Path, look_up
from collectors.hotspots_mqtt.payloads import UNREADABLE, json_of, text_of, trimmed
from collectors.hotspots_mqtt.presets import COLLECTD_INSTANCES, COLLECTD_SOURCES
from collectors.hotspots_mqtt.quantities import (
    ANYTHING,
    COUNT,
    NOTHING_WORDS,
    UNIT_SUFFIXES,
    Number,
    Quantity,
    convert,
    duration_of_text,
    finite,
    flag_of,
    number_of_text,
    quantity_of,
    within,
)
from collectors.hotspots_mqtt.topics import DEVICE_NAMES, checked_device, checked_topic

MAX_PAYLOAD_BYTES = 256 * 1024
"""A hotspot's telemetry has a few hundred bytes; a thousand times that is a mistake or an attack."""

MAX_RECORDS = 1_000
MAX_ROUTES = 50_000
_SANE = (-1e300, 1e300)
_LONGEST_TEXT = 200

Value: TypeAlias = int | float | str


class Presence(Enum):
    """What a device, or the broker in its name, says about its being there."""

    THERE = "up"
    ATTENTION = "degraded"
    GONE = "down"
    UNSETTLED = "unknown"


# Named tuples, not frozen dataclasses: several are made per message, at a fifth of the cost.


class Message(NamedTuple):
    """One message as the broker handed it over. ``arrived`` is in seconds since the epoch."""

    topic: str
    payload: bytes
    arrived: float
    retained: bool = False


class Sample(NamedTuple):
    """One value of one metric. ``claim`` is the time the device wrote for it, None when it wrote none.

    ``part`` names the radio of which a count is only a part: the device's count is the sum over its parts.
    """

    metric: str
    value: Value
    unit: str | None
    claim: Claim | None = None
    part: str = ""


class Look(NamedTuple):
    """What one message says about one device."""

    device: str
    samples: tuple[Sample, ...] = ()
    presence: Presence | None = None
    sequence: int | None = None
    boot: str | None = None
    flaws: tuple[Flaw, ...] = ()


class Heard(NamedTuple):
    """Everything one message says."""

    looks: tuple[Look, ...] = ()
    flaws: tuple[Flaw, ...] = ()


@dataclass(slots=True)
class Reader:
    """Applies one mapping. It remembers births (Sparkplug) and nothing else."""

    mapping: MessageMapping
    max_payload_bytes: int = MAX_PAYLOAD_BYTES
    _births: sparkplug.Births = field(default_factory=sparkplug.Births)
    _routes: dict[str, tuple[Mapping[str, str], bool]] = field(default_factory=dict)

    def matches(self, topic: str) -> bool:
        """Whether this mapping speaks of ``topic``."""
        return self._kind_of(topic) is not None

    def read(self, message: Message) -> Heard:
        """What the message says. Never raises for what a device sends."""
        try:
            levels, is_status = self._routes.get(message.topic) or self._route_of(message.topic)
            if self.mapping.format is Format.SPARKPLUG:
                return self._read_sparkplug(message)
            if is_status:
                return Heard((self._read_status(levels, message),))
            return self._read_data(levels, message)
        except RejectedError as rejected:
            return Heard(flaws=(rejected.flaw,))

    def _route_of(self, topic: str) -> tuple[Mapping[str, str], bool]:
        """What the topic says, remembered: a device speaks under the same few topics for years. Raises RejectedError."""
        found = self._kind_of(checked_topic(topic))
        if found is None:
            raise RejectedError(FlawKind.UNKNOWN_TOPIC, "no mapping speaks of it")
        if len(self._routes) >= MAX_ROUTES:
            self._routes.clear()
        self._routes[topic] = found
        return found

    def _kind_of(self, topic: str) -> tuple[Mapping[str, str], bool] | None:
        for pattern in self.mapping.status_topics:
            if (levels := pattern.match(topic)) is not None:
                return levels, True
        if self.mapping.format is Format.SPARKPLUG and _sparkplug_matches(self.mapping, topic):
            return {}, False
        for pattern in self.mapping.topics:
            if (levels := pattern.match(topic)) is not None:
                return levels, False
        return None

    # -- status topics

    def _read_status(self, levels: Mapping[str, str], message: Message) -> Look:
        device = self._device_of(levels)
        words = self.mapping.availability
        if words is None:
            return Look(device, flaws=(Flaw(FlawKind.UNKNOWN_STATE, "the mapping has no words for availability"),))
        return self._with_presence(Look(device), words, message.payload)

    def _with_presence(self, look: Look, words: Availability, payload: bytes) -> Look:
        presence = presence_of(_status_word(payload, words.path, self.max_payload_bytes), words)
        if presence is None:
            return look._replace(flaws=(*look.flaws, Flaw(FlawKind.UNKNOWN_STATE, "neither a word for up nor for down")))
        return look._replace(presence=presence)

    def _device_of(self, levels: Mapping[str, str]) -> str:
        found = next((levels[name] for name in DEVICE_NAMES if name in levels), None)
        if found is None:
            literal = self.mapping.device.text if self.mapping.device is not None else ""
            found = self.mapping.fixed_device or "/".join(levels.values()) or literal
        return checked_device(found)

    # -- data topics

    def _read_data(self, levels: Mapping[str, str], message: Message) -> Heard:
        match self.mapping.format:
            case Format.JSON:
                return self._read_json(levels, message)
            case Format.COLLECTD:
                return Heard((self._read_collectd(levels, message),))
            case Format.HOMIE:
                return self._read_homie(levels, message)
            case _:
                return Heard((self._read_plain(levels, message),))

    def _read_json(self, levels: Mapping[str, str], message: Message) -> Heard:
        device = None if self.mapping.device is not None else self._device_of(levels)
        if self.mapping.availability is not None and not self.mapping.status_topics and not self.mapping.fields:
            look = Look(device or self._device_of(levels))
            return Heard((self._with_presence(look, self.mapping.availability, message.payload),))
        document = json_of(message.payload, self.max_payload_bytes)
        records, root = self._records(document)
        looks: list[Look] = []
        flaws: list[Flaw] = []
        for record in records[:MAX_RECORDS]:
            try:
                looks.append(self._read_record(device or self._record_device(levels, record), levels, record, root))
            except RejectedError as rejected:
                flaws.append(rejected.flaw)
        if len(records) > MAX_RECORDS:
            flaws.append(Flaw(FlawKind.TOO_LARGE, f"{len(records)} records, at most {MAX_RECORDS} are read"))
        return Heard(tuple(looks), tuple(flaws))

    def _records(self, document: object) -> tuple[Sequence[object], object]:
        if self.mapping.each is not None:
            found = look_up(self.mapping.each, document)
            if isinstance(found, dict):
                found = list(found.values())
            if not isinstance(found, list):
                raise RejectedError(FlawKind.WRONG_SHAPE, "no list where the mapping expects one")
            return found, document
        if isinstance(document, dict):
            return [document], document
        if isinstance(document, list) and document and all(isinstance(each, dict) for each in document):
            return document, None
        if any(not each.path.steps for each in self.mapping.fields) or (isinstance(document, list) and self._indexes_a_list()):
            return [document], document
        raise RejectedError(FlawKind.WRONG_SHAPE, "no object")

    def _indexes_a_list(self) -> bool:
        firsts = [each.path.steps[0] for each in self.mapping.fields if each.path.steps]
        return any(isinstance(step, int) or step == "*" for step in firsts)

    def _read_record(self, device: str, levels: Mapping[str, str], record: object, root: object) -> Look:
        flaws: list[Flaw] = []
        claim = self._claim(record, root, flaws)
        samples = self._samples(self.mapping.fields, record, claim, flaws)
        if not self.mapping.fields and "metric" not in levels:
            samples = _flat_samples(record, self.mapping, claim, flaws)
        elif "metric" in levels or self.mapping.metric:
            samples = samples or self._level_samples(levels, record, claim, flaws)
        presence = self._record_presence(record)
        if not samples and presence is None and not flaws:
            flaws.append(Flaw(FlawKind.NO_VALUES, "none of the mapping's fields is in the payload"))
        return Look(
            device,
            tuple(samples),
            presence,
            _sequence_at(self.mapping.sequence, record),
            _boot_at(self.mapping.boot, record),
            tuple(flaws),
        )

    def _record_device(self, levels: Mapping[str, str], record: object) -> str:
        found = ABSENT if self.mapping.device is None else look_up(self.mapping.device, record)
        if isinstance(found, str) or (isinstance(found, int) and not isinstance(found, bool)):
            return checked_device(str(found))
        if any(name in levels for name in DEVICE_NAMES) or self.mapping.fixed_device:  # a topic that names it, too
            return self._device_of(levels)
        raise RejectedError(FlawKind.NO_DEVICE, "the payload names no device")

    def _record_presence(self, record: object) -> Presence | None:
        words = self.mapping.availability
        if words is None or words.path is None or self.mapping.status_topics:
            return None
        return presence_of(_word_at(words.path, record), words)

    def _claim(self, record: object, root: object, flaws: list[Flaw]) -> Claim | None:
        if not self.mapping.times:
            return None
        found = [_first_present(path, record, root) for path in self.mapping.times]
        if any(each is ABSENT or each is None for each in found):
            return None
        value = found[0] if len(found) == 1 else " ".join(str(each) for each in found)
        claim = read_time(value, self.mapping.zone, self.mapping.time_format or None)
        if claim is None:
            flaws.append(Flaw(FlawKind.BAD_TIME, "the time cannot be read; the time of arrival is used"))
        return claim

    def _samples(self, fields: Iterable[Field], record: object, claim: Claim | None, flaws: list[Flaw]) -> list[Sample]:
        samples: list[Sample] = []
        for each in fields:
            try:
                value = self._value_at(each, record)
            except RejectedError as rejected:
                flaws.append(Flaw(rejected.flaw.kind, f"{each.metric}: {rejected.flaw.detail}"))
                continue
            if value is not None:
                samples.append(Sample(each.metric, value, each.quantity.unit, claim))
        return samples

    def _value_at(self, wanted: Field, record: object) -> Value | None:
        raw = look_up(wanted.path, record)
        if raw is ABSENT or raw is None:
            return None
        if self.mapping.not_a_share and self._claims_a_share(wanted):
            raise RejectedError(FlawKind.WRONG_UNIT, "what the device calls a load average is not a share of anything")
        if self.mapping.unit_paths and not wanted.unit:
            wanted = self._with_told_unit(wanted, record)
        if wanted.type is ValueType.AUTO and not isinstance(raw, list):
            return _read_one(raw, wanted)
        return read_value(raw, wanted)

    def _with_told_unit(self, wanted: Field, record: object) -> Field:
        """Some devices write in the same payload which unit a kind of quantity is in."""
        path = self.mapping.unit_paths.get(quantity_of(wanted.metric).unit or "")
        told = look_up(path, record) if path is not None else None
        return replace(wanted, unit=told) if isinstance(told, str) else wanted

    def _claims_a_share(self, wanted: Field) -> bool:
        last = wanted.path.steps[-1] if wanted.path.steps else ""
        return last in self.mapping.not_a_share and quantity_of(wanted.metric).unit == "%"

    # -- plain values, named by the topic

    def _read_plain(self, levels: Mapping[str, str], message: Message) -> Look:
        device = self._device_of(levels)
        words = self.mapping.availability
        text = text_of(message.payload, self.max_payload_bytes)
        if words is not None and not self.mapping.status_topics and (presence := presence_of(_unquoted(text), words)) is not None:
            return Look(device, presence=presence)
        flaws: list[Flaw] = []
        record = _unquoted(text)
        samples = self._samples((each for each in self.mapping.fields if not each.path.steps), record, None, flaws)
        samples = samples or self._level_samples(levels, record, None, flaws)
        if not samples and not flaws:
            kind = FlawKind.NO_VALUES if words is None else FlawKind.UNKNOWN_STATE
            flaws.append(Flaw(kind, "the mapping finds nothing to read in it"))
        return Look(device, tuple(samples), flaws=tuple(flaws))

    def _level_samples(self, levels: Mapping[str, str], raw: object, claim: Claim | None, flaws: list[Flaw]) -> list[Sample]:
        """The one value of a message whose topic names the metric."""
        said = levels.get("metric") or self._from_template(levels) or levels.get("property") or ""
        if not said:
            return []
        by_suffix = self._field_by_topic(levels)
        wanted = by_suffix or self._named_field(said, levels)
        return self._samples((replace(wanted, path=WHOLE),), raw, claim, flaws)

    def _from_template(self, levels: Mapping[str, str]) -> str:
        text = self.mapping.metric
        for name, level in levels.items():
            text = text.replace(f"{{{name}}}", level)
        return text

    def _field_by_topic(self, levels: Mapping[str, str]) -> Field | None:
        """A field whose path is written as the levels of the topic: ``clients: wifi/klien``."""
        names = [level for name, level in levels.items() if name not in DEVICE_NAMES or name == "node"]
        ends = {"/".join(names[-count:]) for count in range(1, len(names) + 1)}
        return next((each for each in self.mapping.fields if each.path.text in ends), None)

    def _named_field(self, said: str, levels: Mapping[str, str]) -> Field:
        full = "/".join(level for name, level in levels.items() if name in ("node", "property", "metric"))
        name = self.mapping.names.get(full) or self.mapping.names.get(said) or said
        scale = self.mapping.scales.get(said, self.mapping.scales.get(name, 1.0))
        return Field(name, WHOLE, scale=scale)

    # -- conventions

    def _read_homie(self, levels: Mapping[str, str], message: Message) -> Heard:
        topic_levels = message.topic.split("/")
        words = self.mapping.availability
        if topic_levels[-1] == "$state" and words is not None:
            return Heard((self._with_presence(Look(self._device_of(levels)), words, message.payload),))
        attribute = topic_levels[-1].startswith("$") or (
            len(topic_levels) > 3 and topic_levels[-2].startswith("$") and topic_levels[-2] != "$stats"
        )
        if attribute or topic_levels[-1] == "set" or not message.payload:
            return Heard()
        return Heard((self._read_plain(levels, message),))

    def _read_collectd(self, levels: Mapping[str, str], message: Message) -> Look:
        device = self._device_of(levels)
        parts = text_of(message.payload, self.max_payload_bytes).split(":")
        if len(parts) < 2 or len(parts) > 65:
            raise RejectedError(FlawKind.WRONG_SHAPE, "not time:value[:value]")
        claim = None if parts[0] == "N" else read_time(parts[0], None, "s")
        flaws = [] if claim is not None or parts[0] == "N" else [Flaw(FlawKind.BAD_TIME, "the time cannot be read")]
        fields = self._collectd_fields(levels, message.topic, len(parts) - 1)
        part = _counted_part(levels.get("plugin", message.topic.split("/")[-2]))
        samples = [
            sample._replace(part=part if quantity_of(sample.metric) is COUNT else "")
            for each, text in zip(fields, parts[1:], strict=True)
            for sample in self._samples((each,), text.strip(), claim, flaws)
        ]
        return Look(device, tuple(samples), flaws=tuple(flaws))

    def _collectd_fields(self, levels: Mapping[str, str], topic: str, count: int) -> list[Field]:
        tail = topic.split("/")[-2:]
        plugin, kind = levels.get("plugin", tail[0]), levels.get("type", tail[-1])
        names = _collectd_names(plugin, kind, count)
        own = next((each for each in self.mapping.fields if each.path.text in (f"{plugin}/{kind}", kind)), None)
        if own is not None and count == 1:
            return [replace(own, path=WHOLE)]
        return [Field(self.mapping.names.get(each, each), WHOLE, ValueType.NUMBER) for each in names]

    def _read_sparkplug(self, message: Message) -> Heard:
        address = sparkplug.read_address(message.topic)
        if address is None:
            raise RejectedError(FlawKind.UNKNOWN_TOPIC, "not one of Sparkplug's topics")
        name = checked_device(self._sparkplug_name(address))
        payload = sparkplug.read_payload(_raw(message.payload, self.max_payload_bytes))
        heard = self._births.hear(address, payload)
        flaws = list(heard.flaws)
        samples = self._sparkplug_samples(heard, flaws)
        presence = Presence.THERE if heard.is_birth else Presence.GONE if heard.is_death else None
        dead = tuple(
            Look(self._sparkplug_name(replace(address, device=each)), presence=Presence.GONE) for each in heard.dead_devices
        )
        return Heard((Look(name, tuple(samples), presence, flaws=tuple(flaws)), *dead))

    def _sparkplug_name(self, address: sparkplug.Address) -> str:
        if address.device is None:
            return address.node
        deep = any(len(pattern.text.split("/")) == 5 and "{device}" in pattern.text for pattern in self.mapping.topics)
        return address.device if deep else f"{address.node}/{address.device}"

    def _sparkplug_samples(self, heard: sparkplug.Heard, flaws: list[Flaw]) -> list[Sample]:
        wanted = {each.path.text: each for each in self.mapping.fields}
        samples: list[Sample] = []
        for name, value, at in heard.values:
            spec = wanted.get(name) if wanted else Field(self.mapping.names.get(name, name), WHOLE)
            if spec is None:
                continue
            claim = None if at is None else Claim(at)
            if isinstance(value, str) and spec.type is ValueType.AUTO and quantity_of(spec.metric) is ANYTHING:
                spec = replace(spec, type=ValueType.TEXT)  # the sender says that it is a text
            samples.extend(self._samples((replace(spec, path=WHOLE),), value, claim, flaws))
        return samples


def _raw(payload: bytes, limit: int) -> bytes:
    if not payload:
        raise RejectedError(FlawKind.EMPTY, "no payload")
    if len(payload) > limit:
        trimmed(payload, limit)
    return payload


def _sparkplug_matches(mapping: MessageMapping, topic: str) -> bool:
    """Whether the group is one the mapping names; message type and depth are Sparkplug's own business."""
    levels = topic.split("/")
    if levels[0] != "spBv1.0" or len(levels) < 3:
        return False
    groups = {pattern.text.split("/")[1] for pattern in mapping.topics if pattern.text.count("/") >= 1}
    return any(group == levels[1] or group in ("+", "#") or group.startswith("{") for group in groups)


def _collectd_names(plugin: str, kind: str, count: int) -> list[str]:
    plugin_name, _, plugin_instance = plugin.partition("-")
    type_name, _, type_instance = kind.partition("-")
    special = COLLECTD_INSTANCES.get((type_name, type_instance))
    names: Sequence[str] = (special,) if special is not None and count == 1 else COLLECTD_SOURCES.get(type_name, ())
    if len(names) != count:
        base = kind.replace("-", "_")
        names = (base,) if count == 1 else [f"{base}_{index}" for index in range(count)]
    # Two network interfaces, two processors: the instance keeps them apart. What is counted per radio is summed up instead.
    prefix = f"{plugin_instance}." if plugin_instance and plugin_name not in ("iwinfo", "thermal") else ""
    return [f"{prefix}{each}" for each in names]


def _counted_part(plugin: str) -> str:
    """The radio whose stations are counted; empty for every other plugin."""
    name, _, instance = plugin.partition("-")
    return instance if name == "iwinfo" else ""


def _status_word(payload: bytes, path: Path | None, limit: int) -> str:
    text = text_of(payload, limit)
    if text[:1] != "{":
        return _unquoted(text)
    document = json_of(payload, limit)
    if path is not None and (word := _word_at(path, document)) is not None:
        return word
    return next((word for key in ("state", "status", "value") if (word := _word_at(Path(key, (key,)), document))), "")


def _word_at(path: Path, document: object) -> str | None:
    found = look_up(path, document)
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found) if isinstance(found, str | int | float) else None


def _unquoted(text: str) -> str:
    body = text.strip()
    return body[1:-1] if len(body) >= 2 and body[0] == body[-1] == '"' and '"' not in body[1:-1] else body


def presence_of(word: str | None, words: Availability) -> Presence | None:
    """What an availability word means; None for a word that the mapping does not have."""
    if word is None:
        return None
    said = word.casefold().strip()
    if said in words.degraded:
        return Presence.ATTENTION
    if said in words.up:
        return Presence.THERE
    return Presence.GONE if said in words.down else None


def _first_present(path: Path, record: object, root: object) -> object:
    found = look_up(path, record)
    return look_up(path, root) if found is ABSENT and root is not record else found


def _sequence_at(path: Path | None, record: object) -> int | None:
    found = look_up(path, record) if path is not None else None
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 1 << 63 else None


def _boot_at(path: Path | None, record: object) -> str | None:
    found = look_up(path, record) if path is not None else None
    return str(found)[:64] if isinstance(found, str | int) and not isinstance(found, bool) else None


def _flat_samples(record: object, mapping: MessageMapping, claim: Claim | None, flaws: list[Flaw]) -> list[Sample]:
    """Without a list of fields: every number at the top level under its own name."""
    if not isinstance(record, dict):
        return []
    skipped = {path.text for path in (*mapping.times, mapping.device, mapping.sequence, mapping.boot) if path is not None}
    samples: list[Sample] = []
    for key, raw in record.items():
        if key in skipped or not isinstance(raw, int | float) or len(samples) >= 100:
            continue
        name = mapping.names.get(str(key), str(key))
        try:
            value = read_value(raw, Field(name, WHOLE, scale=mapping.scales.get(str(key), 1.0)))
        except RejectedError as rejected:
            flaws.append(Flaw(rejected.flaw.kind, f"{name[:40]}: {rejected.flaw.detail}"))
            continue
        if value is not None:
            samples.append(Sample(name, value, quantity_of(name).unit, claim))
    return samples


# -- one value


def read_value(raw: object, wanted: Field) -> Value | None:
    """One value as the metric wants it; None when the device says that it does not know. Raises RejectedError."""
    match wanted.type:
        case ValueType.COUNT:
            if isinstance(raw, list | dict):
                return len(raw)
            raise RejectedError(FlawKind.WRONG_SHAPE, "no list to count")
        case ValueType.SUM | ValueType.MEAN | ValueType.MAX | ValueType.MIN:
            return _of_many(raw, wanted)
        case _:
            if isinstance(raw, list) and wanted.path.is_many:
                return _of_many(raw, replace(wanted, type=ValueType.SUM))
            return _read_one(raw, wanted)


def _of_many(raw: object, wanted: Field) -> Value | None:
    members = list(raw.values()) if isinstance(raw, dict) else raw if isinstance(raw, list) else [raw]
    numbers = [value for each in members if each is not None and isinstance(value := _read_one(each, wanted), int | float)]
    if not numbers:
        return None
    match wanted.type:
        case ValueType.MEAN:
            return sum(numbers) / len(numbers)
        case ValueType.MAX:
            return max(numbers)
        case ValueType.MIN:
            return min(numbers)
        case _:
            return sum(numbers)


def _read_one(raw: object, wanted: Field) -> Value | None:
    quantity = wanted.quantity
    if (type(raw) is int or type(raw) is float) and wanted.is_plain and _SANE[0] < raw < _SANE[1]:
        return within(raw, quantity)  # the common case: a number that is meant as it is written
    if raw is UNREADABLE:
        raise RejectedError(FlawKind.NOT_FINITE, "not a finite number")
    if isinstance(raw, bool):
        return _read_flag(raw, wanted, quantity)
    if isinstance(raw, int | float):
        if wanted.type is ValueType.TEXT:
            return str(raw)
        return _finished(finite(raw), wanted.unit, wanted, quantity)
    if isinstance(raw, str):
        return _read_text(raw, wanted, quantity)
    raise RejectedError(FlawKind.NOT_A_NUMBER, "an object or a list where one value belongs")


def _read_flag(raw: bool, wanted: Field, quantity: Quantity) -> Value:  # noqa: FBT001  the payload's own type
    if str(raw).lower() in wanted.words:
        return wanted.words[str(raw).lower()]
    if wanted.type is ValueType.TEXT:
        return str(raw).lower()
    if wanted.type is not ValueType.FLAG and quantity is not ANYTHING:
        raise RejectedError(FlawKind.NOT_A_NUMBER, "yes or no where a number belongs")
    return int(raw)


def _read_text(raw: str, wanted: Field, quantity: Quantity) -> Value | None:
    body = raw.strip()
    if body.casefold() in wanted.words:
        return wanted.words[body.casefold()]
    if wanted.type is ValueType.TEXT:
        return _clean(body)
    if body.casefold() in NOTHING_WORDS:
        return None
    if wanted.type is ValueType.TIME:
        claim = read_time(body, None)
        return claim.at if claim is not None else None
    if wanted.type is ValueType.DURATION or quantity.unit == "s":
        seconds = duration_of_text(body)
        if seconds is not None:
            return _finished(seconds, "", wanted, quantity)
    try:
        number, unit = number_of_text(body, indonesian=wanted.type is ValueType.NUMBER_ID)
    except RejectedError as rejected:
        return _read_word(body, wanted, quantity, rejected)
    if unit and quantity is ANYTHING and wanted.type is ValueType.AUTO and not _is_unit(unit):
        return _clean(body)  # "7.15.3-rc1", "24 jam nonstop": a text that begins with a digit
    return _finished(number, _known_unit(unit, body, quantity) or wanted.unit, wanted, quantity)


def _is_unit(text: str) -> bool:
    return bool(re.fullmatch(r"[%°º]?[A-Za-zµ/]{0,8}", text))


def _known_unit(unit: str, body: str, quantity: Quantity) -> str:
    """The unit written behind the number; a word behind a count ("12 klien") is none, but "12abc" is no count either."""
    if quantity is not COUNT or not unit:
        return unit
    if body[: -len(unit)].endswith(" "):
        return ""
    raise RejectedError(FlawKind.NOT_A_NUMBER, "text")


def _read_word(body: str, wanted: Field, quantity: Quantity, rejected: RejectedError) -> Value:
    flag = flag_of(body)
    if wanted.type is ValueType.FLAG and flag is not None:
        return flag
    if wanted.type is ValueType.AUTO and quantity is ANYTHING and rejected.flaw.kind is not FlawKind.NOT_FINITE:
        return flag if flag is not None else _clean(body)
    raise rejected


def _clean(text: str) -> str:
    return "".join(each for each in text if each.isprintable())[:_LONGEST_TEXT]


def _finished(number: Number, unit: str, wanted: Field, quantity: Quantity) -> Number:
    scaled = number if wanted.scale == 1.0 and wanted.offset == 0.0 else number * wanted.scale + wanted.offset
    return within(finite(convert(scaled, unit, quantity)), quantity)


__all__ = ["UNIT_SUFFIXES", "Heard", "Look", "Message", "Presence", "Reader", "Sample", "presence_of", "read_value"]
