"""The level of a microphone, as events for the host."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from codex_voice.pcm import FRAME_MS

_FULL_SCALE = 32_768.0


class LevelEvents:
    """Reports the level of every so many milliseconds of sound.

    Args:
        interval_ms: Of how much sound each event tells.
        send: Takes rms and peak, 0 to 1.
    """

    def __init__(self, interval_ms: int, send: Callable[[float, float], None]) -> None:
        self._interval_ms = interval_ms
        self._send = send
        self._elapsed_ms = 0
        self._samples = 0
        self._energy = self._peak = 0.0

    def push(self, frame: bytes) -> None:
        """Receive the next frame (int16 mono)."""
        # 64 bits: a square of 16-bit numbers overflows 16 bits.
        samples = np.frombuffer(frame, dtype="<i2").astype(np.float64)
        self._samples += len(samples)
        self._energy += float(samples @ samples)
        self._peak = max(self._peak, float(np.abs(samples).max(initial=0.0)))
        self._elapsed_ms += FRAME_MS
        if self._elapsed_ms < self._interval_ms:
            return
        rms = math.sqrt(self._energy / max(1, self._samples)) / _FULL_SCALE
        self._send(round(min(1.0, rms), 4), round(min(1.0, self._peak / _FULL_SCALE), 4))
        # What is over counts for the next one: 20 ms frames keep an interval of 30 ms on average.
        self._elapsed_ms -= self._interval_ms
        self._samples, self._energy, self._peak = 0, 0.0, 0.0
