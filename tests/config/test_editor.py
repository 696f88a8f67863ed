"""Writing the configuration: what people wrote around the values stays as it is."""

from __future__ import annotations

import dataclasses
import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.errors import ConfigError

ANNOTATED = """\
# My configuration, see the wiki.

[voice]   # how I talk
# At home: hands_free
mode = 'hands_free'
send=true  # brave

[keys]
menu = "f9"   # f1 is taken
talk = "f8"

# In the office the fan is loud.
[audio]
threshold_dbfs = -42
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a configuration that somebody has arranged and annotated."""
    file = tmp_path / "config.toml"
    file.write_text(ANNOTATED)
    return file


def test_a_changed_value_changes_its_own_characters_only(path: Path) -> None:
    """Comments, order, blank lines and quotes are the user's."""
    editor.write_value(path, "voice", "send", False)
    editor.write_value(path, "keys", "menu", "f10")
    editor.write_value(path, "audio", "threshold_dbfs", -50.5)
    assert path.read_text() == (
        ANNOTATED.replace("send=true ", "send=false ")
        .replace('"f9" ', '"f10" ')
        .replace("-42", "-50.5")
    )


def test_writing_a_configuration_touches_only_what_differs(path: Path) -> None:
    """A key that is left out and has its default is not added."""
    config = configuration_file.read(path)
    editor.write(path, config)
    assert path.read_text() == ANNOTATED
    audio = dataclasses.replace(config.audio, threshold_dbfs=-55.0, device="USB")
    changed = dataclasses.replace(config, audio=audio)
    editor.write(path, changed)
    assert path.read_text() == ANNOTATED.replace("-42", '-55.0\ndevice = "USB"')
    assert configuration_file.read(path) == changed


def test_completing_adds_every_missing_key_with_its_explanation(path: Path) -> None:
    """What was there stays in front, with its comments."""
    config = configuration_file.read(path)
    editor.complete(path, config)
    text = path.read_text()
    assert configuration_file.read(path) == config
    assert not configuration_file.lacks_keys(path)
    for line in ANNOTATED.splitlines():
        assert line in text
    assert "# Silence that ends a dictation. From 200 to 5000.\nend_silence_ms = 1000\n" in text
    assert text.index("[voice]") < text.index("[keys]") < text.index("[audio]")
    editor.complete(path, config)
    assert path.read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "voice.send = false\n",
        "voice = { send = false, mode = 'hands_free' }\n",
        "[voice]\r\nsend = false # brave\r\n",
        "\N{ZERO WIDTH NO-BREAK SPACE}[voice]\nsend = false\n",
        "[voice]\nsend = false",
        "",
        "# only a comment",
    ],
)
def test_every_way_to_write_a_table_can_be_edited(tmp_path: Path, text: str) -> None:
    """Dotted keys, inline tables, other line ends, a byte order mark, no newline at the end."""
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode())
    before = configuration_file.read(path)
    editor.write_value(path, "voice", "send", True)
    editor.write_value(path, "ui", "theme", "dark")
    after = configuration_file.read(path)
    assert after.voice == dataclasses.replace(before.voice, send=True)
    assert after.ui == dataclasses.replace(before.ui, theme="dark")
    assert (b"\r\n" in path.read_bytes()) == ("\r\n" in text)
    editor.complete(path, after)
    assert configuration_file.read(path) == after
    if "#" in text:
        assert text.strip().rpartition("#")[2] in path.read_text()


def test_a_value_that_is_not_allowed_changes_nothing(path: Path) -> None:
    """Neither the file nor its time."""
    before = path.stat().st_mtime_ns
    with pytest.raises(ConfigError, match="end_silence_ms = 10: must be a whole number from 200"):
        editor.write_value(path, "voice", "end_silence_ms", 10)
    assert path.read_text() == ANNOTATED
    assert path.stat().st_mtime_ns == before


def test_a_broken_file_is_not_written_over(tmp_path: Path) -> None:
    """Whatever is in it is not lost."""
    path = tmp_path / "config.toml"
    path.write_text("[voice\n")
    with pytest.raises(ConfigError, match="is not TOML"):
        editor.write(path, Config())
    with pytest.raises(ConfigError, match="is not TOML"):
        editor.complete(path, Config())
    with pytest.raises(ConfigError, match="is not TOML"):
        editor.write_value(path, "voice", "send", True)
    assert path.read_text() == "[voice\n"


def test_a_value_without_a_file_makes_one_that_says_only_this(tmp_path: Path) -> None:
    """Defaults may change with the version; a value that nobody chose is not fixed."""
    path = tmp_path / "new" / "config.toml"
    editor.write_value(path, "voice", "send", True)
    assert tomllib.loads(path.read_text()) == {"voice": {"send": True}}


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_files_are_private_unless_their_user_opened_them(tmp_path: Path, mode: int) -> None:
    """Whatever the umask is, new directories and files are the user's own."""
    path = tmp_path / "a" / "b" / "config.toml"
    before = os.umask(0)
    try:
        editor.write(path, Config())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(mode)
        editor.write_value(path, "voice", "send", True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_a_full_disk_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing half-written beside it."""

    def fail(_descriptor: int, _mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", fail)
    with pytest.raises(ConfigError, match="cannot be written: No space left on device"):
        editor.write_value(path, "voice", "send", False)
    assert path.read_text() == ANNOTATED
    assert list(path.parent.iterdir()) == [path]


COMMENT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)


@given(comments=st.lists(COMMENT, min_size=3, max_size=3), send=st.booleans())
def test_any_comment_survives_any_change(
    tmp_path_factory: pytest.TempPathFactory, comments: list[str], send: bool
) -> None:
    """Above a section, above a key and behind a value."""
    path = tmp_path_factory.mktemp("edited") / "config.toml"
    first, second, third = comments
    text = f"#{first}\n[voice]\n#{second}\nsend = {str(not send).lower()} #{third}\n"
    path.write_text(text, encoding="utf-8")
    editor.write_value(path, "voice", "send", send)
    expected = f"#{first}\n[voice]\n#{second}\nsend = {str(send).lower()} #{third}\n"
    assert path.read_text(encoding="utf-8") == expected
