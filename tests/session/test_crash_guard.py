"""The parent that cleans up after a crash."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from tests.support.outer_terminal import OuterTerminal

PROGRAM = """
import os, signal, sys, tty
from codex_voice.session.crash_guard import guarded

def run(guardian):
    tty.setraw(0)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    os.write(1, b"\\x1b[?1049h\\x1b[?1003h\\x1b[?2004h\\x1b[>27u\\x1b[?25ltaken over " +
             b"%d %d." % (os.getpid(), os.getppid()))
    if sys.argv[1] == "wait":
        os.read(guardian, 1)
        os.write(1, b"nobody stands by")
        return 0
    if sys.argv[1] == "return":
        return 7
    signal.sigwait([signal.SIGTERM])
    return 5

sys.exit(guarded(run))
"""
MODES = (1003, 2004)


async def start(what: str, shell: tuple[str, ...] = ()) -> tuple[OuterTerminal, int, int]:
    """Run the program; return it and the numbers of the child and the parent process."""
    terminal = OuterTerminal([*shell, sys.executable, "-c", PROGRAM, what], 60, 5, kitty=True)
    await terminal.until(lambda: "taken over " in terminal.text() and "." in terminal.text())
    child, parent = terminal.text().split("taken over ")[1].split(".")[0].split()
    return terminal, int(child), int(parent)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
async def test_a_crash_leaves_the_terminal_as_it_was(number: signal.Signals) -> None:
    """After a crash all modes are off, the main screen is back, and one line says what happened."""
    terminal, child, _parent = await start("pause")
    os.kill(child, number)
    status = await terminal.ended()
    emulator = terminal.emulator
    assert status.code == 128 + number
    assert not emulator.alternate_screen
    assert not any(emulator.mode(mode) for mode in MODES)
    assert emulator.kitty_flags == 0
    assert emulator.cursor.visible
    assert f"ended by {number.name}" in terminal.text().replace("\n", "")


async def test_a_signal_is_passed_on() -> None:
    """SIGTERM to the parent ends the child its own way, and its status is the parent's."""
    terminal, _child, parent = await start("pause")
    os.kill(parent, signal.SIGTERM)
    assert (await terminal.ended()).code == 5


async def test_the_status_is_that_of_the_child() -> None:
    """An ordinary end is passed on, and nothing is restored that the child left on purpose."""
    terminal = OuterTerminal([sys.executable, "-c", PROGRAM, "return"], 60, 5)
    assert (await terminal.ended()).code == 7
    assert terminal.emulator.alternate_screen


async def test_the_child_learns_that_nobody_stands_by() -> None:
    """When the parent is killed the child's file descriptor reaches its end."""
    terminal, _child, parent = await start("wait", ("sh", "-c", '"$@"; sleep 60', "sh"))
    os.kill(parent, signal.SIGKILL)
    await terminal.until_text("nobody stands by")
    await terminal.close()
