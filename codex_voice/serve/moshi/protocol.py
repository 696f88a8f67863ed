"""The messages between Moshi's server and its clients: the first byte of each is its kind.

Measured on moshi.server 0.2.13. The server in Rust knows more kinds (`rust/protocol.md` there), and
adds bytes to the handshake; what is not known here is dropped, as that document asks.
"""

from __future__ import annotations

import enum

LONGEST_MESSAGE = 1 << 20
"""Bytes. A frame of sound takes 330; the server itself takes up to 4 MiB."""

LONGEST_TEXT = 1000
"""Characters that are taken of one piece of text; real ones are parts of words."""


class MessageKind(enum.IntEnum):
    """The kinds that are read or written here."""

    HANDSHAKE = 0
    """From the server: it is this client's turn."""
    SOUND = 1
    """Both ways: a piece of one Ogg Opus stream, 24 kHz, one channel."""
    TEXT = 2
    """From the server: a piece of what it says, UTF-8."""
    ERROR = 5
    """From the server in Rust: what is wrong, UTF-8."""


def split(message: bytes) -> tuple[MessageKind | None, bytes]:
    """Return a message's kind, None where it is not known or the message is empty, and its rest."""
    try:
        return MessageKind(message[0]), message[1:]
    except (IndexError, ValueError):
        return None, message[1:]


def sound_message(ogg: bytes) -> bytes:
    """Return the message that carries a piece of the stream."""
    return bytes((MessageKind.SOUND,)) + ogg


def text_of(payload: bytes) -> str:
    """Return the text of a message."""
    return payload.decode("utf-8", "replace")[:LONGEST_TEXT]
