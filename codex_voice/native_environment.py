"""Environment variables of native libraries, set before these are loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

_VARIABLES = {
    # OpenMP's threads sleep while they wait: those that spin are four times slower beside other
    # work.
    "OMP_WAIT_POLICY": "PASSIVE",
    # NumPy's products here are small. Shared among OpenBLAS's threads, which spin, the speaker
    # check of 5 s of voice took 19 s beside ten busy processes on two cores; with one thread 1.8 s.
    "OPENBLAS_NUM_THREADS": "1",
    # A failed assertion of ggml would start a debugger that prints on standard output.
    "GGML_NO_BACKTRACE": "1",
}


def configure_native_libraries() -> None:
    """Set what the user has not set; to be called while the program has only one thread.

    The C library lets no thread read the environment while another one changes it: that can end
    the process with a segmentation fault. PortAudio's thread reads it when it looks for its
    settings, which may be while whisper.cpp is being loaded.
    """
    for name, value in _VARIABLES.items():
        os.environ.setdefault(name, value)


def of_user(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what a frozen program's own start put into it.

    PyInstaller points the dynamic linker at the libraries of the program, which would then be
    loaded into Codex and everything that Codex runs; it keeps what was there before in
    `LD_LIBRARY_PATH_ORIG`.
    """
    cleaned = dict(environment)
    if not getattr(sys, "frozen", False):
        return cleaned
    for name in environment:
        if name.startswith("_PYI_") or name == "_MEIPASS2":
            del cleaned[name]
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        original = cleaned.pop(f"{name}_ORIG", None)
        cleaned.pop(name, None)
        if original is not None:
            cleaned[name] = original
    return cleaned
