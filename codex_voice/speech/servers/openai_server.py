"""A server with OpenAI's transcription API: OpenAI's own, speaches, vLLM, LocalAI and others."""

from __future__ import annotations

import http
import http.client
import os
from collections.abc import Callable, Mapping
from dataclasses import replace

from codex_voice.errors import ServerUnavailable
from codex_voice.speech.recognizer import never_aborted
from codex_voice.speech.servers.http_exchange import HttpServer, exchange, http_server
from codex_voice.speech.servers.http_recognizer import HttpRecognizer
from codex_voice.speech.servers.server_recognizer import PATIENT, Limits, ServerAnswer

_ENDPOINT = "/audio/transcriptions"
_REFUSED_FORMAT = (http.HTTPStatus.BAD_REQUEST, http.HTTPStatus.UNPROCESSABLE_ENTITY)
_KEY_REFUSED = (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN)


def is_openai_address(url: str) -> bool:
    """Return whether an address is that of such a server: its path ends in /v1."""
    path = url.partition("?")[0].rstrip("/")
    return path.endswith(("/v1", _ENDPOINT))


class OpenAIServerRecognizer(HttpRecognizer):
    """Sends utterances to `/audio/transcriptions`, or `/audio/translations`.

    The key comes from the environment only. It is sent over TLS or to this machine, to nobody
    else; a server in one's own network mostly needs none.

    Args:
        url: Its base, such as "https://api.openai.com/v1".
        model: The model that it is to use.
        language: Code of the language spoken, or "auto".
        key_variable: The environment variable with the key.
        translate: Write English whatever is spoken.
        limits: How long it may take.

    Raises:
        ServerUnavailable: The URL is none, or the key cannot be sent.
    """

    def __init__(
        self,
        url: str,
        model: str = "whisper-1",
        language: str = "en",
        *,
        key_variable: str = "OPENAI_API_KEY",
        translate: bool = False,
        limits: Limits = PATIENT,
    ) -> None:
        server = http_server(url)
        super().__init__(_base_of(server), language, limits)
        self.name = f"{model} at {server.netloc}"
        self._model = model
        self._translate = translate
        self._key_variable = key_variable
        self._key = os.environ.get(key_variable, "").strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise ServerUnavailable(f"the key in {key_variable} holds more than ASCII letters")
        self._format = "verbose_json"

    def describe(self) -> str:
        """Return where the work is done."""
        return "OpenAI-compatible server"

    def greet(self, seconds: float) -> None:
        """Make sure that it answers, and takes the key.

        Args:
            seconds: How long it may take.

        Raises:
            ServerUnavailable: It does not.
        """
        limits = Limits(seconds, seconds)
        try:
            status, _ = exchange(
                self._server, "GET", "/models", b"", self._headers(), limits, never_aborted
            )
        except (OSError, http.client.HTTPException) as error:
            raise self._unavailable("does not answer") from error
        if status in _KEY_REFUSED:
            raise self._key_refused()

    def _ask(self, pcm: bytes, language: str, aborted: Callable[[], bool]) -> ServerAnswer:
        status, answer = self._post(pcm, language, aborted)
        if status in _REFUSED_FORMAT and self._format == "verbose_json":
            # gpt-4o-transcribe and others know the plain format only, which tells no confidence.
            self._format = "json"
            try:
                status, answer = self._post(pcm, language, aborted)
            finally:
                if status != http.HTTPStatus.OK:
                    # It was something else.
                    self._format = "verbose_json"
        if status in _KEY_REFUSED:
            raise self._key_refused()
        return self._read(status, answer)

    def _path(self) -> str:
        return "/audio/translations" if self._translate else _ENDPOINT

    def _fields(self, language: str) -> dict[str, str]:
        fields = {"model": self._model, "response_format": self._format, "temperature": "0"}
        if language != "auto" and not self._translate:
            fields["language"] = language
        return fields

    def _headers(self) -> Mapping[str, str]:
        if not self._key or not self._server.is_private:
            return {}
        return {"Authorization": f"Bearer {self._key}"}

    def _key_refused(self) -> ServerUnavailable:
        if self._key and not self._server.is_private:
            return ServerUnavailable(
                f"the server at {self._server} wants a key, and none is sent over plain http",
                "use https in [whisper] server_url",
            )
        wrong = "does not take the key" if self._key else "wants a key"
        return ServerUnavailable(
            f"the server at {self._server} {wrong}", f"export {self._key_variable}=..."
        )

    def _unavailable(self, reason: str) -> ServerUnavailable:
        if self._key:
            # Some quote it.
            reason = reason.replace(self._key, "...")
        return ServerUnavailable(
            f"the server at {self._server} {reason}",
            f'see [whisper] server_url and server_model = "{self._model}"',
        )


def _base_of(server: HttpServer) -> HttpServer:
    """Return the address without the endpoint, which some write."""
    return replace(server, path=server.path.removesuffix(_ENDPOINT))
