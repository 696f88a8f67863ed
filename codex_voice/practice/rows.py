"""Text laid out in rows of terminal cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

BOLD, DIM, REVERSE, RED, GREEN = "1", "2", "7", "31", "32"


@dataclass(frozen=True)
class Span:
    """A piece of a row: its text, and the parameters of SGR that colour it."""

    text: str
    style: str = "0"


Row = tuple[Span, ...]


def width(text: str) -> int:
    """Return how many cells a text takes."""
    return sum(map(_cells, text))


def wrap(text: str, columns: int) -> list[str]:
    """Cut a text into rows of at most `columns` cells, at spaces where there are any.

    Nothing is left out: the rows joined, with the line breaks, are the text.
    """
    rows: list[str] = []
    for line in text.split("\n"):
        row, used = "", 0
        for character in line:
            while row and used + _cells(character) > columns:
                space = row.rfind(" ") + 1 or len(row)
                rows.append(row[:space])
                row = row[space:]
                used = width(row)
            row += character
            used += _cells(character)
        rows.append(row)
    return rows


def encode(row: Iterable[Span], columns: int) -> str:
    """Return a row as the bytes of a terminal, cut off at `columns` cells."""
    pieces = []
    for span in row:
        text = ""
        for character in span.text:
            columns -= _cells(character)
            if columns < 0:
                break
            text += character
        pieces.append(f"\x1b[0;{span.style}m{text}")
    return "".join(pieces) + "\x1b[0m\x1b[K"


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
