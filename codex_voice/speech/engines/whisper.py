"""whisper.cpp in this process, with the parameters that were measured to be fast and right.

Works on pywhispercpp's low-level module: its `Model` downloads unchecked files, prints to
standard error, makes parameters of one call stick to the next and hands out a null context
that ends the process when used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

from codex_voice.errors import ModelInvalid, SpeechError
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.engines.encoder_context import fitted_context, smallest_context
from codex_voice.speech.engines.local_recognizer import LocalRecognizer, default_threads
from codex_voice.speech.engines.prompts import understands_prompts
from codex_voice.speech.engines.utterance_decoder import UtteranceDecoder
from codex_voice.speech.engines.whisper_decoder import WhisperDecoder
from codex_voice.speech.models.file_check import ModelHeader, verify
from codex_voice.speech.models.installed import name_of


class WhisperRecognizer(LocalRecognizer):
    """A speech model, loaded.

    Args:
        path: The model file; it is verified before whisper.cpp sees it.
        language: Code of the language spoken, or "auto".
        translate: Write English whatever is spoken.
        threads: Threads to compute with; 0 leaves one core free.
        context: Gives the encoder positions for a clip of so many seconds; None takes what
            suits the model.
        prompted: Whether the model understands prompts; None goes by its size.

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
        prompted: bool | None = None,
    ) -> None:
        header = verify(path)
        name = name_of(path)
        self._library = whisper_library.load()
        check_language(self._library, name, header, language, translate=translate)
        self._language = language
        self._threads = threads or default_threads()
        self._context, self._device = whisper_library.open_model(self._library, path)
        decoder = WhisperDecoder(
            self._library,
            self._context,
            name,
            language,
            translate=translate,
            threads=self._threads,
        )
        context_for = context or partial(
            fitted_context, smallest=smallest_context(header.audio_state)
        )
        if prompted is None:
            prompted = understands_prompts(header.audio_state)
        super().__init__(
            name,
            UtteranceDecoder(decoder, context_for, language),
            prompted=prompted,
            check_language=partial(
                check_language, self._library, name, header, translate=translate
            ),
        )
        whisper_library.wait_at_exit_for(self._busy)

    def describe(self) -> str:
        """Return what computes: "CPU (AVX2, FMA, F16C), 3 threads" or "GPU CUDA0"."""
        if self._device:
            return f"GPU {self._device}"
        system = str(self._library.whisper_print_system_info())
        features = re.findall(r"(AVX512\w*|AVX2|FMA|F16C|NEON|BLAS|ACCELERATE) = 1", system)
        plural = "" if self._threads == 1 else "s"
        return f"CPU ({', '.join(features) or 'baseline'}), {self._threads} thread{plural}"

    def _spoken_language(self, given: str) -> str:
        language = given or self._language
        if language != "auto":
            return language
        identifier = self._library.whisper_full_lang_id(self._context)
        return str(self._library.whisper_lang_str(identifier))

    def _free(self) -> None:
        self._library.whisper_free(self._context)


def check_language(
    library: ModuleType, name: str, header: ModelHeader, language: str, *, translate: bool
) -> None:
    """Check that a model knows the language spoken, and can translate it where that is asked.

    Raises:
        SpeechError: It does not.
    """
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
