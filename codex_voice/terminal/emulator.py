"""The terminal emulator: bytes of the hosted program in, screen, replies and events out."""

from __future__ import annotations

import re
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from codex_voice.terminal.engine import NULL, check, ffi, grid_ref, layout, lib, new_sized
from codex_voice.terminal.events import (
    Bell,
    ClipboardWrite,
    Notification,
    ProgramStatus,
    TerminalEvent,
    TitleChanged,
    clean,
)

Shape = Literal["block", "underline", "bar"]
Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""

# Pixels of a cell as told to the program; only images and pixel mouse reports would notice.
CELL_WIDTH = 8
CELL_HEIGHT = 16
# The engine calls back for whole OSC sequences it does not know; longer ones come cut.
_UNKNOWN_MAXIMUM_BYTES = 65_536
_CLIPBOARD_MAXIMUM_BYTES = 1 << 20
# Events of one read beyond this number are a flood: the oldest are forgotten.
_EVENTS_MAXIMUM = 100
# Memory bound of the scrollback: 10,000 rows of 120 truecolour cells take 15 MB.
_SCROLLBACK_BYTES_A_LINE = 8_192
# The engine forgets whole pages of lines; with these to spare it keeps as many as promised.
_SCROLLBACK_SPARE_LINES = 1_000
_SYNCHRONIZED_OUTPUT = 2026
_GRAPHEME_CLUSTERS = 2027

