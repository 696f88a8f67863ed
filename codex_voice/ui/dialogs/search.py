"""The search bar: one row at the bottom, with the matches marked in the pane above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Static

from codex_voice.ui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from codex_voice.ui.pane.terminal_pane import TerminalPane

_HELP = "↑ earlier  ↓ later  Esc close"


class SearchScreen(Dialog[None]):
    """Searches while one types, from the newest line back.

    A program on the alternate screen keeps what scrolled by to itself, so only what is on the
    screen is searched there, and the bar says so.

    Args:
        pane: What is searched.
    """

    DEFAULT_CSS = """
    SearchScreen { align: left bottom; background: transparent; }
    SearchScreen #search { dock: bottom; height: 1; background: $background; }
    SearchScreen Static { width: auto; }
    SearchScreen #search-label { padding: 0 1 0 0; }
    SearchScreen Input { width: 1fr; background: $background; }
    SearchScreen #search-found { padding: 0 1; }
    SearchScreen #search-help { color: $text-muted; }
    """
    BINDINGS: ClassVar = [
        Binding("up", "show(1)", "Earlier", show=False, priority=True),
        Binding("down", "show(-1)", "Later", show=False, priority=True),
    ]

    def __init__(self, pane: TerminalPane) -> None:
        super().__init__()
        self._pane = pane
        self._text = ""
        self._count = 0
        # The newest match is the first.
        self._number = 0

    def compose(self) -> ComposeResult:
        """Lay out the row."""
        screen_only = self._pane.emulator.alternate_screen
        with Horizontal(id="search"):
            yield Static("Search this screen:" if screen_only else "Search:", id="search-label")
            yield Input(compact=True)
            yield Static("", id="search-found")
            yield Static(_HELP, id="search-help")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the newest match of what stands there now."""
        self._search(event.value, 1)

    def on_input_submitted(self) -> None:
        """Show the next earlier match."""
        self.action_show(1)

    def action_show(self, step: int) -> None:
        """Show another match; the one after the oldest is the newest again.

        Args:
            step: 1 is the next earlier one, -1 the next later one.
        """
        if self._count:
            self._search(self._text, (self._number - 1 + step) % self._count + 1)

    def on_resize(self, _event: events.Resize) -> None:
        """Mark the match where it is now: lines are wrapped elsewhere."""
        # The pane is laid out and the lines are wrapped only after this.
        self.call_after_refresh(lambda: self._search(self._text, self._number))

    def on_unmount(self) -> None:
        """Remove the marks of the search."""
        self._pane.clear_search()

    def _search(self, text: str, number: int) -> None:
        self._text = text
        self._pane.clear_search()
        self._count = self._pane.find(text) if text else 0
        self._number = min(number, self._count)
        for _ in range(self._number):
            self._pane.find_next()
        found = f"{self._number} of {self._count}" if self._count else "nothing found"
        self.query_one("#search-found", Static).update(found if text else "")
