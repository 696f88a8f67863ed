"""The scrolled-back view, the selection, the search."""

from __future__ import annotations

import pytest

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.view import Position, Search, Selection, View
from tests.support.cells import read_text


@pytest.fixture
def emulator() -> Emulator:
    """Return a terminal of 40 x 6 cells that 100 lines have gone through."""
    emulator = Emulator(40, 6, 1_000)
    emulator.feed(b"\r\n".join(b"row %03d of fox" % number for number in range(100)))
    return emulator


def test_view_stays_while_output_arrives(emulator: Emulator) -> None:
    """The lines that one looks at do not move under new output."""
    view = View(emulator)
    at_bottom = [view.at_bottom]
    view.move(-10)
    at_bottom.append(view.at_bottom)
    assert at_bottom == [True, False]
    assert read_text(emulator, 0) == "row 084 of fox"
    emulator.feed(b"\r\nnew" * 50)
    assert read_text(emulator, 0) == "row 084 of fox"
    assert view.position == Position(above=84, height=6, below=60)


def test_view_goes_to_both_ends(emulator: Emulator) -> None:
    """Top and bottom are as far as it goes."""
    view = View(emulator)
    view.move_to_top()
    view.move(-5)
    assert read_text(emulator, 0) == "row 000 of fox"
    view.move_to_bottom()
    assert view.at_bottom
    assert read_text(emulator, 5) == "row 099 of fox"


def test_scrollback_keeps_as_many_lines_as_promised() -> None:
    """Ten thousand coloured lines are all there."""
    emulator = Emulator(120, 40, 10_000)
    line = b"".join(b"\x1b[38;2;%d;9;7mword%02d " % (number, number) for number in range(14))
    emulator.feed((line + b"\r\n") * 12_000)
    view = View(emulator)
    view.move_to_top()
    assert view.position.below >= 10_000


def test_drag_selects_cells(emulator: Emulator) -> None:
    """A drag takes the cells from where it began to where it is; backwards without the first."""
    selection = Selection(emulator)
    selection.press(4, 0, 1.0)
    selection.drag(6, 0)
    assert selection.text() == "094"
    selection.drag(0, 0)
    assert selection.text() == "row"
    selection.drag(2, 1)
    assert selection.text() == "094 of fox\nrow"
    selection.release(2, 1)
    selection.clear()
    assert selection.text() == ""


def test_clicks_select_word_and_line(emulator: Emulator) -> None:
    """Two clicks take the word, three the line; a single one takes nothing."""
    selection = Selection(emulator)
    texts = []
    for seconds in (1.0, 1.1, 1.2):
        selection.press(12, 2, seconds)
        selection.release(12, 2)
        texts.append(selection.text())
    assert texts == ["", "fox", "row 096 of fox"]
    selection.press(12, 2, 9.0)
    assert selection.text() == ""


def test_wrapped_lines_are_joined() -> None:
    """A long line is copied as one, as it was written."""
    emulator = Emulator(10, 6, 100)
    emulator.feed(b"0123456789abcdef\r\nnext")
    selection = Selection(emulator)
    selection.press(0, 0, 1.0)
    selection.drag(9, 1)
    assert selection.text() == "0123456789abcdef"


def test_search_finds_and_shows(emulator: Emulator) -> None:
    """All matches are counted, in any case; going through them scrolls there."""
    search = Search(emulator)
    assert search.find("FOX") == 100
    assert search.find("row 01") == 10
    assert search.show_next()
    assert Selection(emulator).text() == "row 01"
    assert any(read_text(emulator, row) == "row 019 of fox" for row in range(6))
    assert search.show_next()
    assert any(read_text(emulator, row) == "row 018 of fox" for row in range(6))
    assert search.show_next(earlier=False)
    assert any(read_text(emulator, row) == "row 019 of fox" for row in range(6))
    assert search.find("not there") == 0
    assert not search.show_next()


def test_reflow_keeps_the_prompt() -> None:
    """Narrower and back, the lines and the cursor's line are what they were."""
    emulator = Emulator(40, 10, 1_000)
    emulator.feed(b"".join(b"line %02d abcdefghijabcdefghijabcdefghi\r\n" % n for n in range(20)))
    emulator.feed(b"$ prompt")
    before = emulator.lines()
    for columns, rows in ((20, 10), (10, 3), (97, 31), (40, 10)):
        emulator.resize(columns, rows)
        assert emulator.lines()[emulator.cursor.row] == "$ prompt"
    assert emulator.lines()[-1] == before[-1]
    assert emulator.cursor.column == 8
