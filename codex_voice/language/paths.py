"""Paths of the project's files in place of how they were said: "config loader dot py"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Container, Iterable, Sequence

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
_SEPARATED = re.compile(r"\w[./\\_-]\w")
_DOT_FILE = re.compile(r"\.\w")
_AT_FILE = re.compile(r"\b(?P<look>look )?at,? (?:(?:the|it|that|a) )?file(?:,? |_)", re.IGNORECASE)
_BRANCH_CUES = frozenset({"branch", "out", "checkout", "onto", "merge", "rebase", "to", "from"})
_NEW_FILE = frozenset({"create", "called", "named", "new", "add"})
_NO_BEGINNING = frozenset({"slash", "dash", "underscore", "-"})
MOST_CHOICES = 4
"""Files that a person may be asked to choose among."""
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
    line = _Line(tokenise(text))
    tokens = line.tokens
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
                written = find(line, index, end, vocabulary)
                if written is None:
                    continue
                start, stop = tokens[index].start, tokens[end - 1].end
                if text[start:stop] != written:
                    edits.append(Edit(start, stop, written, "file or branch of the project"))
                taken.update(range(index, end))
                break
    return edits


class _Line:
    """The words of a text, with what is asked of every stretch of them counted once.

    Args:
        tokens: The words.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.connects = [token.lower in _CONNECTORS for token in tokens]
        self._begins_with_dot = [bool(_DOT_FILE.match(token.word)) for token in tokens]
        inside = [bool(_SEPARATED.search(token.word)) for token in tokens]
        slash = ["/" in token.word or "slash" in token.lower for token in tokens]
        self._connectors = _counted(self.connects)
        self._separators = _counted(inside)
        self._slashes = _counted(slash)

    def has_separator(self, index: int, end: int) -> bool:
        """Return whether words hold what paths have and sentences do not, said or written."""
        return bool(
            self._connectors[end - 1] - self._connectors[index]
            or self._separators[end] - self._separators[index]
            or self._begins_with_dot[index]
        )

    def has_slash(self, index: int, end: int) -> bool:
        """Return whether there is a slash among words, said or written."""
        return self._slashes[end] > self._slashes[index]

    def key(self, index: int, end: int) -> str:
        """Return the letters of words without those that stand for characters."""
        return "".join(
            token.key
            for token, connects in zip(
                self.tokens[index:end], self.connects[index:end], strict=True
            )
            if not connects
        )


def _counted(flags: Iterable[bool]) -> list[int]:
    """Return how many flags are set before each place."""
    return [0, *itertools.accumulate(flags)]


def _unglued(tokens: list[Token], vocabulary: Vocabulary) -> list[Edit]:
    """Return file names that the recogniser glued to the word before: "commitgo.sum"."""
    edits = []
    for token in tokens:
        ending = token.lower.rpartition(".")[2]
        if "." not in token.word[1:] or "/" in token.word or token.word in vocabulary.known:
            continue
        files = vocabulary.endings.get(ending)
        for name in files.names if files else ():
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
            if tokens[count - 1].lower in _CONNECTORS:
                continue
            key = "".join(token.key for token in tokens[:count] if token.lower not in _CONNECTORS)
            names = vocabulary.stems.get(key) or vocabulary.files.get(key, ())
            paths = {path for name in names for path in vocabulary.paths_of(name)}
            if paths:
                likeliest = sorted(paths, key=lambda path: (path.count("/"), path))
                end = cue.end() + tokens[count - 1].end
                # "Look at file X" may be the verb's own "at", "look at at file" is not.
                start = cue.start() + len("look at ") if cue["look"] else cue.start()
                choices = tuple(likeliest[:MOST_CHOICES]) if len(paths) > 1 else ()
                edits.append(Edit(start, end, likeliest[0], "file of the project", choices))
                break
    return edits


def _exact(line: _Line, index: int, end: int, vocabulary: Vocabulary) -> str | None:
    """Return the file or the branch that is said by some words."""
    tokens = line.tokens
    separated = line.has_separator(index, end)
    cue = tokens[index - 1].lower if index else ""
    if not separated and cue not in _BRANCH_CUES:
        return None
    if tokens[index].lower in _NO_BEGINNING or line.connects[end - 1]:
        return None
    key = line.key(index, end)
    if separated and (names := vocabulary.files.get(key)):
        return _best_file(names, tokens[index]).text
    if names := vocabulary.branches.get(key):
        return names[0].text
    return None


def _alike_path(line: _Line, index: int, end: int, vocabulary: Vocabulary) -> str | None:
    """Return the path or the branch that is most like words with a slash among them."""
    tokens = line.tokens
    if not line.has_slash(index, end) or line.connects[end - 1]:
        return None
    if tokens[index].lower in _NO_BEGINNING | code_words().stops | code_words().orders:
        return None
    if _names_something_new(tokens, index):
        return None
    # No path has a colon, and addresses are long.
    if any(token.lower == "colon" for token in tokens[index:end]):
        return None
    best = process.extractOne(
        line.key(index, end), vocabulary.path_keys, scorer=fuzz.ratio, score_cutoff=_ALIKE_PATH
    )
    return vocabulary.path_names[best[2]].text if best else None


def _names_something_new(tokens: list[Token], index: int) -> bool:
    """Return whether the words before say that there is no such file yet: "create"."""
    return not _NEW_FILE.isdisjoint(token.lower for token in tokens[max(0, index - 3) : index])


def _best_file(names: tuple[Name, ...], first: Token) -> Name:
    """Return the file that is meant where several sound the same: the one with the same case."""
    return max(names, key=lambda name: name.text.startswith(first.word[:1]))


def _alike(line: _Line, index: int, end: int, vocabulary: Vocabulary) -> str | None:
    """Return the file with the same ending whose name is most like what was heard."""
    if end - index > _LONGEST_STEM:
        return None
    tokens = line.tokens
    last = tokens[end - 1].word
    stem, dot, ending = last.rpartition(".")
    if not dot and end - index > 2 and tokens[end - 2].lower == "dot":
        words = [token.word for token in tokens[index : end - 2]]
    elif dot and stem and ending.isalnum():
        words = [token.word for token in tokens[index : end - 1]] + [stem]
    else:
        return None
    files = vocabulary.endings.get(ending.lower())
    if files is None or _names_something_new(tokens, index) or words[0].lower() in _NO_BEGINNING:
        return None
    if len(words) > 1 and words[0].lower() in code_words().stops | code_words().orders:
        return None
    heard = "".join(letters(word) for word in words if word.lower() not in _CONNECTORS)
    if len(heard) < _SHORTEST_ALIKE:
        return None
    needed = _ALIKE_ENGLISH if all(is_english(word) for word in words) else _ALIKE
    heard_sound = sound(heard)
    best: tuple[float, int] | None = None
    # The likeness is the mean of two, so less than this in one of them cannot be enough.
    for _, spelled, place in process.extract(
        heard, files.keys, scorer=fuzz.ratio, score_cutoff=2 * needed - 100, limit=None
    ):
        like = (spelled + fuzz.ratio(heard_sound, files.sounds[place])) / 2
        if like >= needed and (best is None or like > best[0]):
            best = like, place
    if best is None and needed <= _ALIKE and len(heard_sound) >= _SHORTEST_ALIKE:
        best = next(
            ((_ALIKE, place) for place, key in enumerate(files.sounds) if key == heard_sound), None
        )
    return files.names[best[1]].text if best else None
