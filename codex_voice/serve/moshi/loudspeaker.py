"""Plays Moshi's sound while it arrives."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from codex_voice.audio import portaudio
from codex_voice.errors import AudioError
from codex_voice.serve.moshi.configuration import FRAME_SAMPLES, SAMPLE_RATE
from codex_voice.serve.moshi.opus import Samples

_MOST_WAITING = 25
"""Pieces of 40 or 80 ms: at most two seconds late, then the oldest are left out."""

_CLOSE_SECONDS = 0.5
"""What a hanging sound server may hold up the end."""


class Loudspeaker:
    """Plays on the default output, on a thread of its own, which loads and opens PortAudio too.

    Args:
        trouble: Given, on that thread, why nothing is played.
    """

    def __init__(self, trouble: Callable[[AudioError], None]) -> None:
        self._trouble = trouble
        self._waiting: queue.Queue[Samples | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="moshi-loudspeaker", daemon=True)
        self._thread.start()

    def play(self, samples: Samples) -> None:
        """Play these after what is waiting; returns at once."""
        self._put(samples)

    def close(self) -> None:
        """Play no more."""
        self._put(None)
        self._thread.join(_CLOSE_SECONDS)

    def _put(self, samples: Samples | None) -> None:
        while True:
            try:
                self._waiting.put_nowait(samples)
                return
            except queue.Full:
                # The thread may have taken one meanwhile.
                try:
                    self._waiting.get_nowait()
                except queue.Empty:
                    continue

    def _run(self) -> None:
        try:
            self._play()
        except AudioError as error:
            self._trouble(error)

    def _play(self) -> None:
        sounddevice = portaudio.load()
        try:
            stream = portaudio.open_stream(
                lambda: sounddevice.RawOutputStream(
                    SAMPLE_RATE, blocksize=FRAME_SAMPLES // 2, channels=1, dtype="float32"
                )
            )
            try:
                while (samples := self._waiting.get()) is not None:
                    stream.write(samples.tobytes())
            finally:
                portaudio.close_stream(stream)
        except sounddevice.PortAudioError as error:
            raise AudioError(f"Moshi cannot be heard: {error.args[0]}") from error
