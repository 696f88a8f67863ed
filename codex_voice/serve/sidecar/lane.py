"""A thread that answers one request after the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

# Requests that may wait for a lane; more are not read until it has caught up.
_MOST_WAITING = 1000


class Lane:
    """A thread that does one thing after the other.

    Args:
        name: What it is for, in the name of the thread.
    """

    def __init__(self, name: str) -> None:
        self._jobs: queue.Queue[Callable[[], None]] = queue.Queue(_MOST_WAITING)
        # A daemon, for a sound server or a download may hang for ever.
        self._thread = threading.Thread(target=self._run, name=f"sidecar-{name}", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], None]) -> None:
        """Do this after what was submitted before."""
        self._jobs.put(job)

    def drain(self, timeout: float) -> None:
        """Wait, at most so many seconds, until what was submitted is done."""
        done = threading.Event()
        try:
            self._jobs.put(done.set, timeout=timeout)
        except queue.Full:
            return
        done.wait(timeout)

    def _run(self) -> None:
        while True:
            self._jobs.get()()
