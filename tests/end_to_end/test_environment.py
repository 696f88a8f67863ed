"""The environment: the user's own for Codex, with hints in it for the libraries of the voice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import CLIPS, TALK_KEY, Start

CODEX = """#!/bin/sh
echo "$(env | grep -c -e OMP_WAIT_POLICY -e GGML_NO_BACKTRACE) hints"
exec sleep 1000
"""
TELL = {"OMP_DISPLAY_ENV": "TRUE"}


def openmp_is_used() -> bool:
    """Tell whether whisper.cpp is built with OpenMP here, which tells so when asked to."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import _pywhispercpp"], env=TELL, capture_output=True, check=False
    )
    return b"OMP_WAIT_POLICY" in loaded.stderr


@pytest.mark.microphone
@pytest.mark.usefixtures("room")
@pytest.mark.skipif(not openmp_is_used(), reason="whisper.cpp is built without OpenMP here")
async def test_the_libraries_get_hints_that_codex_does_not_see(
    start: Start, tmp_path: Path
) -> None:
    """OpenMP tells what it was told, into the log."""
    codex = tmp_path / "codex.sh"
    codex.write_text(CODEX, encoding="utf-8")
    codex.chmod(0o755)
    without_hints = ("env", "-u", "OMP_WAIT_POLICY", "-u", "GGML_NO_BACKTRACE")
    person = await start(
        codex=str(codex),
        environment=TELL,
        program=(*without_hints, sys.executable, "-m", "codex_voice.cli"),
    )
    await person.sees("0 hints")
    await person.sees("tap to talk")
    person.press(TALK_KEY)
    await person.sees("LISTENING")
    await person.speaks(CLIPS / "10_espeak_print_the_size.wav")
    await person.sees("Print the size.")
    log = "".join(file.read_text() for file in person.home.rglob("*.log"))
    assert "OMP_WAIT_POLICY = 'PASSIVE'" in log
