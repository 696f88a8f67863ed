"""The screen of the hosted program, as far as this package looks at it."""

from __future__ import annotations

from typing import Protocol

BRACKETED_PASTE = 2004
"""DEC private mode: the program tells pasted text from typed keys."""


class VisibleCursor(Protocol):
    """A zero-based cell, and whether the cursor is shown there."""

    @property
    def column(self) -> int:
        """The column."""

    @property
    def row(self) -> int:
        """The row."""

    @property
    def visible(self) -> bool:
        """Whether the program shows its cursor."""


class Screen(Protocol):
    """What a terminal emulator knows of the active screen."""

    @property
    def columns(self) -> int:
        """Width in cells."""

    @property
    def held(self) -> bool:
        """Whether the program is in the middle of drawing (synchronized output)."""

    @property
    def cursor(self) -> VisibleCursor:
        """The cursor."""

    @property
    def alternate_screen(self) -> bool:
        """Whether the alternate screen, which has no scrollback, is shown."""

    @property
    def mouse_tracking(self) -> bool:
        """Whether the program asked for mouse reports."""

    def lines(self) -> list[str]:
        """Return the text of every row, without trailing blanks."""

    def mode(self, number: int) -> bool:
        """Return whether a DEC private mode is on."""
