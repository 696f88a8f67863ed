"""What the screen shows of Codex's state."""

from __future__ import annotations

import pytest

from codex_voice.agent.state import CodexState
from codex_voice.agent.visible_state import visible_state
from codex_voice.terminal.emulator import Emulator

STATUS_LINE = "  gpt-5 high · /home/me/project"
PROMPT = """\
  Would you like to run the following command?

  $ touch approved

› 1. Yes, proceed (y)
  2. No, and tell Codex what to do differently (esc)

  Press enter to confirm or esc to cancel"""
LIST = """\
  Select a model

› 1. one
  2. two

  Press enter to confirm or esc to go back"""


def screen_with(text: str, *, draft: str = "", footer: str = STATUS_LINE) -> Emulator:
    """Return a screen with a conversation, and a composer below it with the cursor in it."""
    emulator = Emulator(100, 24)
    rows = [*text.splitlines(), "", f"› {draft}", "", footer]
    emulator.feed("\r\n".join(rows).encode())
    emulator.feed(f"\x1b[{len(rows) - 2};{3 + len(draft)}H".encode())
    return emulator


def screen_without_composer(text: str) -> Emulator:
    """Return a screen with a hidden cursor."""
    emulator = Emulator(100, 24)
    emulator.feed(b"\x1b[?25l" + text.replace("\n", "\r\n").encode())
    return emulator


@pytest.mark.parametrize(
    "row",
    [
        "• Working (0s • esc to interrupt)",
        "◦ Working (1m 02s • esc to interrupt)",
        "• Searching the web (1h 00m 03s • ctrl+c to interrupt)",
        "• Working (7s • esc to interrupt)\n\n• Queued follow-up inputs\n  ↳ another thing",
    ],
)
def test_the_row_above_the_composer_says_that_codex_works(row: str) -> None:
    """Its blinking bullet, its words, the time and the key may differ."""
    assert visible_state(screen_with(f"• Ran ls\n\n{row}"), started=True) is CodexState.WORKING


@pytest.mark.parametrize(
    "row",
    [
        "• All is done.",
        "  • Working (0s • esc to interrupt)",
        "• Working (0s • esc to interrupt)\n\n• That was the row that you asked about.",
        "› Working (0s • esc to interrupt)",
    ],
)
def test_a_conversation_about_work_is_none(row: str) -> None:
    """Only the last row of its own above the composer counts."""
    assert visible_state(screen_with(row), started=True) is CodexState.IDLE


@pytest.mark.parametrize(
    "footer",
    ["  ? for shortcuts", "  ← for agents · ? for shortcuts   ⚠ 1 warning · f2 to view", ""],
)
def test_a_composer_that_is_not_connected_yet_does_not_count(footer: str) -> None:
    """Until Codex has shown its status line, what is typed is forgotten."""
    assert visible_state(screen_with("", footer=footer), started=False) is None
    assert visible_state(screen_with("", draft="said", footer=footer), started=False) is None
    assert visible_state(screen_with(""), started=False) is CodexState.IDLE


def test_an_approval_blocks_and_a_list_says_nothing() -> None:
    """A list to choose from is no question of Codex's."""
    assert visible_state(screen_without_composer(PROMPT), started=False) is CodexState.BLOCKED
    assert visible_state(screen_without_composer(LIST), started=True) is None
    assert visible_state(screen_without_composer("a shell"), started=True) is None
