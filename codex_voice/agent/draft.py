"""What stands in Codex's composer, read from the screen.

The composer is recognised by what it is, never merely by its arrow: many of Codex's views have an
arrow and a visible cursor too (the history search, the field that renames a thread, the
instructions of a review). Measured with codex-cli 0.151, 0.160 and 0.169:

* Its frame: a first row that begins with `›` (`!` for the shell), further rows indented by two
  cells, a blank row above and below.
* Its place: nothing but its footer below, a few rows (status line and hints), or none where a long
  draft fills the screen. The cursor is in the draft and never in the footer.
* Its mode: the hints name no key that another view would take (`enter submit · esc back`), and Vim
  is not in a mode in which text would be commands.

What is not recognised is not typed into.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from codex_voice.agent.screen import Screen

# What an empty composer shows, with the cursor before it; the second in a side conversation.
_PLACEHOLDERS = ("Ask Codex to do anything", "Ask a follow-up question")
_INDENT = 2
# Shows at the right edge that a long draft goes on above or below.
_OVERFLOW_MARKS = "↑↓"
_FINGERPRINT_LENGTH = 24
# A status line, which wraps where it is long, and a row of hints.
_FOOTER_ROWS = 4
# A draft that fills the screen has no footer; a shorter one always has.
_SHORT_DRAFT_ROWS = 2
# Codex wraps the draft this many cells before the right edge at the latest.
_RIGHT_MARGIN = 2

_HINT_SEPARATOR = re.compile(r" · | {2,}")
# "enter submit", "esc back", "enter/tab insert", "? / esc close": another view has these keys.
_KEY_OF_A_VIEW = re.compile(r"(?:(?:enter|tab|space|\?) ?/ ?)*(?:enter|esc|↵)(?:/\w+)*(?: |$)")
# These belong to the composer, or to a transcript that is scrolled while the composer stands.
_KEY_OF_THE_COMPOSER = re.compile(
    r"(?:enter/)?esc (?:latest|again to edit|to interrupt)|enter (?:latest|to send)|esc$"
)
_SEARCH_FIELD = re.compile(r"\s+(?:\S+-search|Find):")
_VIM_WITHOUT_TEXT = re.compile(r"\bVim: (?!Insert\b)")
_COMMAND_BEING_TYPED = re.compile(r"/\S*")


@dataclass(frozen=True)
class Draft:
    """The composer's text up to and with the cursor's row.

    Attributes:
        rows: The rows without their indentation; the first may not be the draft's first.
        column: The cursor's cell in the last row, counted from the indentation.
        shell: Whether it is a command for the shell (`!`), which Codex would run unasked.
        width: Cells of a row that text can fill; 0 where that is not known.
        vim: Whether the composer has Vim's keys, and is in their insert mode.
    """

    rows: tuple[str, ...]
    column: int
    shell: bool
    width: int = 0
    vim: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing has been typed."""
        if len(self.rows) > 1 or self.column > 0:
            return False
        shown = self.rows[0].rstrip("…")
        return any(placeholder.startswith(shown) for placeholder in _PLACEHOLDERS)

    @property
    def before(self) -> str:
        """The text before the cursor; rows that Codex wrapped are joined by a blank."""
        if self.empty:
            return ""
        text = ""
        for row in self.rows[:-1]:
            text += row + (" " if self._is_wrapped(row) else "\n")
        part = _cut(self.rows[-1], self.column)
        if part is None:
            # Blanks at the end of a row are not on the screen; the cursor tells of them.
            part = self.rows[-1] + " " * (self.column - _width(self.rows[-1]))
        elif not part and len(self.rows) > 1 and self._is_full(self.rows[-2]):
            # The row before is full to its last cell: the cursor stands right behind its text.
            return text[:-1]
        return text + part

    @property
    def after(self) -> str:
        """The text between the cursor and the end of its row."""
        if self.empty:
            return ""
        part = _cut(self.rows[-1], self.column)
        return "" if part is None else self.rows[-1][len(part) :]

    @property
    def command(self) -> bool:
        """Whether the name of a command of Codex's own is being typed, with a list above it."""
        return len(self.rows) == 1 and bool(_COMMAND_BEING_TYPED.fullmatch(self.rows[0].rstrip()))

    def shows(self, text: str) -> bool:
        """Return whether the draft holds the end of a text, or its paste placeholder.

        White space and punctuation are left out: the composer wraps lines, and an emulator may
        compose a character differently.
        """
        shown = _fingerprint("".join(self.rows))
        return _fingerprint(text)[-_FINGERPRINT_LENGTH:] in shown or (
            f"PastedContent{len(text)}chars" in shown
        )

    def _is_wrapped(self, row: str) -> bool:
        """Return whether a row may go on in the next one, which is so where it is nearly full."""
        return bool(self.width) and _width(row) > self.width * 3 // 4

    def _is_full(self, row: str) -> bool:
        return bool(self.width) and _width(row) >= self.width


