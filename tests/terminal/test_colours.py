"""Colours brought to what the user's terminal has."""

from __future__ import annotations

import pytest

from codex_voice.terminal.colours import has_true_colour, in_palette, nearest
from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.rows import RowFormatter


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"COLORTERM": "truecolor"}, True),
        ({"COLORTERM": "24bit", "TERM": "xterm"}, True),
        ({"COLORTERM": "truecolor", "TMUX": "/tmp/tmux", "STY": "1.pts"}, True),
        ({"COLORTERM": "truecolor", "STY": "1.pts"}, False),
        ({"COLORTERM": "", "TERM": "linux"}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "no-such-terminal"}, False),
        ({}, False),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else str(value),
)
def test_what_a_terminal_has(environment: dict[str, str], expected: bool) -> None:
    """Its environment says it, and nothing is promised where that says nothing."""
    assert has_true_colour(environment) is expected


@pytest.mark.parametrize(
    ("colour", "number"),
    [
        ((0, 0, 0), 16),
        ((255, 255, 255), 231),
        ((255, 0, 0), 196),
        ((95, 135, 175), 67),
        ((8, 8, 8), 232),
        ((128, 128, 128), 244),
        ((250, 100, 5), 202),
    ],
    ids=str,
)
def test_the_nearest_colour(colour: tuple[int, int, int], number: int) -> None:
    """Of the cube or of the greys."""
    assert nearest(*colour) == number


def test_a_row_has_no_other_colours_then() -> None:
    """Text, background, underline and rows of background only; text that looks like it stays."""
    emulator = Emulator(40, 2, 10)
    written = (
        b"\x1b[1;38;2;255;0;0;48;2;8;8;8;4;58;2;95;135;175m38;2;1;2;3\x1b[m \x1b[38;5;9mx\r\n"
        b"\x1b[48;2;255;255;255m\x1b[K"
    )
    emulator.feed(written)
    exact = RowFormatter(emulator).take_frame()
    emulator.feed(b"\x1b[H" + written)
    reduced = RowFormatter(emulator, true_colour=False).take_frame()
    assert b"38;2;255;0;0" in exact[0]
    for colour in (b"38;5;196", b"48;5;232", b"58;5;67", b"38;2;1;2;3", b"38;5;9"):
        assert colour in reduced[0]
    assert reduced[0].count(b"8;2;") == 1
    assert b"48;5;231" in reduced[1]
    assert in_palette(b"plain") == b"plain"
