"""Distinguishes recordings of running programs from those that a crash left.

A program that records holds the lock of a file of its own; the kernel lets go of it however the
program ends, and a process number that is used again cannot be mistaken for it.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Collection
from pathlib import Path

from codex_voice.paths import make_private_directory

_SUFFIX = ".owner"


class Ownership:
    """One program's claim on the recordings it makes in a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._name = uuid.uuid4().hex
        self._descriptor = -1

    def claim(self) -> str:
        """Acquire the lock, once, and return this owner's name. Makes the directory.

        Raises:
            OSError: The directory or the lock cannot be made.
        """
        make_private_directory(self._directory)
        # One that was there before may be open to others.
        self._directory.chmod(0o700)
        file = self._file(self._name)
        if self._descriptor >= 0 and not file.exists():
            self.release()
        while self._descriptor < 0:
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            # Before the lock was taken, another program may have swept the file away.
            if not file.exists():
                self.release()
        return self._name

    def release(self) -> None:
        """Give the lock back; what has no outcome by now counts as left behind."""
        if self._descriptor >= 0:
            self._file(self._name).unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1

    def is_alive(self, owner: str) -> bool:
        """Return whether the program of that name still runs."""
        if owner == self._name:
            return self._descriptor >= 0
        try:
            descriptor = os.open(self._file(owner), os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def sweep(self, needed: Collection[str]) -> None:
        """Remove the lock files of programs that are gone and own nothing that is needed."""
        for file in self._directory.glob(f"*{_SUFFIX}"):
            if file.stem not in needed and file.stem != self._name and not self.is_alive(file.stem):
                file.unlink(missing_ok=True)

    def _file(self, owner: str) -> Path:
        return self._directory / f"{owner}{_SUFFIX}"
