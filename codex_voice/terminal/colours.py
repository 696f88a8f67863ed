"""Colours of the hosted program, brought to what the user's terminal has.

Some programs write red, green and blue whatever their terminal is. A terminal that does not know
that takes the numbers for other attributes: GNU screen blinks and inverts.
"""

from __future__ import annotations

import curses
import functools
import re
from collections.abc import Mapping, Sequence

_TRUE_COLOUR = ("truecolor", "24bit")
_PALETTE_COLOURS = 256
_SGR = re.compile(rb"\x1b\[[0-9;:]*m")
# Of text, background or underline, as `RowFormatter` writes it.
_RGB = re.compile(rb"\b([345]8);2;(\d+);(\d+);(\d+)")
# The palette of xterm with 256 colours: a cube from 16 on, and shades of grey from 232 on.
_CUBE_LEVELS = (0, 95, 135, 175, 215, 255)
_GREY_LEVELS = range(8, 248, 10)


def true_colour_source(environment: Mapping[str, str]) -> str:
    """Return what promises that the user's terminal draws red, green and blue as they are.

    Args:
        environment: COLORTERM says so; where it is not passed on, as over ssh, TERM's entry in the
            terminfo database does (`RGB`, or tmux's `Tc`). GNU screen does not, whatever they say.

    Returns:
        "COLORTERM", "terminfo", or "" where nothing does.
    """
    if "STY" in environment and "TMUX" not in environment:
        return ""
    if environment.get("COLORTERM") in _TRUE_COLOUR:
        return "COLORTERM"
    try:
        curses.setupterm(environment.get("TERM") or "dumb", 1)
    except curses.error:
        return ""
    flags = (curses.tigetflag("RGB"), curses.tigetflag("Tc"))
    return "terminfo" if 1 in flags or curses.tigetnum("colors") > _PALETTE_COLOURS else ""


def has_true_colour(environment: Mapping[str, str]) -> bool:
    """Tell whether the user's terminal draws red, green and blue as they are."""
    return bool(true_colour_source(environment))


def in_palette(row: bytes) -> bytes:
    """Return a formatted row with the nearest of 256 colours for each red, green and blue."""
    if b"8;2;" not in row:
        return row
    return _SGR.sub(lambda sequence: _RGB.sub(_nearest_of, sequence[0]), row)


def _nearest_of(found: re.Match[bytes]) -> bytes:
    return b"%b;5;%d" % (found[1], nearest(*map(int, found.group(2, 3, 4))))


@functools.lru_cache(maxsize=4096)
def nearest(red: int, green: int, blue: int) -> int:
    """Return the number of the colour of xterm's palette that is nearest to one."""
    levels = (red, green, blue)
    cube, greys = _nearest_places(_CUBE_LEVELS), _nearest_places(_GREY_LEVELS)
    places = (cube[red], cube[green], cube[blue])
    grey = greys[sum(levels) // 3]
    in_cube = in_greys = 0
    for level, place in zip(levels, places, strict=True):
        in_cube += (level - _CUBE_LEVELS[place]) ** 2
        in_greys += (level - _GREY_LEVELS[grey]) ** 2
    if in_greys < in_cube:
        return 232 + grey
    return 16 + 36 * places[0] + 6 * places[1] + places[2]


@functools.cache
def _nearest_places(levels: Sequence[int]) -> bytes:
    """Return for each level of 0 to 255 which of a few levels is nearest, the lower one of two.

    A screen may have a new colour in each cell, so that nothing is searched for then.
    """
    places = range(len(levels))
    return bytes(min(places, key=lambda place: abs(levels[place] - level)) for level in range(256))
