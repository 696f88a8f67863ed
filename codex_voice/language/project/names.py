"""Names in code: their parts, and how they are said."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache

from codex_voice.language.code_words import code_words
from codex_voice.language.tokens import letters

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

# The ways to say a name are the product of the ways to say its parts.
_MAXIMUM_KEYS = 24


class NameKind(Enum):
    """What a name is the name of."""

    IDENTIFIER = "identifier"
    FILE = "file"
    DIRECTORY = "directory"
    BRANCH = "branch"


@dataclass(frozen=True)
class Name:
    """A name of a project.

    Args:
        text: As it is written.
        kind: What it names.
        path: The file's path from the root of the project, for a file that is called by its
            base name.
        weight: How likely it is to be spoken of; higher is likelier.
    """

    text: str
    kind: NameKind
    path: str = ""
    weight: float = 0.0

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Its parts in lower case: "SessionManager" has two."""
        return split(self.text)

    @cached_property
    def key(self) -> str:
        """Its letters and digits alone, in lower case."""
        return letters(self.text)


def split(name: str) -> tuple[str, ...]:
    """Return the parts of a name, in lower case."""
    return tuple(map(str.lower, _PARTS.findall(name)))


def spoken_keys(name: Name) -> tuple[str, ...]:
    """Return the letters of the ways to say a name, the written way first.

    "tmp_path" is said "tmp path" and "temp path"; the ending of a file "py" and "pie".
    """
    choices = [_ways_to_say(part) for part in name.parts]
    if name.kind is NameKind.FILE and choices:
        choices[-1] = _ways_to_say_ending(name.parts[-1])
    if all(len(ways) == 1 for ways in choices):
        return ("".join(ways[0] for ways in choices),)
    keys = itertools.islice(itertools.product(*choices), _MAXIMUM_KEYS)
    return tuple(dict.fromkeys(map("".join, keys)))


# The names of a project are made of far fewer parts than there are names.
@lru_cache(maxsize=8192)
def _ways_to_say(part: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(letters, (part, *code_words().parts.get(part, ())))))


@lru_cache(maxsize=1024)
def _ways_to_say_ending(part: str) -> tuple[str, ...]:
    said = code_words().extensions.get(part, ())
    return tuple(dict.fromkeys((*_ways_to_say(part), *map(letters, said))))


def is_compound(name: str) -> bool:
    """Return whether a name has several parts that its spelling shows: parse_line, LineParser."""
    if "_" in name.strip("_"):
        return True
    # Of small letters alone only digits could make parts, and "utf8" is one word.
    return not name.islower() and len(split(name)) > 1
