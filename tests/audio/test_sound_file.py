"""Sound files of all kinds become 16 kHz mono; what is none is an error of one line."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from codex_voice.audio.sound_file import read_sound
from codex_voice.errors import AudioError


def write_wav(
    path: Path,
    form: int,
    bits: int,
    rate: int,
    data: bytes,
    *,
    channels: int = 1,
    extensible: bool = False,
    size: int | None = None,
) -> Path:
    """Write a WAV file with an odd-sized chunk before the format."""
    block = channels * bits // 8
    layout = struct.pack("<HHIIHH", form, channels, rate, rate * block, block, bits)
    if extensible:
        layout = struct.pack("<H", 0xFFFE) + layout[2:] + struct.pack("<HHIH", 22, bits, 0, form)
        layout += bytes(14)
    chunks = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"fmt " + struct.pack("<I", len(layout)) + layout
    chunks += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    return path


def tone(rate: int, hertz: float = 440) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return a second of a tone at half of full scale."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(rate) / rate)


def likeness(pcm: bytes) -> float:
    """Return how much of a second of sound is the tone, 1 for all."""
    sound = np.frombuffer(pcm, "<i2") / 32768
    expected = tone(16_000)[: sound.size]
    assert abs(sound.size - 16_000) < 200
    middle = slice(1000, min(sound.size, 15_000))
    return float(np.corrcoef(sound[middle], expected[middle])[0, 1])


def encode(form: int, bits: int, rate: int) -> bytes:
    """Return the tone in a format."""
    sound = tone(rate)
    if form == 3:
        return bytes(sound.astype(f"<f{bits // 8}").tobytes())
    if bits == 8:
        return (sound * 127 + 128).astype(np.uint8).tobytes()
    if bits == 24:
        return (sound * 2**31).astype("<i4").view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    return bytes((sound * (2 ** (bits - 1) - 1)).astype(f"<i{bits // 8}").tobytes())


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize(("form", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64)])
def test_wav_files_of_all_widths(tmp_path: Path, form: int, bits: int, extensible: bool) -> None:
    """Integers and floats, with the plain and the extensible header."""
    data = encode(form, bits, 16_000)
    path = write_wav(tmp_path / "a.wav", form, bits, 16_000, data, extensible=extensible)
    assert likeness(read_sound(path)) > 0.999
    assert np.abs(np.frombuffer(read_sound(path), "<i2")).max() == pytest.approx(16_384, abs=260)


@pytest.mark.parametrize("soxr", [True, False])
@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
def test_other_rates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: int, soxr: bool
) -> None:
    """With soxr, and well enough without."""
    if soxr:
        pytest.importorskip("soxr")
    else:
        monkeypatch.setitem(sys.modules, "soxr", None)
    path = write_wav(tmp_path / "a.wav", 1, 16, rate, encode(1, 16, rate))
    assert likeness(read_sound(path)) > 0.99


def test_what_16_khz_cannot_hold_does_not_fold_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tone of 11 kHz would become one of 5 kHz."""
    monkeypatch.setitem(sys.modules, "soxr", None)
    data = (tone(48_000, 11_000) * 32767).astype("<i2").tobytes()
    sound = np.frombuffer(read_sound(write_wav(tmp_path / "a.wav", 1, 16, 48_000, data)), "<i2")
    assert np.abs(sound[200:-200]).max() < 200


def test_channels_are_mixed_and_a_cut_file_ends_where_it_ends(tmp_path: Path) -> None:
    """A writer that was killed leaves a length that is too large, or half a frame."""
    data = np.array([[1000, 3000]] * 800, "<i2").tobytes() + b"\1\2\3"
    path = write_wav(tmp_path / "a.wav", 1, 16, 16_000, data, channels=2, size=0xFFFFFFFF)
    assert set(np.frombuffer(read_sound(path), "<i2")) == {2000}
    assert len(read_sound(path)) == 1600


def test_other_kinds_are_read_by_soundfile(tmp_path: Path) -> None:
    """Such as FLAC."""
    soundfile = pytest.importorskip("soundfile")
    path = tmp_path / "a.flac"
    soundfile.write(path, tone(48_000), 48_000)
    assert likeness(read_sound(path)) > 0.99


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a sound",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0",
        b"RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd",
    ],
)
@pytest.mark.parametrize("installed", [True, False])
def test_what_is_no_sound_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, installed: bool
) -> None:
    """With and without soundfile, which has long explanations of its own."""
    if not installed:
        monkeypatch.setitem(sys.modules, "soundfile", None)
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(AudioError, match=r"a\.wav") as raised:
        read_sound(path)
    assert "\n" not in str(raised.value)


def test_headers_that_lie_are_errors(tmp_path: Path) -> None:
    """No channels, no rate, no samples."""
    for number, (channels, rate, data) in enumerate(
        [(0, 16_000, b"1234"), (1, 0, b"1234"), (1, 16_000, b"")]
    ):
        path = write_wav(tmp_path / f"{number}.wav", 1, 16, rate, data, channels=channels)
        with pytest.raises(AudioError, match=f"{number}.wav"):
            read_sound(path)
    with pytest.raises(AudioError, match="cannot be read: Is a directory"):
        read_sound(tmp_path)
