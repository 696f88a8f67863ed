"""Spoken options of commands: "dash dash dry run" is written --dry-run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from codex_voice.language.changes import Edit
from codex_voice.language.code_words import code_words
from codex_voice.language.numbers import number_of
from codex_voice.language.tokens import Token, begins_sentence, tokenise

_LONGEST = 3
# A program, its command and what that is about: "npm run build --watch".
_BEFORE_OPTION = 3
_EQUALS = frozenset({"equals", "equal"})
_GLUED_DASH = re.compile(r"(?:\w+-)+dash(?:-\w+)*|dash(?:-\w+)+", re.IGNORECASE)


def write_flags(text: str, names: Mapping[str, str] | None = None) -> list[Edit]:
    """Return the options that are spoken in a text.

    Args:
        text: The text.
        names: Further options by their letters alone ("outputdir": "output-dir"), such as
            those that a project's own names make likely.
    """
    known = {**code_words().flags, **(names or {})}
    tokens = _split_glued(tokenise(text))
    edits = []
    index = 0
    while index < len(tokens):
        dashes = _dashes(tokens, index)
        if not dashes:
            index += 1
            continue
        first = index + dashes
        if dashes > 1:
            flag = _long(tokens, first, known)
        else:
            flag = _glued(tokens, index, known) or _short(tokens, index, first)
        if flag is None:
            index = first
            continue
        end, written = _with_value(tokens, *flag)
        start = tokens[index].start
        if tokens[index].before == "-":
            start, written = start - 1, f" {written}"
        edits.append(Edit(start, tokens[end - 1].end, written, "option"))
        index = end
    edits += _joined_symbols(tokens, known)
    return [*edits, *_tools(tokens, edits)]


def _tools(tokens: list[Token], options: list[Edit]) -> list[Edit]:
    """Return programs at the beginning of a sentence, in lower case, that have an option."""
    starts = {edit.start for edit in options}
    edits = []
    for index, token in enumerate(tokens):
        if token.lower not in code_words().tools or token.word == token.lower:
            continue
        following = tokens[index + 1 : index + 1 + _BEFORE_OPTION]
        if begins_sentence(tokens, index) and any(other.start in starts for other in following):
            edits.append(Edit(token.start, token.end, token.lower, "program"))
    return edits


def _split_glued(tokens: list[Token]) -> list[Token]:
    """Split words that hold a spoken dash: "Test-Dash" is "Test dash"."""
    split: list[Token] = []
    for token in tokens:
        if not _GLUED_DASH.fullmatch(token.word):
            split.append(token)
            continue
        parts = list(re.finditer(r"[^-_]+", token.word))
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            start = token.start + part.start()
            end = token.start + part.end()
            before = "-" if place else token.before
            split.append(Token(start, end, part.group(), before, token.after if last else ""))
    return split


def _dashes(tokens: list[Token], index: int) -> int:
    count = 0
    while index + count < len(tokens) and tokens[index + count].lower in ("dash", "dashes"):
        count += 1
        if tokens[index + count - 1].ends_clause and count > 1:
            break
    return count if index + count < len(tokens) else 0


def _long(tokens: list[Token], first: int, known: Mapping[str, str]) -> tuple[int, str] | None:
    """Return where the option ends and how it is written: a known one, or up to a stop."""
    stops = code_words().stops
    limit = first
    while limit < len(tokens) and limit - first < 2 * _LONGEST:
        limit += 1
        if tokens[limit - 1].ends_clause:
            break
    for end in range(min(limit, first + _LONGEST), first, -1):
        name = "".join(_plain(token.word) for token in tokens[first:end])
        if name in known:
            return end, f"--{known[name]}"
    end = first
    stops = stops | _EQUALS | {"dash"}
    while end < limit and tokens[end].lower not in stops and not _is_value(tokens, first, end):
        end += 1
    # What goes on for longer is an option with its value.
    end = first + 1 if end - first > _LONGEST else end
    words = [word for token in tokens[first:end] if (word := _words(token.word))]
    return (end, f"--{'-'.join(words)}") if words else None


def _with_value(tokens: list[Token], end: int, flag: str) -> tuple[int, str]:
    """Return an option with the value that is spoken behind "equals"."""
    if end + 1 >= len(tokens) or tokens[end - 1].after or tokens[end].after:
        return end, flag
    if tokens[end].lower not in _EQUALS or not flag.startswith("--"):
        return end, flag
    value = number_of(tokens[end + 1].lower)
    return end + 2, f"{flag}={tokens[end + 1].word if value is None else value}"


def _is_value(tokens: list[Token], first: int, index: int) -> bool:
    """Return whether a word is the number that follows an option's name: "max workers four"."""
    return index > first and number_of(tokens[index].lower) is not None


def _glued(tokens: list[Token], index: int, known: Mapping[str, str]) -> tuple[int, str] | None:
    """Return a known option after one dash that the recogniser glued to a word."""
    if "-" not in (tokens[index].before, tokens[index + 1].before):
        return None
    for end in range(min(len(tokens), index + 1 + _LONGEST), index + 1, -1):
        name = "".join(_plain(token.word) for token in tokens[index + 1 : end])
        if name in known and not any(token.ends_clause for token in tokens[index + 1 : end - 1]):
            return end, f"--{known[name]}"
    return None


def _short(tokens: list[Token], index: int, first: int) -> tuple[int, str] | None:
    """Return an option of one dash: a letter, or a word that is known as one."""
    word = tokens[first].word
    before = tokens[index - 1].lower if index else ""
    if before in ("", "a", "the"):
        return None
    if len(word) == 1 and word.isalpha() and word not in ("a", "I"):
        return first + 1, f"-{word.lower()}"
    if word.lower() in code_words().short_flags and before not in ("or", "and", "with"):
        return first + 1, f"-{word.lower()}"
    return None


def _joined_symbols(tokens: list[Token], known: Mapping[str, str]) -> list[Edit]:
    """Return options of several words that the recogniser itself began with two dashes."""
    edits = []
    for index, token in enumerate(tokens):
        if not re.fullmatch(r"--[A-Za-z]+", token.word):
            continue
        for end in range(min(len(tokens), index + _LONGEST), index + 1, -1):
            if any(other.ends_clause for other in tokens[index : end - 1]):
                continue
            name = "".join(_plain(other.word) for other in tokens[index:end])
            if name in known:
                flag = f"--{known[name]}"
                edits.append(Edit(token.start, tokens[end - 1].end, flag, "option"))
                break
    return edits


def _plain(word: str) -> str:
    return re.sub(r"[\W_]", "", word).lower()


def _words(word: str) -> str:
    return re.sub(r"[^\w]+", "-", word).strip("-").lower().replace("_", "-")
