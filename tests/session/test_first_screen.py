"""The program's first output on a terminal that nobody else draws on yet."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from codex_voice.agent.process import AgentProcess
from codex_voice.session.agent_session import AgentSession
from codex_voice.session.first_screen import FirstScreen
from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.events import TitleChanged

PATIENCE_SECONDS = 20.0
COLUMNS, ROWS = 40, 6
# Asks for the background as Codex does, shows the answer in colour, and goes on.
ASKS = r"""
import sys, tty
tty.setraw(0)
sys.stdout.write("\x1b]0;at work\x07\x1b]11;?\x07")
sys.stdout.flush()
answer = sys.stdin.read(23)
sys.stdout.write("\x1b[1;31m" + ascii(answer)[5:-1] + "\x1b[0m\r\nsecond")
sys.stdout.flush()
while sys.stdin.read(1):
    pass
"""
ENDS = "print('gone'); raise SystemExit(3)"


class Terminal:
    """A user's terminal: the other end of a pseudo-terminal, interpreted, and what it answers."""

    def __init__(self, *, answers: bool = True) -> None:
        self._master, self.fd = os.openpty()
        os.set_blocking(self._master, False)
        termios.tcsetwinsize(self.fd, (ROWS + 1, COLUMNS))
        self.emulator = Emulator(COLUMNS, ROWS + 1)
        self.emulator.set_colours((1, 2, 3), (0xAA, 0xBB, 0xCC))
        self._answers = answers
        self._changed = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def _read(self) -> None:
        try:
            self.emulator.feed(os.read(self._master, 65_536))
        except OSError:
            return
        replies = self.emulator.take_replies()
        if self._answers and replies:
            self.type(replies)
        self._changed.set()

    def type(self, data: bytes) -> None:
        """Type, or answer."""
        os.write(self._master, data)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds, looking whenever something was written."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def close(self) -> None:
        """Go away."""
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            self._master = -1


@asynccontextmanager
async def terminal(*, answers: bool = True) -> AsyncIterator[Terminal]:
    """Give a terminal, and take it away afterwards."""
    opened = Terminal(answers=answers)
    try:
        yield opened
    finally:
        opened.close()
        os.close(opened.fd)


def hosting(source: str, directory: Path) -> AgentSession:
    """Start a Python program in a session that nobody reads."""
    session = AgentSession(COLUMNS, ROWS, 100)
    argv = [sys.executable, "-SEc", source]
    session.adopt(AgentProcess.spawn(argv, COLUMNS, ROWS, directory, dict(os.environ)))
    return session


def opened(session: AgentSession, fd: int) -> FirstScreen:
    """Open the first screen on a terminal that is there."""
    screen = FirstScreen.open(session, fd)
    assert screen is not None
    return screen


def kill(session: AgentSession) -> None:
    """End the program."""
    assert session.process is not None
    session.process.kill_now()


async def test_the_program_is_shown_with_its_colours_and_cursor(tmp_path: Path) -> None:
    """The screen is the program's, and what it asks about colours is the terminal's answer."""
    async with terminal() as user:
        session = hosting(ASKS, tmp_path)
        screen = opened(session, user.fd)
        await user.until(lambda: user.emulator.lines()[1] == "second")
        assert user.emulator.lines()[0] == "]11;rgb:aaaa/bbbb/cccc"
        await user.until(lambda: (user.emulator.cursor.column, user.emulator.cursor.row) == (6, 1))
        assert user.emulator.alternate_screen
        screen.close()
        kill(session)


async def test_a_terminal_that_never_answers_holds_the_program_up_only_briefly(
    tmp_path: Path,
) -> None:
    """A terminal that knows none of the questions shows the program all the same."""
    async with terminal(answers=False) as user:
        session = hosting("print('here'); input()", tmp_path)
        screen = opened(session, user.fd)
        await user.until(lambda: user.emulator.lines()[0] == "here")
        screen.close()
        kill(session)


async def test_close_gives_the_terminal_back_as_it_was(tmp_path: Path) -> None:
    """Where no application takes over, the shell finds its modes and its own screen again."""
    async with terminal() as user:
        before = termios.tcgetattr(user.fd)
        user.emulator.feed(b"shell$ codex-voice")
        session = hosting("print('here'); input()", tmp_path)
        screen = opened(session, user.fd)
        assert termios.tcgetattr(user.fd) != before
        await user.until(lambda: user.emulator.lines()[0] == "here")
        screen.close()
        await user.until(lambda: not user.emulator.alternate_screen)
        assert termios.tcgetattr(user.fd) == before
        assert user.emulator.lines()[0] == "shell$ codex-voice"
        assert user.emulator.mode(7)
        assert not user.emulator.mode(2004)
        assert user.emulator.cursor.visible
        screen.close()
        kill(session)


async def test_what_is_typed_is_kept_for_whoever_takes_over(tmp_path: Path) -> None:
    """The driver gets the keys and the terminal's answers in their order, and the modes stay."""
    async with terminal() as user:
        session = hosting(ASKS, tmp_path)
        screen = opened(session, user.fd)
        await user.until(lambda: user.emulator.lines()[1] == "second")
        raw = termios.tcgetattr(user.fd)
        read = asyncio.Event()
        kept = screen._read

        def read_and_note() -> None:
            kept()
            read.set()

        asyncio.get_running_loop().add_reader(user.fd, read_and_note)
        user.type(b"h\x03\x1b[A")
        await asyncio.wait_for(read.wait(), PATIENCE_SECONDS)
        assert user.emulator.mode(2004), "the lines of a paste are no Enter"
        typed = screen.hand_over()
        assert typed.endswith(b"h\x03\x1b[A")
        assert typed.startswith(b"\x1b]10;rgb:")
        assert termios.tcgetattr(user.fd) == raw
        screen.close()
        assert termios.tcgetattr(user.fd) == raw
        assert user.emulator.alternate_screen
        kill(session)


async def test_reports_and_the_end_are_kept_too(tmp_path: Path) -> None:
    """A title set, and an exit, before there is an application are not lost on it."""
    async with terminal() as user:
        session = hosting(ASKS, tmp_path)
        screen = opened(session, user.fd)
        await user.until(lambda: user.emulator.lines()[1] == "second")
        assert screen.take_reports() == ([TitleChanged("at work")], None)
        screen.close()
        kill(session)
        ended = asyncio.Event()
        session = hosting(ENDS, tmp_path)
        screen = opened(session, user.fd)
        session.on_exit.append(lambda _status: ended.set())
        await asyncio.wait_for(ended.wait(), PATIENCE_SECONDS)
        _, status = screen.take_reports()
        assert status is not None
        assert status.code == 3
        screen.close()


async def test_a_terminal_that_has_gone_is_nobody_to_show_to(tmp_path: Path) -> None:
    """A closed window ends nothing here: the application that comes deals with it."""
    session = hosting("input()", tmp_path)
    reading, writing = os.pipe()
    try:
        assert FirstScreen.open(session, reading) is None
    finally:
        os.close(reading)
        os.close(writing)
    async with terminal() as user:
        screen = opened(session, user.fd)
        user.close()
        await asyncio.sleep(0)
        screen.close()
    kill(session)
