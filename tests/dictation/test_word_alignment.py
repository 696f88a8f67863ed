"""What two transcripts of the same sound have in common."""

from __future__ import annotations

import pytest

from codex_voice.dictation.word_alignment import split_point
from codex_voice.speech.recognizer import Word


def words(text: str) -> list[Word]:
    """Return the words of a text."""
    return [Word(word, 1.0) for word in text.split()]


@pytest.mark.parametrize(
    ("known", "longer", "count"),
    [
        ("I want to.", "I want to go home.", 3),
        ("the end point", "The endpoint is wrong.", 2),
        ("The endpoint.", "the end point is wrong", 3),
        ("Print it", "Print it.", 2),
        ("", "Anything at all", 0),
        ("Add a dogstring.", "Add a docstring to it.", 3),
        ("five", "five five", 1),
        ("Something else entirely.", "Run the tests now.", None),
        ("Run the tests", "", None),
        ("--", "Run", 0),
    ],
)
def test_what_a_longer_transcript_says_of_the_same_sound(
    known: str, longer: str, count: int | None
) -> None:
    """Whatever it joins, parts or spells otherwise; not where the two have little in common."""
    assert split_point(words(known), words(longer)) == count
