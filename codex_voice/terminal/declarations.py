"""Write `_ghostty_abi.py`, the out-of-line cffi module, from pyghostty's own declarations.

`import pyghostty` parses 80 KB of C at every start (150-290 ms) and again for every new type
name; the module written here is loaded in 6-20 ms and needs no C compiler. After pinning
another pyghostty, run `python -m codex_voice.terminal.declarations`.
"""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from cffi import FFI

# cffi cannot pass unions by value; structs of the same layout have the same calling convention.
_TWINS = """
typedef struct { uint16_t x; uint32_t y; uint64_t _padding; } CvPointValue;
typedef struct { GhosttyPointTag tag; CvPointValue value; } CvPoint;
typedef struct { intptr_t amount; uint64_t _padding; } CvScrollValue;
typedef struct { GhosttyTerminalScrollViewportTag tag; CvScrollValue value; } CvScroll;
typedef GhosttyResult (*CvGridRefFn)(GhosttyTerminal, CvPoint, GhosttyGridRef*);
typedef void (*CvScrollFn)(GhosttyTerminal, CvScroll);
"""
_HEADER = "# ruff: noqa\n# mypy: ignore-errors\n"
_MODULE = "codex_voice.terminal._ghostty_abi"
_TARGET = Path(__file__).with_name("_ghostty_abi.py")


def generate() -> str:
    """Return the source of the module for the pyghostty that is installed."""
    package = importlib.util.find_spec("pyghostty")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("pyghostty")
    path = Path(package.submodule_search_locations[0]) / "_cdef.py"
    namespace: dict[str, str] = {}
    exec(path.read_text(), namespace)
    ffi = FFI()
    ffi.set_source(_MODULE, None)
    ffi.cdef(namespace["CDEF"] + _TWINS)
    with tempfile.TemporaryDirectory() as folder:
        return _HEADER + Path(ffi.compile(tmpdir=folder)).read_text()


if __name__ == "__main__":
    _TARGET.write_text(generate())
