"""Keeps of a prompted text what the prompt improved, and takes back what it spoiled.

Names in a recogniser's prompt come right twice as often, but they spread their style: "install dash
dash save dev" becomes "install-savedev", and "please bounce" PlaceBounce. So where a prompted text
has words glued together, the same sound is heard once more without a prompt, and stretch by stretch
one of the two is taken. Of the code words in the shown half of a set of real sound 72 % came right
without a prompt, 79 % with one, and 82 % of both together; options 11, 7 and 10 of 15.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from codex_voice.language.casing import CASES
from codex_voice.language.changes import Change, TrackedText
from codex_voice.language.code_words import is_english
from codex_voice.language.name_cues import BRANDS
from codex_voice.language.pipeline import Step
from codex_voice.language.project.vocabulary import EMPTY, Vocabulary
from codex_voice.language.sound import sound
from codex_voice.language.steps import writing_steps
from codex_voice.language.tokens import letters

_GLUED = re.compile(r"\w_\w|[a-z0-9][A-Z]|[A-Z]{2,}[a-z]|[A-Za-z]-[A-Za-z]")
_PUNCTUATION = ".,!?;:\"'()"
# What these changes make of glued words was meant.
_RESOLVED = frozenset(
    {
        "name of the project",
        "file of the project",
        "file or branch of the project",
        "spelled letter by letter",
        *CASES,
    }
)
# A name that sounds less like what is heard without the prompt came of the prompt alone.
_NEAR = 50.0


@dataclass(frozen=True)
class Replacement:
    """A stretch of a prompted text in whose place the words go that were heard without the prompt.

    Args:
        start: The number of its first word in the prompted text.
        end: The number of the word behind it.
        other_start: The number of the first word for it in the other text.
        other_end: The number of the word behind those.
    """

    start: int
    end: int
    other_start: int
    other_end: int


def has_glued_words(text: str) -> bool:
    """Tell whether a text has words in it that a prompt may have glued together."""
    return any(_is_glued(word.strip(_PUNCTUATION)) for word in text.split())


def _is_glued(word: str) -> bool:
    """Tell whether a word is glued together, and not written so by everybody: "read-only"."""
    if not _GLUED.search(word) or word in BRANDS:
        return False
    parts = word.split("-")
    return len(parts) < 2 or "dash" in word.lower() or not all(map(is_english, parts))


class PromptedNames:
    """Compares what was heard with a prompt and without.

    Args:
        language: Code of the spoken language.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._vocabulary = EMPTY
        self._steps: tuple[Step, ...] = ()

    def taken_back(
        self, prompted: str, unprompted: str, vocabulary: Vocabulary
    ) -> list[Replacement]:
        """Return what is to be taken from the text that was heard without a prompt.

        Args:
            prompted: The text that was heard with names in the prompt.
            unprompted: The text that was heard of the same sound without.
            vocabulary: The names of the project.
        """
        if vocabulary is not self._vocabulary or not self._steps:
            self._vocabulary = vocabulary
            self._steps = writing_steps(self._language, vocabulary, repetitions_checked=True)
        words = list(re.finditer(r"\S+", prompted))
        others = unprompted.split()
        compared = SequenceMatcher(
            None,
            [letters(word.group()) for word in words],
            [letters(word) for word in others],
            autojunk=False,
        )
        changes: Sequence[Change] | None = None
        found = []
        for kind, start, end, other_start, other_end in compared.get_opcodes():
            if kind != "replace":
                continue
            bare = [word.group().strip(_PUNCTUATION) for word in words[start:end]]
            glued = list(filter(_is_glued, bare))
            if not glued:
                continue
            if changes is None:
                changes = self._changes(prompted)
            place = words[start].start(), words[end - 1].end()
            ours = letters("".join(word.group() for word in words[start:end]))
            theirs = letters("".join(others[other_start:other_end]))
            named = all(word in vocabulary.known for word in glued) or _is_resolved(place, changes)
            near = fuzz.ratio(sound(ours), sound(theirs)) >= _NEAR
            # Of the same letters the sentence decides whether they are a name.
            if not (named and near) or ours == theirs:
                found.append(Replacement(start, end, other_start, other_end))
        return found

    def _changes(self, text: str) -> tuple[Change, ...]:
        tracked = TrackedText(text)
        for step in self._steps:
            tracked = tracked.apply(step(tracked))
        return tracked.changes


def _is_resolved(place: tuple[int, int], changes: Sequence[Change]) -> bool:
    start, end = place
    return any(
        change.heard_start < end
        and start < change.heard_end
        and not _RESOLVED.isdisjoint(change.why)
        for change in changes
    )
