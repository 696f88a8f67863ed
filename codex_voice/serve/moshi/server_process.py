"""Moshi's server as a child process: its output, and how it is ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections import deque

from codex_voice.errors import MoshiServerFailed
from codex_voice.serve.moshi import launch
from codex_voice.serve.moshi.configuration import ServerManagerConfig
from codex_voice.text_cleaning import clean_line

_READY = "Running on http"
"""Begins the line that aiohttp prints when the server listens."""

_SAYS = "text token"
"""Is in the lines that hold what Moshi says, which is no business of the log."""

_READ_BYTES = 65_536
_LONGEST_LINE = 500
_LINES_KEPT = 50
_SIGNAL_SECONDS = 5.0
"""What each signal gets. With a client connected aiohttp takes 128 s after the first one; a second
one of another kind ends it in 0.1 s (measured with moshi.server 0.2.13)."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class MoshiProcess:
    """One running server.

    Its output is read for ever: it prints a line a frame, and a full pipe would stop it.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said_ready = asyncio.Event()
        self._lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._reading = asyncio.create_task(self._read(), name="moshi-output")
        self._ending = asyncio.create_task(self._wait(), name="moshi-end")

    @classmethod
    async def start(cls, config: ServerManagerConfig, marker: str) -> MoshiProcess:
        """Start it.

        Raises:
            MoshiServerFailed: The interpreter cannot be run.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *launch.command(config, marker),
                env=launch.environment(config),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl-C is for us, who then end it in order.
                start_new_session=True,
            )
        except OSError as error:
            raise MoshiServerFailed(
                f"{config.python_exe} cannot be run: {error.strerror}",
                "set [moshi] python to the Python that has the package moshi",
            ) from error
        return cls(process)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def last_line(self) -> str:
        """The last line that it printed, without colours."""
        return self._lines[-1] if self._lines else ""

    async def wait(self) -> int:
        """Wait until it has ended and its output is read; return its exit status."""
        return await asyncio.shield(self._ending)

    async def stop(self) -> None:
        """End it: SIGTERM, then SIGINT, then SIGKILL; returns when it is gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SIGNAL_SECONDS):
                    await self.wait()
                    return
        await self.kill()

    async def kill(self) -> None:
        """End it and all that it started at once; returns when it is gone."""
        self._kill_group()
        await self.wait()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    async def _wait(self) -> int:
        status = await self._process.wait()
        # What it started must not live on, and would keep its output open.
        self._kill_group()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._reading
        return status

    async def _read(self) -> None:
        output = self._process.stdout
        assert output is not None
        rest = ""
        while data := await output.read(_READ_BYTES):
            *lines, rest = (rest + data.decode("utf-8", "replace")).split("\n")
            rest = rest[-_LONGEST_LINE:]
            for line in lines:
                self._note(line[:_LONGEST_LINE])
        self._note(rest)

    def _note(self, line: str) -> None:
        shown = clean_line(_COLOURS.sub("", line)).strip()
        if shown and _SAYS not in shown:
            self._lines.append(shown)
        if _READY in shown:
            self.said_ready.set()
