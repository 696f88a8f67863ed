"""Reading the composer off the screen."""

from __future__ import annotations

import pytest

from codex_voice.agent.draft import Draft, read_draft
from codex_voice.agent.paste import needs_space
from codex_voice.terminal.emulator import Emulator

FOOTER = ["", "  fake-model default · /project", "  ? for shortcuts"]


def composer(*rows: str, column: int, up: int = 0) -> Emulator:
    """Return a screen with some conversation, a composer of these rows, and a footer.

    Args:
        rows: The composer as it is drawn.
        column: The cursor's cell.
        up: Rows of the composer below the cursor.
    """
    emulator = Emulator(40, 16)
    lines = ["› earlier question", "", "• an answer", "", "", *rows, *FOOTER]
    emulator.feed("\r\n".join(lines).encode())
    emulator.feed(f"\x1b[{5 + len(rows) - up};{column + 1}H".encode())
    return emulator


def read(*rows: str, column: int, up: int = 0) -> Draft:
    """Return the draft of such a screen."""
    draft = read_draft(composer(*rows, column=column, up=up))
    assert draft is not None
    return draft


def test_an_empty_composer_shows_a_placeholder_behind_the_cursor() -> None:
    """The placeholder, whole or cut short, is no draft; the same words, typed, are one."""
    assert read("› Ask Codex to do anything", column=2).empty
    assert read("› Ask Codex to…", column=2).empty
    assert read("›", column=2).empty
    assert not read("› Ask Codex to do anything", column=26).empty
    assert not read("› something else", column=2).empty


def test_all_rows_up_to_the_cursor_are_the_draft() -> None:
    """Wrapped and broken lines belong to it, an overflow mark does not, nor what is above."""
    draft = read("› one two" + " " * 29 + "↑", "  three", "", "  four", column=6)
    assert [row.rstrip() for row in draft.rows] == ["one two", "three", "", "four"]
    assert draft.column == 4
    assert not draft.shell


def test_a_shell_command_is_told_from_a_message() -> None:
    """The prompt's character is the only difference."""
    assert read("! ls", column=4).shell


@pytest.mark.parametrize(
    "hide",
    [b"\x1b[?25l", b"\x1b[1;1H", b"\x1b[3;5H", b"\x1b[?2026h"],
    ids=["hidden", "outside", "in an answer", "half drawn"],
)
def test_elsewhere_there_is_no_draft(hide: bytes) -> None:
    """Without a cursor in a composer, and in the middle of a drawing, nothing can be typed."""
    emulator = composer("› draft", column=7)
    emulator.feed(hide)
    assert read_draft(emulator) is None


@pytest.mark.parametrize(
    ("row", "column", "needed"),
    [
        ("› Ask Codex to do anything", 2, False),
        ("› word", 6, True),
        ("› word", 7, False),
        ("› word", 2, False),
        ("› two words", 6, False),
        ("› 日本", 6, True),
        ("› 日本", 7, False),
        ("› e\u0301", 3, True),
    ],
)
def test_a_space_is_needed_only_behind_a_word(row: str, column: int, needed: bool) -> None:
    """At the start, and where a space has been typed, none is added."""
    assert needs_space(read(row, column=column).before, "more") is needed


def test_a_text_is_seen_however_it_is_wrapped() -> None:
    """White space and marks do not count; a long paste is seen by its placeholder."""
    draft = Draft(("Please run all of the", "tests: now!"), 11, shell=False)
    assert draft.shows("Before. Please run all of the tests, now")
    assert not draft.shows("run no tests")
    assert Draft(("[Pasted Content 1500 chars] #2",), 30, shell=False).shows("x" * 1500)
    assert not Draft(("[Pasted Content 1500 chars]",), 27, shell=False).shows("x" * 1501)


@pytest.mark.parametrize(
    "hints",
    [
        "enter submit · esc back",
        "enter/tab insert · esc close · ↑/↓ select",
        "? / esc close",
        "Type to find · full transcript · esc cancel",
        "          Vim: Normal · ⚠ 2 warnings · f2 to view",
        "          Vim: Visual",
    ],
)
def test_a_field_of_another_view_is_no_composer(hints: str) -> None:
    """The instructions of a review, a thread's name and a search have arrows and cursors too."""
    emulator = Emulator(100, 12)
    lines = ["", "  Custom review instructions", "", "› some text", "", f"  {hints}"]
    emulator.feed(("\r\n" * 6 + "\r\n".join(lines) + "\x1b[10;12H").encode())
    assert read_draft(emulator) is None


@pytest.mark.parametrize(
    "hints",
    [
        "← for agents · ? for shortcuts      ⚠ 2 warnings · f2 to view",
        "esc again to edit previous message",
        "tab to queue message",
        "Plan mode (shift+tab to cycle)",
        "Vim: Insert",
        "~/src/enter · some model",
    ],
)
def test_the_composers_own_hints_are_known(hints: str) -> None:
    """What the composer itself says about keys does not make it another view."""
    emulator = Emulator(100, 12)
    lines = ["• an answer", "", "› some text", "", "  model · /project", f"  {hints}"]
    emulator.feed(("\r\n" * 6 + "\r\n".join(lines) + "\x1b[9;12H").encode())
    draft = read_draft(emulator)
    assert draft is not None
    assert draft.before == "some text"
