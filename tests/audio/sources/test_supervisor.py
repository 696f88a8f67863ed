"""Who looks after a microphone tells what it is called, also while it is open."""

from __future__ import annotations

import queue
from collections.abc import Callable

from codex_voice.audio.events import CaptureEvent, Found, Opened
from codex_voice.audio.sources.supervisor import SourceSupervisor
from tests.audio.scripted import ScriptedSource, noise


def test_a_name_that_changes_is_told_once() -> None:
    """That of a microphone on another machine has its latency and its gaps in it."""
    source = ScriptedSource()
    calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    events: list[CaptureEvent] = []
    frames: list[bytes] = []
    supervisor = SourceSupervisor(
        lambda: source, calls.put, events.append, frames.append, lambda: None
    )
    supervisor.open()
    while not any(isinstance(event, Opened) for event in events):
        calls.get(timeout=60)()
    for name in ("scripted", "scripted, 40 ms", "scripted, 40 ms, 1 gap"):
        source.name = name
        before = len(frames)
        source.speak(noise(2))
        while len(frames) < before + 100:
            calls.get(timeout=60)()
    names = [event.name for event in events if isinstance(event, Found)]
    assert names == ["scripted, 40 ms", "scripted, 40 ms, 1 gap"]
    supervisor.close(60)


def test_another_microphone_does_not_undo_an_interruption() -> None:
    """Who chooses another one after a mute in mid-sentence has still not been heard whole."""
    source = ScriptedSource()
    calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    frames: list[bytes] = []
    supervisor = SourceSupervisor(
        lambda: source, calls.put, lambda _: None, frames.append, lambda: None
    )
    supervisor.open()
    while not source.opened.is_set():
        calls.get(timeout=60)()
    source.speak(noise(0.5), bytes(2 * 32_000))
    while len(frames) < 115:
        calls.get(timeout=60)()
    assert supervisor.interruptions == 1
    supervisor.use(ScriptedSource)
    assert supervisor.interruptions == 1
    supervisor.close(60)
