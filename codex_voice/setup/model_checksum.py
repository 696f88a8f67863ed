"""Compares a speech model with the checksum that its authors published."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from codex_voice.speech.models.catalogue import CATALOGUE
from codex_voice.speech.models.installed import name_of

_CHUNK = 1 << 20


def has_checksum(path: Path) -> bool:
    """Return whether a checksum is published for a model of this name."""
    return _published_sha1(path) is not None


def checksum_problem(path: Path, deadline: float = float("inf")) -> str | None:
    """Return what is wrong with the content of a model file.

    Args:
        path: The file; its name says which model it is.
        deadline: When (`time.monotonic`) to give up; large models take seconds.

    Returns:
        A line about it; "" where it is right, or nobody published a checksum; None where the time
        was not enough.
    """
    expected = _published_sha1(path)
    if expected is None:
        return ""
    digest = hashlib.sha1(usedforsecurity=False)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                if time.monotonic() > deadline:
                    return None
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if digest.hexdigest() == expected:
        return ""
    return f"{path} is not what its authors published: its checksum differs"


def _published_sha1(path: Path) -> str | None:
    return {model.name: model.sha1 for model in CATALOGUE}.get(name_of(path))
