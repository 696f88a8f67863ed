"""Draws docs/screenshot.svg and records docs/demo.cast from a real run.

python packaging/make_screenshots.py [DIRECTORY]

The run is the real Codex with a model that answers from a script, codex-voice with its miniature
speech model, and two sentences spoken into a virtual microphone: PulseAudio and the Codex CLI are
needed (`make pulseaudio codex`). The picture is Rich's export, as Textual's screenshots are; the
recording is an asciinema file, version 2: `asciinema play docs/demo.cast`.
"""

from __future__ import annotations

import asyncio
import codecs
import io
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from benchmarks.whole_program import (
    CODEX_READY,
    MODEL_READY,
    TALK_KEY,
    codex_voice_command,
    virtual_microphone,
)
from codex_voice.practice.recordings import recordings
from tests.audio.scripted import noise
from tests.support.cells import Cell, read_cells
from tests.support.codex_program import MISSING, find_codex
from tests.support.outer_terminal import OuterTerminal
from tests.support.start_fake_codex import FakeCodex
from tests.support.virtual_mic import VirtualMic

COLUMNS, ROWS = 100, 24
MENU_KEY, ESCAPE = b"\x1bOP", b"\x1b"
# A viewer of the recording reads what stands there.
READING_SECONDS = 1.5
_LONGEST_PAUSE_SECONDS = 1.0
_ATTRIBUTES = {
    "bold": "bold",
    "italic": "italic",
    "faint": "dim",
    "inverse": "reverse",
    "strikethrough": "strike",
}


class RecordedTerminal(OuterTerminal):
    """A terminal that keeps what is written to it, and when.

    Attributes:
        pieces: The seconds since the start, and the bytes.
    """

    def __init__(self, *arguments: object, **options: object) -> None:
        self.pieces: list[tuple[float, bytes]] = []
        self._began = time.monotonic()
        super().__init__(*arguments, **options)

    def _receive(self, data: bytes) -> None:
        self.pieces.append((time.monotonic() - self._began, data))
        super()._receive(data)


def cast(pieces: list[tuple[float, bytes]]) -> str:
    """Return an asciinema file of what a terminal was written."""
    header = {
        "version": 2,
        "width": COLUMNS,
        "height": ROWS,
        "idle_time_limit": _LONGEST_PAUSE_SECONDS,
        "title": "codex-voice",
        "env": {"TERM": "xterm-256color"},
    }
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    lines = [json.dumps(header)]
    for seconds, data in pieces:
        if text := decoder.decode(data):
            lines.append(json.dumps([round(seconds, 3), "o", text], ensure_ascii=False))
    return "\n".join(lines) + "\n"


def picture(terminal: OuterTerminal, title: str) -> str:
    """Return what is on a terminal's screen as SVG."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    for row in read_cells(terminal.emulator):
        line = Text(end="\n", no_wrap=True, overflow="crop")
        for cell in row:
            line.append(cell.text, _style(cell))
        console.print(line, soft_wrap=True)
    return console.export_svg(title=title, unique_id="codex-voice")


def _style(cell: Cell) -> Style:
    attributes = {ours: True for name, ours in _ATTRIBUTES.items() if name in cell.attributes}
    return Style(
        color=_colour(cell.foreground),
        bgcolor=_colour(cell.background),
        underline=bool(cell.underline) or None,
        **attributes,
    )


def _colour(colour: object) -> Color | None:
    if isinstance(colour, tuple):
        return Color.from_rgb(*colour)
    return Color.from_ansi(colour) if isinstance(colour, int) else None


async def run(program: Path, microphone: VirtualMic) -> tuple[str, str]:
    """Do what a user does; return the picture and the recording."""
    spoken = {each.text: each.path for each in recordings()}
    # Nobody's room gives exact zeros: they are a microphone that was muted.
    room = microphone.play(noise(2, -70) * 120)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        FakeCodex(program, root=Path(home)) as codex,
    ):
        terminal = RecordedTerminal(
            codex_voice_command(codex, Path(home)),
            COLUMNS,
            ROWS,
            environment={
                **codex.environment,
                "HOME": home,
                "XDG_STATE_HOME": f"{home}/state",
                "XDG_CONFIG_HOME": f"{home}/config",
                "XDG_DATA_HOME": f"{home}/data",
            },
            directory=codex.workdir,
        )
        try:
            await terminal.until_text(CODEX_READY)
            await terminal.until_text(MODEL_READY)
            await asyncio.sleep(READING_SECONDS)
            terminal.type(TALK_KEY)
            await terminal.until_text("LISTENING")
            speech = microphone.play(spoken["Write a unit test for the main loop."])
            await terminal.until_text("inserted")
            speech.wait()
            await asyncio.sleep(READING_SECONDS)
            screen = picture(terminal, "codex-voice")
            terminal.type(MENU_KEY)
            await terminal.until_text("Search actions")
            await asyncio.sleep(READING_SECONDS)
            terminal.type(ESCAPE)
            await terminal.until(lambda: "Search actions" not in terminal.text())
            terminal.type(TALK_KEY)
            await terminal.until_text("LISTENING")
            microphone.play(spoken["Send message."]).wait()
            await terminal.until_text("Sent")
            await asyncio.sleep(2 * READING_SECONDS)
            pieces = list(terminal.pieces)
        finally:
            await terminal.close()
            room.stop()
    return screen, cast(pieces)


def main() -> None:
    """Write both files."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs"
    program = find_codex()
    if program is None:
        raise SystemExit(MISSING)
    with virtual_microphone() as microphone:
        screen, recording = asyncio.run(run(program, microphone))
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "screenshot.svg").write_text(screen, encoding="utf-8")
    (directory / "demo.cast").write_text(recording, encoding="utf-8")


if __name__ == "__main__":
    main()
