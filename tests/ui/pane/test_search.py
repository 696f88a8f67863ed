"""The search bar over the pane, in a real terminal."""

from __future__ import annotations

from tests.support.cells import read_cells
from tests.support.outer_terminal import OuterTerminal
from tests.support.pane_programs import Start

OPEN = b"\x1b[15~"
UP, DOWN, ESCAPE = b"\x1b[A", b"\x1b[B", b"\x1b"
LINES = (
    "for n in range(300): print('x' * (n % 7 * 23), 'Needle' if n % 100 == 50 else 'hay', n)\n"
    "print('READY', flush=True)\ninput()"
)


def marked(terminal: OuterTerminal) -> str:
    """Return the text that is marked, without the bar."""
    cells = read_cells(terminal.emulator, terminal.emulator.rows - 1)
    return "".join(cell.text for row in cells for cell in row if "inverse" in cell.attributes)


async def shows(terminal: OuterTerminal, number: int, line: int) -> None:
    """Wait until the bar tells which match is shown, and that is marked, with its line."""

    def shown() -> bool:
        text = "".join(line.ljust(terminal.emulator.columns) for line in terminal.emulator.lines())
        return (
            f"{number} of 3" in terminal.emulator.lines()[-1]
            and f"Needle {line}" in text
            and "Needle" in marked(terminal)
        )

    await terminal.until(shown, f"match {number} in line {line}")


async def test_matches_are_walked_through_and_unmarked(start: Start) -> None:
    """One row at the bottom; from the newest match back, forward, and around; then no mark."""
    terminal = await start(LINES)
    terminal.type(OPEN)
    await terminal.until_text("Search:")
    assert terminal.emulator.lines()[0].strip(), "the pane stays in sight"
    terminal.type(b"needle")
    await shows(terminal, 1, 250)
    for key, number, line in (
        (b"\r", 2, 150),
        (UP, 3, 50),
        (UP, 1, 250),
        (DOWN, 3, 50),
        (DOWN, 2, 150),
    ):
        terminal.type(key)
        await shows(terminal, number, line)
    terminal.type(b"s")
    await terminal.until_text("nothing found")
    terminal.type(b"\x7f")
    await shows(terminal, 1, 250)
    terminal.type(ESCAPE)
    await terminal.until_text("closed=1")
    await terminal.until(lambda: "Needle" not in marked(terminal), "no mark")


async def test_a_resize_moves_the_mark_with_its_match(start: Start) -> None:
    """Also where the match stands in a line that wraps otherwise now."""
    terminal = await start(LINES)
    terminal.type(OPEN)
    await terminal.until_text("Search:")
    terminal.type(b"needle")
    await shows(terminal, 1, 250)
    terminal.type(UP)
    await shows(terminal, 2, 150)
    terminal.resize(70, 30)
    await shows(terminal, 2, 150)
    terminal.resize(100, 20)
    await shows(terminal, 2, 150)


async def test_on_the_alternate_screen_the_bar_says_what_is_searched(start: Start) -> None:
    """What scrolled by is the program's own there."""
    terminal = await start(
        "print('\\x1b[?1049h\\x1b[HNeedle\\r\\nREADY', flush=True)\ninput()", ready="READY"
    )
    terminal.type(OPEN)
    await terminal.until_text("Search this screen:")
    terminal.type(b"needle")
    await terminal.until_text("1 of 1")
