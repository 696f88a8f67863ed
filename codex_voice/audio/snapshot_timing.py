"""When to give the recogniser the sound of an utterance that is still being spoken."""

from __future__ import annotations

from codex_voice.audio.frame_analysis import FrameAnalysis
from codex_voice.pcm import frames_in

# A snapshot waits so long for a syllable: in noise none may stand out.
_PATIENCE_FRAMES = frames_in(500)


class SnapshotTiming:
    """Finds a good moment for a snapshot that was asked for.

    The recogniser cannot be stopped within a step, so that it should not be at one when the
    utterance ends: in a pause that may be the end, or late in what may be the last word. For as
    long as such a step takes, speech goes on most surely after a syllable has begun.
    """

    def __init__(self) -> None:
        self._deadline: int | None = None
        """The length of the utterance, in frames, at which the wait for a syllable ends."""

    def request(self, length: int) -> None:
        """Ask for a snapshot of an utterance that is so many frames long now."""
        if self._deadline is None:
            self._deadline = length + _PATIENCE_FRAMES

    def withdraw(self) -> None:
        """Ask for none any more."""
        self._deadline = None

    def is_now(self, analysis: FrameAnalysis, length: int) -> bool:
        """Return whether to give it now; it is asked for no more then.

        Args:
            analysis: Has heard the last frame of the utterance.
            length: The utterance's length so far in frames.
        """
        if self._deadline is None or not analysis.speech:
            return False
        if not analysis.syllable_begins and length < self._deadline:
            return False
        self._deadline = None
        return True
