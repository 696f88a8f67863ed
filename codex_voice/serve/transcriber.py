"""Whole recordings in, transcripts out: the recogniser thread with futures for its answers."""

from __future__ import annotations

import enum
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future

from codex_voice.errors import RecognitionFailed, SpeechError
from codex_voice.speech import worker
from codex_voice.speech.recognizer import Hints, Recognizer, Transcript

_CLOSE_SECONDS = 0.2
"""What a recognition may hold up the end: it can be aborted only between whisper.cpp's steps, and
what lasts longer ends with the process."""


class ModelState(enum.Enum):
    """What the recogniser is good for now."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Transcriber:
    """Recognises recordings one after the other on a thread of its own.

    All methods return at once and may be called from any thread.

    Args:
        load: Makes the recogniser; runs on that thread.
        name: Name of the model while it is being loaded.
        on_loaded: Called on that thread when a model is ready (None) or cannot be loaded (why).
    """

    def __init__(
        self,
        load: Callable[[], Recognizer],
        name: str = "",
        on_loaded: Callable[[SpeechError | None], None] = lambda _error: None,
    ) -> None:
        self.state = ModelState.LOADING
        self.name = name
        self.description = ""
        self.error: SpeechError | None = None
        self._on_loaded = on_loaded
        self._waiting: dict[str, Future[Transcript]] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._worker = worker.RecognitionWorker(load, self._handle, name)

    @property
    def pending(self) -> int:
        """How many recordings wait for their transcripts."""
        with self._lock:
            return len(self._waiting)

    def submit(self, pcm: bytes, language: str = "") -> Future[Transcript]:
        """Recognise a recording of any length (int16 mono, 16 kHz).

        Args:
            pcm: The recording.
            language: Code of its language, or "auto"; "" for the recogniser's own.

        Returns:
            Its transcript, or a `SpeechError`.
        """
        future: Future[Transcript] = Future()
        key = uuid.uuid4().hex
        with self._lock:
            if self._closed:
                future.set_exception(RecognitionFailed("the recogniser is closed"))
                return future
            self._waiting[key] = future
        self._worker.recognize(key, pcm, worker.Kind.FINAL, Hints(language=language))
        return future

    def close(self) -> None:
        """End the thread; what waits is answered with an error."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = list(self._waiting.values()), {}
        for future in waiting:
            _fail(future, RecognitionFailed("the recogniser was closed"))
        self._worker.close(_CLOSE_SECONDS)

    def _handle(self, event: worker.SpeechEvent) -> None:
        match event:
            case worker.ModelReady(name, description):
                self.name, self.description = name, description
                self.state, self.error = ModelState.READY, None
                self._on_loaded(None)
            case worker.ModelFailed(error):
                self.state, self.error = ModelState.FAILED, error
                self._on_loaded(error)
            case worker.Recognized(key, _, transcript):
                future = self._pop(key)
                if future is not None and future.set_running_or_notify_cancel():
                    future.set_result(transcript)
            case worker.UtteranceFailed(key, _, error):
                future = self._pop(key)
                if future is not None:
                    _fail(future, error)

    def _pop(self, key: str) -> Future[Transcript] | None:
        with self._lock:
            return self._waiting.pop(key, None)


def _fail(future: Future[Transcript], error: SpeechError) -> None:
    if future.set_running_or_notify_cancel():
        future.set_exception(error)
