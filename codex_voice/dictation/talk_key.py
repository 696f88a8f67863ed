"""The talk key: a tap toggles, and holding it down talks for as long as it is held.

Terminals that report when a key goes up make a hold easy to tell. All others send the press of a
held key again and again: first after the keyboard's delay, then at its rate. What follows another
press so soon that no finger does it is such a repeat, and the key is up when they stop.
"""

from __future__ import annotations

import asyncio
import time
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from codex_voice.key_names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_voice.dictation.dictation import Dictation
    from codex_voice.terminal.keys import KeyPress

HOLD_SECONDS = 0.35
"""A shorter press is a tap: it starts, and the next one stops. People who hold a key to talk keep
it down for longer than any word takes."""

REPEAT_SECONDS = 0.12
"""The next press of a held key comes sooner than this: keyboards repeat 10 (the Linux console) to
30 times a second. Two taps of a finger are further apart."""

REPEAT_DELAY_SECONDS = 1.05
"""The first repeat comes sooner than this: keyboards begin after 250 ms to a second, most after
500 or 660 ms. Only a press within that time may be a repeat, and has to wait to show what it is."""

RELEASE_SECONDS = 0.2
"""So long after its last repeat the key is up; a busy machine may deliver one late."""

CLOSING_TAP_SECONDS = 0.5
"""A tap that comes so soon after silence has ended an utterance was meant to end that one."""


class _State(Enum):
    """What is known of the key."""

    UP = auto()
    DOWN = auto()  # it holds an utterance that it began; its release will be reported
    CLOSING = auto()  # down just after an utterance ended: a closing tap, or a new hold
    DOUBTFUL = auto()  # a tap, or the first repeat of the press before
    REPEATING = auto()  # held down, by its repeats


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Drop the call."""


class TalkKey:
    """Turns presses and releases of the talk key into listening.

    Args:
        name: The key, as a person wrote it.
        dictation: Listens.
        reports_release: Whether the terminal reports when a key goes up.
        clock: Seconds that only grow.
        call_later: Calls a function after some seconds; the running event loop's by default.
    """

    def __init__(
        self,
        name: str,
        dictation: Dictation,
        reports_release: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
        call_later: Callable[[float, Callable[[], None]], Timer] | None = None,
    ) -> None:
        self._name = canonical_name(name)
        self._base = self._name.rpartition("+")[2]
        self._dictation = dictation
        self._reports_release = reports_release
        self._clock = clock
        self._call_later = call_later or _call_later
        self._state = _State.UP
        self._timer: Timer | None = None
        self._pressed_at = 0.0
        """When the key went down that is held, or was tapped last."""
        self._last_press_at = float("-inf")
        self._began = False
        """Whether that press began an utterance."""

    def handle(self, key: KeyPress) -> bool:
        """Act on an event of the talk key; `False` is any other key."""
        if self._state in (_State.DOWN, _State.CLOSING) and self._is_release(key):
            self.release()
            return True
        if key.name != self._name:
            return False
        if key.action == "press":
            self._press()
        return True

    def release(self) -> None:
        """End what the key holds; also where its release goes to another window."""
        state = self._enter(_State.UP)
        if state is _State.DOWN:
            self._end_hold(self._clock())
        elif state is _State.REPEATING and self._began:
            self._end_hold(self._last_press_at)

    def _is_release(self, key: KeyPress) -> bool:
        """Return whether the key goes up; its modifiers may have gone up before it."""
        return key.action == "release" and (key.name == self._name or key.base == self._base)

    def _press(self) -> None:
        now = self._clock()
        since_last, self._last_press_at = now - self._last_press_at, now
        if self._reports_release():
            self._press_until_release(now)
        elif self._state is _State.REPEATING or since_last <= REPEAT_SECONDS:
            self._repeat()
        elif since_last < REPEAT_DELAY_SECONDS:
            self._enter(_State.DOUBTFUL, REPEAT_SECONDS, self._was_tap)
        else:
            self._tap(now)

    def _press_until_release(self, now: float) -> None:
        if not self._may_begin():
            self._tap(now)
        elif self._is_closing_tap():
            self._enter(_State.CLOSING, HOLD_SECONDS, self._begin_hold)
        else:
            self._begin_hold()

    def _begin_hold(self) -> None:
        self._enter(_State.DOWN)
        self._pressed_at = self._clock()
        self._dictation.listen(held=True)

    def _was_tap(self) -> None:
        """Act on a press that no other followed: it was no repeat."""
        self._enter(_State.UP)
        self._tap(self._last_press_at)

    def _tap(self, now: float) -> None:
        self._pressed_at = now
        closing = self._is_closing_tap()
        self._began = self._may_begin() and not closing
        if not closing:
            self._dictation.toggle()

    def _repeat(self) -> None:
        """Go on with a hold: the press before has not ended yet."""
        if self._state is not _State.REPEATING and self._began:
            self._dictation.hold()
        self._enter(_State.REPEATING, RELEASE_SECONDS, self.release)

    def _end_hold(self, up_at: float) -> None:
        if not self._dictation.listening:
            return
        if up_at - self._pressed_at >= HOLD_SECONDS:
            self._dictation.finish()
        else:
            self._dictation.release()

    def _may_begin(self) -> bool:
        """Return whether a press begins an utterance now."""
        return self._dictation.state.mode == "push_to_talk" and not self._dictation.listening

    def _is_closing_tap(self) -> bool:
        """Return whether a press now is meant for the utterance that silence has just ended."""
        return self._may_begin() and self._dictation.ended_by_itself(CLOSING_TAP_SECONDS)

    def _enter(
        self, state: _State, seconds: float = 0.0, then: Callable[[], None] | None = None
    ) -> _State:
        """Change the state, for so many seconds if something is to happen then.

        Returns:
            The state before.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if then is not None:
            self._timer = self._call_later(seconds, then)
        before, self._state = self._state, state
        return before


def _call_later(seconds: float, function: Callable[[], None]) -> Timer:
    return asyncio.get_running_loop().call_later(seconds, function)
