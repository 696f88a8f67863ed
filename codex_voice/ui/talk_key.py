"""The talk key: a tap toggles; where the terminal reports releases, holding it also works."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_voice.services.dictation import Dictation
    from codex_voice.terminal.keys import KeyPress

# A shorter press is a tap: it starts, and the next one stops. People who hold a key to talk
# keep it down for longer than any word takes.
HOLD_SECONDS = 0.35


class TalkKey:
    """Turns presses and releases of the talk key into listening.

    Args:
        dictation: Listens.
        reports_release: Whether the terminal tells when a key goes up.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        dictation: Dictation,
        reports_release: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dictation = dictation
        self._reports_release = reports_release
        self._clock = clock
        self._pressed_at: float | None = None

    def handle(self, key: KeyPress) -> None:
        """Take one event of the talk key."""
        if key.action == "press":
            self._press()
        elif key.action == "release" and self._pressed_at is not None:
            self._release(self._clock() - self._pressed_at)

    def _press(self) -> None:
        begins = self._dictation.state.mode == "push_to_talk" and not self._dictation.listening
        if begins and self._reports_release():
            self._pressed_at = self._clock()
            self._dictation.listen(held=True)
        else:
            self._dictation.toggle()

    def _release(self, seconds: float) -> None:
        self._pressed_at = None
        if not self._dictation.listening:
            return
        if seconds >= HOLD_SECONDS:
            self._dictation.finish()
        else:
            self._dictation.release()
