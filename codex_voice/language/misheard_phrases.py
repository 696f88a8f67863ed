"""Commands that a recogniser misheard: "scroll town" is meant to be "scroll down"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codex_voice.language.code_words import is_english, spoken_of_code
from codex_voice.language.phrases import Phrasebook, phrase_key
from codex_voice.language.registry import ANSWERS, Command
from codex_voice.language.sound import likeness, sound

# Over 113 misheard phrases and 440 ordinary sentences: 0.9 and 0.8 found 72 and took 6 sentences,
# all of them inflections ("Scrolls up.", "Sent messages."), which are refused by themselves.
# Of words that sound the same the spelling may differ more.
_SAME_SOUND = 0.9
_SAME_SPELLING = 0.8
_SPELLING_OF_SAME_SOUND = 0.76
_SHORTEST_ALIKE = 10
_SHORTEST_WITHOUT_VOWEL = 2
_INFLECTION = re.compile(r"(?:e?s|e?d|ing|er|ers|ly)$")
_IRREGULAR = {"sent": "send", "woke": "wake", "went": "go", "gone": "go", "slept": "sleep"}


@dataclass(frozen=True)
class _Phrase:
    command: Command
    words: tuple[str, ...]
    sound: str
    letters: str


class MisheardPhrases:
    """The English phrases of two words and more that an utterance may sound like.

    Args:
        books: The phrases; those of other languages than English are ignored.
    """

    def __init__(self, books: Iterable[Phrasebook]) -> None:
        self._phrases = _english_phrases(books)

    def command(self, words: Sequence[str]) -> Command | None:
        """Return the command of two words and more that sounds like these words, or None.

        Args:
            words: The words of an utterance, as `phrase_key` writes them.
        """
        letters = "".join(words)
        heard = _sound(words)
        best: tuple[float, Command] | None = None
        for phrase in self._phrases:
            if abs(len(phrase.letters) - len(letters)) > 2 or _inflected(words, phrase.words):
                continue
            if not _may_be_misheard(words, phrase.words, heard == phrase.sound):
                continue
            same = likeness(letters, phrase.letters)
            if best and same <= best[0]:
                continue
            if heard == phrase.sound:
                right = same >= _SPELLING_OF_SAME_SOUND
            else:
                right = (
                    len(phrase.letters) >= _SHORTEST_ALIKE
                    and same >= _SAME_SPELLING
                    and likeness(heard, phrase.sound) >= _SAME_SOUND
                )
            if right:
                best = same, phrase.command
        return best[1] if best else None


def _inflected(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Return whether a word is another form of a phrase's word: "scrolls up" reports."""
    if len(words) != len(phrase):
        return False
    return any(
        word != other
        and (
            _IRREGULAR.get(word) == other
            or _INFLECTION.sub("", word) in (other, other.removesuffix("e"))
            or _INFLECTION.sub("", other) == word
        )
        for word, other in zip(words, phrase, strict=True)
    )


def _may_be_misheard(words: Sequence[str], phrase: Sequence[str], same_sound: bool) -> bool:
    """Return whether what differs from a phrase may be a mishearing of it.

    A word that developers say means itself: "Report that." is not "repeat that", and "Clear the
    output." not "clear the input". Any other English word has to sound the same: "scroll town".
    """
    others = set(words).difference(phrase)
    if not others.isdisjoint(spoken_of_code()):
        return False
    return same_sound or not any(len(word) > 1 and is_english(word) for word in others)


def _sound(words: Iterable[str]) -> str:
    """Return how words sound one by one; "lime" and "line" are hardly told apart."""
    return "".join(_word_sound(word) for word in words)


def _word_sound(word: str) -> str:
    """Return how a word sounds, without the last vowel: the "e" of "wake" is silent."""
    key = sound(word).replace("m", "n").replace("th", "d")
    return key.removesuffix("a") if len(key) > _SHORTEST_WITHOUT_VOWEL else key


def _english_phrases(books: Iterable[Phrasebook]) -> list[_Phrase]:
    """Return the English phrases of two words and more; the sound key knows no other language."""
    found = []
    for book in books:
        if book.language != "en":
            continue
        for command, phrases in book.phrases.items():
            for phrase in phrases:
                words = tuple(phrase_key(word) for word in re.split(r"[\s-]+", phrase))
                if len(words) > 1 and command not in ANSWERS:
                    found.append(_Phrase(command, words, _sound(words), "".join(words)))
    return found
