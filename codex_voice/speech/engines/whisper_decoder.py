"""One run of whisper.cpp over one sound: fresh parameters in, words and probabilities out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from types import ModuleType
from typing import Any

from codex_voice.errors import RecognitionFailed
from codex_voice.speech import samples as sound
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.engines.decoding import Decoded, Decoding, decoded, token_limit
from codex_voice.speech.recognizer import RecognitionAborted


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
        parameters.language = decoding.language or self._language
        parameters.translate = self._translate
        parameters.no_context = True
        parameters.no_timestamps = True
        parameters.single_segment = True
        parameters.max_tokens = most_tokens
        parameters.initial_prompt = decoding.prompt
        if decoding.suppressed:
            # An empty expression would match the end token of English models, whose text is
            # empty, and cost a comparison with every token at every step.
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
        return decoded(tokens, endless=len(tokens) > most_tokens)
