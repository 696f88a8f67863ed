"""The one format of sound in this program: 16 kHz, mono, 16-bit signed little-endian.

It is what whisper.cpp was trained on and what both voice activity detectors take.
"""

from __future__ import annotations

SAMPLE_RATE = 16_000
FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
SAMPLE_BYTES = 2
FRAME_BYTES = FRAME_SAMPLES * SAMPLE_BYTES
FRAME_SECONDS = FRAME_MS / 1000


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
