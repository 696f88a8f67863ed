"""The stand-in's composer."""

from __future__ import annotations

from codex_voice.practice.draft import EditableDraft


def draft(text: str, cursor: int | None = None) -> EditableDraft:
    """Return a draft with the cursor at `cursor`, or at the end."""
    made = EditableDraft()
    made.insert(text)
    made.cursor = len(text) if cursor is None else cursor
    return made


def test_text_goes_in_at_the_cursor() -> None:
    """What is typed stands where the cursor was, and the cursor after it."""
    made = draft("run tests", 4)
    made.insert("the ")
    assert (made.text, made.cursor) == ("run the tests", 8)


def test_deleting_stops_at_the_start() -> None:
    """Backspace at the start of the text does nothing."""
    made = draft("ab", 1)
    made.delete_before()
    made.delete_before()
    assert (made.text, made.cursor) == ("b", 0)


def test_ctrl_u_takes_three_strokes_for_two_lines() -> None:
    """As in Codex: a line, the line break, the line before it."""
    made = draft("one\ntwo")
    texts = []
    for _ in range(4):
        made.delete_line_before()
        texts.append(made.text)
    assert texts == ["one\n", "one", "", ""]


def test_ctrl_k_deletes_forwards() -> None:
    """The rest of the line, then the line break, then the next line."""
    made = draft("one\ntwo", 1)
    texts = []
    for _ in range(4):
        made.delete_line_after()
        texts.append(made.text)
    assert texts == ["o\ntwo", "otwo", "o", "o"]
    assert made.cursor == 1


def test_home_and_end_stay_in_the_line() -> None:
    """The cursor moves within the line it is in."""
    made = draft("one\ntwo\nthree", 5)
    made.move_to_line_start()
    assert made.cursor == 4
    made.move_to_line_end()
    assert made.cursor == 7
    made.move(100)
    assert made.cursor == len(made.text)


def test_taking_leaves_nothing() -> None:
    """Sending empties the composer."""
    made = draft("go")
    assert made.take() == "go"
    assert (made.text, made.cursor) == ("", 0)
