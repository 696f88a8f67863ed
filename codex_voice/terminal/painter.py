"""Painting straight onto the user's terminal: only rows that differ from what stands there."""

from __future__ import annotations

import re

from codex_voice.terminal.emulator import Cursor

_COLUMN = re.compile(rb"\x1b\[(\d+)G")
_RESET = b"\x1b[0m"
# Foreground and background, of the palette or as red, green and blue.
_COLOURS = (b"38;", b"48;")
_BEGIN_UPDATE = b"\x1b[?2026h"
_END_UPDATE = b"\x1b[?2026l"
_HIDE_CURSOR = b"\x1b[?25l"
_SHOW_CURSOR = b"\x1b[?25h"
# DECSCUSR numbers of the blinking shapes; the steady ones follow them.
_SHAPES = {"block": 1, "underline": 3, "bar": 5}


class Painter:
    """Knows which bytes stand in each row of the pane on the user's terminal."""

    def __init__(self) -> None:
        self._painted: list[bytes | None] = []

    def reset(self, rows: int) -> None:
        """Forget everything: the pane has `rows` rows, and anything may stand in them."""
        self._painted = [None] * rows

    def forget(self, row: int) -> None:
        """Note that somebody else has drawn a row."""
        if row < len(self._painted):
            self._painted[row] = None

    def paint(self, rows: list[bytes], left: int, top: int, columns: int) -> bytes:
        """Return the bytes that bring the terminal up to date.

        Args:
            rows: The rows of the pane, as `RowFormatter` makes them.
            left: Column of the pane on the terminal, zero-based.
            top: Row of the pane on the terminal, zero-based.
            columns: Width of the pane.
        """
        parts = []
        painted = self._painted
        for index, row in enumerate(rows):
            if row == painted[index]:
                continue
            painted[index] = row
            if left and b"G" in row:
                row = _shift_columns(row, left)
            row = row.removeprefix(_RESET)
            end = _RESET if b"\x1b" in row and not row.endswith(_RESET) else b""
            place = b"%d;%d" % (top + index + 1, left + 1) if left else b"%d" % (top + index + 1)
            parts.append(b"\x1b[%bH\x1b[%dX%b%b" % (place, columns, row, end))
        return _RESET + _shorten(b"".join(parts)) if parts else b""


def place_cursor(cursor: Cursor, left: int, top: int) -> bytes:
    """Return the bytes that put the terminal's own cursor where the program has it."""
    place = b"\x1b[%d;%dH" % (top + cursor.row + 1, left + cursor.column + 1)
    if not cursor.visible:
        return place + _HIDE_CURSOR
    shape = _SHAPES[cursor.shape] + (0 if cursor.blinking else 1)
    return place + b"\x1b[%d q" % shape + _SHOW_CURSOR


def wrap_frame(frame: bytes, synchronized: bool) -> bytes:
    """Keep a half-drawn frame from being seen, as well as the terminal can."""
    if synchronized:
        return _BEGIN_UPDATE + frame + _END_UPDATE
    return _HIDE_CURSOR + frame


def _shorten(frame: bytes) -> bytes:
    """Write a reset and the colour after it in one sequence.

    A tenth less keeps a colourful screen within what a terminal takes at once (Linux: 11,776
    bytes), and so from waiting for its reader.
    """
    for colour in _COLOURS:
        frame = frame.replace(_RESET + b"\x1b[" + colour, b"\x1b[0;" + colour)
    return frame


def _shift_columns(row: bytes, left: int) -> bytes:
    return _COLUMN.sub(lambda found: b"\x1b[%dG" % (int(found[1]) + left), row)
