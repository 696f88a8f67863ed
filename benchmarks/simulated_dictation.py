"""A dictation in simulated time: what is recognised when, whatever else the machine does.

The product's own segmenter and `Transcription` run on an event loop whose clock jumps from event
to event. The recogniser really recognises; a pass takes as long as its processor time says, and
one that is not wanted any more ends where whisper.cpp would have asked whether to go on.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from codex_voice.audio.capture import Capture
from codex_voice.audio.events import (
    CaptureEvent,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.frame_analysis import CaptureSettings
from codex_voice.audio.segmenter import Segmenter
from codex_voice.audio.utterance import EndReason
from codex_voice.config.schema import VoiceConfig
from codex_voice.dictation.pending_utterance import PendingUtterance
from codex_voice.dictation.running_text import RunningText, Stretch
from codex_voice.dictation.transcription import Transcription
from codex_voice.errors import SpeechError
from codex_voice.language.joining import fit
from codex_voice.pcm import FRAME_SECONDS, Framer
from codex_voice.speech.recognizer import NO_HINTS, Hints, Recognizer, Transcript
from codex_voice.speech.worker import Kind, RecognitionWorker, Recognized


@dataclass(frozen=True)
class Pass:
    """One recognition.

    Args:
        transcript: What came of it.
        seconds: Its processor time.
        steps: After how much of that it could have been stopped.
    """

    transcript: Transcript
    seconds: float
    steps: tuple[float, ...]

    def stopped_after(self, seconds: float) -> float:
        """Return the processor time of the pass if it is unwanted after so much of it."""
        return next((step for step in self.steps if step >= seconds), self.seconds)


class TimedRecognizer:
    """Recognises and keeps the time; the same sound again costs nothing here, and as much there.

    Args:
        recognizer: The recogniser, with one thread.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._known: dict[tuple[bytes, bool, Hints], Pass] = {}

    def transcribe(self, pcm: bytes, *, thorough: bool = True, hints: Hints = NO_HINTS) -> Pass:
        """Recognise a sound (int16 mono 16 kHz)."""
        key = (pcm, thorough, hints)
        if key not in self._known:
            steps: list[float] = []
            began = time.process_time()

            def wanted() -> bool:
                steps.append(time.process_time() - began)
                return False

            transcript = self._recognizer.transcribe(pcm, wanted, thorough=thorough, hints=hints)
            self._known[key] = Pass(transcript, time.process_time() - began, tuple(steps))
        return self._known[key]


@dataclass(frozen=True)
class SimulatedResult:
    """What became of a dictation.

    Args:
        text: All of it.
        waited: Seconds from the tap at its end to the text.
        seconds: Processor time of all passes.
        passes: How many there were.
    """

    text: str
    waited: float
    seconds: float
    passes: int


class HeardAnew(RunningText):
    """The peer: at each pause and at the end everything is heard from the beginning."""

    def fits(self, stop: int) -> bool:
        """Let everything be heard in one pass."""
        return True

    def stretch(self, stop: int) -> Stretch:
        """Return all of it."""
        return Stretch(0, stop)

    def worth_keeping(self, stretch: Stretch) -> bool:
        """Keep nothing that was heard before a pause."""
        return False


def dictate(
    recognizer: TimedRecognizer,
    pcm: bytes,
    *,
    tap_seconds: float,
    maximum_seconds: float = 30.0,
    running_text: Callable[[], RunningText] = RunningText,
    partial_text: bool = True,
) -> SimulatedResult:
    """Dictate a sound, begun with a tap and ended with another.

    Args:
        recognizer: Recognises.
        pcm: The sound (int16 mono 16 kHz).
        tap_seconds: When the second tap comes, from the beginning; silence follows the sound.
        maximum_seconds: Where the capture cuts.
        running_text: What commits the text, for each utterance.
        partial_text: Whether text is shown while somebody speaks.
    """
    clock = _Clock()
    with asyncio.Runner(loop_factory=lambda: _SimulatedTimeLoop(clock)) as runner:
        simulation = _Simulation(recognizer, clock, maximum_seconds, running_text, partial_text)
        return runner.run(simulation.run(pcm, tap_seconds))


class _Clock(selectors.SelectSelector):
    """Waits for nothing: the time until the next event is over at once."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass.

        Raises:
            RuntimeError: Nothing would ever happen.
        """
        if timeout is None:
            raise RuntimeError("the simulated dictation waits for nothing")
        self.seconds += max(timeout, 0.0)
        return super().select(0)


class _SimulatedTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self, clock: _Clock) -> None:
        self._clock = clock
        super().__init__(clock)

    def time(self) -> float:
        """Return the simulated time."""
        return self._clock.seconds


@dataclass
class _SimulatedRequest:
    utterance_id: str
    pcm: bytes
    kind: Kind
    hints: Hints
    wanted: bool = True


