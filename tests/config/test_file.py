"""The configuration file: every mistake is one line that helps, and nothing is lost in writing."""

from __future__ import annotations

import dataclasses
import runpy
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import CodexConfig, Config, VoiceConfig
from codex_voice.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def write_text(directory: Path, text: str) -> Path:
    """Return a configuration file of that text."""
    path = directory / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_shows_every_key_with_its_default() -> None:
    """The example file is exactly what the program writes, so the two cannot drift apart."""
    assert EXAMPLE.read_text(encoding="utf-8") == editor.render(Config())
    assert configuration_file.read(EXAMPLE) == Config()


def test_the_page_of_the_configuration_is_of_the_schema() -> None:
    """`python packaging/make_configuration.py > docs/configuration.md` writes it anew."""
    script = runpy.run_path(str(EXAMPLE.parent / "packaging" / "make_configuration.py"))
    page = EXAMPLE.parent / "docs" / "configuration.md"
    assert page.read_text(encoding="utf-8") == script["render"]()


def test_keys_that_are_left_out_have_their_defaults(tmp_path: Path) -> None:
    """A file of one key changes that key only."""
    path = write_text(tmp_path, "[audio]\ngain_db = 6\n")
    config = configuration_file.read(path)
    assert config.audio.gain_db == 6.0
    assert dataclasses.replace(config, audio=Config().audio) == Config()
    assert configuration_file.lacks_keys(path)
    assert not configuration_file.lacks_keys(EXAMPLE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[voise]\n", "unknown [voise]: did you mean voice?"),
        ("zzz = 1\n", "unknown [zzz]: known are codex, whisper, audio"),
        ("codex = 1\n", "codex = 1: must be a section, [codex]"),
        ("[keys]\ntlak = 'f2'\n", "[keys] unknown key tlak: did you mean talk?"),
        ("[keys]\nzzz = 'f2'\n", "[keys] unknown key zzz: known are talk, menu"),
        ("[voice]\nsend = 'yes'\n", '[voice] send = "yes": must be true or false'),
        ("[voice]\nsend = 1\n", "[voice] send = 1: must be true or false"),
        (
            "[voice]\nmode = 'handsfree'\n",
            '[voice] mode = "handsfree": must be one of "push_to_talk", "hands_free", "wake_word"',
        ),
        ("[voice]\nmode = []\n", "[voice] mode = []: must be one of"),
        (
            "[voice]\nend_silence_ms = 10\n",
            "end_silence_ms = 10: must be a whole number from 200 to 5000",
        ),
        ("[voice]\nend_silence_ms = 700.5\n", "= 700.5: must be a whole number from 200"),
        ("[whisper]\nthreads = true\n", "threads = true: must be a whole number from 0 to 64"),
        ("[audio]\ngain_db = nan\n", "gain_db = NaN: must be a number from 0.0 to 30.0"),
        ("[audio]\ngain_db = 'loud'\n", 'gain_db = "loud": must be a number from 0.0 to 30.0'),
        ("[codex]\ncommand = 7\n", "[codex] command = 7: must be text in quotes"),
        ("[codex]\ncommand = ''\n", '[codex] command = "": must be a program, not nothing'),
        ('[codex]\ncommand = "a\\nb"\n', r'command = "a\nb": must be text on one line'),
        ("[codex]\nargs = '--search'\n", '[codex] args = "--search": must be a list of texts'),
        ("[codex]\nargs = [1]\n", "[codex] args = [1]: must be a list of texts"),
        ("[whisper]\nlanguage = 'English'\n", 'language = "English": must be a language code'),
        (
            "[whisper]\nserver_url = 'localhost'\n",
            'server_url = "localhost": must be "" or an addr',
        ),
        ("[keys]\ntalk = 'a'\n", '[keys] talk = "a": must be a function key such as'),
        (
            "[keys]\ntalk = 'ctrl+banana'\n",
            'or a lone modifier such as "right_ctrl"; there is no ke',
        ),
        (
            "[keys]\ntalk = 'ctrl+alt+a'\nmenu = 'alt+ctrl+a'\n",
            '[keys] menu = "alt+ctrl+a": must differ from the talk key',
        ),
        ("[keys]\ntalk = 'f1'\n", '[keys] menu = "f1": must differ from the talk key'),
        ("[ui]\ntheme = 1979-05-27\n", '[ui] theme = "1979-05-27": must be one of "auto"'),
        ("[voice]\n\nsend = yes\n", "is not TOML: Invalid value (at line 3, column 8)"),
        (f"x = {'[' * 50_000}", "is not TOML: maximum recursion depth exceeded"),
        ("[voice]\nsend = true\nsend = true\n", "is not TOML: Cannot overwrite a value (at line 3"),
    ],
)
def test_a_mistake_is_one_line_naming_file_key_value_and_what_is_allowed(
    tmp_path: Path, text: str, message: str
) -> None:
    """Whoever reads the line knows where to look and what to write instead."""
    path = write_text(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        configuration_file.read(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert message in line
    assert "\n" not in line


def test_a_long_value_is_shown_shortened(tmp_path: Path) -> None:
    """A whole text pasted into a value does not fill the screen."""
    path = write_text(tmp_path, f"[ui]\ntheme = '{'dark' * 1000}'\n")
    with pytest.raises(ConfigError) as caught:
        configuration_file.read(path)
    assert len(caught.value.message) < len(str(path)) + 150


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """No file, a directory, and bytes that are no text are told apart."""
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        configuration_file.read(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        configuration_file.read(tmp_path)
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"[ui]\n\xff")
    with pytest.raises(ConfigError, match="is not UTF-8 text: byte 5 is wrong"):
        configuration_file.read(broken)


@pytest.mark.parametrize("key", ["f1", "f24", "ctrl+space", "ctrl+shift+f5", "alt+m", "right_ctrl"])
def test_keys_of_use_are_allowed(tmp_path: Path, key: str) -> None:
    """Function keys, keys with a modifier and lone modifiers can be the talk key."""
    path = write_text(tmp_path, f"[keys]\ntalk = '{key}'\nmenu = 'f9'\n")
    assert configuration_file.read(path).keys.talk == key


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Ctrl-Space", "ctrl+space"),
        ("alt+CTRL+a", "alt+ctrl+a"),
        ("control+shift+F5", "ctrl+shift+f5"),
    ],
)
def test_keys_may_be_written_as_people_do(tmp_path: Path, written: str, name: str) -> None:
    """The configuration holds the one name that the program compares."""
    path = write_text(tmp_path, f"[keys]\ntalk = '{written}'\n")
    assert configuration_file.read(path).keys.talk == name


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Some editors put one first."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf[voice]\nsend = true\n")
    assert configuration_file.read(path).voice.send


