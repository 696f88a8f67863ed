"""`codex-voice listen`: what is said, line by line on standard output, for other programs."""

from __future__ import annotations

import dataclasses
import logging
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from codex_voice import paths
from codex_voice.audio.capture import Capture, CaptureSettings
from codex_voice.audio.events import CaptureEvent, DeviceBack, DeviceTrouble, Opened, UtteranceEnded
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.utterance import Utterance
from codex_voice.config.schema import Config
from codex_voice.errors import CodexVoiceError, SpeechError
from codex_voice.language.pipeline import Interpreter
from codex_voice.recordings.journal import Journal
from codex_voice.recordings.outcomes import Outcome
from codex_voice.serve.heard import HeardUtterance, meaning_of
from codex_voice.serve.transcriber import Transcriber
from codex_voice.speech.factory import find_model, open_recognizer
from codex_voice.speech.recognizer import Recognizer, Transcript

_LOG = logging.getLogger(__name__)

_CLOSE_SECONDS = 1.0


class Listener:
    """Listens hands-free and gives utterances in the order in which they were said.

    Args:
        config: How to listen and to recognise.
        make_source: Finds the microphone.
        interpreter: Tells commands from texts, and writes texts.
        report: Reports the microphone and trouble, in one line each; on any thread.
    """

    def __init__(
        self,
        config: Config,
        make_source: Callable[[], FrameSource],
        interpreter: Interpreter,
        report: Callable[[str], None],
    ) -> None:
        self._report = report
        self._ended: queue.SimpleQueue[tuple[Utterance, Future[Transcript]]] = queue.SimpleQueue()
        self._interpreter = interpreter
        self._journal = Journal(paths.recordings_directory(), config.history, self._report_error)
        self._loaded: Future[None] = Future()
        self._transcriber = Transcriber(lambda: self._load(config), on_loaded=self._model_loaded)
        settings = CaptureSettings.of(config.audio, config.voice)
        self._capture = Capture(make_source, settings, self._post, self._journal)

    def start(self) -> None:
        """Load the model, then open the microphone.

        Raises:
            SpeechError: Nothing can recognise.
        """
        self._loaded.result()
        self._capture.monitor(True)

    def next(self) -> HeardUtterance | None:
        """Wait for the next utterance; None where no words were in it.

        What cannot be recognised is told, and its recording kept.
        """
        utterance, future = self._ended.get()
        try:
            transcript = future.result()
        except SpeechError as error:
            self._journal.set_outcome(utterance.id, Outcome.FAILED)
            self._report(f"{error}: the recording is in the history")
            return None
        meaning = meaning_of(utterance, transcript, self._interpreter)
        self._journal.set_text(utterance.id, transcript.text, transcript.model)
        self._journal.set_outcome(
            utterance.id, Outcome.PRINTED if transcript.text else Outcome.NO_WORDS
        )
        return (
            HeardUtterance(utterance.started_at, transcript, meaning) if transcript.text else None
        )

    def close(self) -> None:
        """Close the microphone and free the model."""
        self._capture.close(_CLOSE_SECONDS)
        self._transcriber.close()
        self._journal.close()

    def _post(self, event: CaptureEvent) -> None:
        match event:
            case UtteranceEnded(utterance) if not utterance.overheard:
                self._ended.put((utterance, self._transcriber.submit(utterance.pcm)))
            case UtteranceEnded(utterance):
                self._journal.set_outcome(utterance.id, Outcome.OVERHEARD)
            case Opened(name):
                self._report(f"listening to {name}")
            case DeviceBack(name):
                self._report(f"the microphone is back: {name}")
            case DeviceTrouble(error):
                self._report_error(error)

    def _load(self, config: Config) -> Recognizer:
        return open_recognizer(
            config.whisper, lambda: find_model(config.whisper), self._report_error
        )

    def _model_loaded(self, error: SpeechError | None) -> None:
        if self._loaded.done():
            return
        if error is None:
            self._loaded.set_result(None)
        else:
            self._loaded.set_exception(error)

    def _report_error(self, error: CodexVoiceError) -> None:
        self._report(str(error))


@contextmanager
def listening(
    config: Config,
    make_source: Callable[[], FrameSource],
    interpreter: Interpreter,
    report: Callable[[str], None],
) -> Iterator[Listener]:
    """Listen until the block is left.

    Raises:
        SpeechError: Nothing can recognise.
    """
    hands_free = dataclasses.replace(config.voice, mode="hands_free")
    config = dataclasses.replace(config, voice=hands_free)
    listener = Listener(config, make_source, interpreter, report)
    try:
        listener.start()
        yield listener
    finally:
        listener.close()
