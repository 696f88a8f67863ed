"""Cues for the ear: short sounds, the terminal's bell, or nothing."""

from __future__ import annotations

from collections.abc import Callable

from codex_voice.audio.earcons import Cue, Earcons
from codex_voice.config.schema import Sounds
from codex_voice.errors import CodexVoiceError

# The bell is for what one must not miss; at every key it would be noise.
RINGING = (Cue.ERROR, Cue.NEEDS_APPROVAL)


class Cues:
    """Sounds the cues that the configuration wants.

    Args:
        sounds: Which kind.
        ring: Rings the terminal's bell.
        suppress: Keeps the microphone from hearing a sound of ours for so many seconds.
        report_error: Called, from any thread, when no sound can be played.
    """

    def __init__(
        self,
        sounds: Sounds,
        ring: Callable[[], None],
        suppress: Callable[[float], None],
        report_error: Callable[[CodexVoiceError], None],
    ) -> None:
        self._rings = sounds == "bell"
        self._ring = ring
        self._suppress = suppress
        self._earcons = Earcons(report_error) if sounds == "earcons" else None

    def sound(self, cue: Cue) -> None:
        """Sound a cue, without waiting for its end."""
        if self._earcons is not None:
            self._suppress(cue.seconds)
            self._earcons.play(cue)
        elif self._rings and cue in RINGING:
            self._ring()

    def close(self) -> None:
        """End the sound that is being played."""
        if self._earcons is not None:
            self._earcons.close()
