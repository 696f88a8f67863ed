"""The help screen names every command, and says what is off and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codex_voice.config.schema import Config, VoiceConfig
from codex_voice.language.registry import COMMANDS, Command
from codex_voice.ui.dialogs.command_help import OFF, SPEAK, command_help, command_rows, why_off
from tests.ui.dialogs.conftest import DialogApp


def test_every_command_has_a_row_with_its_configured_key() -> None:
    """A new command is in the help by being in the registry."""
    rows = command_rows(replace(Config(), keys=replace(Config().keys, talk="f5")))
    assert len(rows) == len(COMMANDS)
    assert all(row.label and row.value for row in rows)
    assert {row.key for row in rows} >= {"F5", "Enter"}


@pytest.mark.parametrize(
    ("command", "voice", "reason"),
    [
        (Command.APPROVE, VoiceConfig(), "off: Settings, Spoken approvals"),
        (Command.APPROVE, VoiceConfig(approvals=True), ""),
        (Command.SLEEP, VoiceConfig(), "in wake-word mode"),
        (Command.SLEEP, VoiceConfig(mode="wake_word"), ""),
        (Command.MUTE, VoiceConfig(), "in hands-free and wake-word mode"),
        (Command.MUTE, VoiceConfig(mode="hands_free"), ""),
        (Command.SEND, VoiceConfig(), ""),
    ],
)
def test_what_is_off_says_why(command: Command, voice: VoiceConfig, reason: str) -> None:
    """One reads how it is turned on."""
    assert why_off(command, replace(Config(), voice=voice)) == reason


@pytest.mark.parametrize(("voice", "line"), [(True, SPEAK), (False, OFF)])
async def test_the_help_says_whether_one_can_speak_at_all(voice: bool, line: str) -> None:
    """Under --no-voice the list does not promise anything."""
    app = DialogApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.ask(command_help(Config(), voice=voice))
        await pilot.pause()
        assert any(line in row for row in app.lines())
        await pilot.press(*"approve")
        await pilot.pause()
        assert any("off: Settings, Spoken approvals" in row for row in app.lines())
