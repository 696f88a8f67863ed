"""A dialog that asks for one line of text."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input


class QuestionScreen(ModalScreen[str | None]):
    """Returns what was typed, or None on Escape."""

    BINDINGS: ClassVar = [Binding("escape,f1", "dismiss(None)", "Back", show=False)]

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
