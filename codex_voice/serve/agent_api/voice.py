"""The recogniser and the microphone that the API's clients share, as explicit states."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import enum
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from codex_voice import paths
from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.events import (
    CaptureEvent,
    DeviceBack,
    DeviceTrouble,
    LevelChanged,
    Opened,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.utterance import Utterance
from codex_voice.config.schema import Config
from codex_voice.errors import CodexVoiceError, SpeechError
from codex_voice.language.pipeline import Interpreter
from codex_voice.recordings.background_writer import BackgroundWriter
from codex_voice.recordings.journal import Journal
from codex_voice.recordings.outcomes import Outcome
from codex_voice.serve.agent_api.outbox import Event, Outbox
from codex_voice.serve.heard import HeardUtterance, meaning_of
from codex_voice.serve.transcriber import Transcriber
from codex_voice.speech.factory import find_model, open_recognizer
from codex_voice.speech.recognizer import Recognizer, Transcript

MOST_PENDING = 32
"""Recordings that may wait for the recogniser: those of 30 s are 1 MB each."""
_CLOSE_SECONDS = 0.2


class RecognizerState(enum.StrEnum):
    """What the recogniser is good for now."""

    STOPPED = "stopped"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class MicrophoneState(enum.StrEnum):
    """What this machine's microphone does for the clients."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    FAILED = "failed"
    """It does not work; it is tried again until it does or is disconnected."""


class NotStarted(CodexVoiceError):
    """The recogniser is stopped."""


class ServiceBusy(CodexVoiceError):
    """Too much waits for the recogniser."""


