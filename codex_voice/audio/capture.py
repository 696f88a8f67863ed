"""The capture thread: frames and commands in, utterances out.

One thread with one mailbox. Frames, commands and news of the microphone are all calls put into
it, so that nothing here needs a lock and everything happens in the order in which it came.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from functools import partial

from codex_voice.audio.events import CaptureEvent, Closed
from codex_voice.audio.frame_analysis import CaptureSettings
from codex_voice.audio.level import amplify
from codex_voice.audio.segmenter import Segmenter
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.audio.sources.supervisor import SourceSupervisor
from codex_voice.audio.utterance import EndReason, Recorder

__all__ = ["Capture", "CaptureSettings"]

# The sound of a loudspeaker is in the room, and on its way through the system, for so long.
_ECHO_SECONDS = 0.15


class Capture:
    """Listens, by key or always, and posts what it hears as events.

    All methods return at once and may be called from any thread. Every utterance that was begun
    ends with exactly one of `UtteranceEnded`, `Cancelled` and `NothingHeard`.

    Args:
        make_source: Finds the microphone; called anew for every opening, on another thread.
        settings: How to listen.
        post: Called with the events, on the capture thread; must not block.
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
        self._mailbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._supervisor = SourceSupervisor(
            make_source, self._mailbox.put, post, on_frame=self._frame_came, on_lost=self._lost
        )
        self._segmenter = Segmenter(
            settings,
            post,
            recorder,
            on_over=self._settle,
            source=self._supervisor,
        )
        self._muted = False
        self._deaf_until = 0.0
        self._running = True
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    # Commands

    def listen(self, ends_by_itself: bool = True) -> None:
        """Begin an utterance now; without `ends_by_itself` only `finish` ends it."""
        self._mailbox.put(partial(self._listen, ends_by_itself))

    def finish(self) -> None:
        """End the utterance now, with what is still on its way from the microphone."""
        self._mailbox.put(self._segmenter.finish)

    def end_by_itself(self) -> None:
        """Let silence end an utterance that only `finish` was to end."""
        self._mailbox.put(self._segmenter.end_by_itself)

    def hold(self) -> None:
        """Let only `finish` end an utterance that silence was to end."""
        self._mailbox.put(self._segmenter.hold)

    def suspend(self) -> None:
        """End the utterance as one that was cut short: this process is about to be stopped.

        It comes before whatever is captured after the process has gone on.
        """
        self._mailbox.put(self._suspend)

    def endpoint(self, utterance_id: str) -> None:
        """End this utterance as if its silence had been long enough."""
        self._mailbox.put(partial(self._segmenter.endpoint, utterance_id))

    def cancel(self) -> None:
        """End the utterance unheard; what was said stays with the recorder."""
        self._mailbox.put(self._segmenter.cancel)

    def snapshot(self) -> None:
        """Ask for the sound of the utterance so far: `PartialAudio`.

        It comes when the next syllable begins: the recogniser shall be free when a pause turns
        out to be the end.
        """
        self._mailbox.put(self._segmenter.snapshot)

    def monitor(self, on: bool) -> None:
        """Keep the microphone open and cut utterances out of what it hears, or stop that."""
        self._mailbox.put(partial(self._monitor, on))

    def mute(self, on: bool) -> None:
        """Close the microphone until this is taken back; what was being said ends here."""
        self._mailbox.put(partial(self._mute, on))

    def suppress(self, seconds: float) -> None:
        """Count nothing as speech while a sound of ours plays, which lasts so many seconds."""
        self._mailbox.put(partial(self._suppress, time.monotonic() + seconds + _ECHO_SECONDS))

    def use(self, make_source: Callable[[], FrameSource]) -> None:
        """Use another microphone, at once if one is open."""
        self._mailbox.put(partial(self._supervisor.use, make_source))

    def close(self, timeout: float = 2.0) -> None:
        """End the thread; an utterance that is being spoken stays with the recorder."""
        self._mailbox.put(self._stop)
        self._thread.join(timeout)

    # The thread

    def _run(self) -> None:
        if self._settings.keep_open:
            self._settle()
        else:
            self._supervisor.prepare()
        while self._running:
            try:
                call = self._mailbox.get(timeout=self._supervisor.patience)
            except queue.Empty:
                self._supervisor.look_after()
                self._segmenter.finish_without_tail()
            else:
                call()

    def _stop(self) -> None:
        self._running = False
        self._segmenter.close()
        self._supervisor.close(wait=1.0)

    def _listen(self, ends_by_itself: bool) -> None:
        if not self._segmenter.begun_by_key:
            self._segmenter.begin(ends_by_itself)
            self._supervisor.open()
            self._segmenter.hear_preroll()

    def _monitor(self, on: bool) -> None:
        if on != self._segmenter.monitoring:
            self._segmenter.monitor(on)
            self._settle()

    def _mute(self, on: bool) -> None:
        self._muted = on
        if on:
            self._segmenter.end(EndReason.FINISHED)
        self._settle()

    def _suspend(self) -> None:
        self._segmenter.forget_preroll()
        self._segmenter.end(EndReason.SUSPENDED)

    def _suppress(self, until: float) -> None:
        self._deaf_until = max(self._deaf_until, until)

    # The microphone

    @property
    def _always_open(self) -> bool:
        return (self._segmenter.monitoring or self._settings.keep_open) and not self._muted

    def _settle(self) -> None:
        """Open or close the microphone as it is wanted now."""
        self._supervisor.persistent = self._always_open
        if self._always_open:
            self._supervisor.keep()
        elif self._segmenter.idle and self._supervisor.close():
            self._segmenter.forget_preroll()
            self._post(Closed())

    def _frame_came(self, frame: bytes) -> None:
        if self._settings.gain_db:
            frame = amplify(frame, self._settings.gain_db)
        self._segmenter.hear(frame, deaf=time.monotonic() < self._deaf_until)

    def _lost(self) -> None:
        """Keep what was said before the microphone went away."""
        self._segmenter.forget_preroll()
        self._segmenter.end(EndReason.LOST)
        if not self._always_open:
            self._post(Closed())
