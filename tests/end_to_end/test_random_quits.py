"""Ended at any moment: while libraries load, the microphone is looked for, Codex starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.random_quits import Quit, faults_of, random_quits
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

pytestmark = [pytest.mark.codex, pytest.mark.microphone]

SEED = 20


@pytest.mark.parametrize("case", random_quits(SEED, 9, codex=True, sound=True), ids=str)
async def test_ended_at_a_random_moment(
    case: Quit, virtual_mic: VirtualMic, fake_codex: FakeCodex, tmp_path: Path
) -> None:
    """No death by a signal, no output behind the screen, nothing left running or unfinished."""
    home = tmp_path / "home"
    home.mkdir()
    codex = fake_codex if case.program == "codex" else None
    assert await faults_of(case, home, codex, virtual_mic.environment) == []
