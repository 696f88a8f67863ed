"""What closes a dialog, and how much room its list has."""

from __future__ import annotations

import pytest

from codex_voice.ui.dialogs.choice import Choice, ChoiceScreen
from codex_voice.ui.dialogs.dialog import list_rows
from codex_voice.ui.dialogs.palette import Action, PaletteScreen
from codex_voice.ui.dialogs.question import QuestionScreen
from codex_voice.ui.input_routing import textual_key_name
from tests.ui.dialogs.conftest import DialogApp


async def nothing() -> None:
    """Do nothing."""


@pytest.mark.parametrize("key", ["escape", "f9"])
@pytest.mark.parametrize("dialog", ["choice", "palette", "question"])
async def test_escape_and_the_configured_menu_key_close(dialog: str, key: str) -> None:
    """The key that opens the menu closes what it opened, also out of a text field."""
    app = DialogApp()
    async with app.run_test() as pilot:
        if dialog == "choice":
            await app.ask(ChoiceScreen("Model", [Choice("one", 1)]))
        elif dialog == "palette":
            await app.ask(PaletteScreen("Menu", [Action("one", nothing)]))
        else:
            await app.ask(QuestionScreen("Search", "text"))
        await pilot.press("f1")
        await pilot.pause()
        assert len(app.screen_stack) == 2, "F1 is not the menu key here"
        await pilot.press(key)
        await pilot.pause()
    assert app.answers == [None]


async def test_a_click_beside_the_dialog_closes_it_and_one_inside_does_not() -> None:
    """As everywhere else."""
    app = DialogApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(ChoiceScreen("Model", [Choice("one", 1), Choice("two", 2)], "Which one?"))
        await pilot.pause()
        await pilot.click("#explanation")
        await pilot.pause()
        assert app.answers == []
        await pilot.click(offset=(1, 1))
        await pilot.pause()
    assert app.answers == [None]


async def test_a_dialog_that_is_closed_twice_closes_nothing_else() -> None:
    """Escape right behind Enter: the first counts, and what lies beneath stays."""
    app = DialogApp()
    async with app.run_test() as pilot:
        await app.ask(ChoiceScreen("Beneath", [Choice("one", 1)]))
        await app.ask(ChoiceScreen("Above", [Choice("two", 2)]))
        above = app.screen
        above.dismiss(2)
        above.dismiss(None)
        await pilot.pause()
        assert app.answers == [2]
        assert len(app.screen_stack) == 2
        app.screen.dismiss(1)
        above.dismiss(None)
        await pilot.pause()
        assert app.answers == [2, 1]
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize(
    ("wanted", "screen_rows", "other_rows", "rows"),
    [(5, 24, 2, 5), (40, 24, 2, 18), (40, 12, 2, 7), (40, 3, 1, 2), (5, 1, 1, 1)],
)
def test_a_list_leaves_room_for_the_frame(
    wanted: int, screen_rows: int, other_rows: int, rows: int
) -> None:
    """A tenth of the screen and the frame stay free, where there is a frame."""
    assert list_rows(wanted, screen_rows, other_rows) == rows


async def test_the_current_value_is_marked_and_chosen_at_first() -> None:
    """Enter without a move changes nothing."""
    app = DialogApp()
    choices = [Choice("one", 1), Choice("two", 2, current=True)]
    async with app.run_test() as pilot:
        await app.ask(ChoiceScreen("Model", choices))
        await pilot.pause()
        rows = [line.strip("│ ") for line in app.lines() if "one" in line or "two" in line]
        assert rows == ["one", "● two"]
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [2]


async def test_the_chosen_row_is_seen_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR leaves it reversed."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = DialogApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(ChoiceScreen("Model", [Choice("one", 1), Choice("two", 2)]))
        await pilot.press("down")
        await pilot.pause()
        reversed_text = "".join(
            segment.text
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.reverse
        )
    assert reversed_text.strip() == "two"


@pytest.mark.parametrize(
    ("key", "name"), [("f1", "f1"), ("ctrl+k", "ctrl+k"), ("ctrl+/", "ctrl+slash")]
)
def test_the_menu_key_is_named_as_textual_names_it(key: str, name: str) -> None:
    """Any key that can be configured can be bound."""
    assert textual_key_name(key) == name
