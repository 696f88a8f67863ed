"""Short sounds that say what happened, played without anybody waiting for them."""

from __future__ import annotations

import math
import queue
import threading
from array import array
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any

from codex_voice.audio import portaudio
from codex_voice.errors import AudioError

# What every output offers; PortAudio does not convert.
_RATE = 48_000
# Audible beside music, not startling in a quiet office.
_AMPLITUDE = 0.2
# Ramps at both ends, against clicks.
_RAMP_SECONDS = 0.005
# An output stream that plays nothing keeps a loudspeaker's amplifier, or a headset's link, awake.
_IDLE_SECONDS = 5.0


class Cue(Enum):
    """What happened, as notes of (Hz, seconds); shorter than 120 ms all together."""

    START = ((660.0, 0.045), (880.0, 0.055))
    STOP = ((880.0, 0.045), (660.0, 0.055))
    SENT = ((1175.0, 0.060),)
    ERROR = ((220.0, 0.110),)
    NEEDS_APPROVAL = ((784.0, 0.035), (0.0, 0.015), (784.0, 0.035), (988.0, 0.030))

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return math.fsum(seconds for _, seconds in self.value)


@cache
def synthesize(cue: Cue) -> bytes:
    """Return the sound of a cue: int16 mono 48 kHz."""
    samples = array("h")
    for frequency, seconds in cue.value:
        count = round(seconds * _RATE)
        for index in range(count):
            ramp = min(
                1.0, index / (_RAMP_SECONDS * _RATE), (count - index) / (_RAMP_SECONDS * _RATE)
            )
            tone = math.sin(2 * math.pi * frequency * index / _RATE)
            samples.append(round(32_767 * _AMPLITUDE * ramp * tone))
    return samples.tobytes()


class Earcons:
    """Plays cues on a thread of its own; the output is opened by the first and closed when idle.

    Args:
        on_trouble: Called on that thread, once, when there is no output; the cue is dropped.
    """

    def __init__(self, on_trouble: Callable[[AudioError], None]) -> None:
        self._on_trouble = on_trouble
        self._cues: queue.SimpleQueue[Cue | None] = queue.SimpleQueue()
        self._stream: Any = None
        self._thread = threading.Thread(target=self._run, name="earcons", daemon=True)
        self._thread.start()

    def play(self, cue: Cue) -> None:
        """Play a cue as soon as the one before is over."""
        self._cues.put(cue)

    def close(self, timeout: float = 1.0) -> None:
        """End the thread after the cues that wait."""
        self._cues.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        reported = False
        while cue := self._next_cue():
            try:
                self._sound(cue)
            except AudioError as error:
                self._close_stream()
                if not reported:
                    reported = True
                    self._on_trouble(error)
        self._close_stream()

    def _next_cue(self) -> Cue | None:
        try:
            return self._cues.get(timeout=_IDLE_SECONDS if self._stream is not None else None)
        except queue.Empty:
            self._close_stream()
            return self._cues.get()

    def _sound(self, cue: Cue) -> None:
        sounddevice = portaudio.load()
        try:
            if self._stream is None:
                self._stream = portaudio.open_stream(
                    lambda: sounddevice.RawOutputStream(
                        samplerate=_RATE, channels=1, dtype="int16", latency="low"
                    )
                )
            # Silence behind it pushes it out of the stream's own buffer.
            tail = round(self._stream.latency * _RATE) * 2
            self._stream.write(synthesize(cue) + bytes(tail))
        except sounddevice.PortAudioError as error:
            raise AudioError(f"no sound can be played: {error.args[0]}") from error

    def _close_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            portaudio.close_stream(stream)
