"""Paths of the project's files in place of how they were said: "config loader dot py"."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from rapidfuzz import fuzz, process

from codex_voice.language.changes import Edit
from codex_voice.language.code_words import code_words, is_english
from codex_voice.language.project.names import Name
from codex_voice.language.project.vocabulary import Vocabulary
from codex_voice.language.sound import sound
from codex_voice.language.tokens import Token, letters, tokenise

_LONGEST = 12
_LONGEST_STEM = 5
_CONNECTORS = frozenset({"slash", "dot", "dash", "underscore", "-", "hyphen"})
_SEPARATED = re.compile(r"\w[./\\_-]\w|^\.\w")
_AT_FILE = re.compile(r"\b(?P<look>look )?at,? (?:(?:the|it|that|a) )?file(?:,? |_)", re.IGNORECASE)
_BRANCH_CUES = frozenset({"branch", "out", "checkout", "onto", "merge", "rebase", "to", "from"})
_NEW_FILE = frozenset({"create", "called", "named", "new", "add"})
_NO_BEGINNING = frozenset({"slash", "dash", "underscore", "-"})
_SHORTEST_ALIKE = 4
_ALIKE = 80.0
_ALIKE_PATH = 84.0
# What is English may be the name of another file.
_ALIKE_ENGLISH = 90.0


def snap_paths(
    text: str, vocabulary: Vocabulary, settled: Sequence[tuple[int, int]] = ()
) -> list[Edit]:
    """Return paths, file names and branches of the project that a text means.

    Args:
        text: The text.
        vocabulary: The project's names.
        settled: Places in the text that are not to be looked at.
    """
    if not vocabulary.files:
        return []
    edits = _at_files(text, vocabulary)
    tokens = tokenise(text)
    taken = {
        place
        for place, token in enumerate(tokens)
        for start, end in (*settled, *((edit.start, edit.end) for edit in edits))
        if token.start < end and start < token.end
    }
    unglued = _unglued(tokens, vocabulary)
    edits += unglued
    for edit in unglued:
        taken.update(
            place
            for place, token in enumerate(tokens)
            if token.start < edit.end and edit.start < token.end
        )
    for find in (_exact, _alike_path, _alike):
        for index in range(len(tokens)):
            for end in range(_limit(tokens, index, taken), index, -1):
                written = find(text, tokens, index, end, vocabulary)
                if written is None:
                    continue
                start, stop = tokens[index].start, tokens[end - 1].end
                if text[start:stop] != written:
                    edits.append(Edit(start, stop, written, "file or branch of the project"))
                taken.update(range(index, end))
                break
    return edits


def _unglued(tokens: list[Token], vocabulary: Vocabulary) -> list[Edit]:
    """Return file names that the recogniser glued to the word before: "commitgo.sum"."""
    edits = []
    for token in tokens:
        ending = token.lower.rpartition(".")[2]
        if "." not in token.word[1:] or "/" in token.word or token.word in vocabulary.known:
            continue
        for name in vocabulary.endings.get(ending, ()):
            word = token.word[: -len(name.text)]
            glued = token.lower.endswith(name.text.lower()) and len(name.text) > _SHORTEST_ALIKE
            if glued and len(word) > 2 and word.isalpha() and is_english(word):
                edits.append(
                    Edit(token.start, token.end, f"{word} {name.text}", "file of the project")
                )
                break
    return edits


def _limit(tokens: list[Token], index: int, taken: Container[int]) -> int:
    """Return where the longest stretch ends that may be a path and begins at a token."""
    limit = index
    while limit < len(tokens) and limit - index < _LONGEST and limit not in taken:
        limit += 1
        if tokens[limit - 1].ends_clause and not tokens[limit - 1].after.startswith("."):
            break
    return limit


def _at_files(text: str, vocabulary: Vocabulary) -> list[Edit]:
    """Return the paths of files that are named after "at file"."""
    edits = []
    for cue in _AT_FILE.finditer(text):
        # A prompted recogniser glues: "at file_json_parser".
        tokens = tokenise(text[cue.end() :].replace("_", " "))
        for count in range(min(_LONGEST_STEM, len(tokens)), 0, -1):
            key = "".join(token.key for token in tokens[:count])
            names = vocabulary.stems.get(key) or vocabulary.files.get(key, ())
            paths = [name.path or name.text for name in names]
            if paths:
                best = min(paths, key=lambda path: (path.count("/"), path))
                end = cue.end() + tokens[count - 1].end
                # "Look at file X" may be the verb's own "at", "look at at file" is not.
                start = cue.start() + len("look at ") if cue["look"] else cue.start()
                edits.append(Edit(start, end, best, "file of the project"))
                break
    return edits


def _exact(
    text: str, tokens: list[Token], index: int, end: int, vocabulary: Vocabulary
) -> str | None:
    """Return the file or the branch that is said by some words."""
    window = tokens[index:end]
    if window[0].lower in _NO_BEGINNING or window[-1].lower in _CONNECTORS:
        return None
    key = "".join(token.key for token in window if token.lower not in _CONNECTORS)
    separated = _has_separator(text, window)
    if separated and (names := vocabulary.files.get(key)):
        return _best_file(names, window).text
    if names := vocabulary.branches.get(key):
        cue = tokens[index - 1].lower if index else ""
        if separated or cue in _BRANCH_CUES:
            return names[0].text
    return None


def _alike_path(
    text: str, tokens: list[Token], index: int, end: int, vocabulary: Vocabulary
) -> str | None:
    """Return the path or the branch that is most like words with a slash among them."""
    window = tokens[index:end]
    heard = text[window[0].start : window[-1].end]
    if "/" not in heard and "slash" not in heard.lower():
        return None
    if window[0].lower in _NO_BEGINNING | code_words().stops | code_words().orders:
        return None
    before = {token.lower for token in tokens[max(0, index - 3) : index]}
    if before & _NEW_FILE or window[-1].lower in _CONNECTORS:
        return None
    key = "".join(token.key for token in window if token.lower not in _CONNECTORS)
    best = process.extractOne(
        key, vocabulary.path_keys, scorer=fuzz.ratio, score_cutoff=_ALIKE_PATH
    )
    return vocabulary.path_names[best[2]].text if best else None


def _has_separator(text: str, window: list[Token]) -> bool:
    if any(token.lower in _CONNECTORS for token in window[:-1]):
        return True
    return bool(_SEPARATED.search(text[window[0].start : window[-1].end]))


def _best_file(names: tuple[Name, ...], window: list[Token]) -> Name:
    """Return the file that is meant where several sound the same: the one with the same case."""
    heard = window[0].word
    return max(names, key=lambda name: name.text.startswith(heard[:1]))


def _alike(
    text: str, tokens: list[Token], index: int, end: int, vocabulary: Vocabulary
) -> str | None:
    """Return the file with the same ending whose name is most like what was heard."""
    last = tokens[end - 1].word
    stem, dot, ending = last.rpartition(".")
    if end - index > _LONGEST_STEM:
        return None
    if not dot and end - index > 2 and tokens[end - 2].lower == "dot":
        words = [token.word for token in tokens[index : end - 2]]
    elif dot and stem and ending.isalnum():
        words = [token.word for token in tokens[index : end - 1]] + [stem]
    else:
        return None
    before = {token.lower for token in tokens[max(0, index - 3) : index]}
    if before & _NEW_FILE or words[0].lower() in _NO_BEGINNING:
        return None
    if len(words) > 1 and words[0].lower() in code_words().stops | code_words().orders:
        return None
    heard = "".join(letters(word) for word in words if word.lower() not in _CONNECTORS)
    if len(heard) < _SHORTEST_ALIKE:
        return None
    needed = _ALIKE_ENGLISH if all(is_english(word) for word in words) else _ALIKE
    best: tuple[float, str] | None = None
    for name in vocabulary.endings.get(ending.lower(), ()):
        plain = name.key[: -len(letters(name.text.rpartition(".")[2]))]
        like = (fuzz.ratio(heard, plain) + fuzz.ratio(sound(heard), sound(plain))) / 2
        if sound(heard) == sound(plain) and len(sound(plain)) >= _SHORTEST_ALIKE:
            like = max(like, _ALIKE)
        if like >= needed and (best is None or like > best[0]):
            best = like, name.text
    return best[1] if best else None
