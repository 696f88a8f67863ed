"""What the hosted program tells its terminal beside text: bell, title, status, clipboard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codex_voice.text_cleaning import clean_line

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# Longer texts are cut: no terminal shows more of a title or a notification.
_MAXIMUM_LENGTH = 1000


def clean(raw: bytes) -> str:
    """Decode text for people: control characters become spaces, the length is bounded.

    Bidirectional controls are dropped: they let a title read differently from what it is.
    """
    text = _CONTROLS.sub(" ", raw.decode("utf-8", "replace"))
    return clean_line(text)[:_MAXIMUM_LENGTH].strip()


@dataclass(frozen=True)
class Bell:
    """BEL was printed."""


@dataclass(frozen=True)
class TitleChanged:
    """The window title (OSC 0 and 2) is now `title`, without control characters."""

    title: str


@dataclass(frozen=True)
class Notification:
    """A desktop notification (OSC 9 and 777), without control characters."""

    title: str
    body: str


@dataclass(frozen=True)
class ProgramStatus:
    """The Program Status Protocol (OSC 7501): what follows `7501;`."""

    payload: str


@dataclass(frozen=True)
class ClipboardWrite:
    """Text that the program asks to put on the clipboard (OSC 52)."""

    text: str


TerminalEvent = Bell | TitleChanged | Notification | ProgramStatus | ClipboardWrite
