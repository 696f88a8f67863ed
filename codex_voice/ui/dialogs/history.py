"""The history: every recording, the newest first, and what can be done with it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from codex_voice.recordings.entry import Entry

KEYS = "enter insert · c copy · r recognise again · p play · d delete · esc back"


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
    text = entry.text or "(not recognised)"
    return f"{when}  {entry.audio_seconds:4.1f} s  {entry.outcome or 'lost':9}  {text}"


class HistoryScreen(ModalScreen[HistoryChoice | None]):
    """Lists entries; returns one and what to do with it, or None on Escape."""

    BINDINGS: ClassVar = [
        Binding("escape,f1", "dismiss(None)", "Back", show=False),
        Binding("c", "choose('copy')", "Copy", show=False),
        Binding("r", "choose('retry')", "Recognise again", show=False),
        Binding("p", "choose('play')", "Play", show=False),
        Binding("d", "choose('delete')", "Delete", show=False),
    ]

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self._entries = entries

    def compose(self) -> ComposeResult:
        """Lay the entries over the keys."""
        with Vertical(id="dialog", classes="wide") as dialog:
            dialog.border_title = "History"
            yield OptionList(*map(describe_entry, self._entries), markup=False)
            yield Static(KEYS if self._entries else "Nothing has been kept yet.", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Insert the text of the entry, or recognise it if it has none."""
        entry = self._entries[event.option_index]
        action = HistoryAction.INSERT if entry.text else HistoryAction.RETRY
        self.dismiss(HistoryChoice(action, entry))

    def action_choose(self, action: str) -> None:
        """Return the highlighted entry with an action."""
        position = self.query_one(OptionList).highlighted
        if position is not None:
            self.dismiss(HistoryChoice(HistoryAction(action), self._entries[position]))
