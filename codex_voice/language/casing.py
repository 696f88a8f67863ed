"""Spoken letter case: "snake case total bytes read" is written total_bytes_read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from codex_voice.language.changes import Edit
from codex_voice.language.code_words import code_words
from codex_voice.language.tokens import Token, tokenise

Joiner = Callable[[Sequence[str]], str]

_LONGEST = 4

CASES: dict[str, Joiner] = {
    "snake case": lambda words: "_".join(words),
    "kebab case": lambda words: "-".join(words),
    "camel case": lambda words: words[0] + "".join(word.capitalize() for word in words[1:]),
    "pascal case": lambda words: "".join(word.capitalize() for word in words),
    "constant case": lambda words: "_".join(word.upper() for word in words),
    "dot case": lambda words: ".".join(words),
    "all caps": lambda words: " ".join(word.upper() for word in words),
}

# What Whisper base writes for the words of the forms.
_MISHEARD = {
    "snake": "snake",
    "kebab": "kebab",
    "kabab": "kebab",
    "kebob": "kebab",
    "gabab": "kebab",
    "camel": "camel",
    "cammel": "camel",
    "pascal": "pascal",
    "paschal": "pascal",
    "passable": "pascal",
    "pascals": "pascal",
    "constant": "constant",
    "dot": "dot",
}


def write_cases(text: str) -> list[Edit]:
    """Return the words of spoken cases, joined."""
    tokens = tokenise(text)
    edits = []
    index = 0
    while index < len(tokens):
        found = _case_at(tokens, index)
        if found is None:
            index += 1
            continue
        name, first = found
        end = _end_of_words(tokens, first)
        if end == first:
            index += 1
            continue
        words = [part for token in tokens[first:end] for part in _parts(token.word)]
        if not words:
            # Punctuation alone: there is nothing to join.
            index += 1
            continue
        written = CASES[name](words)
        edits.append(Edit(tokens[index].start, tokens[end - 1].end, written, name))
        index = end
    return edits


def _case_at(tokens: list[Token], index: int) -> tuple[str, int] | None:
    """Return the case that is named at a token, and the token of its first word."""
    if index + 2 >= len(tokens) or tokens[index + 1].ends_clause or tokens[index].ends_clause:
        return None
    first, second = tokens[index].lower, tokens[index + 1].lower
    if (first, second) in (("all", "caps"), ("all", "cats")):
        return "all caps", index + 2
    if second != "case" or first not in _MISHEARD:
        return None
    return f"{_MISHEARD[first]} case", index + 2


def _end_of_words(tokens: list[Token], first: int) -> int:
    """Return where the words end: at punctuation, or else at a word that code does not hold."""
    end = first
    while end < len(tokens) and end - first <= _LONGEST:
        end += 1
        if tokens[end - 1].ends_clause or end == len(tokens):
            if end - first <= _LONGEST:
                return end
            break
    stops = code_words().stops
    end = first + 1
    while end < len(tokens) and end - first < _LONGEST and tokens[end].lower not in stops:
        end += 1
    return end


def _parts(word: str) -> list[str]:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+", word)
    return [part.lower() for part in parts]
