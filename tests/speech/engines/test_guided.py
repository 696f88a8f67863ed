"""Guided decoding allows the words of commands and nothing else."""

from __future__ import annotations

import re

import pytest

from codex_voice.speech.engines import guided


def tokenize(text: str) -> list[str]:
    """Cut words of more than four letters in two."""
    return [text[:5], text[5:]]


@pytest.mark.parametrize(
    "token", [" scro", " Scro", "ll", " up", "Up", ".", "", "[_EOT_]", "<|en|>"]
)
def test_tokens_of_the_phrases_are_allowed(token: str) -> None:
    """With or without a blank and a capital, and so is what ends a text."""
    assert not re.match(guided.suppress_all_but(["scroll up"], tokenize), token)


@pytest.mark.parametrize("token", [" the", " down", " scrolls", " upper", " supp"])
def test_all_other_tokens_are_suppressed(token: str) -> None:
    """Even those that begin like an allowed one."""
    assert re.match(guided.suppress_all_but(["scroll up"], tokenize), token)
