"""From the first output of the program in the pane to the whole app, in a real terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from codex_voice.ui.textual_compat import ENTER_ALTERNATE_SCREEN
from tests.support.outer_terminal import OuterTerminal

PROGRAM = [sys.executable, "-m", "codex_voice", "--no-voice"]
# Draws at once, and goes on showing each byte that it reads.
ECHO = r"""#!{python} -SE
import os, tty
tty.setraw(0)
os.write(1, b"FIRST " + b"\x1b]0;echo\x07")
while data := os.read(0, 1):
    os.write(1, data)
"""
ENDS = "#!/bin/sh\necho farewell\nexit 3\n"
_ENTER = ENTER_ALTERNATE_SCREEN.encode()


def program(folder: Path, source: str) -> str:
    """Write a program that stands where Codex is."""
    path = folder / "stand-in"
    path.write_text(source.replace("{python}", sys.executable), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def start(home: Path, source: str) -> OuterTerminal:
    """Run codex-voice around a program."""
    command = [*PROGRAM, "--codex", program(home, source)]
    return OuterTerminal(command, 100, 24, kitty=True, environment=dict(os.environ))


async def test_what_is_typed_while_the_app_is_loaded_arrives(home: Path) -> None:
    """Keys typed into the first screen reach the program once, in their order, with later ones."""
    terminal = start(home, ECHO)
    try:
        await terminal.until(lambda: _ENTER in terminal.output, "the first screen")
        terminal.type(b"ab\x03cd")
        await terminal.until_text("F1 menu")
        terminal.type(b"ef")
        await terminal.until_text("FIRST ab")
        await terminal.until_text("cdef")
    finally:
        await terminal.close()


async def test_the_screen_is_entered_once(home: Path) -> None:
    """The app goes on where the first screen is, which would flicker if it were cleared."""
    terminal = start(home, ECHO)
    try:
        await terminal.until_text("FIRST")
        await terminal.until_text("F1 menu")
        assert terminal.output.count(_ENTER) == 1
        assert "FIRST" in terminal.text()
    finally:
        await terminal.close()


async def test_a_program_that_ends_before_the_app_is_there_is_reported(home: Path) -> None:
    """Its last words are on the screen, and what can be done is offered."""
    terminal = start(home, ENDS)
    try:
        await terminal.until_text("Codex has ended (exit status 3)")
        assert "farewell" in terminal.text()
    finally:
        await terminal.close()
