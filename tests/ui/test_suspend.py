"""Suspending as a job of a shell, and going on again."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.job_shell import JOB_SHELL
from tests.support.outer_terminal import OuterTerminal
from tests.support.process_tree import tree_of, until_gone

pytestmark = pytest.mark.end_to_end

MODES = {1000: "mouse", 1003: "mouse", 1004: "focus", 2004: "paste", 1049: "alternate screen"}


# Waits for answers of the terminal as long as a test may be held up.
PATIENT = """
from codex_voice.ui import driver
driver.ANSWER_SECONDS = 60.0
from codex_voice.cli.main import main
raise SystemExit(main())
"""


@asynccontextmanager
async def job(
    *, answers: bool = True, arguments: tuple[str, ...] = ("-m", "codex_voice")
) -> AsyncIterator[tuple[OuterTerminal, int]]:
    """Run the program as a job of the shell; give the terminal and the job's process group."""
    program = [sys.executable, *arguments, "--practice", "--no-voice"]
    environment = dict(os.environ, PATH=os.defpath)
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    terminal = OuterTerminal([*JOB_SHELL, *program], 100, 24, kitty=True, environment=environment)
    terminal.answers = answers
    try:
        await terminal.until_text("F1 menu")
        await terminal.until_text("idle")
        yield terminal, int(re.search(rb"PID (\d+)", terminal.output)[1])  # type: ignore[index]
    finally:
        await terminal.close()


async def end(terminal: OuterTerminal, pid: int) -> None:
    """End the job as `kill` does, and wait for the shell to report it."""
    os.kill(pid, signal.SIGTERM)
    await terminal.until_text("ENDED 143")


@pytest.mark.parametrize("how", ["Ctrl-Z", "SIGTSTP"])
async def test_suspend_and_resume(home: Path, how: str) -> None:
    """The terminal is sane while the job is stopped, and everything is drawn again after."""
    async with job() as (terminal, pid):
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
        await end(terminal, pid)


@pytest.mark.parametrize(
    ("signals", "status"),
    [
        # What bash and the kernel send to jobs when the terminal is closed, and the other order.
        ("SIGHUP SIGCONT", 129),
        ("SIGCONT SIGHUP", 129),
        # `kill %1`
        ("SIGTERM SIGCONT", 143),
    ],
)
async def test_a_suspended_job_that_is_to_end_does(home: Path, signals: str, status: int) -> None:
    """It ends with the status of the signal; the terminal stays the shell's, nothing is left."""
    async with job() as (terminal, pid):
        processes = tree_of(pid)
        assert len(processes) >= 3, "the parent that stands by, the app, the program in it"
        os.kill(pid, signal.SIGTSTP)
        await terminal.until_text("STOPPED 1 SANE")
        del terminal.output[:]
        terminal.type(signals.encode() + b"\n")
        await terminal.until_text(f"ENDED {status}")
        assert b"\x1b[?1049h" not in terminal.output
        assert await asyncio.to_thread(until_gone, processes) == set()


async def test_a_job_in_the_background_stays_stopped(home: Path) -> None:
    """`bg` gives it no terminal to draw on; `fg` does."""
    async with job() as (terminal, pid):
        os.kill(pid, signal.SIGTSTP)
        await terminal.until_text("STOPPED 1 SANE")
        terminal.type(b"SIGCONT\n")
        await terminal.until_text("STOPPED 2 SANE")
        terminal.type(b"\n")
        await terminal.until_text("F1 menu")
        await end(terminal, pid)


async def test_closing_the_terminal_ends_a_suspended_job(home: Path) -> None:
    """Nothing of it stays behind, stopped for ever."""
    async with job() as (terminal, pid):
        processes = tree_of(pid)
        os.kill(pid, signal.SIGTSTP)
        await terminal.until_text("STOPPED 1 SANE")
    assert await asyncio.to_thread(until_gone, processes) == set()


async def test_the_shell_does_not_get_what_the_terminal_answers_late(home: Path) -> None:
    """Who leaves before the terminal has answered would find its answers typed into the shell."""
    async with job(answers=False, arguments=("-c", PATIENT)) as (terminal, pid):
        terminal.type(b"\x1a")
        await terminal.until(lambda: b"\x1b[23;2t" in terminal.output, "the end of the screen")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await terminal.until_text("STOPPED")
        terminal.type(bytes(terminal.withheld))
        await terminal.until_text("STOPPED 1 SANE")
        assert "^[" not in terminal.text()
        terminal.answers = True
        # The shell reads a line, and takes what stands in it for signals.
        terminal.type(b"\n")
        await terminal.until(lambda: terminal.emulator.kitty_flags != 0, "kitty flags")
        await end(terminal, pid)


async def test_a_terminal_that_never_answers_holds_nobody_up(home: Path) -> None:
    """It is waited for briefly."""
    async with job(answers=False) as (terminal, pid):
        terminal.type(b"\x1a")
        await terminal.until_text("STOPPED 1 SANE")
        terminal.type(b"\n")
        await terminal.until_text("F1 menu")
        await end(terminal, pid)
