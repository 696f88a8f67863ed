"""File descriptor 2 goes to the log while the screen is ours.

PortAudio, ALSA and whisper.cpp print from C; a single line of theirs tears the screen.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The log is cut when it has grown beyond this, so that it never fills a disk.
MAXIMUM_BYTES = 1 << 20


@contextmanager
def diverted_to(log: Path) -> Iterator[None]:
    """Send everything written to file descriptor 2 to a log file, and restore it afterwards.

    A log that cannot be opened (a read-only home) is replaced by the null device: the screen
    comes first.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    target = _open(log)
    os.dup2(target, 2)
    os.close(target)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        os.close(saved)


def _open(log: Path) -> int:
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        full = log.exists() and log.stat().st_size > MAXIMUM_BYTES
        flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if full else os.O_APPEND)
        return os.open(log, flags | os.O_CLOEXEC, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
