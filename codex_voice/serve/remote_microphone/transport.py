"""Connections to a remote microphone, for a thread: TCP, a Unix socket, or a WebSocket."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

from codex_voice.errors import MicrophoneUnavailable
from codex_voice.install_hints import install_with_pip
from codex_voice.serve.remote_microphone.address import Address

if TYPE_CHECKING:
    from websockets.sync.connection import Connection

LARGEST_MESSAGE = 1 << 21
CONNECT_SECONDS = 3.0
_CHUNK = 1 << 16
# A machine that has gone to sleep does not hang up: it is asked whether it is there.
_KEEPALIVE = (("TCP_KEEPIDLE", 15), ("TCP_KEEPALIVE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))


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
            return _connect_websocket(address)
        return SocketTransport(_connect_socket(address))
    except OSError as error:
        raise MicrophoneUnavailable(
            f"the microphone at {address} cannot be reached: {error.strerror or error}",
            "start it there: codex-voice mic --serve",
        ) from error


def keep_alive(connection: socket.socket) -> None:
    """Let the system notice within half a minute that the other machine is gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        # Systems name the first of them differently.
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class SocketTransport:
    """Events one after the other over TCP or a Unix socket.

    Args:
        connection: The socket, connected.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        if connection.family != socket.AF_UNIX:
            # Pings are small and are waited for.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def ended(self) -> bool:
        """Whether the other side has hung up; nothing it sent is taken."""
        try:
            self._socket.settimeout(0)
            return not self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def receive(self, timeout: float) -> bytes:
        """Return what came; see `Transport`."""
        self._socket.settimeout(timeout)
        return self._socket.recv(_CHUNK)

    def send(self, data: bytes) -> None:
        """Send one event; see `Transport`."""
        self._socket.settimeout(CONNECT_SECONDS)
        self._socket.sendall(data)

    def close(self) -> None:
        """End it; see `Transport`."""
        # Wakes a thread that is receiving.
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        finally:
            self._socket.close()


class WebSocketTransport:
    """One event a message.

    Args:
        connection: The WebSocket, open; of a client or of a server.
        end: Closes it.
    """

    def __init__(self, connection: Connection, end: Callable[[], None]) -> None:
        self._connection = connection
        self._end = end

    @property
    def ended(self) -> bool:
        """Whether the other side has hung up."""
        from websockets.protocol import State

        return self._connection.state is not State.OPEN

    def receive(self, timeout: float) -> bytes:
        """Return what came; see `Transport`."""
        from websockets.exceptions import ConnectionClosed

        try:
            message = self._connection.recv(timeout)
        except ConnectionClosed:
            return b""
        return message if isinstance(message, bytes) else message.encode()

    def send(self, data: bytes) -> None:
        """Send one event; see `Transport`."""
        from websockets.exceptions import ConnectionClosed

        try:
            self._connection.send(data)
        except ConnectionClosed as error:
            raise ConnectionError(str(error)) from error

    def close(self) -> None:
        """End it; see `Transport`."""
        self._end()


def _connect_socket(address: Address) -> socket.socket:
    if address.scheme != "unix":
        return socket.create_connection((address.host, address.port), CONNECT_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(CONNECT_SECONDS)
    try:
        connection.connect(address.host)
    except OSError:
        connection.close()
        raise
    return connection


def _connect_websocket(address: Address) -> WebSocketTransport:
    try:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect as connect_websocket
    except ImportError as error:
        raise MicrophoneUnavailable(
            "the package websockets is not installed", install_with_pip("'codex-voice[serve]'")
        ) from error
    opened = ExitStack()
    try:
        connection = opened.enter_context(
            connect_websocket(
                str(address),
                open_timeout=CONNECT_SECONDS,
                close_timeout=0.2,
                max_size=LARGEST_MESSAGE,
                compression=None,
                # A proxy for web pages is none for a microphone.
                proxy=None,
            )
        )
    except WebSocketException as error:
        raise ConnectionError(str(error)) from error
    return WebSocketTransport(connection, opened.close)
