"""Text that nobody spoke is dropped, and no word that somebody did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from codex_voice.speech import hallucinations as silence
from codex_voice.speech.samples import decode
from tests.speech.conftest import Clip
from tests.speech.noises import NOISES, Sound, to_pcm

INVENTED = [
    "Thank you.",
    "Thanks for watching!",
    "you",
    "[BLANK_AUDIO]",
    "(music)",
    "*sigh*",
    "♪ la la ♪",
    "I'm going to go. I'm going to go. I'm going to go.",
]


@pytest.mark.parametrize("text", INVENTED)
@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("level", [-40, -3])
def test_inventions_on_noise_are_dropped(
    text: str, noise: Callable[[], Sound], level: float
) -> None:
    """However sure Whisper is of them."""
    assert silence.keep_spoken(text, decode(to_pcm(noise(), level)), 0.95) == ""


@pytest.mark.parametrize("noise", NOISES)
def test_unsure_words_on_noise_are_dropped(noise: Callable[[], Sound]) -> None:
    """Whisper invents other words too, and is then unsure."""
    assert silence.keep_spoken("Run the tests.", decode(to_pcm(noise(), -10)), 0.39) == ""


def test_thank_you_that_was_said_survives(clips: list[Clip]) -> None:
    """With any recording of speech as evidence, in noise, loud or quiet, "Thank you." stays."""
    for clip in clips:
        if clip.text:
            samples = decode(clip.pcm)
            assert silence.keep_spoken("Thank you.", samples, 0.5) == "Thank you.", clip.name
            quiet = samples * np.float32(0.01)
            assert silence.keep_spoken("Thank you.", quiet, 0.5) == "Thank you.", clip.name


def test_whispered_words_survive_when_recognition_is_sure() -> None:
    """Whispering has no pitch, like noise; only what Whisper invents is dropped then."""
    whispered = decode(to_pcm(NOISES[4](), -10))
    assert silence.keep_spoken("Open the readme.", whispered, 0.8) == "Open the readme."


def test_a_real_voice_has_plenty_of_evidence(real_voice: bytes) -> None:
    """Not only synthetic ones."""
    assert silence.voiced_seconds(decode(real_voice)) > 3


def test_annotations_are_taken_out_of_speech(real_voice: bytes) -> None:
    """What stands in brackets, between asterisks or notes is no speech."""
    text = "(clears throat) Run [noise] the *click* tests. ♪"
    assert silence.keep_spoken(text, decode(real_voice), 0.9) == "Run the tests."


def test_digital_zeros_and_quiet_rooms_are_silence() -> None:
    """Nothing above -60 dBFS is worth a recognition."""
    room = np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    assert silence.is_silence(np.zeros(16_000, np.float32))
    assert silence.is_silence(np.zeros(0, np.float32))
    assert silence.is_silence(room * np.float32(10 ** (-63 / 20)))
    assert not silence.is_silence(room * np.float32(10 ** (-57 / 20)))


def test_a_short_word_in_long_silence_is_not_silence(clips: list[Clip]) -> None:
    """The loudest moment counts, not the average."""
    word = decode(next(clip for clip in clips if clip.text == "Yes.").pcm) * np.float32(0.02)
    assert not silence.is_silence(np.pad(word, (0, 29 * 16_000)))


def test_the_time_of_sound_is_measured_without_the_pauses(real_voice: bytes) -> None:
    """Whatever the level."""
    samples = decode(real_voice)
    active = silence.active_seconds(samples)
    assert 5 < active < 10
    padded = np.pad(samples * np.float32(0.1), (32_000, 64_000))
    assert silence.active_seconds(padded) == pytest.approx(active, abs=0.05)
    assert silence.active_seconds(np.zeros(0, np.float32)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "テストを実行して、結果を教えてください。",
        "把超时改成30秒，然后运行测试！",
        "「設定」を開く",
    ],
)
def test_japanese_and_chinese_stay_as_they_are(real_voice: bytes, text: str) -> None:
    """With their own punctuation, and however unsure the model is of them."""
    assert silence.keep_spoken(text, decode(real_voice), 0.2) == text
    assert silence.strip_annotations(f"[音楽] {text} (拍手)") == text
