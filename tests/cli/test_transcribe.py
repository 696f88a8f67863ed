"""The command that writes down what is said in sound files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codex_voice.cli import main as cli
from tests.speech.conftest import DATA, MINI

CLIP = DATA / "clips" / "01_espeak_clear_input.wav"


@pytest.fixture(autouse=True)
def _own_home(home: Path) -> None:
    """Read nobody's configuration."""


def transcribe(*arguments: str) -> int:
    """Run the command with the miniature model."""
    return cli.main(["transcribe", "--model", str(MINI), *arguments])


def test_each_file_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Of text alone."""
    assert transcribe(str(CLIP), str(CLIP)) == 0
    assert capsys.readouterr() == ("Clear input.\nClear input.\n", "")


def test_json_says_all_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line."""
    assert transcribe("--json", str(CLIP)) == 0
    (line,) = capsys.readouterr().out.splitlines()
    fields = json.loads(line)
    assert list(fields) == [
        *("file", "text", "confidence", "language", "audio_seconds", "seconds", "model")
    ]
    assert (fields["file"], fields["text"], fields["language"]) == (str(CLIP), "Clear input.", "en")
    assert 0 < fields["confidence"] <= 1
    assert fields["audio_seconds"] > 0.5
    assert fields["seconds"] > 0
    assert fields["model"].startswith("mini.en")


def test_a_bad_file_is_one_line_and_the_rest_goes_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The status tells that something was wrong."""
    bad = tmp_path / "notes.txt"
    bad.write_text("no sound")
    assert transcribe(str(bad), str(tmp_path / "absent.wav"), str(CLIP)) == 1
    out, err = capsys.readouterr()
    assert out == "Clear input.\n"
    assert len(err.splitlines()) == 2
    assert "notes.txt" in err
    assert "absent.wav" in err


def test_without_a_model_there_is_one_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """And not one for each file."""
    absent = str(tmp_path / "absent.bin")
    assert cli.main(["transcribe", "--model", absent, str(CLIP), str(CLIP)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert transcribe("--language", "de", str(CLIP)) == 1
    assert "only English" in capsys.readouterr().err


def test_neither_textual_nor_a_terminal_is_needed() -> None:
    """The command works in scripts, and starts soon."""
    program = (
        "import sys\nfrom codex_voice.cli.main import main\n"
        f"assert main(['transcribe', '--model', {str(MINI)!r}, {str(CLIP)!r}]) == 0\n"
        "assert not {'textual', 'rich', 'sounddevice'} & set(sys.modules)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(DATA.parents[1])}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "Clear input.\n", "")
