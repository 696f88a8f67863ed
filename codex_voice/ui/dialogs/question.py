"""A dialog that asks for one line of text."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from codex_voice.ui.dialogs.dialog import Dialog


class QuestionScreen(Dialog[str]):
    """Returns what was typed, or None on Escape."""

    def __init__(self, title: str, explanation: str, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._explanation = explanation
        self._value = value

    def compose(self) -> ComposeResult:
        """Lay out the line."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "Enter take · Esc close"
            yield Static(self._explanation, id="explanation", markup=False)
            yield Input(self._value, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the line."""
        self.dismiss(event.value)
