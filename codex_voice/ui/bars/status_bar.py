"""The bottom row: the state of Codex, microphone and model, and how to talk."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from codex_voice.dictation.status_items import SEPARATOR, StatusItem, fit_items


class StatusBar(Widget):
    """Shows its items in one row, as many as fit."""

    items: reactive[tuple[StatusItem, ...]] = reactive(())

    def render(self) -> Content:
        """Return the row."""
        parts: list[Content | tuple[str, str] | str] = [" "]
        for position, item in enumerate(fit_items(list(self.items), self.size.width)):
            if position:
                parts.append((SEPARATOR, "dim"))
            parts.append((item.text, item.style))
        return Content.assemble(*parts)
