"""Programs and terminals that mean harm, or have bad luck."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from codex_voice.terminal.emulator import Emulator
from tests.support.outer_terminal import OuterTerminal
from tests.support.pane_programs import PLAYER, Pipe, Player, Start
from tests.terminal.test_emulator import mutate
from tests.ui.conftest import COLUMNS, ROWS

MEBIBYTE = 1 << 20
# Ends whatever string or sequence was left open, and resets.
CALM = b"\x18\x1b\\\x1bc"
# Ends by itself while a child of it holds the terminal open.
LEAVER = """
import os, signal, sys, time
signal.signal(signal.SIGHUP, signal.SIG_IGN)
if os.fork():
    print("READY", flush=True)
    time.sleep(0.05)
    os._exit(4)
while True:
    try:
        os.write(1, b"left behind\\r\\n")
    except OSError:
        os._exit(0)
    time.sleep(0.01)
"""
# Asks the terminal after much output and passes the answer on, while the terminal is not read.
ASKER = """
import os, sys, tty
tty.setraw(0)
os.write(1, b"READY")
os.read(0, 1)
for n in range(3000):
    os.write(1, b"\\x1b[H" + b"%08d" % n * 500)
os.write(1, b"\\x1b[5;7H\\x1b[6n\\x1b[c\\x1b[5n")
answer = b""
while not answer.endswith(b"n"):
    answer += os.read(0, 100)
with open(sys.argv[1], "wb") as pipe:
    pipe.write(answer)
os.write(1, open(sys.argv[2], "rb").read())
os.read(0, 1)
"""


def memory_of(terminal: OuterTerminal) -> int:
    """Return the bytes of memory that the application takes."""
    command = ["ps", "-o", "rss=", "-p", str(terminal.process.pid)]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout) * 1024


class Menu:
    """Somebody who opens and closes the menu."""

    def __init__(self, terminal: OuterTerminal) -> None:
        self._terminal = terminal
        self._count = 0

    async def answers(self) -> None:
        """Open the menu and close it again."""
        self._terminal.type(b"\x1bOP")
        await self._terminal.until_text("DIALOG")
        self._terminal.type(b"\x1b")
        self._count += 1
        # That it is not on the screen says little while the screen changes its size.
        await self._terminal.until_text(f"closed={self._count}")


async def ends(terminal: OuterTerminal) -> None:
    """End the application as a closed window does."""
    os.kill(terminal.process.pid, signal.SIGTERM)
    status = await terminal.ended()
    assert status.code == 128 + signal.SIGTERM


@pytest.mark.parametrize("kind", ["random", "mutated"])
async def test_hostile_output_leaves_the_application_alive(
    start: Start, tmp_path: Path, kind: str
) -> None:
    """20 MB of bytes that mean harm, with resizes: the menu answers, memory stays bounded."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    chooser = random.Random(1)
    if kind == "random":
        data = chooser.randbytes(20 * MEBIBYTE)
    else:
        data = b"".join(mutate(chooser) for _ in range(100))
        data *= 20 * MEBIBYTE // len(data)
    before = memory_of(terminal)
    player.begin(data + CALM)
    menu = Menu(terminal)
    for columns, rows in [(80, 24), (50, 10), (200, 60), (COLUMNS, ROWS)]:
        terminal.resize(columns, rows)
        await menu.answers()
    await terminal.until_text("status played=1")
    await terminal.until(lambda: not any(terminal.emulator.lines()[:-1]), "a blank pane")
    assert terminal.emulator.alternate_screen
    assert terminal.emulator.columns == COLUMNS
    assert memory_of(terminal) - before < 100 * MEBIBYTE
    await player.play(b"\x1b[3;3Hstill exact \x1b[31mred")
    expected = Emulator(COLUMNS, ROWS - 1)
    expected.feed(b"\x1b[3;3Hstill exact \x1b[31mred")
    await player.until_shown(expected, "the screen after it")


