"""Rows of the pane as Textual's strips, for the times when something lies over the pane."""

from __future__ import annotations

import re
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from codex_voice.terminal.clusters import measure_clusters
from codex_voice.ui.textual_compat import set_rendered, set_style_sequence, style_sequence

_CACHE_SIZE = 8_192
_RESET = "\x1b[0m"
_LINK_START, _LINK_END = "\x1b]8;;", "\x1b\\"
_PIECES = re.compile(r"(\x1b\[[0-9;:]*m|\x1b\]8;[^\x1b\x07]*\x1b\\|\x1b\[\d+G)")
_PARAMETERS = re.compile(r"\x1b\[([0-9;:]*)m")
_ATTRIBUTES = {
    1: "bold",
    2: "dim",
    3: "italic",
    4: "underline",
    5: "blink",
    7: "reverse",
    8: "conceal",
    9: "strike",
    53: "overline",
}
_FOREGROUND, _BACKGROUND, _UNDERLINE_COLOUR = 38, 48, 58


class _Styles(dict[str, Style]):
    """SGR sequences as the formatter writes them, to styles that render as the very same ones."""

    def __missing__(self, sequence: str) -> Style:
        if len(self) >= _CACHE_SIZE:
            self.clear()
        groups = [group for group in _PARAMETERS.findall(sequence) if group not in ("", "0")]
        style = _read_style(groups)
        # Rich writes this string as it is: curly underlines and palette colours stay exact.
        set_style_sequence(style, ";".join(groups))
        self[sequence] = style
        return style


_STYLES = _Styles()


class _ClusterText(str):
    """Blanks to whoever measures or cuts it, a cluster to the terminal.

    Rich and the engine disagree about the columns of many clusters. The engine's are right, since
    the program that drew the cluster can ask it where the cursor is.
    """

    __slots__ = ("drawn",)
    drawn: str

    def __format__(self, _specification: str) -> str:
        """Return what `Strip.render` puts between the style and its end."""
        return self.drawn


def make_strip(row: bytes, width: int, left: int = 0) -> Strip:
    """Turn a row of `RowFormatter` into a strip of exactly `width` cells.

    A strip that nothing cuts is written to the terminal as the row is, links included.

    Args:
        row: The bytes of the row.
        width: Columns of the strip.
        left: Column of the screen at which the strip begins.
    """
    first, *rest = _PIECES.split(row.decode("utf-8", "replace"))
    segments: list[Segment] = []
    written = [first]
    style = link = ""
    column = _add_text(segments, first, _STYLES[""], 0, left) if first else 0
    for sequence, text in zip(rest[::2], rest[1::2], strict=True):
        if sequence.endswith("G"):
            target = int(sequence[2:-1]) - 1
            if target > column:
                segments.append(Segment(" " * (target - column), _STYLES[""]))
            elif target < column:
                # The mark in the first row lies over text.
                segments = list(Strip(segments, column).crop(0, target))
            column = target
            written.append(f"\x1b[{left + target + 1}G")
        else:
            written.append(sequence)
            if sequence.endswith("m"):
                style = "" if sequence == _RESET else style + sequence
            else:
                link = sequence[len(_LINK_START) : -len(_LINK_END)]
        if text:
            linked = _STYLES[style].update_link(link) if link else _STYLES[style]
            column = _add_text(segments, text, linked, column, left)
            written.append(text)
    strip = Strip(segments, column)
    if column > width:
        return strip.crop(0, width)
    if column < width:
        strip = Strip([*segments, Segment(" " * (width - column), _STYLES[""])], width)
        written.append(f"\x1b[{left + width + 1}G")
    # Without autowrap Ghostty adds a mark to what stands in the last column, not before it.
    set_rendered(strip, f"\x1b[{width}X" + "".join(written) + _RESET)
    return strip


def _add_text(segments: list[Segment], text: str, style: Style, column: int, left: int) -> int:
    """Add text that begins at a column of the strip; return the column after it."""
    if text.isascii():
        segments.append(Segment(text, style))
        return column + len(text)
    plain = ""
    for cluster, columns in measure_clusters(text):
        if len(cluster) == 1 and cell_len(cluster) == columns:
            plain += cluster
        else:
            if plain:
                segments.append(Segment(plain, style))
                plain = ""
            start = left + column + 1
            blanks = _ClusterText(" " * columns)
            blanks.drawn = f"{' ' * columns}\x1b[{start}G{cluster}\x1b[{start + columns}G"
            segments.append(Segment(blanks, _never_plain(style)))
        column += columns
    if plain:
        segments.append(Segment(plain, style))
    return column


def _never_plain(style: Style) -> Style:
    """Return a style that looks the same and is rendered as a sequence in any case."""
    if style_sequence(style):
        return style
    style = style.update_link(style.link)
    set_style_sequence(style, "0")
    return style


def _read_style(groups: list[str]) -> Style:
    """Read the simple forms of SGR; Textual needs them to tint and to blend."""
    attributes: dict[str, Any] = {}
    colours = {_FOREGROUND: Color.default(), _BACKGROUND: Color.default()}
    for group in groups:
        values = [int(part.split(":")[0] or 0) for part in group.split(";")]
        index = 0
        while index < len(values):
            value = values[index]
            if value in (_FOREGROUND, _BACKGROUND, _UNDERLINE_COLOUR) and index + 2 < len(values):
                if values[index + 1] == 5:
                    colour, length = Color.from_ansi(values[index + 2]), 3
                else:
                    colour, length = Color.from_rgb(*values[index + 2 : index + 5]), 5
                colours[value] = colour
                index += length
                continue
            if value in _ATTRIBUTES:
                attributes[_ATTRIBUTES[value]] = True
            elif 30 <= value <= 37:
                colours[_FOREGROUND] = Color.from_ansi(value - 30)
            elif 90 <= value <= 97:
                colours[_FOREGROUND] = Color.from_ansi(value - 82)
            elif 40 <= value <= 47:
                colours[_BACKGROUND] = Color.from_ansi(value - 40)
            elif 100 <= value <= 107:
                colours[_BACKGROUND] = Color.from_ansi(value - 92)
            index += 1
    return Style(color=colours[_FOREGROUND], bgcolor=colours[_BACKGROUND], **attributes)
