"""What one person said in one breath, and who keeps its sound on disk meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from codex_voice.audio.background_speech import LEAST_PROMINENCE_DB


class EndReason(Enum):
    """Why an utterance ended."""

    ENDPOINT = auto()  # silence, long enough
    FINISHED = auto()  # by key
    CUT = auto()  # it was too long for one piece
    LOST = auto()  # the microphone went away, or gave no sound for a while
    SUSPENDED = auto()  # this program was stopped, and heard nothing any more


@dataclass(frozen=True)
class Utterance:
    """The sound of something said.

    Args:
        id: Names it everywhere: in events, in the journal, in the history.
        pcm: int16 mono 16 kHz, without the long silences at its ends.
        reason: Why it ended.
        started_at: Seconds since the epoch.
        speech_seconds: How much of it is speech, by the voice activity detector.
        trailing_silence_seconds: Silence between the last speech and the end, part of `pcm` or not.
        continues: The next utterance goes on in the same breath (the reason is then `CUT`).
        continued: It goes on where the one before it was cut.
        complete_at_pause: Whether nothing came after the sound of the last `SpeechPaused`: by the
            detector when silence ended it, and otherwise by level, for a key may have come in the
            middle of a word too short for the detector. One that was cut in that pause has no more.
        prominence_db: How far its speech stands above the room around it. None where that is not
            known, and for an utterance begun by key: whoever pressed one means it.
    """

    id: str
    pcm: bytes
    reason: EndReason
    started_at: float
    speech_seconds: float
    trailing_silence_seconds: float = 0.0
    continues: bool = False
    continued: bool = False
    complete_at_pause: bool = False
    prominence_db: float | None = None

    @property
    def complete(self) -> bool:
        """Whether its speaker ended it, by key or by falling silent.

        Only then may it be sent, or be a command: who is cut short may have meant something else.
        """
        return self.reason in (EndReason.ENDPOINT, EndReason.FINISHED)

    @property
    def whole(self) -> bool:
        """Whether it is all that was said in one breath, from its beginning to its end."""
        return self.complete and not self.continued

    @property
    def overheard(self) -> bool:
        """Whether it is no louder than the room: others talk, and not to this microphone."""
        return self.prominence_db is not None and self.prominence_db < LEAST_PROMINENCE_DB


class Recorder(Protocol):
    """Keeps the sound of utterances while they are being spoken.

    Called on the capture thread with every frame, so that a crash loses nothing. Errors stay
    inside: an implementation reports them its own way, and speech goes on.
    """

    def begin(self, utterance_id: str) -> None:
        """Begin a recording."""

    def append(self, utterance_id: str, frame: bytes) -> None:
        """Add sound to it: int16 mono 16 kHz, of any length."""

    def finish(self, utterance_id: str, length: int | None = None) -> None:
        """Close it: nothing more will come; what is beyond a length in bytes is another's."""

    def discard(self, utterance_id: str) -> None:
        """Close and delete it: nobody wants it."""
