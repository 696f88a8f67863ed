"""What recognisers in this process have in common: one thread at a time, and an end."""

from __future__ import annotations

import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from codex_voice.errors import RecognitionFailed
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import hallucinations as silence
from codex_voice.speech import samples as sound
from codex_voice.speech.engines.utterance_decoder import UtteranceDecoder
from codex_voice.speech.recognizer import NO_HINTS, Hints, Transcript, never_aborted

_MOST_THREADS = 8


class LocalRecognizer(ABC):
    """A model in this process, loaded.

    Args:
        name: The model's name.
        utterances: Decodes.
        prompted: Whether the model understands prompts; one that does not gets no hints.
        check_language: Raises a `SpeechError` for a language that the model does not know.
    """

    def __init__(
        self,
        name: str,
        utterances: UtteranceDecoder,
        *,
        prompted: bool,
        check_language: Callable[[str], None],
    ) -> None:
        self.name = name
        self._utterances = utterances
        self._prompted = prompted
        self._check_language = check_language
        self._closed = False
        self._busy = threading.Lock()

    @abstractmethod
    def describe(self) -> str:
        """Return what computes."""

    @abstractmethod
    def _spoken_language(self, given: str) -> str:
        """Return the language of what was decoded last.

        Args:
            given: The language that the utterance's hints name; "" where they name none.
        """

    @abstractmethod
    def _free(self) -> None:
        """Free the model's memory."""

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`.

        Raises:
            RecognitionAborted: `aborted` answered true.
            RecognitionFailed: The model gave up, or another thread is at work here.
            SpeechError: The model does not know the language in the hints.
        """
        started = time.perf_counter()
        if hints.language:
            self._check_language(hints.language)
        hints = hints if self._prompted else Hints(language=hints.language)
        captured = sound.decode(pcm)
        # Two threads in one whisper context end the process.
        if not self._busy.acquire(blocking=False):
            raise RecognitionFailed(f"{self.name} is already at work in another thread")
        try:
            if self._closed:
                raise RecognitionFailed(f"{self.name} is closed")
            # Each piece has a level of its own, and some of a long recording are silent.
            spoken = [
                self._utterances.recognize(sound.amplify(piece), aborted, thorough, hints)
                for piece in sound.split(captured)
                if not silence.is_silence(piece)
            ]
            language = self._spoken_language(hints.language) if spoken else ""
        finally:
            self._busy.release()
        return Transcript(
            text=" ".join(piece.text for piece in spoken if piece.text),
            confidence=min((piece.confidence for piece in spoken if piece.text), default=0.0),
            language=language,
            audio_seconds=captured.size / SAMPLE_RATE,
            seconds=time.perf_counter() - started,
            model=self.name,
            words=tuple(word for piece in spoken for word in piece.words),
        )

    def close(self) -> None:
        """Free the model's memory, after what still runs. Harmless when done twice."""
        with self._busy:
            if not self._closed:
                self._closed = True
                self._free()


def default_threads() -> int:
    """Return the threads that leave a core to the microphone and the screen."""
    available = getattr(os, "sched_getaffinity", None)
    cores = len(available(0)) if available else os.cpu_count() or 1
    return min(max(cores - 1, 1), _MOST_THREADS)
