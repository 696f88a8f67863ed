"""Cuts a stream of frames into utterances."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from codex_voice.audio.endpointing import PREROLL_MS, Mark
from codex_voice.audio.events import (
    Cancelled,
    CaptureEvent,
    NothingHeard,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.frame_analysis import CaptureSettings, FrameAnalyses, FrameAnalysis
from codex_voice.audio.level_reports import LevelReports
from codex_voice.audio.snapshot_timing import SnapshotTiming
from codex_voice.audio.source_condition import ALWAYS_GOOD, SourceCondition
from codex_voice.audio.utterance import EndReason, Recorder
from codex_voice.audio.utterance_buffer import UtteranceBuffer
from codex_voice.audio.utterance_state import UtteranceInput, UtteranceState, next_state
from codex_voice.pcm import FRAME_SECONDS, frames_in

# What PortAudio still holds when a key ends the utterance: two blocks at low latency.
_TAIL_FRAMES = 2
# Silence after which nothing of what is still on its way is awaited.
_TAIL_SILENCE_SECONDS = 0.06
# No voice activity detector looks for an onset in a wider window.
_WIDEST_WINDOW_MS = 300


class Segmenter:
    """Follows one utterance after the other, begun by key or by speech, and posts events of each.

    Every utterance that was begun ends with exactly one of `UtteranceEnded`, `Cancelled` and
    `NothingHeard`. Belongs to one thread.

    Args:
        settings: How to listen.
        post: Called with the events; must not block.
        recorder: Keeps the sound of utterances on disk while they are spoken.
        on_over: Called after each utterance but one that goes on in the next.
        source: Says how the microphone is: an utterance that seems to end while it gives no sound
            any more was cut short.
    """

    def __init__(
        self,
        settings: CaptureSettings,
        post: Callable[[CaptureEvent], None],
        recorder: Recorder | None,
        on_over: Callable[[], None],
        source: SourceCondition = ALWAYS_GOOD,
    ) -> None:
        self._settings = settings
        self._post = post
        self._recorder = recorder
        self._on_over = on_over
        self._source = source
        self._monitoring = False
        self._state = UtteranceState.NONE
        self._buffer: UtteranceBuffer | None = None
        """The sound of the utterance, where there is one."""
        self._interruptions = 0
        """How often the source had been interrupted when the utterance began."""
        self._frames_to_come = 0
        """How many frames belong to an utterance that is finishing."""
        self._latest: deque[bytes] = deque(maxlen=frames_in(PREROLL_MS + _WIDEST_WINDOW_MS))
        self._analyses = FrameAnalyses(settings)
        self._levels = LevelReports(post)
        self._snapshot_timing = SnapshotTiming()

    @property
    def idle(self) -> bool:
        """Whether there is no utterance."""
        return self._state is UtteranceState.NONE

    @property
    def begun_by_key(self) -> bool:
        """Whether there is one that was begun by key."""
        return self._buffer is not None and self._buffer.by_key

    @property
    def monitoring(self) -> bool:
        """Whether speech begins an utterance."""
        return self._monitoring

    def begin(self, ends_by_itself: bool) -> None:
        """Begin an utterance by key; one that began by itself ends."""
        self.end(EndReason.FINISHED)
        self._new_buffer(by_key=True)
        self._advance(UtteranceInput.BEGIN if ends_by_itself else UtteranceInput.BEGIN_HELD)
        self._analysis.restart()
        self._analysis.endpointer.begin()

    def hear_preroll(self) -> None:
        """Add what came just before the utterance was begun."""
        preroll = list(self._latest)[-frames_in(PREROLL_MS) :]
        self._latest.clear()
        for frame in preroll:
            self._hear(frame, deaf=False)

    def forget_preroll(self) -> None:
        """Treat what comes next as no continuation of what came last."""
        self._latest.clear()
        if self.idle:
            self._analyses.restart()

    def monitor(self, on: bool) -> None:
        """Let speech begin utterances, or end the one it began."""
        if self._buffer is not None and not self._buffer.by_key:
            self.end(EndReason.FINISHED)
        self._monitoring = on
        if self.idle:
            self._forget_buffer()

    def hear(self, frame: bytes, deaf: bool) -> None:
        """Handle the next frame; `deaf`, there is no speech in it whatever it holds."""
        if not self.idle or (self._monitoring and not deaf):
            self._hear(frame, deaf)
        elif not deaf:
            self._latest.append(frame)

    def finish(self) -> None:
        """End the utterance with what is still on its way from the microphone."""
        if self._buffer is None:
            return
        stalled = self._source.stalled_seconds
        quiet = self._analysis.endpointer.silence_seconds >= _TAIL_SILENCE_SECONDS
        if not self._buffer or (quiet and not stalled):
            self.end(EndReason.FINISHED)
        else:
            # A sound server that goes on gives what it held back, and in that are the last words.
            self._frames_to_come = _TAIL_FRAMES + int(stalled / FRAME_SECONDS)
            self._advance(UtteranceInput.FINISH)

    def finish_without_tail(self) -> None:
        """End an utterance that only waits for what is on its way: nothing comes.

        Where the microphone does not answer, it waits until that is given up.
        """
        if self._state is UtteranceState.FINISHING and not self._source.stalled_seconds:
            self.end(EndReason.FINISHED)

    def end_by_itself(self) -> None:
        """Let silence end an utterance that only `finish` was to end."""
        self._advance(UtteranceInput.RELEASE)

    def hold(self) -> None:
        """Let only `finish` end the utterance."""
        self._advance(UtteranceInput.HOLD)

    def endpoint(self, utterance_id: str) -> None:
        """End this utterance as if its silence had been long enough; not one that is held."""
        buffer = self._buffer
        if self._state is UtteranceState.OPEN and buffer is not None and buffer.id == utterance_id:
            self.end(EndReason.ENDPOINT)

    def cancel(self) -> None:
        """End the utterance unheard; what was said stays with the recorder."""
        buffer = self._buffer
        if buffer is None:
            return
        endpointer = self._analysis.endpointer
        if not buffer.worthwhile(EndReason.FINISHED, endpointer.started, endpointer.speech_seconds):
            self._drop(Cancelled(buffer.id))
            return
        start, _ = self._bounds(buffer)
        buffer.keep()
        self._forget_buffer()
        self._post(Cancelled(buffer.id, buffer.pcm(start)))
        self._on_over()

    def snapshot(self) -> None:
        """Post the sound of the utterance so far when the next syllable begins."""
        if self._buffer is not None:
            self._snapshot_timing.request(len(self._buffer))

    def end(self, reason: EndReason) -> None:
        """End the utterance, if there is one, as it is."""
        buffer = self._buffer
        if buffer is None:
            return
        if reason not in (EndReason.CUT, EndReason.SUSPENDED) and self._was_interrupted:
            reason = EndReason.LOST
        if reason is EndReason.FINISHED and self._source.ended:
            # Silence is heard; a key comes without regard to what was not.
            reason = EndReason.LOST
        endpointer = self._analysis.endpointer
        speech, silence = endpointer.speech_seconds, endpointer.silence_seconds
        if not buffer.worthwhile(reason, endpointer.started, speech):
            cut_short = reason in (EndReason.LOST, EndReason.SUSPENDED)
            if not cut_short and (buffer.continued or buffer.by_key):
                self._drop(NothingHeard(buffer.id, reason, buffer.continued))
            else:
                self._drop(Cancelled(buffer.id))
            return
        start, stop = self._bounds(buffer)
        complete = reason is EndReason.ENDPOINT or (endpointer.paused and buffer.quiet_after(stop))
        if not complete:
            # A word too soft for the detector may be in it.
            stop = len(buffer)
        buffer.weigh(endpointer.speech)
        utterance = buffer.utterance((start, stop), reason, speech, silence, complete)
        buffer.keep()
        self._forget_buffer(buffer.after(stop))
        self._post(UtteranceEnded(utterance))
        self._on_over()

    def close(self) -> None:
        """Keep the utterance in the recorder, and post nothing."""
        if self._buffer is not None:
            self._buffer.keep()
            self._buffer = None
        self._advance(UtteranceInput.END)
        self._analyses.close()

    def _new_buffer(self, by_key: bool) -> UtteranceBuffer:
        self._buffer = UtteranceBuffer(self._recorder, by_key=by_key)
        self._interruptions = self._source.interruptions
        return self._buffer

    @property
    def _was_interrupted(self) -> bool:
        """Whether something that was said may not have been heard: the source was silent."""
        return self._source.stopped or self._source.interruptions > self._interruptions

    @property
    def _analysis(self) -> FrameAnalysis:
        """The one in use: for somebody who pressed a key, or for a room."""
        by_key = self._buffer.by_key if self._buffer is not None else not self._monitoring
        return self._analyses.get(by_key)

    def _advance(self, happened: UtteranceInput) -> None:
        self._state = next_state(self._state, happened)

    def _hear(self, frame: bytes, deaf: bool) -> None:
        analysis = self._analysis
        mark = analysis.hear(frame, deaf)
        seconds = None
        if self._buffer is not None:
            self._buffer.append(frame, analysis.loud)
            seconds = self._buffer.seconds
        else:
            self._latest.append(frame)
        self._levels.push(analysis.meter, seconds)
        if mark is not None:
            self._follow(mark)
        buffer = self._buffer
        if buffer is None:
            return
        if self._snapshot_timing.is_now(analysis, len(buffer)):
            start, _ = self._bounds(buffer)
            self._post(PartialAudio(buffer.id, buffer.pcm(start)))
        if self._state is UtteranceState.FINISHING:
            self._frames_to_come -= 1
            if self._frames_to_come <= 0:
                self.end(EndReason.FINISHED)
        elif (
            self._state is UtteranceState.OPEN
            and not analysis.endpointer.started
            and buffer.seconds >= self._settings.patience_seconds
        ):
            self._drop(NothingHeard(buffer.id, EndReason.ENDPOINT))

    def _follow(self, mark: Mark) -> None:
        endpointer = self._analysis.endpointer
        if mark is Mark.STARTED and self._buffer is None:
            begun = self._new_buffer(by_key=False)
            self._advance(UtteranceInput.BEGIN)
            for frame in list(self._latest)[-len(endpointer) :]:
                begun.append(frame, loud=True)
            self._latest.clear()
        buffer = self._buffer
        if buffer is None:
            return
        if mark is Mark.STARTED:
            self._post(SpeechStarted(buffer.id))
        elif mark is Mark.PAUSED:
            self._post(SpeechPaused(buffer.id, buffer.pcm(*self._bounds(buffer))))
        elif mark is Mark.RESUMED:
            self._post(SpeechResumed(buffer.id))
        elif mark is Mark.ENDED and self._state is UtteranceState.OPEN:
            self.end(EndReason.ENDPOINT)
        elif mark is Mark.TOO_LONG:
            self._cut(buffer)

    def _bounds(self, buffer: UtteranceBuffer) -> tuple[int, int]:
        """Return the first frame of the utterance worth hearing and the one after the last."""
        start, stop = self._analysis.endpointer.bounds()
        return 0 if buffer.continued else start, stop

    def _cut(self, buffer: UtteranceBuffer) -> None:
        """End the utterance in its last pause, and go on with what came after it."""
        endpointer = self._analysis.endpointer
        if not buffer.worthwhile(EndReason.CUT, endpointer.started, endpointer.speech_seconds):
            self._drop(NothingHeard(buffer.id, EndReason.ENDPOINT, buffer.continued))
            return
        speech = endpointer.speech_seconds
        start, _ = self._bounds(buffer)
        buffer.weigh(endpointer.speech)
        at, at_pause = endpointer.cut()
        # In the same state: it is the same breath.
        rest = UtteranceBuffer(self._recorder, buffer.by_key, before=buffer)
        for frame in buffer.after(at):
            rest.append(frame, loud=True)
        # Only now: a crash in between leaves words twice rather than not at all.
        buffer.keep(at)
        self._buffer = rest
        self._snapshot_timing.withdraw()
        spoken = speech - endpointer.speech_seconds
        piece = buffer.utterance((start, at), EndReason.CUT, spoken, 0.0, at_pause)
        self._post(UtteranceEnded(piece))
        self._post(SpeechStarted(rest.id))

    def _drop(self, event: Cancelled | NothingHeard) -> None:
        if self._buffer is not None:
            self._buffer.discard()
        self._forget_buffer()
        self._post(event)
        self._on_over()

    def _forget_buffer(self, left_over: Sequence[bytes] = ()) -> None:
        """Be ready for the next one; its first sounds may be in what this one left over."""
        self._buffer = None
        self._advance(UtteranceInput.END)
        self._snapshot_timing.withdraw()
        self._latest.clear()
        self._latest.extend(left_over)
        self._analysis.restart(len(self._latest))
