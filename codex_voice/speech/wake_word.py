"""A small model that listens for the wake phrase, so that the large one does not work all day."""

from __future__ import annotations

from collections.abc import Callable

from codex_voice.speech.recognizer import NO_HINTS, Hints, Recognizer, Transcript, never_aborted


class ListeningRecognizer:
    """Asks a small model while nobody is spoken to, and the large one otherwise.

    Args:
        large: Recognises what is meant for Codex.
        small: Listens for the wake phrase: is asked where the hints say `asleep`.
    """

    def __init__(self, large: Recognizer, small: Recognizer) -> None:
        self._large = large
        self._small = small

    @property
    def name(self) -> str:
        """Name of the large model."""
        return self._large.name

    def describe(self) -> str:
        """Say what does the work."""
        return f"{self._large.describe()}; {self._small.name} listens"

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`."""
        recognizer = self._small if hints.asleep else self._large
        return recognizer.transcribe(pcm, aborted, thorough=thorough, hints=hints)

    def close(self) -> None:
        """Close both."""
        self._large.close()
        self._small.close()
