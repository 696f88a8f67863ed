"""The word lists around code, read from the data files once."""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class CodeWords:
    """What data/code_words.toml holds; the comments there explain the lists."""

    cues: frozenset[str]
    orders: frozenset[str]
    verbs: frozenset[str]
    predicates: frozenset[str]
    talk: frozenset[str]
    developer_words: frozenset[str]
    stops: frozenset[str]
    flags: Mapping[str, str]
    short_flags: frozenset[str]
    number_cues: frozenset[str]
    weak_cues: frozenset[str]
    codex_commands: frozenset[str]
    tools: frozenset[str]
    path_words: frozenset[str]
    dot_files: frozenset[str]
    extensions: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[str, ...]]


@cache
def code_words() -> CodeWords:
    """Return the word lists."""
    table = tomllib.loads(_data("code_words.toml").decode())
    flags = {flag.replace(" ", ""): flag.replace(" ", "-") for flag in table.pop("flags")}
    lists = {key: frozenset(value) for key, value in table.items() if isinstance(value, list)}
    return CodeWords(
        flags=flags,
        extensions={key: tuple(value) for key, value in table["extensions"].items()},
        parts={key: tuple(value) for key, value in table["parts"].items()},
        **lists,
    )


@cache
def spoken_of_code() -> frozenset[str]:
    """Return the words that developers say of code in ordinary sentences."""
    words = code_words()
    return frozenset().union(
        words.cues,
        words.orders,
        words.verbs,
        words.developer_words,
        words.number_cues,
        words.path_words,
        words.tools,
        words.parts,
        words.talk,
    )


@cache
def english_words() -> frozenset[str]:
    """Return about 60,000 English words in lower case."""
    return frozenset(gzip.decompress(_data("english_words.txt.gz")).decode().split())


def is_english(word: str) -> bool:
    """Return whether a word is an ordinary English one; so are words of one letter."""
    plain = word.lower().replace("’", "'").removesuffix("'s").removesuffix("'")
    return len(plain) < 2 or plain in english_words() or "'" in plain


def _data(name: str) -> bytes:
    return (files("codex_voice.language") / "data" / name).read_bytes()
