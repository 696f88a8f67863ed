"""The profile of the one who is listened to, and how alike a voice is to it.

This is no security: a recording of the voice, or a similar voice, passes. It keeps colleagues
and television out of a dictation, and when in doubt it lets a voice in.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codex_voice.errors import SpeakerProfileInvalid, SpeakerProfileMissing
from codex_voice.paths import make_private_directory
from codex_voice.pcm import SAMPLE_RATE
from codex_voice.speech.samples import Samples
from codex_voice.speech.speaker.encoder import SpeakerEncoder, without_pauses
from codex_voice.speech.speaker.weights import SIZE, Array

LEAST_ENROLMENT_SECONDS = 10.0
"""Voice that a profile is made of at least, pauses left out."""

# Cosines below which a voice is clearly somebody else's, by the seconds of voice. Measured on five
# voices, 132 clips (docs/speech.md): one's own sentences have 0.61 and more, those of others
# 0.56 at the 95th percentile from 1.5 s on; between 1 and 1.5 s one's own have 0.50 and more.
_LIMITS = ((1.5, 0.60), (1.0, 0.45))

_PIECE_SECONDS = 3.0


@dataclass(frozen=True)
class SpeakerProfile:
    """How one person sounds.

    Args:
        embedding: 256 numbers of length 1, float32.
    """

    embedding: Array

    def save(self, path: Path) -> None:
        """Write the profile for its owner's eyes alone (mode 0600), whole or not at all.

        Raises:
            SpeakerProfileInvalid: It cannot be written.
        """
        partial = path.with_name(f"{path.name}.part")
        try:
            make_private_directory(path.parent)
            partial.unlink(missing_ok=True)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, embedding=self.embedding)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise SpeakerProfileInvalid(f"{path} cannot be written: {error.strerror}") from error


def load_profile(path: Path) -> SpeakerProfile:
    """Read a profile.

    Raises:
        SpeakerProfileMissing: There is none.
        SpeakerProfileInvalid: The file is something else.
    """
    try:
        # numpy leaves a file open that is no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            embedding = np.asarray(archive["embedding"], dtype=np.float32)
    except FileNotFoundError:
        raise SpeakerProfileMissing(
            "there is no profile of your voice", "codex-voice mic --enrol"
        ) from None
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise SpeakerProfileInvalid(
            f"{path} is no profile of a voice", "codex-voice mic --enrol"
        ) from error
    if embedding.shape != (SIZE,) or not np.isfinite(embedding).all():
        raise SpeakerProfileInvalid(f"{path} is no profile of a voice", "codex-voice mic --enrol")
    return SpeakerProfile(embedding)


def enrol(encoder: SpeakerEncoder, samples: Samples) -> SpeakerProfile:
    """Make a profile out of half a minute of one voice.

    Args:
        encoder: The speaker encoder.
        samples: Mono at 16 kHz; pauses are left out.

    Raises:
        SpeakerProfileInvalid: There is too little voice in it.
    """
    voice = without_pauses(samples)
    if voice.size < LEAST_ENROLMENT_SECONDS * SAMPLE_RATE:
        raise SpeakerProfileInvalid(
            f"only {voice.size / SAMPLE_RATE:.0f} s of voice were heard",
            "speak on until the time is over",
        )
    return SpeakerProfile(_mean([encoder.embed(piece) for piece in _pieces(voice)]))


def is_someone_else(encoder: SpeakerEncoder, profile: SpeakerProfile, samples: Samples) -> bool:
    """Return whether an utterance is clearly not by the owner of a profile.

    Less than a second of voice is never judged: single words do not tell speakers apart.

    Args:
        encoder: The speaker encoder.
        profile: Of the one who is listened to.
        samples: The utterance, mono at 16 kHz.
    """
    voice = without_pauses(samples)
    seconds = voice.size / SAMPLE_RATE
    limit = _limit_for(seconds)
    return limit is not None and similarity(encoder, profile, voice) < limit


def _limit_for(seconds: float) -> float | None:
    """Return the cosine that is needed at least, or None for what is too short to tell."""
    return next((limit for least, limit in _LIMITS if seconds >= least), None)


def similarity(encoder: SpeakerEncoder, profile: SpeakerProfile, samples: Samples) -> float:
    """Return the cosine between a voice and a profile, -1 to 1."""
    return float(encoder.embed(samples) @ profile.embedding)


def _pieces(voice: Samples) -> list[Samples]:
    size = int(_PIECE_SECONDS * SAMPLE_RATE)
    return [voice[start : start + size] for start in range(0, voice.size - size + 1, size)]


def _mean(embeddings: Sequence[Array]) -> Array:
    mean = np.mean(embeddings, axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)
