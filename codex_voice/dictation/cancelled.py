"""What was cancelled last, as long as it can be brought back."""

from __future__ import annotations

import asyncio

from codex_voice.audio.events import Cancelled

# As long as the bar says what was cancelled, a key brings it back.
BRING_BACK_SECONDS = 8.0


class LastCancelled:
    """Remembers a cancelled utterance for some seconds."""

    def __init__(self) -> None:
        self._cancelled: Cancelled | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __bool__(self) -> bool:
        """Return whether there is one."""
        return self._cancelled is not None

    def remember(self, cancelled: Cancelled) -> None:
        """Remember this one in place of any other; on the running loop."""
        self.pop()
        self._cancelled = cancelled
        self._timer = asyncio.get_running_loop().call_later(BRING_BACK_SECONDS, self.pop)

    def pop(self) -> Cancelled | None:
        """Forget and return it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        cancelled, self._cancelled = self._cancelled, None
        return cancelled
