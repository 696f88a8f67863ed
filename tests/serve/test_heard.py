"""What the services make of a transcript is what the app makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice import paths
from codex_voice.config.schema import Config, LanguageConfig, WordsConfig
from codex_voice.language.project.project_words import FILE_NAME, read_project_words, trust
from codex_voice.language.registry import Command
from codex_voice.serve.heard import interpreter_here

CONFIG = Config(
    words=WordsConfig(
        replace=("kay eight s -> k8s",), macros=("sign off -> Signed-off-by: {text}",)
    ),
    language=LanguageConfig(phrases=("send -> ship it now",)),
)


@pytest.fixture
def project(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory that the service was started in."""
    assert home.is_dir()
    directory = tmp_path / "project"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory


def test_the_users_words_macros_and_phrases_count(project: Path) -> None:
    """Words and macros are written, and a phrase of the user's own is a command."""
    interpreter = interpreter_here(CONFIG, project / "config.toml", pytest.fail)
    assert interpreter.interpret("Deploy to kay eight s.").text == "Deploy to k8s."
    assert interpreter.interpret("Sign off Ada").text == "Signed-off-by: Ada"
    assert interpreter.interpret("Ship it now.").command is Command.SEND


def test_the_words_of_a_project_count_once_they_are_trusted(project: Path) -> None:
    """Until then one line says how to trust them."""
    (project / FILE_NAME).write_text("[words]\nreplace = ['flux -> fluxd']\n", encoding="utf-8")
    reported: list[str] = []
    interpreter = interpreter_here(Config(), project / "config.toml", reported.append)
    assert interpreter.interpret("Restart flux.").text == "Restart flux."
    assert ["codex-voice trust" in line for line in reported] == [True]
    words = read_project_words(project)
    assert words is not None
    trust(words, paths.trusted_projects_file())
    interpreter = interpreter_here(Config(), project / "config.toml", pytest.fail)
    assert interpreter.interpret("Restart flux.").text == "Restart fluxd."


def test_wrong_words_are_told_and_the_rest_works(project: Path) -> None:
    """As in the app, which starts all the same."""
    reported: list[str] = []
    wrong = Config(words=WordsConfig(replace=("no arrow",)))
    interpreter = interpreter_here(wrong, project / "config.toml", reported.append)
    assert ["no arrow" in line for line in reported] == [True]
    assert interpreter.interpret("Send.").command is Command.SEND
