"""One hosted program without a screen, with small programs in place of Codex."""

from __future__ import annotations

import asyncio
import contextvars
import os
import sys
from collections.abc import Callable
from pathlib import Path

from codex_voice.agent.process import AgentProcess, ExitStatus
from codex_voice.agent.state import CodexState
from codex_voice.session.agent_session import AgentSession
from codex_voice.terminal.events import ProgramStatus, TerminalEvent

PATIENCE_SECONDS = 60.0
REPORTS = (
    r"import sys; sys.stdout.write('\x1b]7501;state=working:app=codex\x1b\\hello'); "
    r"sys.stdout.flush(); sys.stdin.readline()"
)
ASKS = (
    r"import sys, tty; tty.setraw(0); sys.stdout.write('\x1b[6n'); sys.stdout.flush(); "
    r"answer = sys.stdin.read(6); print(repr(answer))"
)


def spawn(source: str, session: AgentSession, directory: Path) -> AgentProcess:
    """Start a Python program for this session."""
    size = session.emulator.columns, session.emulator.rows
    return AgentProcess.spawn([sys.executable, "-SEc", source], *size, directory, dict(os.environ))


class Watched:
    """A session and what it has reported."""

    def __init__(self) -> None:
        self.session = AgentSession(40, 10, 100)
        self.events: list[tuple[TerminalEvent, CodexState]] = []
        self.ends: list[ExitStatus] = []
        self._change = asyncio.Event()
        self.session.on_event.append(self._event)
        self.session.on_output.append(lambda _more: self._change.set())
        self.session.on_exit.append(self._end)

    def _event(self, event: TerminalEvent) -> None:
        self.events.append((event, self.session.tracker.state))

    def _end(self, status: ExitStatus) -> None:
        self.ends.append(status)
        self._change.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds, looking whenever something was reported."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._change.clear()
                await self._change.wait()


async def test_output_reaches_the_screen_and_the_state_before_the_listeners(
    tmp_path: Path,
) -> None:
    """Whoever hears of a status finds the state already changed by it."""
    watched = Watched()
    session = watched.session
    assert not session.running
    assert not session.write(b"nobody")
    session.adopt(spawn(REPORTS, session, tmp_path))
    session.start_reading()
    await watched.until(lambda: session.emulator.lines()[0] == "hello")
    assert watched.events == [
        (ProgramStatus("state=working:app=codex"), CodexState.WORKING),
    ]
    assert session.write(b"\n")
    await watched.until(lambda: bool(watched.ends))
    assert session.tracker.state is CodexState.EXITED
    assert not session.running


async def test_queries_of_the_program_are_answered(tmp_path: Path) -> None:
    """A program that asks for the cursor's position gets it without anybody's help."""
    watched = Watched()
    watched.session.adopt(spawn(ASKS, watched.session, tmp_path))
    watched.session.start_reading()
    await watched.until(lambda: bool(watched.ends))
    assert "'\\x1b[1;1R'" in watched.session.emulator.lines()[0]


async def test_the_next_program_gets_a_cleared_screen_and_a_fresh_state(tmp_path: Path) -> None:
    """Nothing of a program that has ended is taken for its successor's."""
    watched = Watched()
    session = watched.session
    session.adopt(spawn("print('first')", session, tmp_path))
    session.start_reading()
    await watched.until(lambda: bool(watched.ends))
    assert session.emulator.lines()[0] == "first"
    session.adopt(spawn("print('second')", session, tmp_path))
    assert session.tracker.state is CodexState.STARTING
    assert session.emulator.lines()[0] == ""
    session.start_reading()
    session.start_reading()
    await watched.until(lambda: len(watched.ends) == 2)
    assert session.emulator.lines()[0] == "second"


async def test_a_resize_reaches_the_program(tmp_path: Path) -> None:
    """The terminal and the program agree on the size, also when it changed before the start."""
    watched = Watched()
    session = watched.session
    session.adopt(spawn("import os; input(); print(os.get_terminal_size())", session, tmp_path))
    session.resize(50, 12)
    session.start_reading()
    session.resize(61, 13)
    session.write(b"\n")
    await watched.until(lambda: bool(watched.ends))
    assert any("columns=61, lines=13" in line for line in session.emulator.lines())


async def test_listeners_are_called_in_the_context_of_whoever_takes_over(tmp_path: Path) -> None:
    """Textual finds its application by the context, also when the program has ended."""
    owner: contextvars.ContextVar[str] = contextvars.ContextVar("owner", default="nobody")
    watched = Watched()
    seen: list[str] = []
    watched.session.on_output.append(lambda _more: seen.append(owner.get()))
    watched.session.on_exit.append(lambda _status: seen.append(owner.get()))
    watched.session.adopt(spawn(REPORTS, watched.session, tmp_path))
    watched.session.start_reading()
    await watched.until(lambda: watched.session.emulator.lines()[0] == "hello")
    assert set(seen) == {"nobody"}
    seen.clear()
    owner.set("app")
    watched.session.use_context()
    owner.set("later")
    watched.session.write(b"\n")
    await watched.until(lambda: bool(watched.ends))
    assert seen
    assert set(seen) == {"app"}