# The engine ignores three sequences that programs rely on: soft reset (DECSTR, part of terminfo's
# xterm is2 and rs2), clearing a tab stop without a parameter, and the extended cursor report.
_MENDED = re.compile(rb"\x1b\[(?:(!p)|(g)|\?6n)")
_MENDED_START = re.compile(rb"\x1b(?:\[(?:!|\?6?)?)?\Z")
_SOFT_RESET = (
    b"\x1b[?25h\x1b[4l\x1b[?6l\x1b[?1l\x1b[?7h\x1b>\x1b[r\x1b[0m"
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
        self.title = ""
        self.held = False
        """Whether the program is in the middle of a synchronized update (mode 2026)."""
        self._replies: list[bytes] = []
        self._events: deque[TerminalEvent] = deque(maxlen=_EVENTS_MAXIMUM)
        self._tail = b""
        self._callbacks: list[Any] = []
        self._destructors: list[Callable[[], None]] = []
        self._finalizer = weakref.finalize(self, _destroy, self._destructors)
        pointer = ffi.new("GhosttyTerminal*")
        check(lib.ghostty_terminal_new(NULL, pointer, columns, rows), "a new terminal")
        self.handle = self.own(pointer[0], lib.ghostty_terminal_free)
        self._size = ffi.new("uint16_t*")
        self._flag = ffi.new("bool*")
        self._byte = ffi.new("uint8_t*")
        self._mode = ffi.new("GhosttyTerminalModeConfig*")
        self._cursor = new_sized("GhosttyRenderStateCursor")
        self.render_state = self.create("render_state", "GhosttyRenderState")
        self._configure(scrollback_lines)
        self._listen()

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

    def _listen(self) -> None:
        self._answer("WRITE_PTY", "GhosttyTerminalWritePtyFn", self._on_reply)
        self._answer("RENDER_HOLD", "GhosttyTerminalRenderHoldFn", self._on_hold)
        self._answer("SIZE", "GhosttyTerminalSizeFn", self._on_size)
        self._answer("BELL", "GhosttyTerminalBellFn", self._on_bell)
        self._answer("TITLE_CHANGED", "GhosttyTerminalTitleChangedFn", self._on_title)
        self._answer(
            "DESKTOP_NOTIFICATION", "GhosttyTerminalDesktopNotificationFn", self._on_notification
        )
        self._answer("CLIPBOARD_WRITE", "GhosttyTerminalClipboardWriteFn", self._on_clipboard)
        self._answer("UNKNOWN_SEQUENCE", "GhosttyTerminalUnknownSequenceFn", self._on_unknown)
        self._set("UNKNOWN_MAX_BYTES", ffi.new("size_t*", _UNKNOWN_MAXIMUM_BYTES))

    def _set(self, option: str, value: Any) -> None:
        number = getattr(lib, "GHOSTTY_TERMINAL_OPT_" + option)
        check(lib.ghostty_terminal_set(self.handle, number, value), option)

    def _answer(self, option: str, type_name: str, method: Callable[..., Any]) -> None:
        # A bound method would keep the emulator alive for ever through cffi's handle.
        reference = weakref.WeakMethod(method)

        def call(_terminal: Any, _userdata: Any, *arguments: Any) -> Any:
            target = reference()
            return target(*arguments) if target is not None else None

        callback = ffi.callback(type_name, call)
        self._callbacks.append(callback)
        self._set(option, callback)

    # Callbacks, called inside feed()

    def _on_reply(self, data: Any, length: int) -> None:
        self._replies.append(ffi.buffer(data, length)[:])

    def _on_hold(self, held: int) -> None:
        self.held = bool(held)

    def _on_size(self, size: Any) -> bool:
        size.rows, size.columns = self.rows, self.columns
        size.cell_width, size.cell_height = CELL_WIDTH, CELL_HEIGHT
        return True

    def _on_bell(self) -> None:
        if Bell() not in self._events:
            self._events.append(Bell())

    def _on_title(self) -> None:
        text = ffi.new("GhosttyString*")
        lib.ghostty_terminal_get(self.handle, lib.GHOSTTY_TERMINAL_DATA_TITLE, text)
        self.title = clean(_bytes(text))
        if self._events and isinstance(self._events[-1], TitleChanged):
            self._events.pop()
        self._events.append(TitleChanged(self.title))

    def _on_notification(self, notification: Any) -> None:
        title, body = _bytes(notification.title), _bytes(notification.body)
        self._events.append(Notification(clean(title), clean(body)))

    def _on_clipboard(self, write: Any) -> None:
        for index in range(write.contents_len):
            data = write.contents[index].data
            if data.len <= _CLIPBOARD_MAXIMUM_BYTES:
                self._events.append(ClipboardWrite(_bytes(data).decode("utf-8", "replace")))
        reply = new_sized("GhosttyClipboardWriteReply")
        reply.result = lib.GHOSTTY_CLIPBOARD_WRITE_RESULT_SUCCESS
        write.reply(write, reply)

    def _on_unknown(self, sequence: Any) -> None:
        if sequence.tag != lib.GHOSTTY_TERMINAL_UNKNOWN_SEQUENCE_OSC:
            return
        osc = sequence.value.osc
        content = _bytes(osc.content)
        if content.startswith(b"7501;") and not osc.truncated:
            self._events.append(ProgramStatus(clean(content[5:])))

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
            self._mend(found)
        self._write(data[position:] if position else data)

    def _write(self, data: bytes) -> None:
        if data:
            lib.ghostty_terminal_vt_write(self.handle, data, len(data))

    def _mend(self, found: re.Match[bytes]) -> None:
        if found[1]:
            column, row = self._position()
            self._write(_SOFT_RESET + b"\x1b[%d;%dH" % (row + 1, column + 1))
        elif found[2]:
            self._write(b"\x1b[0g")
        else:
            self._write(b"\x1b[6n")
            if self._replies and self._replies[-1].endswith(b"R"):
                self._replies[-1] = b"\x1b[?" + self._replies[-1][2:]

    def take_replies(self) -> bytes:
        """Return and forget the answers to the program's queries; write them to it at once."""
        if not self._replies:
            return b""
        replies = b"".join(self._replies)
        self._replies.clear()
        return replies

    def take_events(self) -> list[TerminalEvent]:
        """Return and forget what the program told since the last call."""
        events = list(self._events)
        self._events.clear()
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
        self.held = False

    def set_colours(self, foreground: Colour | None, background: Colour | None) -> None:
        """Say what the default colours are, so that the program can ask (OSC 10 and 11)."""
        for option, colour in (("FOREGROUND", foreground), ("BACKGROUND", background)):
            if colour is not None:
                self._set("COLOR_" + option, ffi.new("GhosttyColorRgb*", colour))

    # State

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
        """Tell whether a DEC private mode, such as 2004 (bracketed paste), is on."""
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


def _bytes(text: Any) -> bytes:
    """Copy a borrowed string of the library."""
    return ffi.buffer(text.ptr, text.len)[:] if text.len else b""


def _destroy(destructors: list[Callable[[], None]]) -> None:
    while destructors:
        destructors.pop()()
