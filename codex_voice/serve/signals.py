"""How services are told to end, and how they do it."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Ended(BaseException):
    """A signal asked for the end; no error, and caught by nobody else."""


@contextmanager
def until_signalled() -> Iterator[None]:
    """Run the block until it ends, or SIGTERM or SIGINT arrives; both are an ordinary end.

    To be entered on the main thread, before what the block must close again.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        for number in _SIGNALS:
            # One is enough: a second one must not break into the closing.
            signal.signal(number, signal.SIG_IGN)
        raise _Ended

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        yield
    except _Ended:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_process() -> NoReturn:
    """End the process with status 0, once everything is written and closed.

    A recogniser that could not be aborted still runs, and whisper.cpp crashes when the process
    takes down its libraries meanwhile; the sound server's own handlers at exit may hang.
    """
    sys.stdout.flush()
    logging.shutdown()
    os._exit(0)
