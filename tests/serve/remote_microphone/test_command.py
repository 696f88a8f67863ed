"""Any program that writes raw sound is a microphone."""

from __future__ import annotations

import queue
import sys
import threading
from pathlib import Path

import pytest

from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import FRAME_BYTES
from codex_voice.serve.remote_microphone.command import CommandSource

PYTHON = (sys.executable, "-c")


def test_its_output_is_cut_into_frames(tmp_path: Path) -> None:
    """In order; at its end the source is over."""
    sound = bytes(range(256)) * 50
    (tmp_path / "raw").write_bytes(sound)
    frames: list[bytes] = []
    source = CommandSource(("cat", str(tmp_path / "raw")))
    source.open(frames.append)
    thread = source._thread
    assert thread is not None
    thread.join()
    assert b"".join(frames) == sound[: len(sound) // FRAME_BYTES * FRAME_BYTES]
    assert not source.active
    source.close()


def test_closing_ends_the_program() -> None:
    """Also one that complains at length, and one that does not want to end."""
    program = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "while True:\n"
        "    sys.stderr.write('x' * 10000)\n"
        "    sys.stdout.buffer.write(bytes(640))\n"
    )
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    source = CommandSource((*PYTHON, program))
    source.open(frames.put)
    for _ in range(100):
        frames.get(timeout=30)
    process = source._process
    assert process is not None
    source.close()
    assert process.returncode is not None
    assert not source.active


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("no-such-program",), "cannot be started"),
        ((*PYTHON, "raise SystemExit('arecord: no soundcards \\x1b]0;x')"), "no soundcards"),
        ((*PYTHON, ""), "gives no sound"),
    ],
)
def test_a_program_that_gives_no_sound_is_told(command: tuple[str, ...], reason: str) -> None:
    """With what it said itself, cleaned."""
    with pytest.raises(MicrophoneUnavailable, match=reason) as refused:
        CommandSource(command).open(lambda _frame: None)
    assert "\x1b" not in str(refused.value)
    assert not any(thread.name == "command-source" for thread in threading.enumerate())
