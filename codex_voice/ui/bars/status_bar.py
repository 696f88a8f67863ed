"""The bottom row: the state of Codex, microphone and model, and how to talk."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from codex_voice.dictation.status_items import (
    PLAIN_SEPARATOR,
    SEPARATOR,
    StatusItem,
    fit_items,
    plain_text,
)


class StatusBar(Widget):
    """Shows its items in one row, as many as fit; a click on one does what it is about."""

    items: reactive[tuple[StatusItem, ...]] = reactive(())
    plain: reactive[bool] = reactive(False)
    """Whether words alone are shown, for screen readers."""

    class ItemClicked(Message):
        """A part of the bar that does something was clicked; `action` is its `StatusItem`'s."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def on_click(self, event: events.Click) -> None:
        """Report the part under the mouse."""
        end = 1
        for item in fit_items(list(self.items), self.size.width):
            start, end = end, end + len(self._text(item))
            if start <= event.x < end and item.action:
                event.stop()
                self.post_message(self.ItemClicked(item.action))
            end += len(SEPARATOR)

    def _text(self, item: StatusItem) -> str:
        return plain_text(item.text) if self.plain else item.text

    def render(self) -> Content:
        """Return the row."""
        parts: list[Content | tuple[str, str] | str] = [" "]
        for position, item in enumerate(fit_items(list(self.items), self.size.width)):
            if position:
                parts.append((PLAIN_SEPARATOR if self.plain else SEPARATOR, "dim"))
            parts.append((self._text(item), item.style))
        return Content.assemble(*parts)
