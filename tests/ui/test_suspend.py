"""Suspending as a job of a shell, and going on again."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from tests.support.outer_terminal import OuterTerminal

# A shell as far as it matters: it waits for its job, says when that has stopped and how the
# terminal is then, and continues it when Enter is pressed.
SHELL = """
import os, signal, subprocess, sys, termios
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
before = termios.tcgetattr(0)
pid = os.fork()
if pid == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execvp(sys.argv[1], sys.argv[1:])
print("PID", pid, flush=True)
stops = 0
while True:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        break
    os.tcsetpgrp(0, os.getpgrp())
    stops += 1
    state = "SANE" if termios.tcgetattr(0) == before else "RAW"
    print("\\x1b[9;1HSTOPPED", stops, state, flush=True)
    sys.stdin.readline()
    os.tcsetpgrp(0, pid)
    os.killpg(pid, signal.SIGCONT)
os.tcsetpgrp(0, os.getpgrp())
print("\\x1b[9;1HENDED", os.waitstatus_to_exitcode(status), flush=True)
"""
MODES = {1000: "mouse", 1003: "mouse", 1004: "focus", 2004: "paste", 1049: "alternate screen"}


@pytest.mark.parametrize("how", ["Ctrl-Z", "SIGTSTP"])
async def test_suspend_and_resume(home: Path, how: str) -> None:
    """The terminal is sane while the job is stopped, and everything is drawn again after."""
    program = [sys.executable, "-m", "codex_voice", "--practice", "--no-voice"]
    environment = dict(os.environ, PATH=os.defpath)
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    terminal = OuterTerminal(
        [sys.executable, "-c", SHELL, *program], 100, 24, kitty=True, environment=environment
    )
    try:
        await terminal.until_text("F1 menu")
        await terminal.until_text("idle")
        pid = int(re.search(rb"PID (\d+)", terminal.output)[1])  # type: ignore[index]
        for count in range(2 if how == "Ctrl-Z" else 1):
            if how == "Ctrl-Z":
                terminal.type(b"\x1b[122;5u")
            else:
                os.kill(pid, signal.SIGTSTP)
            await terminal.until_text(f"STOPPED {count + 1} SANE")
            on = [name for number, name in MODES.items() if terminal.emulator.mode(number)]
            assert on == []
            assert terminal.emulator.mode(7)
            assert terminal.emulator.kitty_flags == 0
            assert terminal.emulator.cursor.visible
            terminal.type(b"\n")
            await terminal.until_text("F1 menu")
            assert terminal.emulator.alternate_screen
            await terminal.until(lambda: terminal.emulator.kitty_flags != 0, "kitty flags")
        terminal.type(b"x marks")
        await terminal.until_text("x marks")
        os.kill(pid, signal.SIGTERM)
        await terminal.until_text("ENDED 143")
    finally:
        await terminal.close()
