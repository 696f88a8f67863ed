"""Cuts a stream of frames into utterances."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from codex_voice.audio.endpointing import PREROLL_MS, Mark
from codex_voice.audio.events import (
    Cancelled,
    CaptureEvent,
    LevelChanged,
    NothingHeard,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.frame_analysis import CaptureSettings, Hearing
from codex_voice.audio.utterance import EndReason, Recorder
from codex_voice.audio.utterance_buffer import Take
from codex_voice.pcm import frames_in

# What PortAudio still holds when a key ends the utterance: two blocks at low latency.
_TAIL_FRAMES = 2
# Silence after which nothing of what is still on its way is awaited.
_TAIL_SILENCE_SECONDS = 0.06
# A snapshot waits so long for a syllable: in noise none may stand out.
_SYLLABLE_PATIENCE_FRAMES = frames_in(500)
# 12.5 levels a second: a meter that moves smoothly, at little cost.
_FRAMES_PER_LEVEL = 4
# No voice activity detector looks for an onset in a wider window.
_WIDEST_WINDOW_MS = 300


class Segmenter:
    """Follows one utterance after the other, begun by key or by speech, and tells of each.

    Every utterance that was begun ends with exactly one of `UtteranceEnded`, `Cancelled` and
    `NothingHeard`. Belongs to one thread.

    Args:
        settings: How to listen.
        post: Takes the events; must not block.
        recorder: Keeps the sound of utterances on disk while they are spoken.
        on_over: Called after each utterance but one that goes on in the next.
        source_stopped: Says whether the microphone gives no sound any more: an utterance that
            seems to end then was cut short.
    """

    def __init__(
        self,
        settings: CaptureSettings,
        post: Callable[[CaptureEvent], None],
        recorder: Recorder | None,
        on_over: Callable[[], None],
        source_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._post = post
        self._recorder = recorder
        self._on_over = on_over
        self._source_stopped = source_stopped
        self._monitoring = False
        self._take: Take | None = None
        self._latest: deque[bytes] = deque(maxlen=frames_in(PREROLL_MS + _WIDEST_WINDOW_MS))
        self._hearings: dict[bool, Hearing] = {}
        self._frames_since_level = 0

    @property
    def idle(self) -> bool:
        """Whether there is no utterance."""
        return self._take is None

    @property
    def asked(self) -> bool:
        """Whether there is one that was begun by key."""
        return self._take is not None and self._take.by_key

    @property
    def monitoring(self) -> bool:
        """Whether speech begins an utterance."""
        return self._monitoring

    def begin(self, ends_by_itself: bool) -> None:
        """Begin an utterance by key; one that began by itself ends."""
        self.end(EndReason.FINISHED)
        self._take = Take(self._recorder, by_key=True, ends_by_itself=ends_by_itself)
        self._hearing.restart()
        self._hearing.endpointer.begin()

    def hear_preroll(self) -> None:
        """Add what came just before the utterance was begun."""
        preroll = list(self._latest)[-frames_in(PREROLL_MS) :]
        self._latest.clear()
        for frame in preroll:
            self._hear(frame, deaf=False)

    def forget_preroll(self) -> None:
        """Take what comes next for no continuation of what came last."""
        self._latest.clear()
        if self._take is None:
            for hearing in self._hearings.values():
                hearing.restart()

    def monitor(self, on: bool) -> None:
        """Let speech begin utterances, or end the one it began."""
        if self._take is not None and not self._take.by_key:
            self.end(EndReason.FINISHED)
        self._monitoring = on
        if self._take is None:
            self._forget_take()

    def hear(self, frame: bytes, deaf: bool) -> None:
        """Take the next frame; `deaf`, there is no speech in it whatever it holds."""
        if self._take is not None or (self._monitoring and not deaf):
            self._hear(frame, deaf)
        elif not deaf:
            self._latest.append(frame)

    def finish(self) -> None:
        """End the utterance with what is still on its way from the microphone."""
        if self._take is None:
            return
        if not self._take or self._hearing.endpointer.silence_seconds >= _TAIL_SILENCE_SECONDS:
            self.end(EndReason.FINISHED)
        else:
            self._take.frames_left = _TAIL_FRAMES

    def finish_without_tail(self) -> None:
        """End an utterance that only waits for what is on its way: nothing comes."""
        if self._take is not None and self._take.frames_left is not None:
            self.end(EndReason.FINISHED)

    def end_by_itself(self) -> None:
        """Let silence end an utterance that only `finish` was to end."""
        if self._take is not None:
            self._take.ends_by_itself = True

    def endpoint(self, utterance_id: str) -> None:
        """End this utterance as if its silence had been long enough; not one that is held."""
        take = self._take
        if take is not None and take.id == utterance_id and take.ends_by_itself:
            self.end(EndReason.ENDPOINT)

    def hold(self) -> None:
        """Let only `finish` end the utterance."""
        if self._take is not None:
            self._take.ends_by_itself = False

    def cancel(self) -> None:
        """End the utterance unheard; what was said stays with the recorder."""
        take = self._take
        if take is None:
            return
        endpointer = self._hearing.endpointer
        if not take.worthwhile(EndReason.FINISHED, endpointer.started, endpointer.speech_seconds):
            self._drop(Cancelled(take.id))
            return
        start, _ = self._bounds(take)
        take.keep()
        self._forget_take()
        self._post(Cancelled(take.id, take.pcm(start)))
        self._on_over()

    def snapshot(self) -> None:
        """Tell the sound of the utterance so far, when the next syllable begins."""
        if self._take is not None and self._take.snapshot_due is None:
            self._take.snapshot_due = len(self._take) + _SYLLABLE_PATIENCE_FRAMES

    def end(self, reason: EndReason) -> None:
        """End the utterance, if there is one, as it is."""
        take = self._take
        if take is None:
            return
        if reason is not EndReason.CUT and self._source_stopped():
            reason = EndReason.LOST
        endpointer = self._hearing.endpointer
        speech, silence = endpointer.speech_seconds, endpointer.silence_seconds
        if not take.worthwhile(reason, endpointer.started, speech):
            lost = reason is EndReason.LOST
            if not lost and (take.continued or take.by_key):
                self._drop(NothingHeard(take.id, reason, take.continued))
            else:
                self._drop(Cancelled(take.id))
            return
        start, stop = self._bounds(take)
        complete = reason is EndReason.ENDPOINT or (endpointer.paused and take.quiet_after(stop))
        if not complete:
            # A word too soft for the detector may be in it.
            stop = len(take)
        take.weigh(endpointer.speech)
        utterance = take.utterance((start, stop), reason, speech, silence, complete)
        take.keep()
        self._forget_take(take.after(stop))
        self._post(UtteranceEnded(utterance))
        self._on_over()

    def close(self) -> None:
        """Leave the utterance to the recorder, and tell nothing."""
        if self._take is not None:
            self._take.keep()
            self._take = None
        for hearing in self._hearings.values():
            hearing.close()

    @property
    def _hearing(self) -> Hearing:
        """What listens now: to somebody who pressed a key, or to a room."""
        by_key = self._take.by_key if self._take is not None else not self._monitoring
        if by_key not in self._hearings:
            settings = self._settings
            vad = settings.key_vad() if by_key else settings.hands_free_vad()
            self._hearings[by_key] = Hearing(vad, settings)
        return self._hearings[by_key]

    def _hear(self, frame: bytes, deaf: bool) -> None:
        hearing = self._hearing
        mark = hearing.hear(frame, deaf)
        if self._take is not None:
            self._take.append(frame, hearing.loud)
        else:
            self._latest.append(frame)
        self._post_level(hearing)
        if mark is not None:
            self._follow(mark)
        take = self._take
        if take is None:
            return
        self._give_snapshot(take)
        if take.frames_left is not None:
            take.frames_left -= 1
            if take.frames_left <= 0:
                self.end(EndReason.FINISHED)
        elif (
            take.ends_by_itself
            and not hearing.endpointer.started
            and take.seconds >= self._settings.patience_seconds
        ):
            self._drop(NothingHeard(take.id, EndReason.ENDPOINT))

    def _give_snapshot(self, take: Take) -> None:
        """Give the snapshot that was asked for, if this is a good moment.

        The recogniser cannot be stopped within a step, so that it should not be at one when the
        utterance ends: in a pause that may be the end, or late in what may be the last word. For
        as long as such a step takes, speech goes on most surely after a syllable has begun.
        """
        hearing = self._hearing
        if take.snapshot_due is None or not hearing.speech:
            return
        if hearing.syllable_begins or len(take) >= take.snapshot_due:
            take.snapshot_due = None
            start, _ = self._bounds(take)
            self._post(PartialAudio(take.id, take.pcm(start)))

    def _follow(self, mark: Mark) -> None:
        endpointer = self._hearing.endpointer
        if mark is Mark.STARTED and self._take is None:
            self._take = Take(self._recorder, by_key=False, ends_by_itself=True)
            for frame in list(self._latest)[-len(endpointer) :]:
                self._take.append(frame, loud=True)
            self._latest.clear()
        take = self._take
        if take is None:
            return
        if mark is Mark.STARTED:
            self._post(SpeechStarted(take.id))
        elif mark is Mark.PAUSED:
            self._post(SpeechPaused(take.id, take.pcm(*self._bounds(take))))
        elif mark is Mark.RESUMED:
            self._post(SpeechResumed(take.id))
        elif mark is Mark.ENDED and take.ends_by_itself:
            self.end(EndReason.ENDPOINT)
        elif mark is Mark.TOO_LONG:
            self._cut(take)

    def _bounds(self, take: Take) -> tuple[int, int]:
        """Return the first frame of the utterance worth hearing and the one after the last."""
        start, stop = self._hearing.endpointer.bounds()
        return 0 if take.continued else start, stop

    def _cut(self, take: Take) -> None:
        """End the utterance in its last pause, and go on with what came after it."""
        endpointer = self._hearing.endpointer
        if not take.worthwhile(EndReason.CUT, endpointer.started, endpointer.speech_seconds):
            self._drop(NothingHeard(take.id, EndReason.ENDPOINT, take.continued))
            return
        speech = endpointer.speech_seconds
        start, _ = self._bounds(take)
        take.weigh(endpointer.speech)
        at = endpointer.cut()
        rest = Take(self._recorder, take.by_key, take.ends_by_itself, before=take)
        rest.frames_left = take.frames_left
        for frame in take.after(at):
            rest.append(frame, loud=True)
        # Only now: a crash in between leaves words twice rather than not at all.
        take.keep(at)
        self._take = rest
        spoken = speech - endpointer.speech_seconds
        self._post(UtteranceEnded(take.utterance((start, at), EndReason.CUT, spoken, 0.0)))
        self._post(SpeechStarted(rest.id))

    def _drop(self, event: Cancelled | NothingHeard) -> None:
        if self._take is not None:
            self._take.discard()
        self._forget_take()
        self._post(event)
        self._on_over()

    def _forget_take(self, left_over: Sequence[bytes] = ()) -> None:
        """Be ready for the next one; its first sounds may be in what this one left over."""
        self._take = None
        self._latest.clear()
        self._latest.extend(left_over)
        self._hearing.restart(len(self._latest))

    def _post_level(self, hearing: Hearing) -> None:
        """Post the level now and then, but not to nobody: a quiet room wakes no event loop."""
        self._frames_since_level += 1
        if self._take is not None and self._frames_since_level >= _FRAMES_PER_LEVEL:
            self._frames_since_level = 0
            meter = hearing.meter
            self._post(
                LevelChanged(meter.dbfs, meter.peak_dbfs, meter.clipping, self._take.seconds)
            )
