"""When to draw: the first change at once, then at most once a frame, never half an update."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

# Textual draws at most this often too.
_FRAME_SECONDS = 1 / 60
# In a flood drawing takes at most a tenth of the time, so that reading keeps up.
_FLOOD_BYTES = 32_768
_FLOOD_FACTOR = 10
# A synchronized update that lasts longer is shown as far as it has got; Ghostty waits 1 s, which
# looks like a hang.
_HOLD_SECONDS = 0.15
_SMOOTHING = 0.3


class FrameClock:
    """Calls `draw` when a frame is due.

    Args:
        draw: Draws a frame; tells whether anything was to be drawn.
        is_held: Tells whether the program is in the middle of a synchronized update.
        release_hold: Ends an update that the program never ended.
    """

    def __init__(
        self,
        draw: Callable[[], bool],
        is_held: Callable[[], bool],
        release_hold: Callable[[], None],
    ) -> None:
        self._draw = draw
        self._is_held = is_held
        self._release_hold = release_hold
        self._frame: asyncio.Handle | None = None
        self._hold: asyncio.TimerHandle | None = None
        self._drawn_at = 0.0
        self._cost = 0.0
        self._arrived = 0

    def request(self, arrived: int = 0) -> None:
        """Ask for a frame, after `arrived` bytes of output."""
        self._arrived += arrived
        loop = asyncio.get_running_loop()
        if self._is_held():
            if self._hold is None:
                self._hold = loop.call_later(_HOLD_SECONDS, self._give_up_hold)
            return
        if self._hold is not None:
            self._hold.cancel()
            self._hold = None
        if self._frame is not None:
            return
        due = self._drawn_at + self._gap()
        if due <= loop.time():
            self._frame = loop.call_soon(self._run)
        else:
            self._frame = loop.call_at(due, self._run)

    def _gap(self) -> float:
        if self._arrived > _FLOOD_BYTES:
            return max(_FRAME_SECONDS, _FLOOD_FACTOR * self._cost)
        return _FRAME_SECONDS

    @property
    def due(self) -> bool:
        """Whether a frame may be drawn now."""
        return asyncio.get_running_loop().time() >= self._drawn_at + _FRAME_SECONDS

    def draw_now(self) -> None:
        """Draw without waiting for the next frame."""
        started = time.perf_counter()
        if self._draw():
            # A frame in which nothing changed does not hold up the next one.
            self._drawn_at = asyncio.get_running_loop().time()
        cost = time.perf_counter() - started
        self._cost += _SMOOTHING * (cost - self._cost)
        self._arrived = 0

    def stop(self) -> None:
        """Draw no more."""
        for handle in (self._frame, self._hold):
            if handle is not None:
                handle.cancel()

    def _run(self) -> None:
        self._frame = None
        if self._is_held():
            self.request()
        else:
            self.draw_now()

    def _give_up_hold(self) -> None:
        self._hold = None
        if self._is_held():
            self._release_hold()
            self.request()
