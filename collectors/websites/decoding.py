"""Unpacking a page, bounded and strict: libcurl neither notices a gzip stream that is cut off nor reads one of two members."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

PIECE = 64 * 1024
"""At most this much is unpacked at once, so that a bomb is noticed long before it is memory."""

OURS = frozenset({"gzip", "x-gzip", "deflate"})
"""What we ask for and unpack ourselves."""

CURLS = frozenset({"br"})
"""What libcurl unpacks when a server sends it unasked."""

MAX_LAYERS = 4
GZIP_MAGIC = b"\x1f\x8b"


class BadEncodingError(Exception):
    """The stream is not what its header says."""


def layers_of(header: str) -> tuple[str, ...]:
    """The codings in the order in which they were applied; ``identity`` is none."""
    names = (name.strip().lower() for name in header.split(","))
    return tuple(name for name in names if name not in ("", "identity"))


class Decoder:
    """Unpacks a stream piece by piece through all its layers (the last applied first)."""

    def __init__(self, layers: Sequence[str]) -> None:
        if len(layers) > MAX_LAYERS or not all(each in OURS for each in layers):
            raise BadEncodingError(f"unknown content encoding '{', '.join(layers)[:60]}'")
        self._layers = [_Inflater(is_gzip=each != "deflate") for each in reversed(layers)]

    def feed(self, data: bytes, room: int) -> bytes:
        """The unpacked form of ``data``; what goes more than one byte beyond ``room`` is left packed. Raises BadEncodingError."""
        for layer in self._layers:
            data = layer.feed(data, room + 1)
        return data

    def finish(self) -> None:
        """The stream has ended. Raises BadEncodingError when it has not ended by its own account."""
        for layer in self._layers:
            layer.finish()


class _Inflater:
    """One layer: gzip with all its members, zlib, or the raw deflate that some servers send in its place."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._stream = zlib.decompressobj(zlib.MAX_WBITS + 16 if is_gzip else zlib.MAX_WBITS)
        self._has_begun = False
        self._is_over = False
        self._between = b""  # first byte of what may be the next member

    def feed(self, data: bytes, room: int) -> bytes:
        unpacked = bytearray()
        may_hold_more = False
        while (data or may_hold_more) and not self._is_over and len(unpacked) < room:
            if self._stream.eof:
                data, may_hold_more = self._next_member(self._between + data), False
                continue
            wanted = min(PIECE, room - len(unpacked))
            piece = self._inflate(data, wanted)
            unpacked += piece
            self._has_begun = True
            may_hold_more = len(piece) == wanted
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return bytes(unpacked)

    def _inflate(self, data: bytes, room: int) -> bytes:
        try:
            return self._stream.decompress(data, room)
        except zlib.error as trouble:
            if self._is_gzip or self._has_begun:
                raise BadEncodingError(str(trouble)) from None
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            return self._stream.decompress(data, room)
        except zlib.error as trouble:
            raise BadEncodingError(str(trouble)) from None

    def _next_member(self, rest: bytes) -> bytes:
        """Another gzip member may follow (RFC 1952); anything else behind the end is ignored, as browsers do."""
        self._between = b""
        if self._is_gzip and rest == GZIP_MAGIC[:1]:
            self._between = rest
            return b""
        if self._is_gzip and rest.startswith(GZIP_MAGIC):
            self._stream = zlib.decompressobj(zlib.MAX_WBITS + 16)
            return rest
        self._is_over = True
        return b""

    def finish(self) -> None:
        if self._has_begun and not self._is_over and not self._stream.eof:
            raise BadEncodingError("the compressed stream is cut off")
