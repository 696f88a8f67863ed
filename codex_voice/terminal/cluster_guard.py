"""Keeps from the engine the character clusters that end the process.

When a code point makes a cluster of several code points grow from one column to two in the last
column, the engine wraps the line and then fetches the cluster's code points from the row *above*
the cursor. Where wrapping leaves the cursor in its row (below the scroll region in the last row,
beside the left and right margins in the region's last row, or in a region of one row) it finds
none there: a segmentation fault. The code came with ghostty-org/ghostty pull request 10465 and is
in pyghostty 0.1.3.

The rule kept here: at such a place a code point reaches the engine with clusters (mode 2027)
off. It then starts a cell of its own, as in a terminal that knows no clusters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from codex_voice.terminal.engine import NULL, check, ffi, grid_ref, lib, new_sized

_AUTOWRAP = 7
_GRAPHEME_CLUSTERS = 2027
_LEFT_RIGHT_MARGINS = 69

# A control sequence up to its last byte, with whatever may stand inside of it; the first bytes of
# a piece may be the rest of one.
_SEQUENCE = rb"(?:\A|\x1b\[|\x9b)[^\x1b\x40-\x5a\x5c-\x7e]*"
# DECSTBM and DECSLRM set margins, REP prints the last character again.
_SETS_MARGINS = re.compile(_SEQUENCE + rb"[rs]")
_REPEATS = re.compile(_SEQUENCE + rb"b")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
# How the engine's formatter says what the margins are.
_REPORTED_MARGINS = re.compile(rb"(?:\x1b\[(\d+);(\d+)r)?(?:\x1b\[(\d+);(\d+)s)?\Z")
_BUFFER_BYTES = 4_096
# Text with clusters has fewer stretches in one read (4 to 64 KiB) than this.
_MANY = 512
_CLUSTER_MODE, _RESET = b"2027", b"\x1bc"


@dataclass(frozen=True)
class Margins:
    """The scroll region, in zero-based rows and columns, the last ones included."""

    top: int
    bottom: int
    left: int
    right: int


class _CursorPosition(NamedTuple):
    """Where the cursor is, and whether the next character wraps first."""

    column: int
    row: int
    wraps: bool


class ClusterGuard:
    """Writes to a terminal of the engine.

    Args:
        terminal: The engine's terminal.
    """

    def __init__(self, terminal: Any) -> None:
        self._terminal = terminal
        self._number = ffi.new("uint16_t*")
        self._flag = ffi.new("bool*")
        self._mode = ffi.new("GhosttyTerminalModeConfig*")
        self._selection = new_sized("GhosttySelection")
        self._start = ffi.addressof(self._selection, "start")
        self._end = ffi.addressof(self._selection, "end")
        self._point = ffi.new("CvPoint*")
        self._point.tag = lib.GHOSTTY_POINT_TAG_ACTIVE
        self._options = new_sized("GhosttyFormatterTerminalOptions")
        self._options.emit = lib.GHOSTTY_FORMATTER_FORMAT_VT
        self._options.extra.scrolling_region = True
        self._options.selection = self._selection
        self._formatter = ffi.new("GhosttyFormatter*")
        self._buffer = ffi.new("uint8_t[]", _BUFFER_BYTES)
        self._length = ffi.new("size_t*")

    def write(self, data: bytes) -> None:
        """Have the engine interpret bytes."""
        if data.isascii() and not _REPEATS.search(data):
            # Code points below 256 never join a cluster.
            self._pass(data)
        elif not _SETS_MARGINS.search(data) and self._margins() is None:
            # Wrapping moves the cursor everywhere.
            self._pass(data)
        else:
            self._write_watchfully(data)

    def _pass(self, data: bytes) -> None:
        if data:
            lib.ghostty_terminal_vt_write(self._terminal, data, len(data))

    def _write_watchfully(self, data: bytes) -> None:
        """Look before each character that may join a cluster where the cursor is."""
        repeats = [(found.end() - 1, found.end()) for found in _REPEATS.finditer(data)]
        texts = [found.span() for found in _NOT_ASCII.finditer(data)]
        if len(texts) > _MANY and _CLUSTER_MODE not in data:
            self._write_without_clusters(data)
            return
        changes = [found.end() for found in _SETS_MARGINS.finditer(data)]
        margins = self._margins()
        passed = 0
        for start, end in sorted(repeats + texts):
            self._pass(data[passed:start])
            if any(passed < change <= start for change in changes):
                # Whatever else changes the margins makes them wider, and this too watchful.
                margins = self._margins()
            passed = end
            if margins is None:
                self._pass(data[start:end])
            elif end - start == 1:
                self._pass_watched(data[start:end], margins)
            else:
                self._write_stretch(data[start:end], margins)
        self._pass(data[passed:])

    def _write_without_clusters(self, data: bytes) -> None:
        """Write what looks like no text: looking at each character would take too long."""
        wanted = self._get_mode(_GRAPHEME_CLUSTERS)
        self._set_mode(_GRAPHEME_CLUSTERS, on=False)
        self._set_mode(_GRAPHEME_CLUSTERS, on=False, after_reset=True)
        self._pass(data)
        self._set_mode(_GRAPHEME_CLUSTERS, on=True, after_reset=True)
        self._set_mode(_GRAPHEME_CLUSTERS, on=wanted or _RESET in data)

    def _write_stretch(self, text: bytes, margins: Margins) -> None:
        """Write what no control sequence can interrupt."""
        beside = self._get_mode(_LEFT_RIGHT_MARGINS) or margins.top == margins.bottom
        columns, rows = self._size()
        start, end = 0, len(text)
        while start < end:
            if not self._is_set(lib.GHOSTTY_TERMINAL_DATA_VT_GROUND):
                # In the middle of a character or of a sequence, where a byte may be a control.
                stop = start + 1
            elif (room := self._room(margins, beside, columns, rows)) > 1:
                # No byte moves the cursor by more than a column: no character of two columns has
                # fewer than three.
                self._pass(text[start : start + room - 1])
                start += room - 1
                continue
            else:
                stop = start + 1
                while stop < end and text[stop] & 0xC0 == 0x80:
                    stop += 1
            self._pass_watched(text[start:stop], margins)
            start = stop

    def _pass_watched(self, data: bytes, margins: Margins) -> None:
        if not self._is_dangerous(margins):
            self._pass(data)
            return
        self._set_mode(_GRAPHEME_CLUSTERS, on=False)
        self._pass(data)
        self._set_mode(_GRAPHEME_CLUSTERS, on=True)

    def _room(self, margins: Margins, beside: bool, columns: int, rows: int) -> int:
        """Return how many columns may be printed before the cursor can be where it is watched."""
        column, row, wraps = self._cursor_position()
        if wraps and (beside or row == rows - 1):
            return 0
        if not beside:
            return (rows - 1 - row) * columns + columns - 1 - column
        if column == margins.right + 1:
            # A cluster that becomes narrow again takes the cursor a column back.
            return 0
        return (margins.right if column <= margins.right else columns - 1) - column

    def _is_dangerous(self, margins: Margins) -> bool:
        """Return whether the next character wraps, and wrapping leaves the cursor in its row."""
        if not self._is_set(lib.GHOSTTY_TERMINAL_DATA_CURSOR_PENDING_WRAP):
            return False
        if not (self._get_mode(_AUTOWRAP) and self._get_mode(_GRAPHEME_CLUSTERS)):
            return False
        column, row, _ = self._cursor_position()
        if margins.top == margins.bottom:
            # Scrolling a single row loses what stands in it.
            return True
        if not margins.top <= row <= margins.bottom:
            return row == self._size()[1] - 1
        return row == margins.bottom and not margins.left <= column <= margins.right

    # What the engine knows

    def _margins(self) -> Margins | None:
        """Return the scroll region; `None` where it is the whole screen.

        Only the formatter tells: it ends what it says of a cell with the sequences that set it.
        """
        self._point.value.x = self._point.value.y = 0
        for reference in (self._start, self._end):
            check(grid_ref(self._terminal, self._point[0], reference), "first cell")
        check(
            lib.ghostty_formatter_terminal_new(
                NULL, self._formatter, self._terminal, self._options[0]
            ),
            "a formatter",
        )
        formatter, length = self._formatter[0], self._length
        format_buffer = lib.ghostty_formatter_format_buf
        if format_buffer(formatter, self._buffer, len(self._buffer), length):
            # A cell with a chain of combining marks.
            self._buffer = ffi.new("uint8_t[]", length[0] + _BUFFER_BYTES)
            format_buffer(formatter, self._buffer, len(self._buffer), length)
        lib.ghostty_formatter_free(formatter)
        found = _REPORTED_MARGINS.search(ffi.buffer(self._buffer, length[0])[:])
        if found is None or not found.group():
            return None
        columns, rows = self._size()
        top, bottom, left, right = (int(number) if number else None for number in found.groups())
        return Margins(
            top=(top or 1) - 1,
            bottom=(bottom or rows) - 1,
            left=(left or 1) - 1,
            right=(right or columns) - 1,
        )

    def _cursor_position(self) -> _CursorPosition:
        return _CursorPosition(
            self._get(lib.GHOSTTY_TERMINAL_DATA_CURSOR_X),
            self._get(lib.GHOSTTY_TERMINAL_DATA_CURSOR_Y),
            self._is_set(lib.GHOSTTY_TERMINAL_DATA_CURSOR_PENDING_WRAP),
        )

    def _size(self) -> tuple[int, int]:
        return self._get(lib.GHOSTTY_TERMINAL_DATA_COLS), self._get(lib.GHOSTTY_TERMINAL_DATA_ROWS)

    def _get(self, data: int) -> int:
        lib.ghostty_terminal_get(self._terminal, data, self._number)
        return int(self._number[0])

    def _is_set(self, data: int) -> bool:
        lib.ghostty_terminal_get(self._terminal, data, self._flag)
        return bool(self._flag[0])

    def _get_mode(self, number: int) -> bool:
        self._mode.mode = number
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_MODE, self._mode)
        return bool(self._mode.value)

    def _set_mode(self, number: int, *, on: bool, after_reset: bool = False) -> None:
        self._mode.mode, self._mode.value = number, on
        option = lib.GHOSTTY_TERMINAL_OPT_MODE
        if after_reset:
            option = lib.GHOSTTY_TERMINAL_OPT_MODE_DEFAULT
        check(lib.ghostty_terminal_set(self._terminal, option, self._mode), "a mode")
