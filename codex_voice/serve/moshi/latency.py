"""How long Moshi takes to answer a frame of sound.

It answers n frames with n - 1: it skips the first one, and the n-th answer follows the frame after
the n-th. So the sound that went out and the sound that came back are counted, and the clock read at
each whole frame of both.
"""

from __future__ import annotations

from collections import deque

from codex_voice.serve.moshi.configuration import FRAME_SAMPLES

_SKIPPED_FRAMES = 1
_SLACK_FRAMES = 3
"""Frames that may be on their way for ever once nothing is sent: those in the codecs' buffers."""

_MOST_OUTSTANDING = 1024
"""Frames, 82 s: of those that are older the latency is above any threshold."""


class LatencyMonitor:
    """Measures the latency of one connection. Times are seconds of any one clock.

    Args:
        window: How many frames the mean is over.
    """

    def __init__(self, window: int) -> None:
        self._sent: deque[float] = deque(maxlen=_MOST_OUTSTANDING)
        self._sent_samples = self._received_samples = 0
        self._sent_frames = self._received_frames = 0
        self._latencies: deque[float] = deque(maxlen=window)

    @property
    def last_ms(self) -> float:
        """The latency of the last frame that came back, in milliseconds; 0 before."""
        return 1000 * self._latencies[-1] if self._latencies else 0.0

    @property
    def mean_ms(self) -> float:
        """The mean over the window, in milliseconds; 0 before anything came back."""
        return 1000 * sum(self._latencies) / len(self._latencies) if self._latencies else 0.0

    def sent(self, samples: int, now: float) -> None:
        """Note that so many samples went out."""
        self._sent_samples += samples
        while self._sent_frames < self._sent_samples // FRAME_SAMPLES:
            self._sent_frames += 1
            self._sent.append(now)

    def received(self, samples: int, now: float) -> None:
        """Note that so many samples came back."""
        self._received_samples += samples
        while self._received_frames < self._received_samples // FRAME_SAMPLES:
            self._received_frames += 1
            sent_at = self._sent_at(self._received_frames + _SKIPPED_FRAMES)
            if sent_at is not None:
                self._latencies.append(now - sent_at)

    def exceeds(self, threshold_ms: float, now: float) -> bool:
        """Return whether the mean of a window, or the age of an overdue answer, is above that.

        The second is what shows when nothing comes back at all.
        """
        full = len(self._latencies) == self._latencies.maxlen
        if full and self.mean_ms > threshold_ms:
            return True
        overdue = self._sent_at(self._received_frames + _SKIPPED_FRAMES + _SLACK_FRAMES)
        return overdue is not None and 1000 * (now - overdue) > threshold_ms

    def _sent_at(self, number: int) -> float | None:
        """Return when a frame went out, of which the first is number 1; None if it did not."""
        place = number - 1 - (self._sent_frames - len(self._sent))
        if place >= len(self._sent):
            return None
        # What is forgotten is older than the oldest that is known.
        return self._sent[max(place, 0)]
