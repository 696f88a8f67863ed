"""whisper.cpp in this process, with the parameters that were measured to be fast and right.

Works on pywhispercpp's low-level module: its `Model` downloads unchecked files, prints to
standard error, makes parameters of one call stick to the next and hands out a null context
that ends the process when used.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

from codex_voice.errors import ModelInvalid, RecognitionFailed, SpeechError
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech import hallucinations as silence
from codex_voice.speech import loops
from codex_voice.speech import samples as sound
from codex_voice.speech.engines import command_look, prompts, whisper_library
from codex_voice.speech.engines.encoder_context import (
    fitted_context,
    second_context,
    smallest_context,
)
from codex_voice.speech.engines.whisper_decoder import (
    NOTHING,
    Decoded,
    Decoding,
    WhisperDecoder,
)
from codex_voice.speech.models.file_check import ModelHeader, verify
from codex_voice.speech.models.installed import name_of
from codex_voice.speech.recognizer import (
    NO_HINTS,
    Hints,
    Transcript,
    Word,
    never_aborted,
)

_MOST_THREADS = 8
_UNSURE = 0.4
"""Confidence below which a prompted result is not trusted."""


class WhisperRecognizer:
    """A speech model, loaded.

    Args:
        path: The model file; it is verified before whisper.cpp sees it.
        language: Code of the language spoken, or "auto".
        translate: Write English whatever is spoken.
        threads: Threads to compute with; 0 leaves one core free.
        context: Gives the encoder positions for a clip of so many seconds; None takes what
            suits the model.

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
        context: Callable[[float], int] | None = None,
    ) -> None:
        header = verify(path)
        self.name = name_of(path)
        self._library = whisper_library.load()
        _check_language(self._library, self.name, header, language, translate)
        self._language = language
        self._threads = threads or default_threads()
        self._context_for = context or partial(
            fitted_context, smallest=smallest_context(header.audio_state)
        )
        self._busy = threading.Lock()
        self._context, self._device = whisper_library.open_model(self._library, path)
        self._decoder = WhisperDecoder(
            self._library,
            self._context,
            self.name,
            language,
            translate=translate,
            threads=self._threads,
        )
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
            spoken = []
            if not silence.is_silence(captured):
                spoken = [
                    self._recognize(piece, aborted, thorough, hints)
                    for piece in sound.split(sound.amplify(captured))
                ]
            language = self._spoken_language(bool(spoken))
        finally:
            self._busy.release()
        return Transcript(
            text=" ".join(piece.text for piece in spoken if piece.text),
            confidence=min((piece.confidence for piece in spoken if piece.text), default=0.0),
            language=language,
            audio_seconds=captured.size / SAMPLE_RATE,
            seconds=time.perf_counter() - started,
            model=self.name,
            words=tuple(word for piece in spoken for word in piece.words),
        )

    def close(self) -> None:
        """Free the model's memory, after what still runs. Harmless when done twice."""
        with self._busy:
            context, self._context = self._context, None
            if context is not None:
                self._library.whisper_free(context)

    def _recognize(
        self,
        samples: sound.Samples,
        aborted: Callable[[], bool],
        thorough: bool,
        hints: Hints,
    ) -> Decoded:
        """Recognise at most 29 s."""
        plain = Decoding(self._context_for(samples.size / SAMPLE_RATE))
        # Without a voice to be heard a prompt would come back as text.
        prompt = ""
        if (hints.words or hints.before) and silence.has_voice(samples):
            prompt = prompts.dictation_prompt(hints, self._language, self._decoder.count_tokens)
        result = self._decode(samples, replace(plain, prompt=prompt), aborted, thorough)
        if prompt and _is_doubtful(result, prompt):
            if thorough:
                result = self._decode(samples, plain, aborted, thorough)
            elif prompts.is_echo(result.text, prompt):
                result = NOTHING
        if thorough and not hints.before and command_look.is_worth_it(result, samples, hints):
            result = self._look_for_command(samples, plain, result, hints, aborted)
        text = silence.keep_spoken(result.text, samples, result.confidence)
        return replace(result, text=text, words=_words_of(text, result))

    def _decode(
        self,
        samples: sound.Samples,
        decoding: Decoding,
        aborted: Callable[[], bool],
        thorough: bool,
    ) -> Decoded:
        """Decode, and once more with more context what is a loop."""
        result = self._decoder.decode(samples, decoding, aborted)
        if result.is_repetitive:
            if thorough:
                # Whatever comes now is better: how sure a model is of a loop says nothing.
                slow = replace(decoding, context=second_context(decoding.context))
                second = self._decoder.decode(samples, slow, aborted)
                result = second if second.text else result
            result = _without_loop(result, samples)
        return result

    def _look_for_command(
        self,
        samples: sound.Samples,
        plain: Decoding,
        first: Decoded,
        hints: Hints,
        aborted: Callable[[], bool],
    ) -> Decoded:
        """Decode a short utterance once more as a command, and keep the result if it is one."""
        for look in command_look.looks(plain, first, hints, self._decoder):
            second = self._decoder.decode(samples, look.decoding, aborted)
            if found := command_look.command_in(second, look.phrases):
                return found
        return first

    def _spoken_language(self, recognized: bool) -> str:
        if self._language != "auto":
            return self._language
        if not recognized:
            return ""
        identifier = self._library.whisper_full_lang_id(self._context)
        return str(self._library.whisper_lang_str(identifier))


def _is_doubtful(result: Decoded, prompt: str) -> bool:
    return result.confidence < _UNSURE or prompts.is_echo(result.text, prompt)


def _without_loop(result: Decoded, samples: sound.Samples) -> Decoded:
    """Keep one turn of a loop; a repetition that the sound is long enough for was said."""
    if not result.is_repetitive:
        return result
    text = result.complete_text
    if not result.endless and not loops.is_too_fast(text, silence.active_seconds(samples)):
        return result
    return replace(result, text=loops.one_turn(text), endless=False)


def _words_of(text: str, result: Decoded) -> tuple[Word, ...]:
    """Return the words of what was kept of a result, each with its confidence."""
    written = iter(result.words)
    kept = []
    for word in text.split():
        # Part of a word is left where an annotation touched it.
        match = next((one for one in written if word in one.text), None)
        kept.append(Word(word, match.confidence if match else result.confidence))
    return tuple(kept)


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
