"""The one format of sound in this program: 16 kHz, mono, 16-bit signed little-endian.

It is what whisper.cpp was trained on and what both voice activity detectors take.
"""

from __future__ import annotations

import struct

SAMPLE_RATE = 16_000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
SAMPLE_BYTES = 2
FRAME_BYTES = FRAME_SAMPLES * SAMPLE_BYTES
FRAME_SECONDS = FRAME_MS / 1000
BYTES_PER_SECOND = SAMPLE_RATE * SAMPLE_BYTES

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


def wav_header(pcm_bytes: int) -> bytes:
    """Return the header of a 16-bit mono WAV file at 16 kHz with so many bytes of samples."""
    return _HEADER.pack(
        b"RIFF", _HEADER.size - 8 + pcm_bytes, b"WAVE",
        b"fmt ", 16, 1, 1, SAMPLE_RATE, BYTES_PER_SECOND, SAMPLE_BYTES, 8 * SAMPLE_BYTES,
        b"data", pcm_bytes,
    )  # fmt: skip


def frames_in(milliseconds: float) -> int:
    """Return how many frames are nearest to a time, at least one."""
    return max(1, round(milliseconds / FRAME_MS))


class Framer:
    """Cuts sound that arrives in pieces of any size into frames."""

    def __init__(self) -> None:
        self._rest = b""

    def push(self, pcm: bytes) -> list[bytes]:
        """Add sound and return the frames (`FRAME_BYTES` each) that are complete."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % FRAME_BYTES
        self._rest = pcm[whole:]
        return [pcm[start : start + FRAME_BYTES] for start in range(0, whole, FRAME_BYTES)]

    def flush(self) -> list[bytes]:
        """Return what is left, filled up with silence, as one frame or none."""
        rest, self._rest = self._rest, b""
        return [rest.ljust(FRAME_BYTES, b"\0")] if rest else []
