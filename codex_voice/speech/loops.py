"""Finds loops: what a Whisper model writes again and again though it was said once.

A model that hears too little beyond the end of the speech starts over, until its tokens run out
or by saying a whole sentence exactly twice. People repeat themselves too, so whether a
repetition is a loop depends on whether the sound is long enough for it.
"""

from __future__ import annotations

import re

# Scripts that set no blanks between words give one "word" a character.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:'\w+)*")
_ENDLESS_PUNCTUATION = re.compile(r"\s*([^\w\s])(?:\s*\1){4,}\s*$")
_FEWEST_TURNS = 3
_FEWEST_TURNS_OF_A_WORD = 5
_FEWEST_WORDS_OF_A_LAST_DOUBLE = 4
"""People who dictate say shorter phrases twice in a row; a sentence hardly ever."""

_FASTEST_LETTERS = 24.0
"""Letters a second of sound that is not silent. 137 clips of human and synthetic speech have a
median of 17 and a 99th percentile of 24; a sentence that was said once and written twice has
twice its true rate."""
_FASTEST_LETTERS_OF_A_WORD = 15.0
"""The same for a double of one or two words: single words take longer (4 to 14 letters a second
in 30 clips of commands)."""


def repeats(text: str) -> bool:
    """Return whether the text ends in a word or a mark five times, or a phrase three times.

    Args:
        text: A transcript; its last turn may be incomplete.
    """
    return _end_of_first_turn(text) is not None


def is_double(text: str) -> bool:
    """Return whether the text is one text exactly twice, whatever its case and punctuation."""
    return _middle(text) is not None


def ends_in_double(text: str) -> bool:
    """Say whether a longer text ends in four or more words twice in a row."""
    return _end_before_last_double(text) is not None


def one_turn(text: str) -> str:
    """Return the text with one turn of the loop or the double that it ends in.

    Text that is nothing but a repeated mark has no words: the result is empty.
    """
    for find in (_end_of_first_turn, _middle, _end_before_last_double):
        end = find(text)
        if end is not None:
            return text[:end].strip()
    return text


def without_cut_word(text: str) -> str:
    """Drop the last word of a text that the limit of tokens ended, perhaps inside that word.

    Of a script without blanks that is the last character; no blank need precede either ("4-4-4").
    """
    found = list(_WORD.finditer(text))
    return text[: found[-1].start()].rstrip() if found else ""


def is_too_fast(text: str, active_seconds: float) -> bool:
    """Return whether nobody can have said a repetition in the time.

    Args:
        text: A transcript that repeats itself.
        active_seconds: For how long the sound is not silent.
    """
    words = _WORD.findall(text)
    fastest = _FASTEST_LETTERS if len(words) > 4 else _FASTEST_LETTERS_OF_A_WORD
    return sum(map(len, words)) > fastest * active_seconds


def _end_of_first_turn(text: str) -> int | None:
    """Return where the first turn of a loop at the text's end ends; its last turn may be cut."""
    if punctuation := _ENDLESS_PUNCTUATION.search(text):
        return punctuation.start()
    found = list(_WORD.finditer(text))
    words = [match.group().casefold() for match in found]
    for length in range(1, len(words) // _FEWEST_TURNS + 1):
        start = len(words) - length
        while start > 0 and words[start - 1] == words[start - 1 + length]:
            start -= 1
        turns = _FEWEST_TURNS_OF_A_WORD if length == 1 else _FEWEST_TURNS
        if len(words) - start >= length * turns:
            return found[start + length - 1].end()
    return None


def _middle(text: str) -> int | None:
    """Return where the second half of a double begins."""
    found = list(_WORD.finditer(text))
    words = [match.group().casefold() for match in found]
    half, odd = divmod(len(words), 2)
    if odd or not half or words[:half] != words[half:]:
        return None
    return found[half].start()


def _end_before_last_double(text: str) -> int | None:
    """Return where the text ends without the second turn of a double at its end."""
    found = list(_WORD.finditer(text))
    words = [match.group().casefold() for match in found]
    for length in range(len(words) // 2, _FEWEST_WORDS_OF_A_LAST_DOUBLE - 1, -1):
        if words[-length:] == words[-2 * length : -length]:
            # With the mark that ends the sentence.
            return found[-length].start()
    return None
