"""`codex-voice mic --to URL`: calls who waits for this machine's microphone, again and again.

A call is answered when somebody listens there, and ends when he does not any more; the next one
is made at once, so that the microphone is at hand.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from codex_voice.errors import ConfigError
from codex_voice.install_hints import install_with_pip
from codex_voice.serve.remote_microphone.address import Address
from codex_voice.serve.remote_microphone.server import CallRefused, MicrophoneServer, Peer
from codex_voice.serve.remote_microphone.sockets import StreamPeer, WebSocketPeer
from codex_voice.serve.remote_microphone.transport import (
    CONNECT_SECONDS,
    LARGEST_MESSAGE,
    keep_alive,
)
from codex_voice.wyoming_events import LONGEST_LINE, WyomingError

_LOG = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0


async def call_for_ever(server: MicrophoneServer, address: Address) -> None:
    """Call an address until cancelled; pauses grow while nobody is there.

    Raises:
        CallRefused: The token is wrong.
        ConfigError: websockets is needed and not installed.
    """
    pause = _FIRST_PAUSE_SECONDS
    while True:
        listened = False
        try:
            async with _connected(address) as peer:
                listened = await server.call(peer)
        except CallRefused:
            raise
        except (OSError, WyomingError) as error:
            _LOG.info("%s cannot be called: %s", address, error)
        if listened:
            pause = _FIRST_PAUSE_SECONDS
            continue
        # Also where it was hung up at once: ssh accepts every connection, and finds nobody.
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


@contextlib.asynccontextmanager
async def _connected(address: Address) -> AsyncIterator[Peer]:
    if address.scheme in ("ws", "wss"):
        async with _websocket(address) as peer:
            yield peer
        return
    async with asyncio.timeout(CONNECT_SECONDS):
        if address.scheme == "unix":
            streams = await asyncio.open_unix_connection(address.host, limit=LONGEST_LINE)
        else:
            streams = await asyncio.open_connection(address.host, address.port, limit=LONGEST_LINE)
    reader, writer = streams
    try:
        if address.scheme == "tcp":
            keep_alive(writer.get_extra_info("socket"))
        yield StreamPeer(reader, writer)
    finally:
        writer.close()


@contextlib.asynccontextmanager
async def _websocket(address: Address) -> AsyncIterator[Peer]:
    try:
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException
    except ImportError as error:
        raise ConfigError(
            "the package websockets is not installed", install_with_pip("'codex-voice[serve]'")
        ) from error
    try:
        async with connect(
            str(address),
            open_timeout=CONNECT_SECONDS,
            close_timeout=0.2,
            max_size=LARGEST_MESSAGE,
            compression=None,
            proxy=None,
        ) as connection:
            yield WebSocketPeer(connection)
    except WebSocketException as error:
        raise ConnectionError(str(error)) from error
