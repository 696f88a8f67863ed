"""Makes prompts of hints: text that Whisper takes to precede the sound.

A prompt makes the names in it likelier and sets the style. It can also come back as text, or
leave the model without a word, so what it brings is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from codex_voice.speech.recognizer import Hints

MOST_TOKENS = 223
"""whisper.cpp keeps the last 223 tokens of a prompt and drops its beginning without a word."""
_ECHO_WORDS = 6

_WORD = re.compile(r"\w+(?:'\w+)*")

Count = Callable[[str], int]
"""Returns the number of tokens of a text."""
_NARROWEST_PROMPTED = 384
"""Width of the encoder of tiny, the smallest of OpenAI's models."""


def understands_prompts(audio_state: int) -> bool:
    """Return whether a model was trained with prompts.

    Every one of OpenAI's was. The miniature model of the practice mode saw few: with a prompt it
    gets 77 of 100 clips right instead of 95.

    Args:
        audio_state: Width of the model's encoder, as its file says.
    """
    return audio_state >= _NARROWEST_PROMPTED


def dictation_prompt(hints: Hints, language: str, count: Count) -> str:
    """Return the prompt for dictation: the names that may occur.

    The text before the sound is no part of it: in pieces of a dictation it caused more errors than
    it corrected (docs/speech.md), for what is wrong in it is written again.

    Names stand in a sentence, for a list changes the style of what follows; written as they are
    in the code they came right twice as often as in the words one speaks. The likeliest are
    nearest to the sound, and the first ones are left out where there is no room.

    Args:
        hints: Its words.
        language: Code of the language spoken; sentences are made in English only.
        count: Counts with the tokenizer of the model.
    """
    names = _sentence(hints.words, language)
    for first in range(1, len(hints.words) + 1):
        if count(names) <= MOST_TOKENS:
            break
        names = _sentence(hints.words[first:], language)
    return names


def command_prompt(commands: tuple[str, ...], count: Count) -> str:
    """Return the prompt for an utterance that may be a command: the last that there is room for.

    Args:
        commands: Phrases, the likeliest last.
        count: Counts with the tokenizer of the model.
    """
    sentences = [f"{phrase[:1].upper()}{phrase[1:]}." for phrase in commands]
    while count(prompt := " ".join(sentences)) > MOST_TOKENS:
        # Never more than are too many: a phrase has fewer than eight tokens.
        del sentences[: max(1, (count(prompt) - MOST_TOKENS) // 8)]
    return prompt


def is_echo(text: str, prompt: str) -> bool:
    """Return whether a text may be the prompt come back: all of its words, or six at its start.

    Args:
        text: What was recognised with the prompt.
        prompt: The prompt.
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    prompted = f" {' '.join(word.casefold() for word in _WORD.findall(prompt))} "
    return (
        bool(words)
        and f" {' '.join(words[:_ECHO_WORDS])} " in prompted
        and (len(words) >= _ECHO_WORDS or f" {' '.join(words)} " in prompted)
    )


def _sentence(names: tuple[str, ...], language: str) -> str:
    *first, last = names or ("",)
    if language != "en":
        return ", ".join(names)
    if not last:
        return ""
    return (
        f"We talked about {', '.join(first)} and {last}." if first else f"We talked about {last}."
    )
