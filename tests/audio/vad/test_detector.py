"""Voice activity detectors on speech and on what is not speech."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable

import pytest

from codex_voice.audio.vad import silero
from codex_voice.audio.vad.detector import Vad, WebrtcVad, vad_for_hands_free
from codex_voice.audio.vad.silero import SileroVad
from codex_voice.errors import AudioError
from tests.audio.scripted import JFK, SENTENCE, frames, noise


def _share(vad: Vad, sound: list[bytes]) -> float:
    return sum(vad.probability(frame) >= 0.5 for frame in sound) / len(sound)


def _typing(seconds: float) -> bytes:
    """Return key presses: damped bursts of noise, twelve a second, 12 ms each."""
    numbers = random.Random(1)
    samples = array("h", bytes(round(seconds * 16_000) * 2))
    position = 800
    while position < len(samples) - 400:
        for index in range(400):
            samples[position + index] = round(9000 * 0.985**index * numbers.uniform(-1, 1))
        position += numbers.randint(900, 1800)
    return samples.tobytes()


@pytest.mark.parametrize("make", [WebrtcVad, SileroVad])
def test_speech_is_heard_and_silence_is_not(make: Callable[[], Vad]) -> None:
    """Both detectors find most of a sentence and nothing in a quiet room."""
    vad = make()
    assert _share(vad, frames(JFK)) > 0.6
    vad.reset()
    assert _share(vad, frames(noise(3, -70))) < 0.05
    vad.close()


def test_typing_does_not_fool_silero() -> None:
    """That is why hands-free listening uses it; webrtcvad takes part of it for speech."""
    typing = frames(_typing(10))
    assert _share(SileroVad(), typing) < 0.02
    assert _share(WebrtcVad(), typing) > 0.1


def test_hands_free_listening_uses_silero() -> None:
    """It is in the default install."""
    assert isinstance(vad_for_hands_free(), SileroVad)


def test_both_runtimes_of_silero_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where whisper.cpp's cannot be used, the package's own gives the same answers."""

    def fail() -> None:
        raise AudioError("no libwhisper")

    sound = frames(JFK)
    vad = SileroVad()
    first = [vad.probability(frame) for frame in sound]
    monkeypatch.setattr(silero, "_load_whisper", fail)
    other = SileroVad()
    second = [other.probability(frame) for frame in sound]
    assert max(abs(a - b) for a, b in zip(first, second, strict=True)) < 0.01


def test_reset_forgets_the_stream_before() -> None:
    """The same sound gives the same answers again."""
    vad = SileroVad()
    sound = frames(SENTENCE)
    first = [vad.probability(frame) for frame in sound]
    vad.reset()
    assert [vad.probability(frame) for frame in sound] == first


def test_without_the_package_hands_free_listening_falls_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There is always a detector."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert isinstance(vad_for_hands_free(), WebrtcVad)
