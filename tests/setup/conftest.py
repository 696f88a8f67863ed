"""Programs and places that are made up, so that the machine's own are not found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice.setup import discovery

MakeProgram = Callable[[Path, str], Path]


@pytest.fixture(autouse=True)
def bare_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no Codex of this machine be found in the places that are the same for all users."""
    monkeypatch.setattr(discovery, "SYSTEM_PLACES", ())


@pytest.fixture
def make_program() -> MakeProgram:
    """Return a function that makes an executable shell script."""

    def make(path: Path, script: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make
