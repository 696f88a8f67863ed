"""`mic --enrol`: a profile of one's own voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codex_voice import paths
from codex_voice.audio.sources.wav_file import WaveFile
from codex_voice.config import file as configuration_file
from codex_voice.errors import ModelMissing
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.setup import enrolment
from codex_voice.speech.samples import decode
from codex_voice.speech.speaker.encoder import SpeakerEncoder
from codex_voice.speech.speaker.profile import is_someone_else, load_profile
from codex_voice.speech.speaker.weights import read_weights
from tests.setup.test_microphone_check import write_wave
from tests.speech.conftest import REPOSITORY, read_wav

SHARED = REPOSITORY.parent / "shared"
WEIGHTS = SHARED / "models" / "speaker-ge2e.npz"


def test_without_the_encoder_nobody_speaks_for_nothing(home: Path) -> None:
    """The command that gets it is named before anything is recorded."""
    with pytest.raises(ModelMissing, match="codex-voice models get speaker-ge2e"):
        enrolment.run(home / "config.toml", lambda _question: True, _no_microphone)


def _no_microphone(_name: str) -> WaveFile:
    raise AssertionError("the microphone was opened")


@pytest.mark.skipif(not WEIGHTS.exists(), reason=f"{WEIGHTS} is not there")
@pytest.mark.parametrize("agreed", [True, False])
def test_the_own_voice_is_kept_and_told_from_others(home: Path, agreed: bool) -> None:
    """The configuration is changed only where that is wanted."""
    natural = SHARED / "audio" / "natural"
    clips = {
        voice: [read_wav(path) for path in sorted(natural.glob(f"sentence_*_{voice}.wav"))]
        for voice in ("heart", "joe")
    }
    speech = b"".join(clips["heart"])
    pcm = bytes(SAMPLE_RATE) + speech * (1 + 33 * 2 * SAMPLE_RATE // len(speech))
    recording = write_wave(home / "reading.wav", pcm)
    model = paths.speaker_model()
    model.parent.mkdir(parents=True)
    model.symlink_to(WEIGHTS)
    config = home / "config.toml"
    enrolment.run(config, lambda _question: agreed, lambda _name: WaveFile(recording, paced=False))
    profile = load_profile(paths.voice_profile())
    encoder = SpeakerEncoder(read_weights(model))
    own, other = (max(clips[voice][1:4], key=len) for voice in ("heart", "joe"))
    assert not is_someone_else(encoder, profile, decode(own))
    assert is_someone_else(encoder, profile, decode(other))
    assert np.isclose(np.linalg.norm(profile.embedding), 1)
    assert config.exists() is agreed
    if agreed:
        assert configuration_file.read(config).voice.only_my_voice
