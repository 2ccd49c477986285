"""A TCP connection that asks the kernel once per burst and not four times per message.

paho reads a packet in pieces (one byte, the length byte by byte, the rest) and sends every acknowledgement by itself; with
thousands of messages a second these calls would cost as much as reading them.
"""

from __future__ import annotations

import contextlib
import socket

READ_BYTES = 64 * 1024


class BurstSocket(socket.socket):
    """Takes over a connected socket. Whoever waits for it to become readable has to ask ``pending`` first.

    While it is corked, what is sent is collected; ``flush`` sends it. Used from one thread.
    """

    def __init__(self, connected: socket.socket) -> None:
        timeout = connected.gettimeout()
        super().__init__(connected.family, connected.type, connected.proto, fileno=connected.detach())
        self.settimeout(timeout)
        self._held = b""
        self._at = 0
        self._unsent = bytearray()
        self._corked = False

    def pending(self) -> int:
        """Bytes that were read from the kernel and not yet asked for."""
        return len(self._held) - self._at

    @property
    def has_unsent(self) -> bool:
        """Whether something collected still has to be sent."""
        return bool(self._unsent)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """As a socket's, from what was read before where there is something."""
        if self._at >= len(self._held):
            self._held, self._at = super().recv(READ_BYTES, flags), 0
        start, self._at = self._at, min(len(self._held), self._at + bufsize)
        return self._held[start : self._at]

    def send(self, data: bytes | bytearray | memoryview, flags: int = 0) -> int:  # type: ignore[override]
        """As a socket's; collected while corked, and never before what was collected earlier."""
        if self._corked or self._unsent:
            self._unsent += data
            return len(data)
        return super().send(data, flags)

    def cork(self) -> None:
        """Collect what is sent from now on."""
        self._corked = True

    def flush(self) -> None:
        """Send what was collected, as far as the kernel takes it. Raises OSError when the connection has ended."""
        self._corked = False
        with contextlib.suppress(BlockingIOError):
            while self._unsent:
                del self._unsent[: super().send(self._unsent)]

    def close(self) -> None:
        """As a socket's; what was collected is sent first."""
        if self.fileno() >= 0:
            with contextlib.suppress(OSError):
                self.flush()
        super().close()
