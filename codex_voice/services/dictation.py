"""From key presses and sound to texts and commands: the state of one person's dictation.

Everything here runs on the event loop. The capture thread and the recogniser thread only
post events; `handle` is where they arrive.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from codex_voice.audio.capture import (
    Cancelled,
    Capture,
    CaptureEvent,
    Closed,
    DeviceBack,
    DeviceTrouble,
    LevelChanged,
    NothingHeard,
    Opened,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.endpointing import PAUSE_MS
from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.config import Mode, VoiceConfig
from codex_voice.errors import AudioError, SpeechError
from codex_voice.language.commands import Command, parse
from codex_voice.language.wake import WakePhrase
from codex_voice.speech.recognizer import Transcript
from codex_voice.speech.worker import (
    Kind,
    ModelFailed,
    ModelLoading,
    ModelReady,
    RecognitionFailed,
    RecognitionWorker,
    Recognized,
    SpeechEvent,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_voice.audio.source import FrameSource
    from codex_voice.services.archive import Archive
    from codex_voice.speech.recognizer import Recognizer

# A partial text is asked for this long after the last one at least, and after twice its
# cost, so that the recogniser is never more than half busy with text that will be replaced.
PARTIAL_GAP_SECONDS = 0.5
# whisper.cpp ends only between its steps; what lasts longer ends with the process.
CLOSE_SECONDS = 0.5


class Phase(Enum):
    """What the voice is doing."""

    IDLE = auto()
    OPENING = auto()
    LISTENING = auto()
    TRANSCRIBING = auto()


@dataclass(frozen=True)
class DictationState:
    """What the screen shows of the voice.

    `level_dbfs` and `peak_dbfs` are in dB below full scale; `elapsed` and `latency` in seconds,
    the latter from the end of speech to the text.
    """

    mode: Mode
    phase: Phase = Phase.IDLE
    muted: bool = False
    asleep: bool = False
    microphone: str = ""
    microphone_trouble: AudioError | None = None
    model: str = ""
    model_description: str = ""
    model_trouble: SpeechError | None = None
    level_dbfs: float = -90.0
    peak_dbfs: float = -90.0
    clipping: bool = False
    elapsed: float = 0.0
    partial: str = ""
    latency: float | None = None


@dataclass(frozen=True)
class Dictated:
    """Text that somebody said, on its way to the composer.

    `speech_ended` is on the monotonic clock, in seconds.
    """

    utterance_id: str
    text: str
    speech_ended: float


@dataclass(frozen=True)
class Notice:
    """One line for the user, from any thread."""

    text: str


VoiceEvent = CaptureEvent | SpeechEvent | Notice


class DictationListener(Protocol):
    """Whoever shows the state and carries out what was said."""

    def dictation_changed(self, state: DictationState) -> None:
        """Show the new state."""

    def dictation_began(self) -> None:
        """Prepare for what is being said: the screen is as the speaker sees it."""

    def dictated(self, dictated: Dictated) -> None:
        """Type the text into the composer."""

    def commanded(self, command: Command) -> None:
        """Carry out a spoken command."""

    def noticed(self, text: str) -> None:
        """Tell the user one line."""


@dataclass
class _Pending:
    """An utterance between its first sound and its text."""

    paused_at: float | None = None
    speculative: Transcript | None = None
    speculating: bool = False
    ended: Utterance | None = None
    speech_ended: float = 0.0


class Dictation:
    """Turns the talk key, the capture's events and the recogniser's into texts and commands."""

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
        self._archive = archive
        self._voice = voice
        self._microphone = microphone
        self._playing = False
        self._listener = listener
        self._wake = WakePhrase(voice.wake_phrase)
        self._pending: dict[str, _Pending] = {}
        self._current: str | None = None
        self._partial_cost = 0.0
        self._partial_timer: asyncio.TimerHandle | None = None
        self._command_timer: asyncio.TimerHandle | None = None
        self._sleep_timer: asyncio.TimerHandle | None = None

    # Keys, menu and voice

    def start(self) -> None:
        """Take up the configured mode."""
        self.use_mode(self._voice.mode)

    def use_mode(self, mode: Mode) -> None:
        """Change how one talks: by key, always, or after the wake phrase."""
        if self.state.phase in (Phase.OPENING, Phase.LISTENING):
            self._capture.cancel()
        self._cancel_timers()
        asleep = mode == "wake_word"
        self._update(mode=mode, phase=Phase.IDLE, muted=False, asleep=asleep, partial="")
        self._capture.mute(False)
        self._capture.monitor(mode != "push_to_talk")

    def toggle(self) -> None:
        """Answer a tap of the talk key."""
        if self.state.mode != "push_to_talk":
            if self.state.asleep:
                self.wake()
            else:
                self.mute(not self.state.muted)
        elif self.listening:
            self.finish()
        else:
            self.listen()

    def listen(self) -> None:
        """Begin an utterance now."""
        if self.state.model_trouble is not None:
            self._listener.noticed(str(self.state.model_trouble))
            return
        self._listener.dictation_began()
        self._update(phase=Phase.OPENING, partial="", elapsed=0.0)
        self._capture.listen()

    def play(self, make_source: Callable[[], FrameSource]) -> None:
        """Take one utterance from another source, as if it were spoken into the microphone."""
        if self.speaking:
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

    def finish(self) -> None:
        """End the utterance that is being spoken; what was said so far is recognised."""
        self._capture.finish()

    def cancel(self) -> None:
        """Throw away the utterance that is being spoken."""
        self._capture.cancel()

    @property
    def listening(self) -> bool:
        """Whether an utterance was begun by key and is not over."""
        return self.state.phase in (Phase.OPENING, Phase.LISTENING)

    @property
    def speaking(self) -> bool:
        """Whether an utterance is being captured, begun by key or by voice."""
        return self.listening or self._current is not None

    def mute(self, muted: bool) -> None:
        """Stop or go on listening in the modes that keep the microphone open."""
        self._capture.mute(muted)
        self._update(muted=muted)

    def wake(self) -> None:
        """Leave the sleep of the wake-word mode for a while."""
        self._update(asleep=False)
        self._restart_sleep_timer()

    def sleep(self) -> None:
        """Listen for nothing but the wake phrase."""
        if self.state.mode == "wake_word":
            self._update(asleep=True)

    def recognize_again(self, utterance_id: str, pcm: bytes) -> None:
        """Recognise a kept recording (int16 mono, 16 kHz) once more; its text is inserted."""
        self._pending[utterance_id] = _Pending(speech_ended=time.monotonic())
        self._worker.recognize(utterance_id, pcm, Kind.FINAL)
        self._update(phase=Phase.TRANSCRIBING)

    def arrived(self, dictated: Dictated, outcome: str) -> None:
        """Take note of what became of a text, and of how long it took to get there."""
        self.settle(dictated.utterance_id, outcome)
        self._update(latency=time.monotonic() - dictated.speech_ended)

    def settle(self, utterance_id: str, outcome: str) -> None:
        """Take note of what became of a text in the end."""
        self._archive.set_outcome(utterance_id, outcome)

    def suppress(self, seconds: float) -> None:
        """Do not listen while a sound of our own is heard."""
        self._capture.suppress(seconds)

    def close(self) -> None:
        """End both threads; what is being spoken stays on disk."""
        self._cancel_timers()
        self._capture.close(CLOSE_SECONDS)
        self._worker.close(CLOSE_SECONDS)
        self._archive.close()

    # Events

    def handle(self, event: VoiceEvent) -> None:
        """Take an event of one of the threads."""
        match event:
            case Opened(name=name):
                self._opened(name)
            case Closed():
                if self.listening:
                    self._update(phase=Phase.IDLE)
            case LevelChanged() if self.speaking:
                self._update(
                    level_dbfs=event.dbfs,
                    peak_dbfs=event.peak_dbfs,
                    clipping=event.clipping,
                    elapsed=event.elapsed,
                )
            case SpeechStarted(utterance_id=utterance_id):
                self._speech_started(utterance_id)
            case PartialAudio(utterance_id=utterance_id, pcm=pcm):
                if utterance_id == self._current:
                    self._worker.recognize(utterance_id, pcm, Kind.PARTIAL)
            case SpeechPaused(utterance_id=utterance_id, pcm=pcm):
                pending = self._pending.setdefault(utterance_id, _Pending())
                pending.paused_at, pending.speculating = time.monotonic(), True
                pending.speculative = None
                self._worker.recognize(utterance_id, pcm, Kind.SPECULATIVE)
            case SpeechResumed(utterance_id=utterance_id):
                pending = self._pending.setdefault(utterance_id, _Pending())
                pending.paused_at, pending.speculating, pending.speculative = None, False, None
                self._worker.drop(utterance_id)
            case UtteranceEnded(utterance=utterance):
                self._utterance_ended(utterance)
            case Cancelled(utterance_id=utterance_id):
                self._stop_playing()
                self._forget(utterance_id)
            case NothingHeard(utterance_id=utterance_id):
                self._stop_playing()
                self._forget(utterance_id)
                self._listener.noticed("Nothing was heard.")
            case DeviceTrouble(error=error):
                self._update(microphone_trouble=error)
                self._listener.noticed(str(error))
            case DeviceBack(name=name):
                self._update(microphone=name, microphone_trouble=None)
                self._listener.noticed(f"The microphone is back: {name}")
            case ModelLoading(name=name):
                self._update(model=name, model_description="loading", model_trouble=None)
            case ModelReady(name=name, description=description):
                self._update(model=name, model_description=description, model_trouble=None)
            case ModelFailed(error=error):
                self._update(model="", model_trouble=error)
            case Recognized(utterance_id=utterance_id, kind=kind, transcript=transcript):
                self._recognized(utterance_id, kind, transcript)
            case Notice(text=text):
                self._listener.noticed(text)
            case RecognitionFailed(utterance_id=utterance_id, kind=kind, error=error):
                self._failed(utterance_id, kind, error)

    def _opened(self, name: str) -> None:
        phase = Phase.LISTENING if self.state.phase is Phase.OPENING else self.state.phase
        if self._playing:
            self._update(phase=phase)
        else:
            self._update(microphone=name, microphone_trouble=None, phase=phase)

    def _speech_started(self, utterance_id: str) -> None:
        self._current = utterance_id
        self._pending.setdefault(utterance_id, _Pending())
        if not self.listening:
            self._listener.dictation_began()
        if self._voice.partial_text and not self.state.asleep:
            self._schedule_partial()

    def _utterance_ended(self, utterance: Utterance) -> None:
        pending = self._pending.setdefault(utterance.id, _Pending())
        pending.ended = utterance
        pending.speech_ended = time.monotonic() - utterance.trailing_silence_seconds
        if self._current == utterance.id:
            self._current = None
            self._cancel_partials()
        self._stop_playing()
        # Only an end-point says that nothing was spoken after the pause: a tap may have come
        # in the middle of a word too short for the voice activity detector.
        trusted = utterance.reason is EndReason.ENDPOINT and pending.paused_at is not None
        if trusted and pending.speculative is not None:
            self._accept(utterance.id, pending.speculative)
            return
        if not (trusted and pending.speculating):
            pending.speculating = False
            self._worker.recognize(utterance.id, utterance.pcm, Kind.FINAL)
        self._update(phase=Phase.TRANSCRIBING, level_dbfs=-90.0, peak_dbfs=-90.0)

    def _recognized(self, utterance_id: str, kind: Kind, transcript: Transcript) -> None:
        pending = self._pending.get(utterance_id)
        if pending is None:
            return
        if kind is Kind.PARTIAL:
            self._partial_cost = transcript.seconds
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

    def _failed(self, utterance_id: str, kind: Kind, error: SpeechError) -> None:
        pending = self._pending.get(utterance_id)
        if pending is None or kind is Kind.PARTIAL:
            return
        if kind is Kind.SPECULATIVE:
            pending.speculating = False
            if pending.ended is not None:
                self._worker.recognize(utterance_id, pending.ended.pcm, Kind.FINAL)
            return
        self._forget(utterance_id)
        self._archive.set_outcome(utterance_id, "failed")
        self._listener.noticed(f"{error} · the recording is in the history (F1)")

    def _accept(self, utterance_id: str, transcript: Transcript) -> None:
        """Carry out or pass on the final text of an utterance."""
        pending = self._pending[utterance_id]
        self._forget(utterance_id)
        text = transcript.text
        if self.state.asleep:
            rest = self._wake.match(text)
            if rest is None:
                # What is said in a room while we sleep is nobody's dictation: it is not kept.
                self._archive.discard(utterance_id)
                return
            self.wake()
            text = rest
        elif self.state.mode == "wake_word":
            self._restart_sleep_timer()
            rest = self._wake.match(text)
            text = text if rest is None else rest
        if not text:
            self._archive.discard(utterance_id)
            if self.state.mode == "push_to_talk":
                self._listener.noticed("No words were recognised.")
            return
        command = parse(text)
        if command is not None:
            self._archive.set_text(utterance_id, transcript, text)
            self._archive.set_outcome(utterance_id, "command")
            self._listener.commanded(command)
            return
        self._archive.set_text(utterance_id, transcript, text)
        self._listener.dictated(Dictated(utterance_id, text, pending.speech_ended))

    # Timers

    def _schedule_partial(self) -> None:
        self._cancel_partials()
        gap = max(PARTIAL_GAP_SECONDS, 2 * self._partial_cost)
        self._partial_timer = asyncio.get_running_loop().call_later(gap, self._capture.snapshot)

    def _schedule_command_end(self, utterance_id: str, pending: _Pending) -> None:
        """End an utterance that is a command sooner than a dictation."""
        if pending.paused_at is None:
            return
        silence = (self._voice.command_silence_ms - PAUSE_MS) / 1000
        due = max(0.0, pending.paused_at + silence - time.monotonic())
        self._command_timer = asyncio.get_running_loop().call_later(
            due, self._end_command, utterance_id
        )

    def _end_command(self, utterance_id: str) -> None:
        pending = self._pending.get(utterance_id)
        if pending is not None and pending.paused_at is not None and pending.ended is None:
            self._capture.endpoint(utterance_id)

    def _restart_sleep_timer(self) -> None:
        if self._sleep_timer is not None:
            self._sleep_timer.cancel()
        self._sleep_timer = asyncio.get_running_loop().call_later(
            self._voice.sleep_after_seconds, self.sleep
        )

    def _cancel_partials(self) -> None:
        if self._partial_timer is not None:
            self._partial_timer.cancel()
            self._partial_timer = None

    def _cancel_timers(self) -> None:
        self._cancel_partials()
        for timer in (self._command_timer, self._sleep_timer):
            if timer is not None:
                timer.cancel()

    # State

    def _stop_playing(self) -> None:
        if self._playing:
            self._playing = False
            self._capture.use(self._microphone)

    def _forget(self, utterance_id: str) -> None:
        self._pending.pop(utterance_id, None)
        if self._current == utterance_id:
            self._current = None
            self._cancel_partials()
        waiting = any(pending.ended is not None for pending in self._pending.values())
        if self.state.mode == "push_to_talk" and self._current is None:
            self._update(phase=Phase.TRANSCRIBING if waiting else Phase.IDLE, partial="")
        else:
            self._update(partial="")

    def _update(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        if state != self.state:
            self.state = state
            self._listener.dictation_changed(state)
