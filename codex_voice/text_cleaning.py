"""Makes text from outside safe to store and to show: no control characters, no broken Unicode.

Transcripts, answers of servers, device names, file names and journal entries all come from
elsewhere, and all end up on the user's terminal, which obeys what is in them: ESC begins sequences
that set the clipboard or the title, the C1 controls do the same in one character, and
bidirectional controls let a line read differently from what it is.
"""

from __future__ import annotations

import re

# Patterns that `re` compiles when they are first used: every start imports this, and sets of this
# size take 2 % of all that precedes Codex's own start.
#
# C0 without tab and line feed, DEL and C1; the marks, embeddings, overrides and isolates of the
# bidirectional algorithm (UAX 9), and U+206A to U+206F, which Unicode deprecates. Joiners
# (U+200C, U+200D) stay: scripts and emoji need them.
_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"
# UTF-8 cannot encode them, so that neither a file nor a terminal could be given the text.
_SURROGATES = r"[\ud800-\udfff]"
# Carriage return, vertical tab, form feed, NEL and the separators of lines and paragraphs.
_LINE_BREAKS = r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]"


def clean(text: str) -> str:
    """Return a text without control characters but line feeds and tabs.

    Line breaks of every kind become line feeds. C0, C1 and bidirectional controls are dropped,
    and a lone surrogate becomes U+FFFD. Whatever else an escape sequence was made of stays, as
    the harmless text that it is without its ESC.
    """
    text = re.sub(_LINE_BREAKS, "\n", text)
    return re.sub(_SURROGATES, "�", re.sub(_CONTROLS, "", text))


def clean_line(text: str) -> str:
    """Return a text as `clean` does, on one line: line feeds and tabs become blanks."""
    return clean(text).replace("\n", " ").replace("\t", " ")
