"""The microphones are asked for in a process that may crash, hang or complain."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from codex_voice.config.schema import Config
from codex_voice.errors import AudioError, MicrophoneUnavailable, PortAudioMissing
from codex_voice.setup import checks
from codex_voice.setup.checks import Status, Surroundings, microphone
from codex_voice.setup.devices import find_microphones
from tests.audio.scripted import noise
from tests.setup.conftest import MakeProgram
from tests.support.virtual_mic import VirtualMic


@pytest.mark.microphone
def test_a_microphone_is_found_by_name(virtual_mic: VirtualMic) -> None:
    """What PortAudio calls the default is among the names."""
    assert virtual_mic.environment
    microphones = find_microphones()
    assert microphones.portaudio.startswith("PortAudio")
    assert microphones.default in microphones.names


@pytest.mark.microphone
def test_a_muted_microphone_is_told_from_a_quiet_one(virtual_mic: VirtualMic) -> None:
    """Only a muted one gives exact zeros; the doctor warns of it, and of another names the rate."""
    surroundings = Surroundings(Config(), Path(), thorough=True)
    hiss = virtual_mic.play(noise(30, -60))
    heard = find_microphones(listen_to="").heard
    assert heard is not None
    assert not heard.silent
    assert -80 < heard.dbfs < -40
    assert re.search(
        r"hears -\d+ dBFS at 16 kHz", str(list(checks.microphone.check(surroundings))[-1])
    )
    hiss.stop()
    virtual_mic.mute(True)
    finding = list(checks.microphone.check(surroundings))[-1]
    assert finding.status is Status.WARNING
    assert "gives exact silence: is it muted?" in str(finding)


@pytest.mark.parametrize(
    ("platform", "environment", "texts"),
    [
        ("linux", {"TERM_PROGRAM": "ghostty"}, ["is it muted?", "the system's sound settings"]),
        (
            "darwin",
            {"TERM_PROGRAM": "Apple_Terminal"},
            ["Terminal has no permission", "Privacy & Security > Microphone: allow Terminal"],
        ),
        ("darwin", {"TERM_PROGRAM": "vscode"}, ["Visual Studio Code has no permission"]),
        ("darwin", {"TERM": "xterm-kitty"}, ["allow kitty"]),
        (
            "darwin",
            {"TERM_PROGRAM": "tmux", "LC_TERMINAL": "iTerm2"},
            ["iTerm2 has no permission"],
        ),
        ("darwin", {"TERM_PROGRAM": "tmux"}, ["your terminal has no permission"]),
    ],
    ids=["linux", "terminal", "vscode", "kitty", "tmux-in-iterm", "tmux"],
)
def test_on_macos_exact_silence_is_a_missing_permission(
    platform: str, environment: dict[str, str], texts: list[str]
) -> None:
    """The application that has to be allowed is named as macOS names it."""
    reason = str(microphone.why_silent("USB", platform, environment))
    for text in texts:
        assert text in reason


@pytest.mark.microphone
def test_a_name_that_no_microphone_has_is_told(virtual_mic: VirtualMic) -> None:
    """What there is instead is said with it."""
    assert virtual_mic.environment
    heard = find_microphones(listen_to="Yeti").heard
    assert heard is not None
    assert 'no microphone is called "Yeti"' in heard.trouble
    assert heard.remedy.startswith("there are: ")


@pytest.mark.parametrize("end", ["kill -SEGV $$", "while :; do :; done"], ids=["crash", "hang"])
def test_what_was_found_before_listening_failed_counts(
    home: Path, make_program: MakeProgram, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """The names are there, and nothing is said of what the microphone gives."""
    answer = '{"portaudio": "PortAudio 19", "names": ["USB"], "default": "USB"}'
    python = make_program(home / "python", f"echo '{answer}'; : > {home}/said; {end}")
    monkeypatch.setattr(sys, "executable", str(python))
    try:
        microphones = find_microphones(seconds=5.0, listen_to="")
    except AudioError:
        # So busy a machine that the process had not begun.
        assert not (home / "said").exists()
        return
    assert microphones.names == ("USB",)
    assert microphones.heard is None


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
