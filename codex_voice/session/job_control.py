"""Stopping this program as a job of a shell, and finding out what it is continued for."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from types import FrameType

# A signal that comes together with SIGCONT may be handled a moment after the process goes on.
_SIGNAL_DELAY_SECONDS = 0.05

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
    """Return whether there is a shell that waits for this program as one of its jobs.

    A stopped program without one would stay stopped for ever; the kernel ignores SIGTSTP then.
    """
    return bool(_found)


def stop_until_resumed(terminal: int, ending: Iterable[signal.Signals]) -> bool:
    """Stop this process until it has the terminal again, or is to end.

    A shell that hangs up continues its jobs only so that they can end. What touches the terminal
    then, which is the shell's, is stopped once more and never ends.

    Args:
        terminal: The file descriptor of the terminal.
        ending: Signals that ask this process to end. Whoever handles them on an event loop still
            does so afterwards.

    Returns:
        Whether it goes on in the foreground; False where a signal has come, or the terminal is
        gone.
    """
    received: list[int] = []

    def receive(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    handlers = {number: signal.signal(number, receive) for number in ending}
    try:
        while True:
            os.kill(os.getpid(), signal.SIGSTOP)
            # Continued.
            foreground = _in_foreground(terminal)
            if not foreground:
                time.sleep(_SIGNAL_DELAY_SECONDS)
            if received or foreground is None:
                return False
            if foreground:
                return True
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _in_foreground(terminal: int) -> bool | None:
    """Return whether the terminal is this process group's; None where it is gone."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return None
