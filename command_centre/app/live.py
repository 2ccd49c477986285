"""The live feed: what changed since a client last heard from us, worked out once and handed to every client.

One thread watches the database, asks the read side and draws the screens that somebody looks at; the event loop only passes
ready-made bytes on. A client has no queue of its own: it remembers how far it has come, and takes what it misses from the
channel. So nothing can pile up: one that is too slow falls out of the short history and gets one whole state instead.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import msgspec
from sqlalchemy.exc import DBAPIError

from command_centre.domain.ports import Clock
from command_centre.read.rows import Cursor
from command_centre.read.wall_incidents import Alarms
from command_centre.read.watching import Watch
from command_centre.storage.times import to_ms

log = logging.getLogger(__name__)

Regions: TypeAlias = Mapping[str, Any]
"""Region id -> what stands in it, as JSON of Dash components."""

NO_ALARMS = Alarms()
LOOK_EVERY = timedelta(milliseconds=50)
BEAT_EVERY = timedelta(seconds=1)
REDRAW_EVERY = timedelta(seconds=5)
"""Time alone changes a screen (a tile falls silent): a watched one is drawn again at least this often."""
REST_BETWEEN_DRAWS = timedelta(milliseconds=200)
"""News that comes faster is drawn together."""
CALM_LOOK_EVERY = timedelta(seconds=1)
"""While nobody is connected (a new client wakes the thread), or the database cannot be read."""
REMEMBERED_DELTAS = 64


@dataclass(frozen=True, slots=True)
class Drawing:
    """One screen, drawn. ``alarms``: the open critical incidents of the city, whatever the screen shows."""

    regions: Regions
    as_of: datetime | None
    alarms: Alarms = NO_ALARMS


Draw: TypeAlias = Callable[[], Drawing]
"""Ask the read side and render one screen. Runs in the feed's own thread."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What every heartbeat carries: the server's time, and whether the last look at the database succeeded."""

    now: int
    can_read: bool


@dataclass(slots=True)
class Channel:
    """One screen as its clients know it. Touched by the event loop only (``subscribers`` is read by the thread)."""

    screen: str
    number: int = 0
    state: dict[str, bytes] = field(default_factory=dict)
    head: bytes = b""
    as_of: int | None = None
    alarms: Alarms = NO_ALARMS
    is_fresh: bool = False
    deltas: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REMEMBERED_DELTAS))
    subscribers: int = 0

    def whole(self) -> bytes:
        """The whole state as one JSON message."""
        return _message(self.head, self.state)

    def missing_since(self, number: int | None) -> list[tuple[int, bytes]] | None:
        """The numbered deltas after ``number``, oldest first; None when one whole state is the better answer."""
        if number is None or number > self.number or not self.deltas or self.deltas[0][0] > number + 1:
            return None
        missing = [(at, delta) for at, delta in self.deltas if at > number]
        is_dearer = len(missing) > 1 and sum(len(delta) for _, delta in missing) > sum(map(len, self.state.values()))
        return None if is_dearer else missing


class Screens:
    """The drawn state of each screen, as the feed's thread remembers it: turns a drawing into what changed."""

    def __init__(self, draw: Mapping[str, Draw]) -> None:
        self._draw = draw
        self._drawn: dict[str, tuple[Drawing, dict[str, bytes]]] = {}
        self._failing: set[str] = set()

    def redraw(self, screen: str) -> tuple[Drawing, dict[str, bytes], dict[str, bytes]] | None:
        """(drawing, changed regions, all regions) as bytes; None when it could not be drawn (logged once, not each time)."""
        try:
            drawing = self._draw[screen]()
        except DBAPIError:
            raise
        except Exception:  # the one boundary for a fault of ours in rendering: the rest of the server lives
            if screen not in self._failing:
                self._failing.add(screen)
                log.exception("the screen %s could not be drawn; clients keep its last state and see it age", screen)
            return None
        if screen in self._failing:
            self._failing.discard(screen)
            log.info("the screen %s can be drawn again", screen)
        return self._compare(screen, drawing)

    def _compare(self, screen: str, drawing: Drawing) -> tuple[Drawing, dict[str, bytes], dict[str, bytes]]:
        before, known = self._drawn.get(screen, (None, {}))
        changed = {
            region: msgspec.json.encode(content, enc_hook=plain)
            for region, content in drawing.regions.items()
            if before is None or region not in known or before.regions[region] != content
        }
        whole = {region: changed.get(region) or known[region] for region in drawing.regions}
        self._drawn[screen] = (drawing, whole)
        return drawing, changed, whole


