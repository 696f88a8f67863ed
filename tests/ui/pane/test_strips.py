"""Rows drawn through Textual stand in the engine's columns, also where a dialog cuts them."""

from __future__ import annotations

import random

import pytest
from rich.console import Console
from textual.strip import Strip

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.rows import RowFormatter
from codex_voice.ui.pane.strips import make_strip
from tests.support.cells import Cell, read_cells

COLUMNS = 60
LEFT = 3
SCRIPTS = {
    "Devanagari": "नमस्ते क्षत्रिय कर्कश श्री",
    "Bengali": "বাংলা ক্ষত্রিয় কোলকাতা",
    "Tamil": "தமிழ் கொடு நிலை",
    "Telugu": "తెలుగు క్షమ స్త్రీ",
    "Malayalam": "മലയാളം ക്ഷ",
    "Kannada": "ಕನ್ನಡ ಕ್ಷ",
    "Burmese": "မြန်မာ ကျိုး",
    "Thai": "กำลัง ที่นี่",
    "Khmer": "ភាសាខ្មែរ",
    "Tibetan": "བོད་སྐད",
    "Hangul": "한국어 각 각",
    "text presentation": "⌚\ufe0e ❤\ufe0e ☕\ufe0ex",
    "emoji presentation": "❤\ufe0f ⚠\ufe0f ☎\ufe0fx",
    "flags": "🇬🇧🇫🇷 🇬x",
    "skin": "👍🏽☝🏽x",
    "joined": "👩\u200d💻 👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥x",
    "keycaps": "1\ufe0f\u20e3 #\ufe0f\u20e3x",
    "wide": "漢字x かなx ｶﾞ",
    "marks": "e\u0301 n\u0303 a\u0308\u0323x",
    "new in Unicode": "\U0001fae9 \U0001f6d8 ☰ ䷀x",
    "plain": "abc é ─ x",
}
STYLES = ("", "\x1b[31m", "\x1b[1;44m", "\x1b[7m", "\x1b[4:3m", "\x1b[38;2;1;2;3;48;5;17m")


def render(strip: Strip) -> bytes:
    """Return what Textual writes for a strip."""
    return strip.render(Console(force_terminal=True, color_system="truecolor")).encode()


def shown(row: bytes, cuts: list[int]) -> list[Cell]:
    """Return the cells that a terminal shows of a row that is cut and drawn piece by piece."""
    outer = Emulator(LEFT + COLUMNS, 1)
    outer.feed(b"\x1b[?7l")
    place = 0
    strip = make_strip(row, COLUMNS, LEFT)
    for piece, end in zip(strip.divide([*cuts, COLUMNS]), [*cuts, COLUMNS], strict=True):
        # As the compositor does: the cursor goes to the piece, where something else stood.
        outer.feed(b"\x1b[1;%dH" % (LEFT + place + 1) + render(piece))
        place = end
    return read_cells(outer)[0][LEFT:]


def formatted(written: str) -> tuple[list[Cell], bytes]:
    """Return the cells of a row that a program has written, and the row as it is formatted."""
    emulator = Emulator(COLUMNS, 1)
    emulator.feed(written.encode())
    return read_cells(emulator)[0], RowFormatter(emulator).take_frame()[0]


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_whole_row(text: str) -> None:
    """A row that nothing covers is drawn cell by cell as the engine has it, in any style."""
    for style in STYLES:
        cells, row = formatted(f"{style}{text}\x1b[0m|{text}")
        assert shown(row, []) == cells


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_cut_row(text: str) -> None:
    """A row that a dialog lies over loses at most the cluster that is cut through."""
    cells, row = formatted(f"{text}|\x1b[1;44m{text}\x1b[0m|end")
    for cut in range(1, COLUMNS, 3):
        drawn = shown(row, [cut])
        wrong = [column for column, cell in enumerate(cells) if drawn[column] != cell]
        whole = cells[cut].text != ""
        assert wrong == [] if whole else set(wrong) <= {cut - 1, cut}


def test_random_rows() -> None:
    """Clusters next to each other, links and gaps are in their columns."""
    pick = random.Random(5)
    # What shrinks leaves a cell whose style the engine's formatter does not tell.
    texts = [text for name, text in SCRIPTS.items() if name != "text presentation"]
    words = [word for text in texts for word in text.split()]
    links = ("\x1b]8;;http://a.example\x1b\\", "\x1b]8;;\x1b\\", "\x1b[2C", "\x1b[0m", *STYLES)
    for _ in range(100):
        written = "".join(pick.choice(words) + pick.choice(links) + " " for _ in range(6))
        cells, row = formatted("\x1b[?7l" + written)
        assert shown(row, []) == cells


def test_row_as_wide_as_the_screen() -> None:
    """A cluster in the last columns is not cut off, and nothing stands beyond."""
    for text in ("क्ष", "❤️", "漢", "e\u0301"):
        for column in (COLUMNS - 1, COLUMNS):
            cells, row = formatted(f"\x1b[?7l\x1b[{column}H\x1b[1;{column}H{text}")
            assert shown(row, []) == cells


def test_mark_over_clusters() -> None:
    """The mark that says that one has scrolled back lies over whatever stands in the row."""
    for text in SCRIPTS.values():
        _, row = formatted(text * 3)
        drawn = "".join(cell.text for cell in shown(row + b"\x1b[50G\x1b[0;7m mark \x1b[0m", []))
        assert " mark " in drawn
