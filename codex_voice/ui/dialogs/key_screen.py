"""A dialog in which a key is chosen by pressing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.widgets import Static

from codex_voice.key_names import MODIFIER_KEYS, can_be_reserved, canonical_name, find_fault
from codex_voice.terminal.key_labels import describe_key
from codex_voice.ui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from codex_voice.terminal.keys import KeyPress

CODEX_KEYS: Mapping[str, str] = {
    "ctrl+c": "clears the draft, and ends Codex",
    "ctrl+d": "ends Codex",
    "ctrl+j": "begins a new line",
    "ctrl+r": "searches the prompts",
    "ctrl+t": "shows the transcript",
    "ctrl+u": "deletes a line",
    "ctrl+k": "deletes the rest of a line",
    "ctrl+w": "deletes a word",
    "ctrl+a": "goes to the start of a line",
    "ctrl+e": "goes to the end of a line",
    "ctrl+v": "pastes an image",
    "ctrl+z": "suspends",
    "f3": "searches the transcript",
}
"""Keys of Codex that it would never see again, and what they do there."""

ASK = "Press the new key. Good ones are F1 to F12, Ctrl-Space and Right Ctrl."


def find_conflict(name: str, others: Mapping[str, str]) -> str:
    """Return why a key should not be chosen; "" where it can be.

    Args:
        name: Its canonical name.
        others: Our other keys by what they are called.
    """
    label = describe_key(name)
    for purpose, other in others.items():
        if name == other:
            return f"{label} is the {purpose.lower()} already."
    if name in CODEX_KEYS:
        return f"{label} is Codex's own: there it {CODEX_KEYS[name]}."
    if find_fault(name) or not can_be_reserved(name):
        return f"{label} is needed for typing. Take it with Ctrl or Alt, or a function key."
    return ""


class KeyScreen(Dialog[str]):
    """Returns the canonical name of the key that is pressed, or None on Escape.

    Args:
        title: What the key is for.
        others: Our other keys by what they are called, which it may not be.
    """

    def __init__(self, title: str, others: Mapping[str, str]) -> None:
        super().__init__()
        self._title = title
        self._others = others

    def compose(self) -> ComposeResult:
        """Lay out the question over the reason why a key was refused."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = "Esc keeps the present key"
            yield Static(ASK, markup=False)
            yield Static("", id="refusal", markup=False)

    def receive_key(self, key: KeyPress) -> bool:
        """Handle a key as the terminal reports it; return whether it was handled.

        A modifier is chosen when it goes up without another key after it.
        """
        if key.name == "escape" or key.action == "repeat":
            return False
        if (key.action == "release") != (key.name in MODIFIER_KEYS):
            return True
        self._choose(key.name)
        return True

    def on_key(self, event: events.Key) -> None:
        """Handle a key that came through Textual."""
        event.stop()
        self._choose(canonical_name(event.key))

    def _choose(self, name: str) -> None:
        conflict = find_conflict(name, self._others)
        if conflict:
            self.query_one("#refusal", Static).update(conflict)
        else:
            self.dismiss(name)
