"""One row at the bottom: the truth about Codex, microphone, model and how to talk."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True)
class Item:
    """A part of the bar.

    Attributes:
        text: What it says.
        style: A Textual style such as "$success".
        weight: Parts with the least weight go first where the terminal is narrow.
    """

    text: str
    style: str = ""
    weight: int = 0


SEPARATOR = " │ "


def fit(items: list[Item], width: int) -> list[Item]:
    """Leave out the least weighty items until the rest fits into a width in columns."""
    kept = [item for item in items if item.text]
    while len(kept) > 1:
        # A column of margin at either end.
        needed = sum(len(item.text) for item in kept) + len(SEPARATOR) * (len(kept) - 1) + 2
        if needed <= width:
            break
        kept.remove(min(kept, key=lambda item: item.weight))
    return kept


class StatusBar(Widget):
    """Shows its items in one row, as many as fit."""

    items: reactive[tuple[Item, ...]] = reactive(())

    def render(self) -> Content:
        """Return the row."""
        parts: list[Content | tuple[str, str] | str] = [" "]
        for position, item in enumerate(fit(list(self.items), self.size.width)):
            if position:
                parts.append((SEPARATOR, "dim"))
            parts.append((item.text, item.style))
        return Content.assemble(*parts)
