"""One run of whisper.cpp over one sound: fresh parameters in, words and probabilities out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

from codex_voice.errors import RecognitionFailed
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import loops
from codex_voice.speech import samples as sound
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.recognizer import RecognitionAborted, Word

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
        return loops.repeats(self.complete_text) or loops.is_double(self.complete_text)

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
    """

    context: int
    prompt: str = ""
    suppressed: str = ""
    most_tokens: int = 0


class WhisperDecoder:
    """A loaded model's greedy decoder. Only one thread may use it at a time.

    Args:
        library: The native module.
        context: The model's context.
        name: The model's name, for errors.
        language: Code of the language spoken, or "auto".
        translate: Write English whatever is spoken.
        threads: Threads to compute with.
    """

    def __init__(
        self,
        library: ModuleType,
        context: Any,
        name: str,
        language: str,
        *,
        translate: bool,
        threads: int,
    ) -> None:
        self._library = library
        self._context = context
        self._name = name
        self._language = language
        self._translate = translate
        self._threads = threads

    def decode(
        self, samples: sound.Samples, decoding: Decoding, aborted: Callable[[], bool]
    ) -> Decoded:
        """Decode at most 30 s.

        Raises:
            RecognitionAborted: `aborted` answered true.
            RecognitionFailed: whisper.cpp gave up.
        """
        most_tokens = decoding.most_tokens or token_limit(samples)
        parameters = self._parameters(decoding, most_tokens)
        # An aborted run leaves an empty result and an ambiguous code, so the answer is kept here.
        was_aborted = False

        def poll() -> bool:
            nonlocal was_aborted
            was_aborted = was_aborted or whisper_library.process_ends() or aborted()
            return was_aborted

        self._library.assign_abort_callback(parameters, poll)
        padded = sound.pad(samples)
        try:
            code = self._library.whisper_full(self._context, parameters, padded, padded.size)
        except (RuntimeError, ValueError, IndexError, MemoryError) as error:
            raise RecognitionFailed(f"{self._name} could not recognise this: {error}") from error
        if was_aborted:
            raise RecognitionAborted("the recognition was aborted")
        if code != 0:
            reason = whisper_library.last_words() or f"whisper.cpp answered {code}"
            raise RecognitionFailed(f"{self._name} could not recognise this: {reason}")
        return self._result(most_tokens)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model's tokenizer makes of a text."""
        # With room for none, whisper.cpp answers the negative of the number and writes nothing.
        return abs(int(self._library.whisper_tokenize(self._context, text, 0, 0)))

    def tokenize(self, text: str) -> list[str]:
        """Cut a word into tokens as whisper.cpp does: the longest that fits, from the left."""
        left = text.encode()
        tokens = []
        while left:
            size = next((n for n in range(len(left), 0, -1) if left[:n] in self._vocabulary), 1)
            tokens.append(left[:size].decode("utf-8", "replace"))
            left = left[size:]
        return tokens

    @cached_property
    def _vocabulary(self) -> frozenset[bytes]:
        tokens = range(self._library.whisper_token_eot(self._context))
        return frozenset(self._library.whisper_token_to_bytes(self._context, i) for i in tokens)

    def _parameters(self, decoding: Decoding, most_tokens: int) -> Any:
        """Make fresh parameters: those of an earlier call would stick."""
        library = self._library
        parameters = library.whisper_full_default_params(
            library.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY
        )
        parameters.n_threads = self._threads
        parameters.audio_ctx = decoding.context
        parameters.language = self._language
        parameters.translate = self._translate
        parameters.no_context = True
        parameters.no_timestamps = True
        parameters.single_segment = True
        parameters.max_tokens = most_tokens
        parameters.initial_prompt = decoding.prompt
        parameters.suppress_regex = decoding.suppressed
        # Falling back to higher temperatures costs five decoders' time for each, and at a context
        # that is too small they only loop again.
        parameters.temperature_inc = 0.0
        parameters.print_progress = False
        parameters.print_realtime = False
        parameters.print_timestamps = False
        parameters.print_special = False
        return parameters

    def _result(self, most_tokens: int) -> Decoded:
        library, context = self._library, self._context
        first_special = library.whisper_token_eot(context)
        tokens: list[tuple[bytes, float]] = []
        for i in range(library.whisper_full_n_segments(context)):
            for j in range(library.whisper_full_n_tokens(context, i)):
                token = library.whisper_full_get_token_id(context, i, j)
                if token < first_special:
                    # As bytes: a token may end inside a character.
                    piece = library.whisper_token_to_bytes(context, token)
                    tokens.append((piece, library.whisper_full_get_token_p(context, i, j)))
        logarithms = [math.log(max(p, 1e-10)) for _, p in tokens]
        confidence = math.exp(sum(logarithms) / len(logarithms)) if logarithms else 0.0
        words = words_of(tokens)
        return Decoded(
            " ".join(word.text for word in words),
            confidence,
            words,
            endless=len(tokens) > most_tokens,
        )


def token_limit(samples: sound.Samples) -> int:
    """Return the most tokens that a sound can hold; what has more is a loop."""
    return _SPARE_TOKENS + int(_TOKENS_PER_SECOND * samples.size / SAMPLE_RATE)


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
