"""What the user is shown of copying and pasting in the pane, in one line each."""

from __future__ import annotations

from typing import TypeAlias

from codex_voice.ui.pane.terminal_pane import TerminalPane

ClipboardMessage: TypeAlias = (
    TerminalPane.Copied
    | TerminalPane.NotCopied
    | TerminalPane.CopyRefused
    | TerminalPane.PasteRefused
)


def clipboard_line(message: ClipboardMessage) -> str:
    """Return what became of a selection, of a copy by Codex, or of a paste."""
    match message:
        case TerminalPane.Copied(text=text, to_tmux=True):
            return (
                f"Copied {len(text)} characters to tmux's buffer, which offers it to the clipboard."
            )
        case TerminalPane.Copied(text=text):
            return f"Sent {len(text)} characters to the terminal's clipboard."
        case TerminalPane.NotCopied(text=text):
            return f"Not copied: {len(text)} characters are too many for the terminal."
        case TerminalPane.CopyRefused(text=text):
            return f"Codex wanted to copy {len(text)} characters: [ui] clipboard = true allows it."
        case TerminalPane.PasteRefused(size=size):
            return f"Codex is not reading: a paste of {size} bytes was not passed on."
