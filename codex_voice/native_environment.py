"""What native libraries are told through the environment, before they are loaded."""

from __future__ import annotations

import os

_TOLD = {
    # OpenMP's threads sleep while they wait: those that spin are four times slower beside other
    # work.
    "OMP_WAIT_POLICY": "PASSIVE",
    # A failed assertion of ggml would start a debugger that prints on standard output.
    "GGML_NO_BACKTRACE": "1",
}


def tell_libraries() -> None:
    """Set what the user has not set; to be called while the program has only one thread.

    The C library lets no thread read the environment while another one changes it: that can end
    the process with a segmentation fault. PortAudio's thread reads it when it looks for its
    settings, which may be while whisper.cpp is being loaded.
    """
    for name, value in _TOLD.items():
        os.environ.setdefault(name, value)
