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

from codex_voice.audio.utterance import EndReason, Utterance
from codex_voice.language.grammar import Grammar
from codex_voice.language.pipeline import Interpreted, Interpreter
from codex_voice.language.registry import Command
from codex_voice.practice.recordings import model_path
from codex_voice.serve.heard import meaning_of
from codex_voice.speech.recognizer import Transcript
from tests.serve.conftest import recordings_in, until_listening, with_inherited
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
            until_listening(process.stderr)
            yield process
        finally:
            process.kill()


@pytest.mark.microphone
@pytest.mark.usefixtures("room")
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
@pytest.mark.usefixtures("room")
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


def test_only_a_whole_utterance_is_a_command_and_only_a_complete_one_sends() -> None:
    """What was cut, or goes on where something was cut, is text; what was cut sends nothing."""
    interpreter = Interpreter(Grammar("en"), trailing_send=True)

    def meaning(said: str, reason: EndReason, continued: bool = False) -> Interpreted:
        utterance = Utterance("1", b"", reason, 0.0, 1.0, continued=continued)
        return meaning_of(utterance, Transcript(said, 1.0, "en", 1.0, 0.1, "m"), interpreter)

    assert meaning("Send message.", EndReason.ENDPOINT).command is Command.SEND
    for reason, continued in ((EndReason.LOST, False), (EndReason.ENDPOINT, True)):
        cut = meaning("Send message.", reason, continued)
        assert (cut.command, cut.text) == (None, "Send message.")
    assert meaning("Run the tests. Send it.", EndReason.ENDPOINT).send
    assert not meaning("Run the tests. Send it.", EndReason.LOST).send


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
