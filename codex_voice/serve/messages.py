"""Lines for the user on standard error, apart from what libraries print there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from codex_voice import log, paths
from codex_voice.session.stderr_redirect import diverted_to
from codex_voice.text_cleaning import clean_line


@contextmanager
def own_messages() -> Iterator[Callable[[str], None]]:
    """Give what prints one line on standard error, from any thread.

    Meanwhile the log is written, and what C libraries print goes there: ALSA and whisper.cpp would
    spoil the output.
    """
    sys.stderr.flush()
    descriptor = os.dup(2)

    def report(line: str) -> None:
        # Nobody may be reading it any more.
        with suppress(OSError):
            os.write(descriptor, f"codex-voice: {clean_line(line)}\n".encode())

    log.start(paths.log_file())
    try:
        with diverted_to(paths.log_file()):
            yield report
    finally:
        os.close(descriptor)
