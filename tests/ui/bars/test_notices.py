"""Messages and warnings, and how long they are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from textual.timer import Timer

from codex_voice.dictation.notice import KeyOffer, Notice
from codex_voice.ui.bars.notices import Notices


class Clock:
    """Timers that go off when a test says so."""

    def __init__(self) -> None:
        self.waiting: list[Alarm] = []
        self.changes = 0

    def set_timer(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Set one."""
        self.waiting.append(Alarm(self, callback))
        return cast("Timer", self.waiting[-1])

    def changed(self) -> None:
        """Count a change."""
        self.changes += 1

    def expire_all(self) -> None:
        """Let all of them go off."""
        for alarm in list(self.waiting):
            alarm.stop()
            alarm.callback()


class Alarm:
    """One timer."""

    def __init__(self, clock: Clock, callback: Callable[[], None]) -> None:
        self._clock = clock
        self.callback = callback

    def stop(self) -> None:
        """Let it never go off."""
        if self in self._clock.waiting:
            self._clock.waiting.remove(self)


def test_a_line_takes_the_place_of_the_last_one_and_goes_by_itself() -> None:
    """The newest is the truth."""
    clock = Clock()
    notices = Notices(clock.set_timer, clock.changed)
    notices.show_message("one")
    notices.show_message("two")
    assert notices.lines == ["two"]
    assert len(clock.waiting) == 1
    clock.expire_all()
    assert notices.lines == []
    assert clock.changes == 3


def test_a_warning_is_not_pushed_out_by_news() -> None:
    """What does not work stays above what has just happened, once."""
    clock = Clock()
    notices = Notices(clock.set_timer, clock.changed)
    notices.show_warning("no microphone")
    notices.show_warning("no microphone")
    notices.show_message("Sent.")
    assert notices.lines == ["no microphone", "Sent."]
    clock.expire_all()
    assert notices.lines == []


def test_a_warning_ends_with_its_cause() -> None:
    """It need not wait for its time, and when it comes again it has all of that again."""
    clock = Clock()
    notices = Notices(clock.set_timer, clock.changed)
    notices.show_warning("no microphone")
    notices.show_warning("no model")
    notices.end_warning("no microphone")
    notices.end_warning("never shown")
    assert notices.lines == ["no model"]
    assert len(clock.waiting) == 1
    notices.show_warning("no microphone")
    assert notices.lines == ["no model", "no microphone"]
    clock.expire_all()
    assert notices.lines == []


def test_what_goes_on_is_shown_until_it_ends() -> None:
    """Above the message, which does not take its place, and without a clock."""
    clock = Clock()
    notices = Notices(clock.set_timer, clock.changed)
    notices.show_progress("1 MiB")
    notices.show_message("hello")
    assert notices.lines == ["1 MiB", "hello"]
    clock.expire_all()
    assert notices.lines == ["1 MiB"]
    notices.show_progress("")
    assert notices.lines == []


def test_a_key_is_ours_as_long_as_its_message_is_shown() -> None:
    """Another message or its time ends it, and whoever showed it is told so once."""
    clock = Clock()
    notices = Notices(clock.set_timer, clock.changed)
    gone: list[str] = []

    async def nothing() -> None:
        pass

    def offering(name: str) -> Notice:
        offer = KeyOffer("f3", "puts back", nothing)
        return Notice(name, offers=(offer,), gone=lambda: gone.append(name))

    notices.show_notice(offering("one"))
    offered = notices.offer_for("f3")
    assert offered is not None
    assert offered.run is nothing
    assert notices.offer_for("f4") is None
    notices.show_message("Sent.")
    assert notices.offer_for("f3") is None
    notices.show_notice(offering("two"))
    clock.expire_all()
    assert notices.offer_for("f3") is None
    assert gone == ["one", "two"]
