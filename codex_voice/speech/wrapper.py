"""A recogniser around another one: what it does not change is the other's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from codex_voice.speech.recognizer import NO_HINTS, Hints, Recognizer, Transcript, never_aborted


class RecognizerWrapper(ABC):
    """Has the name and the description of the recogniser in it, and closes it.

    Args:
        recognizer: The one around which this is.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._recognizer.name

    def describe(self) -> str:
        """Return what does the work, for people."""
        return self._recognizer.describe()

    @abstractmethod
    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`."""

    def close(self) -> None:
        """Free the model."""
        self._recognizer.close()
