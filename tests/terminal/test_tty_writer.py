"""Writing to a terminal that may not take it."""

from __future__ import annotations

import asyncio
import os
import pty
import tty
from collections.abc import Iterator

import pytest

from codex_voice.terminal.tty_writer import TtyWriter


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """Return the reading side of a terminal, and the name of the other."""
    reading, other = pty.openpty()
    tty.setraw(other)
    yield reading, os.ttyname(other)
    os.close(reading)
    os.close(other)


async def read_all(fd: int, length: int) -> bytes:
    """Read from a terminal without blocking the loop."""
    return await asyncio.to_thread(_read, fd, length)


def _read(fd: int, length: int) -> bytes:
    data = b""
    while len(data) < length:
        data += os.read(fd, 65_536)
    return data


async def test_slow_terminal_gets_everything_in_order(terminal: tuple[int, str]) -> None:
    """What does not fit now is written when it does; then the drain is told."""
    reading, name = terminal
    drained: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    writer = TtyWriter(name, asyncio.get_running_loop(), drained.set_result)
    pieces = [b"%06d" % number for number in range(50_000)]
    for piece in pieces:
        writer.write(piece)
    clogged = [writer.clogged]
    assert await asyncio.wait_for(read_all(reading, 300_000), 30) == b"".join(pieces)
    assert await asyncio.wait_for(drained, 30) is False
    clogged.append(writer.clogged)
    assert clogged == [True, False]
    writer.close()


async def test_paused_terminal_costs_bounded_memory(terminal: tuple[int, str]) -> None:
    """A terminal that takes nothing loses whole writes, never parts, and that is told."""
    reading, name = terminal
    drained: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    writer = TtyWriter(name, asyncio.get_running_loop(), drained.set_result)
    for _ in range(200):
        writer.write(b"<" + b"x" * 99_998 + b">")
    assert len(writer._queue) < 5_000_000

    received = bytearray()
    arrived = asyncio.Event()

    def read() -> None:
        received.extend(os.read(reading, 65_536))
        if received.endswith(b"END"):
            arrived.set()

    asyncio.get_running_loop().add_reader(reading, read)
    assert await asyncio.wait_for(drained, 30) is True
    writer.write(b"END")
    await asyncio.wait_for(arrived.wait(), 30)
    asyncio.get_running_loop().remove_reader(reading)
    assert received.count(b"<") == received.count(b">") == received.count(b"><") + 1
    writer.close()


async def test_close_does_not_wait_for_ever(terminal: tuple[int, str]) -> None:
    """Leaving a paused terminal gives up after a moment."""
    _, name = terminal
    writer = TtyWriter(name, asyncio.get_running_loop(), lambda _: None)
    writer.write(b"x" * 1_000_000)
    await asyncio.wait_for(asyncio.to_thread(writer.close), 30)
