"""The socket that asks the kernel once per burst: as a socket from outside, whatever is split or joined on the way."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from collectors.hotspots_mqtt.burst import BurstSocket


@pytest.fixture
def ends() -> Iterator[tuple[BurstSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    burst = BurstSocket(ours)
    yield burst, theirs
    burst.close()
    theirs.close()


def test_pieces_of_one_burst_are_read_in_order_and_the_rest_is_told(ends: tuple[BurstSocket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b"abcdef")
    assert (ours.recv(1), ours.recv(3), ours.pending()) == (b"a", b"bcd", 2)
    theirs.sendall(b"ghi")
    assert ours.recv(100) == b"ef", "what was read before comes first"
    assert (ours.recv(100), ours.pending()) == (b"ghi", 0)


def test_nothing_to_read_is_said_as_a_socket_says_it(ends: tuple[BurstSocket, socket.socket]) -> None:
    ours, theirs = ends
    with pytest.raises(BlockingIOError):
        ours.recv(1)
    theirs.close()
    assert ours.recv(1) == b"", "and the end as well"


def test_what_is_sent_while_corked_goes_out_at_once_and_in_order(ends: tuple[BurstSocket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.setblocking(False)
    ours.cork()
    assert [ours.send(each) for each in (b"ab", bytearray(b"c"))] == [2, 1]
    with pytest.raises(BlockingIOError):
        theirs.recv(10)
    ours.flush()
    assert (theirs.recv(10), ours.has_unsent) == (b"abc", False)
    ours.send(b"d")
    assert theirs.recv(10) == b"d"


def test_what_the_kernel_does_not_take_is_kept_and_sent_later_before_anything_newer(
    ends: tuple[BurstSocket, socket.socket],
) -> None:
    ours, theirs = ends
    whole = bytes(range(256)) * 20_000
    ours.cork()
    ours.send(whole)
    ours.flush()
    assert ours.has_unsent
    ours.send(b"newer")
    received = b""
    while len(received) < len(whole) + 5:
        received += theirs.recv(1 << 20)
        ours.flush()
    assert received == whole + b"newer"


def test_a_goodbye_that_was_collected_is_sent_before_the_end(ends: tuple[BurstSocket, socket.socket]) -> None:
    ours, theirs = ends
    ours.cork()
    ours.send(b"\xe0\x00")
    ours.close()
    assert theirs.recv(10) == b"\xe0\x00"
    assert theirs.recv(10) == b""
