"""A microphone server on a thread of its own, with a microphone that counts."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from codex_voice.pcm import FRAME_BYTES, FRAME_SECONDS
from codex_voice.serve.remote_microphone.address import Address
from codex_voice.serve.remote_microphone.server import MicrophoneServer
from codex_voice.serve.remote_microphone.sockets import WebSocketPeer, listening_at


class CountingMicrophone:
    """Gives frames that hold their own number, every 20 ms, while it is open."""

    name = "Counting microphone"
    opened = 0
    closed = 0

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def active(self) -> bool:
        """Whether it is open."""
        return self._thread is not None and self._thread.is_alive()

    def open(self, deliver: Callable[[bytes], None]) -> None:
        """Begin to count at one."""
        type(self).opened += 1

        def run() -> None:
            number = 0
            while not self._stop.wait(FRAME_SECONDS):
                number += 1
                deliver(number.to_bytes(2, "little") * (FRAME_BYTES // 2))

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop counting."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        type(self).closed += 1


class Server:
    """A microphone server; `start` and `stop` may be called in turns.

    Args:
        address: Where it listens; port 0 is replaced by the one in use.
        token: What it wants to hear.
        certificate: A file with a certificate and its key: then WebSockets are encrypted.
    """

    def __init__(
        self, address: Address, token: str = "secret", certificate: Path | None = None
    ) -> None:
        self.address = address
        self._certificate = certificate
        self._token = token
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; returns when connections are accepted."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)))
        self._thread.start()
        assert ready.wait(60)

    def stop(self) -> None:
        """Cut all connections and listen no more."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._thread = None

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = MicrophoneServer(CountingMicrophone, self._token)
        listening = (
            listening_at(self.address, server.serve)
            if self._certificate is None
            else _listening_with(self._certificate, server)
        )
        async with listening as self.address:
            ready.set()
            await self._stopping.wait()


@asynccontextmanager
async def _listening_with(certificate: Path, server: MicrophoneServer) -> AsyncIterator[Address]:
    """Do what a web server before ours does: encrypt."""
    from websockets.asyncio.server import ServerConnection, serve

    async def connected(connection: ServerConnection) -> None:
        await server.serve(WebSocketPeer(connection))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with serve(connected, "127.0.0.1", 0, ssl=context, open_timeout=60) as listening:
        yield Address("ws", "127.0.0.1", next(iter(listening.sockets)).getsockname()[1])
