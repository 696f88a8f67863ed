"""Standard input, output and error as the commands may rely on them."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO

from codex_voice.text_cleaning import clean

_NULL = Path(os.devnull)


class CleanOutput(io.TextIOWrapper):
    """Standard output or error without what a terminal obeys: every command writes through it.

    File names, configurations and arguments come from outside. A line that goes back to its
    beginning, to show progress, does so with the first character that is written at a time.
    """

    def write(self, text: str) -> int:
        """Write a text cleaned, and return how long it was."""
        start = "\r" if text.startswith("\r") else ""
        super().write(start + clean(text.removeprefix(start)))
        return len(text)


def prepare() -> bool:
    """Open the null device for closed streams, and let output be clean and never fail to encode.

    A descriptor that stays closed would be given to the next file that is opened, and what is
    meant for the user would end up in it.

    Returns:
        Whether there is a standard output.
    """
    if sys.stdin is None:
        sys.stdin = _NULL.open(encoding="utf-8")
    has_output = sys.stdout is not None
    if not has_output:
        sys.stdout = _NULL.open("w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = _NULL.open("w", encoding="utf-8")
    sys.stdout, sys.stderr = _cleaned(sys.stdout), _cleaned(sys.stderr)
    return has_output


def _cleaned(stream: TextIO) -> TextIO:
    # Tests put streams of other classes there.
    if type(stream) is not io.TextIOWrapper:
        return stream
    # A transcript may hold what the locale's encoding does not. Unbuffered output fails inside
    # argparse, which ignores that.
    return CleanOutput(
        stream.buffer,
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.isatty(),
    )


def discard_output() -> None:
    """Send what is still to be written to standard output nowhere.

    To be called when it has failed; the flush at exit would complain again.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
