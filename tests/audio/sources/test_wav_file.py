"""Sound files as sources."""

from __future__ import annotations

import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from codex_voice.audio.sources.wav_file import WaveFile, read_wave
from codex_voice.errors import AudioError
from codex_voice.pcm import FRAME_BYTES, SAMPLE_RATE
from tests.audio.scripted import SENTENCE


def _write(path: Path, rate: int, channels: int = 1, width: int = 2) -> Path:
    time = np.arange(rate) / rate
    tone = (8000 * np.sin(2 * np.pi * 440 * time)).astype("<i2")
    samples = np.zeros((rate, channels), "<i2")
    samples[:, 0] = tone
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes()[: rate * channels * width])
    return path


@pytest.mark.parametrize("paced", [True, False])
def test_every_sample_is_delivered_in_order(paced: bool) -> None:
    """The frames put together are the file, filled up to a whole frame."""
    delivered: list[bytes] = []
    source = WaveFile(SENTENCE, paced=paced)
    expected = read_wave(SENTENCE)
    enough = threading.Event()

    def deliver(frame: bytes) -> None:
        delivered.append(frame)
        if len(delivered) * FRAME_BYTES >= len(expected):
            enough.set()

    source.open(deliver)
    assert enough.wait(30)
    source.close()
    sound = np.frombuffer(b"".join(delivered)[: len(expected)], "<i2").astype(int)
    # Digital silence is delivered as something a microphone may say.
    assert np.abs(sound - np.frombuffer(expected, "<i2")).max() <= 1
    assert not source.active


def test_silence_follows_where_it_is_asked_for() -> None:
    """A second after the file's end frames still come, and none of them is exact zeros."""
    frames: list[bytes] = []
    enough = threading.Event()
    source = WaveFile(Path(SENTENCE).with_name("03_espeak_yes.wav"), then_silence=True)

    def deliver(frame: bytes) -> None:
        frames.append(frame)
        if len(frames) > 60:
            enough.set()

    source.open(deliver)
    assert enough.wait(30)
    assert source.active
    source.close()
    assert bytes(FRAME_BYTES) not in frames


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_other_rates_and_channels_are_converted(rate: int, tmp_path: Path) -> None:
    """A second of 440 Hz stays a second of 440 Hz."""
    sound = np.frombuffer(read_wave(_write(tmp_path / "tone.wav", rate, channels=2)), "<i2")
    assert abs(len(sound) - SAMPLE_RATE) <= 2
    spectrum = np.abs(np.fft.rfft(sound.astype(float)))
    assert abs(int(spectrum.argmax()) * SAMPLE_RATE / len(sound) - 440) < 2
    assert abs(np.abs(sound).max() - 8000) < 200


def test_what_is_no_16_bit_wave_file_is_refused(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "page.wav").write_text("<html>")
    _write(tmp_path / "wide.wav", 16_000, width=3)
    for name in ("absent.wav", "page.wav", "wide.wav"):
        with pytest.raises(AudioError, match=name):
            WaveFile(tmp_path / name).open(lambda _frame: None)
