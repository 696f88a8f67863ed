"""A model of this process stands in for a server that is down."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codex_voice.errors import ModelMissing, ServerUnavailable
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import Recognizer, Transcript
from codex_voice.speech.servers.fallback import FallbackRecognizer
from codex_voice.speech.servers.whisper_cpp_server import WhisperServerRecognizer
from tests.speech.servers.scripted_server import ScriptedServer


class ManualClock:
    """Time that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_a_dead_server_is_replaced_by_the_local_model_until_it_is_back(
    server: ScriptedServer, mini: WhisperRecognizer, say: Callable[[str], bytes]
) -> None:
    """It says so once, leaves the server alone for a while, and returns to it."""
    reported: list[ServerUnavailable] = []
    clock = ManualClock()
    both = FallbackRecognizer(
        WhisperServerRecognizer(server.url), lambda: mini, reported.append, clock
    )
    pcm = say("Scroll down.")

    def heard_by() -> Transcript:
        return both.transcribe(pcm)

    assert heard_by().text == "Run the tests."
    server.status = 500
    assert (heard_by().text, heard_by().model) == ("Scroll down.", mini.name)
    assert both.name == mini.name
    assert "is down" in both.describe()
    assert len(reported) == 1
    asked = len(server.requests)
    heard_by()
    assert len(server.requests) == asked
    clock.now += 31
    server.status = 200
    assert heard_by().text == "Run the tests."
    assert both.name.startswith("server")


def test_without_server_and_model_both_are_told(dead_url: str, real_voice: bytes) -> None:
    """And the next utterance tries again."""

    def no_model() -> Recognizer:
        raise ModelMissing("no model", "codex-voice models get base.en")

    both = FallbackRecognizer(WhisperServerRecognizer(dead_url), no_model, lambda _: None)
    for _ in range(2):
        with pytest.raises(ServerUnavailable, match=r"reached.*no model.*get base\.en"):
            both.transcribe(real_voice)
