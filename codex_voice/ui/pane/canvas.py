"""The drawn side of the pane: rows of the emulator onto the screen, by one of two ways.

Where nothing lies over the pane its rows go straight to the terminal; otherwise they go through
Textual's compositor. Both draw the same bytes.
"""

from __future__ import annotations

import os
from dataclasses import replace

from textual import events
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget

from codex_voice.terminal.colours import has_true_colour
from codex_voice.terminal.emulator import Cursor, Emulator
from codex_voice.terminal.frame_clock import FrameClock
from codex_voice.terminal.painter import Painter, place_cursor, wrap_frame
from codex_voice.terminal.rows import RowFormatter
from codex_voice.terminal.view import View
from codex_voice.ui.driver import TerminalDriver
from codex_voice.ui.pane.strips import make_strip
from codex_voice.ui.textual_compat import (
    Layout,
    driver_of,
    has_synchronized_output,
    visible_widgets,
)

_HIDE_CURSOR = b"\x1b[?25l"


class PaneCanvas(Widget):
    """A widget that shows an emulator.

    Attributes:
        emulator: What is shown.
        view: Which part of its lines is shown.
        clock: Decides when to draw.
    """

    ALLOW_SELECT = False

    def __init__(self, emulator: Emulator, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.emulator = emulator
        self.view = View(self.emulator)
        self.clock = FrameClock(self._draw, lambda: self.emulator.held, self.emulator.release_hold)
        self.shows_cursor = True
        """Whether there is a program whose cursor means something."""
        self._formatter = RowFormatter(self.emulator, has_true_colour(os.environ))
        self._painter = Painter()
        self._painter.reset(emulator.rows)
        self._rows = [b""] * emulator.rows
        self._strips: list[Strip | None] = [None] * emulator.rows
        self._mark = b""
        self._cursor: tuple[Cursor, Offset] | None = None
        self._layout: Layout | None = None
        self._place: Offset | None = None
        self._behind = False

    @property
    def driver(self) -> TerminalDriver | None:
        """The driver, where it is ours and not a test's."""
        driver = driver_of(self.app)
        return driver if isinstance(driver, TerminalDriver) else None

    def on_mount(self) -> None:
        """Have what the program has drawn already on the first frame."""
        self._update_rows()

    def on_resize(self, event: events.Resize) -> None:
        """Give the emulator the widget's size and have all rows ready at once."""
        columns, rows = event.size
        if not columns or not rows:
            return
        self.resize_program(columns, rows)
        if len(self._rows) != rows:
            self._rows = (self._rows + [b""] * rows)[:rows]
        self._strips = [None] * rows
        self._painter.reset(rows)
        self._update_rows()
        self.size_known()
        self.clock.request()

    def resize_program(self, columns: int, rows: int) -> None:
        """Give the emulator, and its program, this size in cells."""
        raise NotImplementedError

    def size_known(self) -> None:
        """Note that the pane has its size."""

    def on_focus(self) -> None:
        """Show the cursor."""
        self.clock.request()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.clock.request()

    # Drawing

    def _draw(self) -> bool:
        driver = self.driver
        self._behind = driver is not None and driver.clogged
        if self._behind:
            return False
        self.emulator.correct_width()
        changed = self._update_rows()
        if driver is None:
            self._refresh_rows(changed)
        elif (place := self._find_place()) is not None:
            self._paint(driver, place)
        else:
            self._refresh_rows(changed)
            if self._cursor is not None:
                self._cursor = None
                driver.write_bytes(_HIDE_CURSOR)
        return bool(changed)

    def _update_rows(self) -> list[int]:
        """Read what changed from the emulator; return the numbers of the rows."""
        changed = []
        for index, row in self._formatter.take_frame().items():
            if index < len(self._rows):
                self._rows[index] = row
                self._strips[index] = None
                changed.append(index)
        mark = self._make_mark()
        if mark != self._mark and self._rows:
            self._mark = mark
            self._strips[0] = None
            changed.append(0)
        return changed

    def _make_mark(self) -> bytes:
        """Make the label that says that one is not at the bottom."""
        if self.view.at_bottom:
            return b""
        label = f" ↓ {self.view.position.below} more lines "
        column = self.emulator.columns - len(label) + 1
        return f"\x1b[{column}G\x1b[0;7m{label}\x1b[0m".encode() if column > 0 else b""

    def _marked_rows(self) -> list[bytes]:
        if not self._mark or not self._rows:
            return self._rows
        return [self._rows[0] + self._mark, *self._rows[1:]]

    def _find_place(self) -> Offset | None:
        """Return where the pane is on the terminal, if it is seen whole with nothing over it."""
        screens = self.app.screen_stack
        if len(screens) != 1 or len(self._rows) != self.size.height:
            # Under a dialog, or where the program draws already and the pane has no size yet.
            return None
        layout = visible_widgets(screens[0])
        # Textual makes a new mapping whenever anything moves.
        if layout is not self._layout:
            self._layout = layout
            self._place = self.content_region.offset if self._is_uncovered(layout) else None
        return self._place

    def _is_uncovered(self, layout: Layout) -> bool:
        region = self.region
        for widget, (other, clip) in layout.items():
            if widget is self:
                return clip.contains_region(other)
            if other.area and other.overlaps(region):
                return False
        return False

    def _paint(self, driver: TerminalDriver, place: Offset) -> None:
        frame = self._painter.paint(self._marked_rows(), place.x, place.y, self.emulator.columns)
        cursor = self.emulator.view_cursor
        if cursor.visible and not (self.has_focus and self.shows_cursor):
            cursor = replace(cursor, visible=False)
        if not frame and (cursor, place) == self._cursor:
            return
        self._cursor = (cursor, place)
        # Textual ends each of its own frames by moving the cursor here.
        self.app.cursor_position = place + Offset(cursor.column, cursor.row)
        placed = place_cursor(cursor, place.x, place.y)
        if frame:
            placed = wrap_frame(frame + placed, has_synchronized_output(self.app))
        driver.write_bytes(placed)

    def output_drained(self, dropped: bool) -> None:
        """Draw what was skipped while the terminal was behind."""
        if dropped:
            self.repaint()
        elif self._behind:
            self.clock.request()

    def repaint(self) -> None:
        """Draw every row again, whatever stands on the terminal."""
        self._painter.reset(len(self._rows))
        self._cursor = None
        self.clock.request()

    # Drawing through Textual

    def _refresh_rows(self, rows: list[int]) -> None:
        if len(rows) * 2 > len(self._rows):
            self.refresh()
        elif rows:
            self.refresh(*(Region(0, row, self.size.width, 1) for row in rows))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give rows to the compositor.

        This goes round Textual's cache of strips, which knows nothing of rows painted directly
        and would give stale ones.
        """
        left, right = crop.x, crop.right
        strips = []
        for row in range(crop.y, crop.bottom):
            strip = self.render_line(row)
            self._painter.forget(row)
            whole = left == 0 and right >= strip.cell_length
            strips.append(strip if whole else strip.crop(left, right))
        return strips

    def render_line(self, y: int) -> Strip:
        """Return a row as a strip of the widget's width."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width)
        strip = self._strips[y]
        if strip is None:
            row = self._rows[y] + self._mark if y == 0 else self._rows[y]
            strip = make_strip(row, self.size.width, self.content_region.x)
            self._strips[y] = strip
        return strip
