"""The words of a text as they were heard: where they stand, and what is known of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codex_voice.language.changes import Change
from codex_voice.language.invented_names import taken_apart
from codex_voice.language.project.vocabulary import Vocabulary
from codex_voice.language.tokens import tokenise

# Held for 62 % of 446 words that were wrong, and for 13 % of 1,863 that were right. So doubt alone
# is not enough for a name.
_LOW_CONFIDENCE = 0.6
_HIGH_CONFIDENCE = 0.9


@dataclass(frozen=True)
class HeardWord:
    """A word of the text, or a part of one with a hyphen.

    Attributes:
        start: Where it stands in the text.
        end: Where it ends.
        text: The word.
        glued: Whether the recogniser wrote several words as an invented one, of which this is one.
        ends_clause: Whether a mark behind it ends a clause.
        begins_sentence: Whether it is the first of a sentence.
        doubtful: Whether the recogniser was not sure of it.
        sure: Whether the recogniser was sure of it; both are false where that is not known.
        settled: Whether it is to stay as it is: code, a quotation, or written by another step.
        token: The whole of it, where it is a part.
    """

    start: int
    end: int
    text: str
    glued: bool
    ends_clause: bool
    begins_sentence: bool
    doubtful: bool
    sure: bool
    settled: bool
    token: str

    @property
    def lower(self) -> str:
        """The word in lower case."""
        return self.text.lower()


def heard_words(
    text: str,
    vocabulary: Vocabulary,
    confidence: Callable[[int, int], float | None] | None,
    settled: Sequence[tuple[int, int]],
    changes: Sequence[Change],
) -> list[HeardWord]:
    """Return the words of a text; see `corrections.correct_names` for the arguments."""
    words: list[HeardWord] = []
    quoted = False
    begins = True
    tokens = tokenise(text)
    apart = taken_apart(tokens, changes)
    for index, token in enumerate(tokens):
        quoted = quoted or bool(re.search(r"[\"“`]", token.before)) or token.word.startswith("`")
        is_code = _is_written_code(token.word, vocabulary)
        is_settled = is_code or any(
            token.start < end and start < token.end for start, end in settled
        )
        glued = not is_settled and index in apart
        parts = list(re.finditer(r"[^\s-]+", token.word)) if "--" not in token.word else []
        if not parts:
            parts = list(re.finditer(r".+", token.word))
        sureness = confidence(token.start, token.end) if confidence is not None else None
        for place, part in enumerate(parts):
            words.append(
                HeardWord(
                    token.start + part.start(),
                    token.start + part.end(),
                    part.group(),
                    glued,
                    token.ends_clause and place == len(parts) - 1,
                    begins and place == 0,
                    sureness is not None and sureness < _LOW_CONFIDENCE,
                    sureness is not None and sureness >= _HIGH_CONFIDENCE,
                    is_settled or (quoted and not glued),
                    token.word,
                )
            )
        begins = bool(re.search(r"[.!?…]", token.after))
        if re.search(r"[\"”`]", token.after) or token.word.endswith("`"):
            quoted = False
    return words


def _is_written_code(word: str, vocabulary: Vocabulary) -> bool:
    """Return whether a word is code as it stands: an option, a path, or a name of the project.

    A plain word is none, though nearly every one is somewhere the name of a variable.
    """
    if re.search(r"^-|[/\\]|\w\.\w", word):
        return True
    return word in vocabulary.known and not re.fullmatch(r"[A-Za-z]?[a-z]+", word)
