"""A desk for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from codex_voice.config.schema import VoiceConfig
from tests.dictation.desk import Desk
from tests.speech.test_worker import Obedient


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Return a dictation whose recogniser is ready and waits until it may finish."""
    ear = Obedient()
    desk = Desk(ear, tmp_path, VoiceConfig(command_silence_ms=200))
    await desk.until(lambda: desk.dictation.state.model_description == "test")
    ear.hold()
    yield desk
    ear.may_finish.set()
    await desk.dictation.close()
