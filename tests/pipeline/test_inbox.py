"""The inbox between the event loop and the recorder's thread."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from command_centre.pipeline.inbox import Entry, Inbox, ReadingRefused, acknowledge
from tests.support.city import reading as seen
from tests.support.clock import NOON


def numbered(number: int) -> str:
    return f"situs:{number}"


def polled(inbox: Inbox, *numbers: int) -> list[bool]:
    return [inbox.offer(seen(NOON, key=numbered(number))) for number in numbers]


def keys(entries: list[Entry]) -> list[str]:
    return [entry.reading.target for entry in entries]


def take_all(inbox: Inbox) -> list[Entry]:
    return inbox.take(1_000, 0.0, 0.0)


def in_loop(coroutine: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(coroutine, 60)

    asyncio.run(bounded())


def test_readings_leave_in_the_order_in_which_they_came() -> None:
    inbox = Inbox(10)
    assert polled(inbox, 1, 2, 3) == [True, True, True]
    assert keys(take_all(inbox)) == ["situs:1", "situs:2", "situs:3"]


def test_a_full_inbox_gives_up_the_oldest_polled_reading_and_counts_it() -> None:
    inbox = Inbox(3)
    assert polled(inbox, 1, 2, 3, 4, 5) == [True, True, True, False, False]
    assert (inbox.dropped, len(inbox)) == (2, 3)
    assert keys(take_all(inbox)) == ["situs:3", "situs:4", "situs:5"]


def test_a_sweep_never_waits_for_a_recorder_that_is_stuck() -> None:
    inbox = Inbox(10)
    begun = time.monotonic()
    polled(inbox, *range(5_000))
    assert time.monotonic() - begun < 2.0
    assert inbox.dropped == 4_990


def test_what_a_listener_was_told_is_never_dropped_for_a_poll() -> None:
    async def story() -> None:
        inbox = Inbox(2)
        telling = [asyncio.create_task(inbox.put(seen(NOON, key=numbered(number)))) for number in (1, 2)]
        await asyncio.sleep(0)
        assert polled(inbox, 3) == [False]
        entries = take_all(inbox)
        assert keys(entries) == ["situs:1", "situs:2"]
        acknowledge(entries)
        await asyncio.gather(*telling)

    in_loop(story())


def test_a_listener_hears_only_when_its_reading_is_durable() -> None:
    async def story() -> None:
        inbox = Inbox(2)
        telling = asyncio.create_task(inbox.put(seen(NOON)))
        await asyncio.sleep(0)
        [entry] = take_all(inbox)
        await asyncio.sleep(0)
        assert not telling.done()
        await asyncio.to_thread(acknowledge, [entry])
        await telling

    in_loop(story())


def test_a_listener_waits_for_room_while_the_inbox_is_full() -> None:
    async def story() -> None:
        inbox = Inbox(1)
        first, second = (asyncio.create_task(inbox.put(seen(NOON, key=numbered(number)))) for number in (1, 2))
        await asyncio.sleep(0)
        assert len(inbox) == 1
        for expected, telling in (("situs:1", first), ("situs:2", second)):
            entries = await asyncio.to_thread(inbox.take, 10, 0.0, 30.0)
            assert keys(entries) == [expected]
            acknowledge(entries)
            await telling

    in_loop(story())


def test_a_listener_is_told_when_its_reading_can_never_be_stored() -> None:
    async def story() -> None:
        inbox = Inbox(1)
        telling = asyncio.create_task(inbox.put(seen(NOON)))
        await asyncio.sleep(0)
        take_all(inbox)[0].refuse("too large")
        with pytest.raises(ReadingRefused, match="too large"):
            await telling

    in_loop(story())


def test_acknowledging_a_listener_that_has_gone_harms_nobody() -> None:
    entries: list[Entry] = []

    async def story() -> None:
        inbox = Inbox(1)
        telling = asyncio.create_task(inbox.put(seen(NOON)))
        await asyncio.sleep(0)
        entries.extend(take_all(inbox))
        telling.cancel()
        acknowledge(entries)

    in_loop(story())
    acknowledge(entries)  # its loop has closed by now


def test_the_recorder_sleeps_until_something_comes_and_lingers_for_company() -> None:
    inbox = Inbox(100)
    batches: list[list[Entry]] = []
    taker = threading.Thread(target=lambda: batches.append(inbox.take(50, 30.0, 30.0)))
    taker.start()
    polled(inbox, *range(50))
    taker.join(30)
    assert [len(batch) for batch in batches] == [50]


def test_closing_wakes_the_recorder_and_leaves_what_is_inside() -> None:
    inbox = Inbox(10)
    polled(inbox, 1)
    inbox.close()
    assert keys(inbox.take(10, 60.0, 60.0)) == ["situs:1"]
    assert inbox.take(10, 60.0, 60.0) == []


def test_many_threads_lose_nothing() -> None:
    inbox = Inbox(10_000)
    threads = [threading.Thread(target=polled, args=(inbox, *range(start, start + 500))) for start in range(0, 4_000, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(key.split(":")[1]) for key in keys(inbox.take(10_000, 0.0, 0.0))) == list(range(4_000))


def test_an_inbox_without_room_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Inbox(0)
