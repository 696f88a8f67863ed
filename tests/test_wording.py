"""The words of the project: plain English, and the standard terms of the field.

What is banned is private wording that once slowed readers down. Names are compared word by word;
in prose only what has no other meaning here is looked for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
TREES = ("codex_voice", "tests", "benchmarks", "packaging")
DOCUMENTS = ("*.md", "*.toml", "docs/*.md", "codex_voice/**/*.toml")

BANNED_NAMES = {
    "deed": "action",
    "deeds": "actions",
    "house": "project",
    "sign": "character, symbol",
    "signs": "characters, symbols",
    "tell": "report, notify, show",
    "tells": "reports, states",
    "told": "reported, notified",
}
"""A word in a name -> what is said instead. The names of tests are sentences, and free."""

# Most modules have none of the words, and need not be parsed.
_MAY_BE_BANNED = re.compile(rf"(?:(?<![A-Za-z])|(?=[A-Z]))(?i:{'|'.join(BANNED_NAMES)})(?![a-z])")

BANNED_PROSE = {
    r"\bdeeds?\b": "action",
    r"\bhouse (?:style|rules?|words?|names?)\b": "the project's",
    r"\b(?:for|without|give|gives|gave|ask|asks|asked) leave\b": "permission",
    r"\b(?:prompt's|control|punctuation|white) signs?\b": "character",
}
"""A pattern -> what is said instead."""


def sources() -> list[Path]:
    """Return every module but this one."""
    modules = [path for tree in TREES for path in (REPOSITORY / tree).rglob("*.py")]
    return [path for path in modules if path != Path(__file__)]


def words_of(name: str) -> list[str]:
    """Return the words of a name, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def names_given(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of each thing that a module defines or assigns.

    What is only used may be another's: `file.tell()` is Python's.
    """
    if not _MAY_BE_BANNED.search(source):
        return
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if not name.startswith("test_"):
                    yield node.lineno, name
            case ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def banned_in(text: str) -> list[str]:
    """Return what a text has of the private wording, and what is said instead."""
    return [
        f"{found.group()} ({instead})"
        for pattern, instead in BANNED_PROSE.items()
        for found in re.finditer(pattern, text, re.IGNORECASE)
    ]


def test_names_are_standard_terms() -> None:
    """A stranger guesses from a name what it does."""
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {name} ({BANNED_NAMES[word]})"
        for path in sources()
        for line, name in names_given(path.read_text(encoding="utf-8"))
        for word in words_of(name)
        if word in BANNED_NAMES
    ]
    assert found == []


def test_prose_is_plain_english() -> None:
    """Docstrings, comments, what is shown on the screen, README, manual and data files."""
    documents = [path for pattern in DOCUMENTS for path in REPOSITORY.glob(pattern)]
    found = [
        f"{path.relative_to(REPOSITORY)}: {fault}"
        for path in (*sources(), *documents)
        for fault in banned_in(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "banned"),
    [("_tell_trouble", True), ("PromptSign", True), ("intelligent", False), ("design", False)],
    ids=["snake", "camel", "inside a word", "end of a word"],
)
def test_names_are_compared_word_by_word(name: str, banned: bool) -> None:
    """A part of another word is none."""
    assert any(word in BANNED_NAMES for word in words_of(name)) is banned


@pytest.mark.parametrize(
    ("text", "banned"),
    [
        ("It waits for leave to finish.", True),
        ("The prompt's sign differs.", True),
        ("Leave practice mode", False),
        ("dollar sign", False),
        ("The house is red.", False),
    ],
    ids=["leave", "sign", "verb", "spoken", "plain"],
)
def test_prose_with_another_meaning_is_free(text: str, banned: bool) -> None:
    """Only the private meaning is banned."""
    assert bool(banned_in(text)) is banned
