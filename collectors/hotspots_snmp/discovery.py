"""Discovery: once an hour, learn which profile fits a device and which rows its tables have: a look is then a few exact GETs."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from collectors.hotspots_snmp import standard
from collectors.hotspots_snmp.asking import Agent, Denied, Exhausted, Refused, Silent, Stop, Walk
from collectors.hotspots_snmp.facts import Plan, object_id_of
from collectors.hotspots_snmp.profiles import Book, Profile
from collectors.hotspots_snmp.values import as_line, as_whole

GENERIC_AGENTS = "1.3.6.1.4.1.8072"
"""net-snmp's own subtree: says which agent it is, not whose device."""

MAX_PORTS = 1024
ENDLESS_PORTS = 64
"""Of a table without an end nobody knows which rows are real."""


@dataclass(slots=True)
class Discovered:
    """The plan, and whether the device fell silent before all was asked."""

    plan: Plan
    complete: bool


async def discover(agent: Agent, book: Book, max_rows: int) -> Discovered:
    """Ask who the device is and walk the columns its profile names. ``agent`` has made first contact."""
    object_id = object_id_of(agent.values)
    profile = book.generic
    search = _Search(agent, max_rows)
    try:
        profile = await _choose(agent, book, object_id)
        await search.columns(profile.columns())
        await search.ports()
        await search.columns(book.generic.columns())
        await search.standard_tables()
    except (Silent, Refused, Denied, Exhausted):
        return Discovered(search.plan(profile, book, object_id), complete=False)
    return Discovered(search.plan(profile, book, object_id), complete=True)


async def _choose(agent: Agent, book: Book, object_id: str | None) -> Profile:
    """By sysObjectID, then by sysDescr, then by whose subtree answers."""
    descr = as_line(agent.values.get(standard.SYS_DESCR)) or ""
    chosen = book.by_object_id(object_id, descr) or book.by_descr(descr)
    if chosen is not None:
        return chosen
    if object_id and not object_id.startswith(GENERIC_AGENTS) and book.vendor_of(object_id):
        return book.generic
    await agent.get(book.signs())
    betrayed = book.betrayed_by(agent.values)
    if betrayed is None and (object_id is None or not object_id.startswith(GENERIC_AGENTS)):
        betrayed = await _subtree_owner(agent, book)
    return betrayed or book.fallback(descr)


async def _subtree_owner(agent: Agent, book: Book) -> Profile | None:
    """The first profile below whose subtrees the agent has anything."""
    for candidate in book.profiles:
        for prefix in candidate.answers:
            if await agent.starts(prefix):
                return candidate
    return None


class _Search:
    """Collects the rows of tables, column by column."""

    def __init__(self, agent: Agent, max_rows: int) -> None:
        self._agent = agent
        self._max_rows = max_rows
        self._rows: dict[str, tuple[str, ...]] = {}
        self._ports: tuple[standard.PortObjects, ...] = ()
        self._memory: tuple[str | None, tuple[str, ...]] = (None, ())
        self._sensors: tuple[str, ...] = ()
        self._lm_sensors: tuple[str, ...] = ()

    async def columns(self, names: list[str]) -> None:
        for column in names:
            if column not in self._rows:
                walk = await self._walk(column)
                if walk.rows or walk.stop is Stop.END:
                    self._rows[column] = tuple(walk.rows)

    async def ports(self) -> None:
        """Every index that any of the walked columns names: agents leave out whole columns."""
        indexes: set[str] = set()
        try:
            for column in standard.IF_ROWS:
                walk = await self._walk(column)
                indexes.update(index for index in walk.rows if index.isdigit())
        finally:
            most = ENDLESS_PORTS if Stop.LIMIT in self._agent.stops else MAX_PORTS
            self._ports = tuple(standard.port_objects(index) for index in sorted(indexes, key=int)[:most])

    async def standard_tables(self) -> None:
        """Main memory and temperatures of the standard MIBs."""
        descriptions = (await self._walk(standard.STORAGE_DESCR)).rows
        types = (await self._walk(standard.STORAGE_TYPE)).rows if descriptions else {}
        self._memory = standard.memory_rows(descriptions, types)
        self._lm_sensors = tuple((await self._walk(standard.LM_TEMPERATURE)).rows)
        kinds = (await self._walk(standard.SENSOR_TYPE)).rows
        self._sensors = tuple(index for index, kind in kinds.items() if kind == standard.SENSOR_CELSIUS)

    async def _walk(self, column: str) -> Walk:
        return await self._agent.walk(column, self._max_rows)

    def plan(self, profile: Profile, book: Book, object_id: str | None) -> Plan:
        """What is known so far."""
        return Plan(
            profile,
            object_id,
            self._agent.sentinel,
            MappingProxyType(self._rows),
            tuple(dict.fromkeys((*profile.scalars(), *book.generic.scalars()))),
            self._ports,
            self._memory,
            self._sensors,
            self._lm_sensors,
            counted=profile.counted_columns() & self._rows.keys(),
        )


