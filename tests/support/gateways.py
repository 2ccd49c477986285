"""Real HTTP gateways on loopback that answer as a test says: accept, refuse, hang, send without end."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Gateway:
    """A running server at ``url``; ``reply`` may be changed while it runs."""

    url: str
    reply: Reply
    asked: list[Asked] = field(default_factory=list)


def says(status: int = 200, body: object = "ok", **headers: str) -> Reply:
    """Answer with ``body`` (JSON unless it is text); header names are written with underscores."""
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return reply


def hangs(seconds: float = 3.0) -> Reply:
    return lambda _: time.sleep(seconds)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then: nothing ever stands still for long, and nothing comes to an end."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def never_ends(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(2_000):
        handler.wfile.write(b"x" * 65_536)


def many_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    for number in range(20_000):
        handler.wfile.write(f"X-Header-{number}: {'y' * 200}\r\n".encode())
    handler.wfile.write(b"\r\n")


def resets(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    handler.connection.close()


@contextmanager
def gateway(reply: Reply | None = None) -> Iterator[Gateway]:
    """A server of our own for the length of a ``with`` block."""
    running: Gateway

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            running.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
            try:
                running.reply(self)
            except OSError:
                self.close_connection = True  # the other side has had enough

        do_GET = do_POST  # noqa: N815 - the name is the standard library's

        def log_message(self, *words: object) -> None:
            """Nothing: the test sees what came."""

        def finish(self) -> None:
            try:
                super().finish()
            except OSError:
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Connections that were cut are what these tests are about."""

    server = Server(("127.0.0.1", 0), Taking)
    running = Gateway(f"http://127.0.0.1:{server.server_port}", reply or says())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
