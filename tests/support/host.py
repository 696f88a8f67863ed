"""A terminal for the program under test: a pseudo-terminal, read with the product's own engine."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from ptyprocess import PtyProcess

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.events import TerminalEvent


class Host:
    """Runs a program in a terminal of its own and waits for what it shows.

    Args:
        argv: The program and its arguments.
        environment: Variables to add to the test's own.
        working_directory: Where it starts.
        columns: Width in cells.
        rows: Height in cells.
    """

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        working_directory: Path,
        columns: int = 100,
        rows: int = 30,
    ) -> None:
        self.emulator = Emulator(columns, rows)
        self.events: list[TerminalEvent] = []
        self.raw = bytearray()
        self.process = PtyProcess.spawn(
            list(argv),
            cwd=str(working_directory),
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment},
            dimensions=(rows, columns),
        )
        self.ended = False

    @property
    def screen(self) -> str:
        """What the terminal shows."""
        return "\n".join(self.emulator.lines())

    def press(self, keys: bytes) -> None:
        """Type keys as a terminal sends them."""
        os.write(self.process.fd, keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        self.emulator.resize(columns, rows)
        self.process.setwinsize(rows, columns)

    def pump(self, seconds: float) -> bool:
        """Read once, waiting at most this long; tell whether anything came."""
        if self.ended or not select.select([self.process.fd], [], [], max(0.0, seconds))[0]:
            return False
        try:
            data = os.read(self.process.fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return False
        self.raw += data
        self.emulator.feed(data)
        replies = self.emulator.take_replies()
        if replies:
            os.write(self.process.fd, replies)
        self.events += self.emulator.take_events()
        return True

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
        """Read until the condition holds.

        Raises:
            AssertionError: It did not within the given seconds; the screen is in the message.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0 or (self.ended and not condition()):
                raise AssertionError(f"never saw {what}; the screen:\n{self.screen}")
            # A condition may look at something else than the screen, such as a server's log.
            self.pump(min(left, 0.1))

    def wait_for(self, text: str, seconds: float = 20.0) -> None:
        """Read until the screen shows a text."""
        self.wait_until(lambda: text in self.screen, repr(text), seconds)

    def wait_for_end(self, seconds: float = 10.0) -> int:
        """Read until the program has ended; return its exit status, negative for a signal."""
        deadline = time.monotonic() + seconds
        while self.process.isalive():
            if time.monotonic() > deadline:
                raise AssertionError(f"the program goes on; the screen:\n{self.screen}")
            self.pump(0.05)
        while self.pump(0.05):
            pass
        if self.process.signalstatus is not None:
            return -int(self.process.signalstatus)
        return int(self.process.exitstatus)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.isalive():
            os.kill(self.process.pid, signal.SIGTERM)
            deadline = time.monotonic() + 5
            while self.process.isalive() and time.monotonic() < deadline:
                self.pump(0.05)
        self.process.close(force=True)
