"""The sound that programs send, in the formats they send it in."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from codex_voice.audio.resampling import Resampler
from codex_voice.audio.sound_file import to_pcm
from codex_voice.pcm import SAMPLE_RATE

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000


class SampleFormat(enum.StrEnum):
    """One channel, little-endian; named as FFmpeg names raw formats."""

    INT16 = "s16le"
    FLOAT32 = "f32le"


_DTYPES = {SampleFormat.INT16: "<i2", SampleFormat.FLOAT32: "<f4"}


@dataclass(frozen=True)
class PcmFormat:
    """How samples are written.

    Args:
        sample: Their format.
        rate: How many there are a second, `LOWEST_RATE` to `HIGHEST_RATE`.

    Raises:
        ValueError: No such rate is taken.
    """

    sample: SampleFormat = SampleFormat.INT16
    rate: int = SAMPLE_RATE

    def __post_init__(self) -> None:
        """Check the rate."""
        if not LOWEST_RATE <= self.rate <= HIGHEST_RATE:
            raise ValueError(f"the rate must be {LOWEST_RATE} to {HIGHEST_RATE}")

    @property
    def sample_bytes(self) -> int:
        """Bytes of a sample."""
        return np.dtype(_DTYPES[self.sample]).itemsize

    def decode(self, sound: bytes) -> bytes:
        """Return a whole recording as int16 mono 16 kHz; half a sample at its end is dropped."""
        if self == PcmFormat():
            return sound[: len(sound) // 2 * 2]
        return to_pcm(self.samples(sound), self.rate)

    def samples(self, sound: bytes) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """Return samples, -1 to 1 unless floats were sent that are not; half a one is dropped."""
        dtype = _DTYPES[self.sample]
        samples = np.frombuffer(sound, dtype, count=len(sound) // self.sample_bytes)
        scale = 1 if self.sample is SampleFormat.FLOAT32 else 32768
        return (samples / np.float32(scale)).astype(np.float32)


class PcmStream:
    """Turns sound that arrives in pieces of any size into int16 mono 16 kHz.

    Args:
        form: The format it arrives in.

    Raises:
        AudioError: That rate needs soxr, which is not installed.
    """

    def __init__(self, form: PcmFormat) -> None:
        self._format = form
        self._unscaled = PcmFormat(form.sample)
        self._rest = b""
        self._resampler = Resampler(form.rate) if form.rate != SAMPLE_RATE else None

    def push(self, sound: bytes) -> bytes:
        """Add sound, and return what is known of it at 16 kHz."""
        sound = self._rest + sound
        whole = len(sound) - len(sound) % self._format.sample_bytes
        self._rest = sound[whole:]
        pcm = self._unscaled.decode(sound[:whole])
        return self._resampler.push(pcm) if self._resampler is not None else pcm
