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
    """Turns presses and releases of the talk key into listening."""

    def __init__(self, dictation: Dictation, clock: Callable[[], float] = time.monotonic) -> None:
        self._dictation = dictation
        self._clock = clock
        self._pressed_at: float | None = None

    def handle(self, key: KeyPress) -> None:
        """Take one event of the talk key."""
        if key.action == "press":
            was_listening = self._dictation.listening
            self._dictation.toggle()
            begun = not was_listening and self._dictation.listening
            self._pressed_at = self._clock() if begun else None
        elif key.action == "release" and self._pressed_at is not None:
            held = self._clock() - self._pressed_at
            self._pressed_at = None
            if held >= HOLD_SECONDS and self._dictation.listening:
                self._dictation.finish()
