"""What every dialog does: Escape, the menu key and a click beside it close it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.screen import ModalScreen, Screen

if TYPE_CHECKING:
    from textual import events

DialogResult = TypeVar("DialogResult")
Answer = TypeVar("Answer")

SMALL_ROWS = 8
"""On screens of fewer rows dialogs have no frame: there is no room for it."""

CLOSE_BINDING = "dialog.close"
"""The id under which the application adds its menu key, see `close_keymap`."""


class DialogHost(Protocol):
    """Whoever shows dialogs: the application."""

    async def show(self, screen: Screen[Answer]) -> Answer | None:
        """Show a dialog and return its answer."""

    def show_message(self, text: str) -> None:
        """Show one line."""

    def show_progress(self, text: str) -> None:
        """Show how far something has come that goes on meanwhile; "" when it has ended."""


def close_keymap(menu_key: str) -> dict[str, str]:
    """Return the keymap for `App.set_keymap` that lets the menu key close dialogs too.

    Args:
        menu_key: The key as Textual names it, such as "f1".
    """
    return {CLOSE_BINDING: f"escape,{menu_key}"}


def list_rows(wanted: int, screen_rows: int, other_rows: int = 0) -> int:
    """Return the height of a dialog's list, so that the dialog fits on the screen.

    Args:
        wanted: Rows that the whole list takes.
        screen_rows: The height of the screen.
        other_rows: What stands beside the list in the dialog.
    """
    frame = 0 if screen_rows < SMALL_ROWS else 2 + screen_rows // 10
    return max(1, min(wanted, screen_rows - frame - other_rows))


class Dialog(ModalScreen[DialogResult | None], Generic[DialogResult]):
    """Returns its result, or None when it is closed without one."""

    # Priority: a text field must not take the key for an editing command of its own.
    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Close", show=False, priority=True, id=CLOSE_BINDING)
    ]

    def dismiss(self, result: DialogResult | None = None) -> AwaitComplete:
        """Close once: Enter, Escape and a click may all come before the first has closed it."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def on_click(self, event: events.Click) -> None:
        """Close on a click beside the dialog."""
        if event.widget is self:
            event.stop()
            self.dismiss(None)
