"""The one thread that recognises, and the order in which it does."""

from __future__ import annotations

import enum
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from codex_voice import errors
from codex_voice.speech.recognizer import (
    NO_HINTS,
    Hints,
    RecognitionAborted,
    Recognizer,
    Transcript,
)


class Kind(enum.Enum):
    """What a recognition is for, and what may happen to it."""

    FINAL = "final"
    """A whole utterance: never dropped, answered in order."""
    SPECULATIVE = "speculative"
    """An utterance that may be over: only the newest counts, and speech going on drops it."""
    COMMIT = "commit"
    """An utterance up to a pause, whose text is wanted also when speech goes on: kept until its
    end is recognised, which it is a part of."""
    PARTIAL = "partial"
    """Text to show while the user speaks: only the newest counts, and anything else goes first."""


@dataclass(frozen=True)
class ModelLoading:
    """A model is being loaded."""

    name: str


@dataclass(frozen=True)
class ModelReady:
    """A model is loaded, or has taken the place of a server that is down.

    Args:
        name: Its name.
        description: What computes.
        seconds: What loading took.
    """

    name: str
    description: str
    seconds: float


@dataclass(frozen=True)
class ModelFailed:
    """A model could not be loaded; an earlier one, if any, goes on working."""

    error: errors.SpeechError


@dataclass(frozen=True)
class Recognized:
    """The answer to a request."""

    utterance_id: str
    kind: Kind
    transcript: Transcript


@dataclass(frozen=True)
class UtteranceFailed:
    """A request has no answer, and why."""

    utterance_id: str
    kind: Kind
    error: errors.SpeechError


_FAULTS = (ImportError, MemoryError, OSError, RuntimeError, ValueError)
"""What native libraries raise when they cannot go on; the thread must, for finals wait behind."""

SpeechEvent = ModelLoading | ModelReady | ModelFailed | Recognized | UtteranceFailed


@dataclass(frozen=True)
class _Load:
    name: str
    load: Callable[[], Recognizer]


@dataclass(frozen=True)
class _Request:
    utterance_id: str
    pcm: bytes
    kind: Kind
    unwanted: threading.Event
    hints: Hints

    def is_provisional(self, utterance_id: str, commits: bool) -> bool:
        """Return whether it was asked for before that utterance ended, and may be forgotten."""
        if self.kind is Kind.FINAL or (self.kind is Kind.COMMIT and not commits):
            return False
        return self.utterance_id == utterance_id


