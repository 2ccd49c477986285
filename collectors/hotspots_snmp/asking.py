"""Asking one device: the only file that talks to the network, and the guard around everything an agent may do.

What the SNMP library does with bad agents, and therefore what is done here (each has a test):

* it never repeats a request: repeated here, early ones with less patience once the device's usual answering time is known;
* an error status (genErr, tooBig, noSuchName of version 1) comes as an empty answer, like "none of these exists": every request
  carries an object that is known to be there (the sentinel); when even that is missing the list is halved and asked again;
* a walk ends only where the agent ends it: rows must increase, and their number, the requests and the time are limited here;
* random bytes can raise ``PanicException``, which is a BaseException: everything but cancellation and exits is caught;
* version 3 with wrong keys raises ``SnmpAuthError`` or stays silent: told apart in ``diagnosis.py``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias, TypeVar

from gufo.snmp import SnmpAuthError, SnmpVersion, User
from gufo.snmp.aio import SnmpSession

from collectors.hotspots_snmp.contexts import ContextSession
from collectors.hotspots_snmp.options import Credentials, Version
from collectors.hotspots_snmp.profiles import is_under
from collectors.hotspots_snmp.values import Value

Answer = TypeVar("Answer")
Session: TypeAlias = SnmpSession | ContextSession

SHORTEST_WAIT = 0.25  # seconds; an access point under load answers in 50 to 200 ms
USUAL_TIMES = 8.0
"""An early attempt waits this many times the device's slowest answer so far, at least SHORTEST_WAIT seconds."""

REFUSAL_SHARE = 0.5
"""A time-out that comes before this share of its time is the system telling that nothing listens there."""

REFUSAL_PAUSE = 0.2
HOPELESS = 8
"""After so many single objects in a row that brought nothing but an error, the rest of their list is not asked."""


class Silent(Exception):  # noqa: N818 - their failure, said the way the operator says it
    """No answer within all attempts."""


class Refused(Exception):  # noqa: N818
    """Nothing listens there, or no way leads there."""


class Garbled(Exception):  # noqa: N818
    """Answers that are no SNMP, or no answer to what was asked."""


class Denied(Exception):  # noqa: N818
    """Version 3: the agent is there and does not accept us."""


class Exhausted(Exception):  # noqa: N818
    """The time or the number of requests for one look is used up."""


class Stop(Enum):
    """How a walk ended."""

    END = "end"
    NOT_INCREASING = "not_increasing"
    LIMIT = "limit"
    BROKEN = "broken"  # it stopped answering in the middle
    SPOILT = "spoilt"  # an answer could not be read


@dataclass(frozen=True, slots=True)
class Walk:
    """The rows of one column by index (the dotted numbers after the column), in the order they came."""

    rows: dict[str, Value]
    stop: Stop


@dataclass(frozen=True, slots=True)
class Door:
    """Where and as whom to knock. ``user`` (the credentials' keys) is set for version 3 only."""

    host: str
    port: int
    credentials: Credentials
    user: User | None = field(default=None, repr=False)


@dataclass(slots=True)
class Tuning:
    """What has been learned about one device and is kept between looks.

    ``pdu_objects`` only shrinks: how much the agent can put into one answer. ``slowest`` is its slowest answer in seconds.
    """

    pdu_objects: int
    bulk_rows: int
    slowest: float | None = None


