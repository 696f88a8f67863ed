"""From the voice activity of frames to the beginning and end of utterances.

Pure, and counted in frames: after a stall frames arrive in a burst, and the clock would lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby

from codex_voice.pcm import FRAME_SECONDS, frames_in

# Of 54 utterances in 18 kinds of noise, no pre-roll cut 21 of 54 beginnings by more than 50 ms,
# 200 ms 0.8 and 300 ms 0.7 of them.
PREROLL_MS = 300
# Long enough not to be the closure of a plosive, short enough to be ahead of the end-point.
PAUSE_MS = 240
# A pause in which a long utterance may be cut.
_BREATH_MS = 100
# Hysteresis on the probability of speech, as Silero's authors recommend it.
_ON = 0.5
_OFF = 0.35
# What is kept around the speech of an utterance that was begun by key.
_LEAD_MS = 500


@dataclass(frozen=True)
class Onset:
    """Speech begins when so much of it is found in a window so long (both in ms)."""

    speech_ms: int
    window_ms: int


class Mark(Enum):
    """What a frame changed."""

    STARTED = auto()
    PAUSED = auto()
    RESUMED = auto()
    ENDED = auto()
    TOO_LONG = auto()


class Endpointer:
    """Follows one utterance after the other through a stream of frames.

    Args:
        onset: When speech begins.
        end_silence_ms: Silence that ends an utterance.
        maximum_seconds: Length at which `TOO_LONG` asks for a cut.
    """

    def __init__(self, onset: Onset, end_silence_ms: int, maximum_seconds: float) -> None:
        self._onset_frames = frames_in(onset.speech_ms)
        self._window_frames = frames_in(onset.window_ms)
        self._preroll_frames = frames_in(PREROLL_MS)
        self._pause_frames = frames_in(PAUSE_MS)
        self._end_frames = frames_in(end_silence_ms)
        self._maximum_frames = frames_in(1000 * maximum_seconds)
        self._speech: list[bool] = []
        self._open = False
        self._silence = 0
        self.started = False

    def __len__(self) -> int:
        """Count the frames of the utterance; before it, those that would be its pre-roll."""
        return len(self._speech)

    @property
    def speech(self) -> Sequence[bool]:
        """For each frame of the utterance whether it is speech."""
        return tuple(self._speech)

    @property
    def speech_seconds(self) -> float:
        """How much of the utterance is speech."""
        return sum(self._speech) * FRAME_SECONDS

    @property
    def silence_seconds(self) -> float:
        """The time since the last speech in it."""
        return self._silence * FRAME_SECONDS

    @property
    def paused(self) -> bool:
        """Whether it is in a pause that was marked."""
        return self.started and self._silence >= self._pause_frames

    def reset(self, silent_frames: int = 0) -> None:
        """Forget everything but so many frames without speech; wait for speech."""
        self._speech = [False] * silent_frames
        self._open = self.started = False
        self._silence = 0

    def begin(self) -> None:
        """Begin an utterance with the next frame, whether or not there is speech in it."""
        self.reset()
        self._open = True

    def push(self, probability: float) -> Mark | None:
        """Note the probability (0 to 1) that the next frame is speech."""
        speech = probability >= (_OFF if self.started else _ON)
        was_paused = self.paused
        self._speech.append(speech)
        self._silence = 0 if speech else self._silence + 1
        if not self.started:
            return self._push_before_speech()
        if len(self._speech) >= self._maximum_frames:
            return Mark.TOO_LONG
        # First, for silence may be short that ends an utterance, and yet not end a held one.
        if self._silence == self._pause_frames:
            return Mark.PAUSED
        if self._silence >= self._end_frames:
            return Mark.ENDED
        return Mark.RESUMED if was_paused and speech else None

    def _push_before_speech(self) -> Mark | None:
        if not self._open:
            del self._speech[: -(self._window_frames + self._preroll_frames)]
        if sum(self._speech[-self._window_frames :]) >= self._onset_frames:
            self.started = True
            return Mark.STARTED
        if self._open and len(self._speech) >= self._maximum_frames:
            return Mark.TOO_LONG
        return None

    def cut(self) -> tuple[int, bool]:
        """End the utterance in its last pause and go on with the next.

        Returns:
            The number of frames before the cut, the others belong to the next utterance; and
            whether that pause is the last one that was marked.
        """
        at, length = _last_pause(self._speech)
        self._speech = self._speech[at:]
        # One that would be marked by the very frame that asks for the cut is not.
        return at, length >= self._pause_frames and self._silence != self._pause_frames

    def bounds(self) -> tuple[int, int]:
        """Return the first frame worth hearing and the one after the last.

        Silence is taken off as far as it can be told from speech: all is kept where none
        was found, and a pause ends where it was marked.
        """
        if True not in self._speech:
            return 0, len(self._speech)
        start = max(0, self._speech.index(True) - frames_in(_LEAD_MS))
        last = len(self._speech) - self._silence
        return start, min(len(self._speech), last + self._pause_frames)


def _last_pause(speech: Sequence[bool]) -> tuple[int, int]:
    """Return the middle of the last pause in the second half, and how long it is.

    Where there is none, that is the end.
    """
    best, best_length, position = len(speech), 0, 0
    for talking, run in groupby(speech):
        length = len(list(run))
        middle = position + length // 2
        if not talking and length >= frames_in(_BREATH_MS) and middle > len(speech) // 2:
            best, best_length = middle, length
        position += length
    return best, best_length
