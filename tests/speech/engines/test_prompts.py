"""Hints become prompts that fit, with the best nearest to the sound."""

from __future__ import annotations

import pytest

from codex_voice.speech.engines import prompts
from codex_voice.speech.recognizer import Hints


def count(text: str) -> int:
    """Count four characters a token."""
    return (len(text) + 3) // 4


def test_names_stand_in_a_sentence() -> None:
    """A list of names would change the style of what is written."""
    hints = Hints(words=("config_loader", "parse_line"))
    assert (
        prompts.dictation_prompt(hints, "en", count)
        == "We talked about config_loader and parse_line."
    )
    assert prompts.dictation_prompt(Hints(words=("serde",)), "en", count).endswith("about serde.")
    assert prompts.dictation_prompt(hints, "de", count) == "config_loader, parse_line"
    assert prompts.dictation_prompt(Hints(), "en", count) == ""


def test_what_whisper_would_cut_is_left_out() -> None:
    """The first names go; the nearest to the sound stay."""
    words = tuple(f"name_number_{number}" for number in range(200))
    prompt = prompts.dictation_prompt(Hints(words=words), "en", count)
    assert count(prompt) <= prompts.MOST_TOKENS
    assert prompt.endswith("name_number_199.")
    assert "name_number_0 " not in prompt
    assert prompts.dictation_prompt(Hints(words=("x" * 2000,)), "en", count) == ""


def test_commands_that_do_not_fit_are_left_out() -> None:
    """The likeliest, the last, stay."""
    commands = tuple(f"go to number {number}" for number in range(300))
    prompt = prompts.command_prompt(commands, count)
    assert prompts.MOST_TOKENS - 20 < count(prompt) <= prompts.MOST_TOKENS
    assert prompt.endswith("Go to number 299.")


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("Rename it.", True),
        ("We talked about parse_line.", True),
        ("We talked about parse_line. Rename it. And run it.", True),
        ("We talked about it. Then run it.", False),
        ("Rename the file and commit.", False),
        ("Rename", True),
        ("", False),
    ],
)
def test_a_prompt_that_comes_back_is_an_echo(text: str, echo: bool) -> None:
    """All of its words, or six words at its start, in a row."""
    assert prompts.is_echo(text, "We talked about parse_line. Rename it.") is echo
