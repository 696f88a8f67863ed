"""What presses and releases of the talk key mean."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Literal, cast

import pytest

from codex_voice.dictation.dictation import Dictation
from codex_voice.dictation.talk_key import HOLD_SECONDS, TalkKey
from codex_voice.terminal.keys import KeyPress


class Finger:
    """Presses the key at certain times, over a dictation that notes what it is asked for."""

    def __init__(self, mode: str = "push_to_talk", reports_release: bool = True) -> None:
        self.asked: list[str] = []
        self.state = SimpleNamespace(mode=mode)
        self.listening = False
        self._now = 0.0
        self._key = TalkKey(
            "ctrl+space", cast("Dictation", self), lambda: reports_release, lambda: self._now
        )

    def listen(self, *, held: bool) -> None:
        """Begin."""
        assert held
        self.listening = True
        self.asked.append("listen")

    def toggle(self) -> None:
        """Begin or end."""
        self.asked.append("toggle")

    def finish(self) -> None:
        """End."""
        self.asked.append("finish")

    def release(self) -> None:
        """Let silence end it."""
        self.asked.append("release")

    def does(
        self,
        action: Literal["press", "repeat", "release"],
        after: float = 0.0,
        name: str = "ctrl+space",
    ) -> bool:
        """Move, so many seconds after the last time; tell whether it was the talk key."""
        self._now += after
        return self._key.takes(KeyPress(name, action, base=name.rpartition("+")[2]))

    def leaves(self, after: float = 0.0) -> None:
        """Let the key go where nobody tells."""
        self._now += after
        self._key.let_go()


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
