"""What was told to the user lately."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer

# Long enough to read a line twice.
NOTICE_SECONDS = 8.0
# Long enough to read it, and to begin typing its remedy elsewhere.
WARNING_SECONDS = 20.0


class Notices:
    """The last line told, under the warnings that are not old yet.

    Args:
        set_timer: Calls a function after some seconds, as `App.set_timer` does.
        changed: Called when there is something new to show or to hide.
    """

    def __init__(
        self, set_timer: Callable[[float, Callable[[], None]], Timer], changed: Callable[[], None]
    ) -> None:
        self._set_timer = set_timer
        self._changed = changed
        self._warnings: list[str] = []
        self._line = ""
        self._timer: Timer | None = None

    @property
    def lines(self) -> list[str]:
        """What is to be shown now."""
        return [*self._warnings, *([self._line] if self._line else [])]

    def tell(self, text: str) -> None:
        """Show a line in place of the last one, for a while."""
        self._line = text
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._set_timer(NOTICE_SECONDS, self._forget_line)
        self._changed()

    def warn(self, text: str) -> None:
        """Show what does not work, and how it is mended, for longer."""
        if text in self._warnings:
            return
        self._warnings.append(text)
        self._set_timer(WARNING_SECONDS, lambda: self._forget_warning(text))
        self._changed()

    def _forget_line(self) -> None:
        self._line = ""
        self._changed()

    def _forget_warning(self, text: str) -> None:
        self._warnings.remove(text)
        self._changed()
