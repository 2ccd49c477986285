"""From a device's answers to facts about it, by the rules of its profile. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collectors.hotspots_snmp import standard
from collectors.hotspots_snmp.profiles import Book, How, Profile, Share, Take, Words
from collectors.hotspots_snmp.rates import Seen, Uptimes
from collectors.hotspots_snmp.standard import Answers, Port, PortObjects, System
from collectors.hotspots_snmp.values import as_line, as_number, as_object_id, as_whole

MAX_CLIENTS = 100_000
"""More than any controller serves; an access point that says 4,294,967,295 means -1."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a device from its last discovery: its profile, and which rows its tables have.

    ``rows`` maps a column to the indexes found in it; ``ports`` are the interfaces; ``memory`` is the main memory's storage
    row with those whose content is given back on demand; ``sensors`` and ``lm_sensors`` are rows of the two standard tables of
    temperatures. ``identity`` is set once it has been read. ``counted`` columns
    are walked at every look: how many rows they have is the answer.
    """

    profile: Profile
    object_id: str | None
    sentinel: str | None
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scalars: tuple[str, ...] = ()
    ports: tuple[PortObjects, ...] = ()
    memory: tuple[str | None, tuple[str, ...]] = (None, ())
    sensors: tuple[str, ...] = ()
    lm_sensors: tuple[str, ...] = ()
    identity: Identity | None = None
    counted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """What the device is."""

    vendor: str | None
    model: str | None
    version: str | None
    os: str | None


@dataclass(frozen=True, slots=True)
class Radio:
    """One radio (or one network name on one radio, as the vendor lists them)."""

    name: str
    channel: int | None
    clients: int | None
    busy_percent: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one look found. None: the device did not say."""

    system: System
    identity: Identity
    clients_total: int | None
    access_points: int | None
    cpu_percent: float | None
    memory_used_percent: float | None
    temperatures: tuple[float, ...]
    ports: tuple[Port, ...]
    radios: tuple[Radio, ...]
    clocks: Uptimes
    refused_counters: int = 0

    def seen(self) -> Seen:
        """What the next look needs for its rates."""
        return Seen(self.clocks, {key: port.counters for key, port in self.ports_by_key().items() if port.counters})

    def ports_by_key(self) -> dict[str, Port]:
        """Interfaces by the name their series follows; a name that occurs twice is completed by the alias, then by the index."""
        names = [port.name for port in self.ports]
        doubles = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
        return {_key(port, doubles): port for port in self.ports}

    def says_something(self) -> bool:
        """Whether anything beyond the system group was told."""
        measured = (self.clients_total, self.access_points, self.cpu_percent, self.memory_used_percent)
        return bool(self.ports or self.temperatures) or any(value is not None for value in measured)


def _key(port: Port, doubles: set[str]) -> str:
    if port.name not in doubles:
        return port.name
    return f"{port.name}#{port.alias}#{port.if_index}" if port.alias else f"{port.name}#{port.if_index}"


def facts(plan: Plan, book: Book, answers: Answers, moments: Mapping[str, float], moment: float) -> Facts:
    """Read the answers by the plan's profile, then by the generic one."""
    profile, generic = plan.profile, book.generic
    clocks = standard.uptimes(answers, moments.get(standard.SYS_UPTIME, moment))
    reader = Reader(answers, plan.rows)
    clients = reader.first(profile.clients)
    points = reader.first(profile.access_points)
    ports = standard.ports(answers, moments, plan.ports, profile.speed_in_bits_per_second)
    return Facts(
        standard.system(answers, clocks, plan.object_id),
        plan.identity or _identity(plan, book, reader),
        None if clients is None or clients > MAX_CLIENTS else round(clients),
        None if points is None or points > MAX_CLIENTS else round(points),
        reader.first((*profile.cpu, *generic.cpu)),
        _memory(plan, generic, reader),
        _temperatures(plan, reader),
        ports,
        _radios(plan, reader),
        clocks,
        0 if _are_all_wide(ports) else standard.refused_counters(answers, plan.ports),
    )


