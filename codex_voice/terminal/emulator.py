"""The terminal emulator: bytes of the hosted program in, screen, replies and events out."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from codex_voice.terminal.cluster_guard import ClusterGuard
from codex_voice.terminal.engine import NULL, check, ffi, grid_ref, layout, lib, new_sized
from codex_voice.terminal.engine_callbacks import CELL_HEIGHT, CELL_WIDTH, Signals
from codex_voice.terminal.events import TerminalEvent

Shape = Literal["block", "underline", "bar"]
Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""

# Memory bound of the scrollback: 10,000 rows of 120 truecolour cells take 15 MB.
_SCROLLBACK_BYTES_A_LINE = 8_192
# The engine forgets whole pages of lines; with these to spare it keeps as many as promised.
_SCROLLBACK_SPARE_LINES = 1_000
_SYNCHRONIZED_OUTPUT = 2026
_GRAPHEME_CLUSTERS = 2027

# The engine ignores three sequences that programs rely on: soft reset (DECSTR, part of terminfo's
# xterm is2 and rs2), clearing a tab stop without a parameter, and the extended cursor report.
_SOFT_RESET, _CLEAR_TAB_STOP = b"\x1b[!p", b"\x1b[g"
_MENDED = re.compile(rb"\x1b\[(?:!p|g|\?6n)")
_MENDED_START = re.compile(rb"\x1b(?:\[(?:!|\?6?)?)?\Z")
_SOFT_RESET_MENDED = (
    b"\x1b[?25h\x1b[4l\x1b[?6l\x1b[?1l\x1b[?7h\x1b>\x1b[?69l\x1b[r\x1b[0m"
    b'\x1b[0"q\x1b[0$}\x1b(B\x1b)B\x0f\x1b[H\x1b7'
)

_SHAPES: dict[int, Shape] = {
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_BAR: "bar",
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_UNDERLINE: "underline",
}


@dataclass(frozen=True)
class Cursor:
    """The cursor: zero-based cell, and how it looks."""

    column: int
    row: int
    visible: bool
    shape: Shape
    blinking: bool


class Emulator:
    """A terminal of `columns` x `rows` cells with scrollback.

    Feed it what the program writes, then take the replies to its queries and the events. All
    calls belong to one thread. Helpers of this package (rows, keys, selection, search) work on
    the `handle`.

    Raises:
        EngineMismatch: The library is not the one this program was built for.
    """

    def __init__(self, columns: int, rows: int, scrollback_lines: int = 10_000) -> None:
        self.layout = layout()
        self.columns = columns
        self.rows = rows
        self._tail = b""
        self._destructors: list[Callable[[], None]] = []
        self._finalizer = weakref.finalize(self, _destroy, self._destructors)
        pointer = ffi.new("GhosttyTerminal*")
        check(lib.ghostty_terminal_new(NULL, pointer, columns, rows), "a new terminal")
        self.handle = self.own(pointer[0], lib.ghostty_terminal_free)
        self._signals = Signals(self.handle)
        self._guard = ClusterGuard(self.handle)
        self._size = ffi.new("uint16_t*")
        self._flag = ffi.new("bool*")
        self._byte = ffi.new("uint8_t*")
        self._mode = ffi.new("GhosttyTerminalModeConfig*")
        self._cursor = new_sized("GhosttyRenderStateCursor")
        self.render_state = self.create("render_state", "GhosttyRenderState")
        self._configure(scrollback_lines)
        self._signals.listen()

    # What belongs to the terminal's life

    def own(self, handle: Any, free: Callable[[Any], None]) -> Any:
        """Free `handle` when the emulator is, before everything it was made of."""
        self._destructors.append(lambda: free(handle))
        return handle

    def create(self, name: str, type_name: str) -> Any:
        """Make one of the library's objects, to be freed with the emulator."""
        pointer = ffi.new(type_name + "*")
        check(getattr(lib, f"ghostty_{name}_new")(NULL, pointer), f"a new {name}")
        return self.own(pointer[0], getattr(lib, f"ghostty_{name}_free"))

    def close(self) -> None:
        """Free the terminal; nothing may be called afterwards."""
        self._finalizer()

    def _configure(self, scrollback_lines: int) -> None:
        spare = _SCROLLBACK_SPARE_LINES if scrollback_lines else 0
        self._set("SCROLLBACK_MAX_LINES", ffi.new("size_t*", scrollback_lines + spare))
        # Without this the engine cuts the scrollback at 10,000 bytes, whatever the lines.
        self._set(
            "SCROLLBACK_MAX_BYTES",
            ffi.new("size_t*", max(scrollback_lines, 100) * _SCROLLBACK_BYTES_A_LINE),
        )
        self._set("KITTY_IMAGE_STORAGE_LIMIT", ffi.new("uint64_t*", 0))
        self._mode.mode, self._mode.value = _GRAPHEME_CLUSTERS, True
        self._set("MODE_DEFAULT", self._mode)
        self._set("MODE", self._mode)

    def _set(self, option: str, value: Any) -> None:
        number = getattr(lib, "GHOSTTY_TERMINAL_OPT_" + option)
        check(lib.ghostty_terminal_set(self.handle, number, value), option)

    # Input

    def feed(self, data: bytes) -> None:
        """Interpret what the program wrote; sequences may be split anywhere between calls."""
        if self._tail:
            data = self._tail + data
            self._tail = b""
        if b"\x7f" in data:
            # The engine prints DEL as a cell; every terminal ignores it.
            data = data.replace(b"\x7f", b"")
        unfinished = _MENDED_START.search(data, max(0, len(data) - 4))
        if unfinished:
            self._tail = unfinished.group()
            data = data[: unfinished.start()]
        position = 0
        for found in _MENDED.finditer(data):
            self._write(data[position : found.start()])
            position = found.end()
            self._mend(found.group())
        self._write(data[position:] if position else data)

    def _write(self, data: bytes) -> None:
        if data:
            self._guard.write(data)

    def _mend(self, sequence: bytes) -> None:
        if sequence == _SOFT_RESET:
            column, row = self._position()
            self._write(_SOFT_RESET_MENDED + b"\x1b[%d;%dH" % (row + 1, column + 1))
        elif sequence == _CLEAR_TAB_STOP:
            self._write(b"\x1b[0g")
        else:
            self._write(b"\x1b[6n")
            replies = self._signals.replies
            if replies and replies[-1].endswith(b"R"):
                replies[-1] = b"\x1b[?" + replies[-1][2:]

    def take_replies(self) -> bytes:
        """Return and forget the answers to the program's queries; write them to it at once."""
        taken = self._signals.replies
        if not taken:
            return b""
        replies = b"".join(taken)
        taken.clear()
        return replies

    def take_events(self) -> list[TerminalEvent]:
        """Return and forget what the program told since the last call."""
        taken = self._signals.events
        events = list(taken)
        taken.clear()
        return events

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; the main screen and its scrollback are reflowed."""
        self.columns, self.rows = columns, rows
        check(
            lib.ghostty_terminal_resize(self.handle, columns, rows, CELL_WIDTH, CELL_HEIGHT),
            "resize",
        )

    def correct_width(self) -> None:
        """Undo a change of width made by the program (DECCOLM); the host's size is what counts."""
        lib.ghostty_terminal_get(self.handle, lib.GHOSTTY_TERMINAL_DATA_COLS, self._size)
        if self._size[0] != self.columns:
            self.resize(self.columns, self.rows)

    def release_hold(self) -> None:
        """End a synchronized update that the program never ended."""
        self._mode.mode, self._mode.value = _SYNCHRONIZED_OUTPUT, False
        self._set("MODE", self._mode)
        self._signals.held = False

    def set_colours(self, foreground: Colour | None, background: Colour | None) -> None:
        """Set the default colours, so that the program can ask (OSC 10 and 11)."""
        for option, colour in (("FOREGROUND", foreground), ("BACKGROUND", background)):
            if colour is not None:
                self._set("COLOR_" + option, ffi.new("GhosttyColorRgb*", colour))

    # State

    @property
    def title(self) -> str:
        """The title the program set last, without control characters."""
        return self._signals.title

    @property
    def held(self) -> bool:
        """Whether the program is in the middle of a synchronized update (mode 2026)."""
        return self._signals.held

    def lines(self) -> list[str]:
        """Return the text of the active screen (never the scrolled-back view).

        Returns:
            One string a row, without trailing blanks; a wide character is one character.
        """
        selection = new_sized("GhosttySelection")
        point = ffi.new("CvPoint*")
        point.tag = lib.GHOSTTY_POINT_TAG_ACTIVE
        check(grid_ref(self.handle, point[0], ffi.addressof(selection, "start")), "first cell")
        point.value.x, point.value.y = self.columns - 1, self.rows - 1
        check(grid_ref(self.handle, point[0], ffi.addressof(selection, "end")), "last cell")
        lines = self.format_text(selection, unwrap=False).split("\n")
        lines = [line.rstrip() for line in lines]
        return lines + [""] * (self.rows - len(lines))

    def format_text(self, selection: Any, unwrap: bool = True) -> str:
        """Return the text of a selection; `unwrap` joins softly wrapped rows."""
        options = new_sized("GhosttyTerminalSelectionFormatOptions")
        options.emit = lib.GHOSTTY_FORMATTER_FORMAT_PLAIN
        options.unwrap, options.trim, options.selection = unwrap, True, selection
        length = ffi.new("size_t*")
        call = lib.ghostty_terminal_selection_format_buf
        call(self.handle, options[0], NULL, 0, length)
        buffer = ffi.new("uint8_t[]", length[0] + 1)
        check(call(self.handle, options[0], buffer, len(buffer), length), "text")
        text: bytes = ffi.buffer(buffer, length[0])[:]
        return text.decode("utf-8", "replace")

    @property
    def cursor(self) -> Cursor:
        """The cursor on the active screen."""
        column, row = self._position()
        lib.ghostty_render_state_update(self.render_state, self.handle)
        cursor = self._render_cursor()
        return Cursor(
            column=column,
            row=row,
            visible=self._get_flag(lib.GHOSTTY_TERMINAL_DATA_CURSOR_VISIBLE),
            shape=_SHAPES.get(cursor.visual_style, "block"),
            blinking=bool(cursor.blinking),
        )

    @property
    def view_cursor(self) -> Cursor:
        """The cursor in the view of the last frame; invisible when scrolled out of it."""
        cursor = self._render_cursor()
        inside = bool(cursor.viewport_has_value)
        return Cursor(
            column=cursor.viewport_x if inside else 0,
            row=cursor.viewport_y if inside else 0,
            visible=inside and bool(cursor.visible),
            shape=_SHAPES.get(cursor.visual_style, "block"),
            blinking=bool(cursor.blinking),
        )

    def mode(self, number: int) -> bool:
        """Return whether a DEC private mode, such as 2004 (bracketed paste), is on."""
        self._mode.mode = number & 0x7FFF
        lib.ghostty_terminal_get(self.handle, lib.GHOSTTY_TERMINAL_DATA_MODE, self._mode)
        return bool(self._mode.value)

    @property
    def alternate_screen(self) -> bool:
        """Whether the alternate screen is shown."""
        screen = ffi.new("int*")
        lib.ghostty_terminal_get(self.handle, lib.GHOSTTY_TERMINAL_DATA_ACTIVE_SCREEN, screen)
        return bool(screen[0] == lib.GHOSTTY_TERMINAL_SCREEN_ALTERNATE)

    @property
    def mouse_tracking(self) -> bool:
        """Whether the program asked for mouse reports of any kind."""
        return self._get_flag(lib.GHOSTTY_TERMINAL_DATA_MOUSE_TRACKING)

    @property
    def kitty_flags(self) -> int:
        """The kitty keyboard flags the program asked for; 0 is legacy."""
        lib.ghostty_terminal_get(
            self.handle, lib.GHOSTTY_TERMINAL_DATA_KITTY_KEYBOARD_FLAGS, self._byte
        )
        return int(self._byte[0])

    def _position(self) -> tuple[int, int]:
        lib.ghostty_terminal_get(self.handle, lib.GHOSTTY_TERMINAL_DATA_CURSOR_X, self._size)
        column = self._size[0]
        lib.ghostty_terminal_get(self.handle, lib.GHOSTTY_TERMINAL_DATA_CURSOR_Y, self._size)
        return column, self._size[0]

    def _render_cursor(self) -> Any:
        lib.ghostty_render_state_get(
            self.render_state, lib.GHOSTTY_RENDER_STATE_DATA_CURSOR, self._cursor
        )
        return self._cursor

    def _get_flag(self, data: int) -> bool:
        lib.ghostty_terminal_get(self.handle, data, self._flag)
        return bool(self._flag[0])


def _destroy(destructors: list[Callable[[], None]]) -> None:
    while destructors:
        destructors.pop()()
