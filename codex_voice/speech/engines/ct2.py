"""CTranslate2 in this process: a third of whisper.cpp's time on processors without a GPU.

It is an extra (`pip install codex-voice[fast]`). The encoder is given the positions that a clip
needs, as with whisper.cpp, and never the 30 s that faster-whisper gives it. A run cannot be
stopped: what is no longer wanted is left between the encoder and the decoder at the earliest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from codex_voice import paths
from codex_voice.errors import ModelInvalid, SpeechError
from codex_voice.install_hints import install_with_pip
from codex_voice.speech.engines import whisper_library
from codex_voice.speech.engines.ct2_conversion import converted
from codex_voice.speech.engines.ct2_decoder import CTranslate2Decoder
from codex_voice.speech.engines.encoder_context import fitted_context, smallest_context
from codex_voice.speech.engines.local_recognizer import LocalRecognizer, default_threads
from codex_voice.speech.engines.prompts import understands_prompts
from codex_voice.speech.engines.utterance_decoder import UtteranceDecoder
from codex_voice.speech.engines.vocabulary import TokenVocabulary
from codex_voice.speech.engines.whisper import check_language
from codex_voice.speech.models.file_check import verify
from codex_voice.speech.models.installed import name_of


class CTranslate2Recognizer(LocalRecognizer):
    """A speech model, loaded by CTranslate2 with 8-bit weights.

    Args:
        path: A model file of whisper.cpp; its copy in CTranslate2's layout is made once.
        language: Code of the language spoken, or "auto".
        translate: Write English whatever is spoken.
        threads: Threads to compute with; 0 leaves one core free.
        context: Gives the encoder positions for a clip of so many seconds; None takes what
            suits the model.
        prompted: Whether the model understands prompts; None goes by its size.
        copies: Where copies are kept.

    Raises:
        SpeechError: CTranslate2 is not installed, the file is no good or cannot be converted,
            or the model does not know the language.
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
        copies: Path | None = None,
    ) -> None:
        header = verify(path)
        name = name_of(path)
        # Knows Whisper's languages and their order.
        library = whisper_library.load()
        check_language(library, name, header, language, translate=translate)
        try:
            import ctranslate2
        except (ImportError, OSError) as error:
            install = install_with_pip("'codex-voice[fast]'")
            raise SpeechError(
                f"CTranslate2 cannot be loaded: {error}",
                f'{install}, or set [whisper] engine = "whisper.cpp"',
            ) from error
        copy = converted(
            path, copies or paths.models_directory() / "ctranslate2", library.whisper_lang_str
        )
        self._threads = threads or default_threads()
        try:
            self._model = ctranslate2.models.Whisper(
                str(copy),
                device="cpu",
                compute_type="int8",
                intra_threads=self._threads,
                inter_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelInvalid(f"{copy} cannot be loaded: {error}", "delete it") from error
        self._decoder = CTranslate2Decoder(
            self._model, TokenVocabulary(copy), name, language, translate=translate
        )
        context_for = context or partial(
            fitted_context, smallest=smallest_context(header.audio_state)
        )
        if prompted is None:
            prompted = understands_prompts(header.audio_state)
        super().__init__(
            name,
            UtteranceDecoder(self._decoder, context_for, language),
            prompted=prompted,
            check_language=partial(check_language, library, name, header, translate=translate),
        )

    def describe(self) -> str:
        """Return what computes: "CTranslate2 int8, 3 threads"."""
        plural = "" if self._threads == 1 else "s"
        return f"CTranslate2 int8, {self._threads} thread{plural}"

    def _spoken_language(self, given: str) -> str:
        del given
        return self._decoder.spoken_language

    def _free(self) -> None:
        self._model.unload_model()
