"""The mouse over the terminal: for the program where it asked, else to select and to scroll."""

from __future__ import annotations

import time
from collections.abc import Callable

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.encoders import MouseEncoder
from codex_voice.terminal.input_tokenizer import MouseAction, MouseReport
from codex_voice.terminal.view import Selection, View

# Lines a step of the wheel moves, as in most terminals.
WHEEL_LINES = 3
_LEFT, _WHEEL_UP, _WHEEL_DOWN = 0, 64, 65
_ALTERNATE_SCROLL = 1007


class MouseInput:
    """Decides what a mouse report means.

    Args:
        emulator: Knows what the program asked for.
        view: Is scrolled by dragging beyond its edge.
        selection: Is extended by dragging.
        write: Sends bytes to the program.
        scroll: Scrolls by lines; negative goes back.
        copy: Called with a text that was selected.
        changed: Called when something is to be drawn.
    """

    def __init__(
        self,
        emulator: Emulator,
        view: View,
        selection: Selection,
        *,
        write: Callable[[bytes], object],
        scroll: Callable[[int], None],
        copy: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self._emulator = emulator
        self._view = view
        self._selection = selection
        self._encoder = MouseEncoder(emulator)
        self._write = write
        self._scroll = scroll
        self._copy = copy
        self._changed = changed
        self._selecting = False

    @property
    def dragging(self) -> bool:
        """Whether a drag that began over the terminal goes on, wherever the mouse is now."""
        return self._selecting or self._encoder.dragging

    def handle(self, report: MouseReport, column: int, row: int, to_program: bool) -> bool:
        """Act on a report.

        Args:
            report: What the mouse did.
            column: Zero-based column in the terminal; may lie outside of it while dragging.
            row: Zero-based row in the terminal; may lie outside of it while dragging.
            to_program: Whether there is a program that could want it.

        Returns:
            Whether it meant anything here.
        """
        wanted = to_program and self._emulator.mouse_tracking and not self._selecting
        if wanted and (not report.shift or self._encoder.dragging):
            self._write(self._encoder.encode(report, column, row))
            return report.action is not MouseAction.MOTION or self._encoder.dragging
        if report.is_wheel:
            if to_program and self._wheel_is_unwanted():
                return True
            if report.action is MouseAction.PRESS and report.button in (_WHEEL_UP, _WHEEL_DOWN):
                self._scroll(-WHEEL_LINES if report.button == _WHEEL_UP else WHEEL_LINES)
            return True
        if report.button != _LEFT and not self._selecting:
            return False
        return self._select(report, column, row)

    def _wheel_is_unwanted(self) -> bool:
        """Return whether the program would get arrow keys for the wheel, and wants none."""
        emulator = self._emulator
        if emulator.mouse_tracking or not emulator.alternate_screen:
            return False
        return not emulator.mode(_ALTERNATE_SCROLL)

    def encode_wheel(self, up: bool) -> bytes:
        """Return a step of the wheel over the upper part of the screen, for the program."""
        column, row = self._emulator.columns // 2, self._emulator.rows // 3
        button = _WHEEL_UP if up else _WHEEL_DOWN
        report = MouseReport(
            column, row, MouseAction.PRESS, button, shift=False, alt=False, ctrl=False, raw=b""
        )
        return self._encoder.encode(report, column, row)

    def _select(self, report: MouseReport, column: int, row: int) -> bool:
        if report.action is MouseAction.PRESS:
            self._selecting = True
            self._selection.press(column, row, time.monotonic())
        elif not self._selecting:
            return False
        else:
            if row < 0:
                self._view.move(-1)
            elif row >= self._emulator.rows:
                self._view.move(1)
            column = min(max(column, 0), self._emulator.columns - 1)
            row = min(max(row, 0), self._emulator.rows - 1)
            if report.action is MouseAction.MOTION:
                self._selection.drag(column, row)
            else:
                self._selecting = False
                self._selection.release(column, row)
                if text := self._selection.text():
                    self._copy(text)
        self._changed()
        return True
