"""One WebSocket to Moshi's server, with its messages and its errors."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codex_voice.errors import MoshiBusy, MoshiConnectionLost, MoshiNotInstalled
from codex_voice.install_hints import install_with_pip
from codex_voice.serve.moshi import protocol
from codex_voice.serve.moshi.configuration import AgentConfig
from codex_voice.text_cleaning import clean_line

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_PING_SECONDS = 20.0
_CLOSE_SECONDS = 0.5
"""What the server gets to end a connection; moshi.server does not finish the closing handshake."""


class MoshiConnection:
    """A connection that is open; `open_connection` makes it."""

    def __init__(self, websocket: ClientConnection) -> None:
        self._websocket = websocket

    async def wait_for_turn(self, seconds: float) -> None:
        """Wait until the server talks to this client.

        Raises:
            MoshiBusy: It did not in that time; it talks to another one.
            MoshiConnectionLost: The connection broke.
        """
        try:
            async with asyncio.timeout(seconds):
                kind = None
                while kind is not protocol.MessageKind.HANDSHAKE:
                    kind, _ = await self.receive()
        except TimeoutError:
            raise MoshiBusy("Moshi's server is busy: another client talks to it") from None

    async def receive(self) -> tuple[protocol.MessageKind | None, bytes]:
        """Return the kind and the content of the next message; a text message has no meaning here.

        Raises:
            MoshiConnectionLost: The connection broke.
        """
        with _connection_errors():
            message = await self._websocket.recv()
        return protocol.split(message if isinstance(message, bytes) else b"")

    async def send_sound(self, ogg: bytes) -> None:
        """Send a piece of the stream.

        Raises:
            MoshiConnectionLost: The connection broke.
        """
        with _connection_errors():
            await self._websocket.send(protocol.sound_message(ogg))

    async def close(self) -> None:
        """Hang up."""
        await self._websocket.close()


async def open_connection(config: AgentConfig) -> MoshiConnection:
    """Connect.

    Raises:
        MoshiNotInstalled: A package is missing, or the address is none.
        MoshiConnectionLost: The server cannot be reached.
    """
    try:
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidURI, WebSocketException
    except ModuleNotFoundError as error:
        raise MoshiNotInstalled(
            "the package websockets is not installed", install_with_pip("'codex-voice[moshi]'")
        ) from error
    url = config.server_ws_url
    try:
        return MoshiConnection(
            await connect(
                url,
                open_timeout=config.connect_timeout,
                ping_interval=_PING_SECONDS,
                ping_timeout=_PING_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                compression=None,
                max_size=protocol.LONGEST_MESSAGE,
                proxy=None,
            )
        )
    except InvalidURI as error:
        raise MoshiNotInstalled(f"{url} is no address of a WebSocket") from error
    except (OSError, TimeoutError, WebSocketException) as error:
        reason = clean_line(str(error)) or "no answer"
        raise MoshiConnectionLost(
            f"Moshi's server at {url} cannot be reached: {reason}", "codex-voice moshi start"
        ) from error


@contextlib.contextmanager
def _connection_errors() -> Iterator[None]:
    """Turn the library's errors into ours. Its close codes say nothing: see `protocol`."""
    from websockets.exceptions import ConnectionClosed

    try:
        yield
    except ConnectionClosed as error:
        raise MoshiConnectionLost("the connection to Moshi's server broke") from error
