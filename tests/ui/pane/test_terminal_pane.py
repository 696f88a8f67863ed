"""The pane's life: its size, its program's end, its own."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
from pathlib import Path

import pytest

from tests.support.cells import read_cells
from tests.support.outer_terminal import OuterTerminal
from tests.support.pane_programs import Start

pytestmark = pytest.mark.end_to_end

# Streams lines of all widths until a key comes; then says how large it was told that it is, and
# how large it is.
STREAM = """
import os, select, signal, sys, tty
tty.setraw(0)
told = 0, 0
def learn(*_):
    global told
    told = os.get_terminal_size(1)
signal.signal(signal.SIGWINCH, learn)

number = asked = 0
while True:
    if select.select([0], [], [], 0)[0] and os.read(0, 1) == b"g":
        asked += 1
        os.write(1, b"\\r\\n<%d:%d,%d %d,%d>" % (asked, *told, *os.get_terminal_size(1)))
        while os.read(0, 1) != b"s":
            pass
    number += 1
    line = "%d \\x1b[%dm漢字 e\\u0301 words \\x1b[0m" % (number, 31 + number % 6) * (number % 9)
    data = line.encode() + b"\\r\\n"
    while data:
        data = data[os.write(1, data):]
"""


@pytest.mark.parametrize("end", [(90, 20), (10, 3), (40, 10), (200, 60)], ids=str)
async def test_resize_storm(start: Start, tmp_path: Path, end: tuple[int, int]) -> None:
    """Under 200 resizes of a terminal full of output, down to 10 x 3, nothing gets out of step.

    The program has been told the size that it has in the end, and what the engine holds then is on
    the terminal, cell by cell.
    """
    dump = tmp_path / "dump"
    terminal = await start(STREAM, options=("--dump", str(dump)), ready="words")
    chooser = random.Random(1)
    for number in range(100):
        for _ in range(1 + number % 3):
            terminal.resize(chooser.randrange(10, 201), chooser.randrange(3, 61))
        length = len(terminal.output)
        await terminal.until(lambda: len(terminal.output) > length, "output")  # noqa: B023
    terminal.resize(*end)
    size = f"{end[0]},{end[1] - 1}"
    number = 1
    terminal.type(b"g")
    while f"<{number}:{size}{size}>" not in await answer(terminal, number):
        number += 1
        terminal.type(b"sg")
    await until_as_in_the_engine(terminal, dump)


async def answer(terminal: OuterTerminal, number: int) -> str:
    """Return what the program says of its size, whatever the width of the screen."""
    pattern = re.compile(rf"<{number}:[\d,]*>")
    await terminal.until(lambda: bool(pattern.search("".join(terminal.text().split()))), "sizes")
    return "".join(terminal.text().split())


async def until_as_in_the_engine(terminal: OuterTerminal, dump: Path) -> None:
    """Wait until the terminal shows what the engine holds."""
    terminal.type(b"\x1bOR")
    await terminal.until_text("dump 1")
    rows = terminal.emulator.rows - 1
    held = await asyncio.to_thread(dump.read_text)
    await terminal.until(lambda: str(read_cells(terminal.emulator, rows)) == held, held[:200])


async def test_prompt_survives_every_width(start: Start) -> None:
    """Narrower, wider and back: the prompt and what was typed are there, as the engine reflows."""
    terminal = await start(
        "print(*('word ' * n for n in range(60)), '$ typed READY',"
        " sep='\\n', end='', flush=True); input()"
    )
    for columns, rows in [(40, 41), (10, 3), (200, 60), (11, 4), (80, 24), (120, 41)]:
        terminal.resize(columns, rows)
        await terminal.until(
            lambda: "$typedREADY" in "".join(terminal.text().split()), f"{columns} x {rows}"
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_signals_restore_the_terminal(start: Start, number: signal.Signals) -> None:
    """Ended by a signal, the application gives the terminal back as it was."""
    terminal = await start("print('\\x1b[?1003h\\x1b[5 qREADY', end='', flush=True); input()")
    os.kill(terminal.process.pid, number)
    status = await terminal.ended()
    assert status.code == 128 + number
    emulator = terminal.emulator
    assert not emulator.alternate_screen
    assert not emulator.mouse_tracking
    assert emulator.cursor.visible
    assert emulator.kitty_flags == 0
    assert not emulator.mode(2004)
    assert not emulator.mode(1004)
    assert emulator.mode(7)


async def test_last_screen_stays_when_the_program_ends(start: Start) -> None:
    """The pane keeps what the program showed last."""
    terminal = await start("print('last words READY', flush=True); raise SystemExit(3)")
    await terminal.until_text("child exit status 3")
    assert "last words READY" in terminal.text()
    await terminal.until(lambda: not terminal.emulator.cursor.visible, "no cursor")
