"""What the program tells the world, passed on to the user's terminal as far as is good for it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from codex_voice.terminal import osc_output as passing
from codex_voice.terminal import tmux
from codex_voice.ui.driver import TerminalDriver

# A bell that never stops is one bell.
_BELL_SECONDS = 0.1
# Notifications that never stop would bury the desktop: so many are passed on in so many seconds.
_NOTIFICATIONS, _NOTIFICATION_SECONDS = 10, 10.0


class PaneSignals:
    """Passes on title, bell, notifications and copied texts.

    Args:
        find_driver: Returns the driver of the user's terminal, where it is ours.
        notifications: Whether desktop notifications are passed on.

    Attributes:
        window_focused: Whether the terminal has told that its window is in focus; then nobody
            needs a notification.
        multiplexer_drops_notifications: Whether tmux is known not to pass them on: then the bell
            rings, which tmux shows in its status line.
    """

    def __init__(
        self, find_driver: Callable[[], TerminalDriver | None], *, notifications: bool
    ) -> None:
        # Not until the terminal tells so: it may never tell, and be out of sight.
        self.window_focused = False
        self.multiplexer_drops_notifications = False
        self._find_driver = find_driver
        self._notifications = notifications
        self._rang_at = 0.0
        self._notified_at: deque[float] = deque(maxlen=_NOTIFICATIONS)
        self._owed_title: str | None = None

    def set_title(self, title: str) -> None:
        """Set the title, now or when the terminal takes output again."""
        self._owed_title = None if self._pass_on(passing.encode_title(title)) else title

    def catch_up(self) -> None:
        """Do what the terminal did not take, now that it takes output again."""
        if self._owed_title is not None:
            self.set_title(self._owed_title)

    def ring(self) -> None:
        """Ring the bell."""
        now = time.monotonic()
        if now - self._rang_at >= _BELL_SECONDS:
            self._rang_at = now
            self._pass_on(passing.BELL)

    def notify(self, title: str, body: str) -> None:
        """Show a desktop notification to somebody who does not see the window."""
        if not self._notifications or self.window_focused:
            return
        now = time.monotonic()
        earlier = self._notified_at
        if len(earlier) < _NOTIFICATIONS or now - earlier[0] >= _NOTIFICATION_SECONDS:
            earlier.append(now)
            if self.multiplexer_drops_notifications:
                self.ring()
            else:
                sequence = passing.encode_notification(title, body)
                self._pass_on(tmux.wrap_for_outer_terminal(sequence))

    def copy(self, text: str) -> bool:
        """Send a text to the terminal's clipboard; `False` where it is not even sent.

        Whether the terminal takes it cannot be known: none answers.
        """
        sequence = passing.encode_clipboard(text)
        if tmux.inside_screen():
            sequence = tmux.wrap_for_outer_terminal(sequence)
        return self._pass_on(sequence)

    def _pass_on(self, sequence: bytes) -> bool:
        driver = self._find_driver()
        if not sequence or driver is None or driver.clogged:
            return False
        driver.write_bytes(sequence)
        return True
