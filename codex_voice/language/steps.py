"""The steps of writing, in their order, for one project and language."""

from __future__ import annotations

from codex_voice.config.schema import LanguageConfig
from codex_voice.language import (
    casing,
    flags,
    letters,
    numbers,
    paths,
    spoken_punctuation,
    symbols,
    terms,
    tidy,
)
from codex_voice.language.changes import TrackedText
from codex_voice.language.corrections import correct_names
from codex_voice.language.invented_names import TAKEN_APART, take_apart
from codex_voice.language.own_words import NO_WORDS, OwnWords
from codex_voice.language.phrases import phrasebook
from codex_voice.language.pipeline import Step
from codex_voice.language.project.background import ProjectNames
from codex_voice.language.project.vocabulary import EMPTY, Vocabulary

# What was changed for these reasons may still be a part of a name.
_UNSETTLED = frozenset({"term", "acronym", "number", "filler", "doubled word", TAKEN_APART})


def writing_steps(
    language: str = "en",
    vocabulary: Vocabulary = EMPTY,
    own: OwnWords = NO_WORDS,
    style: LanguageConfig = LanguageConfig(),  # noqa: B008 - it is frozen
    *,
    repetitions_checked: bool = False,
) -> tuple[Step, ...]:
    """Return what is done to a text, in order.

    Spoken forms are English; of another language only fillers and doubled words are known, and
    the names of the project.

    Args:
        language: A language code.
        vocabulary: The names of the project.
        own: The user's own words.
        style: Whether code and punctuation are written.
        repetitions_checked: Whether the recogniser has compared repetitions with the length of
            the sound: then a sentence that is there twice was said twice.
    """
    book = phrasebook(language)
    fillers = frozenset(book.fillers)
    doubled = frozenset(book.doubled)
    options = vocabulary.option_names
    known = vocabulary if style.code else EMPTY
    names: tuple[Step, Step] = (
        lambda tracked: paths.snap_paths(tracked.text, vocabulary, _settled(tracked)),
        lambda tracked: correct_names(
            tracked.text, vocabulary, _settled(tracked), tracked.confidence, tracked.changes
        ),
    )
    tidying: tuple[Step, ...] = (
        lambda tracked: own.expand(tracked.text),
        lambda tracked: own.replace(tracked.text),
        # Before the spoken forms, for "dash_no_cache" has one in it.
        lambda tracked: take_apart(tracked.text, known, _settled(tracked)),
        lambda tracked: tidy.drop_fillers(tracked.text, fillers),
        lambda tracked: tidy.drop_doubled(tracked.text, doubled),
    )
    if not repetitions_checked:
        tidying += (lambda tracked: tidy.drop_second_writing(tracked.text),)
    if language not in ("en", "auto"):
        return (*tidying, *names) if style.code else tidying
    # What is left of the words for characters when code has been written is punctuation.
    spoken: tuple[Step, ...] = (
        (lambda tracked: spoken_punctuation.write_punctuation(tracked.text),)
        if style.punctuation == "spoken"
        else ()
    )
    if not style.code:
        return (*tidying, *spoken)
    snap, correct = names
    return (
        *tidying,
        lambda tracked: letters.join_letters(tracked.text),
        snap,
        lambda tracked: casing.write_cases(tracked.text),
        lambda tracked: flags.write_flags(tracked.text, options),
        lambda tracked: numbers.write_numbers(tracked.text),
        lambda tracked: terms.write_terms(tracked.text, vocabulary.words),
        lambda tracked: symbols.write_symbols(tracked.text),
        snap,
        correct,
        *spoken,
    )


def _settled(tracked: TrackedText) -> list[tuple[int, int]]:
    """Return the places where code is written already."""
    return [
        (change.start, change.end)
        for change in tracked.changes
        if not _UNSETTLED.issuperset(change.why)
    ]


class Writing:
    """The steps for a project whose names are read in the background.

    Args:
        language: A language code.
        names: Where the names are found.
        own: The user's own words.
        style: Whether code and punctuation are written.
    """

    def __init__(
        self,
        language: str,
        names: ProjectNames,
        own: OwnWords = NO_WORDS,
        style: LanguageConfig = LanguageConfig(),  # noqa: B008 - it is frozen
    ) -> None:
        self._style = style
        self._own = own
        self._language = language
        self._names = names
        self._vocabulary = EMPTY
        self._steps = self._steps_with(EMPTY)

    def steps(self) -> tuple[Step, ...]:
        """Return the steps with the names that are known by now; have changes looked for."""
        vocabulary = self._names.vocabulary
        self._names.refresh()
        if vocabulary is not self._vocabulary:
            self._vocabulary = vocabulary
            self._steps = self._steps_with(vocabulary)
        return self._steps

    @property
    def names(self) -> ProjectNames:
        """Where the names are found."""
        return self._names

    def use_words(self, own: OwnWords) -> None:
        """Write other words of the user's own from now on."""
        self._own = own
        self._steps = self._steps_with(self._vocabulary)

    def _steps_with(self, vocabulary: Vocabulary) -> tuple[Step, ...]:
        return writing_steps(
            self._language, vocabulary, self._own, self._style, repetitions_checked=True
        )
