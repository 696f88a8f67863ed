"""The scrollback through the pane: looking back, selecting, copying."""

from __future__ import annotations

import base64
import os
import signal
from pathlib import Path

import pytest

from tests.support.cells import read_cells
from tests.support.outer_terminal import OuterTerminal
from tests.support.pane_programs import PIPE_READER, PLAYER, Pipe, Player, Start

pytestmark = pytest.mark.end_to_end


async def test_scrollback(start: Start) -> None:
    """PageUp, the wheel and typing move the view; a mark says that one is not at the bottom."""
    terminal = await start(
        "import sys\nfor n in range(200): print('line', n)\nprint('READY', flush=True)\n"
        "sys.stdin.readline()\nprint('more\\n' * 50, flush=True)\nsys.stdin.readline()"
    )
    terminal.type(b"\x1b[5~")
    await terminal.until(
        lambda: "line 125" in terminal.text() and "39 more lines" in terminal.text()
    )
    terminal.type(b"\x1b[<65;5;5M")
    await terminal.until_text("36 more lines")
    terminal.type(b"\x1b[<64;5;5M")
    await terminal.until_text("39 more lines")
    terminal.type(b"x")
    await terminal.until(lambda: "more lines" not in terminal.text() and "READY" in terminal.text())


async def test_view_is_anchored(start: Start) -> None:
    """Output that arrives does not move what one looks at."""
    terminal = await start(
        "import os, signal, time\n"
        "for n in range(200): print('line', n)\n"
        "print('READY', flush=True)\n"
        "signal.signal(signal.SIGUSR1, lambda *_: print('new\\n' * 9, flush=True))\n"
        "print('pid=%d.' % os.getpid(), flush=True)\n"
        "while True: time.sleep(0.01)"
    )
    await terminal.until_text(".")
    program = int(terminal.text().split("pid=")[1].split(".")[0])
    terminal.type(b"\x1b[5;2~")
    await terminal.until_text("39 more lines")
    first = terminal.emulator.lines()[1]
    os.kill(program, signal.SIGUSR1)
    await terminal.until_text("49 more lines")
    assert terminal.emulator.lines()[1] == first


async def test_selection_is_copied(start: Start) -> None:
    """A drag copies to the clipboard through OSC 52, with Shift also over a mouse program."""
    terminal = await start("print('\\x1b[?1000h\\x1b[?1006hREADY', end='', flush=True); input()")
    terminal.type(b"\x1b[<4;1;1M\x1b[<36;4;1M\x1b[<4;4;1m")
    await terminal.until(lambda: b"\x1b]52;c;UkVBRA==\x07" in terminal.output, "OSC 52 of READ")
    await terminal.until_text("copied 4")


async def test_too_long_a_selection_is_not_said_to_be_copied(start: Start) -> None:
    """What terminals do not take through OSC 52 is not sent, and the user is told so."""
    terminal = await start("print('x' * 80_000, end='READY', flush=True); input()")
    terminal.type(b"\x1b[<0;1;1M\x1b[<0;1;1m" * 3)
    await terminal.until_text("not copied 80005")
    assert b"\x1b]52;" not in terminal.output


async def click(terminal: OuterTerminal, column: int, row: int, times: int, copied: str) -> None:
    """Click at a cell, counted from one, and wait until the text is on the clipboard."""
    del terminal.output[:]
    terminal.type(b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (column, row, column, row) * times)
    await until_copied(terminal, copied)


async def until_copied(terminal: OuterTerminal, text: str) -> None:
    """Wait until the terminal was told to put a text on the clipboard."""
    sequence = b"\x1b]52;c;%b\x07" % base64.b64encode(text.encode())
    await terminal.until(lambda: sequence in terminal.output, f"{text!r} copied")


WRAPPED = "a_long_word_" * 15
PAGE = (
    f"first line with words/and/paths.txt and 漢字漢字 end\r\n{WRAPPED} tail\r\n"
    + "." * 119
    + "漢👩\u200d💻e\u0301 after\r\nlast   "
)


