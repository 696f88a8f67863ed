"""Guided decoding: lets the model write nothing but the words of some phrases.

whisper.cpp's grammars are not in pywhispercpp, but a regular expression of suppressed tokens is,
and with a look-ahead it allows only the tokens that the phrases are made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

MOST_TOKENS = 8
"""What the longest command takes; without a limit the model strings commands together."""


def suppress_all_but(phrases: Iterable[str], tokenize: Callable[[str], Iterable[str]]) -> str:
    """Return the regular expression (ECMAScript) of all tokens that are in none of the phrases.

    Args:
        phrases: What may be written, in lower case; capitals are allowed too.
        tokenize: Cuts a word, with the blank before it, into the model's tokens.
    """
    pieces = {
        piece.strip()
        for phrase in phrases
        for word in re.split(r"[\s-]+", phrase)
        for form in (word, word.capitalize())
        for piece in tokenize(f" {form}")
    }
    allowed = "|".join(sorted(re.escape(piece) for piece in pieces if piece))
    # The end token is "[_EOT_]" in multilingual models and has no text in English ones.
    return rf"^(?! ?(?:{allowed})$|[.,!?-]$|$|\[_|<\|).*$"
