"""Completions for shells."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from codex_voice.cli import main as cli
from codex_voice.cli.support import SHELLS


@pytest.mark.parametrize("shell", SHELLS)
def test_a_completion_knows_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And the shell can read it, where it is here."""
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in ("doctor", "models", "history", "bug-report", "practice"):
        assert word in script
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=script, text=True, check=True, capture_output=True)
