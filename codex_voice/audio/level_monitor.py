"""Measures how loud a microphone is, for a meter while one is chosen; nothing is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable

from codex_voice.audio.level import Level, measure
from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.errors import AudioError
from codex_voice.pcm import frames_in

REPORT_MS = 80
"""A meter that moves 12 times a second looks live."""


class LevelMonitor:
    """Listens to a microphone on a thread of its own until it is closed.

    A sound server may hang while a device is opened or closed, so neither is waited for.

    Args:
        make_source: Finds the microphone; called on the thread.
        report: Called from other threads with the loudest frame of each `REPORT_MS`, or with why
            there is none; must not block.
    """

    def __init__(
        self,
        make_source: Callable[[], FrameSource],
        report: Callable[[Level | AudioError], None],
    ) -> None:
        self._make_source = make_source
        self._report = report
        self._closed = threading.Event()
        self._levels: list[Level] = []
        self._thread = threading.Thread(target=self._run, name="level monitor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; nothing is reported from now on."""
        self._closed.set()

    def join(self, timeout: float) -> bool:
        """Wait until the microphone is closed; return whether it is."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            source = self._make_source()
            if self._closed.is_set():
                return
            source.open(self._deliver)
        except AudioError as error:
            if not self._closed.is_set():
                self._report(error)
            return
        self._closed.wait()
        source.close()

    def _deliver(self, frame: bytes) -> None:
        if self._closed.is_set():
            return
        self._levels.append(measure(frame))
        if len(self._levels) >= frames_in(REPORT_MS):
            loudest = max(self._levels, key=lambda level: level.dbfs)
            self._levels.clear()
            self._report(loudest)
