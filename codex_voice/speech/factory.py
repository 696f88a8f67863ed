"""The recogniser that the configuration asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import CodexVoiceError, SpeechError
from codex_voice.speech.models.installed import resolve
from codex_voice.speech.recognizer import Recognizer


def find_model(whisper: WhisperConfig) -> Path:
    """Return the file of the model that recognises; looks on the disk.

    Raises:
        SpeechError: There is none.
    """
    multilingual = whisper.language != "en" or whisper.translate
    return resolve(whisper.model, multilingual=multilingual)


def with_model(whisper: WhisperConfig, model: str) -> WhisperConfig:
    """Return the configuration of whoever asks for one model, by name or file, and no server."""
    return replace(whisper, model=model, server_url="")


def load_model(whisper: WhisperConfig, model: Path) -> Recognizer:
    """Load a model into this process.

    Raises:
        SpeechError: It cannot be used.
    """
    language, translate, threads = whisper.language, whisper.translate, whisper.threads
    # Each loads its library: not before it is needed.
    if whisper.engine == "ctranslate2":
        from codex_voice.speech.engines.ct2 import CTranslate2Recognizer

        return CTranslate2Recognizer(model, language, translate=translate, threads=threads)
    from codex_voice.speech.engines.whisper import WhisperRecognizer

    return WhisperRecognizer(model, language, translate=translate, threads=threads)


def open_recognizer(
    whisper: WhisperConfig,
    find: Callable[[], Path | SpeechError],
    report: Callable[[CodexVoiceError], None],
) -> Recognizer:
    """Turn to the server, where there is one, or load the model.

    Args:
        whisper: Language, threads and server.
        find: Returns the model file, or why there is none; asked when it is first needed.
        report: Reports when the server is left for the model of this process.

    Raises:
        SpeechError: Nothing can recognise.
    """

    def load_local() -> Recognizer:
        model = find()
        if isinstance(model, SpeechError):
            raise model
        return load_model(whisper, model)

    if not whisper.server_url:
        return load_local()
    from codex_voice.speech.servers.factory import server_of
    from codex_voice.speech.servers.fallback import FallbackRecognizer

    return FallbackRecognizer(server_of(whisper), load_local, report)
