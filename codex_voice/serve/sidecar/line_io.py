"""Lines in and out: bounded, never torn, and never waited for by a thread that has other work."""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from codex_voice.serve.sidecar.protocol import LONGEST_LINE, Fault, RpcError, encode

_CHUNK = 1 << 16
# What may wait for a host that does not read; requests are not read either from then on.
_MOST_WAITING_BYTES = 4 << 20
# Levels are dropped long before that: only the newest are worth anything.
_MOST_LEVELS = 16


class LineReader:
    """Reads lines from a file descriptor and keeps at most one in memory.

    Args:
        source: The descriptor.
        wake: Another one: readable once the reading is to end.
    """

    def __init__(self, source: int, wake: int) -> None:
        self._source = source
        self._wake = wake

    def __iter__(self) -> Iterator[bytes | RpcError]:
        """Yield lines without surrounding blanks, and an error for one that is too long.

        Empty ones are left out. What follows the last line break before the end is a line too.
        """
        rest = bytearray()
        skipping = False
        while chunk := self._read():
            *lines, tail = chunk.split(b"\n")
            for line in lines:
                rest += line
                if skipping or len(rest) >= LONGEST_LINE:
                    if not skipping:
                        yield _too_long()
                    skipping = False
                elif stripped := bytes(rest).strip():
                    yield stripped
                rest.clear()
            rest += tail
            if len(rest) >= LONGEST_LINE and not skipping:
                skipping = True
                yield _too_long()
            if skipping:
                rest.clear()
        if not skipping and (stripped := bytes(rest).strip()):
            yield stripped

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._source, self._wake], [], [])
        return b"" if self._wake in ready else os.read(self._source, _CHUNK)


def _too_long() -> RpcError:
    return RpcError(
        Fault.INVALID_REQUEST,
        f"a line may have {LONGEST_LINE} bytes",
        details={"reason": "line_too_long"},
    )


class LineWriter:
    """Writes messages to a file descriptor, from a thread of its own, whole and in order.

    Args:
        target: The descriptor.
        wake: Written to when nobody reads the messages any more.
    """

    def __init__(self, target: int, wake: int) -> None:
        self._target = target
        self._wake = wake
        self._waiting: deque[bytes] = deque()
        self._levels: deque[bytes] = deque(maxlen=_MOST_LEVELS)
        self._bytes = 0
        self._broken = self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write_all, name="sidecar-output", daemon=True)
        self._thread.start()

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message; waits while the host leaves megabytes unread."""
        line = encode(message)
        with self._changed:
            self._changed.wait_for(lambda: self._bytes < _MOST_WAITING_BYTES or self._over)
            if not self._over:
                self._waiting.append(line)
                self._bytes += len(line)
                self._changed.notify_all()

    def send_level(self, message: Mapping[str, Any]) -> None:
        """Send a message that may be dropped; never waits."""
        line = encode(message)
        with self._changed:
            if not self._over:
                self._levels.append(line)
                self._changed.notify_all()

    def close(self, timeout: float) -> None:
        """Write what was sent, within so many seconds, and nothing more."""
        deadline = time.monotonic() + timeout
        with self._changed:
            self._closing = True
            self._levels.clear()
            self._changed.notify_all()
        self._thread.join(max(0.0, deadline - time.monotonic()))

    @property
    def _over(self) -> bool:
        return self._broken or self._closing

    def _write_all(self) -> None:
        while (line := self._next()) is not None:
            try:
                self._write(line)
            except OSError:
                with self._changed:
                    self._broken = True
                    self._changed.notify_all()
                os.write(self._wake, b"\0")
                return

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._levels or self._closing)
            if self._waiting:
                line = self._waiting.popleft()
                self._bytes -= len(line)
                self._changed.notify_all()
                return line
            return self._levels.popleft() if self._levels else None

    def _write(self, line: bytes) -> None:
        view = memoryview(line)
        while view:
            view = view[os.write(self._target, view) :]
