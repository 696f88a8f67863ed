"""The dialog with what was said."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import OptionList

from codex_voice.recordings.entry import Entry
from codex_voice.recordings.outcomes import Outcome
from codex_voice.ui.dialogs.history import (
    HistoryAction,
    HistoryChoice,
    HistoryScreen,
    describe_entry,
)

SAID = Entry("new", 1_700_000_000.0, "Print [bold]the size.", Outcome.INSERTED, audio_seconds=2.41)
LOST = Entry("old", 1_600_000_000.0, audio_seconds=61.0)


def test_an_entry_is_one_line() -> None:
    """What was said as it was said, or that it was not recognised."""
    assert describe_entry(SAID).endswith("   2.4 s  inserted   Print [bold]the size.")
    assert describe_entry(LOST).endswith("  61.0 s  pending    (not recognised)")


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        (["enter"], HistoryChoice(HistoryAction.INSERT, SAID)),
        (["down", "enter"], HistoryChoice(HistoryAction.RETRY, LOST)),
        (["c"], HistoryChoice(HistoryAction.COPY, SAID)),
        (["down", "p"], HistoryChoice(HistoryAction.PLAY, LOST)),
        (["r"], HistoryChoice(HistoryAction.RETRY, SAID)),
        (["d"], HistoryChoice(HistoryAction.DELETE, SAID)),
        (["escape"], None),
    ],
)
async def test_a_key_says_what_is_to_be_done(keys: list[str], choice: HistoryChoice | None) -> None:
    """Enter inserts a text, and recognises where there is none."""
    app: App[None] = App()
    answers: list[HistoryChoice | None] = []
    async with app.run_test() as pilot:
        await app.push_screen(HistoryScreen([SAID, LOST]), answers.append)
        await pilot.press(*keys)
        await pilot.pause()
    assert answers == [choice]


async def test_an_empty_history_takes_no_key_for_a_choice() -> None:
    """There is nothing to delete."""
    app: App[None] = App()
    async with app.run_test(size=(100, 24)) as pilot:
        await app.push_screen(HistoryScreen([]))
        await pilot.press("d", "enter")
        assert isinstance(app.screen, HistoryScreen)
        assert app.screen.query_one(OptionList).option_count == 0
