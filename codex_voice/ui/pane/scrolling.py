"""The part of the pane's lines that is seen: scrolled, searched, selected.

Scrolling means the scrollback, or what the program makes of it where it fills the screen itself.
"""

from __future__ import annotations

from codex_voice.terminal import keys
from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.encoders import KeyEncoder
from codex_voice.terminal.keys import KeyPress
from codex_voice.terminal.mouse_input import MouseInput
from codex_voice.terminal.view import Search, Selection
from codex_voice.ui.pane.canvas import PaneCanvas

_PAGE_KEYS = {"pageup": -1, "pagedown": 1}


class PaneScrolling(PaneCanvas):
    """A canvas with a view that moves; whoever has a program says how it is written to."""

    def __init__(self, emulator: Emulator, id: str | None = None) -> None:  # noqa: A002
        super().__init__(emulator, id)
        self._keys = KeyEncoder(self.emulator)
        self._selection = Selection(self.emulator)
        self._search: Search | None = None
        self._mouse = MouseInput(
            self.emulator,
            self.view,
            self._selection,
            write=self.write,
            scroll=self.scroll_lines,
            copy=self.copy,
            changed=self.clock.request,
        )

    @property
    def running(self) -> bool:
        """Whether there is a program that could do the scrolling."""
        raise NotImplementedError

    def write(self, data: bytes) -> bool:
        """Send input to the program."""
        raise NotImplementedError

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        raise NotImplementedError

    @property
    def half_page(self) -> int:
        """Half of the pane's height, in lines."""
        return max(1, self.emulator.rows // 2)

    @property
    def _program_scrolls(self) -> bool:
        return self.running and self.emulator.alternate_screen

    def scroll_lines(self, lines: int) -> None:
        """Scroll by lines; negative is back."""
        if not self._program_scrolls:
            self.view.move(lines)
            self.clock.request()
        elif self.emulator.mouse_tracking:
            self.write(self._mouse.encode_wheel(up=lines < 0) * abs(lines))
        else:
            self.write(self._keys.encode(keys.press("up" if lines < 0 else "down")) * abs(lines))

    def scroll_pages(self, pages: int) -> None:
        """Scroll by pages; negative is back."""
        if self._program_scrolls:
            key = keys.press("pageup" if pages < 0 else "pagedown")
            self.write(self._keys.encode(key) * abs(pages))
        else:
            self.view.move(pages * max(1, self.emulator.rows - 1))
            self.clock.request()

    def scroll_to_start(self) -> None:
        """Scroll to the oldest line."""
        if self._program_scrolls:
            self.write(self._keys.encode(keys.press("home", keys.CTRL)))
        else:
            self.view.move_to_top()
            self.clock.request()

    def scroll_to_end(self) -> None:
        """Scroll to the newest line."""
        if self._program_scrolls:
            self.write(self._keys.encode(keys.press("end", keys.CTRL)))
        else:
            self.view.move_to_bottom()
            self.clock.request()

    def scroll_by_key(self, key: KeyPress) -> bool:
        """Scroll with PageUp and PageDown where the program does not; always with Shift."""
        pages = _PAGE_KEYS.get(key.base)
        if pages is None or key.modifiers & ~keys.SHIFT or self._program_scrolls:
            return False
        if not key.modifiers and not self.view.position.above and not self.view.position.below:
            return False
        if key.action != "release":
            self.scroll_pages(pages)
        return True

    def find(self, text: str) -> int:
        """Look for a text in screen and scrollback; return how often it is there."""
        if self._search is None:
            self._search = Search(self.emulator)
        return self._search.find(text)

    def find_next(self, earlier: bool = True) -> bool:
        """Select and show the next match of `find`; `False` when there is none."""
        above = self.view.position.above
        found = self._search is not None and self._search.show_next(earlier)
        if self.view.position.above != above:
            # The engine puts it into the first row, under the mark that says where one is.
            self.view.move(-max(1, self.emulator.rows // 3))
        self.clock.request()
        return found

    def clear_search(self) -> None:
        """Mark nothing any more; the view stays where the last match was."""
        self._search = None
        self._selection.clear()
        self.clock.request()

    def copy_selection(self) -> str:
        """Put the selected text on the clipboard and return it."""
        text = self._selection.text()
        if text:
            self.copy(text)
        return text

    def return_to_bottom(self) -> None:
        """Show the bottom with nothing selected; a frame is drawn only when that changes."""
        if self._selection.active:
            self._selection.clear()
            self.clock.request()
        if not self.view.at_bottom:
            self.view.move_to_bottom()
            self.clock.request()
