"""Inbox: the bounded bridge from the collectors' event loop to the recorder's thread."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from command_centre.domain.reading import Reading

_Waiter: TypeAlias = "tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]"


class ReadingRefused(Exception):  # noqa: N818 - named like the state it tells
    """The recorder could not store this one reading (a bug of ours, logged there); it will not be tried again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading on its way. ``waiter``: a listener that acknowledges its source once the reading is durable."""

    reading: Reading
    waiter: _Waiter | None = None

    def refuse(self, why: str) -> None:
        """Tell the listener that this reading will never be stored."""
        if self.waiter is not None:
            _call(self.waiter, ReadingRefused(why))


def acknowledge(batch: Iterable[Entry]) -> None:
    """Tell the listeners that these readings are durable: each loop is woken once, not once per reading."""
    waiting: defaultdict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = defaultdict(list)
    for entry in batch:
        if entry.waiter is not None:
            loop, durable = entry.waiter
            waiting[loop].append(durable)
    for loop, all_durable in waiting.items():
        # A loop that has closed in the meantime has nobody waiting any more.
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_all, all_durable)


def _settle_all(all_durable: Iterable[asyncio.Future[None]]) -> None:
    for durable in all_durable:
        _settle(durable, None)


class Inbox:
    """Holds at most ``capacity`` readings.

    Pollers *offer*: when it is full the oldest polled reading gives way, is counted, and the sweep goes on.
    Listeners *put*: they wait for room, and then until the reading is durable, so that their source keeps what we have not.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("an inbox holds at least one reading")
        self._capacity = capacity
        self._polled: deque[Entry] = deque()
        self._told: deque[Entry] = deque()
        lock = threading.RLock()
        self._arrived = threading.Condition(lock)
        self._enough = threading.Condition(lock)  # a recorder that lingers is not woken by each single reading
        self._wanted = 1
        self._room_wanted: deque[_Waiter] = deque()
        self._dropped = 0
        self._closed = False

    def __len__(self) -> int:
        return len(self._polled) + len(self._told)

    @property
    def dropped(self) -> int:
        """Polled readings lost so far because the recorder could not keep up."""
        return self._dropped

    def offer(self, reading: Reading) -> bool:
        """Leave a polled reading; never waits. False when one had to be dropped for it (or it had to be dropped itself)."""
        with self._arrived:
            is_full = len(self) >= self._capacity
            if is_full:
                self._dropped += 1
                if not self._polled:
                    return False
                self._polled.popleft()
            self._polled.append(Entry(reading))
            self._tell_recorder()
        return not is_full

    async def put(self, reading: Reading) -> None:
        """Leave a reading that was told; returns once it is durable. Raises ReadingRefused when it can never be."""
        loop = asyncio.get_running_loop()
        durable: asyncio.Future[None] = loop.create_future()
        entry = Entry(reading, (loop, durable))
        while (room := self._admit(entry, loop)) is not None:
            await room
        await durable

    def take(self, max_batch: int, linger: float, wait: float) -> list[Entry]:
        """Up to ``max_batch`` readings: waits ``wait`` s at most for the first, then ``linger`` s for more."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self) > 0 or self._closed, wait)
            if len(self) > 0 and linger > 0:
                self._wanted = max_batch
                self._enough.wait_for(lambda: len(self) >= max_batch or self._closed, linger)
            batch = [self._next() for _ in range(min(max_batch, len(self)))]
            self._give_room(len(batch))
        return batch

    def close(self) -> None:
        """Wake whoever waits in ``take``: it lingers no more, and what is left can still be taken."""
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()
            self._enough.notify_all()

    def _tell_recorder(self) -> None:
        self._arrived.notify()
        if len(self) >= self._wanted:
            self._enough.notify()

    def _next(self) -> Entry:
        return self._told.popleft() if self._told else self._polled.popleft()

    def _admit(self, entry: Entry, loop: asyncio.AbstractEventLoop) -> asyncio.Future[None] | None:
        """Take the entry in (None), or hand out a future that resolves when there may be room."""
        with self._arrived:
            if len(self) < self._capacity:
                self._told.append(entry)
                self._tell_recorder()
                return None
            room: asyncio.Future[None] = loop.create_future()
            self._room_wanted.append((loop, room))
            return room

    def _give_room(self, places: int) -> None:
        while places > 0 and self._room_wanted:
            _call(self._room_wanted.popleft(), None)
            places -= 1


def _call(waiter: _Waiter, error: Exception | None) -> None:
    loop, future = waiter
    # A loop that has closed in the meantime has nobody waiting any more.
    if not loop.is_closed():
        loop.call_soon_threadsafe(_settle, future, error)


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
