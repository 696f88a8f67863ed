"""How loud: dB below full scale, peaks, clipping, and the gate below which nothing is speech."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codex_voice.pcm import FRAME_BYTES, FRAME_SAMPLES, FRAME_SECONDS, frames_in

# Digital silence has no level in dB; 16 bits end at -90.3 dBFS.
SILENCE_DBFS = -96.0
_FULL_SCALE = 32_768.0
# Converters saturate a little below full scale; three samples in a row are no accident.
_CLIPPED_SAMPLE = 32_700
_CLIPPED_RUN = 3


@dataclass(frozen=True)
class Level:
    """The level of one frame: mean power and highest sample in dBFS, and whether it is clipped."""

    dbfs: float
    peak_dbfs: float
    clipped: bool


def measure(frame: bytes) -> Level:
    """Measure sound (int16 mono, at least one sample). A full-scale sine has -3 dBFS."""
    # As numbers of 64 bits: a square of 16-bit numbers overflows 16 bits, a sum of them 32.
    samples = np.frombuffer(frame, dtype="<i2").astype(np.float64)
    peak = float(np.abs(samples).max())
    power = float(samples @ samples) / len(samples)
    clipped = False
    if peak >= _CLIPPED_SAMPLE:
        high = np.abs(samples) >= _CLIPPED_SAMPLE
        runs = np.convolve(high, np.ones(_CLIPPED_RUN))
        clipped = bool(runs.max() >= _CLIPPED_RUN)
    return Level(_decibels(math.sqrt(power)), _decibels(peak), clipped)


def powers(pcm: bytes) -> NDArray[np.float64]:
    """Return the mean power of each whole frame of a sound (int16 mono); full scale is 1.

    Digital silence has that of `SILENCE_DBFS`, so that its logarithm is a number.
    """
    whole = pcm[: len(pcm) - len(pcm) % FRAME_BYTES]
    samples = np.frombuffer(whole, dtype="<i2").reshape(-1, FRAME_SAMPLES).astype(np.float64)
    power = np.square(samples / _FULL_SCALE).mean(axis=1)
    audible: NDArray[np.float64] = np.maximum(power, 10 ** (SILENCE_DBFS / 10))
    return audible


def amplify(frame: bytes, decibels: float) -> bytes:
    """Return sound (int16 mono) made louder; what does not fit is clipped."""
    samples = np.frombuffer(frame, dtype="<i2") * 10 ** (decibels / 20)
    return samples.clip(-32_768, 32_767).astype("<i2").tobytes()


def _decibels(amplitude: float) -> float:
    if amplitude <= 0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 20 * math.log10(amplitude / _FULL_SCALE))


class LevelMeter:
    """A meter as on a mixing desk: rises at once, falls 20 dB a second, holds peaks for 1 s.

    It warns of clipping when more than 1 % of the loud frames of the last 5 s are clipped.
    """

    _FALL_DB = 20 * FRAME_SECONDS
    _HOLD_FRAMES = frames_in(1000)
    _LOUD_DBFS = -40.0

    def __init__(self) -> None:
        self.dbfs = SILENCE_DBFS
        self.peak_dbfs = SILENCE_DBFS
        self._held = 0
        self._clipped: deque[bool] = deque(maxlen=frames_in(5000))

    def push(self, level: Level) -> None:
        """Note the level of the next frame."""
        self.dbfs = max(level.dbfs, self.dbfs - self._FALL_DB)
        self._held += 1
        if level.peak_dbfs >= self.peak_dbfs:
            self.peak_dbfs, self._held = level.peak_dbfs, 0
        elif self._held > self._HOLD_FRAMES:
            self.peak_dbfs = max(level.peak_dbfs, self.peak_dbfs - self._FALL_DB)
        if level.dbfs > self._LOUD_DBFS:
            self._clipped.append(level.clipped)

    @property
    def clipping(self) -> bool:
        """Whether the input level is too high."""
        return sum(self._clipped) > max(1, len(self._clipped) // 100)


class SpeechGate:
    """Decides which frames are loud enough to be speech.

    A frame passes at or above the threshold that was set, and 6 dB above the noise floor, which
    is the quietest frame of the last 5 s: speech has gaps between its words, steady noise none.
    The floor alone never asks for more than -40 dBFS, or speech in loud noise would be lost, and
    says nothing in the first 2 s, which may be nothing but speech.
    """

    _MARGIN_DB = 6.0
    _HIGHEST_DBFS = -40.0
    _BLOCK_FRAMES = frames_in(500)
    _BLOCKS = 10
    _BLOCKS_NEEDED = 4

    def __init__(self, threshold_dbfs: float) -> None:
        self._threshold = threshold_dbfs
        self._floors: deque[float] = deque(maxlen=self._BLOCKS)
        self._block: list[float] = []

    def passes(self, level: Level) -> bool:
        """Note the level of the next frame and say whether it may be speech."""
        self._block.append(level.dbfs)
        if len(self._block) == self._BLOCK_FRAMES:
            self._floors.append(min(self._block))
            self._block.clear()
        return level.dbfs >= self.dbfs

    @property
    def dbfs(self) -> float:
        """The level that a frame must have now."""
        if len(self._floors) < self._BLOCKS_NEEDED:
            return self._threshold
        above_floor = min(min(self._floors) + self._MARGIN_DB, self._HIGHEST_DBFS)
        return max(self._threshold, above_floor)


class Syllables:
    """Finds where a syllable begins, or a noise as sudden.

    There the level is higher than in any of the 100 ms before, and 6 dB higher than in one of
    them: the words in a sentence run together, but its vowels stand out.
    """

    _RISE_DB = 6.0
    _FRAMES = frames_in(100)

    def __init__(self) -> None:
        self._before: deque[float] = deque(maxlen=self._FRAMES)

    def begins(self, level: Level) -> bool:
        """Note the level of the next frame and say whether a syllable begins in it."""
        before = (*self._before,)
        self._before.append(level.dbfs)
        return bool(before) and level.dbfs >= max(*before, min(before) + self._RISE_DB)
