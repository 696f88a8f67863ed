"""Words that are spelled letter by letter: acronyms ("m c p") and "spell r u f f"."""

from __future__ import annotations

import re

from codex_voice.language.changes import Edit
from codex_voice.language.tokens import Token, begins_sentence, tokenise

_DOTTED = re.compile(r"(?:[A-Za-z]\.){2,}|(?:[A-Za-z]\.)+[A-Za-z]")
_HYPHENED = re.compile(r"(?:[A-Za-z]-)+[A-Za-z]")
_SPELL = re.compile(r"spell(?:ed|ing)?[-_]?", re.IGNORECASE)


def join_letters(text: str) -> list[Edit]:
    """Return what spelled letters are to become: "the A P I" the API, "spell R U F F" ruff."""
    tokens = tokenise(text)
    edits = []
    index = 0
    while index < len(tokens):
        spelled = _spelled_word(tokens, index) or _acronym(text, tokens, index)
        if spelled is None:
            index += 1
            continue
        index, edit = spelled
        edits.append(edit)
    return edits


def _spelled_word(tokens: list[Token], index: int) -> tuple[int, Edit] | None:
    token = tokens[index]
    first = _SPELL.match(token.word)
    if first is None:
        return None
    glued = token.word[first.end() :]
    letters, end = "", index + 1
    if glued:
        letters = _letters_of(glued)
        if not letters:
            return None
    elif token.ends_clause:
        return None
    while end < len(tokens) and not (letters and tokens[end - 1].ends_clause):
        more = _letters_of(tokens[end].word)
        if not more or (letters and len(tokens[end].word) > 1 and more == tokens[end].lower):
            break
        letters += more
        end += 1
    if len(letters) < 2:
        return None
    return end, Edit(token.start, tokens[end - 1].end, letters, "spelled letter by letter")


def _letters_of(word: str) -> str:
    """Return the letters of a word that is spelled: R, R-U-F-F, R.U.F.F, CHI."""
    if len(word) == 1 and word.isalpha():
        return word.lower()
    if _HYPHENED.fullmatch(word) or _DOTTED.fullmatch(word):
        return re.sub(r"[.-]", "", word).lower()
    return word.lower() if word.isalpha() and word.isupper() else ""


def _acronym(text: str, tokens: list[Token], index: int) -> tuple[int, Edit] | None:
    token = tokens[index]
    # "C.S.S." is one word whose last dot the tokeniser took for a full stop.
    whole = token.word + ("." if token.after.startswith(".") else "")
    if _DOTTED.fullmatch(whole) and len(whole) > 3 and token.word.isupper():
        acronym = whole.replace(".", "")
        last = index + 1 == len(tokens)
        end = token.end + (whole.endswith(".") and not last)
        return index + 1, Edit(token.start, end, acronym, "acronym")
    if _HYPHENED.fullmatch(token.word) and token.word.isupper():
        return index + 1, Edit(token.start, token.end, token.word.replace("-", ""), "acronym")
    end = index
    while end < len(tokens) and len(tokens[end].word) == 1 and tokens[end].word.isalpha():
        if not tokens[end].word.isupper():
            break
        end += 1
        if tokens[end - 1].after:
            break
    if end - index < 2:
        return None
    # "Colon W Q" are keys.
    if index and tokens[index - 1].lower == "colon":
        return None
    if tokens[index].word in "AI" and begins_sentence(tokens, index) and end - index == 2:
        return None
    acronym = "".join(token.word for token in tokens[index:end])
    return end, Edit(tokens[index].start, tokens[end - 1].end, acronym, "acronym")