def settled(plan: Plan, found: Facts, answers: Answers) -> Plan:
    """The plan with what a look has shown not to change: the sweep then reads only what moves."""
    speed_in_bits = plan.profile.speed_in_bits_per_second
    ports = tuple(replace(of, known=standard.know(answers, of, speed_in_bits)) for of in plan.ports)
    return replace(plan, ports=ports, identity=found.identity)


def _are_all_wide(ports: Iterable[Port]) -> bool:
    """Nothing can have been refused where every interface has both its 64-bit counters."""
    found = [port.counters for port in ports]
    return all(one and one.bits == 64 and one.octets_in is not None and one.octets_out is not None for one in found)


class Reader:
    """Looks up rules in the answers."""

    def __init__(self, answers: Answers, rows: Mapping[str, tuple[str, ...]]) -> None:
        self.answers = answers
        self._rows = rows

    def first(self, rules: Iterable[Take]) -> float | None:
        """The number of the first rule that yields one."""
        return next((number for rule in rules if (number := self.number(rule)) is not None), None)

    def number(self, rule: Take) -> float | None:
        """The number of one rule."""
        if rule.oid is not None:
            return self._believed(rule, rule.oid)
        if rule.given is not None and not self.indexes(rule.given):
            return None
        if rule.how is How.ROWS:
            return float(len(self._kept(rule, rule.column))) if rule.column in self._rows else None
        numbers = self.each(rule)
        if not numbers:
            return None
        match rule.how:
            case How.SUM:
                return sum(numbers)
            case How.MEAN:
                return sum(numbers) / len(numbers)
            case How.FIRST | How.EACH:
                return numbers[0]

    def each(self, rule: Take) -> list[float]:
        """Every believable number of a rule."""
        if rule.oid is not None:
            one = self._believed(rule, rule.oid)
            return [] if one is None else [one]
        found = (self._believed(rule, f"{column}.{index}") for column in rule.columns() for index in self._kept(rule, column))
        return [number for number in found if number is not None]

    def word(self, rules: Iterable[Words]) -> str | None:
        """The text of the first rule that yields one."""
        return next((text for rule in rules if (text := self._text(rule))), None)

    def line(self, column: str | None, index: str) -> str | None:
        """Text of one row."""
        return as_line(self.answers.get(f"{column}.{index}")) if column else None

    def whole(self, column: str | None, index: str, below: int) -> int | None:
        """Whole number of one row."""
        return as_whole(self.answers.get(f"{column}.{index}"), below) if column else None

    def indexes(self, column: str | None) -> tuple[str, ...]:
        """Row indexes of a column."""
        return self._rows.get(column, ()) if column else ()

    def _kept(self, rule: Take, column: str | None) -> Sequence[str]:
        if rule.named is None and rule.where is None:
            return self.indexes(column)
        return [index for index in self.indexes(column) if self._is_named(rule, index) and self._is_where(rule, index)]

    def _is_named(self, rule: Take, index: str) -> bool:
        return rule.named is None or bool(rule.named.search(spelled(index)))

    def _is_where(self, rule: Take, index: str) -> bool:
        if rule.where is None:
            return True
        value = self.answers.get(f"{rule.where.column}.{index}")
        text = as_line(value) if isinstance(value, (bytes, str)) else str(value)
        return rule.where.keeps(text or "")

    def _believed(self, rule: Take, oid: str) -> float | None:
        raw = as_number(self.answers.get(oid), from_text=rule.from_text)
        if raw is None:
            return None
        number = raw * rule.scale
        if not rule.low <= number <= rule.high:
            return None
        return 100.0 - number if rule.complement else number

    def _text(self, rule: Words) -> str | None:
        if rule.fixed is not None:
            return rule.fixed
        text = self._plain_text(rule)
        if text is None or rule.pattern is None:
            return text
        found = rule.pattern.search(text)
        return (found[1] if found.re.groups else found[0]) or None if found else None

    def _plain_text(self, rule: Words) -> str | None:
        if rule.oid is not None:
            return as_line(self.answers.get(rule.oid))
        if rule.column is not None:
            return next((text for index in self.indexes(rule.column) if (text := self.line(rule.column, index))), None)
        return as_line(self.answers.get(standard.SYS_DESCR))


