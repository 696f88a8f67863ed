"""The scrolled-back view of a terminal: where it stands, what is selected, what is searched."""

from __future__ import annotations

from dataclasses import dataclass

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.engine import NULL, check, ffi, grid_ref, lib, new_sized, scroll_viewport
from codex_voice.terminal.engine_callbacks import CELL_HEIGHT, CELL_WIDTH

# The time between the clicks of a double click, as desktops have it.
_REPEAT_NANOSECONDS = 500_000_000


@dataclass(frozen=True)
class Position:
    """Where the view stands, in lines: `above` and `below` it, and its own height."""

    above: int
    height: int
    below: int


class View:
    """Moves the view of an emulator; it stays where it is while output arrives."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._request = ffi.new("CvScroll*")
        self._flag = ffi.new("bool*")
        self._scrollbar = ffi.new("GhosttyTerminalScrollbar*")

    @property
    def at_bottom(self) -> bool:
        """Whether the view shows the active screen."""
        lib.ghostty_terminal_get(
            self._emulator.handle, lib.GHOSTTY_TERMINAL_DATA_VIEWPORT_ACTIVE, self._flag
        )
        return bool(self._flag[0])

    @property
    def position(self) -> Position:
        """Where the view stands."""
        lib.ghostty_terminal_get(
            self._emulator.handle, lib.GHOSTTY_TERMINAL_DATA_SCROLLBAR, self._scrollbar
        )
        bar = self._scrollbar
        return Position(bar.offset, bar.len, bar.total - bar.offset - bar.len)

    def move(self, lines: int) -> None:
        """Move by lines; negative goes back to earlier ones."""
        self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_DELTA, lines)

    def move_to_top(self) -> None:
        """Show the oldest lines."""
        self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_TOP)

    def move_to_bottom(self) -> None:
        """Show the active screen."""
        self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_BOTTOM)

    def _scroll(self, tag: int, amount: int = 0) -> None:
        self._request.tag = tag
        self._request.value.amount = amount
        scroll_viewport(self._emulator.handle, self._request[0])


class Selection:
    """Text selected with the mouse: by dragging, by word, by line."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        pointer = ffi.new("GhosttySelectionGesture*")
        check(lib.ghostty_selection_gesture_new(NULL, pointer), "a selection")
        self._gesture = emulator.own(
            pointer[0],
            lambda gesture: lib.ghostty_selection_gesture_free(gesture, emulator_handle),
        )
        emulator_handle = emulator.handle
        self._selection = new_sized("GhosttySelection")
        self._point = ffi.new("CvPoint*")
        self._point.tag = lib.GHOSTTY_POINT_TAG_VIEWPORT
        self._anchor = (0, 0)

    def press(self, column: int, row: int, seconds: float) -> None:
        """Begin at a cell of the view; a second press near by selects the word, a third the line.

        Args:
            column: Zero-based column in the view.
            row: Zero-based row in the view.
            seconds: When, by a clock that only goes forward.
        """
        self._anchor = (row, column)
        self._handle(
            lib.GHOSTTY_SELECTION_GESTURE_EVENT_TYPE_PRESS,
            column,
            row,
            0.5,
            {
                lib.GHOSTTY_SELECTION_GESTURE_EVENT_OPT_REPEAT_DISTANCE: ffi.new(
                    "double*", CELL_WIDTH
                ),
                lib.GHOSTTY_SELECTION_GESTURE_EVENT_OPT_TIME_NS: ffi.new(
                    "uint64_t*", int(seconds * 1e9)
                ),
                lib.GHOSTTY_SELECTION_GESTURE_EVENT_OPT_REPEAT_INTERVAL_NS: ffi.new(
                    "uint64_t*", _REPEAT_NANOSECONDS
                ),
            },
        )

    def drag(self, column: int, row: int) -> None:
        """Extend to a cell of the view."""
        geometry = ffi.new("GhosttySelectionGestureGeometry*")
        geometry.columns = self._emulator.columns
        geometry.cell_width = CELL_WIDTH
        geometry.screen_height = self._emulator.rows * CELL_HEIGHT
        self._handle(
            lib.GHOSTTY_SELECTION_GESTURE_EVENT_TYPE_DRAG,
            column,
            row,
            # The engine takes a cell in when the pointer is well inside of it.
            0.9 if (row, column) >= self._anchor else 0.1,
            {lib.GHOSTTY_SELECTION_GESTURE_EVENT_OPT_GEOMETRY: geometry},
        )

    def release(self, column: int, row: int) -> None:
        """End the dragging."""
        self._handle(lib.GHOSTTY_SELECTION_GESTURE_EVENT_TYPE_RELEASE, column, row, 0.5, {})

    def _handle(
        self, kind: int, column: int, row: int, inside: float, options: dict[int, object]
    ) -> None:
        reference = new_sized("GhosttyGridRef")
        self._point.value.x, self._point.value.y = column, row
        handle = self._emulator.handle
        if grid_ref(handle, self._point[0], reference):
            return
        pointer = ffi.new("GhosttySelectionGestureEvent*")
        check(lib.ghostty_selection_gesture_event_new(NULL, pointer, kind), "a selection event")
        event = pointer[0]
        place = ffi.new("GhosttySurfacePosition*")
        place.x = (column + inside) * CELL_WIDTH
        place.y = (row + 0.5) * CELL_HEIGHT
        options = {
            lib.GHOSTTY_SELECTION_GESTURE_EVENT_OPT_REF: reference,
            lib.GHOSTTY_SELECTION_GESTURE_EVENT_OPT_POSITION: place,
            **options,
        }
        for option, value in options.items():
            lib.ghostty_selection_gesture_event_set(event, option, value)
        result = lib.ghostty_selection_gesture_event(self._gesture, handle, event, self._selection)
        lib.ghostty_selection_gesture_event_free(event)
        if result == lib.GHOSTTY_SUCCESS:
            self._show(self._selection)
        elif kind == lib.GHOSTTY_SELECTION_GESTURE_EVENT_TYPE_PRESS:
            self._show(NULL)

    @property
    def active(self) -> bool:
        """Whether anything is selected."""
        result = lib.ghostty_terminal_get(
            self._emulator.handle, lib.GHOSTTY_TERMINAL_DATA_SELECTION, self._selection
        )
        return bool(result == lib.GHOSTTY_SUCCESS)

    def clear(self) -> None:
        """Select nothing."""
        lib.ghostty_selection_gesture_reset(self._gesture, self._emulator.handle)
        self._show(NULL)

    def text(self) -> str:
        """Return the selected text, softly wrapped lines joined; empty when nothing is."""
        if not self.active:
            return ""
        return self._emulator.format_text(self._selection)

    def _show(self, selection: object) -> None:
        lib.ghostty_terminal_set(
            self._emulator.handle, lib.GHOSTTY_TERMINAL_OPT_SELECTION, selection
        )


