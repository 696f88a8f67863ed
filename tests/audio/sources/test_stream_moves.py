"""A stream that PulseAudio moves to another device."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from codex_voice.audio.sources import microphone as microphone_module
from codex_voice.audio.sources.microphone import Microphone
from codex_voice.audio.sources.stream_moves import StreamMoves
from tests.support.virtual_mic import VirtualMic

pytestmark = pytest.mark.microphone


@pytest.fixture
def frames_come(virtual_mic: VirtualMic) -> Iterator[threading.Event]:
    """Open a microphone, and return what its frames set."""
    come = threading.Event()
    microphone = Microphone()
    microphone.open(lambda _frame: come.set())
    assert come.wait(20)
    yield come
    virtual_mic.mend()
    microphone.close()


@pytest.mark.usefixtures("frames_come")
def test_a_move_is_noticed_and_other_changes_are_not(virtual_mic: VirtualMic) -> None:
    """Muting changes the stream too; unplugging moves it."""
    moved, watching = threading.Event(), threading.Event()
    moves = StreamMoves(moved.set, on_watching=watching.set)
    assert watching.wait(20)
    virtual_mic.mute(True)
    virtual_mic.mute(False)
    assert not moved.is_set()
    virtual_mic.unplug()
    assert moved.wait(20)
    moves.close()


def test_a_moved_microphone_is_not_active(
    virtual_mic: VirtualMic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had gone away, so that nothing of the other device is taken for speech."""
    moved, watching = threading.Event(), threading.Event()

    def watch(on_moved: Callable[[], None]) -> StreamMoves:
        def report() -> None:
            on_moved()
            moved.set()

        return StreamMoves(report, on_watching=watching.set)

    monkeypatch.setattr(microphone_module, "StreamMoves", watch)
    microphone = Microphone()
    microphone.open(lambda _frame: None)
    try:
        assert watching.wait(20)
        assert microphone.active
        virtual_mic.unplug()
        assert moved.wait(20)
        assert [microphone.active] == [False]
    finally:
        virtual_mic.mend()
        microphone.close()


def test_without_a_server_nothing_is_watched(
    virtual_mic: VirtualMic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing fails."""
    del virtual_mic
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    StreamMoves(lambda: pytest.fail("nothing was moved")).close()
    for thread in threading.enumerate():
        if thread.name == "stream-moves":
            thread.join(20)
            assert not thread.is_alive()
