"""Programs and terminals that mean harm, or have bad luck."""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
from pathlib import Path

from tests.support.pane_programs import PLAYER, Player, Start
from tests.ui.conftest import COLUMNS


async def test_clogged_terminal_does_not_stop_the_program(start: Start) -> None:
    """While the user's terminal takes nothing, the program's questions are answered."""
    source = (
        "import os, sys, tty\ntty.setraw(0)\nos.write(1, b'READY')\nos.read(0, 1)\n"
        "for n in range(3000): os.write(1, b'\\x1b[H' + b'%08d' % n * 500)\n"
        "os.write(1, b'\\x1b[6n'); answer = os.read(0, 100)\n"
        "os.mkfifo(sys.argv[1]); open(sys.argv[1], 'wb').write(answer)\n"
        "os.write(1, b'\\x1b[2J\\x1b[HDONE')\nos.read(0, 1)"
    )
    with tempfile.TemporaryDirectory() as folder:
        fifo = f"{folder}/answer"
        terminal = await start(source, fifo)
        terminal.type(b"g")
        terminal.pause(True)
        answer = await asyncio.wait_for(asyncio.to_thread(read_fifo, fifo), 30)
        assert answer.endswith(b"R")
        terminal.pause(False)
        await terminal.until_text("DONE")


def read_fifo(path: str) -> bytes:
    """Wait for a pipe to be made and written to; return what is in it."""
    while True:
        with contextlib.suppress(FileNotFoundError), Path(path).open("rb") as pipe:
            return pipe.read()


async def test_hostile_output_leaves_the_application_alive(start: Start, tmp_path: Path) -> None:
    """Random bytes neither end the application nor keep it from its menu."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    player.begin(random.Random(1).randbytes(3_000_000) + b"\x18\x1b\\\x1bc")
    terminal.type(b"\x1bOP")
    await terminal.until_text("DIALOG")
    terminal.type(b"\x1b")
    await terminal.until(lambda: "DIALOG" not in terminal.text(), "closed dialog")
    await terminal.until_text("status played=1")
    await terminal.until(lambda: not any(terminal.emulator.lines()[:-1]), "a blank pane")
    assert terminal.emulator.alternate_screen
    assert terminal.emulator.columns == COLUMNS
