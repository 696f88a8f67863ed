"""What is likely to be said, for the recogniser: names of the project, and spoken commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from codex_voice.errors import SpeechError
from codex_voice.language.phrases import answer_phrases, spoken_phrases
from codex_voice.language.project.background import ProjectNames
from codex_voice.language.prompted_names import PromptedNames, Replacement, has_glued_words
from codex_voice.speech.recognizer import (
    NO_HINTS,
    Hints,
    RecognitionAborted,
    Recognizer,
    Transcript,
    never_aborted,
)
from codex_voice.speech.wrapper import RecognizerWrapper

# As many texts as a task takes; what was spoken of before may be another subject.
_RECENT_TEXTS = 5


class SpokenContext:
    """What speech is likely to be about.

    The event loop writes it, and the recogniser's thread reads it.
    """

    def __init__(self) -> None:
        self.on_screen = ""
        """What Codex showed when speech began."""
        self.recent: tuple[str, ...] = ()
        """The texts that were dictated last, the latest last."""

    def note_text(self, text: str) -> None:
        """Note a text that was dictated."""
        self.recent = (*self.recent, text)[-_RECENT_TEXTS:]


def hints_for(
    language: str,
    names: ProjectNames,
    phrases: Sequence[str] = (),
    context: SpokenContext | None = None,
) -> Hints:
    """Return what is likely to be said now; any thread may ask.

    Args:
        language: The code of the spoken language.
        names: The project's names as far as they are read.
        phrases: The user's own phrases, as the configuration has them.
        context: What speech is likely to be about.
    """
    context = context or SpokenContext()
    commands = spoken_phrases(language, phrases)
    answers = answer_phrases(language, phrases)
    return Hints(
        words=names.vocabulary.prompt_names(context.on_screen, context.recent),
        commands=commands,
        guided=tuple(phrase for phrase in commands if phrase not in answers),
        answers=answers,
    )


class HintSource(Protocol):
    """Knows what is likely to be said; asked on the recogniser's thread."""

    def __call__(self) -> Hints:
        """Return what is likely to be said now."""

    def taken_back(self, prompted: str, unprompted: str) -> list[Replacement]:
        """Return what is to be taken from a text that was heard without names in the prompt.

        Args:
            prompted: The text that was heard with them.
            unprompted: The text that was heard of the same sound without.
        """


class ProjectHints:
    """Knows the names of a project and the spoken commands.

    Args:
        language: The code of the spoken language.
        names: The project's names as far as they are read.
        phrases: The user's own phrases, as the configuration has them.
        context: What speech is likely to be about.
    """

    def __init__(
        self,
        language: str,
        names: ProjectNames,
        phrases: Sequence[str] = (),
        context: SpokenContext | None = None,
    ) -> None:
        self._names = names
        self._hints = partial(hints_for, language, names, phrases, context or SpokenContext())
        self._prompted = PromptedNames(language)

    def __call__(self) -> Hints:
        """Return what is likely to be said now."""
        return self._hints()

    def taken_back(self, prompted: str, unprompted: str) -> list[Replacement]:
        """Return what is to be taken from a text that was heard without names in the prompt."""
        return self._prompted.taken_back(prompted, unprompted, self._names.vocabulary)


def hinted(load: Callable[[], Recognizer], hints: HintSource) -> Callable[[], Recognizer]:
    """Return what makes a recogniser that is told what is likely to be said.

    Args:
        load: Makes the recogniser.
        hints: Knows what is likely.
    """
    return lambda: HintedRecognizer(load(), hints)


class HintedRecognizer(RecognizerWrapper):
    """A recogniser that is told what is likely to be said, beside what its caller knows.

    Args:
        recognizer: The recogniser.
        hints: Knows what is likely.
    """

    def __init__(self, recognizer: Recognizer, hints: HintSource) -> None:
        super().__init__(recognizer)
        self._hints = hints

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance, as `Recognizer.transcribe`.

        Where the names in the prompt may have glued words together, the sound is heard once more
        without them, and of each stretch the better one is kept.

        Raises:
            SpeechError: There is no answer.
        """
        likely = self._hints()
        likely = replace(
            likely,
            words=hints.words or likely.words,
            commands=hints.commands or likely.commands,
            guided=hints.guided or likely.guided,
            continued=hints.continued,
            asleep=hints.asleep,
            language=hints.language or likely.language,
        )
        first = self._recognizer.transcribe(pcm, aborted, thorough=thorough, hints=likely)
        doubtful = bool(likely.words) and not likely.asleep and has_glued_words(first.text)
        if not thorough or not doubtful:
            return first
        try:
            second = self._recognizer.transcribe(
                pcm, aborted, thorough=thorough, hints=replace(likely, words=())
            )
        except RecognitionAborted:
            raise
        except SpeechError:
            # A server may be gone by now; what it answered stands.
            return first
        return _merged(first, second, self._hints.taken_back(first.text, second.text))


def _merged(
    first: Transcript, second: Transcript, replacements: Sequence[Replacement]
) -> Transcript:
    """Return a transcript with stretches of another one of the same sound."""
    words, others = first.text.split(), second.text.split()
    sureness, other_sureness = list(first.words), list(second.words)
    for stretch in reversed(replacements):
        place = slice(stretch.start, stretch.end)
        taken = slice(stretch.other_start, stretch.other_end)
        if len(sureness) == len(words) and len(other_sureness) == len(others):
            sureness[place] = other_sureness[taken]
        words[place] = others[taken]
    return replace(
        first,
        text=" ".join(words) if replacements else first.text,
        words=tuple(sureness) if len(sureness) == len(words) else (),
        seconds=first.seconds + second.seconds,
    )
