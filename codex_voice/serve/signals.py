"""How a service without an event loop is told to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

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