async def test_words_and_lines_are_selected(start: Start, tmp_path: Path) -> None:
    """Two clicks take a word, three a line, both across wrapped rows and wide characters."""
    terminal = await start(PLAYER)
    await Player(terminal, tmp_path).play(b"\x1b[2J\x1b[H" + PAGE.encode())
    await click(terminal, 25, 1, 2, "words/and/paths.txt")
    # Another place, so that it is no third click there.
    await click(terminal, 5, 2, 2, WRAPPED)
    await click(terminal, 3, 1, 3, "first line with words/and/paths.txt and 漢字漢字 end")
    await click(terminal, 9, 3, 3, WRAPPED + " tail")
    await click(terminal, 9, 4, 3, "." * 119 + "漢👩\u200d💻e\u0301 after")


async def test_drag_across_wrapped_rows_and_wide_characters(start: Start, tmp_path: Path) -> None:
    """What is dragged over is marked cell by cell, copied as it was written, and unmarked after."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    await player.play(b"\x1b[2J\x1b[H" + PAGE.encode())
    await terminal.until_text("last")
    before = read_cells(terminal.emulator, 40)
    terminal.type(b"\x1b[<0;45;1M\x1b[<32;44;3M")

    def marked() -> set[int]:
        rows = read_cells(terminal.emulator, 4)
        return {y for y, row in enumerate(rows) if any("inverse" in c.attributes for c in row)}

    await terminal.until(lambda: marked() == {0, 1, 2}, "three marked rows")
    terminal.type(b"\x1b[<0;44;3m")
    await until_copied(terminal, f"漢字 end\n{WRAPPED}"[: len("漢字 end\n") + 120 + 44])
    terminal.type(b"@")
    await terminal.until(lambda: read_cells(terminal.emulator, 40) == before, "nothing marked")


async def test_search_in_the_scrollback(start: Start) -> None:
    """Matches in scrolled-off lines are shown and marked, not under what says where one is."""
    terminal = await start(
        "for n in range(300): print('x' * (n % 7 * 23), 'Needle' if n % 100 == 50 else 'hay', n)\n"
        "print('READY', flush=True)\ninput()"
    )
    for line in (250, 150, 50):
        terminal.type(b"\x1bOS")
        await terminal.until(lambda: f"Needle {line}" in unwrapped(terminal), f"line {line}")  # noqa: B023
        await terminal.until_text("copied 6")
    cells = read_cells(terminal.emulator, 40)
    marked = "".join(c.text for row in cells[1:] for c in row if "inverse" in c.attributes)
    assert marked == "Needle"


def unwrapped(terminal: OuterTerminal) -> str:
    """Return the screen with its rows joined."""
    return "".join(line.ljust(120) for line in terminal.emulator.lines())


async def test_selection_in_the_scrolled_back_view(start: Start, pipe: Pipe) -> None:
    """What is selected while scrolled back is what is seen there, also when output arrives."""
    terminal = await start(PIPE_READER, pipe.name)
    pipe.write(b"".join(b"\r\nword%03d here" % number for number in range(200)))
    await terminal.until_text("word199")
    terminal.type(b"\x1b[5;2~")
    await terminal.until_text("39 more lines")
    seen = terminal.emulator.lines()[9].split()[0]
    pipe.write(b"\r\nmore" * 60)
    await terminal.until_text("99 more lines")
    assert terminal.emulator.lines()[9].split()[0] == seen
    await click(terminal, 3, 10, 2, seen)


async def test_keys_of_the_scrollback_reach_both_ends(start: Start) -> None:
    """Pages go as far as the first line and back to the bottom, where the mark goes away."""
    terminal = await start(
        "for n in range(200): print('line', n)\nprint('READY', flush=True)\ninput()"
    )
    bottom = read_cells(terminal.emulator, 40)
    for _ in range(8):
        terminal.type(b"\x1b[5~")
    await terminal.until(lambda: terminal.emulator.lines()[1] == "line 1", "the first lines")
    for _ in range(8):
        terminal.type(b"\x1b[6~")
    await terminal.until(lambda: read_cells(terminal.emulator, 40) == bottom, "the bottom")
