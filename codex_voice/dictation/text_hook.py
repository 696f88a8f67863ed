"""The user's own program over what was dictated: JSON on its input, the text on its output."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from codex_voice.text_cleaning import clean

SECONDS = 5.0
"""How long the program may take; the text waits for it."""
_LONGEST_OUTPUT_BYTES = 256 * 1024


class TextHook:
    """Runs the program for one text after the other.

    Args:
        command: The program and its arguments; from the user's configuration, never a project's.
        directory: Where it runs.
        warn: Told, in one line, why a text stays as it was.
        seconds: How long the program may take.
    """

    def __init__(
        self,
        command: Sequence[str],
        directory: Path,
        warn: Callable[[str], None],
        seconds: float = SECONDS,
    ) -> None:
        self._command = tuple(command)
        self._directory = directory
        self._warn = warn
        self._seconds = seconds

    async def apply(self, heard: str, text: str, language: str) -> str:
        """Return what the program makes of a text; the text itself where that fails.

        Args:
            heard: What was recognised.
            text: What would be written.
            language: Code of the spoken language.
        """
        asked = json.dumps({"heard": heard, "text": text, "language": language}) + "\n"
        try:
            answered = await self._run(asked.encode())
        except TimeoutError:
            return self._unchanged(text, f"no answer in {self._seconds:g} seconds")
        except OSError as error:
            return self._unchanged(text, error.strerror or str(error))
        except ValueError as error:
            # A NUL in the name of the program.
            return self._unchanged(text, str(error))
        if isinstance(answered, int):
            return self._unchanged(text, f"ended with status {answered}")
        if len(answered) > _LONGEST_OUTPUT_BYTES:
            return self._unchanged(text, "wrote too much")
        written = clean(answered.decode(errors="replace")).strip("\n")
        return written if written.strip() else self._unchanged(text, "wrote nothing")

    def _unchanged(self, text: str, reason: str) -> str:
        self._warn(f"The hook {self._command[0]}: {reason}. The text stays as it was.")
        return text

    async def _run(self, asked: bytes) -> bytes | int:
        """Return what the program wrote, or its status where that is not 0.

        Raises:
            OSError: It cannot be started.
            TimeoutError: It takes too long.
        """
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # The terminal is the screen's alone.
            stderr=asyncio.subprocess.DEVNULL,
            cwd=self._directory,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._seconds):
                _, answered = await asyncio.gather(
                    _write(process, asked), _read(process, _LONGEST_OUTPUT_BYTES + 1)
                )
                if len(answered) > _LONGEST_OUTPUT_BYTES:
                    return answered
                status = await process.wait()
        finally:
            # What it started itself goes with it.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        return status or answered


async def _write(process: asyncio.subprocess.Process, asked: bytes) -> None:
    assert process.stdin is not None
    # A program that does not read its input is none the worse.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(asked)
        await process.stdin.drain()
    process.stdin.close()


async def _read(process: asyncio.subprocess.Process, most: int) -> bytes:
    assert process.stdout is not None
    read = bytearray()
    while len(read) < most and (more := await process.stdout.read(most - len(read))):
        read += more
    return bytes(read)