class _SimulatedWorker:
    """The order of work of `RecognitionWorker`, in simulated time."""

    def __init__(
        self, recognizer: TimedRecognizer, clock: _Clock, post: Callable[[Recognized], None]
    ) -> None:
        self.seconds = 0.0
        self.passes = 0
        self._recognizer = recognizer
        self._clock = clock
        self._post = post
        self._orders: deque[_SimulatedRequest] = deque()
        self._speculative: _SimulatedRequest | None = None
        self._partial: _SimulatedRequest | None = None
        self._running: tuple[_SimulatedRequest, Pass, float] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def recognize(self, utterance_id: str, pcm: bytes, kind: Kind, hints: Hints = NO_HINTS) -> None:
        """Ask for a text."""
        request = _SimulatedRequest(utterance_id, pcm, kind, hints)
        if kind is Kind.PARTIAL:
            self._partial = request
        else:
            self._abandon(utterance_id, commits=kind is Kind.FINAL)
            if kind is Kind.SPECULATIVE:
                self._speculative = request
            else:
                self._orders.append(request)
            if self._running and self._running[0].kind is Kind.PARTIAL:
                self._stop_running()
        self._begin()

    def drop(self, utterance_id: str, *, commits: bool = True) -> None:
        """Forget what is not final."""
        self._abandon(utterance_id, commits)

    def _abandon(self, utterance_id: str, commits: bool) -> None:
        def unwanted(request: _SimulatedRequest | None) -> bool:
            return (
                request is not None
                and request.utterance_id == utterance_id
                and (commits or request.kind is not Kind.COMMIT)
                and request.kind is not Kind.FINAL
            )

        self._speculative = None if unwanted(self._speculative) else self._speculative
        self._partial = None if unwanted(self._partial) else self._partial
        self._orders = deque(order for order in self._orders if not unwanted(order))
        if self._running and unwanted(self._running[0]):
            self._stop_running()

    def _stop_running(self) -> None:
        """Let the pass that runs end at its next step."""
        assert self._running
        assert self._timer
        request, found, began = self._running
        if request.wanted:
            request.wanted = False
            self._timer.cancel()
            at = began + found.stopped_after(self._clock.seconds - began)
            self._timer = asyncio.get_running_loop().call_at(at, self._end)

    def _begin(self) -> None:
        if self._running:
            return
        if self._orders:
            request = self._orders.popleft()
        elif self._speculative:
            request, self._speculative = self._speculative, None
        elif self._partial:
            request, self._partial = self._partial, None
        else:
            return
        found = self._recognizer.transcribe(
            request.pcm, thorough=request.kind is not Kind.PARTIAL, hints=request.hints
        )
        self._running = (request, found, self._clock.seconds)
        self._timer = asyncio.get_running_loop().call_later(found.seconds, self._end)

    def _end(self) -> None:
        assert self._running
        request, found, began = self._running
        self._running = None
        self.passes += 1
        self.seconds += self._clock.seconds - began
        if request.wanted:
            self._post(Recognized(request.utterance_id, request.kind, found.transcript))
        self._begin()


class _Simulation:
    def __init__(
        self,
        recognizer: TimedRecognizer,
        clock: _Clock,
        maximum_seconds: float,
        running_text: Callable[[], RunningText],
        partial_text: bool,
    ) -> None:
        self._clock = clock
        self._texts: list[str] = []
        self._awaited = 0
        self._tapped = False
        self._over = asyncio.Event()
        settings = CaptureSettings(maximum_seconds=maximum_seconds)
        self._segmenter = Segmenter(settings, self._handle_capture, None, on_over=lambda: None)
        self._worker = _SimulatedWorker(recognizer, clock, self._handle_recognition)
        self._transcription = Transcription(
            # Of the capture only the snapshots are asked for.
            cast(Capture, self._segmenter),
            cast(RecognitionWorker, self._worker),
            VoiceConfig(partial_text=partial_text),
            on_partial=lambda _: None,
            on_text=self._handle_text,
            on_failed=self._handle_failure,
            on_committed=lambda *_: None,
            is_command=lambda _: False,
            running_text=running_text,
        )

    async def run(self, pcm: bytes, tap_seconds: float) -> SimulatedResult:
        """Speak, tap, and await the text."""
        self._segmenter.begin(ends_by_itself=False)
        frames = Framer().push(pcm + bytes(int(tap_seconds / FRAME_SECONDS + 2) * 640))
        for frame in frames[: round(tap_seconds / FRAME_SECONDS)]:
            await asyncio.sleep(FRAME_SECONDS)
            self._segmenter.hear(frame, deaf=False)
        tapped = self._clock.seconds
        self._tapped = True
        self._segmenter.end(EndReason.FINISHED)
        await self._over.wait()
        waited = self._clock.seconds - tapped
        self._transcription.cancel_timers()
        self._segmenter.close()
        worker = self._worker
        return SimulatedResult(_as_in_composer(self._texts), waited, worker.seconds, worker.passes)

    def _handle_capture(self, event: CaptureEvent) -> None:
        match event:
            case SpeechStarted() | SpeechPaused() | SpeechResumed() | PartialAudio():
                self._transcription.handle_capture(event)
            case UtteranceEnded():
                self._awaited += 1
                self._transcription.handle_capture(event)

    def _handle_recognition(self, event: Recognized) -> None:
        self._transcription.handle_recognition(event)

    def _handle_text(self, _heard: PendingUtterance, transcript: Transcript) -> None:
        self._texts.append(transcript.text)
        self._awaited -= 1
        if self._tapped and not self._awaited:
            self._over.set()

    def _handle_failure(self, _utterance_id: str, error: SpeechError) -> None:
        raise error


def _as_in_composer(texts: list[str]) -> str:
    """Return texts as each is put behind the ones before it."""
    draft = ""
    for text in texts:
        draft = f"{draft} {fit(text, draft)}".strip()
    return draft
