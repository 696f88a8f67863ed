"""Words of the same sound that was heard more than once: where they agree, and which count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from codex_voice.speech.recognizer import Word

# Of the letters of a text, so many may be heard otherwise in a longer context.
_MOST_DIFFERENT = 0.25
_ENDING = re.compile(r"[^\w\s]*$")


def split_point(known: Sequence[Word], longer: Sequence[Word]) -> int | None:
    """Return how many words of a longer transcript say what a shorter one says.

    Compares letters, for a longer context joins and parts words ("end point", "endpoint").

    Returns:
        The number of words, or None where too many letters differ to tell.
    """
    target = "".join(letters_of(word.text) for word in known)
    if not target:
        return 0
    # The distances (Levenshtein) of what was read so far to all beginnings of the target.
    row = list(range(len(target) + 1))
    best, best_distance = None, _MOST_DIFFERENT * len(target)
    read = 0
    for count, word in enumerate(longer, 1):
        for letter in letters_of(word.text):
            read += 1
            above, row[0] = row[0], read
            for position, expected in enumerate(target, 1):
                diagonal, above = above, row[position]
                row[position] = min(
                    above + 1, row[position - 1] + 1, diagonal + (letter != expected)
                )
        if row[-1] < best_distance or (best is None and row[-1] <= best_distance):
            best, best_distance = count, row[-1]
    return best


def surer(preferred: Sequence[Word], other: Sequence[Word]) -> tuple[Word, ...]:
    """Return what was heard twice in one sound: of each difference the surer words.

    Args:
        preferred: The words of the hearing whose punctuation counts.
        other: Those of the other one.
    """
    result: list[Word] = []
    for same, words, others in _compared(preferred, other):
        if not same and words and others and _lowest(others) > _lowest(words):
            result += _punctuated(others, words[-1].text)
        else:
            result += words
    return tuple(result)


def spliced(following: Sequence[Word], words: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words after a seam, the first ones as they were heard across it.

    Who hears nothing before a sound guesses at its beginning, and who hears nothing after it at
    its end. So of the sound that both heard, the first half is believed to who heard what is
    before it, and the other one to who heard on.

    Args:
        following: What was heard after the seam by who heard what is before it.
        words: What was heard from the seam on.
    """
    split = split_point(following, words)
    if not split:
        return tuple(words)
    half = (len(following) + 1) // 2
    result: list[Word] = []
    position = 0
    for same, earlier, later in _compared(following, words[:split]):
        if same or position >= half:
            # With the punctuation of who heard what goes on there.
            result += later
        else:
            result += _punctuated(earlier, later[-1].text) if earlier and later else earlier
        position += len(earlier)
    return (*result, *words[split:])


def _compared(
    one: Sequence[Word], other: Sequence[Word]
) -> Iterator[tuple[bool, Sequence[Word], Sequence[Word]]]:
    """Give the words of two texts in blocks, each with whether their letters are the same."""
    first, second = ([letters_of(word.text) for word in words] for words in (one, other))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for kind, start, stop, other_start, other_stop in matcher.get_opcodes():
        yield kind == "equal", one[start:stop], other[other_start:other_stop]


def _lowest(words: Sequence[Word]) -> float:
    return min(word.confidence for word in words)


def _punctuated(words: Sequence[Word], pattern: str) -> tuple[Word, ...]:
    """Return words that end with the punctuation of another word."""
    *first, last = words
    ending = _ENDING.search(pattern)
    text = _ENDING.sub("", last.text) + (ending.group() if ending else "")
    return (*first, replace(last, text=text))


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return "".join(filter(str.isalnum, text.casefold()))
