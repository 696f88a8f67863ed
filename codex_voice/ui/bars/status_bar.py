"""The bottom row: the state of Codex, microphone and model, and how to talk."""

from __future__ import annotations

from textual.content import Content
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
    """Shows its items in one row, as many as fit."""

    items: reactive[tuple[StatusItem, ...]] = reactive(())
    plain: reactive[bool] = reactive(False)
    """Whether words alone are shown, for screen readers."""

    def render(self) -> Content:
        """Return the row."""
        parts: list[Content | tuple[str, str] | str] = [" "]
        for position, item in enumerate(fit_items(list(self.items), self.size.width)):
            if position:
                parts.append((PLAIN_SEPARATOR if self.plain else SEPARATOR, "dim"))
            parts.append((plain_text(item.text) if self.plain else item.text, item.style))
        return Content.assemble(*parts)
