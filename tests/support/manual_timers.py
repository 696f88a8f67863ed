"""Textual timers that go off when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from textual.timer import Timer


class ManualTimers:
    """Sets timers, and counts what is reported to have changed."""

    def __init__(self) -> None:
        self.waiting: list[ManualTimer] = []
        self.changes = 0

    def set_timer(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Set one."""
        self.waiting.append(ManualTimer(self, callback))
        return cast("Timer", self.waiting[-1])

    def changed(self) -> None:
        """Count a change."""
        self.changes += 1

    def expire_all(self) -> None:
        """Let all of them go off."""
        for timer in list(self.waiting):
            timer.stop()
            timer.callback()


class ManualTimer:
    """One timer."""

    def __init__(self, timers: ManualTimers, callback: Callable[[], None]) -> None:
        self._timers = timers
        self.callback = callback

    def stop(self) -> None:
        """Let it never go off."""
        if self in self._timers.waiting:
            self._timers.waiting.remove(self)
