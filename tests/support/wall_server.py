"""The real web application under the real server, in a thread of the test, on a loopback address of its own."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from command_centre.app.serving import WallApp, WallServer, create_app, serve
from command_centre.domain.ports import Clock
from command_centre.read.queries import Queries
from layouts.wording import Language, words_for
from tests.support.little_city import WITA

HOST = "127.0.0.1"
KELURAHAN = {"64.74.01.1003": "64.74.01"}


@dataclass(slots=True)
class RunningServer:
    """A server that answers at ``url`` until it is stopped."""

    app: WallApp
    server: WallServer
    thread: threading.Thread
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def stop(self) -> None:
        """Stop as SIGTERM would."""
        self.app.feed.stop()
        self.server.should_exit = True
        self.thread.join(timeout=10)
        assert not self.thread.is_alive(), "the server did not stop within ten seconds"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def start_server(
    engine: Engine,
    clock: Clock,
    *,
    port: int | None = None,
    **options: Any,
) -> RunningServer:
    """Start and wait until it answers; ``options`` are those of ``create_app``."""
    chosen = free_port() if port is None else port
    queries = Queries(engine, WITA, clock, kelurahan=KELURAHAN, is_simulated=True)
    words = words_for(Language.INDONESIAN, WITA)
    app = create_app(queries, engine, clock=clock, words=words, **options)
    server = serve(app, HOST, chosen)
    thread = threading.Thread(target=server.run, name=f"server-{chosen}", daemon=True)
    thread.start()
    for _ in range(1000):
        if server.started:
            return RunningServer(app, server, thread, chosen)
        assert thread.is_alive(), "the server ended while starting"
        time.sleep(0.01)
    raise AssertionError("the server did not start within ten seconds")


@contextmanager
def running_server(engine: Engine, clock: Clock, **options: Any) -> Iterator[RunningServer]:
    """A server for the length of a ``with`` block."""
    running = start_server(engine, clock, **options)
    try:
        yield running
    finally:
        running.stop()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(server: RunningServer, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request; header names are written with underscores."""
    link = http.client.HTTPConnection(HOST, server.port, timeout=10)
    try:
        link.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = link.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        link.close()


@dataclass(slots=True)
class Told:
    """One server-sent event."""

    name: str
    data: Any
    identity: str | None


@dataclass(slots=True)
class Stream:
    """A plain client of the live feed."""

    server: RunningServer
    screens: str
    since: str | None = None
    timeout: float = 5.0
    _link: http.client.HTTPConnection = field(init=False)
    _response: http.client.HTTPResponse = field(init=False)

    def __enter__(self) -> Stream:
        self._link = http.client.HTTPConnection(HOST, self.server.port, timeout=self.timeout)
        headers = {} if self.since is None else {"Last-Event-ID": self.since}
        self._link.request("GET", f"/live/{self.screens}", headers=headers)
        self._response = self._link.getresponse()
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()
        self._link.close()

    @property
    def status(self) -> int:
        return self._response.status

    def next(self) -> Told | None:
        """The next event; None when the server has ended the stream."""
        name, data, identity = "", "", None
        while line := self._response.readline().decode():
            field_name, _, value = line.rstrip("\n").partition(": ")
            match field_name:
                case "event":
                    name = value
                case "data":
                    data = value
                case "id":
                    identity = value
                case "":
                    return Told(name, json.loads(data), identity)
        return None

    def until(self, *names: str) -> Told:
        """The next event of one of these names; fails when it does not come within a hundred events."""
        for _ in range(100):
            told = self.next()
            assert told is not None, "the stream ended"
            if told.name in names:
                return told
        raise AssertionError(f"no {names} among a hundred events")
