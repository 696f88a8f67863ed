"""Finds the real Codex CLI for the tests."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

MISSING = (
    "no Codex CLI: set CODEX_VOICE_TEST_CODEX, or run npm install --prefix .codex-cli @openai/codex"
)


def find_codex() -> str | None:
    """Return the program named in the environment, installed for the project, or on PATH."""
    project = Path(__file__).resolve().parents[2] / ".codex-cli" / "node_modules" / ".bin"
    for candidate in (os.environ.get("CODEX_VOICE_TEST_CODEX"), str(project / "codex"), "codex"):
        if candidate and (found := shutil.which(candidate)):
            return found
    return None


@functools.cache
def codex_release() -> tuple[int, int]:
    """Return the first two numbers of Codex's version, such as (0, 169)."""
    codex = find_codex()
    if codex is None:
        pytest.skip(MISSING)
    asked = subprocess.run([codex, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)\.(\d+)", asked.stdout)
    assert found is not None, asked.stdout
    return int(found[1]), int(found[2])


def needs_release(oldest: tuple[int, int], reason: str) -> None:
    """Skip a test that an older Codex cannot pass."""
    if codex_release() < oldest:
        pytest.skip(f"Codex {codex_release()} is older than {oldest}: {reason}")
