"""The log: a file of its own, with the time, the level and the part of the program on each line.

It never holds what was said or typed: messages name states, sizes, durations and errors, and
numbers stand for recordings. What native libraries print to file descriptor 2 while the screen is
ours goes to the same file as it is (see `session.stderr_redirect`): read through a pipe it would
be lost in the very crash that it explains.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from codex_voice import __version__
from codex_voice.paths import make_private_directory

MAXIMUM_BYTES = 1 << 20
"""When the file has grown beyond this, it is put aside and a new one is begun; one old file is
kept."""

_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s: %(message)s"
_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_STDERR = 2

_LOG = logging.getLogger(__name__)


class LogFile(RotatingFileHandler):
    """Writes records to the file, which only its user can read.

    When the file is put aside while file descriptor 2 leads to it, that follows to the new one.
    """

    def __init__(self, path: Path, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        super().__init__(path, maxBytes=maximum_bytes, backupCount=1, encoding="utf-8")
        self.setFormatter(logging.Formatter(_FORMAT, _TIME_FORMAT))

    def _open(self) -> TextIOWrapper:
        return os.fdopen(open_file(Path(self.baseFilename)), "a", encoding="utf-8")

    def doRollover(self) -> None:  # noqa: N802 (the base class names it)
        """Put the file aside and begin a new one."""
        redirected = self.stream is not None and _is_same_file(self.stream.fileno(), _STDERR)
        super().doRollover()
        if redirected and self.stream is not None:
            os.dup2(self.stream.fileno(), _STDERR)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Lose a record that cannot be written: a full disk is no reason to spoil the screen."""


def open_file(path: Path) -> int:
    """Open the file for appending; return its descriptor, which child processes do not inherit.

    Raises:
        OSError: It cannot be opened or made.
    """
    make_private_directory(path.parent)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def start(path: Path, *, verbose: bool = False) -> None:
    """Write log records to the file from now on, unless that has been started already.

    A file that cannot be written (a read-only home) is no reason not to run: then there is no log.

    Args:
        path: The log file.
        verbose: Whether details are written too.
    """
    root = logging.getLogger()
    if any(isinstance(handler, LogFile) for handler in root.handlers):
        return
    try:
        handler = LogFile(path)
    except OSError:
        return
    root.addHandler(handler)
    _set_level(verbose)
    logging.captureWarnings(True)
    threading.excepthook = _log_thread_exception
    python = ".".join(map(str, sys.version_info[:3]))
    _LOG.info("codex-voice %s on Python %s, %s", __version__, python, sys.platform)


def show_on_stderr() -> None:
    """Print log records with all details to standard error, for `--verbose` of a command."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT, _TIME_FORMAT))
    logging.getLogger().addHandler(handler)
    _set_level(verbose=True)


def _set_level(verbose: bool) -> None:
    logging.getLogger().setLevel(logging.INFO)
    # Other packages' details would bury ours; asyncio's tell nothing about this program.
    logging.getLogger("codex_voice").setLevel(logging.DEBUG if verbose else logging.INFO)


def _log_thread_exception(failure: Any) -> None:
    name = failure.thread.name if failure.thread else "?"
    information = (failure.exc_type, failure.exc_value, failure.exc_traceback)
    _LOG.error("the thread %s ended with an error", name, exc_info=information)


def _is_same_file(one: int, other: int) -> bool:
    try:
        return os.path.samestat(os.fstat(one), os.fstat(other))
    except OSError:
        return False
