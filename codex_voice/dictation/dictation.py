"""From key presses and sound to texts and commands: one person's dictation.

Everything here runs on the event loop. The capture thread and the recogniser thread only
post events; `handle` is where they arrive.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from codex_voice.audio.capture import Capture
from codex_voice.audio.events import (
    Cancelled,
    Closed,
    LevelChanged,
    NothingHeard,
    Opened,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.utterance import EndReason
from codex_voice.config.schema import Mode, VoiceConfig
from codex_voice.dictation.cancelled import LastCancelled
from codex_voice.dictation.equipment import Equipment
from codex_voice.dictation.hints import HintSource, hinted
from codex_voice.dictation.interpretation import Interpretation
from codex_voice.dictation.pending_utterance import PendingUtterance
from codex_voice.dictation.phases import KeyUtterances, PhaseInput, next_phase
from codex_voice.dictation.state import (
    Dictated,
    DictationListener,
    DictationState,
    Phase,
    VoiceEvent,
)
from codex_voice.dictation.text_hook import TextHook
from codex_voice.dictation.transcription import Transcription
from codex_voice.dictation.wake_mode import WakeMode
from codex_voice.errors import SpeechError
from codex_voice.language.grammar import grammar_for
from codex_voice.language.pipeline import Interpreter
from codex_voice.recordings.background_writer import BackgroundWriter
from codex_voice.recordings.outcomes import Outcome
from codex_voice.speech.recognizer import Recognizer, Transcript
from codex_voice.speech.worker import (
    RecognitionWorker,
    Recognized,
    UtteranceFailed,
)

# whisper.cpp ends only between its steps; what lasts longer ends with the process.
CLOSE_SECONDS = 0.5
SILENT_DBFS = -90.0


class Dictation:
    """Turns the talk key and the threads' events into texts and commands.

    Args:
        capture: The capture thread.
        worker: The recogniser thread.
        recordings: Notes what was said and what became of it.
        voice: How to listen.
        microphone: Makes the microphone, for after something else was played.
        listener: Shows the state, and carries out what was said.
        interpreter: Tells commands from texts; without it the English phrases count.
        hints: Knows what is likely to be said, for models that are loaded later.
        hook: The user's own program over the text, if there is one.
    """

    def __init__(
        self,
        capture: Capture,
        worker: RecognitionWorker,
        recordings: BackgroundWriter,
        voice: VoiceConfig,
        microphone: Callable[[], FrameSource],
        listener: DictationListener,
        interpreter: Interpreter | None = None,
        hints: HintSource | None = None,
        hook: TextHook | None = None,
    ) -> None:
        self.state = DictationState(mode=voice.mode)
        self._capture = capture
        self._worker = worker
        self.recordings = recordings
        self._voice = voice
        self._microphone = microphone
        self._listener = listener
        self._hints = hints
        interpreter = interpreter or Interpreter(grammar_for("en"))
        self._wake_mode = WakeMode(voice, self._wake_mode_changed)
        self._transcription = Transcription(
            capture,
            worker,
            voice,
            on_partial=lambda text: self._update(partial=text),
            on_text=self._handle_text,
            on_failed=self._handle_failure,
            on_committed=lambda name, text: recordings.set_heard(name, text, self.state.model),
            is_command=lambda text: interpreter.grammar.command(text) is not None,
            is_asleep=lambda: self.state.asleep,
        )
        self._interpretation = Interpretation(
            recordings,
            self._wake_mode,
            listener,
            self._transcription.recognize_once_more,
            interpreter,
            hook,
        )
        self._equipment = Equipment(lambda: self.state, self._update, listener)
        self._by_key = KeyUtterances()
        self._cancelled = LastCancelled()
        self._ended_by_itself_at = float("-inf")

    # What the user does

    def start(self) -> None:
        """Start in the configured mode."""
        self.use_mode(self._voice.mode)

    def use_mode(self, mode: Mode) -> None:
        """Change how one talks: by key, always, or after the wake phrase."""
        self.cancel()
        self._wake_mode.cancel()
        self._wake_mode.asleep = mode == "wake_word"
        self._update(mode=mode, muted=False, asleep=mode == "wake_word")
        self._capture.mute(False)
        self._capture.monitor(mode != "push_to_talk")

    def show_partial_text(self, wanted: bool) -> None:
        """Show the text while somebody speaks, or do not."""
        self._voice = replace(self._voice, partial_text=wanted)
        self._transcription.wants_partials = wanted

    def toggle(self) -> None:
        """Answer a tap of the talk key."""
        if self.state.asleep:
            self._wake_mode.wake()
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
        if self.listening or not self._can_recognize():
            return
        self._listener.dictation_began()
        self._by_key.begin()
        self._advance(PhaseInput.BEGIN, partial="", elapsed=0.0)
        self._capture.listen(ends_by_itself=not held)

    def _can_recognize(self) -> bool:
        """Return whether there is a model, and warn where there is none."""
        trouble = self.state.model_trouble
        if trouble is not None:
            self._listener.warn(str(trouble))
        return trouble is None

    def hold(self) -> None:
        """Let only `finish` end the utterance that was begun by a tap: the key is still down."""
        self._capture.hold()

    def release(self) -> None:
        """Let silence end the utterance that was begun as a held one."""
        self._capture.end_by_itself()

    def finish(self) -> None:
        """End the utterance that is being spoken; what was said so far is recognised."""
        self._capture.finish()

    def suspend(self) -> None:
        """End the utterance that is being spoken as one cut short: this program is stopped."""
        self._capture.suspend()

    def cancel(self) -> None:
        """Give up the utterance that is being spoken; what was said is kept in the history."""
        if self.listening:
            self._advance(PhaseInput.CANCEL, partial="")
        self._capture.cancel()

    @property
    def can_bring_back(self) -> bool:
        """Whether `bring_back` has something to bring back."""
        return bool(self._cancelled)

    def bring_back(self) -> None:
        """Recognise what was cancelled last after all, and insert its text."""
        cancelled = self._cancelled.pop()
        if cancelled is not None and self._can_recognize():
            self._listener.show_message("Recognising what was cancelled …")
            self.recognize_again(cancelled.utterance_id, cancelled.pcm)

    def ended_by_itself(self, seconds: float) -> bool:
        """Whether silence ended an utterance begun by key, at most so many seconds ago."""
        return time.monotonic() - self._ended_by_itself_at <= seconds

    def mute(self, muted: bool) -> None:
        """Stop or go on listening in the modes that keep the microphone open."""
        self._capture.mute(muted)
        self._update(muted=muted)

    def sleep(self) -> None:
        """Hear nothing but the wake phrase."""
        if self.state.mode == "wake_word":
            self._wake_mode.sleep()

    def wake(self) -> None:
        """Need no wake phrase for a while; in other modes there is none."""
        if self.state.mode == "wake_word":
            self._wake_mode.wake()

    def play(self, make_source: Callable[[], FrameSource]) -> None:
        """Use one utterance of another source, as if it were spoken into the microphone."""
        if not self._can_recognize():
            return
        if self.speaking and not self.listening:
            # What began by itself ends too, and must not count as the end of what is played.
            self._by_key.begin()
        self.cancel()
        self._update(playing=True)
        self._capture.use(make_source)
        self.listen()

    def use_microphone(self, make_source: Callable[[], FrameSource]) -> None:
        """Listen to another microphone from now on."""
        self._microphone = make_source
        self._update(microphone="", microphone_trouble=None)
        self._capture.use(make_source)

    def use_model(self, load: Callable[[], Recognizer], name: str) -> None:
        """Recognise with another model as soon as it is loaded."""
        self._worker.replace(hinted(load, self._hints) if self._hints else load, name)

    def recognize_again(self, utterance_id: str, pcm: bytes) -> None:
        """Recognise a kept recording (int16 mono, 16 kHz) once more, and insert its text."""
        self._transcription.recognize_again(utterance_id, pcm)

    def suppress(self, seconds: float) -> None:
        """Do not listen while a sound of our own is heard."""
        self._capture.suppress(seconds)

    def arrived(self, dictated: Dictated, outcome: Outcome) -> None:
        """Note what became of a text, and of how long it took to get there."""
        self.settle(dictated.utterance_id, outcome)
        self._update(latency=time.monotonic() - dictated.speech_ended)

    def settle(self, utterance_id: str, outcome: Outcome) -> None:
        """Note what became of a text in the end."""
        self.recordings.set_outcome(utterance_id, outcome)

    async def close(self) -> None:
        """End both threads; what is being spoken stays on disk."""
        self._wake_mode.cancel()
        self._cancelled.pop()
        self._transcription.cancel_timers()
        self._interpretation.close()
        await asyncio.to_thread(self._close_threads)

    def _close_threads(self) -> None:
        self._capture.close(CLOSE_SECONDS)
        self._worker.close(CLOSE_SECONDS)
        self.recordings.close()

    @property
    def listening(self) -> bool:
        """Whether an utterance was begun by key and is not over."""
        return self.state.phase in (Phase.OPENING, Phase.LISTENING)

    @property
    def speaking(self) -> bool:
        """Whether an utterance is being captured, begun by key or by voice."""
        return self.listening or self._transcription.current is not None

    # Events of the threads

    def handle(self, event: VoiceEvent) -> None:
        """Handle an event of one of the threads."""
        match event:
            case LevelChanged(dbfs, peak_dbfs, clipping, elapsed):
                if self.speaking:
                    self._update(
                        level_dbfs=dbfs, peak_dbfs=peak_dbfs, clipping=clipping, elapsed=elapsed
                    )
            case SpeechStarted() | SpeechPaused() | SpeechResumed() | PartialAudio():
                self._handle_speech(event)
            case UtteranceEnded(utterance):
                self._transcription.handle_capture(event)
                if self._by_key and utterance.reason is EndReason.ENDPOINT:
                    self._ended_by_itself_at = time.monotonic()
                self._key_utterance_ended(continues=utterance.continues)
                self._show_phase()
            case Recognized() | UtteranceFailed():
                self._transcription.handle_recognition(event)
            case Cancelled():
                self._handle_cancelled(event)
            case NothingHeard(utterance_id, reason, continued):
                if self._by_key and reason is EndReason.ENDPOINT:
                    self._ended_by_itself_at = time.monotonic()
                self._nothing_said(utterance_id)
                if continued:
                    self._listener.dictated(Dictated(utterance_id, "", time.monotonic()))
                else:
                    self._listener.show_message("Nothing was heard.")
            case Opened():
                self._advance(PhaseInput.OPENED)
                self._equipment.handle(event)
            case Closed():
                pass
            case _:
                self._equipment.handle(event)

    def _handle_speech(
        self, event: SpeechStarted | SpeechPaused | SpeechResumed | PartialAudio
    ) -> None:
        if isinstance(event, SpeechStarted):
            if not self.listening:
                self._listener.dictation_began()
            self._transcription.wants_partials = self._voice.partial_text and not self.state.asleep
        self._transcription.handle_capture(event)

    def _handle_failure(self, utterance_id: str, error: SpeechError) -> None:
        self._show_phase()
        self.recordings.set_outcome(utterance_id, Outcome.FAILED)
        self._listener.warn(str(error))
        self._listener.show_message("Not recognised: the recording is in the history.")

    def _handle_text(self, heard: PendingUtterance, transcript: Transcript) -> None:
        self._show_phase()
        self._interpretation.handle(heard, transcript, self.state)

    # The state

    def _wake_mode_changed(self) -> None:
        self._update(asleep=self._wake_mode.asleep)

    def _key_utterance_ended(self, *, continues: bool = False) -> None:
        """Go back from what was played, and from listening, when an utterance is over."""
        if continues:
            return
        self._by_key.end()
        if self.state.playing and not self._by_key:
            self._update(playing=False)
            self._capture.use(self._microphone)

    def _handle_cancelled(self, event: Cancelled) -> None:
        self._nothing_said(event.utterance_id)
        if event.pcm:
            self.recordings.set_outcome(event.utterance_id, Outcome.CANCELLED)
            self._cancelled.remember(event)
            self._listener.dictation_cancelled()

    def _nothing_said(self, utterance_id: str) -> None:
        self._transcription.forget(utterance_id)
        self._key_utterance_ended()
        self._show_phase()

    def _show_phase(self) -> None:
        """Show whether a text is awaited, unless somebody is being listened to."""
        if self._by_key:
            return
        awaited = self._transcription.busy and not self.state.asleep
        happened = PhaseInput.TEXT_AWAITED if awaited else PhaseInput.DONE
        if self._transcription.current is None:
            self._advance(happened, partial="", level_dbfs=SILENT_DBFS, peak_dbfs=SILENT_DBFS)
        else:
            self._advance(happened)

    def _advance(self, happened: PhaseInput, **changes: object) -> None:
        self._update(phase=next_phase(self.state.phase, happened), **changes)

    def _update(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        if state != self.state:
            self.state = state
            self._listener.dictation_changed(state)
