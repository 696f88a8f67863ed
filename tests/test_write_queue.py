"""Writing to a descriptor whose other side may not read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from codex_voice.write_queue import WriteQueue


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Return both ends of a pipe that does not block on either."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    yield reading, writing
    os.close(reading)
    os.close(writing)


def read_what_is_there(fd: int) -> bytes:
    """Read until nothing more is there."""
    data = b""
    while True:
        try:
            piece = os.read(fd, 1 << 20)
        except BlockingIOError:
            return data
        data += piece


async def test_what_waits_is_written_in_order(pipe: tuple[int, int]) -> None:
    """Also what came before there was a loop; the drain is reported once all is written."""
    reading, writing = pipe
    drained = asyncio.Event()
    queue = WriteQueue(writing, drained.set)
    pieces = [bytes([number]) * 50_000 for number in range(6)]
    for piece in pieces[:4]:
        queue.write(piece)
    assert len(queue) > 0
    queue.attach(asyncio.get_running_loop())
    for piece in pieces[4:]:
        queue.write(piece)
    received = b""
    async with asyncio.timeout(60):
        while not drained.is_set():
            received += read_what_is_there(reading)
            await asyncio.sleep(0)
    received += read_what_is_there(reading)
    assert received == b"".join(pieces)
    assert len(queue) == 0


def test_dropping_leaves_no_half_piece(pipe: tuple[int, int]) -> None:
    """The piece that is written in part is written to its end; the others are forgotten."""
    reading, writing = pipe
    queue = WriteQueue(writing)
    queue.write(b"a" * 100_000)
    queue.write(b"b" * 10)
    queue.drop()
    received = read_what_is_there(reading)
    queue.flush(60)
    assert received + read_what_is_there(reading) == b"a" * 100_000


def test_a_flush_gives_up_in_time(pipe: tuple[int, int]) -> None:
    """Nobody reads: what waits still waits."""
    _reading, writing = pipe
    queue = WriteQueue(writing)
    queue.write(b"a" * 1_000_000)
    before = len(queue)
    queue.flush(0.01)
    assert len(queue) == before > 0
    queue.clear()
    assert len(queue) == 0


def test_a_reader_that_is_gone_is_no_error() -> None:
    """What is written to it counts as read."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.close(reading)
    queue = WriteQueue(writing)
    queue.write(b"a" * 1_000_000)
    assert len(queue) == 0
    os.close(writing)
