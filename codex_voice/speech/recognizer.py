"""What a recogniser is: sound in, a transcript out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codex_voice.errors import RecognitionFailed
from codex_voice.text_cleaning import clean, clean_line


@dataclass(frozen=True)
class Word:
    """A word of a transcript.

    Args:
        text: The word as the transcript has it, with the punctuation that touches it.
        confidence: The lowest probability of its tokens, 0 to 1.
    """

    text: str
    confidence: float

    def __post_init__(self) -> None:
        """Clean the text, so that it stays a part of the transcript's."""
        object.__setattr__(self, "text", clean(self.text))


@dataclass(frozen=True)
class Hints:
    """What is known of an utterance before it is recognised.

    Args:
        words: Names that are likely to occur, the likeliest last.
        commands: Phrases that would be commands now, the likeliest last; used for short
            utterances only, for they cost accuracy in dictation.
        guided: Those of them that a short, unsure utterance may be forced into. What must not
            happen by accident, such as an approval, is none of them.
        continued: Whether the sound goes on in an utterance whose earlier part is recognised:
            then it is no command.
        asleep: Whether only the wake phrase is listened for, so that a small model will do.
        answers: Phrases that must not come of a hint, such as those of an approval: they count
            only where the model writes them without being told anything.
        language: Code of the language of this utterance, or "auto"; "" for the recogniser's own.
    """

    words: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    guided: tuple[str, ...] = ()
    continued: bool = False
    asleep: bool = False
    answers: tuple[str, ...] = ()
    language: str = ""


NO_HINTS = Hints()


@dataclass(frozen=True)
class Transcript:
    """What was recognised.

    Whatever recognised it, its texts hold no control characters: they are cleaned here, where
    they enter the program.

    Args:
        text: The words, without surrounding blanks; empty when nobody spoke.
        confidence: Geometric mean of the probabilities of the text's tokens, 0 to 1.
        language: Code of the spoken language, such as "en".
        audio_seconds: Length of the sound.
        seconds: What the recognition cost.
        model: Name of the model that answered.
        words: The words of the text with the confidence of each; empty where it is not known.
        someone_else: Whether it is clearly not the voice that is listened to alone.
    """

    text: str
    confidence: float
    language: str
    audio_seconds: float
    seconds: float
    model: str
    words: tuple[Word, ...] = ()
    someone_else: bool = False

    def __post_init__(self) -> None:
        """Clean what a model or a server wrote."""
        object.__setattr__(self, "text", clean(self.text).strip())
        object.__setattr__(self, "language", clean_line(self.language))
        object.__setattr__(self, "model", clean_line(self.model))


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
        """Return what does the work, for people: processor features, a GPU or a server."""
        ...

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance.

        Args:
            pcm: 16-bit little-endian mono samples at 16 kHz; may be empty.
            aborted: Asked now and then; true ends the recognition.
            thorough: Spend a second pass on a doubtful result. False for text that is only
                shown while the user still speaks.
            hints: What is likely to be said; a recogniser may do without.

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