def questions(plan: Plan) -> list[list[str]]:
    """What to ask right after a discovery: the most wanted first; what some agents answer with errors in a list of its own."""
    lists = [
        [*plan.scalars, *_of_ports(plan, standard.IF_FACTS), *_storage(plan), *_of_sensors(plan)],
        _of_ports(plan, (*standard.IFX_FACTS, *standard.IFX_COUNTERS)),
    ]
    return [names for names in lists if names]


def repeated(plan: Plan, answered: standard.Answers) -> tuple[str, ...]:
    """What to ask at every look until the next discovery: all that moves and was there, and the interfaces' names."""
    rows = [(column, indexes) for column, indexes in plan.rows.items() if column not in plan.counted]
    cells = [f"{column}.{index}" for column, indexes in rows for index in indexes]
    names = standard.IF_NAME if any(of.name in answered for of in plan.ports) else standard.IF_DESCR
    wanted = [
        *_MOVING_SYSTEM,
        *plan.scalars,
        *cells,
        *_of_ports(plan, (names, standard.IF_OPER, *standard.IFX_COUNTERS, *standard.IF_COUNTERS)),
        *_storage(plan),
        *(f"{standard.LM_TEMPERATURE}.{index}" for index in plan.lm_sensors),
        *(f"{standard.SENSOR_VALUE}.{index}" for index in plan.sensors),
    ]
    return tuple(dict.fromkeys(oid for oid in wanted if oid in answered))


_MOVING_SYSTEM = (standard.SYS_UPTIME, standard.HOST_UPTIME, standard.ENGINE_BOOTS, standard.ENGINE_TIME)
_SENSOR_COLUMNS = (standard.SENSOR_SCALE, standard.SENSOR_PRECISION, standard.SENSOR_VALUE)


def narrow_questions(plan: Plan, answers: standard.Answers) -> list[str]:
    """The 32-bit counters of the interfaces that have no 64-bit ones."""
    narrow = [of for of in plan.ports if as_whole(answers.get(of.wide_in)) is None]
    return [name for of in narrow for name in (of.narrow_in, of.narrow_out)]


def _of_sensors(plan: Plan) -> list[str]:
    return [f"{column}.{index}" for index in plan.sensors for column in _SENSOR_COLUMNS]


def _of_ports(plan: Plan, columns: tuple[str, ...]) -> list[str]:
    return [f"{column}.{of.index}" for of in plan.ports for column in columns]


def _storage(plan: Plan) -> list[str]:
    main, given_back = plan.memory
    if main is None:
        return []
    columns = (standard.STORAGE_SIZE, standard.STORAGE_USED, standard.STORAGE_UNITS)
    return [f"{column}.{index}" for index in (main, *given_back) for column in columns]
