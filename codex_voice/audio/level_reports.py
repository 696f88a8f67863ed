"""The level of an utterance, posted often enough for a meter that moves smoothly."""

from __future__ import annotations

from collections.abc import Callable

from codex_voice.audio.events import LevelChanged
from codex_voice.audio.level import LevelMeter

# 12.5 levels a second: a meter that moves smoothly, at little cost.
_FRAMES_PER_REPORT = 4


class LevelReports:
    """Posts every fourth level.

    Args:
        post: Called with the levels; must not block.
    """

    def __init__(self, post: Callable[[LevelChanged], None]) -> None:
        self._post = post
        self._frames = 0

    def push(self, meter: LevelMeter, seconds: float | None) -> None:
        """Count a frame, and post the level if it is time for that.

        Args:
            meter: Has measured the frame.
            seconds: The length of the utterance so far, or None where there is none: then nothing
                is posted, for a quiet room is to wake no event loop.
        """
        self._frames += 1
        if seconds is not None and self._frames >= _FRAMES_PER_REPORT:
            self._frames = 0
            self._post(LevelChanged(meter.dbfs, meter.peak_dbfs, meter.clipping, seconds))
