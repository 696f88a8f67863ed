"""How words sound, roughly: a key that is the same for spellings that a recogniser mixes up."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

# In this order. What differs between two spellings of one sound, and what a recogniser mixes
# up: voiced and unvoiced stops, all vowels, and the weak sounds that are lost at a beginning.
_SOUNDS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^kn", "n"),
        (r"ck|q|c(?![eiyh])|g", "k"),
        (r"x", "ks"),
        (r"ph|v", "f"),
        (r"z|c(?=[eiy])", "s"),
        (r"t(?!h)", "d"),
        (r"b", "p"),
        (r"r(?![aeiouy])", ""),
        (r"(?<![tcs])h|w", ""),
        (r"[aeiouy]+", "a"),
        (r"(.)\1+", r"\1"),
    )
)


def spelling(words: str) -> str:
    """Return the lower-case letters and digits alone, without accents."""
    plain = unicodedata.normalize("NFKD", words).casefold()
    return "".join(character for character in plain if character.isalnum())


@lru_cache(maxsize=8192)
def sound(words: str) -> str:
    """Return a rough key of how words sound."""
    key = spelling(words)
    for pattern, replacement in _SOUNDS:
        key = pattern.sub(replacement, key)
    return key


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
