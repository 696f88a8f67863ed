"""Commands of ours in messages, as they can be run."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice.errors import ModelMissing
from codex_voice.own_command import runnable


@pytest.mark.parametrize(
    ("called", "on_path", "shown"),
    [
        (".venv/bin/codex-voice", False, ".venv/bin/codex-voice models get"),
        ("/opt/x/codex-voice", False, "/opt/x/codex-voice models get"),
        (".venv/bin/codex-voice", True, "codex-voice models get"),
        ("/usr/lib/python3/codex_voice/__main__.py", False, "codex-voice models get"),
    ],
)
def test_a_remedy_names_a_command_that_works_here(
    home: Path, monkeypatch: pytest.MonkeyPatch, called: str, on_path: bool, shown: str
) -> None:
    """In a checkout that is not installed, `codex-voice` alone would not be found."""
    monkeypatch.setattr("sys.argv", [called, "doctor"])
    if on_path:
        program = home / "bin" / "codex-voice"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    assert runnable("codex-voice models get") == shown
    assert ModelMissing("there is no model", "codex-voice models get").remedy == shown


@pytest.mark.parametrize("remedy", ["sudo apt-get install npm", "codex-voices", "", "connect one"])
def test_other_remedies_stay(monkeypatch: pytest.MonkeyPatch, home: Path, remedy: str) -> None:
    """Only a command of ours is changed."""
    monkeypatch.setattr("sys.argv", [".venv/bin/codex-voice"])
    assert runnable(remedy) == remedy
