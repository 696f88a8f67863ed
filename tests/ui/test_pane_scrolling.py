"""The scrollback through the pane: looking back, selecting, copying."""

from __future__ import annotations

import os
import signal

from tests.support.pane_programs import Start


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