@pytest.mark.parametrize(
    "beginning",
    [b"\x1b]0;", b"\x1b]52;c;", b"\x1b]7501;", b"\x1bPq", b"\x1b_G", b"\x1b[1;"],
    ids=repr,
)
async def test_endless_string(start: Start, tmp_path: Path, beginning: bytes) -> None:
    """A string that never ends costs bounded memory; nothing of it gets to the terminal."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    await player.play(b"\x1b[2J")
    before = memory_of(terminal)
    del terminal.output[:]
    letter = b"1" if beginning == b"\x1b[1;" else b"Z"
    player.begin(beginning + letter * (10 * MEBIBYTE) + CALM + b"AFTER")
    await Menu(terminal).answers()
    await terminal.until(lambda: terminal.emulator.lines()[0] == "AFTER", "what follows")
    assert memory_of(terminal) - before < 50 * MEBIBYTE
    assert letter * 20 not in terminal.output


async def test_unclosed_update_is_shown(start: Start) -> None:
    """A synchronized update that never ends does not hide the program for ever."""
    terminal = await start("print('\\x1b[?2026hREADY', end='', flush=True); input()")
    await Menu(terminal).answers()


async def test_program_that_never_reads(start: Start) -> None:
    """What is typed to a program that never reads costs bounded memory; what is lost is told."""
    terminal = await start(
        "import signal, tty; tty.setraw(0); print('READY', flush=True); signal.pause()"
    )
    before = memory_of(terminal)
    menu = Menu(terminal)
    for _ in range(8):
        terminal.type(b"\x1b[200~" + b"p" * MEBIBYTE + b"\x1b[201~")
        await menu.answers()
    terminal.type(b"\x1b[200~one more\x1b[201~")
    await terminal.until_text("paste refused 8")
    terminal.type(b"typed")
    terminal.type(b"\0")
    await terminal.until_text("ctrl+space press")
    assert memory_of(terminal) - before < 50 * MEBIBYTE
    await ends(terminal)


async def test_program_that_closes_its_terminal_and_lives(start: Start, pipe: Pipe) -> None:
    """Its last screen stays, the menu answers, keys go nowhere, and it is ended with the rest."""
    terminal = await start(
        "import os, sys\nos.write(1, b'READY %d.' % os.getpid())\n"
        "for fd in 0, 1, 2: os.close(fd)\nopen(sys.argv[1], 'rb').read()",
        pipe.name,
    )
    await terminal.until_text(".")
    program = int(terminal.text().split("READY ")[1].split(".")[0])
    terminal.type(b"x" * 10_000)
    terminal.resize(80, 24)
    await Menu(terminal).answers()
    assert "READY" in terminal.text()
    await ends(terminal)
    with pytest.raises(ProcessLookupError):
        os.kill(program, 0)


async def test_program_that_leaves_a_child_behind(start: Start) -> None:
    """The end of the program is told although a child of it keeps on writing."""
    # What the child writes may scroll an earlier word away before the pane has started.
    terminal = await start(LEAVER, ready="child exit status 4")
    await Menu(terminal).answers()
    terminal.type(b"x")
    await ends(terminal)


async def test_program_that_ends_at_once(start: Start) -> None:
    """Its end is told, and another can take its place."""
    terminal = await start("raise SystemExit(3)", ready="child exit status 3")
    terminal.type(b"\x1bOQ")
    await terminal.until_text("child exit status 3 restarted=1")
    await ends(terminal)


async def test_program_that_rings_for_ever(start: Start, tmp_path: Path) -> None:
    """Bells and notifications that never stop are passed on now and then; the rest is shown."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    del terminal.output[:]
    player.begin(b"\x07\x1b]0;t\x07\x1b]0;u\x07\x1b]9;n\x07" * 100_000 + b"\r\nAFTER")
    await Menu(terminal).answers()
    await terminal.until_text("AFTER")
    bells = terminal.output.count(b"\x07") - terminal.output.count(b"\x1b]0;")
    assert 0 < bells < 1_000
    assert 0 < terminal.output.count(b"\x1b]9;n") < 100


async def test_clogged_terminal_does_not_stop_the_program(start: Start, tmp_path: Path) -> None:
    """While the terminal takes nothing, questions are answered; then it shows what there is."""
    answers, page = tmp_path / "answers", tmp_path / "page"
    os.mkfifo(answers)
    data = (
        "\x1b]0;set meanwhile\x07\x1b[2J\x1b[H"
        + "漢字\x1b[44;4:3m wavy \x1b[0m👩\u200d💻" * 100
        + "DONE"
    )
    page.write_text(data)
    terminal = await start(ASKER, str(answers), str(page))
    terminal.type(b"g")
    terminal.pause(True)
    answer = await asyncio.wait_for(asyncio.to_thread(answers.read_bytes), 60)
    assert answer == b"\x1b[5;7R\x1b[?62;22c\x1b[0n"
    terminal.type(b"\0")
    terminal.pause(False)
    await terminal.until_text("ctrl+space press")
    expected = Emulator(COLUMNS, ROWS - 1)
    expected.feed(data.encode())
    await Player(terminal, tmp_path).until_shown(expected, "the last page")
    assert b"\x1b]0;set meanwhile\x07" in terminal.output
