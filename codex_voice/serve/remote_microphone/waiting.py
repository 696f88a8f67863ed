"""`--audio listen:URL`: waits here for a microphone that calls (`codex-voice mic --to URL`).

Whoever could call without the token would speak to Codex, so there is always one. The newest call
is kept until somebody listens; each call serves one time of listening.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from codex_voice.errors import ConfigError, MicrophoneUnavailable
from codex_voice.install_hints import install_with_pip
from codex_voice.serve.access import is_loopback_name, is_token
from codex_voice.serve.remote_microphone.address import TOKEN_VARIABLE, Address
from codex_voice.serve.remote_microphone.sockets import remove_stale_socket
from codex_voice.serve.remote_microphone.transport import (
    LARGEST_MESSAGE,
    SocketTransport,
    WebSocketTransport,
    keep_alive,
)
from codex_voice.wyoming_events import Event, EventDecoder, WyomingError, encode

if TYPE_CHECKING:
    from websockets.http11 import Request, Response
    from websockets.sync.server import ServerConnection

_LOG = logging.getLogger(__name__)

_HELLO_SECONDS = 5.0
CALL_SECONDS = 3.0
"""The next call comes as soon as the one before is over."""
_MOST_CALLERS = 8
_CHECK_SECONDS = 0.5

Call = SocketTransport | WebSocketTransport


class CallWaiter:
    """Accepts calls of microphones, on threads of its own, until the process ends.

    Args:
        address: Where it listens, and the token.
        call_seconds: How long somebody who wants to listen waits for a call.

    Raises:
        ConfigError: There is no token, or the address cannot be used.
    """

    def __init__(self, address: Address, call_seconds: float = CALL_SECONDS) -> None:
        self._call_seconds = call_seconds
        if not address.token:
            raise ConfigError(
                "a microphone that calls needs a token",
                f"export {TOKEN_VARIABLE}=..., as codex-voice mic --to says it",
            )
        self._token = address.token
        self._call: Call | None = None
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._places = threading.BoundedSemaphore(_MOST_CALLERS)
        self._stop: Callable[[], None]
        try:
            self.address = self._listen(address)
        except (OSError, OverflowError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            raise ConfigError(f"{address} cannot be used: {reason or error}") from error

    def next_call(self, _address: Address) -> Call:
        """Return the connection of a microphone that has called.

        Raises:
            MicrophoneUnavailable: None calls.
        """
        with self._changed:
            self._changed.wait_for(self._has_call, self._call_seconds)
            call, self._call = self._call, None
        if call is None:
            raise MicrophoneUnavailable(
                f"no microphone calls at {self.address}", "start it there: codex-voice mic --to URL"
            )
        return call

    def close(self) -> None:
        """Listen no more."""
        with self._changed:
            self._stopping.set()
            call, self._call = self._call, None
        self._stop()
        if call is not None:
            call.close()

    def _has_call(self) -> bool:
        if self._call is not None and self._call.ended:
            self._call.close()
            self._call = None
        return self._call is not None

    def _listen(self, address: Address) -> Address:
        if address.scheme == "ws":
            return self._listen_for_websockets(address)
        if address.scheme == "unix":
            remove_stale_socket(Path(address.host))
            listening = socket.socket(socket.AF_UNIX)
            before = os.umask(0o177)
            try:
                listening.bind(address.host)
            finally:
                os.umask(before)
            listening.listen(_MOST_CALLERS)
        elif address.scheme == "tcp":
            family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
            listening = socket.create_server((address.host, address.port), family=family)
            address = replace(address, port=listening.getsockname()[1])
        else:
            raise ConfigError(f"listen:{address}: only wyoming:// and ws:// can be waited at")
        thread = threading.Thread(
            target=self._accept, args=(listening,), name="microphone-calls", daemon=True
        )
        thread.start()

        def stop() -> None:
            thread.join()
            listening.close()

        self._stop = stop
        return address

    def _accept(self, listening: socket.socket) -> None:
        listening.settimeout(_CHECK_SECONDS)
        while not self._stopping.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            except OSError as error:
                # Such as out of descriptors.
                _LOG.warning("a call cannot be accepted: %s", error)
                self._stopping.wait(_CHECK_SECONDS)
                continue
            if not self._places.acquire(blocking=False):
                connection.close()
                continue
            if connection.family != socket.AF_UNIX:
                keep_alive(connection)
            threading.Thread(
                target=self._answer, args=(SocketTransport(connection),), daemon=True
            ).start()

    def _answer(self, call: Call) -> None:
        """Keep a call that tells the token first, and hang up on any other."""
        try:
            accepted = self._is_welcome(call)
        except (OSError, WyomingError) as error:
            _LOG.info("a call was no microphone's: %s", error)
            accepted = False
        finally:
            self._places.release()
        dropped: Call | None = call
        with self._changed:
            if accepted and not self._stopping.is_set():
                dropped, self._call = self._call, call
                self._changed.notify_all()
        if dropped is not None:
            dropped.close()

    def _is_welcome(self, call: Call) -> bool:
        decoder = EventDecoder()
        events: list[Event] = []
        while not events:
            data = call.receive(_HELLO_SECONDS)
            if not data:
                return False
            events = decoder.feed(data)
        first = events[0]
        if first.type == "hello" and is_token(first.text("token"), self._token):
            return len(events) == 1 and decoder.is_empty
        call.send(encode(Event("error", {"text": "the token is wrong", "code": "unauthorized"})))
        return False

    def _listen_for_websockets(self, address: Address) -> Address:
        try:
            from websockets.sync.server import serve
        except ImportError as error:
            raise ConfigError(
                "the package websockets is not installed", install_with_pip("'codex-voice[serve]'")
            ) from error

        def check(connection: ServerConnection, request: Request) -> Response | None:
            # A page of the web can open WebSockets to this machine; programs send no Origin.
            if "Origin" in request.headers:
                return connection.respond(HTTPStatus.FORBIDDEN, "not for web pages\n")
            if address.is_loopback and not is_loopback_name(request.headers.get("Host", "")):
                return connection.respond(HTTPStatus.FORBIDDEN, "not this machine's name\n")
            return None

        def answer(connection: ServerConnection) -> None:
            if not self._places.acquire(blocking=False):
                return
            ended = threading.Event()
            call = WebSocketTransport(connection, ended.set)
            self._answer(call)
            # The connection is closed when this thread returns.
            while not ended.wait(_CHECK_SECONDS) and not call.ended:
                pass

        server = serve(
            answer,
            address.host,
            address.port,
            process_request=check,
            max_size=LARGEST_MESSAGE,
            compression=None,
            close_timeout=0.2,
        )
        thread = threading.Thread(target=server.serve_forever, name="microphone-calls", daemon=True)
        thread.start()

        def stop() -> None:
            server.shutdown()
            thread.join()

        self._stop = stop
        return replace(address, port=server.socket.getsockname()[1])
