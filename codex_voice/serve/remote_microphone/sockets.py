"""Where listeners connect: TCP, a Unix socket or a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from codex_voice.errors import ConfigError
from codex_voice.install_hints import install_with_pip
from codex_voice.serve.access import is_loopback_name
from codex_voice.serve.remote_microphone.address import Address
from codex_voice.wyoming_events import LONGEST_LINE

if TYPE_CHECKING:
    from websockets.asyncio.connection import Connection
    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

    from codex_voice.serve.remote_microphone.server import Peer

Serve = Callable[["Peer"], Awaitable[None]]

_CHUNK = 1 << 16


@contextlib.asynccontextmanager
async def listening_at(address: Address, serve: Serve) -> AsyncIterator[Address]:
    """Accept connections while the block runs; gives the address with the port in use.

    Raises:
        ConfigError: The address cannot be used.
    """
    try:
        if address.scheme == "ws":
            manager = _websocket(address, serve)
        elif address.scheme in ("tcp", "unix"):
            manager = _socket(address, serve)
        else:
            raise ConfigError(f"{address}: only wyoming:// and ws:// can be served")
        async with manager as bound:
            yield bound
    except (OSError, OverflowError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise ConfigError(
            f"{address} cannot be used: {reason or error}", "choose another with --bind"
        ) from error


@contextlib.asynccontextmanager
async def _socket(address: Address, serve: Serve) -> AsyncIterator[Address]:
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await serve(StreamPeer(reader, writer))
        except asyncio.CancelledError:
            # By the end of the server, below; asyncio would report it as an error of its own.
            pass
        finally:
            tasks.discard(task)
            writer.close()

    if address.scheme == "unix":
        remove_stale_socket(Path(address.host))
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(connected, address.host, limit=LONGEST_LINE)
        finally:
            os.umask(before)
        port = 0
    else:
        server = await asyncio.start_server(
            connected, address.host, address.port, limit=LONGEST_LINE
        )
        port = server.sockets[0].getsockname()[1]
    try:
        yield Address(address.scheme, address.host, port, address.token)
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if address.scheme == "unix":
            remove_stale_socket(Path(address.host))


@contextlib.asynccontextmanager
async def _websocket(address: Address, serve: Serve) -> AsyncIterator[Address]:
    try:
        from websockets.asyncio.server import serve as serve_websockets
    except ImportError as error:
        raise ConfigError(
            "the package websockets is not installed", install_with_pip("'codex-voice[serve]'")
        ) from error

    async def connected(connection: ServerConnection) -> None:
        await serve(WebSocketPeer(connection))

    def check(connection: ServerConnection, request: Request) -> Response | None:
        # A page of the web can open WebSockets to this machine; programs send no Origin.
        if "Origin" in request.headers:
            return connection.respond(HTTPStatus.FORBIDDEN, "not for web pages\n")
        if address.is_loopback and not is_loopback_name(request.headers.get("Host", "")):
            return connection.respond(HTTPStatus.FORBIDDEN, "not this machine's name\n")
        return None

    async with serve_websockets(
        connected,
        address.host,
        address.port,
        process_request=check,
        max_size=1 << 20,
        compression=None,
        close_timeout=0.2,
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield Address(address.scheme, address.host, port, address.token)


class StreamPeer:
    """A peer over TCP or a Unix socket; see `Peer`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def receive(self) -> bytes:
        """Return what came."""
        return await self._reader.read(_CHUNK)

    async def send(self, data: bytes) -> None:
        """Send one event."""
        self._writer.write(data)
        await self._writer.drain()


class WebSocketPeer:
    """A peer over a WebSocket; see `Peer`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def receive(self) -> bytes:
        """Return what came."""
        from websockets.exceptions import ConnectionClosed

        try:
            message = await self._connection.recv()
        except ConnectionClosed:
            return b""
        return message if isinstance(message, bytes) else message.encode()

    async def send(self, data: bytes) -> None:
        """Send one event."""
        from websockets.exceptions import ConnectionClosed

        try:
            await self._connection.send(data)
        except ConnectionClosed as error:
            raise ConnectionError(str(error)) from error


def remove_stale_socket(path: Path) -> None:
    """Remove the socket that an earlier run left; anything else stays, and the name is taken."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()