class Voice:
    """The recogniser, and the microphone of this machine. Belongs to the event loop.

    Args:
        config: How to listen and to recognise.
        make_source: Finds the microphone.
        interpreter: Tells commands from texts, and writes texts.
        log: Told, in one line, of trouble.
    """

    def __init__(
        self,
        config: Config,
        make_source: Callable[[], FrameSource],
        interpreter: Interpreter,
        log: Callable[[str], None],
    ) -> None:
        hands_free = dataclasses.replace(config.voice, mode="hands_free")
        self._config = dataclasses.replace(config, voice=hands_free)
        self._make_source = make_source
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._outboxes: set[Outbox] = set()
        self._interpreter = interpreter
        self.journal = Journal(
            paths.recordings_directory(), config.history, lambda error: log(str(error))
        )
        self._recordings = BackgroundWriter(self.journal)
        self.settings = CaptureSettings.of(config.audio, self._config.voice)
        self.places = asyncio.Semaphore(MOST_PENDING)
        self._changing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._transcriber: Transcriber | None = None
        self._state = RecognizerState.STOPPED
        self._error = ""
        self._capture: Capture | None = None
        self._microphone = MicrophoneState.DISCONNECTED
        self._microphone_name = self._microphone_error = ""

    # Clients

    def join(self, outbox: Outbox) -> None:
        """Send a client everything from now on, beginning with the state."""
        self._outboxes.add(outbox)
        outbox.put({"type": "status", **self.status()})

    def part(self, outbox: Outbox) -> None:
        """Send it nothing more."""
        self._outboxes.discard(outbox)

    def status(self) -> dict[str, Any]:
        """Return the state as an object for JSON."""
        transcriber = self._transcriber
        return {
            "backend": "whisper",
            "state": self._state.value,
            "error": self._error or None,
            "model": transcriber.name if transcriber is not None else "",
            "pending": transcriber.pending if transcriber is not None else 0,
            "streams": len(self._outboxes),
            "microphone": {
                "state": self._microphone.value,
                "name": self._microphone_name,
                "error": self._microphone_error or None,
            },
        }

    # What clients ask for

    async def start(self) -> None:
        """Begin to load the recogniser, unless it is loaded."""
        async with self._changing:
            if self._state in (RecognizerState.STOPPED, RecognizerState.FAILED):
                await self._close_transcriber()
                self._change_recognizer(RecognizerState.LOADING)
                self._transcriber = self._make_transcriber()

    async def stop(self) -> None:
        """Disconnect the microphone and free the recogniser; what waits is answered with errors."""
        async with self._changing:
            await self._disconnect()
            await self._close_transcriber()
            self._change_recognizer(RecognizerState.STOPPED)

    async def connect(self) -> None:
        """Listen to this machine's microphone, hands-free.

        Raises:
            NotStarted: The recogniser is stopped.
        """
        async with self._changing:
            self._connect()

    async def disconnect(self) -> None:
        """Close the microphone; what was being said is still recognised."""
        async with self._changing:
            await self._disconnect()

    async def reconnect(self) -> None:
        """Close the microphone and open it again.

        Raises:
            NotStarted: The recogniser is stopped.
        """
        async with self._changing:
            await self._disconnect()
            self._connect()

    async def close(self) -> None:
        """End everything."""
        await self.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._recordings.close()

    # Recognition

    async def transcribe(self, pcm: bytes) -> HeardUtterance | None:
        """Recognise a recording that its sender keeps; None where no words are in it.

        Raises:
            NotStarted: The recogniser is stopped.
            ServiceBusy: Too much waits for it.
            SpeechError: It has no answer.
        """
        started_at = time.time()
        if self.places.locked():
            raise ServiceBusy("too many recordings wait for the recogniser", "try again")
        async with self.places:
            transcript = await asyncio.wrap_future(self._submit(pcm))
        if not transcript.text:
            return None
        meaning = self._interpreter.interpret(transcript.text, transcript.confidence)
        return HeardUtterance(started_at, transcript, meaning)

    def submit(
        self, utterance: Utterance, source: str, put: Callable[[Event], bool]
    ) -> asyncio.Task[None]:
        """Recognise an utterance that is in the journal; its transcript becomes an event.

        Args:
            utterance: Its sound.
            source: Where it was heard, for the event.
            put: Takes the event, and says whether it will arrive.
        """
        ended = self._loop.time()
        try:
            future = self._submit(utterance.pcm)
        except NotStarted as error:
            future = Future()
            future.set_exception(SpeechError(error.message, error.remedy))
        task = asyncio.create_task(self._answer(utterance, future, source, put, ended))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _answer(
        self,
        utterance: Utterance,
        future: Future[Transcript],
        source: str,
        put: Callable[[Event], bool],
        ended: float,
    ) -> None:
        try:
            transcript = await asyncio.wrap_future(future)
        except SpeechError as error:
            self._recordings.set_outcome(utterance.id, Outcome.FAILED)
            put({"type": "error", "source": source, "code": "recognition", "message": str(error)})
            return
        text, model = transcript.text, transcript.model
        self._recordings.set_text(utterance.id, text, model, text)
        if not text:
            put({"type": "no_words", "source": source})
            self._recordings.set_outcome(utterance.id, Outcome.NO_WORDS)
            return
        meaning = meaning_of(utterance, transcript, self._interpreter)
        heard = HeardUtterance(utterance.started_at, transcript, meaning)
        latency = self._loop.time() - ended
        event = {"type": "transcript", "source": source, **heard.as_object()}
        # Where nobody got it, it stays in the history as what is still to be taken from there.
        if put({**event, "latency_seconds": round(latency, 3)}):
            self._recordings.set_outcome(utterance.id, Outcome.PRINTED)

    def _submit(self, pcm: bytes) -> Future[Transcript]:
        if self._transcriber is None:
            raise NotStarted("the recogniser is stopped", "POST /api/voice/start")
        return self._transcriber.submit(pcm)

    # Changes of state

    def _make_transcriber(self) -> Transcriber:
        whisper = self._config.whisper

        def load() -> Recognizer:
            return open_recognizer(
                whisper, lambda: find_model(whisper), lambda error: self._log(str(error))
            )

        def on_loaded(error: SpeechError | None) -> None:
            self._soon(lambda: self._loaded(transcriber, error))

        transcriber = Transcriber(load, on_loaded=on_loaded)
        return transcriber

    def _loaded(self, transcriber: Transcriber, error: SpeechError | None) -> None:
        if transcriber is not self._transcriber:
            return
        if error is None:
            self._change_recognizer(RecognizerState.READY)
        else:
            self._log(str(error))
            self._change_recognizer(RecognizerState.FAILED, str(error))

    async def _close_transcriber(self) -> None:
        transcriber, self._transcriber = self._transcriber, None
        if transcriber is not None:
            await asyncio.to_thread(transcriber.close)

    def _connect(self) -> None:
        if self._transcriber is None:
            raise NotStarted("the recogniser is stopped", "POST /api/voice/start")
        if self._capture is not None:
            return
        self._change_microphone(MicrophoneState.CONNECTING)

        def post(event: CaptureEvent) -> None:
            self._soon(lambda: self._follow(event, capture))

        capture = Capture(self._make_source, self.settings, post, self.journal)
        self._capture = capture
        capture.monitor(True)

    async def _disconnect(self) -> None:
        capture, self._capture = self._capture, None
        if capture is None:
            return
        # What was being said ends here, and its event comes before the end of the thread.
        capture.monitor(False)
        await asyncio.to_thread(capture.close, _CLOSE_SECONDS)
        self._change_microphone(MicrophoneState.DISCONNECTED)

    def _follow(self, event: CaptureEvent, capture: Capture) -> None:
        """Follow the microphone; one that was disconnected may still have heard something."""
        current = capture is self._capture
        match event:
            case UtteranceEnded(utterance) if utterance.overheard:
                self._recordings.set_outcome(utterance.id, Outcome.OVERHEARD)
            case UtteranceEnded(utterance):
                self.submit(utterance, "microphone", self._broadcast)
            case SpeechStarted():
                self._broadcast({"type": "speech_started", "source": "microphone"})
            case LevelChanged(dbfs):
                self._broadcast({"type": "level", "source": "microphone", "dbfs": round(dbfs, 1)})
            case Opened(name) | DeviceBack(name) if current:
                self._microphone_name = name
                self._change_microphone(MicrophoneState.CONNECTED)
            case DeviceTrouble(error) if current:
                self._log(str(error))
                self._change_microphone(MicrophoneState.FAILED, str(error))

    def _change_recognizer(self, state: RecognizerState, error: str = "") -> None:
        if (state, error) != (self._state, self._error):
            self._state, self._error = state, error
            self._broadcast({"type": "status", **self.status()})

    def _change_microphone(self, state: MicrophoneState, error: str = "") -> None:
        if state is MicrophoneState.DISCONNECTED:
            self._microphone_name = ""
        if (state, error) != (self._microphone, self._microphone_error):
            self._microphone, self._microphone_error = state, error
            self._broadcast({"type": "status", **self.status()})

    def _soon(self, call: Callable[[], None]) -> None:
        """Call something on the event loop, from any thread; not at all once the loop has ended."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call)

    def _broadcast(self, event: Event) -> bool:
        """Send it to all clients, and return whether any of them will get it."""
        arrives = [outbox.put(event) for outbox in self._outboxes]
        return any(arrives)
