"""Fits a text to the draft it is put behind: no capital in the middle of a sentence."""

from __future__ import annotations

import re

from codex_voice.language.code_words import is_english

_ALWAYS_CAPITAL = frozenset({"I", "I'm", "I'll", "I've", "I'd", "I’m", "I’ll", "I’ve", "I’d"})
_ENDS_SENTENCE = re.compile(r"[.!?…:。！？][\"'”’)\]`]*$|\n$")


def fit(text: str, before: str | None) -> str:
    """Return the text as it continues a draft.

    A recogniser begins every utterance with a capital. Behind half a sentence an ordinary word
    gets a small letter; names, acronyms and "I" keep theirs.

    Args:
        text: What is to be inserted.
        before: What stands before the cursor; None where that is not known.
    """
    draft = (before or "").rstrip(" ")
    if not draft or _ENDS_SENTENCE.search(draft) or draft[0] in "/!":
        return text
    word = re.match(r"[^\W\d_]+(?:['’][a-z]+)?", text)
    if word is None or not word.group().istitle() or word.group() in _ALWAYS_CAPITAL:
        return text
    following = text[word.end() : word.end() + 1]
    if (following and following not in " ,.;:!?") or not is_english(word.group()):
        return text
    return text[0].lower() + text[1:]
