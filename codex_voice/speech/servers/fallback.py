"""A model of this process in the place of a server that is down."""

from __future__ import annotations

import time
from collections.abc import Callable

from codex_voice.errors import ServerUnavailable, SpeechError
from codex_voice.speech.recognizer import (
    NO_HINTS,
    Hints,
    Recognizer,
    Transcript,
    never_aborted,
)

_REST_SECONDS = 30.0
"""How long a server that failed is left alone, so that each utterance does not wait for it."""


class FallbackRecognizer:
    """Asks a server first, and a model in this process while the server is down.

    Args:
        server: Asked first.
        load_local: Makes the recogniser of this process when it is first needed.
        on_fallback: Told why the server was left, once for each time it went away.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        server: Recognizer,
        load_local: Callable[[], Recognizer],
        on_fallback: Callable[[ServerUnavailable], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._load_local = load_local
        self._on_fallback = on_fallback
        self._clock = clock
        self._local: Recognizer | None = None
        self._left_alone_until = 0.0
        self._is_down = False

    @property
    def name(self) -> str:
        """Name of what answers at present."""
        return self._local.name if self._is_down and self._local else self._server.name

    def describe(self) -> str:
        """Return what does the work at present."""
        if self._is_down and self._local:
            return f"{self._local.describe()}; {self._server.name} is down"
        return self._server.describe()

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
            SpeechError: Neither the server nor a model of this process has an answer.
        """
        if self._clock() >= self._left_alone_until:
            try:
                transcript = self._server.transcribe(pcm, aborted, thorough=thorough, hints=hints)
            except ServerUnavailable as unavailable:
                self._fall_back(unavailable)
            else:
                self._is_down = False
                return transcript
        assert self._local is not None
        return self._local.transcribe(pcm, aborted, thorough=thorough, hints=hints)

    def close(self) -> None:
        """Close both."""
        self._server.close()
        if self._local:
            self._local.close()

    def _fall_back(self, unavailable: ServerUnavailable) -> None:
        if self._local is None:
            try:
                self._local = self._load_local()
            except SpeechError as error:
                raise ServerUnavailable(
                    f"{unavailable.message}; {error.message}", error.remedy
                ) from error
        self._left_alone_until = self._clock() + _REST_SECONDS
        if not self._is_down:
            self._is_down = True
            self._on_fallback(unavailable)