def spelled(index: str) -> str:
    """The name an index spells: a length and that many letters (``3.97.98.99`` is ``abc``); empty for any other index."""
    length, *letters = (int(part) for part in index.split("."))
    if length != len(letters) or not all(0 < letter < 256 for letter in letters):
        return ""
    return bytes(letters).decode("latin-1")


def _identity(plan: Plan, book: Book, reader: Reader) -> Identity:
    profile = plan.profile
    vendor = profile.vendor or book.vendor_of(plan.object_id)
    return Identity(vendor, reader.word(profile.model), reader.word(profile.version), profile.os)


def _memory(plan: Plan, generic: Profile, reader: Reader) -> float | None:
    own = _first_share(plan.profile.memory, reader)
    if own is not None:
        return own
    standard_share = standard.memory_used_percent(reader.answers, *plan.memory)
    return standard_share if standard_share is not None else _first_share(generic.memory, reader)


def _first_share(shares: Iterable[Share], reader: Reader) -> float | None:
    return next((percent for share in shares if (percent := _share(share, reader)) is not None), None)


def _share(share: Share, reader: Reader) -> float | None:
    if share.percent is not None:
        return reader.number(share.percent)
    used, free, total = (reader.number(part) if part else None for part in (share.used, share.free, share.total))
    if total is None and used is not None and free is not None:
        total = used + free
    if used is None and free is not None and total is not None:
        used = total - free
    if not total or used is None or not 0 <= used <= total:
        return None
    return 100 * used / total


def _temperatures(plan: Plan, reader: Reader) -> tuple[float, ...]:
    own = [number for rule in plan.profile.temperature for number in reader.each(rule)]
    entity = [standard.sensor_celsius(reader.answers, index) for index in plan.sensors]
    lm = [standard.lm_celsius(reader.answers.get(f"{standard.LM_TEMPERATURE}.{index}")) for index in plan.lm_sensors]
    believed = [standard.believable_celsius(number) for number in own]
    return tuple(number for number in (*believed, *entity, *lm) if number is not None)


def _radios(plan: Plan, reader: Reader) -> tuple[Radio, ...]:
    table = plan.profile.radios
    if table is None:
        return ()
    column = next((column for column in (table.name, table.clients, table.channel, table.busy) if reader.indexes(column)), None)
    return tuple(
        Radio(
            reader.line(table.name, index) or index,
            reader.whole(table.channel, index, 10_000),
            reader.whole(table.clients, index, MAX_CLIENTS),
            _percent(reader.whole(table.busy, index, 101)),
        )
        for index in reader.indexes(column)
    )


def _percent(value: int | None) -> float | None:
    return None if value is None else float(value)


def object_id_of(answers: Answers) -> str | None:
    """The device's sysObjectID."""
    return as_object_id(answers.get(standard.SYS_OBJECT_ID))


def uplink_port(ports: Iterable[Port], named: str | None) -> Port | None:
    """The line to the provider: the interface of that name or alias, else the first Ethernet port that is up."""
    if named:
        return next((port for port in ports if named in (port.name, port.alias)), None)
    wired = [port for port in ports if port.kind in standard.ETHERNET and port.counters and not _is_bridge(port.name)]
    up = [port for port in wired if port.oper == "up"]
    return next(iter(up or wired), None)


def _is_bridge(name: str) -> bool:
    return name.lower().startswith(("br", "wlan", "wifi", "ath", "vap", "ra", "vlan", "lo", "ifb", "tun", "wlp"))
