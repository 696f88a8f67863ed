"""From another sample rate to ours, by soxr."""

from __future__ import annotations

import importlib
from typing import Any

from codex_voice.errors import AudioError
from codex_voice.install_hints import install_with_pip
from codex_voice.pcm import SAMPLE_RATE

# Alias below -115 dB at 0.5 ms of CPU a second, and steadier block sizes than "HQ"
# (measured with soxr 0.5, 48 and 44.1 kHz, blocks of 20 ms).
_QUALITY = "LQ"


class Resampler:
    """Brings a stream of int16 mono sound to 16 kHz; the pieces that come out vary in size.

    Raises:
        AudioError: soxr, an optional dependency, is not installed.
    """

    def __init__(self, rate: float) -> None:
        try:
            soxr: Any = importlib.import_module("soxr")
        except ImportError:
            raise AudioError(
                f"sound at {rate:.0f} Hz needs resampling, and soxr is not installed",
                install_with_pip("'codex-voice[resample]'"),
            ) from None
        self._numpy: Any = importlib.import_module("numpy")
        self._stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="int16", quality=_QUALITY)

    def push(self, pcm: bytes, last: bool = False) -> bytes:
        """Return the sound so far at 16 kHz; with `last`, all of it."""
        samples = self._numpy.frombuffer(pcm, dtype="<i2")
        resampled: bytes = self._stream.resample_chunk(samples, last=last).tobytes()
        return resampled
