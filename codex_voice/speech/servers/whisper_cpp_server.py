"""A whisper.cpp server that already runs, on this machine or a faster one."""

from __future__ import annotations

from codex_voice.errors import ServerUnavailable
from codex_voice.speech.servers.http_exchange import http_server
from codex_voice.speech.servers.http_recognizer import HttpRecognizer
from codex_voice.speech.servers.server_recognizer import PATIENT, Limits


class WhisperServerRecognizer(HttpRecognizer):
    """Sends utterances to a server's `/inference` endpoint.

    Args:
        url: Where it is, such as "http://127.0.0.1:8080".
        language: Code of the language spoken, or "auto".
        translate: Write English whatever is spoken.
        limits: How long it may take.

    Raises:
        ServerUnavailable: The URL is none.
    """

    def __init__(
        self,
        url: str,
        language: str = "en",
        *,
        translate: bool = False,
        limits: Limits = PATIENT,
    ) -> None:
        super().__init__(http_server(url), language, limits)
        self._translate = translate

    def describe(self) -> str:
        """Return where the work is done."""
        return "whisper.cpp server"

    def _path(self) -> str:
        return "/inference"

    def _fields(self, language: str) -> dict[str, str]:
        return {
            # Older servers know it not, and answer the plain format.
            "response_format": "verbose_json",
            "temperature": "0.0",
            "no_timestamps": "true",
            "language": language,
            "translate": str(self._translate).lower(),
        }

    def _unavailable(self, reason: str) -> ServerUnavailable:
        return ServerUnavailable(
            f"the whisper.cpp server at {self._server} {reason}",
            "start it with: whisper-server -m MODEL, or empty [whisper] server_url",
        )
