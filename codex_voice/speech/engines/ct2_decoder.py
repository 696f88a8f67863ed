"""One run of CTranslate2 over one sound: a decoding in, words and probabilities out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from codex_voice.errors import RecognitionFailed
from codex_voice.speech import samples as sound
from codex_voice.speech.engines.decoding import Decoded, Decoding, decoded, token_limit
from codex_voice.speech.engines.log_mel import FRAMES_PER_POSITION, LogMel
from codex_voice.speech.engines.vocabulary import TokenVocabulary
from codex_voice.speech.recognizer import RecognitionAborted

_BEAM = 5
"""Hypotheses that are followed; docs/speech.md compares the errors with whisper.cpp's."""
_MOST_TOKENS = 448
"""Positions of Whisper's decoder."""
_PROMPT_TOKENS = _MOST_TOKENS // 2 - 1


class CTranslate2Decoder:
    """A loaded model's decoder. A run cannot be stopped, so it is begun only if it is wanted.

    Args:
        model: CTranslate2's model.
        vocabulary: Its tokens.
        name: Its name, for errors.
        language: Code of the language spoken, or "auto".
        translate: Write English whatever is spoken.
    """

    def __init__(
        self, model: Any, vocabulary: TokenVocabulary, name: str, language: str, *, translate: bool
    ) -> None:
        self.spoken_language = language
        """The language of the last sound; "auto" before the first."""
        self._model = model
        self._vocabulary = vocabulary
        self._name = name
        self._language = language
        self._task = "<|translate|>" if translate else "<|transcribe|>"
        self._log_mel = LogMel(model.n_mels)
        self._specials = list(vocabulary.specials)
        self._matching = lru_cache(maxsize=4)(vocabulary.matching)

    def decode(
        self, samples: sound.Samples, decoding: Decoding, aborted: Callable[[], bool]
    ) -> Decoded:
        """Decode at most 30 s.

        Raises:
            RecognitionAborted: `aborted` answered true.
            RecognitionFailed: CTranslate2 gave up.
        """
        import ctranslate2

        frames = decoding.context * FRAMES_PER_POSITION
        spectrogram = self._log_mel(sound.pad(samples), frames)
        _end_if(aborted)
        try:
            features = ctranslate2.StorageView.from_array(np.ascontiguousarray(spectrogram[None]))
            encoded = self._model.encode(features)
            _end_if(aborted)
            prompt = self._prompt(decoding, encoded)
            limit = decoding.most_tokens or token_limit(samples)
            result = self._model.generate(
                encoded,
                [prompt],
                beam_size=_BEAM,
                # Of prompt and text together, at least twice the prompt.
                max_length=min(max(limit + len(prompt), 2 * len(prompt)), _MOST_TOKENS),
                suppress_tokens=self._specials + self._suppressed(decoding.suppressed),
            )[0]
            numbers = [
                number for number in result.sequences_ids[0] if number < self._vocabulary.end
            ]
            probabilities = self._probabilities(encoded, decoding.context, numbers)
        except (RuntimeError, ValueError) as error:
            raise RecognitionFailed(f"{self._name} could not recognise this: {error}") from error
        _end_if(aborted)
        pieces = [self._vocabulary.piece(number) for number in numbers]
        return decoded(list(zip(pieces, probabilities, strict=True)), endless=len(numbers) >= limit)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens the model's tokenizer makes of a text."""
        return len(self._vocabulary.encode(text))

    def tokenize(self, text: str) -> list[str]:
        """Cut a word into the model's tokens."""
        pieces = map(self._vocabulary.piece, self._vocabulary.encode(text))
        return [piece.decode("utf-8", "replace") for piece in pieces]

    def _prompt(self, decoding: Decoding, encoded: Any) -> list[int]:
        """Return the tokens before the text: what precedes it, the language and the task."""
        tokens = self._vocabulary
        prompt = []
        if decoding.prompt:
            prompt = [tokens["<|startofprev|>"]]
            prompt += tokens.encode(decoding.prompt)[-_PROMPT_TOKENS:]
        prompt.append(tokens["<|startoftranscript|>"])
        if self._model.is_multilingual:
            language = decoding.language or self._language
            if language == "auto":
                best, _ = self._model.detect_language(encoded)[0][0]
                language = best.strip("<|>")
            self.spoken_language = language
            prompt += [tokens[f"<|{self.spoken_language}|>"], tokens[self._task]]
        return [*prompt, tokens["<|notimestamps|>"]]

    def _suppressed(self, pattern: str) -> list[int]:
        return self._matching(pattern) if pattern else []

    def _probabilities(self, encoded: Any, context: int, numbers: list[int]) -> list[float]:
        """Return the probability of each token: a beam search tells only their product."""
        if not numbers:
            return []
        start = [self._vocabulary["<|startoftranscript|>"]]
        if self._model.is_multilingual:
            start += [self._vocabulary[f"<|{self.spoken_language}|>"], self._vocabulary[self._task]]
        frames = context * FRAMES_PER_POSITION
        return list(self._model.align(encoded, start, [numbers], [frames])[0].text_token_probs)


def _end_if(aborted: Callable[[], bool]) -> None:
    if aborted():
        raise RecognitionAborted("the recognition was aborted")
