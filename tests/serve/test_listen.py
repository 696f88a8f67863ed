"""`listen` prints what is said as it is said, and ends as it is told to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codex_voice.practice.recordings import model_path
from tests.serve.conftest import recordings_in, with_inherited
from tests.support.virtual_mic import VirtualMic

CLIPS = Path(__file__).resolve().parents[1] / "data/clips"
COMMAND = CLIPS / "30_festival_send_message.wav"
SENTENCE = CLIPS / "31_festival_open_the_readme.wav"


@contextmanager
def _listening(
    own_files: dict[str, str], directory: Path, *options: str
) -> Iterator[subprocess.Popen[str]]:
    """Run the command until it listens."""
    with subprocess.Popen(
        [sys.executable, "-m", "codex_voice", "listen", "--model", str(model_path()), *options],
        cwd=directory,
        env=with_inherited(own_files),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            assert "listening to" in line, line
            yield process
        finally:
            process.kill()


@pytest.mark.microphone
def test_one_utterance_as_json(
    own_files: dict[str, str], tmp_path: Path, virtual_mic: VirtualMic
) -> None:
    """With --once it ends after the first one, which is in the history too."""
    with _listening(own_files, tmp_path, "--json", "--once") as process:
        virtual_mic.play(SENTENCE).wait()
        output, errors = process.communicate()
    assert process.returncode == 0, errors
    heard = json.loads(output)
    assert "readme" in heard["text"].lower()
    assert heard["command"] is None
    assert 0 < heard["confidence"] <= 1
    assert len(recordings_in(own_files)) == 1


@pytest.mark.microphone
def test_a_command_stands_in_brackets_and_a_signal_ends_it(
    own_files: dict[str, str], tmp_path: Path, virtual_mic: VirtualMic
) -> None:
    """Standard output holds the lines of utterances and nothing else."""
    with _listening(own_files, tmp_path) as process:
        virtual_mic.play(COMMAND).wait()
        assert process.stdout is not None
        assert process.stdout.readline() == "[send]\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stdout.read() == ""


def test_without_a_model_it_says_how_to_get_one(own_files: dict[str, str], tmp_path: Path) -> None:
    """One line, and exit status 1."""
    done = subprocess.run(
        [sys.executable, "-m", "codex_voice", "listen"],
        cwd=tmp_path,
        env={**VirtualMic.no_device_environment(), **own_files},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "codex-voice models get" in line
