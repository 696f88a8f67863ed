"""What recognisers on servers have in common: sound is prepared here, and text is judged here."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import hallucinations as silence
from codex_voice.speech import loops
from codex_voice.speech import samples as sound
from codex_voice.speech.recognizer import NO_HINTS, Hints, Transcript, never_aborted


@dataclass(frozen=True)
class Limits:
    """How long a server may take.

    Args:
        connect_seconds: To accept a connection.
        answer_seconds: To recognise an utterance, from its first byte sent to the last one of the
            answer.
    """

    connect_seconds: float = 2.0
    answer_seconds: float = 30.0


PATIENT = Limits()


@dataclass(frozen=True)
class ServerAnswer:
    """What a server heard.

    Args:
        text: The words.
        confidence: How sure it is, 0 to 1; 1 where it does not tell.
        language: Code of the language, "" where it does not tell.
    """

    text: str
    confidence: float = 1.0
    language: str = ""


class ServerRecognizer(ABC):
    """Sends utterances to a server, which loads the model and decides how to decode.

    Args:
        name: What transcripts name as their model.
        language: Code of the language spoken, or "auto".
    """

    def __init__(self, name: str, language: str) -> None:
        self.name = name
        self._language = language

    @abstractmethod
    def describe(self) -> str:
        """Return where the work is done."""

    @abstractmethod
    def _ask(self, pcm: bytes, language: str, aborted: Callable[[], bool]) -> ServerAnswer:
        """Send an utterance that is not silent, and wait for its text.

        Args:
            pcm: int16 mono 16 kHz.
            language: Code of the language spoken, or "auto".
            aborted: Asked now and then; true ends it.

        Raises:
            RecognitionAborted: `aborted` answered true.
            ServerUnavailable: There is no answer.
        """

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`. The server decides how thoroughly.

        Raises:
            RecognitionAborted: `aborted` answered true; the connection is closed.
            ServerUnavailable: It is not there, too slow, or answers something else.
        """
        del thorough
        started = time.perf_counter()
        language = hints.language or self._language
        captured = sound.decode(pcm)
        answer = ServerAnswer("")
        if not silence.is_silence(captured):
            samples = sound.pad(sound.amplify(captured))
            answer = self._ask(_int16(samples), language, aborted)
        text = ""
        if answer.text:
            text = silence.keep_spoken(answer.text, samples, answer.confidence)
            repetitive = loops.repeats(text) or loops.is_double(text)
            if repetitive and loops.is_too_fast(text, silence.active_seconds(samples)):
                text = loops.one_turn(text)
        return Transcript(
            text=text,
            confidence=answer.confidence if text else 0.0,
            language=answer.language if language == "auto" else language,
            audio_seconds=captured.size / SAMPLE_RATE,
            seconds=time.perf_counter() - started,
            model=self.name,
        )

    def close(self) -> None:  # noqa: B027
        """Do nothing: nothing is kept open between utterances."""


def _int16(samples: sound.Samples) -> bytes:
    return (samples * 32767).round().clip(-32768, 32767).astype("<i2").tobytes()
