"""What the tests of the services share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

import pytest


@pytest.fixture
def own_files(tmp_path: Path) -> dict[str, str]:
    """Return variables that give a child process an empty home, and nothing else of its own."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
    }


def recordings_in(own_files: dict[str, str]) -> list[Path]:
    """Return the sound files in the history of that home."""
    directory = Path(own_files["XDG_STATE_HOME"]) / "codex-voice" / "recordings"
    return list(directory.glob("*.wav"))


def with_inherited(own_files: dict[str, str]) -> dict[str, str]:
    """Return this process's environment, as it is now, with that home in it."""
    return {**os.environ, **own_files}


def until_listening(errors: IO[str]) -> None:
    """Read what a command reports until its microphone is open.

    On a busy machine it may say before that the microphone does not open, and try again.
    """
    said = ""
    while "listening to" not in said and "the microphone is back" not in said:
        line = errors.readline()
        assert line, said
        said += line
