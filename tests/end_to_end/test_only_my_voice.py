"""Hands-free with `only_my_voice`: what colleagues say is kept, and not inserted."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.speech.samples import decode
from codex_voice.speech.speaker.encoder import SpeakerEncoder
from codex_voice.speech.speaker.profile import enrol
from codex_voice.speech.speaker.weights import read_weights
from tests.end_to_end.conftest import CLIPS, Start

REPOSITORY = Path(__file__).parents[2]
WEIGHTS = REPOSITORY.parent / "shared" / "models" / "speaker-ge2e.npz"
OWN = "flite"
MOVE = CLIPS / "22_flite_move_the_script_to_a_new_file.wav"
OTHERS_SENTENCE = CLIPS / "13_espeak_add_a_comment_to_this_function.wav"
OTHERS_WORD = CLIPS / "01_espeak_clear_input.wav"

pytestmark = [
    pytest.mark.codex,
    pytest.mark.microphone,
    pytest.mark.usefixtures("room"),
    pytest.mark.skipif(
        not WEIGHTS.exists() and "CODEX_VOICE_REQUIRE_ALL" not in os.environ,
        reason=f"{WEIGHTS.name} is not there: the weights are not published with the project",
    ),
]


def enrol_own_voice(home: Path) -> None:
    """Leave the encoder and the profile of a synthetic voice where the product looks for them."""
    data = home / "data" / "codex-voice"
    (data / "models").mkdir(parents=True)
    (data / "models" / "speaker-ge2e.pt").symlink_to(WEIGHTS)
    clips = sorted(CLIPS.glob(f"*_{OWN}_*.wav"))
    # Ten short clips: said twice they are as long as an enrolment has to be.
    voice = np.concatenate([decode(read_wave(clip)) for clip in clips * 2])
    enrol(SpeakerEncoder(read_weights(WEIGHTS)), voice).save(data / "voice-profile.npz")


async def test_another_speaker_is_overheard_and_single_words_are_not_judged(
    start: Start, tmp_path: Path
) -> None:
    """One's own sentence is inserted, another's is kept, and another's "clear input" clears."""
    enrol_own_voice(tmp_path / "home")
    person = await start(config='[voice]\nmode = "hands_free"\nonly_my_voice = true\n')
    await person.sees("Ask Codex to do anything")
    await person.sees("mini.en-q8_0 │")
    await person.sees("hands-free")
    await person.speaks(OTHERS_SENTENCE)
    await person.terminal.until(
        lambda: [one.outcome for one in person.journal().entries()] == ["overheard"],
        "that it is kept as overheard",
    )
    await person.speaks(MOVE)
    await person.inserts("Move the script to a new file.")
    await person.speaks(OTHERS_WORD)
    await person.no_longer_sees("› Move the script to a new file.")
    await person.terminal.close()
    entries = [(one.text, one.outcome) for one in reversed(person.journal().entries())]
    assert entries == [
        ("Add a comment to this function.", "overheard"),
        ("Move the script to a new file.", "inserted"),
        ("Clear input.", "command"),
    ]
