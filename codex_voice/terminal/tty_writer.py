"""Writing to the user's terminal without ever waiting for it."""

from __future__ import annotations

import asyncio
import os
import select
import time
from collections import deque
from collections.abc import Callable

# A terminal that is paused (Ctrl-S, a dead line) costs this much memory; then output is dropped
# and the whole screen is drawn again when it takes output again.
_QUEUE_MAXIMUM_BYTES = 4 << 20
# How long leaving waits for a slow terminal to take the sequences that restore it.
_CLOSE_SECONDS = 1.0


class TtyWriter:
    """A queue in front of a terminal.

    Args:
        path: The terminal's device; it is opened anew, since the non-blocking flag belongs to the
            open file and would leak to the shell through the inherited one.
        loop: The running event loop.
        on_drained: Called when the queue is empty again; its argument tells whether output was
            dropped, so that the whole screen must be drawn again.

    Raises:
        OSError: The terminal cannot be opened.
    """

    def __init__(
        self, path: str, loop: asyncio.AbstractEventLoop, on_drained: Callable[[bool], None]
    ) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        self._loop = loop
        self._on_drained = on_drained
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._dropped = False

    @property
    def clogged(self) -> bool:
        """Whether the terminal has not yet taken all that was written."""
        return bool(self._queue)

    def write(self, data: bytes) -> None:
        """Write now what the terminal takes, and the rest when it takes it."""
        if not self._queue:
            data = data[self._write_now(data) :]
            if not data:
                return
            self._loop.add_writer(self._fd, self._continue)
        elif self._queued > _QUEUE_MAXIMUM_BYTES:
            self._drop()
        self._queue.append(data)
        self._queued += len(data)

    def _drop(self) -> None:
        """Forget all but the piece that the terminal has a part of already."""
        head = self._queue[0]
        self._queue.clear()
        self._queue.append(head)
        self._queued = len(head)
        self._dropped = True

    def _continue(self) -> None:
        self._write_queue()
        if not self._queue:
            self._loop.remove_writer(self._fd)
            dropped, self._dropped = self._dropped, False
            self._on_drained(dropped)

    def _write_queue(self) -> None:
        while self._queue:
            written = self._write_now(self._queue[0])
            self._queued -= written
            if written < len(self._queue[0]):
                self._queue[0] = self._queue[0][written:]
                return
            self._queue.popleft()

    def _write_now(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            # The terminal is gone; the hang-up signal ends the program.
            return len(data)

    def close(self) -> None:
        """Write what is left, as far as the terminal takes it within a second, and close."""
        if self._fd < 0:
            return
        if not self._loop.is_closed():
            self._loop.remove_writer(self._fd)
        end = time.monotonic() + _CLOSE_SECONDS
        while self._queue and (left := end - time.monotonic()) > 0:
            select.select([], [self._fd], [], left)
            self._write_queue()
        os.close(self._fd)
        self._fd = -1
