"""The phrases of the spoken commands, read from the data files: one language each.

The files are TOML (`data/phrases/en.toml` explains the keys). In a phrase `(a|b)` is one of
several wordings and `[a]` may be left out, so that a few lines hold what people really say.
"""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from codex_voice.errors import ConfigError
from codex_voice.language.registry import ANSWERS, COMMANDS, Command

LANGUAGES = ("en", "de", "es", "fr", "ja", "zh")
"""Languages that come with phrases; of any other language English ones are understood."""

_GROUP = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Phrasebook:
    """What commands are called in one language, and the words that may stand around them.

    Args:
        language: Its code, such as "en".
        name: What the language calls itself.
        phrases: The phrases of each command; the first is the one that help shows.
        misheard: What a recogniser was seen to write for phrases.
        fillers: Sounds that mean nothing ("uh").
        doubled: Words that are said twice without meaning it ("the the").
        polite: Words around a command that change nothing ("please").
        objections: Words before a correction or a stop ("no").
        requests: Beginnings of a command that is asked for ("can you").
        escape: Words that make text of a command that follows.
        dictate: Words that make text of anything that follows.
        choices: The ways to say that the first, the second ... of a list is meant.
        no_send_after: Words after which a send phrase is part of the sentence.
        variants: Other characters for those of the phrases, as `str.translate` takes them.
    """

    language: str
    name: str
    phrases: Mapping[Command, tuple[str, ...]]
    misheard: Mapping[Command, tuple[str, ...]]
    fillers: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    polite: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    escape: tuple[str, ...] = ()
    dictate: tuple[str, ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()
    no_send_after: tuple[str, ...] = ()
    variants: Mapping[int, int] = field(default_factory=dict)

    def first(self, command: Command) -> str:
        """Return the phrase that help shows, or "" where the language has none."""
        return next(iter(self.phrases.get(command, ())), "")

    def with_phrases(self, changes: Mapping[str, Sequence[str]]) -> Phrasebook:
        """Return a phrasebook with the user's own phrases.

        Args:
            changes: Phrases by the id of a command. They take the place of its phrases; a list
                that begins with "+" is added to them.

        Raises:
            KeyError: There is no such command.
        """
        phrases = dict(self.phrases)
        ids = {command.value: command for command in Command}
        for name, own in changes.items():
            command = ids[name]
            added = own[:1] == ["+"] or own[:1] == ("+",)
            wordings = expand_all(own[1:] if added else own)
            phrases[command] = (*phrases.get(command, ()), *wordings) if added else wordings
        return replace(self, phrases=MappingProxyType(phrases))


def own_phrases(entries: Sequence[str]) -> dict[str, list[str]]:
    """Return the user's phrases by the id of their command, as `with_phrases` takes them.

    Args:
        entries: Such as "send -> fire", which takes the place of the phrases for sending, or
            "send -> + fire", which is added to them. Several entries for one command add up.

    Raises:
        ConfigError: An entry has no arrow or no phrase, or names no command.
    """
    ids = {command.value for command in Command}
    found: dict[str, list[str]] = {}
    for entry in entries:
        name, arrow, phrase = (side.strip() for side in entry.partition("->"))
        added = phrase.startswith("+")
        phrase = phrase.removeprefix("+").strip()
        if not arrow or not any(character.isalnum() for character in phrase):
            raise ConfigError(f'[language] phrases: {entry!r}: must be "command -> phrase"')
        if name not in ids:
            raise ConfigError(
                f"[language] phrases: {entry!r}: there is no command {name!r}",
                "codex-voice commands lists them",
            )
        phrases = found.setdefault(name, ["+"] if added else [])
        if not added and phrases[:1] == ["+"]:
            phrases.pop(0)
        phrases.append(phrase)
    return found


def expand(pattern: str) -> list[str]:
    """Return every wording of a pattern, in order, with single blanks."""
    parts: list[list[str]] = []
    end = 0
    for group in _GROUP.finditer(pattern):
        parts.append([pattern[end : group.start()]])
        choices, optional = group.groups()
        parts.append(["", *optional.split("|")] if optional is not None else choices.split("|"))
        end = group.end()
    parts.append([pattern[end:]])
    return [" ".join("".join(choice).split()) for choice in itertools.product(*parts)]


def expand_all(patterns: Sequence[str]) -> tuple[str, ...]:
    """Return every wording of several patterns, each once, in order."""
    return tuple(dict.fromkeys(word for pattern in patterns for word in expand(pattern)))


@cache
def phrasebook(language: str) -> Phrasebook:
    """Return the phrases of a language; English ones for a language without any."""
    code = language if language in LANGUAGES else "en"
    file = files("codex_voice.language") / "data" / "phrases" / f"{code}.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    choices = table.pop("choices", ())
    words = {key: expand_all(value) for key, value in table.items() if isinstance(value, list)}
    return Phrasebook(
        language=code,
        name=table["name"],
        phrases=_by_command(table["phrases"]),
        misheard=_by_command(table.get("misheard", {})),
        fillers=words.get("fillers", ()),
        doubled=words.get("doubled", ()),
        polite=words.get("polite", ()),
        objections=words.get("objections", ()),
        requests=words.get("requests", ()),
        escape=words.get("escape", ()),
        dictate=words.get("dictate", ()),
        choices=tuple(map(expand_all, choices)),
        no_send_after=words.get("no_send_after", ()),
        variants=str.maketrans(*table.get("variants", ("", ""))),
    )


def users_phrasebook(language: str, entries: Sequence[str]) -> Phrasebook:
    """Return the phrases of a language with the user's; without them where one is wrong.

    What is wrong with one is told where the grammar is made.
    """
    book = phrasebook(language)
    try:
        return book.with_phrases(own_phrases(entries))
    except ConfigError:
        return book


def spoken_phrases(language: str, entries: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the shown phrase of every command in a language.

    A recogniser that is told what commands there are writes them more often. It keeps the last
    223 tokens of what it is told, so one phrase a command has to do (about 90 tokens).

    Args:
        language: A language code.
        entries: The user's own phrases, as the configuration has them.
    """
    book = users_phrasebook(language, entries)
    return tuple(book.first(entry.command) for entry in COMMANDS if book.first(entry.command))


def answer_phrases(language: str, entries: Sequence[str] = ()) -> tuple[str, ...]:
    """Return every phrase that answers an approval while a language is spoken.

    Args:
        language: A language code.
        entries: The user's own phrases, as the configuration has them.
    """
    first, *others = books_for(language)
    books = (users_phrasebook(first.language, entries), *others)
    return tuple(
        dict.fromkeys(
            phrase
            for book in books
            for table in (book.phrases, book.misheard)
            for command in ANSWERS
            for phrase in table.get(command, ())
        )
    )


def books_for(language: str) -> tuple[Phrasebook, ...]:
    """Return the phrasebooks that count while a language is spoken: its own, and the English one.

    Args:
        language: A language code, or "auto" for all of them.
    """
    codes = LANGUAGES if language == "auto" else dict.fromkeys((language, "en"))
    return tuple(phrasebook(code) for code in codes)


def _by_command(table: Mapping[str, Sequence[str]]) -> Mapping[Command, tuple[str, ...]]:
    return MappingProxyType({Command(name): expand_all(value) for name, value in table.items()})


def _plain(word: str) -> str:
    """Return a word without case and accents."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(mark for mark in decomposed if not "\u0300" <= mark <= "\u036f")
    return unicodedata.normalize("NFKC", plain)


def phrase_key(phrase: str) -> str:
    """Return the letters alone: "page up", "page-up" and "pageup" sound the same."""
    return "".join(character for character in _plain(phrase) if character.isalnum())
