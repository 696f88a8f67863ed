"""What a decoder is: one sound and how to decode it in, words and probabilities out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import loops
from codex_voice.speech import samples as sound
from codex_voice.speech.recognizer import Word

_TOKENS_PER_SECOND = 12
"""Twice what fast speech needs; what is longer is a loop, and is cut instead of waited for."""
_SPARE_TOKENS = 24


@dataclass(frozen=True)
class Decoded:
    """What one run wrote.

    Args:
        text: The words, with single blanks between them.
        confidence: Geometric mean of the probabilities of the text's tokens, 0 to 1.
        words: The words with the lowest probability of the tokens of each.
        endless: The limit of tokens ended it; the last word may be incomplete.
    """

    text: str
    confidence: float
    words: tuple[Word, ...]
    endless: bool

    @property
    def is_repetitive(self) -> bool:
        """Whether the text repeats itself, as a loop does; people do so at times."""
        text = self.complete_text
        return loops.repeats(text) or loops.is_double(text) or loops.ends_in_double(text)

    @property
    def complete_text(self) -> str:
        """The text without a word that the limit of tokens may have cut."""
        return loops.without_cut_word(self.text) if self.endless else self.text


NOTHING = Decoded("", 0.0, (), endless=False)


@dataclass(frozen=True)
class Decoding:
    """How to decode one sound.

    Args:
        context: Encoder positions, at most 1500.
        prompt: What is taken to precede the sound; whisper.cpp keeps its last 223 tokens.
        suppressed: A regular expression (ECMAScript, as `std::regex` has it) of the tokens that
            must not occur.
        most_tokens: The most tokens; 0 allows what the sound's length does.
        language: Code of the language spoken, or "auto"; "" for the decoder's own.
    """

    context: int
    prompt: str = ""
    suppressed: str = ""
    most_tokens: int = 0
    language: str = ""


class Decoder(Protocol):
    """A loaded model that decodes one sound at a time."""

    def decode(
        self, samples: sound.Samples, decoding: Decoding, aborted: Callable[[], bool]
    ) -> Decoded:
        """Decode at most 30 s.

        Raises:
            RecognitionAborted: `aborted` answered true.
            RecognitionFailed: There is no answer.
        """

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model's tokenizer makes of a text."""

    def tokenize(self, text: str) -> list[str]:
        """Cut a word into the model's tokens."""


def token_limit(samples: sound.Samples) -> int:
    """Return the most tokens that a sound can hold; what has more is a loop."""
    return _SPARE_TOKENS + int(_TOKENS_PER_SECOND * samples.size / SAMPLE_RATE)


def decoded(tokens: list[tuple[bytes, float]], *, endless: bool) -> Decoded:
    """Return the result that tokens (UTF-8 and probability) make up."""
    logarithms = [math.log(max(p, 1e-10)) for _, p in tokens]
    words = words_of(tokens)
    return Decoded(
        " ".join(word.text for word in words),
        math.exp(sum(logarithms) / len(logarithms)) if logarithms else 0.0,
        words,
        endless,
    )


def words_of(tokens: list[tuple[bytes, float]]) -> tuple[Word, ...]:
    """Join tokens (UTF-8 and probability) into words.

    Returns:
        What blanks separate, each with the lowest probability of the tokens that it touches.
    """
    words: list[Word] = []
    letters, lowest = b"", 1.0
    for piece, probability in [*tokens, (b" ", 1.0)]:
        # bytes.split knows the ASCII blanks, which are no part of any other UTF-8 character.
        for number, part in enumerate(_split(piece)):
            if number and letters:
                words += [Word(text, lowest) for text in letters.decode("utf-8", "replace").split()]
            if number:
                letters, lowest = b"", 1.0
            if part:
                letters += part
                lowest = min(lowest, probability)
    return tuple(words)


def _split(piece: bytes) -> list[bytes]:
    """Cut a token at its blanks; " a" gives an empty part and "a"."""
    return piece.replace(b"\n", b" ").replace(b"\t", b" ").split(b" ")
