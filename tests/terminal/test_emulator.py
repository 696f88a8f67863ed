"""The emulator: conformance, replies, events, state, and input that means harm."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from codex_voice.terminal.emulator import Cursor, Emulator
from codex_voice.terminal.events import (
    Bell,
    ClipboardWrite,
    Notification,
    ProgramStatus,
    TitleChanged,
)
from codex_voice.terminal.view import View
from tests.support.cells import read_cells, read_text
from tests.terminal.battery import CASES, COLUMNS, ROWS, Case

RECORDINGS = sorted((Path(__file__).parents[1] / "data" / "recordings").glob("*.raw"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_conformance(case: Case) -> None:
    """Every case of the battery leaves the screen, the cursor, the answer that it must."""
    emulator = Emulator(COLUMNS, ROWS, 100)
    emulator.set_colours((0xDD, 0xDD, 0xDD), (0, 0, 0))
    for piece in case.data if isinstance(case.data, tuple) else (case.data,):
        emulator.feed(piece)
    if case.resize:
        emulator.resize(*case.resize)
    cells = read_cells(emulator)
    for row, text in case.rows.items():
        assert read_text(emulator, row) == text
    if case.cursor:
        assert (emulator.cursor.column, emulator.cursor.row) == case.cursor
    if case.reply is not None:
        assert emulator.take_replies() == case.reply
    if case.style:
        cell = cells[case.style.row][case.style.column]
        underline = {"underline"} if cell.underline else set()
        assert sorted(cell.attributes | underline) == case.style.attributes
        assert cell.background == case.style.background
        if case.style.foreground is not None:
            assert cell.foreground == case.style.foreground
    if case.scrollback is not None:
        view = View(emulator)
        view.move_to_top()
        assert view.position.below == case.scrollback
        if case.scrollback:
            assert read_text(emulator, 0) == case.oldest


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_conformance_byte_by_byte(case: Case) -> None:
    """A sequence may be split between any two of its bytes."""
    whole, split = Emulator(COLUMNS, ROWS, 100), Emulator(COLUMNS, ROWS, 100)
    whole.feed(case.written)
    for value in case.written:
        split.feed(bytes([value]))
    assert read_cells(split) == read_cells(whole)
    assert split.take_replies() == whole.take_replies()


@pytest.fixture
def emulator() -> Emulator:
    """Return a terminal of 40 x 6 cells."""
    return Emulator(40, 6)


def test_lines_are_those_of_the_active_screen(emulator: Emulator) -> None:
    """Lines stay the bottom ones while the view is scrolled back; wide characters count once."""
    emulator.feed(b"".join(b"line %d\r\n" % number for number in range(20)))
    emulator.feed("漢字 ok  ".encode())
    View(emulator).move_to_top()
    assert emulator.lines() == ["line 15", "line 16", "line 17", "line 18", "line 19", "漢字 ok"]


def test_lines_of_an_empty_screen(emulator: Emulator) -> None:
    """There is one line a row, also where nothing stands."""
    assert emulator.lines() == [""] * 6


def test_alternate_screen(emulator: Emulator) -> None:
    """Lines and state follow the screen that is shown."""
    emulator.feed(b"main\x1b[?1049h\x1b[Hother")
    assert (emulator.alternate_screen, emulator.lines()[0]) == (True, "other")
    emulator.feed(b"\x1b[?1049l")
    assert (emulator.alternate_screen, emulator.lines()[0]) == (False, "main")


def test_cursor(emulator: Emulator) -> None:
    """The cursor's place and looks are those the program set."""
    emulator.feed(b"\x1b[3;5H\x1b[5 q")
    assert emulator.cursor == Cursor(4, 2, visible=True, shape="bar", blinking=True)
    emulator.feed(b"\x1b[4 q\x1b[?25l")
    assert emulator.cursor == Cursor(4, 2, visible=False, shape="underline", blinking=False)


def test_modes(emulator: Emulator) -> None:
    """What the program asked for can be seen."""
    emulator.feed(b"\x1b[?2004h\x1b[?1002h\x1b[>7u")
    assert (emulator.mode(2004), emulator.mouse_tracking, emulator.kitty_flags) == (True, True, 7)
    emulator.feed(b"\x1b[?2004l\x1b[?1002l\x1b[<u")
    assert (emulator.mode(2004), emulator.mouse_tracking, emulator.kitty_flags) == (False, False, 0)


@pytest.mark.parametrize("end", [b"\x07", b"\x1b\\"])
def test_program_status_in_pieces(emulator: Emulator, end: bytes) -> None:
    """OSC 7501 arrives whole wherever it is cut."""
    sequence = b"\x1b]7501;state=blocked:app=codex:kind=permission" + end
    for cut in range(len(sequence)):
        emulator.feed(sequence[:cut])
        emulator.feed(sequence[cut:])
        assert emulator.take_events() == [ProgramStatus("state=blocked:app=codex:kind=permission")]
    assert emulator.lines()[0] == ""


def test_events(emulator: Emulator) -> None:
    """Bell, title, notifications, clipboard writes are told; clipboard reads are not answered."""
    emulator.feed(b"\x07\x1b]0;title\x07\x1b]9;body\x07\x1b]777;notify;head;body\x1b\\")
    emulator.feed(b"\x1b]52;c;aGVsbG8=\x07\x1b]52;c;?\x07")
    assert emulator.take_events() == [
        Bell(),
        TitleChanged("title"),
        Notification("", "body"),
        Notification("head", "body"),
        ClipboardWrite("hello"),
    ]
    assert emulator.title == "title"
    assert emulator.take_replies() == b""


