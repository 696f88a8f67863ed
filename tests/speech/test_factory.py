"""What the configuration asks for is what recognises."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice.config.schema import WhisperConfig
from codex_voice.errors import ModelMissing
from codex_voice.speech.factory import find_model, open_recognizer, with_model
from tests.speech.conftest import MINI


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("whisper", "remedy"),
    [
        (WhisperConfig(), "codex-voice models get base-q8_0"),
        (WhisperConfig(language="de"), "codex-voice models get base-q8_0"),
        (WhisperConfig(translate=True), "codex-voice models get base-q8_0"),
        (WhisperConfig(model="small.en"), "codex-voice models get small.en"),
    ],
)
def test_a_model_that_knows_the_language_is_looked_for(whisper: WhisperConfig, remedy: str) -> None:
    """Where there is none, the command that gets it is named."""
    with pytest.raises(ModelMissing) as missing:
        find_model(whisper)
    assert missing.value.remedy == remedy


def test_a_model_of_this_machine_is_not_looked_for_while_a_server_answers() -> None:
    """It may be on a machine without any."""

    def find() -> Path:
        raise AssertionError("looked for a model")

    whisper = WhisperConfig(server_url="http://127.0.0.1:8080")
    recognizer = open_recognizer(whisper, find, print)
    assert recognizer.name == "server 127.0.0.1:8080"
    recognizer.close()


def test_who_asks_for_a_model_gets_it() -> None:
    """Whatever server is configured."""
    whisper = with_model(WhisperConfig(server_url="http://127.0.0.1:8080"), str(MINI))
    recognizer = open_recognizer(whisper, lambda: find_model(whisper), print)
    assert recognizer.name == "mini.en-q8_0"
    recognizer.close()


def test_why_there_is_no_model_is_raised_when_one_is_needed() -> None:
    """What was found out before is not found out again."""
    missing = ModelMissing("there is none", "get one")
    with pytest.raises(ModelMissing, match="there is none"):
        open_recognizer(WhisperConfig(), lambda: missing, print)
