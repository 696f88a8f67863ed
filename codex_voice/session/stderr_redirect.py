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


@contextmanager
def diverted_for_good(log: Path) -> Iterator[None]:
    """Send file descriptor 2 to a log file until this process ends.

    Threads of native libraries may print as long as there are any. So only `sys.stderr` leads to
    the user again afterwards.
    """
    sys.stderr.flush()
    for_user = os.fdopen(os.dup(sys.stderr.fileno()), "w", errors="backslashreplace")
    target = _open(log)
    os.dup2(target, 2)
    os.close(target)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = for_user


def _open(log: Path) -> int:
    from codex_voice.log import open_file

    try:
        return open_file(log)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
