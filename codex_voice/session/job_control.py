"""Whether a shell could continue this program after it has been stopped."""

from __future__ import annotations

import os

_found: bool | None = None


def find_job_control() -> None:
    """Look for a shell; to be called by the process that the shell has started."""
    global _found
    parent = os.getppid()
    try:
        same_session = os.getsid(parent) == os.getsid(0)
        _found = same_session and os.getpgid(parent) != os.getpgrp()
    except OSError:
        _found = False


def has_job_control() -> bool:
    """Tell whether there is a shell that waits for this program as one of its jobs.

    A stopped program without one would stay stopped for ever; the kernel ignores SIGTSTP then.
    """
    return bool(_found)
