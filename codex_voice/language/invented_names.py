"""Splits what a recogniser glued together though the project has no such name.

Names in a prompt spread their style: of "function parse line" becomes "function_parser_line".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codex_voice.language.changes import Change, Edit
from codex_voice.language.name_cues import BRANDS
from codex_voice.language.project.vocabulary import Vocabulary
from codex_voice.language.tokens import Token, tokenise

TAKEN_APART = "no name of the project"
"""The reason of these changes."""

_GLUED = re.compile(r"[A-Za-z0-9]*(?:_[A-Za-z0-9]+|[a-z0-9][A-Z][A-Za-z0-9]*|[A-Z]{2,}[a-z]\w*)+")
_SUBWORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z]|[^A-Za-z]|$)|[A-Z]?[a-z]+|[A-Z]+|\d+")


def take_apart(
    text: str, vocabulary: Vocabulary, settled: Sequence[tuple[int, int]] = ()
) -> list[Edit]:
    """Return the edits that make words again of invented names.

    Args:
        text: The text.
        vocabulary: The project's names; without any nothing is known to be invented.
        settled: Places in the text that are not to be looked at.
    """
    edits = []
    for token in tokenise(text):
        if not _is_invented(token.word, vocabulary):
            continue
        if any(token.start < end and start < token.end for start, end in settled):
            continue
        end = 0
        for part in _SUBWORDS.finditer(token.word):
            if end:
                edits.append(Edit(token.start + end, token.start + part.start(), " ", TAKEN_APART))
                if part.group().istitle():
                    edits.append(
                        Edit(
                            token.start + part.start(),
                            token.start + part.end(),
                            part.group().lower(),
                            TAKEN_APART,
                        )
                    )
            end = part.end()
    return edits


def taken_apart(tokens: Sequence[Token], changes: Sequence[Change]) -> set[int]:
    """Return the places of the words that were one word as they were heard.

    Args:
        tokens: The words of the text as it is now.
        changes: What was changed in it so far.
    """
    cuts = [(change.start, change.end) for change in changes if TAKEN_APART in change.why]
    found: set[int] = set()
    for place in range(len(tokens) - 1):
        gap = tokens[place].end, tokens[place + 1].start
        if any(start <= gap[0] and gap[1] <= end for start, end in cuts):
            found.update((place, place + 1))
    return found


def _is_invented(word: str, vocabulary: Vocabulary) -> bool:
    """Return whether a recogniser glued words together that are no name of the project."""
    return (
        bool(vocabulary.known)
        and _GLUED.fullmatch(word) is not None
        and word not in vocabulary.known
        and word not in BRANDS
        and not word.isupper()
    )
