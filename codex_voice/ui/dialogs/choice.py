"""A dialog that offers choices, such as the microphones or the question before quitting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

if TYPE_CHECKING:
    from textual.app import ComposeResult

Value = TypeVar("Value")


@dataclass(frozen=True)
class Choice(Generic[Value]):
    """One row of a dialog, and the value that choosing it returns."""

    label: str
    value: Value
    disabled: bool = False


class ChoiceScreen(ModalScreen[Value | None], Generic[Value]):
    """Lists choices; returns the chosen one's value, or None on Escape."""

    BINDINGS: ClassVar = [Binding("escape,f1", "dismiss(None)", "Back", show=False)]

    def __init__(self, title: str, choices: list[Choice[Value]], explanation: str = "") -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._explanation = explanation

    def compose(self) -> ComposeResult:
        """Lay out the explanation over the list."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = self._title
            if self._explanation:
                yield Static(self._explanation, id="explanation", markup=False)
            yield OptionList(
                *(Option(choice.label, disabled=choice.disabled) for choice in self._choices),
                markup=False,
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return what was chosen."""
        self.dismiss(self._choices[event.option_index].value)
