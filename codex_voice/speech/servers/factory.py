"""The recogniser that an address stands for."""

from __future__ import annotations

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import ServerUnavailable
from codex_voice.speech.servers.openai_server import OpenAIServerRecognizer, is_openai_address
from codex_voice.speech.servers.whisper_cpp_server import WhisperServerRecognizer
from codex_voice.speech.servers.wyoming_server import WyomingServerRecognizer, is_wyoming_address

Server = WhisperServerRecognizer | OpenAIServerRecognizer | WyomingServerRecognizer


def server_of(whisper: WhisperConfig) -> Server:
    """Return the recogniser at `server_url`: Wyoming, OpenAI's API (/v1), or whisper.cpp's server.

    Raises:
        ServerUnavailable: It is no address, or that kind of server cannot do what is configured.
    """
    url, language, translate = whisper.server_url, whisper.language, whisper.translate
    if is_wyoming_address(url):
        if translate:
            raise ServerUnavailable(
                "a Wyoming server does not translate", "set [whisper] translate = false"
            )
        return WyomingServerRecognizer(url, language)
    if is_openai_address(url):
        return OpenAIServerRecognizer(
            url,
            whisper.server_model,
            language,
            key_variable=whisper.server_key_env,
            translate=translate,
        )
    return WhisperServerRecognizer(url, language, translate=translate)
