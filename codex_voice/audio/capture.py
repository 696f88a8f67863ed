"""The capture thread: frames and commands in, utterances out.

One thread with one mailbox. Frames, commands and news of the microphone are all calls put into
it, so that nothing here needs a lock and everything happens in the order in which it came.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial

from codex_voice.audio.endpointing import PREROLL_MS, Mark
from codex_voice.audio.events import (
    Cancelled,
    CaptureEvent,
    Closed,
    LevelChanged,
    NothingHeard,
    PartialAudio,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    UtteranceEnded,
)
from codex_voice.audio.format import frames_in
from codex_voice.audio.hearing import CaptureSettings, Hearing
from codex_voice.audio.level import amplify
from codex_voice.audio.source import FrameSource
from codex_voice.audio.supply import Supply
from codex_voice.audio.take import Take
from codex_voice.audio.utterance import EndReason, Recorder

__all__ = ["Capture", "CaptureSettings"]

# What PortAudio still holds when a key ends the utterance: two blocks at low latency.
_TAIL_FRAMES = 2
# Silence after which nothing of what is still on its way is awaited.
_TAIL_SILENCE_SECONDS = 0.06
# 12.5 levels a second: a meter that moves smoothly, at little cost.
_FRAMES_PER_LEVEL = 4
# The sound of a loudspeaker is in the room, and on its way through the system, for so long.
_ECHO_SECONDS = 0.15
# No voice activity detector looks for an onset in a wider window.
_WIDEST_WINDOW_MS = 300


class Capture:
    """Listens, by key or always, and tells what it hears.

    All methods return at once and may be called from any thread. Every utterance that was begun
    ends with exactly one of `UtteranceEnded`, `Cancelled` and `NothingHeard`.

    Args:
        make_source: Finds the microphone; called anew for every opening, on another thread.
        settings: How to listen.
        post: Takes the events, on the capture thread; must not block.
        recorder: Keeps the sound of utterances on disk while they are spoken.
    """

    def __init__(
        self,
        make_source: Callable[[], FrameSource],
        settings: CaptureSettings,
        post: Callable[[CaptureEvent], None],
        recorder: Recorder | None = None,
    ) -> None:
        self._settings = settings
        self._post = post
        self._recorder = recorder
        self._mailbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._supply = Supply(
            make_source, self._mailbox.put, post, on_frame=self._frame_came, on_lost=self._lost
        )
        self._monitoring = False
        self._muted = False
        self._deaf_until = 0.0
        self._take: Take | None = None
        self._latest: deque[bytes] = deque(maxlen=frames_in(PREROLL_MS + _WIDEST_WINDOW_MS))
        self._hearings: dict[bool, Hearing] = {}
        self._frames_since_level = 0
        self._running = True
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    # Commands

    def listen(self, ends_by_itself: bool = True) -> None:
        """Begin an utterance now; without `ends_by_itself` only `finish` ends it."""
        self._mailbox.put(partial(self._listen, ends_by_itself))

    def finish(self) -> None:
        """End the utterance now, with what is still on its way from the microphone."""
        self._mailbox.put(self._finish)

    def end_by_itself(self) -> None:
        """Let silence end an utterance that only `finish` was to end."""
        self._mailbox.put(self._end_by_itself)

    def endpoint(self, utterance_id: str) -> None:
        """End this utterance as if its silence had been long enough."""
        self._mailbox.put(partial(self._endpoint, utterance_id))

    def cancel(self) -> None:
        """Throw the utterance away."""
        self._mailbox.put(self._cancel)

    def snapshot(self) -> None:
        """Ask for the sound of the utterance so far: `PartialAudio`.

        It comes while there is speech, and in a pause only when speech goes on: the recogniser
        shall be free when the pause turns out to be the end.
        """
        self._mailbox.put(self._snapshot)

    def monitor(self, on: bool) -> None:
        """Keep the microphone open and cut utterances out of what it hears, or stop that."""
        self._mailbox.put(partial(self._monitor, on))

    def mute(self, on: bool) -> None:
        """Close the microphone until this is taken back; what was being said ends here."""
        self._mailbox.put(partial(self._mute, on))

    def suppress(self, seconds: float) -> None:
        """Take nothing for speech while a sound of ours is heard that lasts so long."""
        self._mailbox.put(partial(self._suppress, time.monotonic() + seconds + _ECHO_SECONDS))

    def use(self, make_source: Callable[[], FrameSource]) -> None:
        """Take another microphone, at once if one is open."""
        self._mailbox.put(partial(self._supply.use, make_source))

    def close(self, timeout: float = 2.0) -> None:
        """End the thread; an utterance that is being spoken stays with the recorder."""
        self._mailbox.put(self._stop)
        self._thread.join(timeout)

    # The thread

    def _run(self) -> None:
        if self._settings.keep_open:
            self._settle()
        else:
            self._supply.prepare()
        while self._running:
            try:
                call = self._mailbox.get(timeout=self._supply.patience)
            except queue.Empty:
                self._look_after()
            else:
                call()

    def _stop(self) -> None:
        self._running = False
        if self._take is not None:
            self._take.keep()
            self._take = None
        self._supply.close(wait=1.0)
        for hearing in self._hearings.values():
            hearing.close()

    # Utterances

    @property
    def _hearing(self) -> Hearing:
        """What listens now: to somebody who pressed a key, or to a room."""
        by_key = self._take.by_key if self._take is not None else not self._monitoring
        if by_key not in self._hearings:
            settings = self._settings
            vad = settings.key_vad() if by_key else settings.hands_free_vad()
            self._hearings[by_key] = Hearing(vad, settings)
        return self._hearings[by_key]

    def _listen(self, ends_by_itself: bool) -> None:
        if self._take is not None and self._take.by_key:
            return
        if self._take is not None:
            self._end(EndReason.FINISHED)
        self._take = Take(self._recorder, by_key=True, ends_by_itself=ends_by_itself)
        self._hearing.restart()
        self._hearing.endpointer.begin()
        preroll = list(self._latest)[-frames_in(PREROLL_MS) :]
        self._latest.clear()
        self._supply.open()
        for frame in preroll:
            self._hear(frame, deaf=False)

    def _finish(self) -> None:
        if self._take is None:
            return
        if not self._take or self._hearing.endpointer.silence_seconds >= _TAIL_SILENCE_SECONDS:
            self._end(EndReason.FINISHED)
        else:
            self._take.frames_left = _TAIL_FRAMES

    def _end_by_itself(self) -> None:
        if self._take is not None:
            self._take.ends_by_itself = True

    def _endpoint(self, utterance_id: str) -> None:
        if self._take is not None and self._take.id == utterance_id:
            self._end(EndReason.ENDPOINT)

    def _cancel(self) -> None:
        if self._take is not None:
            self._drop(Cancelled(self._take.id))

    def _snapshot(self) -> None:
        if self._take is not None:
            self._take.snapshot_wanted = True
            self._give_snapshot(self._take)

    def _give_snapshot(self, take: Take) -> None:
        if take.snapshot_wanted and self._hearing.speech:
            take.snapshot_wanted = False
            start, _ = self._bounds(take)
            self._post(PartialAudio(take.id, take.pcm(start)))

    def _suppress(self, until: float) -> None:
        self._deaf_until = max(self._deaf_until, until)

    def _hear(self, frame: bytes, deaf: bool) -> None:
        hearing = self._hearing
        mark = hearing.hear(frame, deaf)
        if self._take is not None:
            self._take.append(frame, hearing.loud)
        else:
            self._latest.append(frame)
        self._tell_level(hearing)
        if mark is not None:
            self._follow(mark)
        take = self._take
        if take is None:
            return
        self._give_snapshot(take)
        if take.frames_left is not None:
            take.frames_left -= 1
            if take.frames_left <= 0:
                self._end(EndReason.FINISHED)
        elif (
            take.ends_by_itself
            and not hearing.endpointer.started
            and take.seconds >= self._settings.patience_seconds
        ):
            self._drop(NothingHeard(take.id))

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
            self._end(EndReason.ENDPOINT)
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
            self._drop(NothingHeard(take.id))
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

    def _end(self, reason: EndReason) -> None:
        take = self._take
        if take is None:
            return
        endpointer = self._hearing.endpointer
        speech, silence = endpointer.speech_seconds, endpointer.silence_seconds
        if not take.worthwhile(reason, endpointer.started, speech):
            unheard = take.by_key and not take.continued and reason is EndReason.FINISHED
            self._drop(NothingHeard(take.id) if unheard else Cancelled(take.id))
            return
        start, stop = self._bounds(take)
        complete = reason is EndReason.ENDPOINT or (endpointer.paused and take.quiet_after(stop))
        if not complete:
            # A word too soft for the detector may be in it.
            stop = len(take)
        take.weigh(endpointer.speech)
        utterance = take.utterance((start, stop), reason, speech, silence, complete)
        take.keep()
        self._forget_take()
        self._post(UtteranceEnded(utterance))
        self._settle()

    def _drop(self, event: Cancelled | NothingHeard) -> None:
        if self._take is not None:
            self._take.discard()
        self._forget_take()
        self._post(event)
        self._settle()

    def _forget_take(self) -> None:
        self._take = None
        self._latest.clear()
        self._hearing.restart()

    def _tell_level(self, hearing: Hearing) -> None:
        self._frames_since_level += 1
        if self._frames_since_level >= _FRAMES_PER_LEVEL:
            self._frames_since_level = 0
            meter = hearing.meter
            elapsed = self._take.seconds if self._take is not None else 0.0
            self._post(LevelChanged(meter.dbfs, meter.peak_dbfs, meter.clipping, elapsed))

    # The microphone

    @property
    def _always_open(self) -> bool:
        return (self._monitoring or self._settings.keep_open) and not self._muted

    def _monitor(self, on: bool) -> None:
        if on == self._monitoring:
            return
        if self._take is not None and not self._take.by_key:
            self._end(EndReason.FINISHED)
        self._monitoring = on
        if self._take is None:
            self._forget_take()
        self._settle()

    def _mute(self, on: bool) -> None:
        self._muted = on
        if on and self._take is not None:
            self._end(EndReason.FINISHED)
        self._settle()

    def _settle(self) -> None:
        """Open or close the microphone as it is wanted now."""
        self._supply.persistent = self._always_open
        if self._always_open:
            self._supply.keep()
        elif self._take is None and self._supply.close():
            self._latest.clear()
            self._post(Closed())

    def _frame_came(self, frame: bytes) -> None:
        if self._settings.gain_db:
            frame = amplify(frame, self._settings.gain_db)
        deaf = time.monotonic() < self._deaf_until
        if self._take is not None or (self._monitoring and not deaf):
            self._hear(frame, deaf)
        elif not deaf:
            self._latest.append(frame)

    def _look_after(self) -> None:
        if self._take is not None and self._take.frames_left is not None:
            self._end(EndReason.FINISHED)
        self._supply.look_after()

    def _lost(self) -> None:
        """Keep what was said before the microphone went away."""
        self._latest.clear()
        self._end(EndReason.LOST)
        if not self._always_open:
            self._post(Closed())
