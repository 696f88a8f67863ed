"""The wake phrase, as a recogniser hears it.

Whisper writes the same sounds in many ways: "Hey Codex", "Hey, codecs", "A Kodex", "Hey code X".
So phrases are compared by a rough key of their sound rather than by their letters.
"""

from __future__ import annotations

import re

from codex_voice.language.sound import likeness, sound, spelling

# A name said after a clear greeting may differ from the right one by one consonant ("codec",
# "codes", "coldex": sound 0.91, spelling 0.8 and more), but not by two ("code": sound 0.8) nor
# by its whole look ("coders", "Cody's": spelling 0.73, 0.6).
_SAME_SOUND = 0.9
_SAME_SPELLING = 0.8


class WakePhrase:
    """Recognises one phrase at the beginning of a transcript.

    Args:
        phrase: What is to be said, such as "hey codex".
    """

    def __init__(self, phrase: str) -> None:
        words = phrase.split()
        self._words = len(words)
        self._sound = sound(phrase)
        self._greeting = spelling(" ".join(words[:-1]))
        self._name = words[-1] if words else ""

    def match(self, text: str) -> str | None:
        """Return what was said after the wake phrase.

        Args:
            text: A transcript of one utterance.

        Returns:
            The rest of the utterance, empty where nothing follows, or None where the utterance
            does not begin with the phrase.
        """
        words = list(re.finditer(r"[^\s-]+", text))
        # A word more than in the phrase: "code X" for "codex".
        for count in range(1, min(self._words + 1, len(words)) + 1):
            end = words[count - 1].end()
            if self._is_phrase(text[:end], count):
                return text[end:].lstrip(" -").rstrip()
        return None

    def _is_phrase(self, said: str, count: int) -> bool:
        if not self._sound:
            return False
        if sound(said) == self._sound:
            return True
        # After the greeting itself, clearly heard, the name may be less clear.
        *greeting, name = said.split()
        if count != self._words or not greeting or spelling("".join(greeting)) != self._greeting:
            return False
        return (
            likeness(sound(name), sound(self._name)) >= _SAME_SOUND
            and likeness(spelling(name), spelling(self._name)) >= _SAME_SPELLING
        )