def plain(component: Any) -> Any:
    """A Dash component as the JSON that Dash itself would send."""
    if hasattr(component, "to_plotly_json"):
        return component.to_plotly_json()
    raise TypeError(f"{type(component).__name__} cannot be sent to a browser")


def _message(head: bytes, regions: Mapping[str, bytes]) -> bytes:
    inside = b",".join(msgspec.json.encode(region) + b":" + content for region, content in regions.items())
    return head[:-1] + b',"regions":{' + inside + b"}}"


def event(name: str, data: bytes, identity: str | None = None) -> bytes:
    """One server-sent event. JSON never holds a bare line break, so one data line is enough."""
    head = f"event: {name}\n" if identity is None else f"event: {name}\nid: {identity}\n"
    return head.encode() + b"data: " + data + b"\n\n"


class LiveFeed:
    """Watches the database for one web process and tells its clients what changed.

    ``start`` and ``stop`` belong to the event loop's life. ``hello`` is what a client is told first (build, rhythm).
    """

    def __init__(
        self,
        draw: Mapping[str, Draw],
        open_watch: Callable[[], Watch],
        clock: Clock,
        hello: Mapping[str, Any],
        *,
        rest_between_draws: timedelta = REST_BETWEEN_DRAWS,
    ) -> None:
        self._rest = rest_between_draws
        self._look_every = min(LOOK_EVERY, rest_between_draws)
        self._screens = Screens(draw)
        self._open_watch = open_watch
        self._clock = clock
        self._hello = dict(hello)
        self._life = secrets.token_hex(4)  # numbers of another life of this process mean nothing here
        self._channels = {screen: Channel(screen) for screen in draw}
        self._bells: set[asyncio.Event] = set()
        self._beat = Beat(to_ms(clock.now()), can_read=False)
        self._beats = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def screens(self) -> Sequence[str]:
        return tuple(self._channels)

    @property
    def clients(self) -> int:
        """How many streams are open."""
        return len(self._bells)

    def start(self) -> None:
        """Begin to watch; call it on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="live-feed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every stream and the thread. May be called from any thread, and twice."""
        self._stopping.set()
        self._wake.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def wait_until_stopped(self) -> None:
        """Until the thread has closed its connections; a second at most."""
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    async def stream(self, screens: Sequence[str], last_id: str | None) -> AsyncIterator[bytes]:
        """What one client receives: a greeting, then state or deltas of ``screens`` and heartbeats, until it leaves."""
        bell = asyncio.Event()
        have = self._positions(screens, last_id)
        self._bells.add(bell)
        self._attach(screens)
        try:
            yield event("hello", msgspec.json.encode(self._hello | {"now": to_ms(self._clock.now())}))
            beats = self._beats
            while not self._stopping.is_set():
                for screen in screens:
                    for chunk in self._news(self._channels[screen], have):
                        yield chunk
                if beats != self._beats:
                    beats = self._beats
                    yield self._heartbeat(screens)
                await bell.wait()
                bell.clear()
        finally:
            self._bells.discard(bell)
            for screen in screens:
                self._channels[screen].subscribers -= 1

    def _attach(self, screens: Sequence[str]) -> None:
        for screen in screens:
            channel = self._channels[screen]
            channel.is_fresh = channel.is_fresh and channel.subscribers > 0  # nobody has kept an unwatched screen up to date
            channel.subscribers += 1
        self._wake.set()

    def _positions(self, screens: Sequence[str], last_id: str | None) -> dict[str, int | None]:
        """How far the client says it has come, from an id such as ``life:ringkasan=7,situs=3``."""
        life, _, rest = (last_id or "").partition(":")
        if life != self._life:
            return dict.fromkeys(screens)
        known = dict(each.split("=", 1) for each in rest.split(",") if "=" in each)
        return {screen: int(known[screen]) if known.get(screen, "").isdecimal() else None for screen in screens}

    def _news(self, channel: Channel, have: dict[str, int | None]) -> list[bytes]:
        position = have[channel.screen]
        if not channel.is_fresh or position == channel.number:
            return []
        missing = channel.missing_since(position)
        if missing is None:
            have[channel.screen] = channel.number
            return [event("full", channel.whole(), self._identity(have))]
        events = []
        for number, delta in missing:
            have[channel.screen] = number
            events.append(event("delta", delta, self._identity(have)))
        return events

    def _identity(self, have: Mapping[str, int | None]) -> str:
        return f"{self._life}:" + ",".join(f"{screen}={number}" for screen, number in have.items() if number is not None)

    def _heartbeat(self, screens: Sequence[str]) -> bytes:
        as_of = {screen: self._channels[screen].as_of for screen in screens}
        fresh = all(self._channels[screen].is_fresh for screen in screens)
        return event("beat", msgspec.json.encode({"now": self._beat.now, "ok": self._beat.can_read and fresh, "as_of": as_of}))

    # -- on the event loop, called by the thread

    def _publish(self, screen: str, drawing: Drawing, changed: dict[str, bytes], whole: dict[str, bytes], now: int) -> None:
        channel = self._channels[screen]
        as_of = None if drawing.as_of is None else to_ms(drawing.as_of)
        head = msgspec.json.encode({"screen": screen, "as_of": as_of, "now": now, "alarms": drawing.alarms})
        is_news = bool(changed) or (as_of, drawing.alarms) != (channel.as_of, channel.alarms) or channel.number == 0
        if is_news:
            channel.number += 1
            channel.deltas.append((channel.number, _message(head, changed)))
        channel.state, channel.head, channel.as_of, channel.alarms = whole, head, as_of, drawing.alarms
        if is_news or not channel.is_fresh:
            channel.is_fresh = True
            self._ring()

    def _pulse(self, beat: Beat) -> None:
        self._beat = beat
        self._beats += 1
        self._ring()

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()

    # -- the thread

    def _run(self) -> None:
        watch = self._open_watch()
        pace = _Pace(self._rest)
        try:
            while not self._stopping.is_set():
                is_calm = not self._bells or not pace.can_read
                self._wake.wait((CALM_LOOK_EVERY if is_calm else self._look_every).total_seconds())
                self._wake.clear()
                self._step(watch, pace)
        finally:
            watch.close()

    def _step(self, watch: Watch, pace: _Pace) -> None:
        """One look: draw what is due, and beat when a second has passed."""
        try:
            cursor = watch.look()
            for screen, channel in self._channels.items():
                if channel.subscribers and pace.is_due(screen, cursor, is_fresh=channel.is_fresh):
                    self._draw(screen)
                    pace.note_drawn(screen, cursor)
            pace.note_readable()
        except (DBAPIError, OSError) as trouble:
            pace.note_unreadable(trouble)
        if pace.is_time_to_beat():
            self._tell(self._pulse, Beat(to_ms(self._clock.now()), can_read=pace.can_read))

    def _draw(self, screen: str) -> None:
        redrawn = self._screens.redraw(screen)
        if redrawn is not None:
            self._tell(self._publish, screen, *redrawn, to_ms(self._clock.now()))

    def _tell(self, call: Callable[..., None], *arguments: Any) -> None:
        if self._loop is not None and not self._stopping.is_set() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)


