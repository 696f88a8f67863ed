"""The whole pane in a terminal: what the program draws is what the user's terminal shows."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from codex_voice.terminal.emulator import Emulator
from tests.support.cells import Cell, read_cells
from tests.support.outer_terminal import OuterTerminal
from tests.terminal.battery import CASES

RECORDINGS = sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.raw"))
COLUMNS, ROWS = 120, 41
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
# Writes what it is told at start, then says in the status how much it has read, and the end of it.
LISTENER = """
import os, sys, tty
tty.setraw(0)
os.write(1, sys.argv[1].encode() + b"READY")
read = b""
while True:
    read += os.read(0, 4096)
    os.write(1, b"\\x1b]7501;read=%d:%s\\x1b\\\\" % (len(read), read[-40:].hex().encode()))
"""

Start = Callable[..., Awaitable[OuterTerminal]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start the pane with a Python program in it, in a terminal."""
    started: list[OuterTerminal] = []

    async def start_pane(
        source: str,
        *arguments: str,
        options: tuple[str, ...] = (),
        ready: str = "READY",
        columns: int = COLUMNS,
        rows: int = ROWS,
        kitty: bool = False,
        background: tuple[int, int, int] = (0, 0, 0),
    ) -> OuterTerminal:
        command = [sys.executable, "-m", "tests.support.pane_app", *options, "--"]
        program = [sys.executable, "-SEc", source, *arguments]
        terminal = OuterTerminal(
            [*command, *program], columns, rows, kitty=kitty, background=background
        )
        started.append(terminal)
        await terminal.until_text(ready)
        return terminal

    yield start_pane
    for terminal in started:
        await terminal.close()


async def play(terminal: OuterTerminal, path: Path, number: int) -> None:
    """Have the player write a file, and wait until it says so."""
    terminal.type(b"@%b@" % str(path).encode())
    await terminal.until_text(f"status played={number}")


