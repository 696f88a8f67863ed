"""What is shown of copying and pasting."""

from __future__ import annotations

import pytest

from codex_voice.ui.pane.clipboard_lines import ClipboardMessage, clipboard_line
from codex_voice.ui.pane.terminal_pane import TerminalPane

LINES: dict[str, tuple[ClipboardMessage, str]] = {
    "terminal": (TerminalPane.Copied("abc"), "Sent 3 characters to the terminal's clipboard."),
    "tmux": (
        TerminalPane.Copied("abc", to_tmux=True),
        "Copied 3 characters to tmux's buffer, which offers it to the clipboard.",
    ),
    "too long": (
        TerminalPane.NotCopied("abc"),
        "Not copied: 3 characters are too many for the terminal.",
    ),
    "refused": (
        TerminalPane.CopyRefused("abc"),
        "Codex wanted to copy 3 characters: [ui] clipboard = true allows it.",
    ),
    "paste": (
        TerminalPane.PasteRefused(5000),
        "Codex is not reading: a paste of 5000 bytes was not passed on.",
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_each_ending_has_a_line(case: str) -> None:
    """It names the size, and never claims more than is known."""
    message, line = LINES[case]
    assert clipboard_line(message) == line
