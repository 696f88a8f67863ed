"""Whose voice it is, with the published weights and real voices."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest

from codex_voice.errors import SpeakerProfileInvalid, SpeakerProfileMissing
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech.samples import Samples, decode
from codex_voice.speech.speaker.encoder import SpeakerEncoder
from codex_voice.speech.speaker.profile import (
    SpeakerProfile,
    enrol,
    is_someone_else,
    load_profile,
    similarity,
)
from codex_voice.speech.speaker.weights import Array, Weights, read_weights
from tests.speech.conftest import REPOSITORY, read_wav

SHARED = REPOSITORY.parent / "shared"
WEIGHTS = SHARED / "models" / "speaker-ge2e.npz"

MOST_CLIPS = 12

needs_voices = pytest.mark.skipif(
    not WEIGHTS.exists(), reason=f"{WEIGHTS} is not there: weights and voices are not published"
)


class RememberingEncoder(SpeakerEncoder):
    """Embeds each clip once, however many profiles it is compared with: that takes a second."""

    def __init__(self, weights: Weights) -> None:
        super().__init__(weights)
        self._known: dict[bytes, Array] = {}

    def embed(self, samples: Samples) -> Array:
        """Return the embedding of a voice."""
        key = samples.tobytes()
        if key not in self._known:
            self._known[key] = super().embed(samples)
        return self._known[key]


@pytest.fixture(scope="module")
def encoder() -> SpeakerEncoder:
    """Load the published weights."""
    return RememberingEncoder(read_weights(WEIGHTS))


def voices() -> dict[str, list[Samples]]:
    """Return the clips of each speaker, those of a second and more."""
    clips: dict[str, list[Samples]] = {}
    for path in sorted((SHARED / "audio" / "human").glob("*_*.wav")):
        if path.stem != "moon_two_cities":
            clips.setdefault(path.stem.split("_")[0], []).append(decode(read_wav(path)))
    for path in sorted((SHARED / "audio" / "natural").glob("sentence_*.wav")):
        clips.setdefault(path.stem.rpartition("_")[2], []).append(decode(read_wav(path)))
    return {speaker: some[:MOST_CLIPS] for speaker, some in clips.items()}


@needs_voices
def test_other_speakers_are_told_apart_and_oneself_never_is(encoder: SpeakerEncoder) -> None:
    """Enrolled with half of one's clips: the other half stays, nearly all of the others' go."""
    speakers = voices()
    profiles = {
        speaker: enrol(encoder, np.concatenate(clips[::2]))
        for speaker, clips in speakers.items()
        if np.concatenate(clips[::2]).size > 14 * SAMPLE_RATE
    }
    assert len(profiles) >= 3
    refused: list[str] = []
    accepted = others = 0
    for speaker, clips in speakers.items():
        for number, clip in enumerate(clips[1::2]):
            for owner, profile in profiles.items():
                someone_else = is_someone_else(encoder, profile, clip)
                if owner == speaker:
                    refused += [f"{speaker} {number}"] if someone_else else []
                elif clip.size > 3 * SAMPLE_RATE:
                    others += 1
                    accepted += not someone_else
    assert refused == []
    assert others > 30
    assert accepted / others < 0.05


@needs_voices
def test_single_words_are_never_judged(encoder: SpeakerEncoder) -> None:
    """One-word commands do not tell speakers apart."""
    speakers = voices()
    profile = enrol(encoder, np.concatenate(speakers["joe"]))
    for path in sorted((SHARED / "audio" / "natural").glob("command_*_heart.wav"))[::4]:
        word = decode(read_wav(path))[: SAMPLE_RATE * 9 // 10]
        assert not is_someone_else(encoder, profile, word)


@needs_voices
def test_level_and_pauses_do_not_matter(encoder: SpeakerEncoder) -> None:
    """The same voice, far from the microphone and hesitating, is the same voice."""
    clips = voices()["heart"]
    profile = enrol(encoder, np.concatenate(clips[:8]))
    clip = clips[-1]
    quiet = np.float32(0.02) * clip
    hesitating = np.concatenate(
        [np.concatenate([piece, np.zeros_like(piece)]) for piece in np.array_split(clip, 4)]
    )
    usual = similarity(encoder, profile, clip)
    assert similarity(encoder, profile, quiet) == pytest.approx(usual, abs=0.02)
    assert similarity(encoder, profile, hesitating) == pytest.approx(usual, abs=0.05)


@needs_voices
def test_too_little_voice_makes_no_profile(encoder: SpeakerEncoder) -> None:
    """Half a minute of silence neither."""
    clip = voices()["heart"][0]
    with pytest.raises(SpeakerProfileInvalid, match="of voice were heard"):
        enrol(encoder, clip[: 5 * SAMPLE_RATE])
    silence = np.zeros(30 * SAMPLE_RATE, np.float32)
    with pytest.raises(SpeakerProfileInvalid, match="0 s of voice"):
        enrol(encoder, silence)


def test_a_profile_is_private_and_comes_back(tmp_path: Path) -> None:
    """Also where the umask gives everything to everybody."""
    embedding = np.full(256, 1 / 16, np.float32)
    path = tmp_path / "deep" / "voice.npz"
    SpeakerProfile(embedding).save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    np.testing.assert_array_equal(load_profile(path).embedding, embedding)
    assert [file.name for file in path.parent.iterdir()] == ["voice.npz"]


def test_what_is_no_profile_is_one_error(tmp_path: Path) -> None:
    """Each names the command that makes one."""
    path = tmp_path / "voice.npz"
    with pytest.raises(SpeakerProfileMissing, match="mic --enrol"):
        load_profile(path)
    for content in (b"", b"PK\x03\x04", b"text"):
        path.write_bytes(content)
        with pytest.raises(SpeakerProfileInvalid, match="mic --enrol"):
            load_profile(path)
    for wrong in (np.zeros(3), np.full(256, np.inf)):
        np.savez(path, embedding=wrong)
        with pytest.raises(SpeakerProfileInvalid, match="mic --enrol"):
            load_profile(path)
