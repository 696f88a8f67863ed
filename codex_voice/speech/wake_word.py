"""A small model that listens for the wake phrase, so that the large one does not work all day."""

from __future__ import annotations

from collections.abc import Callable

from codex_voice.speech.recognizer import NO_HINTS, Hints, Recognizer, Transcript, never_aborted
from codex_voice.speech.wrapper import RecognizerWrapper


class ListeningRecognizer(RecognizerWrapper):
    """Asks a small model while nobody is spoken to, and the large one otherwise.

    Args:
        large: Recognises what is meant for Codex.
        small: Listens for the wake phrase: is asked where the hints say `asleep`.
    """

    def __init__(self, large: Recognizer, small: Recognizer) -> None:
        super().__init__(large)
        self._small = small

    def describe(self) -> str:
        """Return what does the work."""
        return f"{super().describe()}; {self._small.name} listens"

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`."""
        recognizer = self._small if hints.asleep else self._recognizer
        return recognizer.transcribe(pcm, aborted, thorough=thorough, hints=hints)

    def close(self) -> None:
        """Close both."""
        super().close()
        self._small.close()
