"""Both engines in this process, for the tests that each has to pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from codex_voice.speech.engines.local_recognizer import LocalRecognizer
from codex_voice.speech.engines.whisper import WhisperRecognizer
from tests.speech.conftest import MINI

Engine = Callable[..., LocalRecognizer]


@pytest.fixture(scope="session", params=["whisper.cpp", "ctranslate2"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return what loads a model into one of the engines."""
    if request.param == "whisper.cpp":
        return WhisperRecognizer
    pytest.importorskip("ctranslate2", reason="CTranslate2 is not installed (codex-voice[fast])")
    from codex_voice.speech.engines.ct2 import CTranslate2Recognizer

    return partial(CTranslate2Recognizer, copies=tmp_path_factory.mktemp("ctranslate2"))


@pytest.fixture(scope="session")
def mini(engine: Engine) -> Iterator[LocalRecognizer]:
    """Load the miniature model."""
    # With hints, for the tests of what is made of them: its own answers to prompts are poor.
    recognizer = engine(MINI, prompted=True)
    yield recognizer
    recognizer.close()


@pytest.fixture
def load(engine: Engine, make_model: Callable[..., Path]) -> Iterator[Engine]:
    """Return a function that loads a model which hears one text in every sound."""
    loaded: list[LocalRecognizer] = []

    def load_model(
        say: str = "", language: str = "en", *, multilingual: bool = False, translate: bool = False
    ) -> LocalRecognizer:
        path = make_model(say, multilingual=multilingual)
        loaded.append(engine(path, language, translate=translate))
        return loaded[-1]

    yield load_model
    for recognizer in loaded:
        recognizer.close()
