"""Punctuation in place of its words, where the user asked for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.config.schema import LanguageConfig
from codex_voice.language.grammar import grammar_for
from codex_voice.language.pipeline import Interpreter
from codex_voice.language.steps import writing_steps

SPOKEN = Interpreter(
    grammar_for("en"), steps=writing_steps(style=LanguageConfig(punctuation="spoken"))
)
PLAIN = Interpreter(grammar_for("en"), steps=writing_steps(style=LanguageConfig(code=False)))


FRAGMENT_TEXT = """
comma period. new line, plus equals dash hyphen dollar sign (a) b c? "d" question mark
"""
FRAGMENTS = FRAGMENT_TEXT.split()


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("Hello comma world period", "Hello, world."),
        ("Hello, comma, world. Period.", "Hello, world."),
        ("Is it ready question mark yes", "Is it ready? Yes"),
        ("First item new line second item", "First item\nSecond item"),
        ("One thing new paragraph another thing", "One thing\n\nAnother thing"),
        ("Set x equals y plus z", "Set x = y + z"),
        ("It costs dollar sign 5", "It costs $5"),
        ("A well hyphen known bug", "A well-known bug"),
        ("Run it with dash dash verbose comma please", "Run it with --verbose, please"),
        ("See example dot com colon it is fine", "See example.com: it is fine"),
        ("Put (this) comma then that", "Put (this), then that"),
    ],
)
def test_words_for_marks_are_marks(heard: str, written: str) -> None:
    """The recogniser's own punctuation around them goes; options and addresses come first."""
    assert SPOKEN.interpret(heard).text == written


@pytest.mark.parametrize(
    "sentence", ["A comma is missing.", "The grace period is over.", "It plus the rest."]
)
def test_they_are_words_unless_asked_for(sentence: str) -> None:
    """By default nothing of it is done."""
    assert (
        Interpreter(grammar_for("en"), steps=writing_steps()).interpret(sentence).text == sentence
    )


def test_plain_prose_leaves_code_as_it_is_heard() -> None:
    """With `code = false` fillers go, and nothing else is changed."""
    heard = "Um, run it with dash dash force on port eighty eighty."
    assert PLAIN.interpret(heard).text == "Run it with dash dash force on port eighty eighty."


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join))
def test_any_text_is_bounded_and_undone_exactly(text: str) -> None:
    """Whatever was heard: no longer than it, and the way back."""
    tracked = SPOKEN.interpret(text).tracked
    assert len(tracked.text) <= 2 * len(text) + 16
    while tracked.changes:
        tracked = tracked.undo(tracked.changes[0])
    assert tracked.text == text
