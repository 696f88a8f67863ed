"""Cues for the ear: short sounds, the terminal's bell, or nothing."""

from __future__ import annotations

from collections.abc import Callable

from codex_voice.audio.earcons import Cue
from codex_voice.config import Sounds

# The bell is for what one must not miss; a bell at every key would be noise.
RINGING = (Cue.ERROR, Cue.NEEDS_APPROVAL)


class Cues:
    """Sounds the cues that the configuration wants.

    Args:
        sounds: Which kind.
        ring: Rings the terminal's bell.
        suppress: Keeps the microphone from hearing a sound of ours for so many seconds.
    """

    def __init__(
        self, sounds: Sounds, ring: Callable[[], None], suppress: Callable[[float], None]
    ) -> None:
        self._sounds = sounds
        self._ring = ring
        self._suppress = suppress

    def sound(self, cue: Cue) -> None:
        """Sound a cue, without waiting for its end."""
        if self._sounds == "bell" and cue in RINGING:
            self._ring()
