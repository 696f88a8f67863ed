"""What a recogniser is: sound in, a transcript out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codex_voice.errors import RecognitionFailed


@dataclass(frozen=True)
class Transcript:
    """What was recognised.

    Args:
        text: The words, without surrounding blanks; empty when nobody spoke.
        confidence: Geometric mean of the probabilities of the text's tokens, 0 to 1.
        language: Code of the spoken language, such as "en".
        audio_seconds: Length of the sound.
        seconds: What the recognition cost.
        model: Name of the model that answered.
    """

    text: str
    confidence: float
    language: str
    audio_seconds: float
    seconds: float
    model: str


class RecognitionAborted(RecognitionFailed):
    """The caller's own `aborted` answered true; there is nothing to tell anybody."""


def never_aborted() -> bool:
    """Let a recognition run to its end."""
    return False


class Recognizer(Protocol):
    """Turns utterances into text. Only one thread may use a recogniser."""

    @property
    def name(self) -> str:
        """Name of the model, such as "base.en"."""
        ...

    def describe(self) -> str:
        """Say what does the work, for people: processor features, a GPU or a server."""
        ...

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
    ) -> Transcript:
        """Recognise one utterance.

        Args:
            pcm: 16-bit little-endian mono samples at 16 kHz; may be empty.
            aborted: Asked now and then; true ends the recognition.
            thorough: Spend a second pass on a doubtful result. False for text that is only
                shown while the user still speaks.

        Returns:
            The transcript, with an empty text for silence.

        Raises:
            RecognitionAborted: `aborted` answered true.
            SpeechError: There is no answer.
        """
        ...

    def close(self) -> None:
        """Free the model. Harmless when done twice."""
        ...
