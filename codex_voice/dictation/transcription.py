"""Follows utterances from their first sound to their text.

While somebody speaks, partial texts are asked for. At the first pause the utterance is recognised
speculatively: if speech goes on, that is dropped; if not, the text is there when the end comes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

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
from codex_voice.errors import SpeechError
from codex_voice.speech.recognizer import Transcript
from codex_voice.speech.worker import Kind, RecognitionFailed, RecognitionWorker, Recognized

# A partial text is asked for this long after the last one at least, and after twice its
# cost, so that the recogniser is never more than half busy with text that will be replaced.
PARTIAL_GAP_SECONDS = 0.5


@dataclass
class Heard:
    """An utterance between its first sound and its text.

    Attributes:
        utterance_id: Its id.
        utterance: Its sound, once it has ended; None for a recording out of the history.
        speech_ended: When its last speech was, on the monotonic clock.
        again: Whether it comes out of the history.
        addressed: Whether it began with the wake phrase, and so is meant however loud the room.
        paused_at: When the pause began that it is in, on the monotonic clock.
        speculating: Whether it is being recognised up to that pause.
        speculative: The text up to that pause.
    """

    utterance_id: str
    utterance: Utterance | None = None
    speech_ended: float = 0.0
    again: bool = False
    addressed: bool = False
    paused_at: float | None = None
    speculating: bool = False
    speculative: Transcript | None = None

    @property
    def complete(self) -> bool:
        """Whether its speaker ended it; a recording out of the history may have been cut short."""
        return self.utterance is not None and self.utterance.complete

    @property
    def whole(self) -> bool:
        """Whether it is all that its speaker said: only then may it be a command."""
        return self.utterance is not None and self.utterance.whole

    @property
    def cut_short(self) -> bool:
        """Whether the microphone went away in the middle of it."""
        return self.utterance is not None and self.utterance.reason is EndReason.LOST

    @property
    def overheard(self) -> bool:
        """Whether others said it, and not to us."""
        return self.utterance is not None and self.utterance.overheard and not self.addressed


class Transcription:
    """Has utterances recognised: partially, speculatively, and in the end.

    Args:
        capture: Is asked for the sound so far, and to end a spoken command early.
        worker: Recognises.
        voice: How long silences are, and whether partial texts are wanted.
        on_partial: Takes the text of what is still being spoken.
        on_text: Takes an utterance with its text.
        on_failed: Takes the id of an utterance that has no text, and why.
        is_command: Whether a text is a spoken command, which may end sooner than a dictation.
    """

    def __init__(
        self,
        capture: Capture,
        worker: RecognitionWorker,
        voice: VoiceConfig,
        *,
        on_partial: Callable[[str], None],
        on_text: Callable[[Heard, Transcript], None],
        on_failed: Callable[[str, SpeechError], None],
        is_command: Callable[[str], bool],
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
        self._is_command = is_command
        self._heard: dict[str, Heard] = {}
        self._continuing = False
        """Whether the utterance that is being spoken goes on where the last one was cut."""
        self._partial_seconds = 0.0
        self._partial_timer: asyncio.TimerHandle | None = None
        self._command_timer: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether the text of an utterance that is over is still awaited."""
        return any(heard.utterance is not None for heard in self._heard.values())

    def take_sound(
        self,
        event: SpeechStarted | SpeechPaused | SpeechResumed | PartialAudio | UtteranceEnded,
    ) -> None:
        """Take what the capture tells about an utterance."""
        match event:
            case SpeechStarted(utterance_id):
                self.current = utterance_id
                self._heard.setdefault(utterance_id, Heard(utterance_id))
                self._schedule_partial()
            case SpeechPaused(utterance_id, pcm):
                paused = Heard(utterance_id, paused_at=time.monotonic(), speculating=True)
                self._heard[utterance_id] = paused
                self._worker.recognize(utterance_id, pcm, Kind.SPECULATIVE)
            case SpeechResumed(utterance_id):
                self._heard[utterance_id] = Heard(utterance_id)
                self._worker.drop(utterance_id)
                # The pause aborted the one that ran, and an aborted one asks for no other.
                self._schedule_partial()
            case PartialAudio(utterance_id, pcm):
                if utterance_id == self.current:
                    self._worker.recognize(utterance_id, pcm, Kind.PARTIAL)
            case UtteranceEnded(utterance):
                self._end(utterance)

    def take_answer(self, event: Recognized | RecognitionFailed) -> None:
        """Take what the recogniser answers."""
        heard = self._heard.get(event.utterance_id)
        if heard is None:
            return
        match event:
            case Recognized(_, Kind.PARTIAL, transcript):
                self._partial_seconds = transcript.seconds
                if heard.utterance_id == self.current:
                    self._on_partial(transcript.text)
                    self._schedule_partial()
            case Recognized(_, Kind.FINAL, transcript):
                self._settle(heard, transcript)
            case Recognized(_, Kind.SPECULATIVE, transcript):
                self._take_speculative(heard, transcript)
            case RecognitionFailed(_, Kind.FINAL, error):
                del self._heard[heard.utterance_id]
                self._on_failed(heard.utterance_id, error)
            case RecognitionFailed(_, Kind.SPECULATIVE):
                heard.speculating = False
                if heard.utterance is not None:
                    self._recognize(heard.utterance)

    def recognize_again(self, utterance_id: str, pcm: bytes) -> None:
        """Recognise a kept recording (int16 mono, 16 kHz)."""
        again = Heard(utterance_id, speech_ended=time.monotonic(), again=True)
        self._heard[utterance_id] = again
        self._worker.recognize(utterance_id, pcm, Kind.FINAL)

    def recognize_once_more(self, heard: Heard) -> None:
        """Recognise an utterance anew, by whatever recognises now."""
        if heard.utterance is not None:
            self._heard[heard.utterance_id] = heard
            self._recognize(heard.utterance)

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

    def _end(self, utterance: Utterance) -> None:
        heard = self._heard.setdefault(utterance.id, Heard(utterance.id))
        heard.utterance = utterance
        heard.speech_ended = time.monotonic() - utterance.trailing_silence_seconds
        self._no_longer_current(utterance.id)
        self._continuing = utterance.continues
        if utterance.complete_at_pause and heard.speculative is not None:
            self._settle(heard, heard.speculative)
        elif not (utterance.complete_at_pause and heard.speculating):
            heard.speculating = False
            self._recognize(utterance)

    def _recognize(self, utterance: Utterance) -> None:
        self._worker.recognize(utterance.id, utterance.pcm, Kind.FINAL)

    def _take_speculative(self, heard: Heard, transcript: Transcript) -> None:
        if not heard.speculating:
            return
        heard.speculating = False
        heard.speculative = transcript
        if heard.utterance is not None:
            self._settle(heard, transcript)
            return
        if self.wants_partials:
            self._on_partial(transcript.text)
        if not self._continuing and self._is_command(transcript.text):
            self._schedule_command_end(heard)

    def _settle(self, heard: Heard, transcript: Transcript) -> None:
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
            gap = max(PARTIAL_GAP_SECONDS, 2 * self._partial_seconds)
            loop = asyncio.get_running_loop()
            self._partial_timer = loop.call_later(gap, self._capture.snapshot)

    def _schedule_command_end(self, heard: Heard) -> None:
        """End an utterance that is a command sooner than a dictation."""
        if heard.paused_at is not None:
            silence = (self._command_silence_ms - PAUSE_MS) / 1000
            due = max(0.0, heard.paused_at + silence - time.monotonic())
            loop = asyncio.get_running_loop()
            self._command_timer = loop.call_later(due, self._end_command, heard)

    def _end_command(self, heard: Heard) -> None:
        # Speech that went on has put another one in its place.
        if self._heard.get(heard.utterance_id) is heard and heard.utterance is None:
            self._capture.endpoint(heard.utterance_id)
