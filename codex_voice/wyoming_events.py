"""Events of the Wyoming protocol (Open Home Foundation): a JSON line, then data, then sound.

One event is a line `{"type", "data"?, "data_length"?, "payload_length"?}`, then `data_length`
bytes of JSON (merged over `data`), then `payload_length` bytes. Nothing here knows sockets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codex_voice.errors import CodexVoiceError

LONGEST_LINE = 64 * 1024
LONGEST_DATA = 1024 * 1024
LONGEST_PAYLOAD = 1024 * 1024
"""Bytes that a peer can make us keep: the protocol itself knows no limits."""

DEFAULT_ASR_PORT = 10300
DEFAULT_MICROPHONE_PORT = 10700


class WyomingError(CodexVoiceError):
    """A peer does not speak Wyoming."""


@dataclass(frozen=True)
class Event:
    """One event.

    Args:
        type: Its name, such as "audio-chunk".
        data: What it says.
        payload: Sound, mostly none.
    """

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    payload: bytes = b""

    def text(self, name: str) -> str:
        """Return a text of the data; "" where it is missing or something else."""
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str, default: int) -> int:
        """Return a whole number of the data; the default where it is missing or something else."""
        value = self.data.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else default


def encode(event: Event) -> bytes:
    """Return an event as bytes."""
    head: dict[str, Any] = {"type": event.type}
    data = json.dumps(dict(event.data)).encode() if event.data else b""
    if data:
        head["data_length"] = len(data)
    if event.payload:
        head["payload_length"] = len(event.payload)
    return json.dumps(head).encode() + b"\n" + data + event.payload


class EventDecoder:
    """Puts events together from bytes that arrive in pieces of any size."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of an event is waiting for its rest."""
        return not self._buffer

    def feed(self, data: bytes) -> list[Event]:
        """Add bytes and return the events that are complete.

        Raises:
            WyomingError: They are no events, or too large ones.
        """
        self._buffer += data
        events = []
        while (event := self._next()) is not None:
            events.append(event)
        return events

    def _next(self) -> Event | None:
        end = self._buffer.find(b"\n", 0, LONGEST_LINE)
        if end < 0:
            if len(self._buffer) >= LONGEST_LINE:
                raise WyomingError("a line of the Wyoming protocol is too long")
            return None
        try:
            head = json.loads(bytes(self._buffer[:end]))
            name, data = head["type"], {} if head.get("data") is None else head["data"]
            sizes = (head.get("data_length") or 0, head.get("payload_length") or 0)
            _check(name, data, sizes)
            whole = end + 1 + sizes[0] + sizes[1]
            if len(self._buffer) < whole:
                return None
            if sizes[0]:
                more = json.loads(bytes(self._buffer[end + 1 : end + 1 + sizes[0]]))
                data = {**data, **more}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise WyomingError("this is not the Wyoming protocol") from error
        payload = bytes(self._buffer[whole - sizes[1] : whole])
        del self._buffer[:whole]
        return Event(name, data, payload)


def _check(name: object, data: object, sizes: tuple[object, object]) -> None:
    if not isinstance(name, str) or not isinstance(data, dict):
        raise ValueError("malformed header")
    for size, limit in zip(sizes, (LONGEST_DATA, LONGEST_PAYLOAD), strict=True):
        if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= limit:
            raise ValueError("too large")
