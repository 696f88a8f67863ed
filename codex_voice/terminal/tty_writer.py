"""Writing to the user's terminal without ever waiting for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from codex_voice.write_queue import WriteQueue

# A terminal that is paused (Ctrl-S, a dead line) costs this much memory; then output is dropped
# and the whole screen is drawn again when it takes output again.
_QUEUE_MAXIMUM_BYTES = 4 << 20
# How long the end waits for a slow terminal to take the sequences that restore it.
_CLOSE_SECONDS = 1.0


class TtyWriter:
    """A queue in front of a terminal.

    Args:
        path: The terminal's device; it is opened anew, since the non-blocking flag belongs to the
            open file and would leak to the shell through the inherited one.
        loop: The running event loop.
        on_drained: Called when the queue is empty again; its argument is whether output was
            dropped, so that the whole screen must be drawn again.

    Raises:
        OSError: The terminal cannot be opened.
    """

    def __init__(
        self, path: str, loop: asyncio.AbstractEventLoop, on_drained: Callable[[bool], None]
    ) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        self._on_drained = on_drained
        self._queue = WriteQueue(self._fd, self._drained)
        self._queue.attach(loop)
        self._dropped = False

    @property
    def clogged(self) -> bool:
        """Whether the terminal has not yet taken all that was written."""
        return len(self._queue) > 0

    def write(self, data: bytes) -> None:
        """Write now what the terminal takes, and the rest when it takes it."""
        if len(self._queue) > _QUEUE_MAXIMUM_BYTES:
            self._queue.drop()
            self._dropped = True
        self._queue.write(data)

    def _drained(self) -> None:
        dropped, self._dropped = self._dropped, False
        self._on_drained(dropped)

    def close(self) -> None:
        """Write what is left, as far as the terminal takes it within a second, and close."""
        if self._fd < 0:
            return
        self._queue.detach()
        self._queue.flush(_CLOSE_SECONDS)
        os.close(self._fd)
        self._fd = -1
