"""The history: every recording, the newest first, and what can be done with it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from codex_voice.recordings.entry import Entry
from codex_voice.ui.dialogs.dialog import Dialog
from codex_voice.ui.dialogs.dialog_list import DialogList

HINTS = "Enter insert · c copy · r recognise again · p play · d delete · Esc close"


class HistoryAction(Enum):
    """What to do with an entry."""

    INSERT = "insert"
    COPY = "copy"
    RETRY = "retry"
    PLAY = "play"
    DELETE = "delete"


@dataclass(frozen=True)
class HistoryChoice:
    """An entry, and what to do with it."""

    action: HistoryAction
    entry: Entry


def describe_entry(entry: Entry) -> str:
    """Return one line about an entry: time, length, outcome and text."""
    when = time.strftime("%d %b %H:%M", time.localtime(entry.started_at))
    text = entry.shown or "(not recognised)"
    return f"{when}  {entry.audio_seconds:4.1f} s  {entry.outcome:9}  {text}"


class HistoryScreen(Dialog[HistoryChoice]):
    """Lists entries; returns one and what to do with it, or None on Escape."""

    BINDINGS: ClassVar = [
        Binding("c", "choose('copy')", "Copy", show=False),
        Binding("r", "choose('retry')", "Recognise again", show=False),
        Binding("p", "choose('play')", "Play", show=False),
        Binding("d", "choose('delete')", "Delete", show=False),
    ]

    def __init__(self, entries: list[Entry], position: int = 0) -> None:
        """Show entries; the one at the position is chosen at first."""
        super().__init__()
        self._entries = entries
        self._position = position

    def compose(self) -> ComposeResult:
        """Lay the entries over the key hints."""
        with Vertical(id="dialog", classes="wide") as dialog:
            dialog.border_title = "History"
            dialog.border_subtitle = HINTS if self._entries else "Esc close"
            yield DialogList(*map(describe_entry, self._entries), markup=False, compact=True)
            if not self._entries:
                yield Static("Nothing has been recorded yet.", markup=False)

    def on_mount(self) -> None:
        """Stand on the entry that was chosen before."""
        if self._entries:
            position = min(self._position, len(self._entries) - 1)
            self.query_one(OptionList).highlighted = position

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Insert the text of the entry, or recognise it if it has none."""
        entry = self._entries[event.option_index]
        action = HistoryAction.INSERT if entry.text else HistoryAction.RETRY
        self.dismiss(HistoryChoice(action, entry))

    def action_choose(self, action: str) -> None:
        """Return the chosen entry with an action."""
        position = self.query_one(OptionList).highlighted
        if position is not None:
            self.dismiss(HistoryChoice(HistoryAction(action), self._entries[position]))
