"""When to draw: the first change at once, then at most once a frame, never half an update."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

# Textual draws at most this often too.
_FRAME_SECONDS = 1 / 60
# In a flood drawing takes at most a tenth of the time, so that reading keeps up.
_FLOOD_SECONDS = 1 / 30
_FLOOD_FACTOR = 10
# A synchronized update that lasts longer is shown as far as it has got; Ghostty waits 1 s, which
# looks like a hang.
_HOLD_SECONDS = 0.15
_SMOOTHING = 0.3
# The answer to a key is drawn at once, also just after a frame. Which output is the answer cannot
# be known beside a spinner, so so many draws within so long after a key do not wait.
_ANSWER_DRAWS, _ANSWER_SECONDS = 3, 0.1


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
        self._frame: asyncio.TimerHandle | None = None
        self._hold: asyncio.TimerHandle | None = None
        self._drawn_at = 0.0
        self._cost = 0.0
        self._flooded = False
        self._stopped = False
        self._answer_draws = 0
        self._answer_until = 0.0

    def expect_answer(self) -> None:
        """Draw what the program writes next at once: it answers a key."""
        self._answer_draws = _ANSWER_DRAWS
        self._answer_until = asyncio.get_running_loop().time() + _ANSWER_SECONDS

    def request(self) -> None:
        """Ask for a frame, soon."""
        if self._may_draw():
            self._schedule(self._due())

    def take_output(self, more: bool) -> None:
        """Show new output: now if a frame is due, else when it is.

        Args:
            more: Whether there is more to read already: the program floods the terminal.
        """
        self._flooded = more
        if not self._may_draw():
            return
        due = self._due()
        now = asyncio.get_running_loop().time()
        if due <= now:
            self._draw_now()
        elif self._answer_draws and not more and now < self._answer_until:
            self._answer_draws -= 1
            self._draw_now()
        else:
            self._schedule(due)

    def _may_draw(self) -> bool:
        """Return whether the screen is whole; if not, the rest has its time to come."""
        if self._stopped:
            return False
        held = self._is_held()
        if held and self._hold is None:
            loop = asyncio.get_running_loop()
            self._hold = loop.call_later(_HOLD_SECONDS, self._give_up_hold)
        elif not held and self._hold is not None:
            self._hold.cancel()
            self._hold = None
        return not held

    def _due(self) -> float:
        gap = _FRAME_SECONDS
        if self._flooded:
            gap = max(_FLOOD_SECONDS, _FLOOD_FACTOR * self._cost)
        return self._drawn_at + gap

    def _schedule(self, due: float) -> None:
        if self._frame is not None:
            if self._frame.when() <= due:
                return
            self._frame.cancel()
        self._frame = asyncio.get_running_loop().call_at(due, self._run)

    def _draw_now(self) -> None:
        started = time.perf_counter()
        if self._draw():
            # A frame in which nothing changed does not hold up the next one.
            self._drawn_at = asyncio.get_running_loop().time()
        cost = time.perf_counter() - started
        self._cost += _SMOOTHING * (cost - self._cost)

    def stop(self) -> None:
        """Draw no more, whatever is still asked for."""
        self._stopped = True
        for handle in (self._frame, self._hold):
            if handle is not None:
                handle.cancel()

    def _run(self) -> None:
        self._frame = None
        if self._may_draw():
            self._draw_now()

    def _give_up_hold(self) -> None:
        self._hold = None
        if self._is_held():
            self._release_hold()
            self.request()
