"""What arrives from the terminal: typed text, pasted text, keys and the wheel."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_PASTE_START, _PASTE_END = "\x1b[200~", "\x1b[201~"
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O[A-Z]|[^\x1b\[O])")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?\Z")
_TEXT = re.compile(r"[^\x00-\x1f\x7f]+")
_WHEEL = re.compile(r"\x1b\[<(6[45]);\d+;\d+M")

_KEYS = {
    "\r": "enter",
    "\n": "newline",
    "\t": "tab",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\x01": "home",
    "\x03": "ctrl+c",
    "\x04": "ctrl+d",
    "\x05": "end",
    "\x0b": "ctrl+k",
    "\x15": "ctrl+u",
    "\x1b": "escape",
    "\x1b\r": "newline",
    "\x1b[5~": "page up",
    "\x1b[6~": "page down",
    "\x1b[1;5H": "top",
    "\x1b[1;5F": "bottom",
    **{f"\x1b{form}A": "up" for form in "[O"},
    **{f"\x1b{form}B": "down" for form in "[O"},
    **{f"\x1b{form}C": "right" for form in "[O"},
    **{f"\x1b{form}D": "left" for form in "[O"},
    **{f"\x1b{form}H": "home" for form in "[O"},
    **{f"\x1b{form}F": "end" for form in "[O"},
}


@dataclass(frozen=True)
class Typed:
    """Characters that were typed."""

    text: str


@dataclass(frozen=True)
class Pasted:
    """Text that came in brackets, with line feeds and tabs as its only control characters."""

    text: str


@dataclass(frozen=True)
class Key:
    """A key that is not a character; "wheel up" and "wheel down" among them."""

    name: str


Input = Typed | Pasted | Key


class Keyboard:
    """Parses the bytes, however they are cut into reads."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> Iterator[Input]:
        """Yield what is complete; the rest waits for more, or for `flush`."""
        self._rest += self._decoder.decode(data)
        while self._rest:
            length, event = self._next()
            if not length:
                return
            self._rest = self._rest[length:]
            if event is not None:
                yield event

    @property
    def waiting(self) -> bool:
        """Whether an escape sequence has begun and is not complete."""
        return bool(self._rest)

    def flush(self) -> Iterator[Input]:
        """Yield the escape key where nothing followed it."""
        if self._rest == "\x1b":
            self._rest = ""
            yield Key("escape")

    def _next(self) -> tuple[int, Input | None]:
        """Return how many characters the next event takes (0: not complete), and the event."""
        rest = self._rest
        if rest.startswith(_PASTE_START):
            end = rest.find(_PASTE_END)
            if end < 0:
                return 0, None
            return end + len(_PASTE_END), Pasted(_clean(rest[len(_PASTE_START) : end]))
        text = _TEXT.match(rest)
        if text:
            return text.end(), Typed(text[0])
        if _UNFINISHED.match(rest):
            return 0, None
        sequence = _SEQUENCE.match(rest)
        code = sequence[0] if sequence else rest[0]
        wheel = _WHEEL.fullmatch(code)
        if wheel:
            return len(code), Key("wheel up" if wheel[1] == "64" else "wheel down")
        return len(code), Key(_KEYS[code]) if code in _KEYS else None


def _clean(text: str) -> str:
    """Do to pasted text what Codex does: one kind of line break, no other control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", lines)
