"""Whisper's spectrogram."""

from __future__ import annotations

import numpy as np
import pytest

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech.engines.log_mel import LogMel


@pytest.mark.parametrize("bands", [80, 128])
@pytest.mark.parametrize("samples", [0, 1, 150, 5_000, 16_000, 70_000])
def test_every_sound_fills_the_frames(bands: int, samples: int) -> None:
    """Short ones with silence; what is longer is cut."""
    noise = np.random.default_rng(0).standard_normal(samples, np.float32)
    spectrogram = LogMel(bands)(noise, 300)
    assert spectrogram.shape == (bands, 300)
    assert spectrogram.dtype == np.float32
    assert np.isfinite(spectrogram).all()


def test_a_tone_stands_in_its_band_while_it_lasts() -> None:
    """Half a second of 1 kHz: band 27 or its neighbours of 80, frames 0 to 50."""
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    tone = np.asarray(np.sin(2 * np.pi * 1000 * time), np.float32)
    spectrogram = LogMel(80)(tone, 100)
    assert abs(int(spectrogram[:, 25].argmax()) - 27) <= 1
    assert spectrogram[:, 60:].max() == spectrogram.min()


def test_levels_are_those_of_openai() -> None:
    """The loudest decade of eight, scaled so that 0 dB lies at 1 and silence four below."""
    noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE, np.float32)
    spectrogram = LogMel(80)(noise, 200)
    assert spectrogram.max() - spectrogram.min() == pytest.approx(2.0)
