"""How the engine divides text into clusters, and how many columns each of them takes."""

from __future__ import annotations

import functools

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.engine import check, ffi, grid_ref, lib, new_sized

_CACHE_SIZE = 4_096
_NO_WRAP = b"\x1b[?7l"
_CLEAR_LINE = b"\r\x1b[2K"


@functools.lru_cache(maxsize=_CACHE_SIZE)
def measure_clusters(text: str) -> tuple[tuple[str, int], ...]:
    """Divide text without control characters into clusters.

    Returns:
        Each cluster with its width in columns, 1 or 2; what the engine does not print is left
        out.
    """
    return _scratch_screen().measure(text)


@functools.cache
def _scratch_screen() -> _ScratchScreen:
    return _ScratchScreen()


class _ScratchScreen:
    """One row to print on and to read from."""

    def __init__(self) -> None:
        self._emulator = Emulator(256, 1, 0)
        self._emulator.feed(_NO_WRAP)
        self._point = ffi.new("CvPoint*")
        self._point.tag = lib.GHOSTTY_POINT_TAG_ACTIVE
        self._reference = new_sized("GhosttyGridRef")
        self._cell = ffi.new("GhosttyCell*")
        self._width = ffi.new("int*")
        self._count = ffi.new("size_t*")

    def measure(self, text: str) -> tuple[tuple[str, int], ...]:
        # The last column stays empty, so that nothing is dropped there.
        if 2 * len(text) >= self._emulator.columns:
            self._emulator.resize(2 * len(text) + 1, 1)
        self._emulator.feed(_CLEAR_LINE + text.encode("utf-8", "replace"))
        points = ffi.new("uint32_t[]", len(text) + 1)
        column, end = 0, self._emulator.cursor.column
        clusters = []
        while column < end:
            self._point.value.x = column
            check(grid_ref(self._emulator.handle, self._point[0], self._reference), "a cell")
            lib.ghostty_grid_ref_cell(self._reference, self._cell)
            lib.ghostty_cell_get(self._cell[0], lib.GHOSTTY_CELL_DATA_WIDE, self._width)
            lib.ghostty_grid_ref_graphemes(self._reference, points, len(points), self._count)
            cluster = "".join(chr(points[index]) for index in range(self._count[0]))
            columns = 2 if self._width[0] == lib.GHOSTTY_CELL_WIDE_WIDE else 1
            clusters.append((cluster or " ", columns))
            column += columns
        return tuple(clusters)
