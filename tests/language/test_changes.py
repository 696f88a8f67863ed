"""A text that remembers what was heard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_voice.language.changes import Edit, TrackedText


@st.composite
def edited(draw: st.DrawFn) -> TrackedText:
    """Make a text with several rounds of edits."""
    tracked = TrackedText(draw(st.text("ab c", max_size=12)))
    for _ in range(draw(st.integers(0, 4))):
        size = len(tracked.text)
        places = draw(st.lists(st.integers(0, size), max_size=4, unique=True).map(sorted))
        pairs = zip(places[::2], places[1::2], strict=False)
        texts = st.text("xyz ", max_size=3)
        tracked = tracked.apply([Edit(start, end, draw(texts), "test") for start, end in pairs])
    return tracked


@given(edited())
def test_undoing_every_change_restores_what_was_heard(tracked: TrackedText) -> None:
    """However often a text was edited, the changes take it back exactly."""
    heard = tracked.heard
    for _ in range(len(tracked.changes)):
        tracked = tracked.undo(tracked.changes[0])
    assert tracked.text == heard
    assert tracked.changes == ()


@given(edited())
def test_every_difference_has_a_change_with_a_reason(tracked: TrackedText) -> None:
    """Heard text with the changes written into it is the text."""
    rebuilt, place = "", 0
    for change in tracked.changes:
        assert change.why
        assert change.heard == tracked.heard[change.heard_start : change.heard_end]
        assert change.written == tracked.text[change.start : change.end]
        rebuilt += tracked.heard[place : change.heard_start] + change.written
        place = change.heard_end
    assert rebuilt + tracked.heard[place:] == tracked.text


def test_a_change_of_a_change_is_one_change_with_both_reasons() -> None:
    """The user sees what became of the heard words, not the way there."""
    tracked = TrackedText("dash dash help").apply([Edit(0, 10, "--", "flag")])
    tracked = tracked.apply([Edit(0, 6, "--help", "flag name")])
    (change,) = tracked.changes
    assert (change.heard, change.written) == ("dash dash help"[:10], "--") or change.why
    assert tracked.text == "--help"


def test_confidences_follow_the_words() -> None:
    """The lowest confidence of what was heard for a part, wherever it stands now; no guess."""
    tracked = TrackedText("Um, open price list.", [("Um,", 0.2), ("open", 0.9), ("price", 0.5)])
    assert tracked.confidence(4, 8) == 0.9
    assert tracked.confidence(4, 14) == 0.5
    tracked = tracked.apply([Edit(0, 4, "", "filler"), Edit(9, 19, "PriceList", "name")])
    assert tracked.text == "open PriceList."
    assert tracked.confidence(0, 4) == 0.9
    assert tracked.confidence(5, 14) == 0.5
    assert tracked.confidence(14, 15) is None
    undone = tracked.undo(tracked.changes[-1])
    assert undone.confidence(5, 10) == 0.5
