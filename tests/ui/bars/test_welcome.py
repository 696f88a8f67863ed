"""The welcome of practice mode."""

from __future__ import annotations

import pytest

from codex_voice.config.schema import KeysConfig
from codex_voice.ui.bars.welcome import Step, Welcome, last_words
from tests.ui.dialogs.conftest import DialogApp


@pytest.mark.parametrize(("rows", "shown"), [(24, True), (14, False)])
async def test_the_welcome_is_there_only_where_there_is_room(rows: int, shown: bool) -> None:
    """On a low screen the rows are Codex's."""
    app = DialogApp()
    async with app.run_test(size=(80, rows)) as pilot:
        await app.mount(Welcome())
        await pilot.pause()
        assert any("Welcome." in line for line in app.lines()) is shown


async def test_steps_are_ticked_off_until_the_welcome_goes() -> None:
    """The configured keys are named; the last step says that it was the last, once."""
    app = DialogApp()
    async with app.run_test(size=(80, 24)) as pilot:
        welcome = Welcome()
        await app.mount(welcome)
        welcome.keys = KeysConfig(menu="f9")
        assert not welcome.finish_step(Step.HEAR)
        assert not welcome.finish_step(Step.HEAR)
        await pilot.pause()
        lines = [line.strip() for line in app.lines()]
        assert any(line.startswith("✓  F2 ") for line in lines)
        assert any(line.startswith("3  F9 ") for line in lines)
        assert not welcome.finish_step(Step.EXPLORE)
        assert welcome.finish_step(Step.SEND)
        assert not welcome.finish_step(Step.SEND)
        await pilot.pause()
        assert not any("Welcome." in line for line in app.lines())


def test_the_last_words_lead_to_the_real_thing() -> None:
    """To Codex where it was found, else to what gets it."""
    assert "Leave practice mode" in last_words(codex_found=True)
    assert "codex-voice init" in last_words(codex_found=False)
