"""Prepares an utterance's samples for Whisper: one shape, one level, bounded length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codex_voice.pcm import SAMPLE_RATE

Samples = NDArray[np.float32]
"""One channel at 16 kHz, C-contiguous, -1 to 1. whisper.cpp reads any other layout as if it were
this one: integers unscaled, a strided view as its neighbours."""

_PEAK = 10 ** (-3 / 20)
_LARGEST_GAIN = 10 ** (30 / 20)
_SHORTEST = SAMPLE_RATE
_LONGEST = 29 * SAMPLE_RATE
_SEARCH = 8 * SAMPLE_RATE
_PAUSE = SAMPLE_RATE // 5


def decode(pcm: bytes) -> Samples:
    """Turn 16-bit little-endian samples into floats; half a sample at the end is dropped."""
    whole = np.frombuffer(pcm, dtype="<i2", count=len(pcm) // 2)
    return whole.astype(np.float32) / np.float32(32768)


def amplify(samples: Samples) -> Samples:
    """Bring a quiet utterance up to -3 dBFS, by 30 dB at most; a loud one stays as it is."""
    peak = float(np.abs(samples).max(initial=0.0))
    if not 0 < peak < _PEAK:
        return samples
    return samples * np.float32(min(_PEAK / peak, _LARGEST_GAIN))


def pad(samples: Samples) -> Samples:
    """Append silence up to one second.

    whisper.cpp answers nothing, or the previous utterance's text, for less than 0.2 s; a second
    costs it no more, for it computes 30 s of spectrum in any case.
    """
    missing = _SHORTEST - samples.size
    return np.pad(samples, (0, missing)) if missing > 0 else samples


def split(samples: Samples) -> list[Samples]:
    """Cut what is longer than Whisper's window of 30 s where it is quietest.

    Returns:
        Pieces of at most 29 s, together all the samples.
    """
    pieces = []
    while samples.size > _LONGEST:
        start = _LONGEST - _SEARCH
        energy = np.square(samples[start:_LONGEST]).cumsum(dtype=np.float64)
        quietest = int(np.argmin(energy[_PAUSE:] - energy[:-_PAUSE]))
        cut = start + quietest + _PAUSE // 2
        pieces.append(samples[:cut])
        samples = samples[cut:]
    pieces.append(samples)
    return pieces
