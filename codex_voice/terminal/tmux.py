"""What tmux and GNU screen need between this program and the user's terminal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

_COMMAND_SECONDS = 2.0
_PASSTHROUGH = "allow-passthrough"
# GNU screen drops longer control strings; it takes several one after the other.
_SCREEN_MAXIMUM_BYTES = 252
_ESCAPE, _STRING_END = b"\x1b", b"\x1b\\"


def inside_tmux(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the terminal is a pane of tmux."""
    return bool(environment.get("TMUX"))


def inside_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the terminal is a window of GNU screen."""
    return bool(environment.get("STY")) and not inside_tmux(environment)


def wrap_for_outer_terminal(sequence: bytes, environment: Mapping[str, str] = os.environ) -> bytes:
    """Have a multiplexer pass a sequence on to the terminal that it runs in.

    tmux does so where `allow-passthrough` is on, and drops the sequence where it is not. Without
    a multiplexer the sequence stays as it is.
    """
    if inside_tmux(environment):
        return b"\x1bPtmux;" + sequence.replace(_ESCAPE, _ESCAPE * 2) + _STRING_END
    if inside_screen(environment):
        pieces = [
            sequence[start : start + _SCREEN_MAXIMUM_BYTES]
            for start in range(0, len(sequence), _SCREEN_MAXIMUM_BYTES)
        ]
        return b"".join(b"\x1bP" + piece + _STRING_END for piece in pieces)
    return sequence


async def passes_through() -> bool:
    """Return whether this pane of tmux passes wrapped sequences on."""
    pane = os.environ.get("TMUX_PANE", "")
    answer = await _run(("show-options", "-Apqv", *(("-t", pane) if pane else ()), _PASSTHROUGH))
    return answer is not None and answer.strip() in (b"on", b"all")


async def load_buffer(text: str) -> bool:
    """Put a text into tmux's paste buffer, and have tmux offer it to the terminal's clipboard.

    This works with tmux's default `set-clipboard external`, which ignores OSC 52 of programs.

    Returns:
        Whether the buffer holds the text now.
    """
    return await _run(("load-buffer", "-w", "-"), text.encode("utf-8", "replace")) is not None


async def _run(arguments: tuple[str, ...], written: bytes = b"") -> bytes | None:
    """Run a command of tmux; return what it printed, `None` where it failed."""
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        printed, _ = await asyncio.wait_for(process.communicate(written), _COMMAND_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return printed if process.returncode == 0 else None
