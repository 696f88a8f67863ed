"""Decides whether an utterance is a command, and whether it ends with "send it".

An utterance is a command only when the whole of it is: "Send." sends, "Send the report to the
server." is dictation. A command that is missed is said again; a sentence that is taken for a
command is lost, so precision goes before recall.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from codex_voice.language.misheard_phrases import MisheardPhrases
from codex_voice.language.phrases import Phrasebook, books_for, phrase_key
from codex_voice.language.registry import ANSWERS, Command
from codex_voice.language.wake import WakePhrase

# Whisper ends what it hears with a full stop, sets commas at will, and opens a line with a dash
# where it believes a second person speaks.
SENTENCE_MARKS = ".,!?;:…。、！？，；：¡¿"
_WIDE_MARKS = re.compile(r"[。、！？，；：…¡¿「」『』・]+")
_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "“", "「": "」", "‘": "’"}

_WORD = re.compile(r"[^\W_]+(?:[-'’·][^\W_]+)*['’]?")
_SENTENCE_END = re.compile(r"(?:[.!?…]+[\"”')]*\s+|[。！？]+\s*)")
_LONGEST_REPETITION = 4

# "No, stop." corrects; "No, exit." might mean the opposite.
_AFTER_OBJECTION = frozenset(
    {Command.CANCEL, Command.CLEAR, Command.SCRATCH, Command.REDO, Command.PUT_BACK, Command.DENY}
)

_FUZZY_CONFIDENCE = 0.4


@dataclass(frozen=True)
class Parsed:
    """What an utterance is.

    Args:
        command: The command, where the whole utterance is one.
        start: Where the text to write begins in the utterance; after an escape word.
        end: Where it ends; before a trailing "send it".
        escape: "" without an escape word, "literally" where what follows is text although it
            looks like something else, "dictate" where what follows is text in any case.
        send: Whether the text is to be sent.
    """

    command: Command | None = None
    start: int = 0
    end: int = 0
    escape: str = ""
    send: bool = False


class Grammar:
    """The spoken commands of one language, and English ones beside it.

    Args:
        language: A language code, or "auto" for the phrases of all languages.
        wake_phrase: What wakes the wake-word mode; said in any other mode it does no harm.
        own_phrases: The user's phrases by command id, as `Phrasebook.with_phrases` takes them.

    Raises:
        KeyError: `own_phrases` names a command that does not exist.
    """

    def __init__(
        self,
        language: str = "en",
        wake_phrase: str = "hey codex",
        own_phrases: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        books = books_for(language)
        self.book = books[0].with_phrases(own_phrases or {})
        self._books = (self.book, *books[1:])
        self._commands: dict[str, Command] = {}
        for book in self._books:
            for table in (book.phrases, book.misheard):
                for command, phrases in table.items():
                    for phrase in phrases:
                        self._commands.setdefault(phrase_key(phrase), command)
        self._choices = {
            phrase_key(wording): number
            for book in reversed(self._books)
            for number, wordings in enumerate(book.choices, start=1)
            for wording in wordings
        }
        self._misheard = MisheardPhrases(self._books)
        self._spaced = self.book.language not in ("ja", "zh")
        self._variants = self.book.variants
        self._droppable = _keys(self._books, "fillers", "polite")
        self._objections = _keys(self._books, "objections")
        self._requests = _keys(self._books, "requests")
        self._escapes = _beginnings(self._books, "escape")
        self._dictates = _beginnings(self._books, "dictate")
        self._no_send_after = frozenset(
            phrase_key(word) for book in self._books for word in book.no_send_after
        )
        self._wake = WakePhrase(wake_phrase)

    def command(self, text: str, confidence: float = 1.0) -> Command | None:
        """Return the command that an utterance is, if it is nothing but a command.

        Case, the marks between and after words, fillers, polite words and a repetition do not
        matter. Characters that nobody pronounces (as in "/clear", "exit()" or "--help") make it
        dictation.

        Args:
            text: A transcript.
            confidence: How sure the recogniser is, 0 to 1; a doubtful text must be exact.

        Returns:
            The command, or None for dictation.
        """
        if (rest := self._wake.match(text)) is not None:
            return Command.WAKE_UP if not rest else self._command(rest, confidence)
        return self._command(text, confidence)

    def choice(self, text: str) -> int:
        """Return which of a list an utterance picks, the first being 1; 0 where it picks none.

        Only to be asked while a list is shown: "Two." is text otherwise.
        """
        words = _words(text.translate(self._variants))
        while words:
            if number := self._choices.get("".join(words)):
                return number
            if count := _leading(words, self._droppable):
                words = words[count:]
            elif count := _trailing(words, self._droppable):
                words = words[:-count]
            else:
                return 0
        return 0

    def parse(self, text: str, *, trailing_send: bool = False, confidence: float = 1.0) -> Parsed:
        """Return what an utterance is.

        Args:
            text: A transcript.
            trailing_send: Whether "send it" as a last sentence of its own sends.
            confidence: How sure the recogniser is, 0 to 1.
        """
        command = self.command(text, confidence)
        if command is not None:
            return Parsed(command)
        for escape, pattern in (("literally", self._escapes), ("dictate", self._dictates)):
            if pattern is not None and (begin := pattern.match(text)):
                return Parsed(start=begin.end(), end=len(text), escape=escape)
        if trailing_send and (end := self._before_send(text)):
            return Parsed(end=end, send=True)
        return Parsed(end=len(text))

    def _before_send(self, text: str) -> int:
        """Return where the text ends that a trailing "send it" sends; 0 without one."""
        ends = list(_SENTENCE_END.finditer(text.rstrip()))
        # "Send it. Please." is two sentences of one wish.
        for end in reversed(ends[-2:]):
            before = text[: end.end()].rstrip()
            last = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", before)
            if not last or phrase_key(last[-1]) in self._no_send_after:
                continue
            if self._command(text[end.end() :], 1.0) is Command.SEND:
                return len(before)
        return 0

    def _command(self, text: str, confidence: float) -> Command | None:
        words = _words(text.translate(self._variants))
        if words is None:
            return None
        objected = requested = False
        while words:
            command = self._exact(words)
            if command is None and confidence >= _FUZZY_CONFIDENCE and len(words) > 1:
                command = self._misheard.command(words)
            if command is not None:
                if objected and command not in _AFTER_OBJECTION:
                    return None
                if requested and (len(words) < 2 or command in ANSWERS):
                    return None
                return command
            count = _leading(words, self._droppable)
            if count:
                words = words[count:]
                continue
            count = _trailing(words, self._droppable)
            if count:
                words = words[:-count]
                continue
            if not self._spaced and (shorter := self._without_affix(words)):
                words = shorter
                continue
            if count := _leading(words, self._objections):
                objected, words = True, words[count:]
                continue
            if count := _leading(words, self._requests):
                requested, words = True, words[count:]
                continue
            return None
        return None

    def _exact(self, words: Sequence[str]) -> Command | None:
        letters = "".join(words)
        command = self._commands.get(letters)
        if command is not None:
            return command
        for times in range(2, _LONGEST_REPETITION + 1):
            length, left = divmod(len(letters), times)
            if left == 0 and length and letters == letters[:length] * times:
                return self._commands.get(letters[:length])
        return None

    def _without_affix(self, words: Sequence[str]) -> list[str] | None:
        """Return the letters without a polite word that is not set apart by blanks."""
        letters = "".join(words)
        for affix, *more in self._droppable:
            if more or not affix or len(affix) >= len(letters) or affix.isascii():
                continue
            if letters.startswith(affix):
                return [letters[len(affix) :]]
            if letters.endswith(affix):
                return [letters[: -len(affix)]]
        return None


@cache
def grammar_for(language: str) -> Grammar:
    """Return the grammar of a language without anything of the user's."""
    return Grammar(language)


