"""Reads a project's names on a thread of its own, and again when they may have changed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from codex_voice.language.project.repository import read_names
from codex_voice.language.project.vocabulary import EMPTY, Vocabulary, build

# Reading takes a second at most; people do not rename what they speak of more often.
_FRESH_SECONDS = 30.0


class ProjectNames:
    """The vocabulary of a project: empty at first, and replaced as a whole when it was read.

    Args:
        root: The project's folder.
        fresh_seconds: For how long what was read is not read again.
    """

    def __init__(self, root: Path, fresh_seconds: float = _FRESH_SECONDS) -> None:
        self._root = root
        self._fresh_seconds = fresh_seconds
        self._vocabulary = EMPTY
        self._read_at = float("-inf")
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The names that are known by now; any thread may ask."""
        return self._vocabulary

    def refresh(self) -> None:
        """Have the names read, unless that is being done or was done a moment ago."""
        with self._lock:
            running = self._thread is not None and self._thread.is_alive()
            if running or time.monotonic() - self._read_at < self._fresh_seconds:
                return
            self._thread = threading.Thread(target=self._read, name="project names", daemon=True)
            self._thread.start()

    def wait(self, timeout: float) -> bool:
        """Wait until what is being read is read; return whether it is.

        Args:
            timeout: Seconds to wait at most.
        """
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def _read(self) -> None:
        found = read_names(self._root)
        vocabulary = build(found)
        with self._lock:
            self._vocabulary = vocabulary
            self._read_at = time.monotonic()
