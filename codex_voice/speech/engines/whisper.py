"""whisper.cpp in this process, with the parameters that were measured to be fast and right.

Works on pywhispercpp's low-level module: its `Model` downloads unchecked files, prints to
standard error, makes parameters of one call stick to the next and hands out a null context
that ends the process when used.
"""

from __future__ import annotations

import math
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from codex_voice.errors import ModelInvalid, RecognitionFailed, SpeechError
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import hallucinations as silence
from codex_voice.speech import samples as sound
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.models.file_check import ModelHeader, verify
from codex_voice.speech.models.installed import name_of
from codex_voice.speech.recognizer import (
    NO_HINTS,
    Hints,
    RecognitionAborted,
    Transcript,
    never_aborted,
)

FULL_CONTEXT = 1500
"""Encoder positions for Whisper's whole window: 30 s, 20 ms each."""

_POSITIONS_PER_SECOND = 50
_MARGIN = 128
"""Positions beyond the clip's end: models loop when they cannot hear the speech end
(whisper.cpp issue 1855 uses the same 128)."""
_SMALLEST_CONTEXT = 256
_CONTEXT_STEP = 16
_UNSURE = math.exp(-1)
"""Confidence below which a result is not trusted: Whisper's own `logprob_threshold` of -1."""
_TOKENS_PER_SECOND = 12
"""Twice what fast speech needs; what is longer is a loop, and is cut instead of waited for."""
_SPARE_TOKENS = 24
_MOST_THREADS = 8


class _Pass(NamedTuple):
    """One run of the model: its words, how sure it was, and whether it ran on until it was cut."""

    text: str
    confidence: float
    endless: bool

    @property
    def doubtful(self) -> bool:
        return self.endless or self.confidence < _UNSURE or silence.repeats(self.text)


def fitted_context(seconds: float) -> int:
    """Return the encoder positions that suffice for a clip.

    The encoder's cost grows with them: 3 s take a sixth of what the full window takes.

    Args:
        seconds: Length of the clip.

    Returns:
        The clip's own positions and a margin, never too few for the model to stay sane.
    """
    needed = math.ceil(seconds * _POSITIONS_PER_SECOND) + _MARGIN
    stepped = math.ceil(needed / _CONTEXT_STEP) * _CONTEXT_STEP
    return min(max(stepped, _SMALLEST_CONTEXT), FULL_CONTEXT)


