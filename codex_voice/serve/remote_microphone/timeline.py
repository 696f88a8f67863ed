"""Puts sound in its place by its time stamps: gaps are filled, and nothing is heard twice."""

from __future__ import annotations

from codex_voice.pcm import BYTES_PER_SECOND, SAMPLE_BYTES

# Time stamps are whole milliseconds, and some senders count chunks by their own clock.
_TOLERANCE_MS = 60
# A longer gap is no dropped packet: what follows is another recording.
_LONGEST_GAP_MS = 2000


class Timeline:
    """Follows the sound of one connection after the other.

    Attributes:
        gaps: How often sound was missing.
    """

    def __init__(self) -> None:
        self.gaps = 0
        self._next_ms: float | None = None

    def reconnected(self, missed_seconds: float) -> bytes:
        """Note a new connection, whose time stamps begin anew.

        Returns:
            Silence in the place of what was missed.
        """
        self._next_ms = None
        self.gaps += 1
        return _silence(min(1000 * missed_seconds, _LONGEST_GAP_MS))

    def place(self, pcm: bytes, timestamp: int | None) -> bytes:
        """Return what is to be heard now: the sound, without what came before, after its gap.

        Args:
            pcm: int16 mono 16 kHz.
            timestamp: Milliseconds of its first sample since the connection's first; None where
                the sender tells none.
        """
        length_ms = 1000 * len(pcm) / BYTES_PER_SECOND
        if timestamp is None:
            return pcm
        if self._next_ms is None:
            self._next_ms = timestamp
        distance = timestamp - self._next_ms
        if distance > _TOLERANCE_MS:
            self.gaps += 1
            self._next_ms = timestamp + length_ms
            return _silence(min(distance, _LONGEST_GAP_MS)) + pcm
        if distance < -_TOLERANCE_MS:
            known = round(-distance * BYTES_PER_SECOND / 1000 / SAMPLE_BYTES) * SAMPLE_BYTES
            pcm = pcm[known:]
        self._next_ms += 1000 * len(pcm) / BYTES_PER_SECOND
        return pcm


def _silence(milliseconds: float) -> bytes:
    # Exact zeros are what a muted microphone gives.
    samples = round(milliseconds * BYTES_PER_SECOND / 1000 / SAMPLE_BYTES)
    return b"\1\0" * samples
