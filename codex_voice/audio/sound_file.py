"""Reads whole sound files: WAV by itself, other kinds by soundfile where it is installed."""

from __future__ import annotations

import importlib
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codex_voice.errors import AudioError
from codex_voice.install_hints import install_with_pip
from codex_voice.pcm import SAMPLE_RATE

_EXTENSIBLE = 0xFFFE
"""The format tag of a WAV file that says more further on; 1 is integers, 3 floats (mmreg.h)."""
_MOST_CHANNELS, _RATES = 64, range(1_000, 768_001)
_FILTER_TAPS = 127

_Samples = NDArray[np.float32]


def read_sound(path: Path) -> bytes:
    """Return the sound of a file as int16 mono 16 kHz, channels mixed.

    Args:
        path: A WAV file (integers of 8 to 32 bits, floats of 32 or 64), or a file of any other
            kind that the installed soundfile reads.

    Raises:
        AudioError: It cannot be read, or holds no sound.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}") from error
    wave = _read_wave(content) if content[:4] == b"RIFF" and content[8:12] == b"WAVE" else None
    samples, rate = wave or _read_by_soundfile(path)
    if rate not in _RATES or not samples.size:
        raise AudioError(f"{path} holds no sound")
    return to_pcm(samples.mean(axis=1), rate)


def to_pcm(samples: _Samples, rate: int) -> bytes:
    """Return one channel of samples, -1 to 1, as int16 mono 16 kHz; what is no number is silent."""
    finite = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    resampled = _resample(finite.clip(-1, 1), rate)
    return bytes((resampled * 32767).round().clip(-32768, 32767).astype("<i2").tobytes())


def _read_wave(content: bytes) -> tuple[_Samples, int] | None:
    """Return a WAV file's samples, one column a channel, and their rate; None for other formats."""
    layout = None
    place = 12
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        # A file that was cut short, or whose writer never learnt its length, ends where it ends.
        chunk = content[place + 8 : place + 8 + size]
        if name == b"fmt " and len(chunk) >= 16:
            layout = struct.unpack_from("<HHIIHH", chunk)
            if layout[0] == _EXTENSIBLE and len(chunk) >= 26:
                layout = (*struct.unpack_from("<H", chunk, 24), *layout[1:])
        elif name == b"data" and layout:
            form, channels, rate, _, _, bits = layout
            samples = _decode(chunk, form, bits)
            if samples is None or not 1 <= channels <= _MOST_CHANNELS:
                return None
            frames = samples.size // channels
            return samples[: frames * channels].reshape(frames, channels), rate
        place += 8 + size + size % 2
    return None


def _decode(data: bytes, form: int, bits: int) -> _Samples | None:
    width = bits // 8
    whole = data[: len(data) // max(width, 1) * max(width, 1)]
    samples: _Samples
    match form, bits:
        case (1, 8):
            samples = np.frombuffer(whole, np.uint8).astype(np.float32) / np.float32(
                128
            ) - np.float32(1)
        case (1, 16):
            samples = np.frombuffer(whole, "<i2").astype(np.float32) / np.float32(2**15)
        case (1, 24):
            # The three bytes become the upper ones of four.
            wide = np.zeros((len(whole) // 3, 4), np.uint8)
            wide[:, 1:] = np.frombuffer(whole, np.uint8).reshape(-1, 3)
            samples = wide.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
        case (1, 32):
            samples = np.frombuffer(whole, "<i4").astype(np.float32) / np.float32(2**31)
        case (3, 32) | (3, 64):
            samples = np.frombuffer(whole, f"<f{width}").astype(np.float32)
        case _:
            return None
    return samples


def _read_by_soundfile(path: Path) -> tuple[_Samples, int]:
    try:
        soundfile: Any = importlib.import_module("soundfile")
    except (ImportError, OSError) as error:
        # OSError: the Python package is there, and libsndfile is not.
        raise AudioError(
            f"{path} is no WAV file that can be read here",
            f"for other kinds of sound: {install_with_pip('soundfile')}",
        ) from error
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (RuntimeError, OSError, ValueError, TypeError) as error:
        raise AudioError(f"{path} is no sound file that libsndfile reads") from error
    return samples, int(rate)


def _resample(samples: _Samples, rate: int) -> _Samples:
    """Bring a sound to 16 kHz: by soxr, or well enough for recognition without it."""
    if rate == SAMPLE_RATE:
        return samples
    try:
        soxr: Any = importlib.import_module("soxr")
    except ImportError:
        pass
    else:
        return np.asarray(soxr.resample(samples, rate, SAMPLE_RATE), dtype=np.float32)
    if rate > SAMPLE_RATE:
        # A windowed sinc keeps what 16 kHz can hold, or it would fold back.
        taps = np.arange(_FILTER_TAPS) - _FILTER_TAPS // 2
        cutoff = 0.9 * SAMPLE_RATE / rate
        low_pass = cutoff * np.sinc(cutoff * taps) * np.hamming(_FILTER_TAPS)
        samples = np.convolve(samples, low_pass.astype(np.float32), mode="same")
    moments = np.arange(samples.size * SAMPLE_RATE // rate) * (rate / SAMPLE_RATE)
    resampled = np.interp(moments, np.arange(samples.size), samples)
    return np.asarray(resampled, dtype=np.float32)
