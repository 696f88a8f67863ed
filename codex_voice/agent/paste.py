"""Text on its way into Codex: nothing in it may act as a key or a command."""

from __future__ import annotations

import re

_START, _END = b"\x1b[200~", b"\x1b[201~"
# C0 without tab and line feed, DEL, C1, and surrogates, which UTF-8 cannot encode. An ESC would
# let what follows break out of the paste; Codex drops the others anyway.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# At the start of a draft "/" opens commands, and "!" makes a shell command that runs unasked.
_SPECIAL_STARTS = ("/", "!")
# A file or a skill at the end opens a list that takes the next key.
_OPEN_MENTION = re.compile(r"(?:^|\s)[@$]\S*$")


def sanitise(text: str) -> str:
    """Return a text without control characters but line feeds and tabs."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def guard(text: str, joined: bool) -> str:
    """Return a sanitised text with the spaces that keep it plain text; Codex trims them.

    Args:
        text: What is to be inserted.
        joined: Whether a space has to part it from a word before it.
    """
    before = " " if joined or text.startswith(_SPECIAL_STARTS) else ""
    after = " " if _OPEN_MENTION.search(text) else ""
    return f"{before}{text}{after}"


def bracketed(text: str) -> bytes:
    """Return the bytes of a sanitised text as a bracketed paste."""
    return _START + text.encode() + _END
