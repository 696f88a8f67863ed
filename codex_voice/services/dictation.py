"""From key presses and sound to texts and commands: one person's dictation.

Everything here runs on the event loop. The capture thread and the recogniser thread only
post events; `handle` is where they arrive.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from codex_voice.audio.capture import Capture
from codex_voice.audio.endpointing import PAUSE_MS
from codex_voice.audio.events import (
    Cancelled,
    Closed,
    DeviceBack,
    DeviceTrouble,
    Found,
    LevelChanged,
    NothingHeard,
    Opened,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.source import FrameSource
from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.config import Mode, VoiceConfig
from codex_voice.errors import SpeechError
from codex_voice.language.commands import parse
from codex_voice.services.archive import Archive
from codex_voice.services.dictation_state import (
    Dictated,
    DictationListener,
    DictationState,
    Notice,
    Phase,
    VoiceEvent,
)
from codex_voice.services.wakefulness import Wakefulness
from codex_voice.speech.recognizer import Recognizer, Transcript
from codex_voice.speech.worker import (
    Kind,
    ModelFailed,
    ModelLoading,
    ModelReady,
    RecognitionFailed,
    RecognitionWorker,
    Recognized,
)

# A partial text is asked for this long after the last one at least, and after twice its
# cost, so that the recogniser is never more than half busy with text that will be replaced.
PARTIAL_GAP_SECONDS = 0.5
# whisper.cpp ends only between its steps; what lasts longer ends with the process.
CLOSE_SECONDS = 0.5
SILENT_DBFS = -90.0


@dataclass
class _Pending:
    """An utterance between its first sound and its text."""

    paused_at: float | None = None
    speculating: bool = False
    speculative: Transcript | None = None
    ended: Utterance | None = None
    speech_ended: float = 0.0


class Dictation:
    """Turns the talk key and the threads' events into texts and commands.

    Args:
        capture: The capture thread.
        worker: The recogniser thread.
        archive: Notes what was said and what became of it.
        voice: How to listen.
        microphone: Makes the microphone, for after something else was played.
        listener: Shows the state, and carries out what was said.
    """

    def __init__(
        self,
        capture: Capture,
        worker: RecognitionWorker,
        archive: Archive,
        voice: VoiceConfig,
        microphone: Callable[[], FrameSource],
        listener: DictationListener,
    ) -> None:
        self.state = DictationState(mode=voice.mode)
        self._capture = capture
        self._worker = worker
        self.archive = archive
        self._voice = voice
        self._microphone = microphone
        self._listener = listener
        self._wakefulness = Wakefulness(voice, self._wakefulness_changed)
        self._pending: dict[str, _Pending] = {}
        self._current: str | None = None
        self._asked = 0
        self._playing = False
        self._partial_seconds = 0.0
        self._partial_timer: asyncio.TimerHandle | None = None
        self._command_timer: asyncio.TimerHandle | None = None

    # What the user does

    def start(self) -> None:
        """Take up the configured mode."""
        self.use_mode(self._voice.mode)

    def use_mode(self, mode: Mode) -> None:
        """Change how one talks: by key, always, or after the wake phrase."""
        self.cancel()
        self._wakefulness.cancel()
        self._wakefulness.asleep = mode == "wake_word"
        self._update(mode=mode, muted=False, asleep=mode == "wake_word")
        self._capture.mute(False)
        self._capture.monitor(mode != "push_to_talk")

    def toggle(self) -> None:
        """Answer a tap of the talk key."""
        if self.state.asleep:
            self._wakefulness.wake()
        elif self.state.mode != "push_to_talk":
            self.mute(not self.state.muted)
        elif self.listening:
            self.finish()
        else:
            self.listen()

    def listen(self, *, held: bool = False) -> None:
        """Begin an utterance now.

        Args:
            held: Whether only `finish` ends it, and not silence; `release` takes that back.
        """
        if self.state.model_trouble is not None:
            self._listener.warn(str(self.state.model_trouble))
            return
        if self.listening:
            return
        self._listener.dictation_began()
        self._asked += 1
        self._update(phase=Phase.OPENING, partial="", elapsed=0.0)
        self._capture.listen(ends_by_itself=not held)

    def release(self) -> None:
        """Let silence end the utterance that was begun as a held one."""
        self._capture.end_by_itself()

    def finish(self) -> None:
        """End the utterance that is being spoken; what was said so far is recognised."""
        self._capture.finish()

    def cancel(self) -> None:
        """Throw away the utterance that is being spoken."""
        if self.listening:
            self._update(phase=Phase.IDLE, partial="")
        self._capture.cancel()

    def mute(self, muted: bool) -> None:
        """Stop or go on listening in the modes that keep the microphone open."""
        self._capture.mute(muted)
        self._update(muted=muted)

    def sleep(self) -> None:
        """Hear nothing but the wake phrase."""
        if self.state.mode == "wake_word":
            self._wakefulness.sleep()

    def play(self, make_source: Callable[[], FrameSource]) -> None:
        """Take one utterance from another source, as if it were spoken into the microphone."""
        self.cancel()
        self._playing = True
        self._capture.use(make_source)
        self.listen()

    def use_microphone(self, make_source: Callable[[], FrameSource]) -> None:
        """Listen to another microphone from now on."""
        self._microphone = make_source
        self._update(microphone="", microphone_trouble=None)
        self._capture.use(make_source)

    def use_model(self, load: Callable[[], Recognizer], name: str) -> None:
        """Recognise with another model as soon as it is loaded."""
        self._worker.replace(load, name)

    def recognize_again(self, utterance_id: str, pcm: bytes) -> None:
        """Recognise a kept recording (int16 mono, 16 kHz) once more, and insert its text."""
        self._pending[utterance_id] = _Pending(speech_ended=time.monotonic())
        self._worker.recognize(utterance_id, pcm, Kind.FINAL)

    def suppress(self, seconds: float) -> None:
        """Do not listen while a sound of our own is heard."""
        self._capture.suppress(seconds)

    def arrived(self, dictated: Dictated, outcome: str) -> None:
        """Take note of what became of a text, and of how long it took to get there."""
        self.settle(dictated.utterance_id, outcome)
        self._update(latency=time.monotonic() - dictated.speech_ended)

    def settle(self, utterance_id: str, outcome: str) -> None:
        """Take note of what became of a text in the end."""
        self.archive.set_outcome(utterance_id, outcome)

    async def close(self) -> None:
        """End both threads; what is being spoken stays on disk."""
        self._wakefulness.cancel()
        self._cancel_partials()
        if self._command_timer is not None:
            self._command_timer.cancel()
        await asyncio.to_thread(self._close_threads)

    def _close_threads(self) -> None:
        self._capture.close(CLOSE_SECONDS)
        self._worker.close(CLOSE_SECONDS)
        self.archive.close()

    @property
    def listening(self) -> bool:
        """Whether an utterance was begun by key and is not over."""
        return self.state.phase in (Phase.OPENING, Phase.LISTENING)

    @property
    def speaking(self) -> bool:
        """Whether an utterance is being captured, begun by key or by voice."""
        return self.listening or self._current is not None

    # What the threads tell

    def handle(self, event: VoiceEvent) -> None:
        """Take an event of one of the threads."""
        match event:
            case Found() | Opened() | Closed() | LevelChanged() | DeviceTrouble() | DeviceBack():
                self._take_microphone_news(event)
            case SpeechStarted(utterance_id):
                self._speech_started(utterance_id)
            case SpeechPaused(utterance_id, pcm):
                self._pending[utterance_id] = _Pending(time.monotonic(), speculating=True)
                self._worker.recognize(utterance_id, pcm, Kind.SPECULATIVE)
            case SpeechResumed(utterance_id):
                self._pending[utterance_id] = _Pending()
                self._worker.drop(utterance_id)
            case PartialAudio(utterance_id, pcm):
                if utterance_id == self._current:
                    self._worker.recognize(utterance_id, pcm, Kind.PARTIAL)
            case UtteranceEnded(utterance):
                self._utterance_ended(utterance)
            case Cancelled(utterance_id):
                self._nothing_said(utterance_id)
            case NothingHeard(utterance_id):
                self._nothing_said(utterance_id)
                self._listener.tell("Nothing was heard.")
            case Recognized(utterance_id, kind, transcript):
                self._recognized(utterance_id, kind, transcript)
            case RecognitionFailed(utterance_id, kind, error):
                self._recognition_failed(utterance_id, kind, error)
            case ModelLoading(name):
                self._update(model=name, model_description="loading", model_trouble=None)
            case ModelReady(name, description):
                self._update(model=name, model_description=description, model_trouble=None)
            case ModelFailed(error):
                self._update(model_description="", model_trouble=error)
                self._listener.warn(str(error))
            case Notice(text):
                self._listener.tell(text)

    def _take_microphone_news(
        self, event: Found | Opened | Closed | LevelChanged | DeviceTrouble | DeviceBack
    ) -> None:
        match event:
            case Found(name):
                self._update(microphone=name, microphone_trouble=None)
            case Opened(name):
                if self.state.phase is Phase.OPENING:
                    self._update(phase=Phase.LISTENING)
                if not self._playing:
                    self._update(microphone=name, microphone_trouble=None)
            case Closed():
                if self.listening:
                    self._update(phase=Phase.IDLE)
            case LevelChanged(dbfs, peak_dbfs, clipping, elapsed):
                if self.speaking:
                    self._update(
                        level_dbfs=dbfs, peak_dbfs=peak_dbfs, clipping=clipping, elapsed=elapsed
                    )
            case DeviceTrouble(error):
                self._update(microphone_trouble=error)
                self._listener.warn(str(error))
            case DeviceBack(name):
                self._update(microphone=name, microphone_trouble=None)
                self._listener.tell(f"The microphone is back: {name}")

    def _speech_started(self, utterance_id: str) -> None:
        if not self.listening:
            self._listener.dictation_began()
        self._current = utterance_id
        self._pending.setdefault(utterance_id, _Pending())
        if self._voice.partial_text and not self.state.asleep:
            self._schedule_partial()

    def _utterance_ended(self, utterance: Utterance) -> None:
        pending = self._pending.setdefault(utterance.id, _Pending())
        pending.ended = utterance
        pending.speech_ended = time.monotonic() - utterance.trailing_silence_seconds
        if self._current == utterance.id:
            self._current = None
            self._cancel_partials()
        self._key_utterance_ended(continues=utterance.continues)
        # Only an end-point says that nothing was spoken after the pause: a key may have come
        # in the middle of a word too short for the voice activity detector.
        trusted = utterance.reason is EndReason.ENDPOINT
        if trusted and pending.speculative is not None:
            self._accept(utterance.id, pending.speculative)
            return
        if not (trusted and pending.speculating):
            pending.speculating = False
            self._worker.recognize(utterance.id, utterance.pcm, Kind.FINAL)
        self._show_phase()

    def _recognized(self, utterance_id: str, kind: Kind, transcript: Transcript) -> None:
        pending = self._pending.get(utterance_id)
        if pending is None:
            return
        if kind is Kind.PARTIAL:
            self._partial_seconds = transcript.seconds
            if utterance_id == self._current:
                self._update(partial=transcript.text)
                self._schedule_partial()
        elif kind is Kind.FINAL:
            self._accept(utterance_id, transcript)
        elif pending.speculating:
            pending.speculating = False
            pending.speculative = transcript
            if pending.ended is not None:
                self._accept(utterance_id, transcript)
            elif parse(transcript.text) is not None:
                self._schedule_command_end(utterance_id, pending)

    def _recognition_failed(self, utterance_id: str, kind: Kind, error: SpeechError) -> None:
        pending = self._pending.get(utterance_id)
        if pending is None or kind is Kind.PARTIAL:
            return
        if kind is Kind.SPECULATIVE:
            pending.speculating = False
            if pending.ended is not None:
                self._worker.recognize(utterance_id, pending.ended.pcm, Kind.FINAL)
            return
        del self._pending[utterance_id]
        self._show_phase()
        self.archive.set_outcome(utterance_id, "failed")
        self._listener.tell(f"{error} · the recording is in the history")

    def _accept(self, utterance_id: str, transcript: Transcript) -> None:
        """Carry out or pass on the final text of an utterance."""
        pending = self._pending.pop(utterance_id)
        self._show_phase()
        text: str | None = transcript.text
        if self.state.mode == "wake_word" and transcript.text:
            text = self._wakefulness.hear(transcript.text)
        if not text:
            # What is said in a room while we sleep is nobody's dictation, and is not kept.
            self.archive.discard(utterance_id)
            if self.state.mode == "push_to_talk":
                self._listener.tell("No words were recognised.")
            return
        self.archive.set_text(utterance_id, text, transcript.model)
        command = parse(text)
        if command is None:
            self._listener.dictated(Dictated(utterance_id, text, pending.speech_ended))
        else:
            self.archive.set_outcome(utterance_id, "command")
            self._listener.commanded(command)

    # What is waited for

    def _schedule_partial(self) -> None:
        self._cancel_partials()
        gap = max(PARTIAL_GAP_SECONDS, 2 * self._partial_seconds)
        self._partial_timer = asyncio.get_running_loop().call_later(gap, self._capture.snapshot)

    def _cancel_partials(self) -> None:
        if self._partial_timer is not None:
            self._partial_timer.cancel()
            self._partial_timer = None

    def _schedule_command_end(self, utterance_id: str, pending: _Pending) -> None:
        """End an utterance that is a command sooner than a dictation."""
        if pending.paused_at is None:
            return
        silence = (self._voice.command_silence_ms - PAUSE_MS) / 1000
        due = max(0.0, pending.paused_at + silence - time.monotonic())
        self._command_timer = asyncio.get_running_loop().call_later(
            due, self._end_command, utterance_id, pending
        )

    def _end_command(self, utterance_id: str, pending: _Pending) -> None:
        # Speech that went on has put another one in its place.
        if self._pending.get(utterance_id) is pending and pending.ended is None:
            self._capture.endpoint(utterance_id)

    # The state

    def _wakefulness_changed(self) -> None:
        self._update(asleep=self._wakefulness.asleep)

    def _key_utterance_ended(self, *, continues: bool = False) -> None:
        """Go back from what was played, and from listening, when an utterance is over."""
        if continues:
            return
        self._asked = max(0, self._asked - 1)
        if self._playing and not self._asked:
            self._playing = False
            self._capture.use(self._microphone)

    def _nothing_said(self, utterance_id: str) -> None:
        self._pending.pop(utterance_id, None)
        if self._current == utterance_id:
            self._current = None
            self._cancel_partials()
        self._key_utterance_ended()
        self._show_phase()

    def _show_phase(self) -> None:
        if self._asked:
            return
        ended = any(pending.ended is not None for pending in self._pending.values())
        phase = Phase.TRANSCRIBING if ended and not self.state.asleep else Phase.IDLE
        if self._current is None:
            self._update(phase=phase, partial="", level_dbfs=SILENT_DBFS, peak_dbfs=SILENT_DBFS)
        else:
            self._update(phase=phase)

    def _update(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        if state != self.state:
            self.state = state
            self._listener.dictation_changed(state)
