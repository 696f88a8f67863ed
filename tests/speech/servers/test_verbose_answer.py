"""What servers tell of how sure they are, and what some of them leave out."""

from __future__ import annotations

import math
from typing import Any

import pytest

from codex_voice.speech.servers.server_recognizer import ServerAnswer
from codex_voice.speech.servers.verbose_answer import read_answer


def segment(text: str, probability: float, tokens: int = 1, silent: float = 0.0) -> dict[str, Any]:
    """Return a segment as servers write it."""
    return {
        "text": text,
        "avg_logprob": math.log(probability),
        "no_speech_prob": silent,
        "tokens": [0] * tokens,
    }


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"text": " Run\n it. "}, ServerAnswer("Run it.")),
        ({"text": "a", "language": "english"}, ServerAnswer("a", language="en")),
        ({"text": "a", "language": "de"}, ServerAnswer("a", language="de")),
        ({"text": "a", "language": "klingon"}, ServerAnswer("a")),
        ({"text": "a", "segments": None, "language": None}, ServerAnswer("a")),
        ({"text": "a", "segments": [None, {}]}, ServerAnswer("a")),
        ({"text": "a", "segments": [{"avg_logprob": float("nan")}]}, ServerAnswer("a")),
        ({"text": "a", "segments": [{"avg_logprob": 3}]}, ServerAnswer("a")),
    ],
    ids=["text", "name", "code", "unknown", "null", "empty", "nan", "impossible"],
)
def test_what_is_left_out_is_not_needed(fields: dict[str, Any], answer: ServerAnswer) -> None:
    """The text alone is an answer."""
    assert read_answer(fields) == answer


def test_the_confidence_is_that_of_all_tokens() -> None:
    """A segment of three tokens counts three times."""
    fields = {"text": "a b", "segments": [segment("a", 0.9, 3), segment("b", 0.1, 1)]}
    answer = read_answer(fields)
    assert answer is not None
    assert answer.confidence == pytest.approx((0.9**3 * 0.1) ** 0.25)


def test_a_segment_in_which_nobody_speaks_is_left_out() -> None:
    """By the two limits that Whisper itself has; one alone is not enough."""
    fields = {
        "text": " Run it. Thank you.",
        "segments": [segment(" Run it.", 0.9, silent=0.9), segment(" Thank you.", 0.2, silent=0.7)],
    }
    answer = read_answer(fields)
    assert answer is not None
    assert answer.text == "Run it."
    assert answer.confidence == pytest.approx(0.9)


@pytest.mark.parametrize("fields", [{}, {"text": 7}, {"text": None, "error": "x"}])
def test_what_has_no_text_is_no_answer(fields: dict[str, Any]) -> None:
    """Whatever else it has."""
    assert read_answer(fields) is None
