"""Splits a text into words that know where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_TOKEN = re.compile(r"\S+")
_LEADING = "\"“”'‘(["
_TRAILING = "\"“”'’)].,!?;:…"
_BREAKING = re.compile(r"[.,!?;:…]")
_NO_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Token:
    """A word of a text.

    Args:
        start: Where the word begins in the text, after quotes and brackets.
        end: Where it ends, before punctuation.
        word: The word.
        before: Quotes and brackets before it.
        after: Punctuation behind it.
    """

    start: int
    end: int
    word: str
    before: str
    after: str

    @cached_property
    def lower(self) -> str:
        """The word in lower case."""
        return self.word.lower()

    @cached_property
    def key(self) -> str:
        """Its letters and digits alone, in lower case."""
        return letters(self.word)

    @cached_property
    def ends_clause(self) -> bool:
        """Whether punctuation separates it from the next word."""
        return bool(_BREAKING.search(self.after))


def tokenise(text: str) -> list[Token]:
    """Return the words of a text; runs of punctuation alone are words too."""
    return list(_tokens(text))


# Every step looks at the words of a text, and few of them change it.
@lru_cache(maxsize=64)
def _tokens(text: str) -> tuple[Token, ...]:
    tokens = []
    for match in _TOKEN.finditer(text):
        whole = match.group()
        word = whole.rstrip(_TRAILING)
        after = whole[len(word) :]
        bare = word.lstrip(_LEADING)
        before = word[: len(word) - len(bare)]
        if not bare:
            bare, before, after = whole, "", ""
        start = match.start() + len(before)
        tokens.append(Token(start, start + len(bare), bare, before, after))
    return tuple(tokens)


def begins_sentence(tokens: list[Token], index: int) -> bool:
    """Return whether a word is the first of a sentence."""
    return index == 0 or bool(re.search(r"[.!?…]", tokens[index - 1].after))


def letters(text: str) -> str:
    """Return letters and digits alone, in lower case."""
    return _NO_LETTERS.sub("", text.lower())
