"""What was said is in no line of the log, whatever becomes of it."""

from __future__ import annotations

import asyncio
import logging

import pytest

from codex_voice.audio.events import Cancelled
from codex_voice.audio.utterance import EndReason
from tests.dictation.desk import Desk

SECRET = "xylophone"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_nothing_said_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """A dictation, one cut short, one cancelled, with all details on."""
    caplog.set_level(logging.DEBUG, "codex_voice")
    desk.ear.may_finish.set()
    said = f"Print the {SECRET}."
    desk.starts("a")
    desk.pauses("a", said)
    desk.ends("a", said)
    await desk.until(lambda: len(desk.texts) == 1)
    desk.starts("b")
    desk.ends("b", said, complete=False, reason=EndReason.LOST)
    await desk.until(lambda: len(desk.texts) == 2)
    desk.starts("c")
    desk.pauses("c", said)
    desk.dictation.handle(Cancelled("c", said.encode()))
    await asyncio.to_thread(desk.dictation.recordings.close)
    assert desk.texts[0] == said
    assert SECRET not in caplog.text.lower()
