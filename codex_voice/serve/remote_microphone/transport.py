"""Connections to a remote microphone, for a thread: TCP, a Unix socket, or a WebSocket."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Protocol

from codex_voice.errors import MicrophoneUnavailable
from codex_voice.serve.remote_microphone.address import Address

CONNECT_SECONDS = 3.0
_CHUNK = 1 << 16


class Transport(Protocol):
    """A connection that carries events."""

    def receive(self, timeout: float) -> bytes:
        """Return what came; nothing at the end.

        Raises:
            TimeoutError: Nothing came for so many seconds.
            OSError: The connection broke.
        """

    def send(self, data: bytes) -> None:
        """Send one event.

        Raises:
            OSError: The connection broke.
        """

    def close(self) -> None:
        """End it; harmless twice."""


def connect(address: Address) -> Transport:
    """Connect to a server.

    Raises:
        MicrophoneUnavailable: It cannot be reached.
    """
    try:
        if address.scheme in ("ws", "wss"):
            return _WebSocket(address)
        return _Socket(address)
    except OSError as error:
        raise MicrophoneUnavailable(
            f"the microphone at {address} cannot be reached: {error.strerror or error}",
            "start it there: codex-voice mic --serve",
        ) from error


class _Socket:
    def __init__(self, address: Address) -> None:
        if address.scheme == "unix":
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(CONNECT_SECONDS)
            try:
                self._socket.connect(address.host)
            except OSError:
                self._socket.close()
                raise
        else:
            self._socket = socket.create_connection((address.host, address.port), CONNECT_SECONDS)
            # Pings are small and are waited for.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self, timeout: float) -> bytes:
        self._socket.settimeout(timeout)
        return self._socket.recv(_CHUNK)

    def send(self, data: bytes) -> None:
        self._socket.settimeout(CONNECT_SECONDS)
        self._socket.sendall(data)

    def close(self) -> None:
        # Wakes a thread that is receiving.
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        finally:
            self._socket.close()


class _WebSocket:
    def __init__(self, address: Address) -> None:
        try:
            from websockets.exceptions import WebSocketException
            from websockets.sync.client import connect as connect_websocket
        except ImportError as error:
            raise MicrophoneUnavailable(
                "the package websockets is not installed", "pip install 'codex-voice[serve]'"
            ) from error
        self._open = ExitStack()
        try:
            self._connection = self._open.enter_context(
                connect_websocket(
                    str(address),
                    open_timeout=CONNECT_SECONDS,
                    close_timeout=0.2,
                    max_size=1 << 21,
                    compression=None,
                    # A proxy for web pages is none for a microphone.
                    proxy=None,
                )
            )
        except WebSocketException as error:
            raise ConnectionError(str(error)) from error

    def receive(self, timeout: float) -> bytes:
        from websockets.exceptions import ConnectionClosed

        try:
            message = self._connection.recv(timeout)
        except ConnectionClosed:
            return b""
        return message if isinstance(message, bytes) else message.encode()

    def send(self, data: bytes) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            self._connection.send(data)
        except ConnectionClosed as error:
            raise ConnectionError(str(error)) from error

    def close(self) -> None:
        self._open.close()