class Search:
    """Finds text in the scrollback and the screen: plain, ASCII case does not matter."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        pointer = ffi.new("GhosttySearch*")
        check(lib.ghostty_search_new(NULL, pointer, emulator.handle), "a search")
        self._search = emulator.own(pointer[0], lib.ghostty_search_free)
        self._count = ffi.new("size_t*")
        self._match = new_sized("GhosttySelection")

    def find(self, text: str) -> int:
        """Look for `text` and return how often it is there."""
        needle = ffi.from_buffer("uint8_t[]", text.encode())
        wanted = ffi.new("GhosttyString*")
        wanted.ptr, wanted.len = needle, len(needle)
        check(lib.ghostty_search_set(self._search, lib.GHOSTTY_SEARCH_OPT_NEEDLE, wanted), "search")
        check(lib.ghostty_search_run(self._search), "search")
        lib.ghostty_search_get(self._search, lib.GHOSTTY_SEARCH_DATA_TOTAL_MATCHES, self._count)
        return int(self._count[0])

    def show_next(self, earlier: bool = True) -> bool:
        """Select the next match and scroll to it; `False` when there is none.

        Args:
            earlier: Towards older lines, which is where a search begins.
        """
        option = (
            lib.GHOSTTY_SEARCH_OPT_SELECT_NEXT if earlier else lib.GHOSTTY_SEARCH_OPT_SELECT_PREV
        )
        lib.ghostty_search_set(self._search, option, NULL)
        result = lib.ghostty_search_get(
            self._search, lib.GHOSTTY_SEARCH_DATA_SELECTED_MATCH, self._match
        )
        if result != lib.GHOSTTY_SUCCESS:
            return False
        lib.ghostty_terminal_set(
            self._emulator.handle, lib.GHOSTTY_TERMINAL_OPT_SELECTION, self._match
        )
        return True
