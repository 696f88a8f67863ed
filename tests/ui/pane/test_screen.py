"""What the program draws is what the user's terminal shows, cell by cell."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from codex_voice.terminal.emulator import Emulator
from tests.support.cells import read_cells
from tests.support.pane_programs import PIPE_READER, PLAYER, Pipe, Player, Start, same
from tests.terminal.battery import CASES
from tests.ui.conftest import COLUMNS, ROWS

DATA = Path(__file__).parents[2] / "data"
RECORDINGS = sorted((DATA / "recordings").glob("*.raw"))
PROGRAMS = sorted((DATA / "programs").glob("*.raw"))
BOTH_WAYS = pytest.mark.parametrize("options", [(), ("--covered",)], ids=["direct", "compositor"])
CUTS = 8
# The battery is long for one test on a loaded machine.
PARTS = 4
# Between these a recording may be cut and something else written.
START = re.compile(rb"\x1b[\[(]")

PALETTE = "".join(
    f"\x1b[{3 + 6 * (n > 7)}{n % 8};4{7 - n % 8}m{n:02} \x1b[10{n % 8}m \x1b[0m" for n in range(16)
) + "".join(f"\x1b[38;5;{n}mx\x1b[48;5;{255 - n}my\x1b[0m" for n in range(256))
ATTRIBUTES = "".join(f"\x1b[{n}m{n} on\x1b[0m off " for n in (1, 2, 3, 4, 5, 7, 8, 9, 21, 53))
UNDERLINES = "".join(
    f"\x1b[4:{shape}m{shape}\x1b[58:2::{shape}0:200:9m rgb\x1b[58:5:{shape}m palette\x1b[59m none"
    "\x1b[24m off "
    for shape in range(1, 6)
)
DEFAULTS = (
    "\x1b[31;44mred\x1b[39mdefault text\x1b[49m none \x1b[7mreverse default\x1b[27m"
    "\x1b[48;2;1;2;3m\x1b[K\r\n\x1b[49mplain\x1b[38;2;250;128;1mtrue\x1b[0m"
)
LINKS = (
    "\x1b]8;;https://a.example/1\x1b\\one\x1b]8;;https://a.example/2\x07two\x1b]8;;\x1b\\ none "
    "\x1b]8;id=x;https://b.example/?q=1&r=%C3%A9\x1b\\first\x1b]8;;\x1b\\ gap "
    "\x1b]8;id=x;https://b.example/?q=1&r=%C3%A9\x1b\\\x1b[1;31msecond\x1b[0m\x1b]8;;\x1b\\ "
    "\x1b]8;;file:///漢字\x1b\\漢\x1b]8;;\x1b\\"
    "\x1b[3;110H\x1b]8;;https://wrapped.example\x1b\\wraps over the edge\x1b]8;;\x1b\\"
)
CLUSTERS = (
    "e\u0301 a\u0308\u0323 n\u0303|👩\u200d💻|👨\u200d👩\u200d👧|❤\ufe0f|❤|⚠\ufe0f|1\ufe0f\u20e3|"
    "🇬🇧🇫🇷|👍🏽|"
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f|"
    "नमस्ते|ก็|한국|각|ﷺ|\u200bz|"
    + "".join(
        f"\x1b[{4 + row};{120 - back}H{text}>"
        for row, (text, back) in enumerate(
            (text, back)
            for text in ("漢", "👩\u200d💻", "❤️", "e\u0301", "🇬🇧", "⚠️字")
            for back in (0, 1, 2, 3)
        )
    )
)
BUSY = (
    "漢\x1b[4:3;31m字❤\ufe0f\x1b[0m\x1b]8;;http://a\x1b\\👩\u200d💻\x1b]8;;\x1b\\\x1b[44m x\x1b[0m"
)
PAGES = {
    "palette": PALETTE, "attributes": ATTRIBUTES, "underlines": UNDERLINES, "defaults": DEFAULTS,
    "links": LINKS, "clusters": CLUSTERS,
}  # fmt: skip


@BOTH_WAYS
@pytest.mark.parametrize("part", range(PARTS))
async def test_conformance_through_the_pane(
    start: Start, tmp_path: Path, part: int, options: tuple[str, ...]
) -> None:
    """Every case of the battery is on the user's terminal as it is in the engine."""
    player = Player(await start(PLAYER, options=options), tmp_path)
    for case in CASES[part::PARTS]:
        data = b"\x1bc" + case.written
        expected = Emulator(COLUMNS, ROWS - 1)
        expected.feed(data)
        await player.play(data)
        await player.until_shown(expected, f"{case.name}: {case.written!r}", bool(options))


