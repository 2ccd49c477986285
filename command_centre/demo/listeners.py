"""The listening sockets of the city. Each can be closed and opened again at the same address: that is how a site refuses."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable, Sequence
from ssl import SSLContext

from command_centre.demo.control import is_loopback

Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

ATTEMPTS = 50
BACKLOG = 64
HANDSHAKE_SECONDS = 10.0


class PortTakenError(OSError):
    """A port that was asked for is in use by somebody else."""


class Door:
    """One address and port, open or closed."""

    def __init__(self, address: str, port: int, converse: Converse, tls: SSLContext | None = None) -> None:
        self.address = address
        self.port = port
        self._converse = converse
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def open(self, ready: socket.socket | None = None) -> None:
        """Listen; ``ready`` is a socket bound already. Opening an open door changes nothing."""
        if self._server is not None:
            return
        bound = ready if ready is not None else bind(self.address, self.port)
        handshake = None if self._tls is None else HANDSHAKE_SECONDS
        self._server = await asyncio.start_server(
            self._converse, sock=bound, ssl=self._tls, backlog=BACKLOG, limit=16_384, ssl_handshake_timeout=handshake
        )

    def close(self) -> None:
        """Stop listening at once; conversations that have begun go on."""
        if self._server is not None:
            self._server.close()
            self._server = None


def bind(address: str, port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    """A socket on loopback, listening where its kind can. OSError: the port is taken. ValueError: not a loopback address."""
    if not is_loopback(address):
        raise ValueError(f"the simulated city listens on loopback only, not on {address}")
    bound = socket.socket(socket.AF_INET, kind)
    try:
        bound.settimeout(0)
        if kind is socket.SOCK_STREAM:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address, port))
        if kind is socket.SOCK_STREAM:
            bound.listen(BACKLOG)  # now, for that is where a port in use shows
    except BaseException:
        bound.close()
        raise
    return bound


def bind_all(
    addresses: Sequence[str], port: int, last: int = 0, kind: socket.SocketKind = socket.SOCK_STREAM
) -> list[socket.socket]:
    """One socket per address, all on the same port: the one asked for, or else the ``last`` one, or else a free one."""
    if port:
        return _bound_or_taken(addresses, port, kind)
    for attempt in range(ATTEMPTS):
        with contextlib.suppress(PortTakenError):
            return _bound_or_taken(addresses, last if attempt == 0 else 0, kind)
    raise PortTakenError(errno.EADDRINUSE, f"no port is free on all of {len(addresses)} loopback addresses")


def _bound_or_taken(addresses: Sequence[str], port: int, kind: socket.SocketKind) -> list[socket.socket]:
    bound: list[socket.socket] = []
    try:
        for address in addresses:
            bound.append(bind(address, bound[0].getsockname()[1] if bound else port, kind))
    except OSError as error:
        for each in bound:
            each.close()
        if error.errno == errno.EMFILE:  # another port would not help
            raise
        raise PortTakenError(error.errno, f"port {port or 'found'} is taken on {address}") from error
    return bound
