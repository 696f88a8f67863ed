"""Rows as bytes: what is painted is what the engine holds, cell by cell."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.painter import Painter
from codex_voice.terminal.rows import RowFormatter
from codex_voice.terminal.view import Selection
from tests.support.cells import differences, read_cells, read_text
from tests.terminal.battery import CASES, COLUMNS, ROWS, Case

RECORDINGS = sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.raw"))
FRAMES = 10
TEXTS = [
    "foo ", "漢字", "e\u0301", "❤️", "👩‍💻", "  ", "─│", "🇬🇧", "xxxxxxx", "é", "⚠️ ",
]  # fmt: skip
STYLES = [
    "0", "1", "2", "3", "4", "4:3", "4:2", "58:2::1:2:3;4:3", "7", "9", "5", "8", "53", "31", "92",
    "44", "103", "38;5;200", "48;5;17", "38;2;1;2;3", "48;2;9;8;7", "21", "39", "49", "22;24",
]  # fmt: skip
OPERATIONS = [
    "\x1b[K", "\x1b[1K", "\x1b[3X", "\x1b[2P", "\x1b[2@", "\x1b[L", "\x1b[M", "\r\n", "\x1b[5C",
    "\t", "\x1b[0J", "\x1b[3S",
]  # fmt: skip


class Shown:
    """An emulator and a second one that sees only what is painted, inside a larger screen."""

    def __init__(self, columns: int, rows: int, left: int = 0, top: int = 0) -> None:
        self.emulator = Emulator(columns, rows, 1_000)
        self.formatter = RowFormatter(self.emulator)
        self.painter = Painter()
        self.painter.reset(rows)
        self.rows = [b""] * rows
        self.outer = Emulator(columns + left, rows + top, 10)
        self.outer.feed(b"\x1b[?7l")
        self.left, self.top = left, top

    def paint(self) -> bytes:
        """Paint a frame; return its bytes."""
        for number, row in self.formatter.take_frame().items():
            self.rows[number] = row
        frame = self.painter.paint(self.rows, self.left, self.top, self.emulator.columns)
        self.outer.feed(frame)
        return frame

    def differences(self) -> list[str]:
        """Return what is not shown as it is."""
        shown = [row[self.left :] for row in read_cells(self.outer)[self.top :]]
        return differences(read_cells(self.emulator), shown)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_battery(case: Case) -> None:
    """Every case of the conformance battery is painted exactly."""
    shown = Shown(COLUMNS, ROWS, left=3, top=2)
    shown.emulator.feed(case.written)
    shown.paint()
    assert shown.differences() == []


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_recordings(path: Path) -> None:
    """Codex is painted exactly, at ten points of each session."""
    data = path.read_bytes()
    shown = Shown(120, 40)
    for start in range(0, len(data), len(data) // FRAMES + 1):
        shown.emulator.feed(data[start : start + len(data) // FRAMES + 1])
        shown.paint()
        assert shown.differences() == []


@pytest.mark.parametrize("seed", range(4))
def test_random_styles(seed: int) -> None:
    """Random styles, widths and operations are painted exactly.

    The one cell that may differ is a blank last column before a wrapped wide character, whose
    style the engine's formatter does not tell.
    """
    chooser = random.Random(seed)
    shown = Shown(80, 24, left=seed)
    for _ in range(FRAMES):
        shown.emulator.feed("".join(scribble(chooser) for _ in range(400)).encode())
        shown.paint()
        wrong = [each for each in shown.differences() if "column 79" not in each]
        assert wrong == []


def scribble(chooser: random.Random) -> str:
    """Return one random thing that a program might write."""
    kind = chooser.random()
    if kind < 0.35:
        return f"\x1b[{chooser.choice(STYLES)}m"
    if kind < 0.7:
        return chooser.choice(TEXTS)
    if kind < 0.8:
        return f"\x1b[{chooser.randrange(1, 25)};{chooser.randrange(1, 81)}H"
    if kind < 0.84:
        return chooser.choice(OPERATIONS)
    if kind < 0.9:
        return chooser.choice((f"\x1b]8;;http://a/{chooser.randrange(5)}\x1b\\", "\x1b]8;;\x1b\\"))
    return chr(chooser.randrange(33, 127))


def test_only_changed_rows_are_painted() -> None:
    """A row that does not differ from what stands there is not written again."""
    shown = Shown(40, 6)
    shown.emulator.feed(b"one\r\ntwo")
    shown.paint()
    assert shown.paint() == b""
    shown.emulator.feed(b"\rtwo")
    assert shown.paint() == b""
    shown.emulator.feed(b"!")
    frame = shown.paint()
    assert b"two!" in frame
    assert b"one" not in frame


def test_a_later_formatter_gets_every_row() -> None:
    """Whoever takes the drawing over misses nothing that another formatter was given before."""
    emulator = Emulator(20, 3)
    emulator.feed(b"one\r\ntwo")
    first = RowFormatter(emulator)
    assert first.take_frame()[0] == b"one"
    assert first.take_frame() == {}
    later = RowFormatter(emulator)
    assert later.take_frame() == {0: b"one", 1: b"two", 2: b""}
    assert later.take_frame() == {}


def test_palette_and_default_colours_stay_what_they_are() -> None:
    """The user's own theme decides what palette colours and the default look like."""
    shown = Shown(40, 6)
    shown.emulator.feed(b"\x1b[31mred\x1b[0m plain")
    frame = shown.paint()
    assert b"31m" in frame or b"38;5;1m" in frame
    assert b"38;2" not in frame


def test_links_with_control_characters_are_dropped() -> None:
    """A hyperlink cannot carry a sequence to the user's terminal."""
    shown = Shown(40, 6)
    shown.emulator.feed("\x1b]8;;http://a/\u009b31m\x1b\\link\x1b]8;;\x1b\\".encode())
    frame = shown.paint()
    assert b"link" in frame
    assert b"]8;;http" not in frame


def test_selection_is_reversed() -> None:
    """Selected cells are shown reversed, blanks between words included, and back afterwards."""
    shown = Shown(40, 6)
    shown.emulator.feed(b"\x1b[32mone two\x1b[0m three\r\nnext")
    selection = Selection(shown.emulator)
    selection.press(4, 0, 1.0)
    selection.drag(9, 0)
    shown.paint()
    reversed_cells = ["inverse" in cell.attributes for cell in read_cells(shown.outer)[0][:14]]
    assert reversed_cells == [4 <= column <= 9 for column in range(14)]
    assert read_text(shown.outer, 0) == "one two three"
    selection.clear()
    shown.paint()
    assert shown.differences() == []
