"""What is known of an utterance between its first sound and its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.dictation.running_text import RunningText, Stretch
from codex_voice.speech.recognizer import Transcript
from codex_voice.speech.worker import Kind

_CUT_SHORT = {
    EndReason.LOST: "the microphone went away or fell silent",
    EndReason.SUSPENDED: "codex-voice was suspended",
}


class Stage(Enum):
    """Where an utterance is between its first sound and its text."""

    SPEAKING = auto()
    PAUSED = auto()
    """In a pause that may be its end, and is being recognised, or was."""
    ENDED = auto()
    """The text of the last pause is all of it, and is awaited."""
    ENDED_UNCOMMITTED = auto()
    """It is too long to be heard as a whole, and the text of its earlier part is awaited."""
    FINAL = auto()
    """What is not committed yet is being recognised."""


@dataclass
class PendingUtterance:
    """An utterance between its first sound and its text.

    Attributes:
        utterance_id: Its id.
        utterance: Its sound, once it has ended; None for a recording out of the history.
        speech_ended: When its last speech was, on the monotonic clock.
        again: Whether it comes out of the history.
        addressed: Whether it began with the wake phrase, and so is meant however loud the room.
        stage: Where it is.
        paused_at: When the last pause began, on the monotonic clock.
        pauses: How many pauses there were.
        pause_kind: As what the sound up to the last pause is recognised.
        pause_stop: Where that sound ends, in bytes.
        pause_text: The text up to that pause, where it is known and counts.
        running: What of it is committed.
        requests: What is being recognised of it, by the kind of request.
    """

    utterance_id: str
    utterance: Utterance | None = None
    speech_ended: float = 0.0
    again: bool = False
    addressed: bool = False
    stage: Stage = Stage.SPEAKING
    paused_at: float = 0.0
    pauses: int = 0
    pause_kind: Kind = Kind.SPECULATIVE
    pause_stop: int = 0
    pause_text: Transcript | None = None
    running: RunningText = field(default_factory=RunningText)
    requests: dict[Kind, Stretch] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether its speaker ended it; a recording out of the history may have been cut short."""
        return self.utterance is not None and self.utterance.complete

    @property
    def whole(self) -> bool:
        """Whether it is all that its speaker said: only then may it be a command."""
        return self.utterance is not None and self.utterance.whole

    @property
    def cut_short(self) -> str:
        """What ended it in the middle, for people; "" for nothing."""
        return "" if self.utterance is None else _CUT_SHORT.get(self.utterance.reason, "")

    @property
    def overheard(self) -> bool:
        """Whether others said it, and not to us."""
        return self.utterance is not None and self.utterance.overheard and not self.addressed
