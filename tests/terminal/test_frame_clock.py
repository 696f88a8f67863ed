"""When a frame is drawn: the first change at once, nothing half, and nothing after the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from codex_voice.terminal.frame_clock import FrameClock

# Longer than anything that the clock puts off.
_LATER_SECONDS = 0.4


class DrawnScreen:
    """Counts what a clock asks of it."""

    def __init__(self) -> None:
        self.frames = 0
        self.held = False
        self.clock = FrameClock(self._draw, lambda: self.held, self._release)
        self._drawn = asyncio.Event()

    def _draw(self) -> bool:
        self.frames += 1
        self._drawn.set()
        return True

    def _release(self) -> None:
        self.held = False

    async def drawn(self, frames: int) -> None:
        """Wait until so many frames were drawn."""
        async with asyncio.timeout(60):
            while self.frames < frames:
                self._drawn.clear()
                await self._drawn.wait()

    async def later(self) -> None:
        """Wait until what was put off would have come: calls come in order."""
        passed = asyncio.Event()
        asyncio.get_running_loop().call_later(_LATER_SECONDS, passed.set)
        await passed.wait()


@pytest.fixture
async def screen() -> DrawnScreen:
    """Return a screen on the running loop."""
    return DrawnScreen()


async def test_the_first_change_is_drawn_at_once_and_the_next_ones_together(
    screen: DrawnScreen,
) -> None:
    """A frame is never put off for ever, and many changes share one."""
    screen.clock.take_output(more=False)
    assert screen.frames == 1
    for _ in range(10):
        screen.clock.request()
    await screen.drawn(2)
    await screen.later()
    assert screen.frames == 2


async def test_a_synchronized_update_is_drawn_whole_or_when_it_takes_too_long(
    screen: DrawnScreen,
) -> None:
    """A program that never ends its update is shown all the same."""
    screen.held = True
    screen.clock.take_output(more=False)
    screen.clock.request()
    assert screen.frames == 0
    await screen.drawn(1)
    assert not screen.held


def _nothing(_screen: DrawnScreen) -> None:
    """Leave no call to come."""


def _frame(screen: DrawnScreen) -> None:
    screen.clock.take_output(more=False)
    screen.clock.request()


def _flood(screen: DrawnScreen) -> None:
    screen.clock.take_output(more=True)
    screen.clock.take_output(more=True)


def _update(screen: DrawnScreen) -> None:
    screen.held = True
    screen.clock.take_output(more=False)


def _answer(screen: DrawnScreen) -> None:
    screen.clock.expect_answer()
    screen.clock.take_output(more=False)


@pytest.mark.parametrize("pending", [_nothing, _frame, _flood, _update, _answer])
async def test_nothing_is_drawn_after_the_end(
    screen: DrawnScreen, pending: Callable[[DrawnScreen], None]
) -> None:
    """Whatever was still to come, and whatever is asked for afterwards: the screen is gone."""
    pending(screen)
    screen.clock.stop()
    frames = screen.frames
    screen.clock.expect_answer()
    screen.clock.take_output(more=False)
    screen.clock.take_output(more=True)
    screen.clock.request()
    await screen.later()
    assert screen.frames == frames
