"""The real Codex without a user interface, with waits for what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

from codex_voice.agent.draft import Draft, read_draft
from codex_voice.agent.held_text import HeldText, TypingOutcome
from codex_voice.agent.process import AgentProcess, ExitStatus
from codex_voice.agent.state import FAREWELL, CodexState
from codex_voice.session.agent_session import AgentSession
from tests.support.start_fake_codex import FakeCodex

PATIENCE_SECONDS = 60.0


class CodexSession:
    """Runs Codex against the fake model; every wait is for something that it shows.

    Args:
        fake: The fake model and the scratch home.
        columns: Width of the terminal.
        rows: Height of the terminal.
    """

    def __init__(self, fake: FakeCodex, columns: int = 100, rows: int = 30) -> None:
        self.fake = fake
        self.agent = AgentSession(columns, rows)
        self.emulator = self.agent.emulator
        self.tracker = self.agent.tracker
        self.composer = self.agent.composer
        self.delivered: list[tuple[HeldText, TypingOutcome]] = []
        self.states: list[CodexState] = []
        self.written = bytearray()
        self.exit_status: ExitStatus | None = None
        self._change = asyncio.Event()
        self.agent.on_held_changed.append(self._change.set)
        self.agent.on_delivered.append(lambda held, outcome: self.delivered.append((held, outcome)))
        self.agent.on_output.append(lambda _more: self._change.set())
        self.agent.on_exit.append(self._ended)
        self.tracker.subscribe(lambda: self.states.append(self.tracker.state))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.process.terminate(FAREWELL)

    @property
    def process(self) -> AgentProcess:
        """The Codex that was started last."""
        assert self.agent.process is not None
        return self.agent.process

    async def start(self, arguments: Sequence[str] = ()) -> None:
        """Start Codex, for the first time or again, and wait for its composer.

        What was held for it may have been answered by then.
        """
        self.exit_status = None
        process = AgentProcess.spawn(
            [*self.fake.argv, *arguments],
            self.emulator.columns,
            self.emulator.rows,
            self.fake.workdir,
            self.fake.environment,
        )
        self.agent.adopt(process)
        self._record_input()
        self.agent.start_reading()
        await self.until(lambda: self.shows("fake-model default"))
        await self.until(lambda: self.tracker.state in (CodexState.IDLE, CodexState.DONE))

    def _record_input(self) -> None:
        """Keep what the composer types, without the answers to Codex's queries."""

        def write(data: bytes) -> bool:
            self.written += data
            return self.agent.write(data)

        self.composer.attach(write, self.emulator)

    def write(self, data: bytes) -> None:
        """Type."""
        self.written += data
        self.agent.write(data)

    def _ended(self, status: ExitStatus) -> None:
        self.exit_status = status
        self._change.set()

    @property
    def draft(self) -> Draft | None:
        """What stands in the composer."""
        return read_draft(self.emulator)

    @property
    def text(self) -> str:
        """What stands in the composer, its rows joined by line feeds."""
        draft = self.draft
        if draft is None or draft.empty:
            return ""
        return "\n".join(draft.rows).rstrip()

    def shows(self, text: str) -> bool:
        """Whether a text is on the screen."""
        return any(text in line for line in self.emulator.lines())

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition of what Codex shows is true.

        Raises:
            AssertionError: It did not come true; the message is the screen.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self.emulator.held or not condition():
                    self._change.clear()
                    await self._change.wait()
        except TimeoutError:
            screen = "\n".join(line for line in self.emulator.lines() if line)
            raise AssertionError(f"state {self.tracker.state}; the screen:\n{screen}") from None

    async def run_command(self) -> TypingOutcome:
        """Send the command that stands in the composer.

        While Codex says that it starts, which may be later than its composer, this runs none.
        """
        while (outcome := await self.composer.send()) is TypingOutcome.REFUSED:
            await self.until(lambda: self.tracker.state in (CodexState.IDLE, CodexState.DONE))
        return outcome

    async def until_state(self, state: CodexState) -> None:
        """Wait for a state."""
        await self.until(lambda: self.tracker.state is state)

    async def until_prompt(self) -> None:
        """Wait until an approval prompt has stood on the screen for a beat of its blinking title.

        In the very moment in which it appears Codex overlooks a key.
        """
        await self.until(lambda: self.composer.prompt is not None)
        appeared = self.emulator.title
        await self.until(lambda: self.emulator.title != appeared)
        assert self.composer.prompt is not None
        assert self.tracker.state is CodexState.BLOCKED

    async def until_answering(self) -> None:
        """Wait until Codex is in the middle of a `slow answer`.

        Versions without a program status show no line of an answer before its end.
        """
        if self.tracker.reports_status:
            await self.until(lambda: self.shows("word2"))
        else:
            await self.until_turns(1)
            await self.until_state(CodexState.WORKING)

    async def until_turns(self, count: int) -> None:
        """Wait until the model has been asked so often."""
        arrived = await asyncio.to_thread(self.fake.wait_for_turns, count, PATIENCE_SECONDS)
        assert arrived, self.fake.turns()
