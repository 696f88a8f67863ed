"""The choice of a microphone and its meter."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import FRAME_SAMPLES
from codex_voice.ui.dialogs.microphone_screen import MicrophoneScreen
from tests.ui.dialogs.conftest import DialogApp, see

LOUD = (16_384).to_bytes(2, "little") * FRAME_SAMPLES


class Tone:
    """A microphone that hears a loud tone."""

    active = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = threading.Event()

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Deliver a second of sound at once."""
        for _ in range(50):
            deliver(LOUD)

    def close(self) -> None:
        """Note it."""
        self.closed.set()


@pytest.mark.timeout(60)
async def test_the_meter_shows_what_the_highlighted_microphone_hears() -> None:
    """One microphone after the other is listened to, and closed again."""
    app = DialogApp()
    opened: list[Tone] = []

    def make(name: str) -> FrameSource:
        if name == "broken":
            raise MicrophoneUnavailable("broken cannot be opened")
        opened.append(Tone(name))
        return opened[-1]

    async with app.run_test() as pilot:
        await app.ask(MicrophoneScreen(["USB", "broken"], "USB", make))
        await see(app, pilot, "● USB")
        await see(app, pilot, "-6 dB")
        await pilot.press("down")
        await see(app, pilot, "broken cannot be opened")
        await pilot.press("up", "enter")
        await pilot.pause()
    assert app.answers == ["USB"]
    assert [tone.name for tone in opened][:1] == ["USB"]
    assert all(tone.closed.wait(30) for tone in opened)