class RecognitionWorker:
    """Owns a recogniser on a thread of its own: nothing else may touch the model.

    All methods return at once and may be called from any thread; answers are events.

    Args:
        load: Makes the recogniser; runs on the worker's thread.
        post: Takes the events; called on the worker's thread, must not block.
        name: The model's name, for `ModelLoading`.
    """

    def __init__(
        self, load: Callable[[], Recognizer], post: Callable[[SpeechEvent], None], name: str = ""
    ) -> None:
        self._post = post
        self._recognizer: Recognizer | None = None
        self._introduced = ""
        self._failure = errors.SpeechError("the speech model is not loaded")
        self._changed = threading.Condition()
        self._orders: deque[_Load | _Request] = deque([_Load(name, load)])
        self._speculative: _Request | None = None
        self._partial: _Request | None = None
        self._running: _Request | None = None
        self._closing = False
        # A daemon, for whisper.cpp can be aborted only between its steps, and quitting cannot wait.
        self._thread = threading.Thread(target=self._work, name="recogniser", daemon=True)
        self._thread.start()

    def recognize(self, utterance_id: str, pcm: bytes, kind: Kind, hints: Hints = NO_HINTS) -> None:
        """Ask for the text of an utterance.

        All but a partial one abort a running partial, and replace what is still speculative about
        the same utterance; a final one also what is to be committed of it. What is speculative
        about an earlier one and was not dropped is awaited by now, and keeps its turn.

        Args:
            utterance_id: Comes back with the answer.
            pcm: 16-bit mono samples at 16 kHz.
            kind: What it is for.
            hints: What is known of it.
        """
        request = _Request(utterance_id, pcm, kind, threading.Event(), hints)
        with self._changed:
            if kind is Kind.PARTIAL:
                self._partial = request
            else:
                self._abandon(utterance_id, commits=kind is Kind.FINAL)
                if self._speculative:
                    self._orders.append(self._speculative)
                    self._speculative = None
                if kind is Kind.SPECULATIVE:
                    self._speculative = request
                else:
                    self._orders.append(request)
            if kind is not Kind.PARTIAL and self._running_kind() is Kind.PARTIAL:
                self._abort_running()
            self._changed.notify()

    def drop(self, utterance_id: str, *, commits: bool = True) -> None:
        """Forget what is speculative or partial about an utterance; a final stays.

        Args:
            utterance_id: Which.
            commits: Also forget what is to be committed of it.
        """
        with self._changed:
            self._abandon(utterance_id, commits)

    def replace(self, load: Callable[[], Recognizer], name: str = "") -> None:
        """Change the model. Finals that were asked for earlier still go to the old one.

        Args:
            load: Makes the new recogniser. When it fails the old one stays.
            name: The new model's name.
        """
        with self._changed:
            self._orders.append(_Load(name, load))
            self._changed.notify()

    def close(self, timeout: float) -> bool:
        """Abort what runs and end the thread; nothing more is posted afterwards.

        Args:
            timeout: Seconds to wait at most.

        Returns:
            Whether the thread has ended; if not, it ends with the process.
        """
        with self._changed:
            self._closing = True
            self._abort_running()
            self._changed.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _abandon(self, utterance_id: str, commits: bool) -> None:
        """Forget an utterance's speculative and partial requests, waiting or running."""
        if self._speculative and self._speculative.is_provisional(utterance_id, commits):
            self._speculative = None
        if self._partial and self._partial.is_provisional(utterance_id, commits):
            self._partial = None
        for order in tuple(self._orders):
            if isinstance(order, _Request) and order.is_provisional(utterance_id, commits):
                self._orders.remove(order)
        if self._running and self._running.is_provisional(utterance_id, commits):
            self._running.unwanted.set()

    def _running_kind(self) -> Kind | None:
        return self._running.kind if self._running else None

    def _abort_running(self) -> None:
        if self._running:
            self._running.unwanted.set()

    def _work(self) -> None:
        while (order := self._next()) is not None:
            if isinstance(order, _Load):
                self._load(order)
            else:
                self._answer(order)
        if self._recognizer:
            self._recognizer.close()

    def _next(self) -> _Load | _Request | None:
        """Wait for work; None when closing."""
        with self._changed:
            self._running = None
            self._changed.wait_for(
                lambda: self._closing or self._orders or self._speculative or self._partial
            )
            if self._closing:
                return None
            if self._orders:
                order = self._orders.popleft()
            elif self._speculative:
                order, self._speculative = self._speculative, None
            else:
                assert self._partial is not None
                order, self._partial = self._partial, None
            if isinstance(order, _Request):
                self._running = order
            return order

    def _load(self, order: _Load) -> None:
        self._post_event(ModelLoading(order.name))
        started = time.perf_counter()
        try:
            recognizer = order.load()
        except (errors.SpeechError, *_FAULTS) as fault:
            self._failure = fault if isinstance(fault, errors.SpeechError) else _explain(fault)
            self._post_event(ModelFailed(self._failure))
            return
        if self._recognizer:
            self._recognizer.close()
        self._recognizer = recognizer
        self._introduce(recognizer, time.perf_counter() - started)

    def _introduce(self, recognizer: Recognizer, seconds: float) -> None:
        """Report what recognises now."""
        self._introduced = recognizer.name
        self._post_event(ModelReady(recognizer.name, recognizer.describe(), seconds))

    def _answer(self, request: _Request) -> None:
        try:
            event = self._transcribe(request)
        except RecognitionAborted:
            return
        except errors.SpeechError as error:
            event = UtteranceFailed(request.utterance_id, request.kind, error)
        except _FAULTS as fault:
            event = UtteranceFailed(request.utterance_id, request.kind, _explain(fault))
        # Within the lock: what was dropped is never posted afterwards.
        with self._changed:
            if not request.unwanted.is_set():
                self._post_event(event)

    def _transcribe(self, request: _Request) -> Recognized | UtteranceFailed:
        if self._recognizer is None:
            return UtteranceFailed(request.utterance_id, request.kind, self._failure)
        transcript = self._recognizer.transcribe(
            request.pcm,
            request.unwanted.is_set,
            thorough=request.kind is not Kind.PARTIAL,
            hints=request.hints,
        )
        if self._recognizer.name != self._introduced:
            # A server went away, or came back.
            self._introduce(self._recognizer, 0.0)
        return Recognized(request.utterance_id, request.kind, transcript)

    def _post_event(self, event: SpeechEvent) -> None:
        with self._changed:
            # After close() the user interface that listened may be gone.
            if not self._closing:
                self._post(event)


def _explain(fault: BaseException) -> errors.RecognitionFailed:
    return errors.RecognitionFailed(f"the recogniser failed: {fault or type(fault).__name__}")
