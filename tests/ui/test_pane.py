"""The pane's life: its size, its program's end, its own."""

from __future__ import annotations

import os
import signal

import pytest

from tests.support.pane_programs import Start


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
