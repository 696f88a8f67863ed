"""A dialog that asks for one line of text."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from codex_voice.ui.dialogs.dialog import Dialog


class QuestionScreen(Dialog[str]):
    """Returns what was typed, or None on Escape."""

    def __init__(self, title: str, placeholder: str) -> None:
        super().__init__()
        self._title = title
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = self._title
            yield Input(placeholder=self._placeholder, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the line."""
        self.dismiss(event.value)
