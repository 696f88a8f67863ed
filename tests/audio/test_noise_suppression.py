"""Noise suppression."""

from __future__ import annotations

import sys

import pytest

from codex_voice.audio.level import measure
from codex_voice.audio.noise_suppression import NoiseSuppressor
from codex_voice.errors import AudioError
from tests.audio.scripted import SENTENCE, frames, noise


def test_steady_noise_is_suppressed_and_speech_is_not() -> None:
    """After two seconds white noise is 10 dB softer; the loudest of a sentence nearly as loud."""
    suppressor = NoiseSuppressor()
    room = [measure(suppressor.clean(frame)).dbfs for frame in frames(noise(4, -40))]
    assert max(room[100:]) < -48
    speech = [measure(suppressor.clean(frame)).dbfs for frame in frames(SENTENCE)]
    assert max(speech) > max(measure(frame).dbfs for frame in frames(SENTENCE)) - 6


def test_without_its_package_the_error_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an optional dependency."""
    monkeypatch.setitem(sys.modules, "webrtc_noise_gain", None)
    with pytest.raises(AudioError, match="codex-voice\\[noise\\]"):
        NoiseSuppressor()
