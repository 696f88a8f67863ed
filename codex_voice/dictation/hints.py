"""What is likely to be said, for the recogniser: names of the project, and spoken commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from codex_voice.language.phrases import answer_phrases, spoken_phrases
from codex_voice.language.project.background import ProjectNames
from codex_voice.speech.recognizer import NO_HINTS, Hints, Recognizer, Transcript, never_aborted
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
        """Take note of a text that was dictated."""
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


def hinted(load: Callable[[], Recognizer], hints: Callable[[], Hints]) -> Callable[[], Recognizer]:
    """Return what makes a recogniser that is told what is likely to be said.

    Args:
        load: Makes the recogniser.
        hints: Returns what is likely; asked on the recogniser's thread.
    """
    return lambda: HintedRecognizer(load(), hints)


class HintedRecognizer(RecognizerWrapper):
    """A recogniser that is told what is likely to be said, beside what its caller knows.

    Args:
        recognizer: The recogniser.
        hints: Returns what is likely.
    """

    def __init__(self, recognizer: Recognizer, hints: Callable[[], Hints]) -> None:
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

        Raises:
            SpeechError: There is no answer.
        """
        likely = self._hints()
        likely = replace(
            likely,
            words=hints.words or likely.words,
            commands=hints.commands or likely.commands,
            guided=hints.guided or likely.guided,
            before=hints.before,
            asleep=hints.asleep,
            language=hints.language or likely.language,
        )
        return self._recognizer.transcribe(pcm, aborted, thorough=thorough, hints=likely)
