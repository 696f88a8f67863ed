"""What presses and releases of the talk key mean."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from types import SimpleNamespace
from typing import Literal, cast

import pytest

from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.talk_key import CLOSING_TAP_SECONDS, HOLD_SECONDS, TalkKey, Timer
from codex_voice.terminal.keys import KeyPress


class Finger:
    """Presses the key at certain times, over a dictation that notes what it is asked for."""

    def __init__(self, mode: str = "push_to_talk", reports_release: bool = True) -> None:
        self.asked: list[str] = []
        self.state = SimpleNamespace(mode=mode)
        self.listening = False
        self.silence_ended_at = float("-inf")
        self._now = 0.0
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._key = TalkKey(
            "ctrl+space",
            cast("Dictation", self),
            lambda: reports_release,
            lambda: self._now,
            self._call_later,
        )

    def _call_later(self, seconds: float, function: Callable[[], None]) -> Timer:
        call = (self._now + seconds, function)
        self._due.append(call)

        def cancel() -> None:
            # Also after it was due, as asyncio's.
            if call in self._due:
                self._due.remove(call)

        return cast("Timer", SimpleNamespace(cancel=cancel))

    def listen(self, *, held: bool) -> None:
        """Begin."""
        assert held
        self.listening = True
        self.asked.append("listen")

    def toggle(self) -> None:
        """Begin or end."""
        self.listening = self.state.mode == "push_to_talk" and not self.listening
        self.asked.append("toggle")

    def hold(self) -> None:
        """Let silence not end it."""
        self.asked.append("hold")

    def finish(self) -> None:
        """End."""
        self.listening = False
        self.asked.append("finish")

    def release(self) -> None:
        """Let silence end it."""
        self.asked.append("release")

    def ended_by_itself(self, seconds: float) -> bool:
        """Return whether silence ended an utterance lately."""
        return self._now - self.silence_ended_at <= seconds

    def silence(self) -> None:
        """Let silence end the utterance."""
        self.listening = False
        self.silence_ended_at = self._now

    def waits(self, seconds: float) -> None:
        """Let time pass."""
        end = self._now + seconds
        while due := sorted((call for call in self._due if call[0] <= end), key=itemgetter(0)):
            self._now, function = due[0]
            self._due.remove(due[0])
            function()
        self._now = end

    def does(
        self,
        action: Literal["press", "repeat", "release"],
        after: float = 0.0,
        name: str = "ctrl+space",
    ) -> bool:
        """Move, so many seconds after the last time; tell whether it was the talk key."""
        self.waits(after)
        return self._key.handle(KeyPress(name, action, base=name.rpartition("+")[2]))

    def holds(self, seconds: float, delay: float, every: float) -> None:
        """Hold the key down on a keyboard that repeats it."""
        self.does("press")
        self.waits(delay)
        for _ in range(int((seconds - delay) / every)):
            self.does("press")
            self.waits(every)

    def leaves(self, after: float = 0.0) -> None:
        """Let the key go where nobody tells."""
        self.waits(after)
        self._key.release()


def test_a_held_key_ends_what_it_began() -> None:
    """Repeats of the key mean nothing."""
    finger = Finger()
    finger.does("press")
    finger.does("repeat", 0.3)
    finger.does("release", HOLD_SECONDS)
    assert finger.asked == ["listen", "finish"]


def test_a_tap_leaves_the_end_to_silence_or_to_the_next_tap() -> None:
    """Less than a hold is a tap."""
    finger = Finger()
    finger.does("press")
    finger.does("release", HOLD_SECONDS / 2)
    finger.does("press", 3.0)
    finger.does("release", 0.1)
    assert finger.asked == ["listen", "release", "toggle"]


def test_the_modifier_may_be_let_go_first() -> None:
    """Ctrl goes up, then Space: the hold is over, and later spaces are Codex's again."""
    finger = Finger()
    finger.does("press")
    assert not finger.does("release", HOLD_SECONDS, "left_ctrl")
    assert finger.does("release", 0.05, "space")
    assert finger.asked == ["listen", "finish"]
    assert not finger.does("press", 1.0, "space")
    assert not finger.does("release", 0.05, "space")
    assert finger.asked == ["listen", "finish"]


