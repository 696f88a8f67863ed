"""The command palette: searched by typing, used at any size."""

from __future__ import annotations

import pytest

from codex_voice.ui.dialogs.palette import Action, PaletteScreen, format_action, search_actions
from tests.ui.dialogs.conftest import DialogApp


async def nothing() -> None:
    """Do nothing."""


LISTEN = Action("Start listening", nothing, key="Ctrl-Space", group="voice")
MICROPHONE = Action("Microphone", nothing, value="USB Audio", group="voice")
QUIT = Action("Quit", nothing, phrase="exit", group="app")
RESTART = Action("Restart Codex", nothing, group="app")
ACTIONS = [LISTEN, MICROPHONE, RESTART, QUIT]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("quit", QUIT),
        ("exit", QUIT),
        ("usb", MICROPHONE),
        ("ctrl", LISTEN),
        ("rcod", RESTART),
    ],
)
def test_label_value_key_and_phrase_are_searched(query: str, first: Action) -> None:
    """Whatever of a row one remembers finds it, also letters left out."""
    assert search_actions(query, ACTIONS)[0] is first


def test_nothing_typed_lists_everything_and_nonsense_nothing() -> None:
    """The order of the menu stays until one searches."""
    assert search_actions("  ", ACTIONS) is ACTIONS
    assert search_actions("zzz", ACTIONS) == []


def test_a_match_in_the_label_goes_first() -> None:
    """The value of another action does not come before the action itself."""
    other = Action("Speech model", nothing, value="quit.en")
    assert search_actions("quit", [other, QUIT]) == [QUIT, other]


def test_a_row_gives_up_the_phrase_then_the_key_then_the_value() -> None:
    """What the action is stays to the last."""
    action = Action("Send", nothing, value="a draft", key="F3", phrase="send it")
    rows = [format_action(action, width).plain for width in (40, 20, 15, 8)]
    assert rows[0].startswith("Send  a draft ")
    assert rows[0].endswith("“send it”  F3")
    assert rows[1] == "Send  a draft     F3"
    assert rows[2:] == ["Send  a draft  ", "Send  a…"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12), (10, 3)])
async def test_an_action_is_found_and_returned_at_any_size(size: tuple[int, int]) -> None:
    """Three letters and Enter run an action, also in the smallest terminal."""
    app = DialogApp()
    async with app.run_test(size=size) as pilot:
        await app.ask(PaletteScreen("codex-voice", ACTIONS))
        await pilot.pause()
        assert any(line.strip("│ ").startswith("Star") for line in app.lines())
        await pilot.press("q", "u", "i")
        await pilot.pause()
        assert any("Quit" in line for line in app.lines())
        await pilot.press("enter")
        await pilot.pause()
    assert app.answers == [QUIT]


async def test_arrows_move_while_the_search_has_the_keys() -> None:
    """Down and Enter choose the second action, Up goes back."""
    app = DialogApp()
    async with app.run_test() as pilot:
        await app.ask(PaletteScreen("codex-voice", ACTIONS))
        await pilot.press("down", "down", "up", "enter")
        await pilot.pause()
    assert app.answers == [MICROPHONE]


async def test_what_cannot_be_done_says_why_and_is_not_returned() -> None:
    """Enter on such a row does nothing, and the dialog stays."""
    app = DialogApp()
    off = Action("Start listening", nothing, unavailable="voice is off")
    async with app.run_test() as pilot:
        await app.ask(PaletteScreen("codex-voice", [off]))
        await pilot.press("enter")
        await pilot.pause()
        assert any("Start listening  voice is off" in line for line in app.lines())
        await pilot.press("z", "enter")
        await pilot.pause()
        assert any("Nothing matches." in line for line in app.lines())
    assert app.answers == []