def read_draft(screen: Screen) -> Draft | None:
    """Return what stands in the composer.

    Returns:
        The draft, or None where no composer is on the screen that would take text.
    """
    cursor = screen.cursor
    if not cursor.visible or cursor.column < _INDENT or screen.held:
        return None
    lines = screen.lines()
    if cursor.row >= len(lines):
        return None
    first = _first_row(lines, cursor.row)
    if first is None or not _has_the_place(lines, first, cursor.row, screen.alternate_screen):
        return None
    if _belongs_to_a_view(_hints(lines, cursor.row)):
        return None
    footer = _footer(lines, cursor.row)
    if _VIM_WITHOUT_TEXT.search(footer):
        return None
    rows = [row[_INDENT:].rstrip(_OVERFLOW_MARKS) for row in lines[first : cursor.row + 1]]
    return Draft(
        tuple(rows),
        cursor.column - _INDENT,
        shell=lines[first].startswith("!"),
        width=screen.columns - _INDENT - _RIGHT_MARGIN,
        vim="Vim: " in footer,
    )


def _first_row(lines: list[str], row: int) -> int | None:
    """Return the composer's first row, seen from one of its rows."""
    for first in range(row, -1, -1):
        line = lines[first]
        if line[:_INDENT].rstrip() in ("›", "!"):
            return first if first == 0 or not lines[first - 1] else None
        if line and not line.startswith(" " * _INDENT):
            return None
    return None


def _has_the_place(lines: list[str], first: int, row: int, alternate_screen: bool) -> bool:
    """Return whether the composer is the last thing on the screen but for its footer."""
    below = lines[row + 1 :]
    if any(line and not line.startswith(" " * _INDENT) for line in below):
        return False
    last = max(index for index, line in enumerate(lines) if line or index == row)
    footer = _footer_start(lines, last)
    if footer > row:
        return True
    # The cursor is in the last rows: in a draft that fills the screen, or in a footer's field.
    if alternate_screen and last == len(lines) - 1:
        return False
    return last - first >= _SHORT_DRAFT_ROWS and not _SEARCH_FIELD.match(lines[row])


def _footer_start(lines: list[str], last: int) -> int:
    """Return the first of the rows at the end of the screen that no blank row divides."""
    start = last
    while start > 0 and lines[start - 1]:
        start -= 1
    return start


def _hints(lines: list[str], row: int) -> str:
    """Return the last row below the cursor, if it may be the footer's."""
    below = [index for index in range(row + 1, len(lines)) if lines[index]]
    if not below:
        return ""
    last = below[-1]
    return lines[last] if last - _footer_start(lines, last) < _FOOTER_ROWS else ""


def _footer(lines: list[str], row: int) -> str:
    """Return all rows of the footer; Vim's mode is in the status line or among the hints."""
    last = max(index for index, line in enumerate(lines) if line or index == row)
    return "\n".join(lines[max(row + 1, _footer_start(lines, last)) : last + 1])


def _belongs_to_a_view(hints: str) -> bool:
    """Return whether the hints are those of a view that takes keys."""
    return any(
        _KEY_OF_A_VIEW.match(hint) and not _KEY_OF_THE_COMPOSER.match(hint)
        for hint in _HINT_SEPARATOR.split(hints.strip())
    )


def _fingerprint(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _width(text: str) -> int:
    return sum(_character_width(character) for character in text)


def _cut(row: str, column: int) -> str | None:
    """Return the part of a row before a cell, or None where the cell is beyond its end."""
    width = 0
    for index, character in enumerate(row):
        character_width = _character_width(character)
        if width >= column and character_width:
            return row[:index]
        width += character_width
    return row if width >= column else None
