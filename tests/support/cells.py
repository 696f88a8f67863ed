"""What stands in every cell of an emulator: text and style, read through the engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.engine import check, ffi, grid_ref, lib, new_sized

_ATTRIBUTES = (
    "bold", "italic", "faint", "blink", "inverse", "invisible", "strikethrough", "overline"
)  # fmt: skip
_MAXIMUM_CODE_POINTS = 64


class Cell(NamedTuple):
    """One cell as the user sees it."""

    text: str
    attributes: frozenset[str]
    underline: int
    foreground: object
    background: object
    underline_colour: object
    link: bytes


def read_cells(emulator: Emulator, rows: int | None = None) -> list[list[Cell]]:
    """Return the cells of the first `rows` rows of the view; all when not given."""
    return list(read_rows(emulator, emulator.rows if rows is None else rows))


def read_rows(emulator: Emulator, count: int) -> Iterator[list[Cell]]:
    """Read the first rows of the view one by one, for who may stop at the first that differs."""
    reader = _CellReader(emulator)
    for y in range(count):
        yield [reader.read(x, y) for x in range(emulator.columns)]


def read_text(emulator: Emulator, row: int) -> str:
    """Return the text of a row of the view, without trailing blanks."""
    reader = _CellReader(emulator)
    return "".join(reader.read(x, row).text for x in range(emulator.columns)).rstrip()


def differences(first: list[list[Cell]], second: list[list[Cell]]) -> list[str]:
    """Describe the cells that differ."""
    return [
        f"row {y} column {x}: {a} is not {b}"
        for y, (row, other) in enumerate(zip(first, second, strict=True))
        if row != other
        for x, (a, b) in enumerate(zip(row, other, strict=True))
        if a != b
    ]


class _CellReader:
    def __init__(self, emulator: Emulator) -> None:
        self._handle = emulator.handle
        self._point = ffi.new("CvPoint*")
        self._point.tag = lib.GHOSTTY_POINT_TAG_VIEWPORT
        self._reference = new_sized("GhosttyGridRef")
        self._cell = ffi.new("GhosttyCell*")
        self._number = ffi.new("int*")
        self._points = ffi.new("uint32_t[]", _MAXIMUM_CODE_POINTS)
        self._count = ffi.new("size_t*")
        self._style = new_sized("GhosttyStyle")
        self._uri = ffi.new("uint8_t[]", 4096)
        # Most cells are like others: by their 64 bits. The number of a style in them is one of the
        # page that the whole row is in.
        self._anywhere: dict[int, Cell] = {}
        self._in_row: dict[int, Cell] = {}
        self._row = -1

    def read(self, x: int, y: int) -> Cell:
        if y != self._row:
            self._row, self._in_row = y, {}
        self._point.value.x, self._point.value.y = x, y
        check(grid_ref(self._handle, self._point[0], self._reference), "cell")
        lib.ghostty_grid_ref_cell(self._reference, self._cell)
        bits = self._cell[0]
        known = self._anywhere.get(bits) or self._in_row.get(bits)
        return known or self._read_new(bits)

    def _read_new(self, bits: int) -> Cell:
        cell = self._read_all(bits)
        tag = self._get(bits, lib.GHOSTTY_CELL_DATA_CONTENT_TAG)
        # A link, and the rest of a grapheme cluster, are kept beside the cell.
        if tag == lib.GHOSTTY_CELL_CONTENT_CODEPOINT and not self._get(
            bits, lib.GHOSTTY_CELL_DATA_HAS_HYPERLINK
        ):
            styled = self._get(bits, lib.GHOSTTY_CELL_DATA_HAS_STYLING)
            (self._in_row if styled else self._anywhere)[bits] = cell
        return cell

    def _read_all(self, cell: int) -> Cell:
        check(lib.ghostty_grid_ref_style(self._reference, self._style), "style")
        style = self._style
        spacer = self._get(cell, lib.GHOSTTY_CELL_DATA_WIDE) == lib.GHOSTTY_CELL_WIDE_SPACER_TAIL
        text = "" if spacer else self._text() or " "
        attributes = frozenset(name for name in _ATTRIBUTES if getattr(style, name))
        foreground = _colour(style.fg_color)
        if text == " " and not attributes & {"inverse", "strikethrough", "overline"}:
            # Nothing of these can be seen in a blank.
            attributes, foreground = frozenset(), None
        return Cell(
            text,
            attributes,
            style.underline,
            foreground,
            self._background(cell, style),
            _colour(style.underline_color) if style.underline else None,
            self._link(),
        )

    def _get(self, cell: int, data: int) -> int:
        lib.ghostty_cell_get(cell, data, self._number)
        return int(self._number[0])

    def _text(self) -> str:
        lib.ghostty_grid_ref_graphemes(
            self._reference, self._points, _MAXIMUM_CODE_POINTS, self._count
        )
        return "".join(chr(self._points[index]) for index in range(self._count[0]))

    def _background(self, cell: int, style: Any) -> object:
        tag = self._get(cell, lib.GHOSTTY_CELL_DATA_CONTENT_TAG)
        if tag == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE:
            index = ffi.new("uint8_t*")
            lib.ghostty_cell_get(cell, lib.GHOSTTY_CELL_DATA_COLOR_PALETTE, index)
            return index[0]
        if tag == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_RGB:
            rgb = ffi.new("GhosttyColorRgb*")
            lib.ghostty_cell_get(cell, lib.GHOSTTY_CELL_DATA_COLOR_RGB, rgb)
            return rgb.r, rgb.g, rgb.b
        return _colour(style.bg_color)

    def _link(self) -> bytes:
        if lib.ghostty_grid_ref_hyperlink_uri(
            self._reference, self._uri, len(self._uri), self._count
        ):
            return b""
        uri: bytes = ffi.buffer(self._uri, self._count[0])[:]
        return uri


def _colour(colour: Any) -> object:
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return colour.value.palette
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        return colour.value.rgb.r, colour.value.rgb.g, colour.value.rgb.b
    return None
