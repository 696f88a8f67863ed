"""The seams between the rooms, held by tools and not by good will."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
HEAVY = ("numpy", "textual", "rich", "_pywhispercpp", "pywhispercpp", "sounddevice", "pyghostty")
RUN_AND_LIST_MODULES = """
import sys
from codex_voice.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print("loaded:", *sys.modules, file=sys.stderr)
"""
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_dependencies_point_down_only() -> None:
    """import-linter finds every contract of pyproject.toml kept."""
    linted = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("arguments", [["--version"], ["init", "--yes"], ["doctor"], ["models"]])
def test_small_commands_load_nothing_heavy(home: Path, arguments: list[str]) -> None:
    """They answer at once, and also where one of the heavy parts is broken."""
    done = subprocess.run(
        [sys.executable, "-c", RUN_AND_LIST_MODULES, *arguments],
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    loaded = done.stderr.rpartition("loaded:")[2].split()
    assert "codex_voice.cli.main" in loaded
    assert not set(HEAVY) & set(loaded)
