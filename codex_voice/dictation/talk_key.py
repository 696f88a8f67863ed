"""The talk key: a tap toggles; where the terminal reports releases, holding it also works."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codex_voice.key_names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_voice.dictation.dictation import Dictation
    from codex_voice.terminal.keys import KeyPress

# A shorter press is a tap: it starts, and the next one stops. People who hold a key to talk
# keep it down for longer than any word takes.
HOLD_SECONDS = 0.35


class TalkKey:
    """Turns presses and releases of the talk key into listening.

    Args:
        name: The key, as a person wrote it.
        dictation: Listens.
        reports_release: Whether the terminal tells when a key goes up.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        name: str,
        dictation: Dictation,
        reports_release: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = canonical_name(name)
        self._base = self._name.rpartition("+")[2]
        self._dictation = dictation
        self._reports_release = reports_release
        self._clock = clock
        self._pressed_at: float | None = None

    def takes(self, key: KeyPress) -> bool:
        """Act on an event of the talk key; `False` is any other key."""
        if self._pressed_at is not None and self._is_release(key):
            self.let_go()
            return True
        if key.name != self._name:
            return False
        if key.action == "press":
            self._press()
        return True

    def _is_release(self, key: KeyPress) -> bool:
        """Tell whether the key goes up; its modifiers may have gone up before it."""
        return key.action == "release" and (key.name == self._name or key.base == self._base)

    def _press(self) -> None:
        begins = self._dictation.state.mode == "push_to_talk" and not self._dictation.listening
        if begins and self._reports_release():
            self._pressed_at = self._clock()
            self._dictation.listen(held=True)
        else:
            self._dictation.toggle()

    def let_go(self) -> None:
        """End what the key holds; also where its release goes to another window."""
        if self._pressed_at is None:
            return
        seconds = self._clock() - self._pressed_at
        self._pressed_at = None
        if not self._dictation.listening:
            return
        if seconds >= HOLD_SECONDS:
            self._dictation.finish()
        else:
            self._dictation.release()
