"""How the threads of native libraries wait for work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_POLICY = "OMP_WAIT_POLICY"


@contextmanager
def yielding_threads() -> Iterator[None]:
    """Let the OpenMP library that is loaded meanwhile have its threads sleep while they wait.

    Threads that spin instead are four times slower beside other work. OpenMP reads this once, when
    it is loaded; programs started from here must not inherit it. A policy of the user's own stays.
    """
    own = os.environ.get(_POLICY)
    os.environ[_POLICY] = own or "PASSIVE"
    try:
        yield
    finally:
        if own is None:
            del os.environ[_POLICY]
