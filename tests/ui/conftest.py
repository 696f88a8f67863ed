"""The whole pane in a terminal, for the tests of this folder."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.outer_terminal import OuterTerminal
from tests.support.pane_programs import Pipe, Start

COLUMNS, ROWS = 120, 41


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start the pane with a Python program in it, in a terminal."""
    started: list[OuterTerminal] = []

    async def start_pane(
        source: str,
        *arguments: str,
        options: tuple[str, ...] = (),
        ready: str = "READY",
        columns: int = COLUMNS,
        rows: int = ROWS,
        kitty: bool = False,
        background: tuple[int, int, int] = (0, 0, 0),
    ) -> OuterTerminal:
        command = [sys.executable, "-m", "tests.support.pane_app", *options, "--"]
        program = [sys.executable, "-SEc", source, *arguments]
        terminal = OuterTerminal(
            [*command, *program], columns, rows, kitty=kitty, background=background
        )
        started.append(terminal)
        await terminal.until_text(ready)
        return terminal

    yield start_pane
    for terminal in started:
        await terminal.close()


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    """Return a pipe to a program in the pane."""
    pipe = Pipe(tmp_path)
    yield pipe
    pipe.close()
