"""Events on their way to one client, which may be slow."""

from __future__ import annotations

import asyncio
from typing import Any

from codex_voice.errors import CodexVoiceError

Event = dict[str, Any]

MOST_WAITING = 256
"""Events that may wait for a client. With its socket's buffers they are some minutes of talk."""
_MOST_WAITING_FOR_LEVELS = 16


class ClientTooSlow(CodexVoiceError):
    """A client does not read what it is sent."""


class Outbox:
    """Keeps events until their client takes them; bounded. Belongs to the event loop."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._overflowed = self._closed = False

    def put(self, event: Event) -> bool:
        """Add an event, and say whether it will be sent.

        Levels are left out for a client that is behind. One that is far behind gets nothing more.
        """
        waiting = self._events.qsize()
        if self._overflowed or self._closed:
            return False
        if event["type"] == "level" and waiting >= _MOST_WAITING_FOR_LEVELS:
            return False
        if waiting >= MOST_WAITING:
            self._overflowed = True
            return False
        self._events.put_nowait(event)
        return True

    def close(self) -> None:
        """Accept no more: the client is gone."""
        self._closed = True

    async def get(self) -> Event:
        """Wait for the next event.

        Raises:
            ClientTooSlow: Some were lost.
        """
        if self._overflowed:
            raise ClientTooSlow("the client reads too slowly")
        return await self._events.get()
