"""Reading pages in a process of their own: a page made to hurt costs that process its life, and nobody else a moment.

The writer's event loop hands over bytes and gets facts back. Each page may cost so much processor time and no more: a process
that exceeds it is ended by the kernel, whatever C code it is in. The page is then read once more as bare text; after that it
counts as one that could not be judged.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import msgspec

from collectors.integrity.evidence import PageFacts, PageSite, Reader
from collectors.integrity.lexicon import FOLDER, Lexicon, load
from collectors.integrity.listings import Listing, read_feed, read_robots, read_sitemap
from collectors.websites.pages import decode
from command_centre.domain.integrity import Finding, View

ROOT = Path(__file__).parents[2]
CPU_SECONDS = 3.0
"""An ordinary page takes some milliseconds; one of 60,000 nested elements takes the parser 5 s."""

PATIENCE = 10.0
"""So many times the processor time may pass by the clock: this machine may be busy with something else."""

START_SECONDS = 60.0
MEMORY_BYTES = 1024 * 1024 * 1024
LARGEST_MESSAGE = 64 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class What(StrEnum):
    """How the bytes are to be read."""

    PAGE = "page"
    FLAT = "flat"
    SCRIPT = "script"
    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to read. ``turn`` chooses the sample of a sitemap."""

    what: What
    body: bytes
    content_type: str
    site: PageSite
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read; ``flaw`` says why it could not be judged (empty: it could)."""

    facts: PageFacts = field(default_factory=PageFacts)
    listing: Listing = field(default_factory=Listing)
    findings: tuple[Finding, ...] = ()
    flaw: str = ""


def read(lexicon: Lexicon, task: Task) -> Answer:
    """Read one thing, here and now. Pure."""
    reader = Reader(lexicon)
    match task.what:
        case What.PAGE:
            flaw = _undecodable(task.body)
            facts = PageFacts() if flaw else reader.read_page(decode(task.body, task.content_type), task.site)
            return Answer(facts=facts, findings=facts.findings, flaw=flaw or facts.flaw)
        case What.FLAT:
            return Answer(findings=reader.read_flat(decode(task.body, task.content_type), task.site), flaw="too costly to read")
        case What.SCRIPT:
            return Answer(findings=reader.read_script(decode(task.body, task.content_type), task.site))
        case What.ROBOTS:
            return _listed(read_robots(lexicon, decode(task.body, task.content_type), task.site))
        case What.SITEMAP:
            return _listed(read_sitemap(lexicon, task.body, task.site, task.turn))
        case What.FEED:
            return _listed(read_feed(lexicon, task.body, task.site))


def _listed(listing: Listing) -> Answer:
    return Answer(listing=listing, findings=listing.findings, flaw=listing.flaw)


def _undecodable(body: bytes) -> str:
    """Binary data that is served as a page."""
    head = body[:4_096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return ""
    odd = sum(each < 9 or 13 < each < 32 for each in head)
    return "not a page but binary data" if odd > len(head) * 0.05 else ""


# --- the process's side -------------------------------------------------------------------------------------------------------


def main() -> None:
    """Answer tasks from standard input on standard output until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    lexicon, cpu_seconds = load(Path(sys.argv[1])), float(sys.argv[2])
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    decoder, encoder = msgspec.msgpack.Decoder(Task), msgspec.msgpack.Encoder()
    while (message := _receive(incoming)) is not None:
        task = decoder.decode(message)
        signal.setitimer(signal.ITIMER_VIRTUAL, cpu_seconds)  # SIGVTALRM ends the process: no handler is set
        try:
            answer = read(lexicon, task)
        except (MemoryError, RecursionError) as trouble:
            answer = Answer(flaw=f"too costly to read ({type(trouble).__name__})")
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        reply = encoder.encode(answer)
        outgoing.write(_LENGTH.pack(len(reply)) + reply)
        outgoing.flush()


def _receive(incoming: BinaryIO) -> bytes | None:
    head = incoming.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    return incoming.read(_LENGTH.unpack(head)[0])


NOTHING = Task(What.ROBOTS, b"", "", PageSite("http://localhost/", View.FILES, "localhost"))

# --- our side -----------------------------------------------------------------------------------------------------------------


class ReadingProcess:
    """Hands tasks to the process, one at a time; starts it when it is needed, and again when it had to be ended."""

    def __init__(self, folder: Path = FOLDER, cpu_seconds: float = CPU_SECONDS) -> None:
        self._folder = folder
        self._cpu_seconds = cpu_seconds
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Answer)

    async def read(self, task: Task) -> Answer:
        """Read one thing. A page that cannot be read in time is read as bare text; if that fails too, nothing is known of it."""
        async with self._turn:
            answer = await self._ask(task)
            if answer is None and task.what is What.PAGE:
                answer = await self._ask(Task(What.FLAT, task.body, task.content_type, task.site))
            return answer if answer is not None else Answer(flaw="too costly to read")

    async def close(self) -> None:
        """End the process. It may be called twice."""
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def _ask(self, task: Task) -> Answer | None:
        """The answer; None when it did not come in time, or the process died of the page."""
        process = await self._running()
        try:
            async with asyncio.timeout(self._cpu_seconds * PATIENCE):
                return self._decoder.decode(await _converse(process, self._encoder.encode(task)))
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            await self.close()
            return None

    async def _running(self) -> Process:
        """The process, started if need be; it has read its lexicon before the first page's time begins."""
        if self._process is None or self._process.returncode is not None:
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            words = (sys.executable, "-m", "collectors.integrity.reading", str(self._folder), str(self._cpu_seconds))
            self._process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, env=environment)
            async with asyncio.timeout(START_SECONDS):
                await _converse(self._process, self._encoder.encode(NOTHING))
        return self._process


async def _converse(process: Process, message: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(_LENGTH.pack(len(message)) + message)
    await process.stdin.drain()
    head = await process.stdout.readexactly(_LENGTH.size)
    return await process.stdout.readexactly(min(_LENGTH.unpack(head)[0], LARGEST_MESSAGE))


async def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()
        with contextlib.suppress(OSError):
            await process.stdin.wait_closed()


if __name__ == "__main__":
    main()
