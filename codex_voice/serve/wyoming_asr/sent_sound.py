"""The sound that a Wyoming client sends, put together and brought to our format."""

from __future__ import annotations

import numpy as np

from codex_voice.errors import CodexVoiceError
from codex_voice.pcm import SAMPLE_BYTES, SAMPLE_RATE
from codex_voice.serve.agent_api.pcm_input import PcmFormat
from codex_voice.wyoming_events import Event

MOST_BYTES = 8 << 20
"""What one client may send for one transcript: four minutes of 16-bit mono sound at 16 kHz."""
_MOST_CHANNELS = 8


class SoundRefused(CodexVoiceError):
    """A client's sound is too long, or in no format that is taken."""


class SentSound:
    """The chunks between `audio-start` and `audio-stop`."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._form: tuple[int, int, int] | None = None

    def add(self, chunk: Event) -> None:
        """Add an `audio-chunk`, which names its own format.

        Raises:
            SoundRefused: It is too much, in another format than the chunk before, or in one that
                is not taken.
        """
        form = (
            chunk.number("rate", SAMPLE_RATE),
            chunk.number("width", SAMPLE_BYTES),
            chunk.number("channels", 1),
        )
        if self._form is None:
            _check(*form)
        elif form != self._form:
            raise SoundRefused("the format changes within one recording")
        self._form = form
        self._pcm += chunk.payload
        if len(self._pcm) > MOST_BYTES:
            raise SoundRefused(f"one recording has at most {MOST_BYTES} bytes")

    def as_pcm(self) -> bytes:
        """Return all of it as int16 mono 16 kHz."""
        rate, _, channels = self._form or (SAMPLE_RATE, SAMPLE_BYTES, 1)
        pcm = bytes(self._pcm)
        if channels > 1:
            whole = np.frombuffer(pcm, "<i2", count=len(pcm) // SAMPLE_BYTES // channels * channels)
            mixed = whole.reshape(-1, channels).mean(axis=1).round()
            pcm = mixed.astype("<i2").tobytes()
        return PcmFormat(rate=rate).decode(pcm)


def _check(rate: int, width: int, channels: int) -> None:
    if width != SAMPLE_BYTES or not 1 <= channels <= _MOST_CHANNELS:
        raise SoundRefused(f"sound of {8 * width} bits and {channels} channels is not taken")
    try:
        PcmFormat(rate=rate)
    except ValueError as error:
        raise SoundRefused(str(error)) from None
