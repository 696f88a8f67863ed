"""The microphones are asked for in a process that may crash, hang or complain."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codex_voice.errors import AudioError, MicrophoneUnavailable, PortAudioMissing
from codex_voice.setup.devices import find_microphones
from tests.setup.conftest import MakeProgram
from tests.support.virtual_mic import VirtualMic


@pytest.mark.microphone
def test_a_microphone_is_found_by_name(virtual_mic: VirtualMic) -> None:
    """What PortAudio calls the default is among the names."""
    assert virtual_mic.environment
    microphones = find_microphones()
    assert microphones.portaudio.startswith("PortAudio")
    assert microphones.default in microphones.names


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has its devices without a server")
def test_a_machine_without_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No device is not an error of PortAudio."""
    for name, value in VirtualMic.no_device_environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(MicrophoneUnavailable, match="no microphone"):
        find_microphones()


@pytest.mark.parametrize(
    ("script", "error", "message"),
    [
        (
            """echo '{"missing": "PortAudio library not found"}'""",
            PortAudioMissing,
            "not installed",
        ),
        ("echo noise >&2; kill -ABRT $$", AudioError, "failed with status -6"),
        ("while :; do :; done", AudioError, "did not answer within"),
    ],
)
def test_what_goes_wrong_there_is_an_error_here(
    home: Path,
    make_program: MakeProgram,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    script: str,
    error: type[AudioError],
    message: str,
) -> None:
    """A library that is missing, aborts or hangs ends neither us nor our tidy output."""
    monkeypatch.setattr(sys, "executable", str(make_program(home / "python", script)))
    with pytest.raises(error, match=message):
        find_microphones(seconds=1.0)
    assert capfd.readouterr() == ("", "")