def _words(text: str) -> list[str] | None:
    """Return the words of an utterance without case and marks, or None where it has others."""
    text = text.strip()
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1]
    words = [word.strip(SENTENCE_MARKS) for word in _WIDE_MARKS.sub(" ", text).split()]
    if words and words[0] in ("-", "–", "—"):
        words = words[1:]
    words = [word for word in words if word]
    if not all(_WORD.fullmatch(word) for word in words):
        return None
    return [phrase_key(word) for word in words]


def _keys(books: Iterable[Phrasebook], *fields: str) -> list[tuple[str, ...]]:
    phrases = {
        tuple(phrase_key(word) for word in phrase.split())
        for book in books
        for field in fields
        for phrase in getattr(book, field)
    }
    return sorted(phrases, key=lambda phrase: (-sum(map(len, phrase)), phrase))


def _beginnings(books: Iterable[Phrasebook], field: str) -> re.Pattern[str] | None:
    """Return a pattern of the words of a field at the beginning of a text, with what follows."""
    patterns = []
    for phrase in dict.fromkeys(word for book in books for word in getattr(book, field)):
        gap = r"[\s,.:;!、，：]+" if phrase[-1] < "⺀" else r"[\s,.:、，：]*"
        patterns.append(rf"{re.escape(phrase)}{gap}(?=\S)")
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def _leading(words: Sequence[str], phrases: Iterable[tuple[str, ...]]) -> int:
    """Return how many words one of the phrases takes up at the beginning, not all of them."""
    for phrase in phrases:
        if len(phrase) < len(words) and tuple(words[: len(phrase)]) == phrase:
            return len(phrase)
    return 0


def _trailing(words: Sequence[str], phrases: Iterable[tuple[str, ...]]) -> int:
    for phrase in phrases:
        if len(phrase) < len(words) and tuple(words[-len(phrase) :]) == phrase:
            return len(phrase)
    return 0