@dataclass(slots=True)
class Budget:
    """What one look may cost: its end on the monotonic clock, and how many requests are left."""

    until: float
    requests: int

    def spend(self, requests: int = 1) -> float:
        """Take requests; returns the seconds left. Raises Exhausted."""
        left = self.until - time.monotonic()
        if left <= 0 or self.requests < requests:
            raise Exhausted
        self.requests -= requests
        return left


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds per request, and how often a request is repeated."""

    timeout: float
    retries: int


class Agent:
    """One device during one look. Values are kept in ``values`` with the moment they came in ``moments`` (by ``stopwatch``)."""

    def __init__(
        self,
        door: Door,
        patience: Patience,
        tuning: Tuning,
        budget: Budget,
        session: Session | None = None,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self.values: dict[str, Value] = {}
        self.moments: dict[str, float] = {}
        self.errors = 0
        self.answers = 0
        self.slowest = 0.0
        self.stops: set[Stop] = set()
        self._door = door
        self._patience = patience
        self._tuning = tuning
        self._budget = budget
        self._session = session
        self._stopwatch = stopwatch
        self._sentinel: str | None = None
        self._greeted = False

    @property
    def tuning(self) -> Tuning:
        return self._tuning

    @property
    def is_v3(self) -> bool:
        """Whether this is a conversation of version 3."""
        return self._door.user is not None

    @property
    def has_greeted(self) -> bool:
        """Version 3: the agent told its engine. So it is there, whether it accepts us or not."""
        return self._greeted

    @property
    def sentinel(self) -> str | None:
        """The object that is known to be there."""
        return self._sentinel

    @property
    def session(self) -> Session | None:
        """The session, to be kept for the next look (version 3: saves two round trips)."""
        return self._session

    async def first_contact(self, oids: Sequence[str], sentinels: Sequence[str]) -> None:
        """The first question of a look; the first of ``sentinels`` that answers becomes the proof of life in later requests.

        Raises Silent, Refused, Denied, Exhausted, and Garbled when nothing readable came.
        """
        trouble: Garbled | None = None
        try:
            await self._get_part(list(oids))
        except Garbled as garbled:
            trouble = garbled
        self._sentinel = next((oid for oid in sentinels if oid in self.values), None)
        if self._sentinel is None:
            await self._single_contact(oids, sentinels, trouble)
        elif any(oid not in self.values for oid in sentinels):
            await self.get([oid for oid in oids if oid not in self.values])  # forgotten, perhaps, rather than absent

    async def _single_contact(self, oids: Sequence[str], sentinels: Sequence[str], trouble: Garbled | None) -> None:
        """The whole list brought nothing (too big, or one of it does not exist in version 1): one object alone, then the rest."""
        for oid in sentinels:
            try:
                await self._get_part([oid])
            except Garbled as garbled:
                trouble = garbled
            if oid in self.values:
                self._sentinel = oid
                await self.get([other for other in oids if other != oid])
                return
        if trouble is not None:
            raise trouble

    def trust(self, sentinel: str | None) -> None:
        """Use this object as the proof of life without asking for it first (it answered at the last discovery)."""
        self._sentinel = sentinel

    async def get(self, oids: Sequence[str]) -> None:
        """Ask for objects by their full names; those that do not exist stay absent. Raises Silent, Refused, Denied, Exhausted."""
        wanted = [oid for oid in dict.fromkeys(oids) if oid != self._sentinel]
        at = 0
        while at < len(wanted):
            size = max(1, self._tuning.pdu_objects - 1)
            await self._get_list(wanted[at : at + size])
            at += size

    async def _get_list(self, oids: list[str]) -> None:
        await self._halving(oids, [0])

    async def _halving(self, oids: list[str], hopeless: list[int]) -> None:
        """Ask; where not even the sentinel came back, ask for the missing ones again in two halves."""
        if not oids or hopeless[0] >= HOPELESS:
            return
        came = await self._get_if_readable([*oids, self._sentinel] if self._sentinel else oids)
        if self._sentinel in came:
            hopeless[0] = 0
            return
        missing = [oid for oid in oids if oid not in came]
        if len(oids) == 1:
            await self._last_try(oids[0], hopeless)
            return
        errors = self.errors
        middle = (len(missing) + 1) // 2
        await self._halving(missing[:middle], hopeless)
        await self._halving(missing[middle:], hopeless)
        if not came and self.errors == errors:
            self._tuning.pdu_objects = max(2, min(self._tuning.pdu_objects, middle + 1))  # each was fine, all were too much

    async def _last_try(self, oid: str, hopeless: list[int]) -> None:
        """One object, for agents that cannot put two into an answer."""
        if oid in self.values or (self._sentinel and oid in await self._get_if_readable([oid])):
            hopeless[0] = 0
            return
        hopeless[0] += 1
        if (
            self._door.credentials.version is not Version.V1
        ):  # where an object that does not exist is an error, an error tells nothing
            self.errors += 1

    async def _get_if_readable(self, oids: list[str]) -> AbstractSet[str]:
        try:
            return await self._get_part(oids)
        except Garbled:
            return set()

    async def _get_part(self, oids: list[str]) -> AbstractSet[str]:
        answer = await self._ask(lambda session: session.get_many(oids))
        wanted = set(oids)
        came = answer
        if None in answer.values() or not answer.keys() <= wanted:
            came = {oid: value for oid, value in answer.items() if oid in wanted and value is not None}
        if answer and not came:
            raise Garbled("answers something else than what was asked")
        now = self._stopwatch()
        self.values.update(came)
        self.moments.update(dict.fromkeys(came, now))
        return came.keys()

    async def walk(self, column: str, max_rows: int) -> Walk:
        """All rows of a column, many rows to a request where the agent can do that. Silence in the middle keeps what came.

        Raises Silent, Refused, Denied, Exhausted only when nothing came at all.
        """
        bulk_rows = min(self._tuning.bulk_rows, max_rows + 1)
        try:
            return await self._walk_by(column, max_rows, bulk_rows)
        except Garbled:
            return await self._walk_singly(column, max_rows)

    async def _walk_singly(self, column: str, max_rows: int) -> Walk:
        """Row by row: an answer with many rows may be too long to be read, or be spoilt by a row that is none of ours."""
        try:
            return await self._walk_by(column, max_rows, 1)
        except Garbled:
            self.errors += 1
            return self._ended(column, {}, Stop.SPOILT)

    async def _walk_by(self, column: str, max_rows: int, bulk_rows: int) -> Walk:
        rows: dict[str, Value] = {}
        last: tuple[int, ...] = ()
        steps = await self._steps(column, bulk_rows)
        while True:
            try:
                row = await self._ask(lambda session: _next_row(steps), is_new_request=len(rows) % bulk_rows == 0)
            except (Silent, Refused, Denied, Exhausted, Garbled) as trouble:
                if not rows or (isinstance(trouble, Garbled) and bulk_rows > 1):
                    raise
                self.errors += 1
                return self._ended(column, rows, Stop.SPOILT if isinstance(trouble, Garbled) else Stop.BROKEN)
            if row is None or row[0] == column or not is_under(row[0], column):
                return self._ended(column, rows, Stop.END)
            place = tuple(int(part) for part in row[0].split("."))
            if place <= last:
                return self._ended(column, rows, Stop.NOT_INCREASING)
            if len(rows) >= max_rows:
                return self._ended(column, rows, Stop.LIMIT if max_rows > 1 else Stop.END)
            last = place
            rows[row[0][len(column) + 1 :]] = row[1]

    async def starts(self, prefix: str) -> bool:
        """Whether the agent has anything below ``prefix``."""
        return bool((await self.walk(prefix, 1)).rows)

    async def _steps(self, column: str, bulk_rows: int) -> AsyncIterator[tuple[str, Value]]:
        """The library's iterator. Asked again after a failure it repeats its request."""
        session = await self._ask(_itself)
        if self._door.credentials.version is Version.V1 or bulk_rows <= 1:
            return session.getnext(column)
        return session.getbulk(column, bulk_rows)

    def _ended(self, column: str, rows: dict[str, Value], stop: Stop) -> Walk:
        now = self._stopwatch()
        for index, value in rows.items():
            self.values[f"{column}.{index}"] = value
            self.moments[f"{column}.{index}"] = now
        if stop is not Stop.END:
            self.stops.add(stop)
        return Walk(rows, stop)

    async def _ask(self, question: Callable[[Session], Awaitable[Answer]], *, is_new_request: bool = True) -> Answer:
        """Ask until an answer can be read, as often as the patience allows. Rows out of the last answer are no new request."""
        trouble: Exception = Silent()
        for attempt in range(self._patience.retries + 1):
            left = self._budget.spend(1 if is_new_request else 0)
            wait = min(self._wait(attempt), left)
            begun = time.monotonic()
            try:
                async with asyncio.timeout(wait):
                    answer = await question(await self.open_session())
            except TimeoutError:
                taken = time.monotonic() - begun
                trouble = Refused() if taken < REFUSAL_SHARE * wait else Silent()
                self._forget_kept_session()
            except SnmpAuthError:
                if self._door.user is None or attempt > 0:
                    raise Denied from None
                self.forget_session()  # a kept session after a restart of the agent: greet it again
                trouble = Denied()
            except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
                raise
            except OSError:
                trouble = Refused()
            except BaseException:  # noqa: BLE001 - the library panics with a BaseException on some random bytes
                trouble = Garbled("cannot be decoded")
                self.forget_session()
            else:
                self._note(time.monotonic() - begun)
                return answer
            if isinstance(trouble, Refused) and attempt < self._patience.retries:
                await asyncio.sleep(REFUSAL_PAUSE)
        raise trouble

    def _wait(self, attempt: int) -> float:
        usual = self._tuning.slowest
        if usual is None or attempt == self._patience.retries:
            return self._patience.timeout
        return min(self._patience.timeout, max(SHORTEST_WAIT, USUAL_TIMES * usual))

    def _note(self, taken: float) -> None:
        self.answers += 1
        self.slowest = max(self.slowest, taken)
        self._tuning.slowest = taken if self._tuning.slowest is None else max(taken, 0.9 * self._tuning.slowest)

    def _forget_kept_session(self) -> None:
        """Version 3, silence before any answer: perhaps the engine is another since the last look; greet it again."""
        if self.answers == 0 and self.is_v3:
            self.forget_session()

    def forget_session(self) -> None:
        """Begin anew with the next request."""
        self._session = None

    async def _greet(self, session: Session) -> None:
        try:
            await session.refresh()
        finally:
            self._greeted = self._greeted or bool(session.get_engine_id())

    async def open_session(self) -> Session:
        """The session; for version 3 the agent's engine and clock are learned first."""
        if self._session is None:
            session = _session(self._door, self._patience.timeout)
            if self._door.user is not None:
                await self._greet(session)
            self._session = session
        return self._session


async def _itself(session: Session) -> Session:
    return session


async def _next_row(rows: AsyncIterator[tuple[str, Value]]) -> tuple[str, Value] | None:
    try:
        return await anext(rows)
    except StopAsyncIteration:
        return None


def _session(door: Door, timeout: float) -> Session:
    credentials = door.credentials
    if credentials.version is Version.V3 and credentials.context:
        return ContextSession(door.host, door.port, credentials, timeout)
    if door.user is not None:
        return SnmpSession(door.host, door.port, user=door.user, version=SnmpVersion.v3, timeout=timeout)
    version = SnmpVersion.v1 if credentials.version is Version.V1 else SnmpVersion.v2c
    return SnmpSession(door.host, door.port, community=credentials.community, version=version, timeout=timeout)
