"""Who may use the API, before anything else is looked at.

Web pages must not reach it: a page can send requests and open WebSockets to this machine, but it
cannot hide its Origin, and a name of its own that points here (DNS rebinding) is in the Host.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from codex_voice.serve.access import is_loopback_name, is_token

SUBPROTOCOL = "codex-voice"
TOKEN_PREFIX = "token."
"""Browsers cannot set headers of a WebSocket: there the token is a second subprotocol."""

_HARDENING = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guard:
    """Refuses what does not come from this machine, from a page of ours, or with the token.

    Args:
        app: Gets what is let through.
        token: The token.
        public: Paths that need no token: nothing there is anybody's own.
        only_loopback: Whether the Host must be a name of this machine's loopback address.
    """

    def __init__(
        self, app: ASGIApp, token: str, public: frozenset[str], *, only_loopback: bool
    ) -> None:
        self._app = app
        self._token = token
        self._public = public
        self._only_loopback = only_loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request or WebSocket through, or answer it."""
        if scope["type"] in ("http", "websocket"):
            refusal = self._refusal(scope)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or (self._only_loopback and not is_loopback_name(hosts[0])):
            return error_response(403, "forbidden", "the Host is no loopback name of this machine")
        origins = headers.getlist("origin")
        if origins not in ([], [f"http://{hosts[0]}"]):
            return error_response(403, "forbidden", "pages of other origins are refused")
        if scope["path"] not in self._public and not is_token(_token(scope, headers), self._token):
            return error_response(
                401, "unauthorized", "the token is missing or wrong", {"WWW-Authenticate": "Bearer"}
            )
        return None


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return an error as the API tells them."""
    body = {"error": {"code": code, "message": message}}
    return JSONResponse(body, status, {**_HARDENING, **(headers or {})})


def answer(content: Any, status: int = 200) -> JSONResponse:
    """Return an object as the API tells them."""
    return JSONResponse(content, status, _HARDENING)


def _token(scope: Scope, headers: Headers) -> str:
    kind, _, given = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    for protocol in scope.get("subprotocols", ()):
        if protocol.startswith(TOKEN_PREFIX):
            return str(protocol.removeprefix(TOKEN_PREFIX))
    return ""
