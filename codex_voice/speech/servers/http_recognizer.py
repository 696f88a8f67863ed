"""Recognisers that are asked with a form over HTTP and answer with JSON."""

from __future__ import annotations

import http
import http.client
import json
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from codex_voice.errors import ServerUnavailable
from codex_voice.speech.servers.http_exchange import HttpServer, excerpt, exchange, form_with
from codex_voice.speech.servers.server_recognizer import Limits, ServerAnswer, ServerRecognizer
from codex_voice.speech.servers.verbose_answer import read_answer

_TRIES = 2


class HttpRecognizer(ServerRecognizer):
    """Posts each utterance as a WAV file.

    Args:
        server: Where it is.
        language: Code of the language spoken, or "auto".
        limits: How long it may take.
    """

    def __init__(self, server: HttpServer, language: str, limits: Limits) -> None:
        super().__init__(f"server {server.netloc}", language)
        self._server = server
        self._limits = limits

    @abstractmethod
    def _path(self) -> str:
        """Return the path of the request, after the address's own."""

    @abstractmethod
    def _fields(self, language: str) -> dict[str, str]:
        """Return the fields of the form, but the file."""

    @abstractmethod
    def _unavailable(self, reason: str) -> ServerUnavailable:
        """Return the error: what the server does, and how to fix it."""

    def _headers(self) -> Mapping[str, str]:
        """Return headers of the request."""
        return {}

    def _ask(self, pcm: bytes, language: str, aborted: Callable[[], bool]) -> ServerAnswer:
        status, answer = self._post(pcm, language, aborted)
        return self._read(status, answer)

    def _post(self, pcm: bytes, language: str, aborted: Callable[[], bool]) -> tuple[int, bytes]:
        """Ask, and once more where the server failed or could not be reached."""
        body, headers = form_with(self._fields(language), pcm)
        headers |= self._headers()
        reason = ""
        began = time.monotonic()
        for _ in range(_TRIES):
            left = self._limits.answer_seconds - (time.monotonic() - began)
            if reason and left <= 0:
                break
            limits = replace(self._limits, answer_seconds=left)
            try:
                status, answer = exchange(
                    self._server, "POST", self._path(), body, headers, limits, aborted
                )
            except TimeoutError:
                # Asking again would make somebody who waits already wait as long again.
                raise self._unavailable("does not answer in time") from None
            except (OSError, http.client.HTTPException) as error:
                detail = error.strerror if isinstance(error, OSError) else str(error)
                reason = f"cannot be reached: {detail or type(error).__name__}"
                continue
            if status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                return status, answer
            reason = f"answers {status}: {excerpt(answer)}"
        raise self._unavailable(reason)

    def _read(self, status: int, answer: bytes) -> ServerAnswer:
        try:
            fields: Any = json.loads(answer)
        except (ValueError, RecursionError):
            fields = None
        if isinstance(fields, dict):
            heard = read_answer(fields) if status == http.HTTPStatus.OK else None
            if heard is not None:
                return heard
            if error := _error_in(fields):
                raise self._unavailable(f"says: {excerpt(error.encode())}")
        raise self._unavailable(f"answers {status}, and no transcript: {excerpt(answer)}")


def _error_in(fields: dict[str, Any]) -> str:
    """Return what an answer says is wrong; whisper.cpp, OpenAI and FastAPI name it differently."""
    error = fields.get("error", fields.get("detail"))
    if isinstance(error, dict):
        error = error.get("message")
    return "" if error is None else str(error)
