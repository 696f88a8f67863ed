"""Punctuation that is said as words: "hello comma world" is written "hello, world".

In prose these are words ("a comma is missing"), so this is done only where the user asked for it
with `[language] punctuation = "spoken"`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from codex_voice.language.changes import Edit
from codex_voice.language.tokens import Token, tokenise

_WHY = "spoken punctuation"


class _Place(Enum):
    """Where a mark stands between its neighbours."""

    BEHIND = "behind the word before it"
    BEFORE = "before the word behind it"
    BETWEEN = "between both, without blanks"
    APART = "with blanks on both sides"


_MARKS: dict[tuple[str, ...], tuple[str, _Place]] = {
    tuple(words.split()): (mark, place)
    for place, marks in (
        (
            _Place.BEHIND,
            {
                "comma": ",",
                "period": ".",
                "full stop": ".",
                "question mark": "?",
                "exclamation mark": "!",
                "exclamation point": "!",
                "colon": ":",
                "semicolon": ";",
                "semi colon": ";",
                "ellipsis": "…",
                "percent sign": "%",
                "new line": "\n",
                "new paragraph": "\n\n",
            },
        ),
        (
            _Place.BEFORE,
            {
                "dollar sign": "$",
                "hash sign": "#",
                "hashtag": "#",
                "at sign": "@",
                "tilde": "~",
            },
        ),
        (_Place.BETWEEN, {"hyphen": "-", "underscore": "_"}),
        (
            _Place.APART,
            {
                "dash": "–",
                "plus": "+",
                "plus sign": "+",
                "minus sign": "-",
                "equals": "=",
                "equals sign": "=",
                "equal sign": "=",
                "double equals": "==",
                "not equals": "!=",
                "arrow": "->",
                "ampersand": "&",
                "asterisk": "*",
                "pipe": "|",
                "less than": "<",
                "greater than": ">",
            },
        ),
    )
    for words, mark in marks.items()
}
_LONGEST = max(map(len, _MARKS))
_ENDS_SENTENCE = frozenset(".?!")


def write_punctuation(text: str) -> list[Edit]:
    """Return the marks in place of their words.

    Punctuation that the recogniser set around the words itself is theirs: of "world, comma." one
    comma stays. What begins a sentence then gets a capital, and what goes on a small letter.
    """
    tokens = tokenise(text)
    edits: list[Edit] = []
    index = 0
    while index < len(tokens):
        found = _mark_at(tokens, index)
        if found is None:
            index += 1
            continue
        end, mark, place = found
        edits.append(_edit(text, tokens, index, end, mark, place))
        if place is _Place.BEHIND and end < len(tokens) and _mark_at(tokens, end) is None:
            edits += _capital(tokens[end], mark)
        index = end
    return edits


def _mark_at(tokens: Sequence[Token], index: int) -> tuple[int, str, _Place] | None:
    for end in range(min(len(tokens), index + _LONGEST), index, -1):
        window = tokens[index:end]
        if any(token.after for token in window[:-1]) or any(token.before for token in window):
            continue
        found = _MARKS.get(tuple(token.lower for token in window))
        if found is not None:
            return end, *found
    return None


def _edit(
    text: str, tokens: Sequence[Token], index: int, end: int, mark: str, place: _Place
) -> Edit:
    before = tokens[index - 1] if index else None
    last = tokens[end - 1]
    start, stop = tokens[index].start, last.end + len(last.after)
    final = stop if end == len(tokens) else tokens[end].start - len(tokens[end].before)
    if before is not None and _mark_at(tokens, index - 1) is None:
        # Closing quotes and brackets stay; the recogniser's own marks go.
        start = before.end + len(re.match(r"[\"”’)\]]*", before.after).group())  # type: ignore[union-attr]
    if place is _Place.BEFORE:
        lead = " " if before is not None else ""
        return Edit(start, final, f"{lead}{mark}", _WHY)
    if place is _Place.BETWEEN:
        return Edit(start, final, mark, _WHY)
    if place is _Place.APART:
        tail = "" if end == len(tokens) else " "
        lead = " " if before is not None else ""
        return Edit(start, final, f"{lead}{mark}{tail}", _WHY)
    tail = "" if end == len(tokens) or mark.isspace() else " "
    return Edit(start, final, f"{mark}{tail}", _WHY)


def _capital(token: Token, mark: str) -> list[Edit]:
    """Return the first letter of the next word as the mark before it wants it."""
    first = token.word[:1]
    if (mark in _ENDS_SENTENCE or mark.isspace()) and first.islower() and token.word.islower():
        return [Edit(token.start, token.start + 1, first.upper(), _WHY)]
    return []
