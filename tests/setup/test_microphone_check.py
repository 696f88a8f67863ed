"""`mic`: the threshold that was measured is the one that is written."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from codex_voice.audio.sources.wav_file import WaveFile
from codex_voice.config import file as configuration_file
from codex_voice.errors import MicrophoneUnavailable
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.practice.recordings import recordings
from codex_voice.setup import microphone_check
from tests.support.virtual_mic import VirtualMic


def write_wave(path: Path, pcm: bytes) -> Path:
    """Write sound (int16 mono 16 kHz) to a file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm)
    return path


@pytest.fixture
def room_and_voice(tmp_path: Path) -> Path:
    """Make a recording of a room in which somebody begins to speak after the settling time."""
    with wave.open(str(recordings()[0].path)) as speech:
        voice = speech.readframes(speech.getnframes())
    room = b"\x08\x00\xf8\xff" * (SAMPLE_RATE * 23 // 20)
    return write_wave(tmp_path / "room.wav", room + voice + room)


@pytest.mark.parametrize("agreed", [True, False])
def test_the_threshold_is_written_when_that_is_wanted(
    home: Path, room_and_voice: Path, capsys: pytest.CaptureFixture[str], agreed: bool
) -> None:
    """It lies between the room and the voice; all other values stay."""
    path = home / "config.toml"
    path.write_text("[voice]\nsend = true\n")
    microphone_check.run(
        path, lambda _question: agreed, lambda _name: WaveFile(room_and_voice, paced=False)
    )
    output = capsys.readouterr().out
    assert "Microphone: room.wav" in output
    assert "Room -72 dBFS" in output
    config = configuration_file.read(path)
    assert config.voice.send
    assert (config.audio.threshold_dbfs != -60.0) == agreed
    assert -72 < config.audio.threshold_dbfs < -20


@pytest.mark.microphone
def test_a_muted_microphone_is_no_quiet_room(tmp_path: Path, virtual_mic: VirtualMic) -> None:
    """Exact silence is told, and no threshold is made of it."""
    virtual_mic.mute(True)
    path = tmp_path / "config.toml"
    with pytest.raises(MicrophoneUnavailable, match="exact silence"):
        microphone_check.run(path, lambda _question: True)
    assert not path.exists()
