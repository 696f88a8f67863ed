"""Messages and warnings, and how long they are shown."""

from __future__ import annotations

from codex_voice.dictation.notice import KeyOffer, Notice
from codex_voice.ui.bars.notices import Notices
from tests.support.manual_timers import ManualTimers


def test_a_line_takes_the_place_of_the_last_one_and_goes_by_itself() -> None:
    """The newest is the truth."""
    timers = ManualTimers()
    notices = Notices(timers.set_timer, timers.changed)
    notices.show_message("one")
    notices.show_message("two")
    assert notices.lines == ["two"]
    assert len(timers.waiting) == 1
    timers.expire_all()
    assert notices.lines == []
    assert timers.changes == 3


def test_a_warning_is_not_pushed_out_by_news() -> None:
    """What does not work stays above what has just happened, once."""
    timers = ManualTimers()
    notices = Notices(timers.set_timer, timers.changed)
    notices.show_warning("no microphone")
    notices.show_warning("no microphone")
    notices.show_message("Sent.")
    assert notices.lines == ["no microphone", "Sent."]
    timers.expire_all()
    assert notices.lines == []


def test_a_warning_ends_with_its_cause() -> None:
    """It need not wait for its time, and when it comes again it has all of that again."""
    timers = ManualTimers()
    notices = Notices(timers.set_timer, timers.changed)
    notices.show_warning("no microphone")
    notices.show_warning("no model")
    notices.end_warning("no microphone")
    notices.end_warning("never shown")
    assert notices.lines == ["no model"]
    assert len(timers.waiting) == 1
    notices.show_warning("no microphone")
    assert notices.lines == ["no model", "no microphone"]
    timers.expire_all()
    assert notices.lines == []


def test_what_goes_on_is_shown_until_it_ends() -> None:
    """Above the message, which does not take its place, and without a timers."""
    timers = ManualTimers()
    notices = Notices(timers.set_timer, timers.changed)
    notices.show_progress("1 MiB")
    notices.show_message("hello")
    assert notices.lines == ["1 MiB", "hello"]
    timers.expire_all()
    assert notices.lines == ["1 MiB"]
    notices.show_progress("")
    assert notices.lines == []


def test_a_key_is_ours_as_long_as_its_message_is_shown() -> None:
    """Another message or its time ends it, and whoever showed it is told so once."""
    timers = ManualTimers()
    notices = Notices(timers.set_timer, timers.changed)
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
    timers.expire_all()
    assert notices.offer_for("f3") is None
    assert gone == ["one", "two"]
