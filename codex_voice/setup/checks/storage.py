"""Whether recordings and models can be written, and have room."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from codex_voice import paths
from codex_voice.errors import CodexVoiceError
from codex_voice.setup.checks.finding import Finding, Surroundings

_LEAST_BYTES = 100_000_000
"""200 recordings of 15 s take as much, and so does the recommended model."""


def check(_surroundings: Surroundings) -> Iterator[Finding]:
    """Look at the disks; nothing is written."""
    for name, directory in (
        ("Recordings", paths.recordings_directory()),
        ("Models", paths.models_directory()),
    ):
        yield _examine(name, directory)


def _examine(name: str, directory: Path) -> Finding:
    existing = next(each for each in (directory, *directory.parents) if each.exists())
    free = shutil.disk_usage(existing).free
    if not os.access(existing, os.W_OK | os.X_OK):
        trouble = CodexVoiceError(f"{directory} cannot be written", f"may you write to {existing}?")
        return Finding(name, trouble=trouble, needed=False)
    if free < _LEAST_BYTES:
        trouble = CodexVoiceError(
            f"only {free // 1_000_000} MB are free for {directory}", "make room"
        )
        return Finding(name, trouble=trouble, needed=False)
    return Finding(name, f"{directory}, {free / 1e9:.1f} GB free")
