"""Follows utterances from their first sound to their text.

While somebody speaks, partial texts are asked for. At every pause the utterance is recognised
speculatively: if silence ends it, the text is there when the end comes. If speech goes on, the
text of a short stretch is dropped, and that of a longer one kept, so that it may be committed:
what lies before a pause is not heard twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from codex_voice.audio.capture import Capture
from codex_voice.audio.endpointing import PAUSE_MS
from codex_voice.audio.events import (
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.config.schema import VoiceConfig
from codex_voice.dictation.pending_utterance import PendingUtterance, Stage
from codex_voice.dictation.running_text import RunningText, Stretch
from codex_voice.errors import SpeechError
from codex_voice.pcm import BYTES_PER_SECOND
from codex_voice.speech.recognizer import Hints, Transcript
from codex_voice.speech.worker import Kind, RecognitionWorker, Recognized, UtteranceFailed

# A partial text is asked for this long after the last one at least, and after twice the last
# pass's cost, so that the recogniser is never more than half busy with what will be replaced.
PARTIAL_GAP_SECONDS = 0.5
PARTIAL_GAP_BYTES = int(PARTIAL_GAP_SECONDS * BYTES_PER_SECOND)


class Transcription:
    """Has utterances recognised: partially, speculatively, and in the end.

    Args:
        capture: Is asked for the sound so far, and to end a spoken command early.
        worker: Recognises.
        voice: How long silences are, and whether partial texts are wanted.
        on_partial: Takes the text of what is still being spoken.
        on_text: Takes an utterance with its text.
        on_failed: Takes the id of an utterance that has no text, and why.
        on_committed: Takes the id of an utterance that is being spoken, and the part of its text
            that will not change any more.
        is_command: Whether a text is a spoken command, which may end sooner than a dictation.
        is_asleep: Whether only the wake phrase is listened for.
        running_text: Makes what commits the text of an utterance while it grows.
    """

    def __init__(
        self,
        capture: Capture,
        worker: RecognitionWorker,
        voice: VoiceConfig,
        *,
        on_partial: Callable[[str], None],
        on_text: Callable[[PendingUtterance, Transcript], None],
        on_failed: Callable[[str, SpeechError], None],
        on_committed: Callable[[str, str], None],
        is_command: Callable[[str], bool],
        is_asleep: Callable[[], bool] = lambda: False,
        running_text: Callable[[], RunningText] = RunningText,
    ) -> None:
        self.current: str | None = None
        """The utterance that is being spoken."""
        self.wants_partials = voice.partial_text
        self._capture = capture
        self._worker = worker
        self._command_silence_ms = voice.command_silence_ms
        self._on_partial = on_partial
        self._on_text = on_text
        self._on_failed = on_failed
        self._on_committed = on_committed
        self._is_command = is_command
        self._is_asleep = is_asleep
        self._running_text = running_text
        self._heard: dict[str, PendingUtterance] = {}
        self._continuing = False
        """Whether the utterance that is being spoken goes on where the last one was cut."""
        self._pass_seconds = 0.0
        self._partial_timer: asyncio.TimerHandle | None = None
        self._command_timer: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether the text of an utterance that is over is still awaited."""
        return any(heard.utterance is not None for heard in self._heard.values())

    def handle_capture(
        self,
        event: SpeechStarted | SpeechPaused | SpeechResumed | PartialAudio | UtteranceEnded,
    ) -> None:
        """Handle what the capture reports about an utterance."""
        match event:
            case SpeechStarted(utterance_id):
                self.current = utterance_id
                self._pending(utterance_id)
                self._schedule_partial()
            case SpeechPaused(utterance_id, pcm):
                self._pause(self._pending(utterance_id), pcm)
            case SpeechResumed(utterance_id):
                self._resume(self._pending(utterance_id))
            case PartialAudio(utterance_id, pcm):
                heard = self._heard.get(utterance_id)
                if utterance_id != self.current or heard is None:
                    return
                if heard.pauses and len(pcm) - heard.pause_stop < PARTIAL_GAP_BYTES:
                    # It would say no more than what is being recognised already.
                    self._schedule_partial()
                else:
                    self._recognize(heard, pcm, Kind.PARTIAL)
            case UtteranceEnded(utterance):
                self._end(utterance)

    def handle_recognition(self, event: Recognized | UtteranceFailed) -> None:
        """Handle what the recogniser answers."""
        heard = self._heard.get(event.utterance_id)
        if heard is None:
            return
        stretch = heard.requests.pop(event.kind, None)
        if stretch is None:
            return
        match event:
            case Recognized(_, Kind.FINAL, transcript):
                self._settle(heard, heard.running.whole(stretch, transcript))
            case Recognized(_, kind, transcript):
                self._pass_seconds = transcript.seconds
                heard.running.note(stretch, transcript, pause=kind is not Kind.PARTIAL)
                whole = heard.running.whole(stretch, transcript)
                if kind is Kind.PARTIAL:
                    self._handle_partial(heard, whole)
                else:
                    self._handle_pause_text(heard, kind, whole)
            case UtteranceFailed(_, Kind.FINAL, error):
                del self._heard[heard.utterance_id]
                self._on_failed(heard.utterance_id, error)
            case UtteranceFailed(_, kind):
                awaited = heard.stage is Stage.ENDED and kind is heard.pause_kind
                if awaited or (heard.stage is Stage.ENDED_UNCOMMITTED and kind is Kind.COMMIT):
                    self._recognize_rest(heard)

    def recognize_again(self, utterance_id: str, pcm: bytes) -> None:
        """Recognise a kept recording (int16 mono, 16 kHz)."""
        again = PendingUtterance(utterance_id, speech_ended=time.monotonic(), again=True)
        self._heard[utterance_id] = again
        # A recording may have no pauses in it that were marked: it is heard as a whole.
        again.requests[Kind.FINAL] = Stretch(0, len(pcm))
        self._worker.recognize(utterance_id, pcm, Kind.FINAL)

    def recognize_once_more(self, heard: PendingUtterance) -> None:
        """Recognise an utterance anew, by whatever recognises now."""
        if heard.utterance is not None:
            self._heard[heard.utterance_id] = heard
            heard.running = self._running_text()
            self._recognize_rest(heard)

    def forget(self, utterance_id: str) -> None:
        """Forget an utterance that has no text to come."""
        self._continuing = False
        self._heard.pop(utterance_id, None)
        self._worker.drop(utterance_id)
        self._no_longer_current(utterance_id)

    def cancel_timers(self) -> None:
        """Ask for nothing more by itself."""
        for timer in (self._partial_timer, self._command_timer):
            if timer is not None:
                timer.cancel()

    def _pending(self, utterance_id: str) -> PendingUtterance:
        """Return what is known of an utterance; nothing is of a new one."""
        if utterance_id not in self._heard:
            running = self._running_text()
            self._heard[utterance_id] = PendingUtterance(utterance_id, running=running)
        return self._heard[utterance_id]

    def _end(self, utterance: Utterance) -> None:
        heard = self._pending(utterance.id)
        heard.utterance = utterance
        heard.speech_ended = time.monotonic() - utterance.trailing_silence_seconds
        self._no_longer_current(utterance.id)
        self._continuing = utterance.continues
        # Where it was cut in a pause that is past, speech has gone on, in the next utterance.
        is_cut = utterance.reason is EndReason.CUT
        if utterance.complete_at_pause and (is_cut or heard.stage is Stage.PAUSED):
            heard.stage = Stage.ENDED
            if heard.pause_text is not None:
                self._settle(heard, heard.pause_text)
            elif heard.pause_kind not in heard.requests:
                self._recognize_rest(heard)
        elif Kind.COMMIT in heard.requests and not heard.running.fits(len(utterance.pcm)):
            # What is being heard now need not be heard again with the rest.
            heard.stage = Stage.ENDED_UNCOMMITTED
        else:
            self._recognize_rest(heard)

    def _pause(self, heard: PendingUtterance, pcm: bytes) -> None:
        """Recognise the utterance up to a pause, which may be its end."""
        heard.stage = Stage.PAUSED
        heard.paused_at = time.monotonic()
        heard.pauses += 1
        heard.pause_stop = len(pcm)
        heard.pause_text = None
        stretch = self._next_stretch(heard, len(pcm))
        keep = heard.running.worth_keeping(stretch)
        one_is_kept = Kind.COMMIT in heard.requests
        heard.pause_kind = Kind.COMMIT if keep and not one_is_kept else Kind.SPECULATIVE
        self._recognize(heard, pcm, heard.pause_kind)

    def _resume(self, heard: PendingUtterance) -> None:
        """Forget the text of a pause that was not the end, unless it may be committed."""
        heard.stage = Stage.SPEAKING
        if heard.pause_kind is not Kind.COMMIT:
            heard.pause_text = None
        heard.requests.pop(Kind.SPECULATIVE, None)
        heard.requests.pop(Kind.PARTIAL, None)
        self._worker.drop(heard.utterance_id, commits=False)
        # The pause aborted the one that ran, and an aborted one asks for no other.
        self._schedule_partial()

    def _recognize_rest(self, heard: PendingUtterance) -> None:
        """Recognise what is not committed of an utterance that has ended."""
        if heard.utterance is not None:
            heard.stage = Stage.FINAL
            heard.requests.clear()
            self._recognize(heard, heard.utterance.pcm, Kind.FINAL)

    def _recognize(self, heard: PendingUtterance, pcm: bytes, kind: Kind) -> None:
        stretch = self._next_stretch(heard, len(pcm))
        heard.requests[kind] = stretch
        hints = Hints(continued=stretch.start > 0, asleep=self._is_asleep())
        self._worker.recognize(heard.utterance_id, pcm[stretch.start :], kind, hints)

    def _next_stretch(self, heard: PendingUtterance, stop: int) -> Stretch:
        """Return what is to be heard up to a position; what is committed is passed on."""
        before = heard.running.committed
        stretch = heard.running.stretch(stop)
        if heard.running.committed != before:
            self._on_committed(heard.utterance_id, heard.running.committed)
        return stretch

    def _handle_partial(self, heard: PendingUtterance, transcript: Transcript) -> None:
        if heard.utterance_id == self.current:
            self._on_partial(transcript.text)
            self._schedule_partial()

    def _handle_pause_text(
        self, heard: PendingUtterance, kind: Kind, transcript: Transcript
    ) -> None:
        """Handle the text up to a pause, which may be the last one or an earlier one."""
        if heard.stage is Stage.ENDED_UNCOMMITTED and kind is Kind.COMMIT:
            self._recognize_rest(heard)
        elif kind is not heard.pause_kind:
            return
        elif heard.stage is Stage.ENDED:
            self._settle(heard, transcript)
        elif heard.stage is Stage.PAUSED or kind is Kind.COMMIT:
            heard.pause_text = transcript
            if self.wants_partials:
                self._on_partial(transcript.text)
            may_end = heard.stage is Stage.PAUSED and not self._continuing
            if may_end and self._is_command(transcript.text):
                self._schedule_command_end(heard)

    def _settle(self, heard: PendingUtterance, transcript: Transcript) -> None:
        del self._heard[heard.utterance_id]
        self._on_text(heard, transcript)

    def _no_longer_current(self, utterance_id: str) -> None:
        if self.current == utterance_id:
            self.current = None
            if self._partial_timer is not None:
                self._partial_timer.cancel()

    def _schedule_partial(self) -> None:
        if self._partial_timer is not None:
            self._partial_timer.cancel()
        if self.wants_partials:
            gap = max(PARTIAL_GAP_SECONDS, 2 * self._pass_seconds)
            loop = asyncio.get_running_loop()
            self._partial_timer = loop.call_later(gap, self._capture.snapshot)

    def _schedule_command_end(self, heard: PendingUtterance) -> None:
        """End an utterance that is a command sooner than a dictation."""
        silence = (self._command_silence_ms - PAUSE_MS) / 1000
        due = max(0.0, heard.paused_at + silence - time.monotonic())
        loop = asyncio.get_running_loop()
        self._command_timer = loop.call_later(due, self._end_command, heard, heard.pauses)

    def _end_command(self, heard: PendingUtterance, pause: int) -> None:
        # Speech may have gone on meanwhile, also to another pause.
        if heard.stage is Stage.PAUSED and heard.pauses == pause:
            self._capture.endpoint(heard.utterance_id)
