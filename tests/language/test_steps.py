"""The steps of writing together: what stands twice."""

from __future__ import annotations

import pytest

from codex_voice.language.grammar import Grammar
from codex_voice.language.pipeline import Interpreter
from codex_voice.language.steps import writing_steps

ONCE = "Print the size."


def written(text: str, *, repetitions_checked: bool) -> str:
    """Write a text."""
    steps = writing_steps(repetitions_checked=repetitions_checked)
    return Interpreter(Grammar("en", "hey codex"), steps=steps).interpret(text).text


def test_a_sentence_that_a_recogniser_wrote_twice_is_written_once() -> None:
    """Where nobody has compared it with the sound."""
    assert written(f"{ONCE} {ONCE}", repetitions_checked=False) == ONCE


@pytest.mark.parametrize("times", [2, 3, 6])
def test_what_was_said_more_than_once_stays(times: int) -> None:
    """The recogniser has compared it with the length of the sound; nothing said is lost."""
    said = " ".join([ONCE] * times)
    assert written(said, repetitions_checked=True) == said
    if times > 2:
        assert written(said, repetitions_checked=False) == said