def test_control_characters_do_not_get_out(emulator: Emulator) -> None:
    """Titles and notifications carry no control characters and have an end."""
    emulator.feed(b"\x1b]2;a\x01b\x08c\xc2\x9bd\x07\x1b]9;x\x02y" + b"z" * 100_000 + b"\x07")
    events = emulator.take_events()
    texts = [event.title for event in events if isinstance(event, TitleChanged)]
    texts += [event.body for event in events if isinstance(event, Notification)]
    assert texts
    assert all(text.isprintable() and len(text) <= 1000 for text in texts)


def test_floods_of_events_are_bounded(emulator: Emulator) -> None:
    """However many titles, bells and notifications come in one read, few are told."""
    emulator.feed(b"\x07\x1b]2;t\x07\x1b]9;n\x07\x1b]52;c;aGVsbG8=\x07" * 5_000)
    assert len(emulator.take_events()) <= 100


def test_colours_are_answered_when_known(emulator: Emulator) -> None:
    """OSC 10 and 11 are answered with the user's colours, and not at all before."""
    emulator.feed(b"\x1b]11;?\x07")
    assert emulator.take_replies() == b""
    emulator.set_colours((1, 2, 3), (0xFF, 0xEE, 0xDD))
    emulator.feed(b"\x1b]10;?\x1b\\\x1b]11;?\x07")
    assert emulator.take_replies() == (
        b"\x1b]10;rgb:0101/0202/0303\x1b\\\x1b]11;rgb:ffff/eeee/dddd\x07"
    )


def test_synchronized_output(emulator: Emulator) -> None:
    """A held update is known, answers go out meanwhile, and it can be given up."""
    emulator.feed(b"\x1b[?2026")
    emulator.feed(b"h\x1b[6n")
    assert (emulator.held, emulator.take_replies()) == (True, b"\x1b[1;1R")
    emulator.feed(b"\x1b[?2026l")
    assert (emulator.held, emulator.take_replies()) == (False, b"")
    emulator.feed(b"\x1b[?2026h")
    emulator.release_hold()
    assert (emulator.held, emulator.mode(2026)) == (False, False)


def test_program_cannot_change_the_width(emulator: Emulator) -> None:
    """DECCOLM makes the engine 132 columns wide; the host's width comes back."""
    emulator.feed(b"\x1b[?40h\x1b[?3h")
    emulator.correct_width()
    emulator.feed(b"\x1b[1;99Hx")
    assert emulator.lines()[0] == " " * 39 + "x"


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_recordings_in_pieces(path: Path) -> None:
    """A session of Codex looks the same whole and in pieces of seven bytes."""
    data = path.read_bytes()
    whole, pieces = Emulator(120, 40), Emulator(120, 40)
    whole.feed(data)
    for start in range(0, len(data), 7):
        pieces.feed(data[start : start + 7])
    assert pieces.lines() == whole.lines()
    assert pieces.cursor == whole.cursor
    assert pieces.take_events()[-1] == whole.take_events()[-1]


@pytest.mark.parametrize("seed", range(3))
def test_hostile_bytes(seed: int) -> None:
    """Random bytes and mutated sequences, with resizes, raise nothing and leave a screen."""
    chooser = random.Random(seed)
    emulator = Emulator(80, 24, 1_000)
    for _ in range(40):
        emulator.feed(chooser.randbytes(8_192) if seed else mutate(chooser))
        emulator.take_events()
        emulator.take_replies()
        emulator.resize(chooser.randrange(1, 200), chooser.randrange(1, 80))
        emulator.correct_width()
        assert len(emulator.lines()) == emulator.rows
    emulator.resize(80, 24)
    emulator.feed(b"\x18\x1b\\\x1bcstill here")
    assert emulator.lines()[0] == "still here"


@pytest.mark.parametrize("start", [b"\x1b]0;", b"\x1b]7501;", b"\x1b]52;c;", b"\x1bP", b"\x1b_G"])
def test_endless_strings(emulator: Emulator, start: bytes) -> None:
    """A string that never ends takes bounded memory and shows nothing."""
    emulator.feed(start)
    for _ in range(100):
        emulator.feed(b"A" * 65_536)
    emulator.feed(b"\x1b\\\r\nafter")
    assert emulator.lines()[:2] == ["", "after"]
    assert all(len(str(event)) < 1_100_000 for event in emulator.take_events())


def mutate(chooser: random.Random) -> bytes:
    """Make control sequences with absurd parameters and flipped bytes."""
    parts = []
    for _ in range(600):
        numbers = (str(chooser.choice((0, 1, 2, 40, 1_000, 65_535, 2**31))) for _ in range(3))
        start = chooser.choice(("\x1b[", "\x1b[?", "\x1b[>", "\x1b]", "\x1bP", "\x1b#8", "\x1b(0"))
        final = chooser.choice("@ABCDEFGHJKLMPSTXZ`abcdefghilmnqrstu{|}~")
        part = bytearray(f"{start}{';'.join(numbers)}{final}text 漢".encode())
        if chooser.random() < 0.2:
            part[chooser.randrange(len(part))] = chooser.randrange(256)
        parts.append(bytes(part))
    return b"".join(parts)
