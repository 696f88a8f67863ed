"""The wake-word mode's sleep: nothing is heard but the wake phrase."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from codex_voice.config.schema import VoiceConfig
from codex_voice.language.wake import WakePhrase


class WakeMode:
    """Knows whether the voice is asleep, and what of a transcript is meant for it.

    Args:
        voice: The wake phrase, and how long to stay awake.
        changed: Called after falling asleep and after waking up.
    """

    def __init__(self, voice: VoiceConfig, changed: Callable[[], None]) -> None:
        self.asleep = False
        self._phrase = WakePhrase(voice.wake_phrase)
        self._seconds = voice.sleep_after_seconds
        self._changed = changed
        self._timer: asyncio.TimerHandle | None = None

    def sleep(self) -> None:
        """Hear nothing but the wake phrase from now on."""
        self.cancel()
        self.asleep = True
        self._changed()

    def wake(self) -> None:
        """Stay awake for a while, counted from now."""
        self.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._seconds, self.sleep)
        if self.asleep:
            self.asleep = False
            self._changed()

    def cancel(self) -> None:
        """Neither fall asleep by itself nor wake up any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def hear(self, text: str) -> str | None:
        """Return what of a transcript is meant for Codex.

        The wake phrase is taken off, and wakes; while awake everything is meant.

        Returns:
            The text, empty where only the phrase was said, or None for what is nobody's dictation.
        """
        rest = self._phrase.match(text)
        if rest is None and self.asleep:
            return None
        self.wake()
        return text if rest is None else _as_beginning(rest, text)


def _as_beginning(rest: str, text: str) -> str:
    """Return what follows the wake phrase as the recogniser would have begun a sentence with it."""
    first = rest.split(" ", 1)[0].rstrip(".,!?:;")
    if text[:1].isupper() and first.isalpha() and first.islower():
        return rest[0].upper() + rest[1:]
    return rest
