"""Sounds without speech, generated: the same every time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from codex_voice.pcm import SAMPLE_RATE

SECONDS = 5
_COUNT = SECONDS * SAMPLE_RATE
_TIME = np.arange(_COUNT) / SAMPLE_RATE

Sound = NDArray[np.float64]


def _random(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _coloured(seed: int, slope: float) -> Sound:
    spectrum = np.fft.rfft(_random(seed).standard_normal(_COUNT))
    frequency = np.maximum(np.arange(spectrum.size), 20 * SECONDS)
    return np.fft.irfft(spectrum / frequency**slope, _COUNT)


def _room() -> Sound:
    return _random(9).standard_normal(_COUNT) * 1e-3


def hiss() -> Sound:
    """White noise."""
    return _coloured(1, 0)


def wind() -> Sound:
    """Pink noise."""
    return _coloured(2, 0.5)


def rumble() -> Sound:
    """Brown noise: traffic, a desk that is knocked."""
    return _coloured(3, 1)


def fan() -> Sound:
    """Air, and a motor's steady hum."""
    air = _coloured(4, 0.5)
    hum = sum(np.sin(2 * np.pi * f * _TIME) / n for n, f in enumerate((100, 200, 300), 1))
    return np.asarray(air / air.std() + hum)


def breathing() -> Sound:
    """Air that comes and goes."""
    air = _coloured(5, 0.5)
    breath = np.clip(np.sin(2 * np.pi * 0.4 * _TIME), 0, 1) ** 2
    return np.asarray(air / air.std() * breath + _room())


def typing() -> Sound:
    """Clicks, each with the case's short resonance, ten a second."""
    random, sound = _random(6), np.zeros(_COUNT)
    time = np.arange(1600) / SAMPLE_RATE
    for start in random.integers(0, _COUNT - 1600, 10 * SECONDS):
        click = random.standard_normal(1600) * np.exp(-time * random.uniform(150, 500))
        tone = np.sin(2 * np.pi * random.uniform(100, 400) * time)
        sound[start : start + 1600] += click + tone * np.exp(-time * random.uniform(60, 200)) / 2
    return sound + _room()


NOISES: tuple[Callable[[], Sound], ...] = (hiss, wind, rumble, fan, breathing, typing)


def to_pcm(sound: Sound, peak_dbfs: float) -> bytes:
    """Return a sound as 16-bit samples with the given peak."""
    scaled = sound / np.abs(sound).max() * 10 ** (peak_dbfs / 20)
    return bytes((scaled * 32767).astype("<i2").tobytes())
