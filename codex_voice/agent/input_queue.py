"""What is typed to a program, written as soon as the program reads: the loop never waits for it."""

from __future__ import annotations

import asyncio
import os

# A program that never reads costs this much memory, and that of the one paste that went beyond it;
# then what is typed is lost, as on any terminal.
_MAXIMUM_BYTES = 4 << 20
_WRITE_BYTES = 65_536


class InputQueue:
    """Writes to a pseudo-terminal, in order.

    Args:
        fd: The terminal's descriptor, which does not block.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._waiting = bytearray()
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write what waits from this loop."""
        self._loop = loop

    def put(self, data: bytes) -> bool:
        """Write now, or as soon as the program reads.

        Returns:
            Whether it was taken: `False` when the program has not read for so long that the queue
            is full.
        """
        if len(self._waiting) > _MAXIMUM_BYTES:
            return False
        if not self._waiting:
            data = data[self._write(data) :]
            if data and self._loop is not None:
                self._loop.add_writer(self._fd, self._go_on)
        self._waiting += data
        return True

    def close(self) -> None:
        """Forget what waits; nobody will read it."""
        self._waiting.clear()
        if self._loop is not None:
            self._loop.remove_writer(self._fd)

    def _go_on(self) -> None:
        del self._waiting[: self._write(bytes(self._waiting[:_WRITE_BYTES]))]
        if not self._waiting:
            self.close()

    def _write(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            # Nobody has the terminal open: it is as good as read.
            return len(data)
