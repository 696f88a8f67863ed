"""Where the log is, and whether it ends with errors."""

from __future__ import annotations

from collections.abc import Iterator

from codex_voice import paths
from codex_voice.own_command import runnable
from codex_voice.setup.checks.finding import Finding, Surroundings

_TAIL_BYTES = 50_000


def check(_surroundings: Surroundings) -> Iterator[Finding]:
    """Count the errors near the end of the log."""
    path = paths.log_file()
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            tail = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        yield Finding("Log", "none yet")
        return
    except OSError as error:
        yield Finding("Log", f"{path} cannot be read: {error.strerror}")
        return
    errors = tail.count(" ERROR ") + tail.count("Traceback (most recent call last)")
    report = runnable("codex-voice bug-report")
    remark = f", {errors} errors near its end: {report}" if errors else ""
    yield Finding("Log", f"{path}{remark}")