def test_a_hold_ends_when_another_window_gets_the_keys() -> None:
    """The release is never told here; what was said is finished, and only once."""
    finger = Finger()
    finger.does("press")
    finger.leaves(HOLD_SECONDS)
    finger.leaves()
    finger.does("release", 1.0)
    assert finger.asked == ["listen", "finish"]


def test_a_hold_that_was_cancelled_meanwhile_ends_nothing() -> None:
    """Escape came first."""
    finger = Finger()
    finger.does("press")
    finger.listening = False
    finger.does("release", 2.0)
    assert finger.asked == ["listen"]


@pytest.mark.parametrize(
    "finger", [Finger(reports_release=False), Finger(mode="hands_free"), Finger(mode="wake_word")]
)
def test_elsewhere_the_key_toggles(finger: Finger) -> None:
    """Without releases, and where the microphone is open anyway, a press says all."""
    finger.does("press")
    finger.does("release", 2.0)
    assert finger.asked == ["toggle"]


KEYBOARDS = [(0.25, 1 / 30), (0.5, 1 / 30), (0.66, 1 / 25), (0.5, 0.09), (1.0, 0.1), (0.033, 0.033)]


@pytest.mark.parametrize(("delay", "every"), KEYBOARDS)
def test_a_key_that_repeats_is_held(delay: float, every: float) -> None:
    """It begins one utterance, silence does not end it, and it ends when the repeats do."""
    finger = Finger(reports_release=False)
    finger.holds(3.0, delay, every)
    assert finger.asked == ["toggle", "hold"]
    finger.waits(0.5)
    assert finger.asked == ["toggle", "hold", "finish"]
    finger.does("press", 2.0)
    assert finger.asked == ["toggle", "hold", "finish", "toggle"]


@pytest.mark.parametrize(("delay", "every"), KEYBOARDS)
def test_a_key_held_to_end_an_utterance_ends_it_once(delay: float, every: float) -> None:
    """Its repeats begin no other."""
    finger = Finger(reports_release=False)
    finger.does("press")
    finger.waits(4.0)
    finger.holds(2.0, delay, every)
    finger.waits(1.0)
    assert finger.asked == ["toggle", "toggle"]


@pytest.mark.parametrize("mode", ["hands_free", "wake_word"])
@pytest.mark.parametrize(("delay", "every"), KEYBOARDS)
def test_a_key_held_where_it_mutes_mutes_once(mode: str, delay: float, every: float) -> None:
    """The microphone does not flutter."""
    finger = Finger(mode=mode, reports_release=False)
    finger.holds(3.0, delay, every)
    finger.waits(1.0)
    assert finger.asked == ["toggle"]


def test_two_quick_taps_are_two() -> None:
    """The second waits for as long as a repeat would take to show that it is one."""
    finger = Finger(reports_release=False)
    finger.does("press")
    finger.does("press", 0.4)
    assert finger.asked == ["toggle"]
    finger.waits(0.2)
    assert finger.asked == ["toggle", "toggle"]
    assert not finger.listening


def test_a_tap_long_after_the_last_acts_at_once() -> None:
    """It cannot be a repeat."""
    finger = Finger(reports_release=False)
    finger.does("press")
    finger.does("press", 1.2)
    assert finger.asked == ["toggle", "toggle"]


@pytest.mark.parametrize("reports_release", [True, False])
@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.5])
def test_a_tap_just_after_silence_has_ended_an_utterance_belongs_to_it(
    reports_release: bool, after: float
) -> None:
    """Whoever taps to end finds that done, and begins no other."""
    finger = Finger(reports_release=reports_release)
    finger.does("press")
    finger.does("release", 0.1)
    finger.waits(3.0)
    finger.silence()
    before = list(finger.asked)
    finger.does("press", after)
    finger.does("release", 0.1)
    finger.waits(1.0)
    assert finger.asked == before
    finger.does("press", CLOSING_TAP_SECONDS)
    assert len(finger.asked) == len(before) + 1
    assert finger.listening


def test_a_hold_just_after_silence_has_ended_an_utterance_begins_another() -> None:
    """Once it is longer than a tap."""
    finger = Finger()
    finger.silence()
    finger.does("press", 0.1)
    finger.waits(HOLD_SECONDS)
    assert finger.asked == ["listen"]
    finger.does("release", HOLD_SECONDS)
    assert finger.asked == ["listen", "finish"]
