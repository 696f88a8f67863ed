"""Text on its way into Codex: nothing in it may act as a key or a command."""

from __future__ import annotations

import re
import unicodedata

_START, _END = b"\x1b[200~", b"\x1b[201~"
# C0 without tab and line feed, DEL, C1, and surrogates, which UTF-8 cannot encode. An ESC would
# let what follows break out of the paste; Codex drops the others anyway.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# At the start of a draft "/" opens commands, and "!" makes a shell command that runs unasked.
_SPECIAL_STARTS = ("/", "!")
# A file or a skill at the end opens a list that takes the next key.
_OPEN_MENTION = re.compile(r"(?:^|\s)[@$]\S*$")
_OPENING = "([{“‘«„¿¡"
# Punctuation by itself belongs to the word before it; ".env" does not.
_PUNCTUATION = re.compile(r"[,.;:!?)\]}”’»…]+(?:\s|$)")
_ZERO_WIDTH_JOINER = "\u200d"


def sanitise(text: str) -> str:
    """Return a text without control characters but line feeds and tabs."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def guard(text: str, before: str, after: str) -> str:
    """Return a sanitised text with the spaces that keep it plain text and part it from others.

    Args:
        text: What is to be inserted; Codex trims spaces at the ends of what is sent.
        before: What stands before the cursor.
        after: What stands behind the cursor in its line.
    """
    starts = " " if text.startswith(_SPECIAL_STARTS) or needs_space(before, text) else ""
    ends = " " if _OPEN_MENTION.search(text) or (after and needs_space(text, after)) else ""
    return f"{starts}{text}{ends}"


def needs_space(before: str, after: str) -> bool:
    """Return whether two texts need a space between them."""
    if not before or not after or before[-1].isspace() or after[0].isspace():
        return False
    if before[-1] in _OPENING or _PUNCTUATION.match(after):
        return False
    return not (_is_ideographic(before[-1]) and _is_ideographic(after[0]))


def bracketed(text: str) -> bytes:
    """Return the bytes of a sanitised text as a bracketed paste."""
    return _START + text.encode() + _END


def minimum_backspaces(text: str) -> int:
    """Return how many presses of backspace delete a text at least.

    Codex deletes what a reader takes for one character with one press. Marks, joined emoji,
    flags and skin tones are counted as part of what is before them.
    """
    count = 0
    previous = ""
    in_flag = False
    for character in text:
        flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        extends = (
            unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf")
            or previous == _ZERO_WIDTH_JOINER
            or "\U0001f3fb" <= character <= "\U0001f3ff"
            or "\u1160" <= character <= "\u11ff"
            or (flag and in_flag)
        )
        in_flag = flag and not in_flag
        count += not extends
        previous = character
    return count


def _is_ideographic(character: str) -> bool:
    """Return whether a character belongs to a script that is written without spaces."""
    return (
        unicodedata.east_asian_width(character) in "WF" and unicodedata.category(character) == "Lo"
    ) and not "\uac00" <= character <= "\ud7a3"
