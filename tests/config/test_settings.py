"""The settings in force: who is told of a change, and what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.config.settings import Settings
from codex_voice.errors import ConfigError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file that has a comment and a value."""
    file = tmp_path / "config.toml"
    file.write_text("[voice]\nsend = true # brave\n")
    return file


def test_a_change_is_in_force_told_and_written(path: Path) -> None:
    """Those who follow the section hear of it, once; others do not."""
    settings = Settings(configuration_file.read(path), path)
    heard: list[tuple[str, Config]] = []
    settings.follow("voice", lambda config: heard.append(("voice", config)))
    settings.follow("ui", lambda config: heard.append(("ui", config)))
    settings.change("voice", "send", False)
    assert not settings.config.voice.send
    assert heard == [("voice", settings.config)]
    assert path.read_text() == "[voice]\nsend = false # brave\n"
    settings.change("voice", "send", False)
    assert len(heard) == 1


def test_values_of_the_command_line_are_not_written(path: Path) -> None:
    """Only what was changed is."""
    config = configuration_file.check("whisper", "model", "base")
    settings = Settings(Config(), path)
    settings.change("whisper", "model", config, keep=False)
    settings.change("ui", "theme", "light")
    assert settings.config.whisper.model == "base"
    assert "model" not in path.read_text()
    assert configuration_file.read(path).ui.theme == "light"


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("voice", "end_silence_ms", 1),
        ("keys", "talk", "ctrl+banana"),
        ("keys", "talk", "F1"),
        ("keys", "menu", "control-space"),
    ],
)
def test_what_is_not_allowed_changes_nothing(
    path: Path, section: str, key: str, value: object
) -> None:
    """Neither what is in force nor the file; two keys that are one are not allowed either."""
    settings = Settings(Config(), path)
    settings.follow(section, lambda _config: pytest.fail("nothing has changed"))
    text = path.read_text()
    with pytest.raises(ConfigError, match=key if value != "F1" else "menu"):
        settings.change(section, key, value)
    assert settings.config == Config()
    assert path.read_text() == text


def test_a_change_holds_where_the_file_cannot_be_written(tmp_path: Path) -> None:
    """A read-only home does not take the choice away, and the reason is told."""
    (tmp_path / "file").touch()
    settings = Settings(Config(), tmp_path / "file" / "config.toml")
    with pytest.raises(ConfigError, match="cannot be written"):
        settings.change("voice", "send", True)
    assert settings.config.voice.send


def test_who_stops_following_hears_nothing(path: Path) -> None:
    """Also when that happens while others are told."""
    settings = Settings(Config(), path)
    heard: list[str] = []

    def first(_config: Config) -> None:
        heard.append("first")
        stop()
        stop()

    stop = settings.follow("ui", first)
    settings.follow("ui", lambda _config: heard.append("second"))
    settings.change("ui", "theme", "dark")
    settings.change("ui", "theme", "light")
    assert heard == ["first", "second", "second"]


def test_an_edited_file_is_taken_over(path: Path) -> None:
    """A file that has become wrong changes nothing."""
    settings = Settings(configuration_file.read(path), path)
    heard: list[Config] = []
    settings.follow("voice", heard.append)
    path.write_text("[voice]\nsend = false\n")
    settings.reload()
    assert [config.voice.send for config in heard] == [False]
    path.write_text("[voice]\nsend = 3\n")
    with pytest.raises(ConfigError):
        settings.reload()
    assert not settings.config.voice.send