class _Pace:
    """When the thread draws and when it beats, on the monotonic clock; and whether the database could be read."""

    def __init__(self, rest: timedelta) -> None:
        self._rest_seconds = rest.total_seconds()
        self._drawn: dict[str, tuple[float, Cursor]] = {}
        self._next_beat = 0.0
        self._unreadable_since: float | None = None

    @property
    def can_read(self) -> bool:
        return self._unreadable_since is None

    def is_due(self, screen: str, cursor: Cursor, *, is_fresh: bool) -> bool:
        if screen not in self._drawn:
            return True
        at, seen = self._drawn[screen]
        rested = time.monotonic() - at
        if rested < self._rest_seconds:
            return False
        return not is_fresh or cursor != seen or rested >= REDRAW_EVERY.total_seconds()

    def note_drawn(self, screen: str, cursor: Cursor) -> None:
        self._drawn[screen] = (time.monotonic(), cursor)

    def is_time_to_beat(self) -> bool:
        now = time.monotonic()
        if now < self._next_beat:
            return False
        self._next_beat = now + BEAT_EVERY.total_seconds()
        return True

    def note_unreadable(self, trouble: DBAPIError | OSError) -> None:
        if self._unreadable_since is None:
            self._unreadable_since = time.monotonic()
            cause = trouble.orig if isinstance(trouble, DBAPIError) else trouble
            log.warning("the database cannot be read (%s); screens keep their last state and see it age", cause)

    def note_readable(self) -> None:
        if self._unreadable_since is not None:
            log.info("the database can be read again after %.0f s", time.monotonic() - self._unreadable_since)
            self._unreadable_since = None
