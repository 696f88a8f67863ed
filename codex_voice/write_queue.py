"""Bytes on their way to a descriptor that does not block: nobody waits for its reader."""

from __future__ import annotations

import os
import select
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


class WriteQueue:
    """Writes in order, as soon as the other side takes it.

    Args:
        fd: The descriptor, which does not block. It stays its owner's, who closes it.
        on_drained: Called when all that waited is written.
    """

    def __init__(self, fd: int, on_drained: Callable[[], None] | None = None) -> None:
        self._fd = fd
        self._on_drained = on_drained
        self._pieces: deque[memoryview] = deque()
        self._size = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        """Return how many bytes wait."""
        return self._size

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write what waits from this loop; before, only what is taken at once is written."""
        self._loop = loop
        if self._pieces:
            loop.add_writer(self._fd, self._continue)

    def write(self, data: bytes) -> None:
        """Write now what is taken, and the rest later."""
        # A view: what is left of a long paste is not copied for each few KiB of it.
        rest = memoryview(data)
        if not self._pieces:
            rest = rest[self._write_now(rest) :]
            if not rest:
                return
            if self._loop is not None:
                self._loop.add_writer(self._fd, self._continue)
        self._pieces.append(rest)
        self._size += len(rest)

    def drop(self) -> None:
        """Forget all that waits, but for the rest of a piece that is written in part already."""
        head = self._pieces[0]
        self._pieces.clear()
        self._pieces.append(head)
        self._size = len(head)

    def flush(self, seconds: float) -> None:
        """Write what waits, as far as it is taken within so many seconds; this blocks."""
        end = time.monotonic() + seconds
        while self._pieces and (left := end - time.monotonic()) > 0:
            select.select([], [self._fd], [], left)
            self._write_pieces()

    def detach(self) -> None:
        """Let go of the loop, where that still runs; what waits stays."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_writer(self._fd)
        self._loop = None

    def clear(self) -> None:
        """Forget all that waits: nobody will read it."""
        self._pieces.clear()
        self._size = 0

    def _continue(self) -> None:
        self._write_pieces()
        if not self._pieces:
            if self._loop is not None:
                self._loop.remove_writer(self._fd)
            if self._on_drained is not None:
                self._on_drained()

    def _write_pieces(self) -> None:
        while self._pieces:
            head = self._pieces[0]
            written = self._write_now(head)
            self._size -= written
            if written < len(head):
                self._pieces[0] = head[written:]
                return
            self._pieces.popleft()

    def _write_now(self, data: memoryview) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            # Nobody has the other side open: it is as good as read.
            return len(data)
