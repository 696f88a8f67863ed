"""The list in a dialog, whose chosen row is seen without colours too."""

from __future__ import annotations

from textual.style import Style
from textual.widgets import OptionList


class DialogList(OptionList):
    """An `OptionList` that reverses the chosen row under NO_COLOR.

    Textual leaves `text-style: reverse` out of the styles it makes for the rows of a list, so the
    style sheet alone cannot do it.
    """

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Return the style of a row."""
        style = super().get_visual_style(*component_classes, partial=partial)
        if self.app.no_color and "option-list--option-highlighted" in component_classes:
            style += Style(reverse=True)
        return style