# Each example writes a whole file.
@settings(max_examples=25)
@given(
    command=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip),
    args=st.lists(st.text(string.printable.replace("\n", "").replace("\r", "")[:95])),
    seconds=st.floats(5.0, 3600.0),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, command: str, args: list[str], seconds: float
) -> None:
    """Quotes, backslashes and every other character survive the file."""
    config = Config(
        codex=CodexConfig(command=command, args=tuple(args)),
        voice=VoiceConfig(sleep_after_seconds=seconds),
    )
    path = tmp_path_factory.mktemp("written") / "config.toml"
    editor.write(path, config)
    assert configuration_file.read(path) == config


def test_writing_follows_a_symbolic_link_and_leaves_nothing_else(tmp_path: Path) -> None:
    """People keep their configuration in a repository and link to it."""
    real = tmp_path / "dotfiles" / "codex-voice.toml"
    link = tmp_path / "config" / "config.toml"
    link.parent.mkdir()
    link.symlink_to(real)
    editor.write(link, Config())
    assert link.is_symlink()
    assert configuration_file.read(real) == Config()
    assert [path.name for path in real.parent.iterdir()] == [real.name]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the directory should be is told, not raised as an operating system error."""
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "config.toml"
    with pytest.raises(ConfigError, match=r"config\.toml: cannot be written: "):
        editor.write(path, Config())
