"""OpenAI's weights on human and natural speech: no loops, no inventions, commands understood."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codex_voice.speech import loops
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import Hints
from tests.speech.conftest import DATA, REPOSITORY, read_wav

# Seconds of one core for a clip, on machines that others use too.
pytestmark = [pytest.mark.real_model, pytest.mark.timeout(600)]

SHARED = REPOSITORY.parent / "shared"
AUDIO = SHARED / "audio"
MODELS = Path(os.environ.get("CODEX_VOICE_TEST_MODELS", SHARED / "models"))
COMMANDS = ("approve", "deny", "push to talk", "scroll up", "mute", "send")


@pytest.fixture(scope="module", params=["base-q8_0", "tiny.en-q8_0"])
def recognizer(request: pytest.FixtureRequest) -> Iterator[WhisperRecognizer]:
    """Load each of the real models."""
    path = MODELS / f"ggml-{request.param}.bin"
    if not path.is_file() or not AUDIO.is_dir():
        pytest.skip(
            f"needs {path.name} in CODEX_VOICE_TEST_MODELS or ../shared, and ../shared/audio"
        )
    recognizer = WhisperRecognizer(path)
    yield recognizer
    recognizer.close()


def words(text: str) -> list[str]:
    """Return the words of a text without case and punctuation."""
    return [word.strip(".,!?").casefold() for word in text.replace("-", " ").split()]


def test_people_are_understood_without_loops(recognizer: WhisperRecognizer) -> None:
    """Nothing is said twice; at most one word of ten is wrong in clips that both models get."""
    said = dict.fromkeys(
        ["jfk_p04", "librivox_0930", *(f"moon_two_cities_p{n:02}" for n in (2, 8))]
    )
    with (AUDIO / "human" / "manifest.tsv").open(encoding="utf-8") as file:
        expected = {
            row["file"][:-4]: row["expected"] for row in csv.DictReader(file, delimiter="\t")
        }
    wrong = 0
    for name in said:
        text = recognizer.transcribe(read_wav(AUDIO / "human" / f"{name}.wav")).text
        assert not loops.repeats(text)
        assert not loops.is_double(text)
        wrong += len(set(words(text)) ^ set(words(expected[name])))
    assert wrong <= 4


@pytest.mark.parametrize("prompted", [False, True])
def test_noise_gives_no_text(recognizer: WhisperRecognizer, prompted: bool) -> None:
    """With a prompt it would come back; what has no voice is not prompted."""
    hints = Hints(("parse_line",), COMMANDS, ("mute",)) if prompted else Hints()
    for name in ("zeros_3s", "white_-50_3s", "cough_2s", "hum120_fan_5s", "typing_3s", "beep_1s"):
        assert (
            recognizer.transcribe(read_wav(AUDIO / "noise" / f"{name}.wav"), hints=hints).text == ""
        )


def test_a_single_short_word_is_kept(recognizer: WhisperRecognizer) -> None:
    """Its voice is shorter than that of any other word."""
    transcript = recognizer.transcribe(read_wav(AUDIO / "natural" / "command_22_exit_heart.wav"))
    assert words(transcript.text) == ["exit"]


def test_commands_are_understood_when_they_are_known(recognizer: WhisperRecognizer) -> None:
    """Base writes "Push the talk." when it does not know them."""
    hints = Hints(commands=COMMANDS)
    path = AUDIO / "natural" / "command_16_push_to_talk_heart.wav"
    assert words(recognizer.transcribe(read_wav(path), hints=hints).text) == ["push", "to", "talk"]


@pytest.mark.parametrize(
    ("language", "hinted"), [("es", ""), ("auto", ""), ("en", "es")], ids=["set", "found", "hinted"]
)
def test_spanish_is_written_and_found(language: str, hinted: str) -> None:
    """By the multilingual model, of a synthetic voice (espeak-ng), but for two words."""
    with base(language) as recognizer:
        pcm = read_wav(DATA / "languages" / "es.wav")
        transcript = recognizer.transcribe(pcm, hints=Hints(language=hinted))
    assert transcript.language == "es"
    said = words("Abre el archivo y cambia el nombre de la función.")
    assert len(set(said) & set(words(transcript.text))) >= len(set(said)) - 2


def test_german_is_found() -> None:
    """Though the model understands little of that synthetic voice."""
    with base("auto") as recognizer:
        pcm = read_wav(DATA / "languages" / "de.wav")
        assert recognizer.transcribe(pcm).language == "de"


@contextmanager
def base(language: str) -> Iterator[WhisperRecognizer]:
    """Load the multilingual model for a language."""
    path = MODELS / "ggml-base-q8_0.bin"
    if not path.is_file():
        pytest.skip(f"needs {path.name} in CODEX_VOICE_TEST_MODELS or ../shared")
    recognizer = WhisperRecognizer(path, language)
    yield recognizer
    recognizer.close()
