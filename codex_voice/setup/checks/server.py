"""Whether the configured server answers, or there is one of whisper.cpp's to use."""

from __future__ import annotations

from collections.abc import Iterator

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import CodexVoiceError
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.discovery import USUAL_SERVER, find_server

_ANSWER_SECONDS = 1.0


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Ask the server."""
    url = surroundings.config.whisper.server_url
    try:
        _ask(surroundings.config.whisper)
    except CodexVoiceError as error:
        if url:
            yield Finding("Server", trouble=error)
        else:
            yield Finding("Server", "none, and none is configured")
        return
    yield Finding("Server", url or f'{USUAL_SERVER}; to use it: [whisper] server_url = "..."')


def _ask(whisper: WhisperConfig) -> None:
    if not whisper.server_url:
        find_server(USUAL_SERVER)
        return
    # Its HTTP client takes time to import.
    from codex_voice.speech.servers.factory import server_of
    from codex_voice.speech.servers.whisper_cpp_server import WhisperServerRecognizer

    server = server_of(whisper)
    if isinstance(server, WhisperServerRecognizer):
        find_server(whisper.server_url)
    else:
        server.greet(_ANSWER_SECONDS)