@pytest.mark.parametrize("options", [(), ("--covered",)], ids=["direct", "compositor"])
async def test_conformance_through_the_pane(
    start: Start, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Every case of the battery is on the user's terminal as it is in the engine."""
    terminal = await start(PLAYER, options=options)
    covered = bool(options)
    for number, case in enumerate(CASES, start=1):
        path = tmp_path / "case"
        path.write_bytes(b"\x1bc" + case.written)
        expected = Emulator(COLUMNS, ROWS - 1)
        expected.feed(path.read_bytes())
        await play(terminal, path, number)
        shows = partial(same, terminal, read_cells(expected), covered)
        await terminal.until(shows, f"{case.name}: {case.written!r}")


@pytest.mark.parametrize("options", [(), ("--covered",)], ids=["direct", "compositor"])
async def test_recordings_through_the_pane(start: Start, options: tuple[str, ...]) -> None:
    """Sessions of Codex end on the user's terminal as they end in the engine."""
    terminal = await start(PLAYER, options=options)
    expected = Emulator(COLUMNS, ROWS - 1)
    for number, path in enumerate(RECORDINGS, start=1):
        expected.feed(path.read_bytes())
        await play(terminal, path, number)
        shows = partial(same, terminal, read_cells(expected), bool(options))
        await terminal.until(shows, path.stem)


def same(terminal: OuterTerminal, wanted: list[list[Cell]], covered: bool) -> bool:
    """Tell whether the pane's rows are as wanted, but for a covered cell in the first row."""
    shown = read_cells(terminal.emulator, ROWS - 1)
    if covered:
        shown[0][-2:] = wanted[0][-2:]
    return shown == wanted


class Listener:
    """The pane with a program in it that tells what it reads."""

    def __init__(self, terminal: OuterTerminal) -> None:
        self.terminal = terminal
        self._read = b""

    async def expect(self, expected: bytes) -> None:
        """Wait until the program has read exactly this since the last time."""
        self._read += expected
        await self.terminal.until_text(f"read={len(self._read)}:{self._read[-40:].hex()}")

    async def type(self, keys: bytes, expected: bytes) -> None:
        """Type keys and wait until the program has read `expected`."""
        self.terminal.type(keys)
        await self.expect(expected)


async def listen(start: Start, modes: str = "", **options: object) -> Listener:
    """Start the pane with a program that has asked for `modes` and tells what it reads."""
    return Listener(await start(LISTENER, modes, **options))


async def test_keys_reach_the_program_as_typed(start: Start) -> None:
    """In a legacy terminal bytes go through unchanged; Esc alone does too."""
    listener = await listen(start)
    for keys in (
        b"a",
        b"\x03",
        b"\x1b[Z",
        b"\x1bx",
        b"\x1b[1;5D",
        "漢é👍".encode(),
        b"\x7f",
        b"\x08",
    ):
        await listener.type(keys, keys)
    await listener.type(b"\x1b", b"\x1b")
    await listener.type(b"\x1b[200~a\nb \x1b[31m\x1b[201~", b"a\rb \x1b[31m")


async def test_modes_of_the_program_are_kept(start: Start) -> None:
    """Application cursor keys, bracketed paste, focus and mouse reports come as asked for."""
    listener = await listen(start, "\x1b[?1h\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h")
    for keys, expected in (
        (b"\x1b[A", b"\x1bOA"),
        (b"\x1b[200~a\nb \x1b[31m\x1b[201~", b"\x1b[200~a\nb \x1b[31m\x1b[201~"),
        (b"\x1b[O", b"\x1b[O"),
        (b"\x1b[I", b"\x1b[I"),
        (b"\x1b[<0;5;5M\x1b[<32;6;5M\x1b[<0;6;5m", b"\x1b[<0;5;5M\x1b[<32;6;5M\x1b[<0;6;5m"),
        (b"\x1b[<35;6;5M\x1b[<64;6;5M", b"\x1b[<64;6;5M"),
    ):
        await listener.type(keys, expected)


async def test_kitty_protocol_end_to_end(start: Start) -> None:
    """A terminal with the protocol reports releases; the program gets what it asked for."""
    listener = await listen(start, "\x1b[>7u", kitty=True)
    terminal = listener.terminal
    await terminal.until(lambda: terminal.emulator.kitty_flags == 27, "flags 27")
    for keys, expected in (
        (b"\x1b[97;;97u", b"a"),
        (b"\x1b[97;5u\x1b[97;5:3u", b"\x1b[97;5u\x1b[97;5:3u"),
        (b"\x1b[13;2u", b"\x1b[13;2u"),
        (b"\x1b[27u", b"\x1b[27u"),
    ):
        await listener.type(keys, expected)
    terminal.type(b"\x1b[57448;5u")
    await terminal.until_text("right_ctrl press release=True")
    terminal.type(b"\x1b[57448;5:3u")
    await terminal.until_text("right_ctrl release release=True")


async def test_releases_never_reach_textual(start: Start) -> None:
    """With a dialog open, releases and odd keys are harmless, and Escape still closes it."""
    listener = await listen(start, kitty=True)
    terminal = listener.terminal
    terminal.type(b"\x1b[57364u\x1bOP")
    await terminal.until_text("DIALOG")
    terminal.type(b"\x1b[97;1:3u\x1b[32;5:3u\x1b[97:65;2:2u\x1b[1;1:3A\x1b[57441;2:1u")
    await terminal.until_text("ctrl+space release")
    terminal.type(b"\x1b[27;1:1u\x1b[27;1:3u")
    await terminal.until(lambda: "DIALOG" not in terminal.text(), "closed dialog")
    await listener.type(b"\x1b[120;;120u", b"x")


async def test_talk_key_is_ours(start: Start) -> None:
    """Ctrl-Space goes to the application and not to the program."""
    listener = await listen(start)
    terminal = listener.terminal
    terminal.type(b"\0")
    await terminal.until_text("ctrl+space press release=False")
    await listener.type(b"z", b"z")


async def test_dialog_leaves_no_trace(start: Start) -> None:
    """What lies over the pane is gone when it closes; output under it is there."""
    terminal = await start("print('A' * 4000 + 'READY', end='', flush=True); input()")
    before = read_cells(terminal.emulator, ROWS - 1)
    terminal.type(b"\x1bOP")
    await terminal.until_text("DIALOG")
    assert not terminal.emulator.cursor.visible
    terminal.type(b"\x1b")
    await terminal.until(
        lambda: read_cells(terminal.emulator, ROWS - 1) == before, "the screen as it was"
    )
    await terminal.until(lambda: terminal.emulator.cursor.visible, "the cursor")


async def test_program_learns_the_colours(start: Start) -> None:
    """On a light terminal the program is told the light background, however early it asks."""
    listener = await listen(start, "\x1b]11;?\x07", background=(255, 250, 240))
    terminal = listener.terminal
    await listener.expect(b"\x1b]11;rgb:ffff/fafa/f0f0\x07")
    assert terminal.emulator.mode(1049)


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


async def test_what_is_passed_on(start: Start) -> None:
    """Title, bell and notification get to the terminal without control characters."""
    terminal = await start(
        "print('\\x1b]0;my\\x02 title\\x07\\x07\\x1b]9;done\\x07\\x1b]52;c;aGk=\\x07READY',"
        " end='', flush=True); input()"
    )
    await terminal.until(lambda: b"\x1b]9;done\x1b\\" in terminal.output, "notification")
    assert b"\x1b]0;my title\x07" in terminal.output
    assert b"\x07\x1b]9;" in terminal.output
    assert b"aGk=" not in terminal.output


async def test_unclosed_update_is_shown(start: Start) -> None:
    """A synchronized update that never ends does not hide the program for ever."""
    await start("print('\\x1b[?2026hREADY', end='', flush=True); input()")


async def test_resize_storm(start: Start) -> None:
    """At any size down to 10 x 3 the pane lives; the program learns the last size and shows it."""
    terminal = await start(
        "import os, signal, time\n"
        "def tell(*_): os.write(1, b'%d x %d ' % os.get_terminal_size(1))\n"
        "signal.signal(signal.SIGWINCH, tell)\n"
        "print('long ' * 99, 'READY', flush=True)\n"
        "while True: time.sleep(0.01)"
    )
    for columns, rows in [(10, 3), (200, 60), (11, 4), (80, 24), (10, 3)] * 8 + [(90, 20)]:
        terminal.resize(columns, rows)
    await terminal.until_text("90 x 19")


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
    path = tmp_path / "random"
    path.write_bytes(random.Random(1).randbytes(3_000_000) + b"\x18\x1b\\\x1bc")
    terminal.type(b"@%b@" % str(path).encode())
    terminal.type(b"\x1bOP")
    await terminal.until_text("DIALOG")
    terminal.type(b"\x1b")
    await terminal.until(lambda: "DIALOG" not in terminal.text(), "closed dialog")
    await terminal.until_text("status played=1")
    await terminal.until(lambda: not any(terminal.emulator.lines()[:-1]), "a blank pane")
    assert terminal.emulator.alternate_screen
    assert terminal.emulator.columns == COLUMNS


async def test_program_that_scrolls_itself_gets_the_wheel(start: Start) -> None:
    """In the alternate screen the wheel and PageUp are the program's, as it understands them."""
    listener = await listen(start, "\x1b[?1049h\x1b[?1000h\x1b[?1006h\x1b[H")
    await listener.type(b"\x1b[<64;6;5M", b"\x1b[<64;6;5M")
    await listener.type(b"\x1b[5~", b"\x1b[5~")
    listener = await listen(start, "\x1b[?1049h\x1b[H")
    await listener.type(b"\x1b[<65;6;5M", b"\x1b[B\x1b[B\x1b[B")
