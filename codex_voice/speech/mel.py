"""Mel bands, in which Whisper and the speaker encoder hear: frames of 25 ms, one each 10 ms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codex_voice.pcm import SAMPLE_RATE

FRAME = SAMPLE_RATE * 25 // 1000
"""Samples of a frame."""
HOP = SAMPLE_RATE * 10 // 1000
"""Samples between the beginnings of two frames."""
TAPER = np.hanning(FRAME + 1)[:-1].astype(np.float32)
"""The periodic Hann window, (FRAME,), float32."""


def filters(bands: int) -> NDArray[np.float32]:
    """Return Slaney's mel filters as librosa makes them.

    Args:
        bands: How many.

    Returns:
        Weights of the bins of the spectrum of a frame: (bands, FRAME // 2 + 1), float32.
    """
    linear_end, per_band, log_step = 1000.0, 200 / 3, np.log(6.4) / 27
    first_log = linear_end / per_band
    highest = first_log + np.log(SAMPLE_RATE / 2 / linear_end) / log_step
    mels = np.linspace(0, highest, bands + 2)
    logarithmic = linear_end * np.exp(log_step * (mels - first_log))
    edges = np.where(mels < first_log, mels * per_band, logarithmic)[:, None]
    bins = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    area = 2 / (edges[2:] - edges[:-2])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * area, dtype=np.float32)