@BOTH_WAYS
async def test_recordings_through_the_pane(
    start: Start, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Sessions of Codex end on the user's terminal as they end in the engine."""
    player = Player(await start(PLAYER, options=options), tmp_path)
    expected = Emulator(COLUMNS, ROWS - 1)
    for path in RECORDINGS:
        expected.feed(path.read_bytes())
        await player.play(path.read_bytes())
        await player.until_shown(expected, path.stem, bool(options))


@BOTH_WAYS
async def test_programs_through_the_pane(
    start: Start, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Recorded sessions of vim, less, htop, nano and ls are shown as they are, at every stage."""
    player = Player(await start(PLAYER, options=options), tmp_path)
    for path in PROGRAMS:
        await player.play(b"\x1bc")
        expected = Emulator(COLUMNS, ROWS - 1)
        for piece in cut(path.read_bytes()):
            expected.feed(piece)
            await player.play(piece)
            await player.until_shown(expected, path.stem, bool(options))
            if not options:
                await player.terminal.until(
                    lambda: player.terminal.emulator.cursor == expected.cursor,  # noqa: B023
                    f"the cursor of {path.stem}",
                )


def cut(data: bytes) -> list[bytes]:
    """Cut a recording into some pieces, never inside of a sequence."""
    ends = [found.start() for found in START.finditer(data)]
    places = [0, *ends[len(ends) // CUTS :: len(ends) // CUTS], len(data)]
    return [data[start:end] for start, end in itertools.pairwise(places)]


@BOTH_WAYS
async def test_styles_through_the_pane(
    start: Start, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Colours of all kinds, attributes, underlines, links and clusters are shown as they are."""
    player = Player(await start(PLAYER, options=options), tmp_path)
    for name, page in PAGES.items():
        data = b"\x1bc\x1b[2;1H" + page.encode()
        expected = Emulator(COLUMNS, ROWS - 1)
        expected.feed(data)
        await player.play(data)
        await player.until_shown(expected, name, bool(options))


@BOTH_WAYS
async def test_the_users_theme_survives(
    start: Start, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Palette and default colours are never written as true colours."""
    terminal = await start(PLAYER, options=options)
    player = Player(terminal, tmp_path)
    del terminal.output[:]
    await player.play(b"\x1b[31;44mpalette\x1b[38;5;99m more\x1b[0m default \x1b[7mreverse\x1b[0m")
    await terminal.until_text("default reverse")
    assert b"palette" in terminal.output
    assert not re.search(rb"[34]8[;:]2[;:]", terminal.output)


async def test_hostile_link_is_not_passed_on(start: Start, tmp_path: Path) -> None:
    """A link's address cannot carry a sequence to the user's terminal, however it is written."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    del terminal.output[:]
    await player.play(
        "\x1b]8;;http://a/\u009b31m\x1b\\one\x1b]8;;\x1b\\"
        "\x1b]8;;http://b/\r\n\x08x\x1b\\two\x1b]8;;\x1b\\"
        f"\x1b]8;;http://c/{'c' * 100_000}\x1b\\three\x1b]8;;\x1b\\DONE".encode()
    )
    await terminal.until_text("DONE")
    for forbidden in (b"\xc2\x9b", b"http://a", b"\x08", b"c" * 10_000):
        assert forbidden not in terminal.output
    assert "onetwothreeDONE" in terminal.text()


async def test_cursor_is_the_programs(start: Start, tmp_path: Path) -> None:
    """Shape, blinking, place and visibility are the real cursor's, also past wide characters."""
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    for shape in range(7):
        data = b"\x1bc\x1b[%d;3H%b\x1b[%d q" % (shape + 2, "漢e\u0301👩\u200d💻".encode(), shape)
        expected = Emulator(COLUMNS, ROWS - 1)
        expected.feed(data)
        await player.play(data)
        await terminal.until(lambda: terminal.emulator.cursor == expected.cursor, f"shape {shape}")  # noqa: B023
    await player.play(b"\x1b[?25l")
    await terminal.until(lambda: not terminal.emulator.cursor.visible, "no cursor")
    await player.play(b"\x1b[?25h")
    await terminal.until(lambda: terminal.emulator.cursor.visible, "a cursor")


async def test_half_an_update_is_not_drawn(start: Start, tmp_path: Path) -> None:
    """What comes between 2026 on and off is shown at once when it is whole.

    Where the machine stalls for longer than an update may last, the half is rightly shown: that
    may happen to a few of them.
    """
    terminal = await start(PLAYER)
    player = Player(terminal, tmp_path)
    halves_seen = 0
    for number in range(20):
        rows = [b"\x1b[%d;1Hupdate %d." % (row, number) for row in range(2, 40)]
        await player.play(b"\x1b[?2026h\x1b[2J" + b"".join(rows[:20]))
        halves_seen += f"update {number}." in terminal.text()
        await player.play(b"".join(rows[20:]) + b"\x1b[?2026l")
        await terminal.until(lambda: terminal.text().count(f"update {number}.") == 38, "it whole")  # noqa: B023
    assert halves_seen < 6


@pytest.mark.parametrize("size", [(120, 41), (40, 10), (10, 3)], ids=str)
async def test_dialog_over_a_busy_screen_leaves_no_trace(
    start: Start, pipe: Pipe, size: tuple[int, int]
) -> None:
    """What lies over wide characters, links and colours is gone when it closes; output goes on."""
    columns, rows = size
    terminal = await start(PIPE_READER, pipe.name, columns=columns, rows=rows)
    expected = Emulator(columns, rows - 1)

    def write(text: str) -> None:
        expected.feed(text.encode())
        pipe.write(text.encode())

    async def until_shown(what: str) -> None:
        await terminal.until(lambda: same(terminal, read_cells(expected)), what)

    for shift in range(4):
        lines = ["." * ((shift + row) % 3) + BUSY * (columns // 10) for row in range(rows - 1)]
        write("\x1b[H\x1b[2J" + "\r\n".join(lines))
        await until_shown("the page")
        terminal.type(b"\x1bOP")
        await terminal.until(lambda: not same(terminal, read_cells(expected)), "the dialog")
        await terminal.until(lambda: not terminal.emulator.cursor.visible, "no cursor")
        write(f"\x1b[H{shift} behind")
        terminal.type(b"\x1b")
        await until_shown("the page without a trace")
        await terminal.until(lambda: terminal.emulator.cursor.visible, "the cursor")


async def test_dialog_leaves_no_trace(start: Start) -> None:
    """What lies over the pane is gone when it closes; output under it is there."""
    terminal = await start("print('A' * 4000 + 'READY', end='', flush=True); input()")
    before = read_cells(terminal.emulator, ROWS - 1)
    terminal.type(b"\x1bOP")
    await terminal.until_text("DIALOG")
    assert not terminal.emulator.cursor.visible
    terminal.type(b"\x1b")
    await terminal.until(
        lambda: read_cells(terminal.emulator, ROWS - 1) == before, "the screen as it was"
    )
    await terminal.until(lambda: terminal.emulator.cursor.visible, "the cursor")
