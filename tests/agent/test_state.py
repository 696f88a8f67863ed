"""What Codex tells about itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.agent.state import CodexState, StateTracker, resume_id


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        ("state=idle:app=codex", CodexState.IDLE),
        ("state=working:app=codex", CodexState.WORKING),
        ("state=blocked:app=codex:kind=permission", CodexState.BLOCKED),
        ("kind=permission:app=codex:state=blocked", CodexState.BLOCKED),
        ("state=done", CodexState.DONE),
        ("state=error:app=codex:note=a=b", CodexState.ERROR),
        ("state=clear", CodexState.EXITED),
        ("state=dancing:app=codex", CodexState.STARTING),
        ("state=idle:app=vim", CodexState.STARTING),
        ("?", CodexState.STARTING),
        ("", CodexState.STARTING),
    ],
)
def test_a_status_gives_the_state(payload: str, state: CodexState) -> None:
    """Pairs come in any order; what is unknown or another program's changes nothing."""
    assert StateTracker().feed_status(payload) is state


@given(st.lists(st.tuples(st.booleans(), st.text())))
def test_hostile_statuses_and_titles_do_no_harm(signals: list[tuple[bool, str]]) -> None:
    """Whatever arrives, there is a state, and the next true status is believed."""
    tracker = StateTracker()
    for is_status, text in signals:
        (tracker.feed_status if is_status else tracker.feed_title)(text)
    tracker.feed_title("project")
    assert tracker.feed_status("state=working:app=codex") is CodexState.WORKING


def test_the_title_serves_where_there_is_no_status() -> None:
    """A Codex that knows no program status is read by its title."""
    tracker = StateTracker()
    assert tracker.feed_title("⠋ project") is CodexState.WORKING
    assert tracker.feed_title("[ ! ] Action Required | project") is CodexState.BLOCKED
    assert tracker.feed_title("[ . ] Action Required | project") is CodexState.BLOCKED
    assert tracker.feed_title("project") is CodexState.IDLE
    assert tracker.feed_title("") is CodexState.STARTING


def test_the_screen_serves_where_title_and_status_are_silent() -> None:
    """A turn that was seen working and rests is done, until something is typed."""
    tracker = StateTracker()
    assert tracker.feed_screen(None) is CodexState.STARTING
    assert tracker.feed_screen(CodexState.IDLE) is CodexState.IDLE
    assert not tracker.certain
    tracker.input_sent()
    assert tracker.feed_screen(CodexState.WORKING) is CodexState.WORKING
    assert tracker.feed_screen(None) is CodexState.WORKING
    assert tracker.feed_screen(CodexState.IDLE) is CodexState.DONE
    assert tracker.input_sent() is CodexState.IDLE
    assert tracker.exited() is CodexState.EXITED
    assert tracker.started() is CodexState.STARTING


def test_a_title_alone_says_that_a_turn_is_done() -> None:
    """A spinner that goes is the end of a turn; a question that goes was denied."""
    tracker = StateTracker()
    tracker.feed_title("⠋ project")
    assert tracker.feed_title("project") is CodexState.IDLE, "it was only starting"
    tracker.input_sent()
    tracker.feed_title("⠋ project")
    assert tracker.feed_title("project") is CodexState.DONE
    assert tracker.feed_title("another name") is CodexState.DONE
    assert tracker.input_sent() is CodexState.IDLE
    tracker.feed_title("[ ! ] Action Required | project")
    assert tracker.feed_title("project") is CodexState.IDLE


@pytest.mark.parametrize("seen", [CodexState.WORKING, CodexState.BLOCKED])
def test_a_title_without_a_spinner_does_not_hide_what_the_screen_shows(seen: CodexState) -> None:
    """Of two sources the one that asks for more care is believed."""
    tracker = StateTracker()
    tracker.feed_title("project")
    assert tracker.feed_screen(seen) is seen
    tracker.feed_screen(None)
    assert tracker.state in (CodexState.IDLE, CodexState.DONE), "a view hides what was seen"


def test_a_status_outranks_title_and_screen() -> None:
    """Where the status is known nothing is derived, and keys change nothing."""
    tracker = StateTracker()
    tracker.feed_screen(CodexState.WORKING)
    assert tracker.feed_status("state=done:app=codex") is CodexState.DONE
    assert tracker.feed_screen(CodexState.WORKING) is CodexState.DONE
    assert tracker.input_sent() is CodexState.DONE


def test_of_two_sources_the_one_that_warns_is_believed() -> None:
    """A prompt that only the title announces blocks; a spinner does not outvote the status."""
    tracker = StateTracker()
    tracker.feed_status("state=done:app=codex")
    assert tracker.feed_title("⠋ project") is CodexState.DONE
    assert tracker.feed_title("[ ! ] Action Required | project") is CodexState.BLOCKED
    assert tracker.feed_title("⠋ project") is CodexState.DONE


def test_changes_are_told_and_a_new_process_starts_afresh() -> None:
    """Listeners hear every change once; an exit and a restart are changes."""
    tracker = StateTracker()
    heard: list[CodexState] = []
    tracker.subscribe(lambda: heard.append(tracker.state))
    tracker.feed_status("state=idle")
    tracker.feed_status("state=idle")
    tracker.feed_title("[ ! ] Action Required | project")
    tracker.exited()
    tracker.started()
    assert heard == [
        CodexState.IDLE,
        CodexState.BLOCKED,
        CodexState.EXITED,
        CodexState.STARTING,
    ]


def test_the_last_session_named_is_the_one_to_resume() -> None:
    """Only the farewell's own form counts."""
    first, last = "0" * 36, "01a1f988-5c10-7ec1-8280-a63c7dde3415"
    assert resume_id([f"codex resume {first}", "", f"  codex resume {last}"]) == last
    assert resume_id(["codex resume --last", "codex resume " + "0" * 35]) is None
    assert resume_id([]) is None
