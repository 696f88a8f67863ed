"""The smallest screens: Codex keeps a row, and the menu its lines."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import MENU_KEY, Start
from tests.support.virtual_mic import VirtualMic

pytestmark = [pytest.mark.codex, pytest.mark.microphone]


async def test_nothing_of_ours_takes_the_last_row(start: Start) -> None:
    """At 10 x 3 one row is left to Codex, the menu can be used, and all is there afterwards."""
    person = await start("--practice", environment=VirtualMic.no_device_environment())
    terminal = person.terminal
    await person.sees("▌ no microphone")
    terminal.resize(10, 3)
    await terminal.until(
        lambda: [line[:1] == "▌" for line in terminal.emulator.lines()] == [False, True, False],
        "a row for Codex",
    )
    person.press(MENU_KEY)
    await person.sees("Start")
    person.press(MENU_KEY)
    await terminal.until(lambda: "Start" not in terminal.text(), "no menu")
    terminal.resize(100, 30)
    await person.sees("Ask Codex to do anything")
    await person.sees("F1 menu")
