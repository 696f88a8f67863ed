"""What was told to the user lately."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

# Long enough to read a line and its remedy twice.
NOTICE_SECONDS = 8.0


@dataclass
class Notices:
    """The last line told, which goes by itself after a while.

    Args:
        set_timer: Calls a function after some seconds, as `App.set_timer` does.
        changed: Called when there is something new to show or to hide.
    """

    set_timer: Callable[[float, Callable[[], None]], Timer]
    changed: Callable[[], None]
    lines: list[str] = field(default_factory=list)
    _timer: Timer | None = None

    def tell(self, text: str, seconds: float = NOTICE_SECONDS) -> None:
        """Show a line in place of the last one."""
        self.lines[:] = [text]
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(seconds, self.clear)
        self.changed()

    def clear(self) -> None:
        """Show nothing any more."""
        if self.lines:
            self.lines.clear()
            self.changed()
