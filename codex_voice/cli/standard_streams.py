"""Standard input, output and error as the commands may rely on them."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

_NULL = Path(os.devnull)


def prepare() -> bool:
    """Open the null device for closed streams, and let output never fail to encode.

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
    for stream in (sys.stdout, sys.stderr):
        # Tests put streams of other classes there.
        if type(stream) is io.TextIOWrapper:
            # A transcript may hold what the locale's encoding does not. Unbuffered output fails
            # inside argparse, which ignores that.
            stream.reconfigure(
                errors="backslashreplace", line_buffering=stream.isatty(), write_through=False
            )
    return has_output


def discard_output() -> None:
    """Send what is still to be written to standard output nowhere.

    To be called when it has failed; the flush at exit would complain again.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
