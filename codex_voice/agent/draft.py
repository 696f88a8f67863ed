"""What stands in Codex's composer, read from the screen."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from codex_voice.agent.screen import Screen

# What an empty composer shows, with the cursor before it.
_PLACEHOLDERS = ("Ask Codex to do anything", "Ask a follow-up question")
_INDENT = 2
# Shows at the right edge that a long draft goes on above or below.
_OVERFLOW_MARKS = "↑↓"
_FINGERPRINT_LENGTH = 24


@dataclass(frozen=True)
class Draft:
    """The composer's text up to and with the cursor's row.

    Attributes:
        rows: The rows without their indentation; the first may not be the draft's first.
        column: The cursor's cell in the last row, counted from the indentation.
        shell: Whether it is a command for the shell (`!`), which Codex would run unasked.
    """

    rows: tuple[str, ...]
    column: int
    shell: bool

    @property
    def empty(self) -> bool:
        """Whether nothing has been typed."""
        if len(self.rows) > 1 or self.column > 0:
            return False
        shown = self.rows[0].rstrip("…")
        return any(placeholder.startswith(shown) for placeholder in _PLACEHOLDERS)

    @property
    def needs_space(self) -> bool:
        """Whether a word inserted at the cursor would run into another."""
        if self.empty or self.column == 0:
            return len(self.rows) > 1
        before = _cut(self.rows[-1], self.column)
        return before is not None and not before[-1:].isspace()

    def shows(self, text: str) -> bool:
        """Tell whether the draft holds the end of a text, or its paste placeholder.

        White space and signs are left out: the composer wraps lines, and an emulator may
        compose a character differently.
        """
        shown = _fingerprint("".join(self.rows))
        return _fingerprint(text)[-_FINGERPRINT_LENGTH:] in shown or (
            f"PastedContent{len(text)}chars" in shown
        )


def read_draft(screen: Screen) -> Draft | None:
    """Return what stands in the composer.

    Codex shows its cursor only in the composer, whose first row begins with `›` (or `!` for the
    shell) and whose other rows are indented. A question, a list or another view hides it.

    Returns:
        The draft, or None where no composer is on the screen.
    """
    cursor = screen.cursor
    if not cursor.visible or cursor.column < _INDENT or screen.held:
        return None
    lines = screen.lines()
    for first in range(min(cursor.row, len(lines) - 1), -1, -1):
        line = lines[first]
        if line[:2].rstrip() in ("›", "!"):
            rows = [row[_INDENT:].rstrip(_OVERFLOW_MARKS) for row in lines[first : cursor.row + 1]]
            shell = line.startswith("!")
            return Draft(tuple(rows), cursor.column - _INDENT, shell)
        if line and not line.startswith(" " * _INDENT):
            return None
    return None


def _fingerprint(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def _cut(row: str, column: int) -> str | None:
    """Return the part of a row before a cell, or None where the cell is beyond its end."""
    width = 0
    for index, sign in enumerate(row):
        if width >= column:
            return row[:index]
        if unicodedata.category(sign) not in ("Mn", "Me", "Cf"):
            width += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
    return row if width >= column else None
