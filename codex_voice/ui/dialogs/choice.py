"""A dialog that offers choices, such as the microphones or the question before quitting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from codex_voice.ui.dialogs.dialog import Dialog, list_rows
from codex_voice.ui.dialogs.dialog_list import DialogList

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

Value = TypeVar("Value")

HINTS = "↑↓ choose · Enter take · Esc close"
CURRENT_MARK = "● "
_NO_MARK = "  "


@dataclass(frozen=True)
class Choice(Generic[Value]):
    """One row of a dialog, and the value that choosing it returns.

    Attributes:
        label: What the row says.
        value: What choosing it returns.
        disabled: Whether it cannot be chosen.
        current: Whether it is what holds now; its row is marked and chosen at first.
    """

    label: str
    value: Value
    disabled: bool = False
    current: bool = False


class ChoiceScreen(Dialog[Value], Generic[Value]):
    """Lists choices; returns the chosen one's value, or None on Escape."""

    def __init__(self, title: str, choices: list[Choice[Value]], explanation: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._explanation = explanation

    def compose(self) -> ComposeResult:
        """Lay out the explanation over the list."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = HINTS
            if self._explanation:
                yield Static(self._explanation, id="explanation", markup=False)
            yield DialogList(
                *(
                    Option(self._label(choice), disabled=choice.disabled)
                    for choice in self._choices
                ),
                markup=False,
                compact=True,
            )

    def on_mount(self) -> None:
        """Stand on the current value."""
        current = (index for index, choice in enumerate(self._choices) if choice.current)
        self.query_one(OptionList).highlighted = next(current, 0)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the list to the screen."""
        lines = self._explanation.count("\n") + 2 if self._explanation else 0
        height = list_rows(len(self._choices), event.size.height, lines)
        self.query_one(OptionList).styles.max_height = height

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return what was chosen."""
        self.dismiss(self._choices[event.option_index].value)

    def _label(self, choice: Choice[Value]) -> str:
        if not any(other.current for other in self._choices):
            return choice.label
        return (CURRENT_MARK if choice.current else _NO_MARK) + choice.label
