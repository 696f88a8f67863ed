"""The paths of the API."""

from __future__ import annotations

import asyncio
import base64
import binascii
import functools
import json
from collections.abc import Awaitable, Callable
from importlib import resources
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from codex_voice.errors import (
    AudioError,
    CodexVoiceError,
    MoshiBusy,
    MoshiError,
    MoshiNotInstalled,
    SpeechError,
)
from codex_voice.serve.agent_api import openapi
from codex_voice.serve.agent_api.backend import Backend
from codex_voice.serve.agent_api.guard import SUBPROTOCOL, Guard, answer, error_response
from codex_voice.serve.agent_api.pcm_input import (
    HIGHEST_RATE,
    PcmFormat,
    SampleFormat,
)
from codex_voice.serve.agent_api.voice import NotStarted, ServiceBusy

MOST_STREAMS = 256
MOST_BODY_BYTES = 8 * 1024 * 1024
"""A body of sound: three minutes of 16-bit samples at 16 kHz. What is longer is streamed."""
_MOST_BODIES = 8
_BODY_SECONDS = 30.0
_PAGE = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/microphone.js": ("microphone.js", "text/javascript; charset=utf-8"),
}
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class BadRequest(CodexVoiceError):
    """The body or the query of a request is not what it should be."""


def application(backend: Backend, token: str, *, only_loopback: bool) -> Guard:
    """Return the ASGI application.

    Args:
        backend: What stands behind it.
        token: What clients must know.
        only_loopback: Whether the Host must be a name of this machine's loopback address.
    """
    api = _Api(backend)
    routes = [
        Route("/api/voice/status", api.status, methods=["GET"]),
        *(
            Route(f"/api/voice/{name}", functools.partial(api.control, change), methods=["POST"])
            for name, change in api.changes.items()
        ),
        Route("/api/voice/audio", api.audio, methods=["POST"]),
        WebSocketRoute("/api/voice/stream", api.stream),
        Route("/openapi.json", api.openapi, methods=["GET"]),
        *(Route(path, _page, methods=["GET"]) for path in _PAGE),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: _http_error, CodexVoiceError: _error},
    )
    public = frozenset({"/openapi.json", *_PAGE})
    return Guard(app, token, public, only_loopback=only_loopback)


class _Api:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._streams = 0
        self._bodies = 0
        self.changes: dict[str, Callable[[], Awaitable[None]]] = {
            "start": backend.start,
            "stop": backend.stop,
            "connect": backend.connect,
            "disconnect": backend.disconnect,
            "reconnect": backend.reconnect,
        }

    async def status(self, _request: Request) -> Response:
        return answer(self._backend.status())

    async def control(self, change: Callable[[], Awaitable[None]], _request: Request) -> Response:
        await change()
        return answer(self._backend.status())

    async def audio(self, request: Request) -> Response:
        if self._bodies >= _MOST_BODIES:
            raise ServiceBusy("too many recordings are being sent", "try again")
        self._bodies += 1
        try:
            body = await _read(request)
            form, sound = await asyncio.to_thread(_recording, body, self._backend.offer.rate)
            return answer(await self._backend.answer_recording(form, sound))
        finally:
            self._bodies -= 1

    async def stream(self, websocket: WebSocket) -> None:
        query = websocket.query_params
        try:
            rate = _whole_number(query.get("rate", str(self._backend.offer.rate)))
            form = _format(query.get("format", SampleFormat.INT16.value), rate)
            serve = self._backend.open_stream(form)
        except (BadRequest, AudioError, MoshiNotInstalled) as error:
            await websocket.send_denial_response(error_response(400, "bad_request", str(error)))
            return
        if self._streams >= MOST_STREAMS:
            await websocket.send_denial_response(error_response(503, "busy", "too many streams"))
            return
        self._streams += 1
        try:
            offered = websocket.scope["subprotocols"]
            await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
            await serve(websocket)
        finally:
            self._streams -= 1

    async def openapi(self, _request: Request) -> Response:
        return answer(openapi.document(self._backend.offer))


async def _read(request: Request) -> bytes:
    """Return the body of a request.

    Raises:
        HTTPException: It is too long, or too slow.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BODY_BYTES:
                    raise HTTPException(413, f"a body has at most {MOST_BODY_BYTES} bytes")
    except TimeoutError:
        raise HTTPException(408, f"the body did not come in {_BODY_SECONDS:.0f} s") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body is not whole") from None
    return bytes(body)


def _recording(body: bytes, usual_rate: int) -> tuple[PcmFormat, bytes]:
    """Return the sound in a body, and its format.

    Raises:
        BadRequest: There is none.
    """
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise BadRequest("the body must be a JSON object")
    form = _format(content.get("format", SampleFormat.INT16.value), content.get("rate", usual_rate))
    try:
        sound = base64.b64decode(content["audio"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise BadRequest('"audio" must be base64') from None
    return form, sound


def _format(sample: object, rate: object) -> PcmFormat:
    """Read a format.

    Raises:
        BadRequest: It is none.
    """
    if not isinstance(sample, str) or sample not in tuple(SampleFormat):
        raise BadRequest(f'"format" must be one of {", ".join(SampleFormat)}')
    if not isinstance(rate, int) or isinstance(rate, bool):
        raise BadRequest('"rate" must be a whole number')
    try:
        return PcmFormat(SampleFormat(sample), rate)
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _whole_number(text: str) -> object:
    """Return a number of a query; the text where it is none."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST_RATE))
    return int(text) if is_number else text


async def _page(request: Request) -> Response:
    name, kind = _PAGE[request.url.path]
    content = resources.files("codex_voice.serve.agent_api").joinpath("page", name).read_bytes()
    return Response(content, headers={**_PAGE_HEADERS, "Content-Type": kind})


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed", 408: "timeout", 413: "too_large"}
    code = codes.get(error.status_code, "bad_request")
    return error_response(error.status_code, code, error.detail, error.headers)


async def _error(_request: Request, error: Exception) -> Response:
    match error:
        case BadRequest():
            return error_response(400, "bad_request", str(error))
        case NotStarted():
            return error_response(409, "not_started", str(error))
        case ServiceBusy() | MoshiBusy():
            return error_response(503, "busy", str(error), {"Retry-After": "1"})
        case MoshiError():
            return error_response(503, "moshi", str(error))
        case SpeechError():
            return error_response(503, "recognition", str(error))
    return error_response(500, "error", str(error))
