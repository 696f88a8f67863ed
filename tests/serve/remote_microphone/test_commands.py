"""`mic --serve` here and `--audio` there, as two real commands."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codex_voice.practice.recordings import model_path
from tests.serve.conftest import until_listening, with_inherited
from tests.support.unused_port import unused_port
from tests.support.virtual_mic import VirtualMic

CLIP = Path(__file__).resolve().parents[2] / "data/clips/31_festival_open_the_readme.wav"
PROGRAM = (sys.executable, "-m", "codex_voice")
LISTEN = ("listen", "--once", "--model", str(model_path()), "--audio")


def _without_portaudio(own_files: dict[str, str], directory: Path) -> dict[str, str]:
    """Return an environment in which `sounddevice` cannot be imported."""
    (directory / "sounddevice.py").write_text("raise ImportError('not on this machine')\n")
    return {**VirtualMic.no_device_environment(), **own_files, "PYTHONPATH": str(directory)}


@contextmanager
def _running(*arguments: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a command, for as long as the block lasts at most."""
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _assert_hears(address: str, environment: dict[str, str], virtual_mic: VirtualMic) -> None:
    """Play a sentence to the microphone at an address, and look for it in what is printed."""
    with _running(*LISTEN, address, env=environment) as listener:
        assert listener.stderr is not None
        until_listening(listener.stderr)
        virtual_mic.play(CLIP).wait()
        output, errors = listener.communicate()
    assert listener.returncode == 0, errors
    assert "readme" in output.lower()


@pytest.mark.microphone
@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("scheme", ["wyoming", "ws"])
def test_a_sentence_into_the_laptop_is_written_on_the_other_machine(
    own_files: dict[str, str], tmp_path: Path, virtual_mic: VirtualMic, scheme: str
) -> None:
    """There neither PortAudio nor sounddevice is needed."""
    pytest.importorskip("websockets")
    remote = _without_portaudio(own_files, tmp_path)
    address = f"{scheme}://127.0.0.1:{unused_port()}"
    with _running("mic", "--serve", "--bind", address, env=with_inherited(own_files)) as laptop:
        assert laptop.stderr is not None
        announced = re.search(rf"{address}, token (\S+)", laptop.stderr.readline())
        assert announced is not None
        remote["CODEX_VOICE_AUDIO_TOKEN"] = announced[1]
        _assert_hears(address, remote, virtual_mic)
        laptop.send_signal(signal.SIGTERM)
        assert laptop.wait(60) == 0


@pytest.mark.microphone
@pytest.mark.usefixtures("room")
def test_a_laptop_that_calls_is_heard(
    own_files: dict[str, str], tmp_path: Path, virtual_mic: VirtualMic
) -> None:
    """It needs no port of its own; who waits there has the token that it said."""
    socket = tmp_path / "microphone"
    address = f"wyoming://{socket}"
    with _running("mic", "--to", address, env=with_inherited(own_files)) as laptop:
        assert laptop.stderr is not None
        announced = re.search(r"calls wyoming://\S+, token (\S+)", laptop.stderr.readline())
        assert announced is not None
        remote = _without_portaudio(own_files, tmp_path)
        remote["CODEX_VOICE_AUDIO_TOKEN"] = announced[1]
        _assert_hears(f"listen:{address}", remote, virtual_mic)
        laptop.send_signal(signal.SIGINT)
        assert laptop.wait(60) == 0


def test_a_command_is_a_microphone(own_files: dict[str, str], tmp_path: Path) -> None:
    """Raw sound of any program; here it is read from a file."""
    with wave.open(str(CLIP)) as file:
        pcm = file.readframes(file.getnframes())
    (tmp_path / "raw").write_bytes(bytes(32_000) + pcm + b"\1\0" * 64_000)
    paced = (
        "import sys, time\n"
        "data = open(sys.argv[1], 'rb').read()\n"
        "for start in range(0, len(data), 640):\n"
        "    sys.stdout.buffer.write(data[start:start + 640]); sys.stdout.flush()\n"
        "    time.sleep(0.02)\n"
    )
    (tmp_path / "paced.py").write_text(paced)
    done = subprocess.run(
        [*PROGRAM, *LISTEN, f"command:{sys.executable} {tmp_path}/paced.py {tmp_path}/raw"],
        env=_without_portaudio(own_files, tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "readme" in done.stdout.lower()
