"""Whisper's input: the logarithm of its mel bands, 100 frames a second."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from codex_voice.speech import mel
from codex_voice.speech.samples import Samples

Spectrogram = NDArray[np.float32]
"""(bands, frames), float32."""

FRAMES_PER_POSITION = 2
"""The encoder's first layers halve the frames."""

_FLOOR = 1e-10
_RANGE = 8.0
"""Decades below the loudest band that are kept, as in OpenAI's `log_mel_spectrogram`."""


class LogMel:
    """Computes spectrograms as OpenAI's Whisper does.

    Args:
        bands: Mel bands: 80, or 128 for large-v3.
    """

    def __init__(self, bands: int) -> None:
        self._filters = mel.filters(bands)

    def __call__(self, samples: Samples, frames: int) -> Spectrogram:
        """Return the spectrogram of a sound, filled up with silence to a number of frames.

        Args:
            samples: Mono at 16 kHz, -1 to 1.
            frames: Frames of the result; what the sound has beyond them is cut.
        """
        count = min(frames, samples.size // mel.HOP + 1)
        margin = mel.FRAME // 2
        # The sound's beginning mirrored before it, as torch.stft centres its first frame.
        before = np.pad(samples[1 : margin + 1][::-1], (margin - samples[1 : margin + 1].size, 0))
        padded = np.concatenate([before, samples, np.zeros(margin + mel.HOP, np.float32)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, mel.FRAME)[:: mel.HOP][:count]
        power = np.square(np.abs(np.fft.rfft(windows * mel.TAPER)).astype(np.float32))
        levels = np.log10(np.maximum(self._filters @ power.T, _FLOOR))
        lowest = max(float(levels.max()) - _RANGE, math.log10(_FLOOR))
        # Frames of silence alone have the lowest level there is: filled in, not computed.
        result = np.full((len(self._filters), frames), lowest, np.float32)
        result[:, : levels.shape[1]] = np.maximum(levels, lowest)
        return np.asarray((result + 4) / 4, dtype=np.float32)
