"""A microphone that does what a test says, and a list of events that can be waited on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from codex_voice.audio.events import CaptureEvent, LevelChanged
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.errors import AudioError
from codex_voice.pcm import FRAME_BYTES, SAMPLE_BYTES, SAMPLE_RATE, Framer

CLIPS = Path(__file__).parents[1] / "data" / "clips"
SENTENCE = CLIPS / "09_espeak_why_is_the_session_manager_failing.wav"
JFK = Path(__file__).parents[1] / "data" / "jfk.wav"

Event = TypeVar("Event")


def duration(pcm: bytes) -> float:
    """Return the length of int16 mono 16 kHz sound, in seconds."""
    return len(pcm) / SAMPLE_BYTES / SAMPLE_RATE


def noise(seconds: float, dbfs: float = -60.0, seed: int = 0) -> bytes:
    """Return white noise of a level: int16 mono 16 kHz."""
    # With numpy in a few milliseconds: while a test makes sound, its microphone gives nothing,
    # which a busy machine must not draw out to where the watchdog takes it for lost.
    deviation = 32_768 * 10 ** (dbfs / 20)
    count = round(seconds * SAMPLE_RATE)
    samples = np.random.default_rng(seed).normal(0, deviation, count)
    return samples.round().clip(-32_768, 32_767).astype("<i2").tobytes()


def frames(*sounds: bytes | Path) -> list[bytes]:
    """Return the frames of sounds, one after the other."""
    framer = Framer()
    whole = b"".join(read_wave(s) if isinstance(s, Path) else s for s in sounds)
    return framer.push(whole) + framer.flush()


class ScriptedSource:
    """A source whose frames come when a test speaks them."""

    name = "scripted"

    def __init__(self) -> None:
        self.active = False
        self.error: AudioError | None = None
        self.opened = threading.Event()
        self._openings = threading.Semaphore(0)
        self.closed = threading.Event()
        self._deliver: Callable[[bytes], None] = lambda _frame: None

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Open, or refuse with `error`."""
        if self.error is not None:
            raise self.error
        self._deliver = deliver
        self.active = True
        self.closed.clear()
        self._openings.release()
        self.opened.set()

    def close(self) -> None:
        """Close."""
        self.active = False
        self.opened.clear()
        self.closed.set()

    def wait_for_opening(self, count: int) -> None:
        """Wait until it has been opened so many times in all."""
        for _ in range(count):
            assert self._openings.acquire(timeout=60), "the source was not opened again"

    def speak(self, *sounds: bytes | Path) -> None:
        """Deliver the frames of sounds as fast as they are taken."""
        assert self.opened.wait(20), "the source was never opened"
        for frame in frames(*sounds):
            assert len(frame) == FRAME_BYTES
            self._deliver(frame)

    def trail(self, *sounds: bytes | Path) -> None:
        """Deliver what is on its way when the key is pressed, unless that has closed the source."""
        if self.opened.is_set():
            for frame in frames(*sounds):
                self._deliver(frame)


class EventLog:
    """The events of a capture."""

    def __init__(self) -> None:
        self._events: list[CaptureEvent] = []
        self._news = threading.Condition()

    def post(self, event: CaptureEvent) -> None:
        """Take an event."""
        with self._news:
            self._events.append(event)
            self._news.notify_all()

    def wait_for(self, kind: type[Event], timeout: float = 20.0, count: int = 1) -> Event:
        """Wait for the `count`th event of a kind and return it."""
        with self._news:
            done = self._news.wait_for(lambda: len(self.all(kind)) >= count, timeout)
            others = [type(e).__name__ for e in self._events if not isinstance(e, LevelChanged)]
            assert done, f"no {kind.__name__} among {others}"
            return self.all(kind)[count - 1]

    def wait_for_seconds(self, seconds: float) -> None:
        """Wait until an utterance has got so long."""
        with self._news:
            assert self._news.wait_for(
                lambda: any(level.elapsed >= seconds for level in self.all(LevelChanged)), 20
            )

    def all(self, kind: type[Event]) -> list[Event]:
        """Return the events of a kind so far."""
        return [event for event in self._events if isinstance(event, kind)]
