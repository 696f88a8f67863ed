"""Programs that run in the pane of `pane_app`, and what talks to them through the whole pane."""

from __future__ import annotations

import os
import zlib
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from codex_voice.terminal.emulator import Emulator
from tests.support.cells import Cell, differences, read_cells, read_rows
from tests.support.outer_terminal import OuterTerminal

# Plays the files named on its standard input as @FILE@, between the answers to what they ask, and
# says in the status when done.
PLAYER = """
import os, sys, termios, tty
tty.setraw(0)
os.write(1, b"READY")
count = 0
while True:
    read = b""
    while read.count(b"@") < 2:
        read += os.read(0, 1)
    data = memoryview(open(read.split(b"@")[1], "rb").read())
    while data:
        data = data[os.write(1, data[:4096]):]
    count += 1
    os.write(1, b"\\x1b]7501;played=%d\\x1b\\\\" % count)
"""
# Writes what it is told at start, and what it reads as @HEXADECIMAL@; says in the status how much
# it has read, the checksum of it, and the end of it.
LISTENER = """
import os, sys, tty, zlib
tty.setraw(0)
os.write(1, sys.argv[1].encode() + b"READY")
length = checksum = marks = 0
last = b""
while True:
    data = os.read(0, 65536)
    length += len(data)
    checksum = zlib.crc32(data, checksum)
    last = (last + data)[-4096:]
    marks += data.count(b"@")
    if marks == 2:
        marks = 0
        os.write(1, bytes.fromhex(last.split(b"@")[-2].decode()))
    told = (length, checksum, last[-30:].hex().encode())
    os.write(1, b"\\x1b]7501;read=%d:%08x:%s\\x1b\\\\" % told)
"""
# Writes what comes through the pipe that it is given, whoever has the keys.
PIPE_READER = """
import os, sys
pipe = os.open(sys.argv[1], os.O_RDWR)
os.write(1, b"READY")
while True:
    data = memoryview(os.read(pipe, 4096))
    while data:
        data = data[os.write(1, data):]
"""

Start = Callable[..., Awaitable[OuterTerminal]]


class Player:
    """The pane with a program in it that writes what it is given."""

    def __init__(self, terminal: OuterTerminal, directory: Path) -> None:
        self.terminal = terminal
        self._path = directory / "played"
        self._count = 0

    async def play(self, data: bytes) -> None:
        """Have the program write something, and wait until the pane has read it all."""
        self.begin(data)
        await self.terminal.until_text(f"status played={self._count}")

    def begin(self, data: bytes) -> None:
        """Have the program write something."""
        self._path.write_bytes(data)
        self._count += 1
        self.terminal.type(b"@%b@" % str(self._path).encode())

    async def until_shown(self, expected: Emulator, what: str, covered: bool = False) -> None:
        """Wait until the terminal shows, in every cell, what an emulator holds.

        Args:
            expected: Of the pane's size.
            what: What is compared, for the message.
            covered: Whether something lies over the last cell of the first row.
        """
        wanted = read_cells(expected)
        try:
            await self.terminal.until(partial(same, self.terminal, wanted, covered), what)
        except AssertionError as error:
            wrong = differences(wanted, read_cells(self.terminal.emulator, len(wanted)))
            raise AssertionError(f"{error}\n" + "\n".join(wrong[:20])) from None


def same(terminal: OuterTerminal, wanted: list[list[Cell]], covered: bool = False) -> bool:
    """Return whether the pane's rows are as wanted, but for a covered cell in the first row."""
    for number, (row, shown) in enumerate(
        zip(wanted, read_rows(terminal.emulator, len(wanted)), strict=True)
    ):
        if covered and number == 0:
            shown[-2:] = row[-2:]
        if shown != row:
            return False
    return True


class Pipe:
    """A named pipe to a program in the pane."""

    def __init__(self, directory: Path) -> None:
        path = directory / "pipe"
        os.mkfifo(path)
        self.name = str(path)
        # Open on both sides from the start, so that nobody waits for the other.
        self._file = path.open("r+b", buffering=0)

    def write(self, data: bytes) -> None:
        """Send at most 64 KiB."""
        self._file.write(data)

    def close(self) -> None:
        """Close it."""
        self._file.close()


class PaneListener:
    """The pane with a program in it that tells what it reads."""

    def __init__(self, terminal: OuterTerminal) -> None:
        self.terminal = terminal
        self._length = self._checksum = 0
        self._last = b""

    async def expect(self, expected: bytes) -> None:
        """Wait until the program has read exactly this since the last time."""
        self._length += len(expected)
        self._checksum = zlib.crc32(expected, self._checksum)
        self._last = (self._last + expected)[-30:]
        line = f"read={self._length}:{self._checksum:08x}:{self._last.hex()}"
        await self.terminal.until_text(line)

    async def type(self, keys: bytes, expected: bytes) -> None:
        """Type keys and wait until the program has read `expected`."""
        self.terminal.type(keys)
        await self.expect(expected)

    async def ask_for(self, data: bytes, answer: bytes = b"") -> None:
        """Have the program write something, such as modes that it asks for, and read `answer`."""
        written = b"@%b@" % data.hex().encode()
        await self.type(written, written + answer)


async def listen(start: Start, modes: str = "", **options: object) -> PaneListener:
    """Start the pane with a program that has asked for `modes` and tells what it reads."""
    return PaneListener(await start(LISTENER, modes, **options))
