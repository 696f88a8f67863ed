"""What whisper.cpp is given has one layout, one level and a bounded length."""

from __future__ import annotations

import numpy as np
import pytest

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import samples


def test_decodes_to_scaled_contiguous_floats() -> None:
    """Other layouts would be read wrongly, without a word."""
    decoded = samples.decode(np.array([0, 16384, -32768], "<i2").tobytes())
    assert decoded.dtype == np.float32
    assert decoded.flags.c_contiguous
    assert decoded.tolist() == [0.0, 0.5, -1.0]


def test_half_a_sample_is_dropped() -> None:
    """A torn recording still decodes."""
    assert samples.decode(b"\x00\x40\x01").tolist() == [0.5]


@pytest.mark.parametrize("level", [1e-4, 0.01, 0.3])
def test_quiet_sound_is_amplified_within_bounds(level: float) -> None:
    """To -3 dBFS, by 30 dB at most."""
    loud = samples.amplify(np.array([level, -level / 2], np.float32))
    assert loud.max() == pytest.approx(min(10 ** (-3 / 20), level * 10**1.5), rel=1e-4)
    assert loud[1] == pytest.approx(-loud[0] / 2)


def test_loud_and_silent_sound_keep_their_level() -> None:
    """Nothing is divided by zero, nothing is turned down."""
    for value in (0.0, 0.99):
        assert samples.amplify(np.full(10, value, np.float32)).max() == np.float32(value)
    assert samples.amplify(np.zeros(0, np.float32)).size == 0


def test_pads_to_a_second() -> None:
    """Shorter sound gives whisper.cpp's previous text, or none."""
    assert samples.pad(np.ones(10, np.float32)).size == SAMPLE_RATE
    assert samples.pad(np.ones(20_000, np.float32)).size == 20_000


def test_splits_long_sound_in_a_pause_and_loses_nothing() -> None:
    """A cut through a word would lose the word."""
    speech = np.random.default_rng(1).uniform(-0.5, 0.5, 70 * SAMPLE_RATE).astype(np.float32)
    for pause in (24, 49):
        speech[pause * SAMPLE_RATE : int((pause + 0.4) * SAMPLE_RATE)] = 0
    pieces = samples.split(speech)
    assert np.array_equal(np.concatenate(pieces), speech)
    ends = np.cumsum([piece.size for piece in pieces]) / SAMPLE_RATE
    assert ends == pytest.approx([24.2, 49.2, 70], abs=0.2)
    assert all(piece.size <= 29 * SAMPLE_RATE for piece in pieces)


def test_short_sound_is_one_piece() -> None:
    """Only what exceeds Whisper's window is cut."""
    assert len(samples.split(np.ones(29 * SAMPLE_RATE, np.float32))) == 1
