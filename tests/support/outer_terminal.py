"""A user's terminal for tests: runs a program, shows its screen, types, answers its questions."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from codex_voice.agent.process import AgentProcess, ExitStatus
from codex_voice.terminal.emulator import Colour, Emulator

_KITTY_REPLY = re.compile(rb"\x1b\[\?\d+u")
_PATIENCE_SECONDS = 60.0


class OuterTerminal:
    """A terminal of `columns` x `rows` cells that runs `argv`; use it inside a running loop.

    Args:
        argv: The program.
        columns: Width in cells.
        rows: Height in cells.
        kitty: Whether the terminal knows the kitty keyboard protocol.
        foreground: Its default text colour.
        background: Its default background colour.
        environment: The program's environment; the caller's when not given.
        directory: Where the program starts.
    """

    answers = True
    """Whether it answers any question at all."""

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 80,
        rows: int = 24,
        *,
        kitty: bool = False,
        foreground: Colour = (0xDD, 0xDD, 0xDD),
        background: Colour = (0, 0, 0),
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        self.emulator = Emulator(columns, rows, 1_000)
        self.emulator.set_colours(foreground, background)
        self.output = bytearray()
        """All that the program wrote, as long as the test does not cut it."""
        loop = asyncio.get_running_loop()
        self.status: asyncio.Future[ExitStatus] = loop.create_future()
        # The engine that stands in for it knows them.
        variables = {"COLORTERM": "truecolor", **(environment or os.environ)}
        self.withheld = bytearray()
        """What it would have answered, while it does not."""
        self._kitty = kitty
        self._changed = asyncio.Event()
        self.process = AgentProcess.spawn(argv, columns, rows, directory or Path.cwd(), variables)
        self.process.attach(loop, self._receive, self._end)

    def _receive(self, data: bytes) -> None:
        self.output += data
        self.emulator.feed(data)
        replies = self.emulator.take_replies()
        if not self._kitty:
            replies = _KITTY_REPLY.sub(b"", replies)
        if not self.answers:
            self.withheld += replies
        elif replies:
            self.process.write(replies)
        self._changed.set()

    def _end(self, status: ExitStatus) -> None:
        self.status.set_result(status)
        self._changed.set()

    def type(self, keys: bytes) -> None:
        """Send what a keyboard would send."""
        self.process.write(keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size."""
        self.emulator.resize(columns, rows)
        self.process.resize(columns, rows)

    def pause(self, paused: bool) -> None:
        """Stop reading what the program writes, as Ctrl-S does, or go on."""
        loop = asyncio.get_running_loop()
        if paused:
            loop.remove_reader(self.process._fd)
        else:
            loop.add_reader(self.process._fd, self.process._read)

    def text(self) -> str:
        """Return the screen."""
        return "\n".join(self.emulator.lines())

    async def until(self, condition: Callable[[], bool], what: str = "") -> None:
        """Wait until `condition` holds; looks each time the program has written something."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while not condition():
                    if self.status.done():
                        raise AssertionError(f"ended ({self.status.result()}): {self.text()}")
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"never came: {what or condition}\n{self.text()}") from None

    async def until_text(self, text: str) -> None:
        """Wait until `text` stands on the screen."""
        await self.until(lambda: text in self.text(), repr(text))

    async def ended(self) -> ExitStatus:
        """Wait for the end of the program."""
        return await asyncio.wait_for(asyncio.shield(self.status), _PATIENCE_SECONDS)

    async def close(self) -> None:
        """End the program."""
        await self.process.terminate()
