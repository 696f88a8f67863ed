"""Whether the configured whisper.cpp server answers, or there is one to use."""

from __future__ import annotations

from collections.abc import Iterator

from codex_voice.errors import CodexVoiceError
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.discovery import USUAL_SERVER, find_server


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Ask the server."""
    url = surroundings.config.whisper.server_url
    try:
        find_server(url or USUAL_SERVER)
    except CodexVoiceError as error:
        if url:
            yield Finding("Server", trouble=error)
        else:
            yield Finding("Server", "none, and none is configured")
        return
    yield Finding("Server", url or f'{USUAL_SERVER}; to use it: [whisper] server_url = "..."')
