"""The small model that listens for the wake phrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import Hints
from codex_voice.speech.wake_word import ListeningRecognizer


def test_the_small_model_hears_only_what_is_said_while_asleep(
    make_model: Callable[..., Path], real_voice: bytes
) -> None:
    """While asleep the small model answers, awake the large one, which also gives the name."""
    large = WhisperRecognizer(make_model(" the large one."))
    small = WhisperRecognizer(make_model(" the small one."))
    recognizer = ListeningRecognizer(large, small)
    assert recognizer.transcribe(real_voice, hints=Hints(asleep=True)).text == "the small one."
    assert recognizer.transcribe(real_voice).text == "the large one."
    assert recognizer.name == large.name
    assert small.name in recognizer.describe()
    recognizer.close()