class WhisperRecognizer:
    """A speech model, loaded.

    Args:
        path: The model file; it is verified before whisper.cpp sees it.
        language: Code of the language spoken, or "auto".
        translate: Write English whatever is spoken.
        threads: Threads to compute with; 0 leaves one core free.
        context: Gives the encoder positions for a clip of so many seconds.

    Raises:
        SpeechError: The file is no good, cannot be loaded, or does not know the language.
    """

    def __init__(
        self,
        path: Path,
        language: str = "en",
        *,
        translate: bool = False,
        threads: int = 0,
        context: Callable[[float], int] = fitted_context,
    ) -> None:
        header = verify(path)
        self.name = name_of(path)
        self._library = whisper_library.load()
        _check_language(self._library, self.name, header, language, translate)
        self._language = language
        self._translate = translate
        self._threads = threads or default_threads()
        self._context_for = context
        self._busy = threading.Lock()
        self._context, self._device = whisper_library.open_model(self._library, path)
        whisper_library.wait_at_exit_for(self._busy)

    def describe(self) -> str:
        """Say what computes: "CPU (AVX2, FMA, F16C), 3 threads" or "GPU CUDA0"."""
        if self._device:
            return f"GPU {self._device}"
        system = str(self._library.whisper_print_system_info())
        features = re.findall(r"(AVX512\w*|AVX2|FMA|F16C|NEON|BLAS|ACCELERATE) = 1", system)
        plural = "" if self._threads == 1 else "s"
        return f"CPU ({', '.join(features) or 'baseline'}), {self._threads} thread{plural}"

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Recognise one utterance; see `Recognizer.transcribe`.

        Raises:
            RecognitionAborted: `aborted` answered true.
            RecognitionFailed: whisper.cpp gave up, or another thread is at work here.
        """
        started = time.perf_counter()
        captured = sound.decode(pcm)
        # Two threads in one whisper context end the process.
        if not self._busy.acquire(blocking=False):
            raise RecognitionFailed(f"{self.name} is already at work in another thread")
        try:
            if self._context is None:
                raise RecognitionFailed(f"{self.name} is closed")
            passes = []
            if not silence.is_silence(captured):
                passes = [
                    self._recognize(piece, aborted, thorough)
                    for piece in sound.split(sound.amplify(captured))
                ]
            language = self._spoken_language(bool(passes))
        finally:
            self._busy.release()
        return Transcript(
            text=" ".join(text for text, _ in passes if text),
            confidence=min((confidence for text, confidence in passes if text), default=0.0),
            language=language,
            audio_seconds=captured.size / SAMPLE_RATE,
            seconds=time.perf_counter() - started,
            model=self.name,
        )

    def close(self) -> None:
        """Free the model's memory, after what still runs. Harmless when done twice."""
        with self._busy:
            context, self._context = self._context, None
            if context is not None:
                self._library.whisper_free(context)

    def _recognize(
        self, samples: sound.Samples, aborted: Callable[[], bool], thorough: bool
    ) -> tuple[str, float]:
        """Recognise at most 29 s: fast first, and once more with all the context if in doubt."""
        context = self._context_for(samples.size / SAMPLE_RATE)
        result = self._run(samples, context, aborted, fallback=False)
        if thorough and result.doubtful and silence.has_voice(samples):
            second = self._run(samples, FULL_CONTEXT, aborted, fallback=True)
            if not second.doubtful or second.confidence > result.confidence:
                result = second
        text = silence.keep_spoken(result.text, samples, result.confidence)
        if result.endless:
            text = silence.without_repetition(text)
        return text, result.confidence

    def _run(
        self,
        samples: sound.Samples,
        context: int,
        aborted: Callable[[], bool],
        *,
        fallback: bool,
    ) -> _Pass:
        most_tokens = _SPARE_TOKENS + int(_TOKENS_PER_SECOND * samples.size / SAMPLE_RATE)
        parameters = self._parameters(context, most_tokens, fallback)
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
            raise RecognitionFailed(f"{self.name} could not recognise this: {error}") from error
        if was_aborted:
            raise RecognitionAborted("the recognition was aborted")
        if code != 0:
            reason = whisper_library.last_words() or f"whisper.cpp answered {code}"
            raise RecognitionFailed(f"{self.name} could not recognise this: {reason}")
        return self._result(most_tokens)

    def _parameters(self, context: int, most_tokens: int, fallback: bool) -> Any:
        """Make fresh parameters: those of an earlier call would stick."""
        library = self._library
        parameters = library.whisper_full_default_params(
            library.whisper_sampling_strategy.WHISPER_SAMPLING_GREEDY
        )
        parameters.n_threads = self._threads
        parameters.audio_ctx = context
        parameters.language = self._language
        parameters.translate = self._translate
        parameters.no_context = True
        parameters.no_timestamps = True
        parameters.single_segment = True
        parameters.max_tokens = most_tokens
        # Falling back to higher temperatures at a context that is too small only loops again.
        parameters.temperature_inc = 0.4 if fallback else 0.0
        parameters.print_progress = False
        parameters.print_realtime = False
        parameters.print_timestamps = False
        parameters.print_special = False
        return parameters

    def _result(self, most_tokens: int) -> _Pass:
        library, context = self._library, self._context
        first_special = library.whisper_token_eot(context)
        segments = range(library.whisper_full_n_segments(context))
        text = b"".join(library.whisper_full_get_segment_text(context, i) for i in segments)
        probabilities = [
            library.whisper_full_get_token_p(context, i, j)
            for i in segments
            for j in range(library.whisper_full_n_tokens(context, i))
            if library.whisper_full_get_token_id(context, i, j) < first_special
        ]
        logarithms = [math.log(max(p, 1e-10)) for p in probabilities]
        confidence = math.exp(sum(logarithms) / len(logarithms)) if logarithms else 0.0
        words = " ".join(text.decode("utf-8", "replace").split())
        return _Pass(words, confidence, endless=len(probabilities) > most_tokens)

    def _spoken_language(self, recognized: bool) -> str:
        if self._language != "auto":
            return self._language
        if not recognized:
            return ""
        identifier = self._library.whisper_full_lang_id(self._context)
        return str(self._library.whisper_lang_str(identifier))


def default_threads() -> int:
    """Return the threads that leave a core to the microphone and the screen."""
    available = getattr(os, "sched_getaffinity", None)
    cores = len(available(0)) if available else os.cpu_count() or 1
    return min(max(cores - 1, 1), _MOST_THREADS)


def _check_language(
    library: ModuleType, name: str, header: ModelHeader, language: str, translate: bool
) -> None:
    if language != "auto" and library.whisper_lang_id(language) < 0:
        raise SpeechError(
            f'Whisper knows no language "{language}"', 'set [whisper] language, such as "en"'
        )
    if not header.multilingual and (language != "en" or translate):
        wanted = "to translate" if translate else f'language "{language}"'
        raise ModelInvalid(
            f"{name} knows only English, not {wanted}",
            'codex-voice models get base, then set [whisper] model = "base"',
        )
