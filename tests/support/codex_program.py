"""Finds the real Codex CLI for the tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

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
